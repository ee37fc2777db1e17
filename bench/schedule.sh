#!/usr/bin/env bash
# The order in which the pool grants slots, against other orders: the silos' own policy over traces of the paper's panels in simulated time, deterministic.
# Makespan over its lower bound on 1 to 64 devices, and how sweeps fare that share a pool. --quick: fewer seeds for the predictions that are off.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
dotnet build bench/Schedule -c Release -v quiet --nologo
exec artifacts/bin/Schedule/release/SmallBatch.Bench.Schedule "$@"
