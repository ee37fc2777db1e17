#!/usr/bin/env bash
# From a fresh clone to the first answer: installs what is missing, builds, runs sweeps/quickstart.yaml.
# Run it again to see the answer at once; interrupt it, and it goes on. Further arguments go to 'smallbatch run'.
set -euo pipefail
cd "$(dirname "$0")"
eng/setup.sh
echo "Building; the first time this downloads NuGet packages of 300 MB"
export SMALLBATCH_LOCKED_RESTORE=1
dotnet build src/Silo -c Release -v quiet --nologo
dotnet build src/Client -c Release -v quiet --nologo
exec ./smallbatch run sweeps/quickstart.yaml "$@"
