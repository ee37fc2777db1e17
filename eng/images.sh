#!/usr/bin/env bash
# Builds the container images by buildah: eng/images.sh [OPTION...] [silo|silo-cpu|silo-cuda|client]...   default: silo silo-cpu client
#   --version V       version of the programs and tag of the images; default as k8s/components/images says
#   --base IMAGE      what they stand on; default .NET's public runtime-deps image, or where no registry answers a Debian 13 made here by mmdebstrap
#   --sdk IMAGE       what they are built in; default .NET's public SDK image, or there that Debian with this machine's .NET SDK
# They are named as k8s/components/images names them. Equal sources, bases and versions give equal layers. Installs what it needs where it may (apt).
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/images/tools.sh
. eng/images/bases.sh
names=k8s/components/images/kustomization.yaml
base="" sdk="" version="" wanted=()
while [ $# -gt 0 ]; do
  case "$1" in
    --base) base="$2"; shift 2 ;;
    --sdk) sdk="$2"; shift 2 ;;
    --version) version="$2"; shift 2 ;;
    silo|silo-cpu|silo-cuda|client) wanted+=("$1"); shift ;;
    *)
      sed -n '2,6s/^# \{0,1\}//p' "$0"
      [ "$1" = --help ] && exit 0 || exit 2
      ;;
  esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=(silo silo-cpu client)
[ -n "$version" ] || version="$(sed -nE 's/.*name: smallbatch-silo,.*newTag: ([^ ]+) .*/\1/p' "$names")"
install_tools || exit 2
eng/setup.sh
find_bases "$base" "$sdk"
for image in "${wanted[@]}"; do
  name="$(sed -nE "s#.*name: smallbatch-$image, newName: ([^,]+),.*#\1#p" "$names")"
  case "$image" in
    client) file=client arguments=() ;;
    silo) file=silo arguments=(--build-arg TORCH=none) ;;
    *) file=silo arguments=(--build-arg "TORCH=${image#silo-}") ;;
  esac
  echo "Building $name:$version"
  # One time for every file: what a release leaves as it was is the same layer in the next.
  buildah bud --layers --isolation chroot --timestamp 946684800 --file "eng/images/$file.Containerfile" \
    --build-arg "BASE=$base_image" --build-arg "SDK=$sdk_image" --build-arg "VERSION=$version" "${arguments[@]}" "${build_options[@]}" \
    --label "org.opencontainers.image.version=$version" --tag "$name:$version" . >artifacts/images.log 2>&1 || { tail -30 artifacts/images.log >&2; exit 1; }
  podman image inspect --format "$name:$version {{.Size}}" "$name:$version" | awk '{ printf "%s, %d MB\n", $1, $2 / 1e6 }'
done
