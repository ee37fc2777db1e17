#!/usr/bin/env bash
# What the answer claims against what is true: simulated sweeps with known truth through the analyst that answers real ones. 10,000 a row;
# --quick: 200 a row, under a minute, and then chance alone moves a coverage by a point or two. --sweeps N: so many a row. --only TEXT: the rows whose name holds it;
# "until": those in which fresh seeds are added until ±0.5 points, at most 40; "stop": those in which batch sizes that the grid alone rules
# out train no fresh seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --sweeps= --only=" "$@"
dotnet build bench/Answer -c Release -v quiet --nologo
exec artifacts/bin/Answer/release/SmallBatch.Bench.Answer "$@"
