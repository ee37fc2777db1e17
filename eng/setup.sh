#!/usr/bin/env bash
# Installs what a build and a run need besides the .NET SDK and Node: Azurite and the pictures' font, pinned. Says what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
case "$(dotnet --version 2>/dev/null || true)" in
  1[0-9].*) ;;
  "") missing+=(".NET SDK 10: not found; install the package dotnet-sdk-10.0") ;;
  *) missing+=(".NET SDK 10: found $(dotnet --version); install the package dotnet-sdk-10.0") ;;
esac
node_major="$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)"
if [ -z "$node_major" ]; then
  missing+=("Node 20 or newer: not found; install the package nodejs")
elif [ "$node_major" -lt 20 ]; then
  missing+=("Node 20 or newer: found $(node --version); install a newer nodejs")
fi
command -v npm >/dev/null || missing+=("npm: not found; install the package npm")
if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[@]}" >&2
  exit 2
fi
install() {
  local mark="eng/$1/node_modules/.installed"
  if ! cmp -s "eng/$1/package-lock.json" "$mark"; then
    echo "Installing $2 into eng/$1 (npm)"
    npm ci --prefix "eng/$1" --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
    cp "eng/$1/package-lock.json" "$mark"
  fi
}
install azurite Azurite
install fonts "the pictures' font"
