#!/usr/bin/env bash
# The page at ten thousand cells, in a real Chromium, at a real silo whose trainers are simulated (Simulation:Duration): bytes and time of the first view; time to the
# first picture of the grid and to the whole; gaps between frames and long tasks while cells fill in as fast as the silo goes, while 16 slots train trials of 1 s, and
# while one scrolls and walks through the grid meanwhile; the same of a page of stripes as large, which tells what browser and machine do by themselves; memory.
# --quick: 1,600 cells and shorter looks, under two minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
eng/setup.sh
eng/browser.sh
dotnet build bench/Page -c Release -v quiet --nologo
exec artifacts/bin/Page/release/SmallBatch.Bench.Page "$@"
