# Sourced by eng/images.sh and eng/pods.sh, in the repository's root: what images stand on and what they are built in.
public_base=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble
public_sdk=mcr.microsoft.com/dotnet/sdk:10.0-noble
local_base=localhost/smallbatch-base:trixie
local_sdk=localhost/smallbatch-sdk:trixie

# there IMAGE: it is on this machine, or a registry has it.
there() {
  buildah inspect --type image "$1" >/dev/null 2>&1 || timeout 120 buildah pull --quiet --retry 0 "$1" >/dev/null 2>&1
}

# debian IMAGE PACKAGE...: a Debian 13 with these packages and nothing that only people read.
debian() {
  buildah inspect --type image "$1" >/dev/null 2>&1 && return
  local image="$1" tar
  shift
  echo "Making $image (mmdebstrap): $*"
  tar="$(mktemp --suffix .tar)"
  SOURCE_DATE_EPOCH=946684800 mmdebstrap --quiet --variant=essential --include="$(IFS=,; echo "$*")" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' trixie "$tar"
  podman import --quiet --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$tar" "$image" >/dev/null
  rm -f "$tar"
}

# find_bases BASE SDK: sets base_image, sdk_image and build_options. An empty name: the public image, else one made here.
find_bases() {
  base_image="$1" sdk_image="$2" build_options=()
  if [ -z "$base_image" ]; then
    base_image="$public_base"
    there "$base_image" || base_image="$local_base"
  fi
  if [ -z "$sdk_image" ]; then
    sdk_image="$public_sdk"
    there "$sdk_image" || sdk_image="$local_sdk"
  fi
  if [ "$base_image" = "$local_base" ] || [ "$sdk_image" = "$local_sdk" ]; then
    debian "$local_base" ca-certificates libstdc++6 libssl3t64 tzdata zlib1g
  fi
  # Where this machine's NuGet is told of feeds, so is the build.
  local feeds="$HOME/.nuget/NuGet/NuGet.Config" dotnet
  [ ! -f "$feeds" ] || build_options+=(--secret "id=nuget,src=$feeds")
  if [ "$sdk_image" = "$local_sdk" ]; then
    # This machine's SDK, certificates and packages, lent to the build; none of them ends in an image.
    dotnet="$(dirname "$(readlink -f "$(command -v dotnet)")")"
    mkdir -p "$HOME/.nuget/packages"
    build_options+=(--volume "$dotnet:/usr/share/dotnet:ro" --volume /etc/ssl/certs:/etc/ssl/certs:ro --volume "$HOME/.nuget/packages:/packages")
    buildah inspect --type image "$local_sdk" >/dev/null 2>&1 || {
      local container
      container="$(buildah from "$local_base")"
      buildah config --env PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
        --env DOTNET_CLI_TELEMETRY_OPTOUT=1 --env DOTNET_NOLOGO=1 --env NUGET_CERT_REVOCATION_MODE=offline --env NUGET_PACKAGES=/packages "$container"
      buildah commit --quiet --rm "$container" "$local_sdk" >/dev/null
    }
  fi
}

# azurite_image: makes localhost/smallbatch-azurite:stand-in of the checkout's Azurite.
azurite_image() {
  buildah inspect --type image localhost/smallbatch-azurite:stand-in >/dev/null 2>&1 && return
  eng/setup.sh
  debian localhost/smallbatch-node:trixie nodejs
  buildah bud --quiet --isolation chroot --build-arg BASE=localhost/smallbatch-node:trixie --file eng/images/azurite.Containerfile \
    --tag localhost/smallbatch-azurite:stand-in "$(readlink -f eng/azurite/node_modules)" >/dev/null
}
