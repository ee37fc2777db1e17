#!/usr/bin/env bash
# Kill anything, get the same CSV: a sweep while silos, trainers, store and network are struck at random moments, widened so
# that there is always something to strike, then the same undisturbed in a fresh store. --seed 1,2,3 --strikes 30 [--quick] [--kinds silo-kill,cut-all,…] [--silos 4] [--hold 60] [--epochs N]
# [--into FOLDER]: logs, strikes and CSV files. Cuts, full disks and memory limits want root; what is not run is named.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --seed= --strikes= --kinds= --silos= --hold= --epochs= --into=" "$@"
eng/setup.sh
dotnet build bench/Chaos -c Release -v quiet --nologo
exec artifacts/bin/Chaos/release/SmallBatch.Bench.Chaos "$@"
