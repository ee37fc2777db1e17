#!/usr/bin/env bash
# What a build stage runs in /src: publish.sh PROJECT VERSION [PROPERTY...]. Publishes a program with its .NET, compiled beforehand, and lays its files
# under /out: own has ours and the bill of materials, packages what they stand on.
set -euo pipefail
project="$1" version="$2"
shift 2
all="/out/all/$project/release"
# The feed that the build was handed, where it was.
feed=(/run/secrets/nuget)
if [ -f "${feed[0]}" ]; then
  export RestoreConfigFile="${feed[0]}"
  feed=(--configfile "${feed[0]}")
else
  feed=()
fi
# No server of the build outlives its step.
export MSBUILDDISABLENODEREUSE=1
dotnet publish "src/$project" -c Release -v quiet --nologo -r linux-x64 --self-contained -o "$all" \
  -p:UseSharedCompilation=false -p:Version="$version" -p:PublishReadyToRun=true -p:DebugType=none -p:PublishDocumentationFile=false -p:PublishReferencesDocumentationFiles=false "$@"
if [ "$project" = Silo ]; then
  # The build makes sure that the trainer is there, and leaves its starter beside the silo.
  rm -f "$all"/SmallBatch.Training*
fi

# By the packages that this build resolved. Nothing in it says when or where, so that equal sources are equal images.
dotnet tool restore ${feed[@]+"${feed[@]}"} >/dev/null
bom="/out/all/sbom"
dotnet tool run dotnet-CycloneDX "src/$project/$project.csproj" -o "$bom" -fn "${project,,}.cdx.json" -F Json -ns -dpr -biop artifacts/obj \
  -sn "smallbatch-${project,,}" -sv "$version" >/dev/null
sed -i '/^    "timestamp": /d' "$bom/${project,,}.cdx.json"

mkdir -p /out/own /out/packages
cd /out/all
find . -type f -printf '%P\n' | while read -r file; do
  case "$(basename "$file")" in
    SmallBatch.*|smallbatch*|*.cdx.json) part=own ;;
    *) part=packages ;;
  esac
  mkdir -p "/out/$part/$(dirname "$file")"
  mv "$file" "/out/$part/$file"
done
rm -rf /out/all /src/artifacts
