#!/usr/bin/env bash
# The control plane at scale, beside its peers' published figures: real grains, leases, Azurite and outcomes; only the trainers are simulated
# (Simulation:Duration). Rows, all of them unless some are named by --rows 1,2,…:
#   1  10,000 trials of 1 s on 16 slots: time, and control CPU a trial
#   2  trials a second with trials of 0 s; storage operations a trial; how near the run comes to the store's own limit, measured beside it
#   3  rows of results and the epochs' reports in them a second, twenty replicas a configuration
#   4  100,000 configurations submitted while others ask
#   5  status of 10,000 and of 100,000 configurations while they run
#   6  CPU, storage operations and memory of one configuration more, between 100, 1,000 and 10,000
#   7  1,000 hosts of eight devices on one pool, the pool's real grain in a silo of its own: its CPU, and from a training's end to the next offer
#   8  everything killed with 10,000 unfinished: time to the first grant, and until no lease of before is left
#   9  storage operations of 1,000 trials by kind, and their price
#   10 'config list' of 10,000 configurations while they run, from the start of the console to its end
#   11 200 event streams on the silo: trials a second with and without them
#   12 only where it is named: sweeps of trials of 0 s one after the other for --minutes N (30), each deleted at its end, and whether memory stays as it is
# --quick: a fraction of each, minutes in all; its figures are for looking, not for the record. --repeats N: medians of so many runs of rows 2 and 11.
# --console PROGRAM: row 10 of another console than this checkout's build.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --rows= --repeats= --minutes= --console=" "$@"
eng/setup.sh
dotnet build bench/Scale -c Release -v quiet --nologo
exec artifacts/bin/Scale/release/SmallBatch.Bench.Scale "$@"
