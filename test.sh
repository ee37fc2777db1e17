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
passed=0 failed=0 skipped=0 status=0
for project in tests/*.Tests; do
  name="$(basename "$project")"
  report="artifacts/tests/$name.txt"
  mkdir -p artifacts/tests
  "artifacts/bin/$name/release/SmallBatch.$name" >"$report" 2>&1 || status=1
  count() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$report" | tail -n 1; }
  p="$(count succeeded)" f="$(count failed)" s="$(count skipped)"
  printf '%-20s %s passed, %s failed, %s skipped\n' "$name" "${p:-0}" "${f:-?}" "${s:-0}"
  if [ -z "$p" ] || [ "${f:-1}" != 0 ]; then
    status=1
    cat "$report"
  fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
