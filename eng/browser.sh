#!/usr/bin/env bash
# Installs what the page is tested with: axe-core, pinned, and a browser from the distribution's packages, where there is none and this user may.
# Without them those tests say that they were skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
mark=eng/axe/node_modules/.installed
if ! cmp -s eng/axe/package-lock.json "$mark"; then
  echo "Installing axe-core (npm)"
  npm ci --prefix eng/axe --no-audit --no-fund --loglevel=error >/dev/null
  cp eng/axe/package-lock.json "$mark"
fi
for program in chromium chromium-browser google-chrome; do
  if command -v "$program" >/dev/null; then exit 0; fi
done
as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "eng/browser.sh: found no Chromium and no right to install one, wanted: apt-get install chromium. The page's tests will be skipped."
    exit 0
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "eng/browser.sh: found no Chromium and no apt-get, wanted a Chromium on the PATH. The page's tests will be skipped."
  exit 0
fi
echo "Installing Chromium (apt)"
log="$(mktemp)"
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1; then
  echo "eng/browser.sh: Chromium could not be installed; the page's tests will be skipped:"
  tail -3 "$log"
fi
rm -f "$log"
