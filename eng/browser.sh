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
eng/package.sh chromium "The page's tests" chromium chromium-browser google-chrome
