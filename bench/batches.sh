#!/usr/bin/env bash
# Nanoseconds an image that a batch costs: draws, crop, scaling, normalisation. --quick: three rounds.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
dotnet build bench/Batches -c Release -v quiet --nologo
exec artifacts/bin/Batches/release/SmallBatch.Bench.Batches "$@"
