#!/usr/bin/env bash
# The order in which the pool grants slots, against other orders: the silos' own policies over traces of the paper's panels in simulated time, deterministic.
# Makespan over its lower bound on 1 to 64 devices; how sweeps and teams fare that share a pool; replicas in one trainer against a process each.
# --quick: fewer seeds for the predictions that are off.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
dotnet build bench/Schedule -c Release -v quiet --nologo
# The predictions' law asks the machine for its instruction set; here every machine is the same.
export DOTNET_EnableAVX512=0 DOTNET_EnableAVX512F=0
exec artifacts/bin/Schedule/release/SmallBatch.Bench.Schedule "$@"
