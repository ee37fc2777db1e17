#!/usr/bin/env bash
# How long the console takes, as a person waits for it: from its start to its first output, warm, the median of 21 starts; --quick: of 5.
# --file PROGRAM: of another program than this checkout's build, such as the one that 'eng/console.sh file' makes. With a cluster running
# (smallbatch silo, smallbatch run), --state DIR names its folder: the time of 'sweep list' is measured too.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/options.sh
allow "--quick --file= --state=" "$@"
starts=21 program="" state=""
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) starts=5 ;;
    --file) program="$2"; shift ;;
    --state) state="$2"; shift ;;
  esac
  shift
done
if [ -z "$program" ]; then
  dotnet build src/Client -c Release -v quiet --nologo
  program=artifacts/bin/Client/release/smallbatch
fi
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
  if [ -z "$goal" ]; then
    echo "$name $value"
  else
    echo "target $name $value $goal $([ "$value" -lt "$goal" ] && echo met || echo short)"
  fi
}
measure console-help-ms 300 --help
measure console-schema-ms 300 sweep schema
[ -z "$state" ] || measure console-sweep-list-ms "" sweep list --state "$state"
