#!/usr/bin/env bash
# Renders every overlay of k8s into tests/K8s.Tests/Rendered, where tests read them and a review sees what a change comes to.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v kubectl >/dev/null || { echo "missing: kubectl 1.27 or newer, for 'kubectl kustomize'" >&2; exit 2; }
for overlay in k8s/overlays/*; do
  kubectl kustomize "$overlay" >"tests/K8s.Tests/Rendered/$(basename "$overlay").yaml"
done

# Of what they were rendered: a test without kubectl sees by it that something has changed since.
find k8s -type f | LC_ALL=C sort | xargs sha256sum >tests/K8s.Tests/Rendered/sources.sha256
