#!/usr/bin/env bash
# The trainer against PyTorch and TorchSharp modules, and what a training costs besides its steps. Ratios by CPU time, in one run.
# --quick: under a minute. --networks a,b and --sizes 2,8 choose rows.
# --soak MINUTES [--into FOLDER]: resident memory instead, a line a minute, then trainer-memory.csv and its plot, .svg, in that folder
# (artifacts/bench). --plot FILE.csv: the plot again.
# --profile resnet20,2: that row's steps alone for 5 s of CPU time, for perf (ONEDNN_JIT_PROFILE=2 names the convolutions) or oneDNN's own
# account (ONEDNN_VERBOSE=1).
# --instruction-set avx2: ours as on a machine without AVX-512.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --networks= --sizes= --soak= --into= --plot= --profile= --instructions --instruction-set=" "$@"
eng/setup.sh
eng/pytorch.sh
dotnet build bench/Trainer -c Release -v quiet --nologo
# One thread each; the peer's other settings are as its packages set them.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec artifacts/bin/Trainer/release/SmallBatch.Bench.Trainer "$@"
