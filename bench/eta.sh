#!/usr/bin/env bash
# How well a sweep foretells its own end: what it says is left, with its standard deviation, at 10, 25, 50 and 75 % of the way, against what it then took. Three runs of
# sweeps/quickstart.yaml, trained on this machine's cores, and ten sweeps of 320 simulated trainings on 16 slots that are predicted to take equally long and take 1 to 4 s
# each by chance. --real N, --sweeps N: so many of either. --quick: one small sweep of simulated trainings, under a minute; its figures are for looking, not for the record.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --real= --sweeps=" "$@"
eng/setup.sh
dotnet build bench/Eta -c Release -v quiet --nologo
exec artifacts/bin/Eta/release/SmallBatch.Bench.Eta "$@"
