#!/usr/bin/env bash
# Installs what is missing, builds, runs every test. Ends with one line: N passed, N failed.
set -euo pipefail
cd "$(dirname "$0")"
eng/setup.sh
echo "Building (NuGet packages by lock file, Release)"
export SMALLBATCH_LOCKED_RESTORE=1
dotnet build SmallBatch.sln -c Release -v quiet --nologo
echo "Checking the format"
dotnet format SmallBatch.sln --verify-no-changes --no-restore
mkdir -p artifacts/tests
run() {
  local exit=0
  "artifacts/bin/$1/release/SmallBatch.$1" >"artifacts/tests/$1.txt" 2>&1 || exit=$?
  echo "$exit" >"artifacts/tests/$1.exit"
}
# Cluster.Tests mostly waits, for deaths to be noticed: what needs no store of its own runs beside it, and yields to it.
beside="Protocol.Tests Specs.Tests Statistics.Tests Training.Tests"
(
  renice -n 19 "$BASHPID" >/dev/null
  for name in $beside; do run "$name"; done
) &
run Cluster.Tests
wait
passed=0 failed=0 skipped=0 status=0
for project in tests/*.Tests; do
  name="$(basename "$project")"
  report="artifacts/tests/$name.txt"
  case " Cluster.Tests $beside " in *" $name "*) ;; *) run "$name" ;; esac
  count() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$report" | tail -n 1; }
  p="$(count succeeded)" f="$(count failed)" s="$(count skipped)"
  printf '%-20s %s passed, %s failed, %s skipped\n' "$name" "${p:-0}" "${f:-?}" "${s:-0}"
  if [ -z "$p" ] || [ "${f:-1}" != 0 ] || [ "$(cat "artifacts/tests/$name.exit")" != 0 ]; then
    status=1
    cat "$report"
  fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
