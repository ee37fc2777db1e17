# Sourced by eng/images.sh and eng/pods.sh, in the repository's root: what builds and runs containers.
# install_tools: says what is missing and fails where it may not be installed.
install_tools() {
  local missing=() program
  for program in buildah:buildah podman:podman runc:runc catatonit:catatonit mmdebstrap:mmdebstrap netavark:netavark aardvark-dns:aardvark-dns iptables:iptables; do
    case "$program" in
      netavark:*|aardvark-dns:*) [ -x "/usr/lib/podman/${program%:*}" ] || [ -x "/usr/libexec/podman/${program%:*}" ] || missing+=("${program#*:}") ;;
      *) PATH="$PATH:/usr/sbin:/sbin" command -v "${program%:*}" >/dev/null || missing+=("${program#*:}") ;;
    esac
  done
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      echo "missing: ${missing[*]}; install these packages (Debian 12, Ubuntu 24.04 or newer), and run this as root" >&2
      return 2
    fi
    echo "Installing ${missing[*]} (apt)"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
      { echo "missing: ${missing[*]}; apt-get could not install them" >&2; return 2; }
  fi
  mkdir -p artifacts/containers
  # runc, since crun refuses a machine with control groups of both versions; limits that no machine is below.
  cat >artifacts/containers/containers.conf <<'CONF'
[containers]
default_ulimits=["nofile=20000:20000","nproc=10000:10000"]
[engine]
runtime="runc"
[network]
network_backend="netavark"
CONF
  export CONTAINERS_CONF="$PWD/artifacts/containers/containers.conf"
}
