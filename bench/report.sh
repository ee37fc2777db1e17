#!/usr/bin/env bash
# A report and exports of ten thousand configurations of 5 replicas with curves of 80 epochs, made by a seeded generator: seconds and
# peak memory, each part in a process of its own. --quick: a tenth of that, under a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
dotnet build bench/Report -c Release -v quiet --nologo
exec artifacts/bin/Report/release/SmallBatch.Bench.Report "$@"
