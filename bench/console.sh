#!/usr/bin/env bash
# How long the console takes, as a person waits for it, and what those cost who watch by HTTP: rows 10 and 11 of bench/scale.sh; then from the console's start to its first
# output, warm, the median of 21 starts. --quick: of 5, and fractions of the rows; its figures are for looking, not for the record.
# --file PROGRAM: of another program than this checkout's build, such as the one that 'eng/console.sh file' makes, and without row 11, which it has no part in.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --file=" "$@"
starts=21 program="" rows=10,11 quick=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) starts=5 quick=(--quick) ;;
    --file) program="$2" rows=10; shift ;;
  esac
  shift
done
program="${program:-artifacts/bin/Client/release/smallbatch}"
bench/scale.sh --rows "$rows" --console "$program" "${quick[@]}"
# once ARGUMENT...: milliseconds to the first character on standard output; fails where there is none.
once() {
  local begin end first
  begin="${EPOCHREALTIME/./}"
  exec 3< <(exec "$program" "$@" 2>/dev/null)
  IFS= read -r -n 1 -u 3 first || { echo "$program $*: found no output, wanted some" >&2; return 1; }
  end="${EPOCHREALTIME/./}"
  cat <&3 >/dev/null
  exec 3<&-
  echo $(((end - begin) / 1000))
}
# measure NAME GOAL ARGUMENT...: two starts that are not counted, then the median.
measure() {
  local name="$1" goal="$2" times=() value
  shift 2
  once "$@" >/dev/null
  once "$@" >/dev/null
  for _ in $(seq "$starts"); do times+=("$(once "$@")"); done
  value="$(printf '%s\n' "${times[@]}" | sort -n | sed -n "$(((starts + 1) / 2))p")"
  echo "target $name $value $goal $([ "$value" -lt "$goal" ] && echo met || echo short)"
}
measure console-help-ms 300 --help
measure console-schema-ms 300 sweep schema
