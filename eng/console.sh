#!/usr/bin/env bash
# Makes the console to install elsewhere:
#   eng/console.sh tool [FOLDER [--no-build]]   a .NET tool, artifacts/package/release/SmallBatch.VERSION.nupkg; --no-build: of what is built
#   eng/console.sh file [FOLDER [RID]]          one file that needs no .NET, for this kind of machine or another: linux-x64, osx-arm64, win-x64 …
set -euo pipefail
here="$PWD"
cd "$(dirname "$0")/.."
case "${1:-}" in
  tool)
    out="${2:-artifacts/package/release}"
    case "$out" in /*) ;; *) [ -n "${2:-}" ] && out="$here/$out" ;; esac
    dotnet pack src/Client -c Release -v quiet --nologo -o "$out" "${@:3}"
    echo "dotnet tool install --global SmallBatch --add-source $out"
    ;;
  file)
    out="${2:-artifacts/console}"
    case "$out" in /*) ;; *) [ -n "${2:-}" ] && out="$here/$out" ;; esac
    rid="${3:-$(dotnet --info | sed -nE 's/^ *RID: *//p' | head -1)}"
    dotnet publish src/Client -c Release -v quiet --nologo -r "$rid" --self-contained \
      -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=false \
      -p:PublishReadyToRun=true -p:DebugType=none -p:PublishDocumentationFile=false -p:PublishReferencesDocumentationFiles=false -p:PackAsTool=false -o "$out"
    echo "$out/smallbatch"
    ;;
  *)
    sed -n '2,4s/^# \{0,1\}//p' "$0"
    [ "${1:-}" = --help ] || exit 2
    ;;
esac
