#!/usr/bin/env bash
# Images a second of the trainer on this machine: ResNet-8, three replicas, one trainer and two at once, interleaved.
# --quick: one repetition of two epochs at m = 2 and 32.
set -euo pipefail
cd "$(dirname "$0")/.."
eng/setup.sh
dotnet build src/Training -c Release -v quiet --nologo
trainer=artifacts/bin/Training/release/SmallBatch.Training
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sizes="2 8 32 128" repeats=3 epochs=5
[ "${1:-}" = --quick ] && sizes="2 32" repeats=1 epochs=2
sed -E "s/^epochs:.*/epochs: $epochs/" sweeps/quickstart.yaml >"$work/spec.yaml"
# The median over the epochs of one run at m = $1, in the folder $2; the first epoch warms up.
one() {
  mkdir -p "$work/$2"
  "$trainer" train --spec "$work/spec.yaml" --m "$1" --lr 2^-7 --replicas 3 --out "$work/$2" >/dev/null 2>"$work/$2.log" || {
    cat "$work/$2.log" >&2
    return 1
  }
  sed -nE 's/.*step [0-9]+, ([0-9]+) images.*/\1/p' "$work/$2.log" | tail -n +2 | sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'
}
median() { sort -n | awk '{v[NR]=$1} END {print (NR%2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2)}'; }
printf '%6s %12s %12s %8s\n' m 'one' 'two at once' 'ratio'
for m in $sizes; do
  : >"$work/one" >"$work/two"
  for _ in $(seq "$repeats"); do
    one "$m" alone >>"$work/one"
    one "$m" first >"$work/a" &
    one "$m" second >"$work/b"
    wait $!
    echo $(($(cat "$work/a") + $(cat "$work/b"))) >>"$work/two"
  done
  a="$(median <"$work/one")" b="$(median <"$work/two")"
  printf '%6s %12s %12s %8s\n' "$m" "$a" "$b" "$(awk "BEGIN {printf \"%.2f\", $b/$a}")"
  targets="${targets:-}$(awk "BEGIN {r=$b/$a; printf \"target two-trainers-m$m %.2f 1.90 %s\", r, (r >= 1.9 ? \"met\" : \"short\")}")"$'\n'
done
printf '%s' "$targets"
