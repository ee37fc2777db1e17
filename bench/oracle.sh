#!/usr/bin/env bash
# The step program against PyTorch with autograd, in 64 bits: every built-in network, normalisation and setting, losses of every step and of a
# test with the running statistics. 50 steps on images of 16 by 16; ResNet-50 4 steps on 64 by 64. --quick: the two
# smallest networks, few steps.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick" "$@"
eng/setup.sh
eng/pytorch.sh
dotnet build bench/Oracle -c Release -v quiet --nologo
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export work OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Network, side of its images, steps, share of SGD's learning rate without and with normalisation: without it deep networks begin at losses
# in the hundreds, and SGD diverges at the whole rate. The variable chooses others.
networks="${networks:-alexnet,16,50,1,1 resnet8,16,50,1,1 resnet20,16,50,1,1 resnet32,16,50,0.015625,1 resnet50,64,4,0.015625,0.0625}"
[ "${1:-}" = --quick ] && networks="alexnet,16,6,1,1 resnet8,16,6,1,1"
compare() {
  IFS=, read -r network side steps share normalised norm <<<"$1"
  [ "$norm" = none ] || share="$normalised"
  mkdir "$work/$network-$norm"
  artifacts/bin/Oracle/release/SmallBatch.Bench.Oracle "$work/$network-$norm" "$network" "$norm" "$side" "$steps" "$share"
  /usr/bin/python3 bench/oracle.py "$work/$network-$norm" "$norm" >"$work/$network-$norm.txt"
  rm -r "${work:?}/$network-$norm"
  grep -v ^target "$work/$network-$norm.txt"
}
export -f compare
printf '%-10s%-8s%-15s%6s%9s%9s%12s\n' network norm setting steps first last difference
for network in $networks; do
  for norm in none conv all group8; do echo "$network,$norm"; done
done | xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'compare {}'
cat "$work"/*.txt | grep ^target
