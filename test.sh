#!/usr/bin/env bash
# Installs what is missing, builds, runs every test. Ends with one line: N passed, N failed.
set -euo pipefail
cd "$(dirname "$0")"
eng/setup.sh
eng/browser.sh
eng/package.sh tmux "The console's tests in a terminal" tmux
echo "Building (NuGet packages by lock file, Release)"
export SMALLBATCH_LOCKED_RESTORE=1
dotnet build SmallBatch.sln -c Release -v quiet --nologo
# Style and analyzers are errors of the build.
echo "Checking the format"
dotnet format whitespace SmallBatch.sln --verify-no-changes --no-restore
rm -rf artifacts/tests
mkdir -p artifacts/tests
# run PROJECT REPORT [OPTION...]
run() {
  local exit=0
  "artifacts/bin/$1/release/SmallBatch.$1" --no-progress --no-ansi --output Detailed "${@:3}" >"artifacts/tests/$1$2.txt" 2>&1 || exit=$?
  echo "$exit" >"artifacts/tests/$1$2.exit"
}
# Cluster.Tests waits much, for deaths to be noticed: it runs in two halves side by side, and what only computes runs beside them and
# yields to them. Then the strikes and partitions of Chaos.Tests, and beside them the others.
# Silos and trainers live for seconds there: code that .NET instruments first, to optimise it better later, would cost more than it gains.
computing="Protocol.Tests Specs.Tests Statistics.Tests Training.Tests"
half=("*.StoreTests" "*.PoisonTests" "*.CollectorTests" "*.VerifyTests" "*.CheckpointTests" "*.NumericsTests" "*.BudgetTests" "*.DrainTests")
(
  renice -n 19 "$BASHPID" >/dev/null
  for name in $computing; do run "$name" ""; done
) &
DOTNET_TieredPGO=0 run Cluster.Tests .first --filter-class "${half[@]}" &
DOTNET_TieredPGO=0 run Cluster.Tests .second --filter-not-class "${half[@]}"
wait
DOTNET_TieredPGO=0 run Chaos.Tests "" &
for project in tests/*.Tests; do
  name="$(basename "$project")"
  case " Cluster.Tests Chaos.Tests $computing " in *" $name "*) ;; *) run "$name" "" ;; esac
done
wait
passed=0 failed=0 skipped=0 status=0
for project in tests/*.Tests; do
  name="$(basename "$project")"
  count() { sed -nsE "s/^ *$1: ([0-9]+).*/\1/p" "artifacts/tests/$name".*txt | awk '{ sum += $1 } END { print NR ? sum : "" }'; }
  p="$(count succeeded)" f="$(count failed)" s="$(count skipped)"
  printf '%-20s %s passed, %s failed, %s skipped\n' "$name" "${p:-0}" "${f:-?}" "${s:-0}"
  if [ -z "$p" ] || [ "${f:-1}" != 0 ] || grep -qvx 0 "artifacts/tests/$name".*exit; then
    status=1
    sed '/^passed /d' "artifacts/tests/$name".*txt
  fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
