#!/usr/bin/env bash
# Grain state through our providers against the Azure client library alone, on one Azurite: reads and writes of
# 1 kB, 64 kB and 900 kB by 1, 8 and 64 callers (rows of 900 kB are inserted, since Azurite refuses to update them).
# --quick: tables only, two sizes, fewer callers.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
eng/setup.sh
dotnet build bench/Store -c Release -v quiet --nologo
exec artifacts/bin/Store/release/SmallBatch.Bench.Store "$@"
