#!/usr/bin/env bash
# Installs the peer of the trainer's benchmarks: PyTorch of Debian or Ubuntu, and a BLAS that is not the slow reference. Says what is missing.
set -euo pipefail
if /usr/bin/python3 -c 'import torch' 2>/dev/null && ldconfig -p | grep -q libopenblas; then
  exit 0
fi
root=()
[ "$(id -u)" = 0 ] || root=(sudo -n)
echo "Installing PyTorch (apt: python3-torch, libopenblas0-pthread)"
if ! { "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends python3-torch libopenblas0-pthread; } >/dev/null; then
  echo "missing: PyTorch for /usr/bin/python3; install the packages python3-torch and libopenblas0-pthread (Debian 12, Ubuntu 22.04 or newer)" >&2
  exit 2
fi
