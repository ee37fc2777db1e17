#!/usr/bin/env bash
# Installs a package of the distribution that tests use, where none of its programs is on the PATH and this user may; without it those tests say that they
# were skipped:
#   eng/package.sh PACKAGE TESTS PROGRAM...
set -euo pipefail
package="$1" tests="$2"
for program in "${@:3}"; do
  if command -v "$program" >/dev/null; then exit 0; fi
done
as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "eng/package.sh: found no $package and no right to install one, wanted: apt-get install $package. $tests will be skipped."
    exit 0
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "eng/package.sh: found no $package and no apt-get, wanted $package on the PATH. $tests will be skipped."
  exit 0
fi
echo "Installing $package (apt)"
log="$(mktemp)"
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$package"; } >"$log" 2>&1; then
  echo "eng/package.sh: $package could not be installed; $tests will be skipped:"
  tail -3 "$log"
fi
rm -f "$log"
