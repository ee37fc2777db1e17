#!/usr/bin/env bash
# The rendered overlay azurite as real pods: two control silos, two silos with two CPU slots each, the store, a console. In them a sweep to its end, then
# the same while each file of eng/pods/scenarios strikes; results.csv is the same bytes each time. A line a scenario; exit code 1 where one fails.
# Builds the images first (eng/images.sh); --built takes those that are there.
#   --only NAME      after the undisturbed run only scenarios whose file's name holds it, repeated for several
#   --keep           leaves the pods running; the next run removes them
#   --epochs N       length of the sweep; default 240
# Where containers can not be run it says why, and that it was skipped. Logs and results are in artifacts/pods.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/images/tools.sh
. eng/images/bases.sh
. eng/pods/cluster.sh
. eng/pods/sweep.sh
only=() keep="" built="" epochs=240
while [ $# -gt 0 ]; do
  case "$1" in
    --only) only+=("$2"); shift 2 ;;
    --keep) keep=1; shift ;;
    --built) built=1; shift ;;
    --epochs) epochs="$2"; shift 2 ;;
    *)
      sed -n '2,8s/^# \{0,1\}//p' "$0"
      [ "$1" = --help ] && exit 0 || exit 2
      ;;
  esac
done
skip() { echo "eng/pods.sh: $1. Skipped."; exit 0; }
[ "$(id -u)" = 0 ] || skip "found no root, wanted it to make pods and cut their cables"
install_tools || skip "found no podman and buildah, and none to install"
python3 -c 'import yaml' 2>/dev/null || apt-get install -y -qq --no-install-recommends python3-yaml >/dev/null 2>&1 || skip "found no PyYAML, wanted the package python3-yaml"
rendered=tests/K8s.Tests/Rendered/azurite.yaml
run="$PWD/artifacts/pods"
subnet=10.89.96
cluster_stop
rm -rf "$run"
mkdir -p "$run/sweep" "$run/results"
chmod 777 "$run/results"

# build_images [ARGUMENT...]: eng/images.sh, unless they are there.
build_images() { [ -n "$built" ] || eng/images.sh "$@"; }

# Images: this version, and the next for the upgrade. Azurite's from its registry, or made of the checkout's.
facts smallbatch-cpu
version="${image##*:}"
next="$version-next"
client_image="${image%/*}/smallbatch-client:$version"
build_images
facts smallbatch-control
upgraded=("$image=${image%:*}:$next")
facts smallbatch-cpu
upgraded+=("$image=${image%:*}:$next")
facts smallbatch-azurite
replaced=()
if ! there "$image"; then
  replaced=("$image=localhost/smallbatch-azurite:stand-in")
  azurite_image
fi

# The dataset: genuine images where a folder above holds them.
data="" place="$PWD"
while [ "$place" != / ]; do
  [ ! -d "$place/shared/data/cifar-10-batches-bin" ] || { data="$place/shared/data"; break; }
  place="$(dirname "$place")"
done
sweep_write

# fail: says where to look, and ends.
fail() {
  local pod
  for pod in "$run"/*.address; do keep_log "$(basename "$pod" .address)" >/dev/null || true; done
  echo "failed  $1; logs are in artifacts/pods"
  failed=1
}

# is_wanted NAME: whether --only names that scenario, or none.
is_wanted() {
  local part
  [ ${#only[@]} -gt 0 ] || return 0
  for part in "${only[@]}"; do [[ "$1" != *"$part"* ]] || return 0; done
  return 1
}

finish() {
  [ -n "$keep" ] || cluster_stop
}
trap finish EXIT

podman network create --subnet "$subnet.0/24" "$network" >/dev/null
if [ -n "$data" ]; then
  podman volume create smallbatch-data >/dev/null
  cp --recursive "$data/cifar-10-batches-bin" "$(podman volume inspect --format '{{.Mountpoint}}' smallbatch-data)"
fi
python3 eng/pods/manifest.py "$rendered" secrets | while read -r name content; do
  printf '%s' "$content" | podman secret create "$name" - >/dev/null
done
podman pod create --name smallbatch-console --network "$network" --label app.kubernetes.io/name=smallbatch-console >/dev/null
started=$SECONDS
pod_start smallbatch-azurite smallbatch-azurite-1
pod_ready smallbatch-azurite-1
for pod in control-1 control-2 cpu-0 cpu-1; do
  pod_start "smallbatch-${pod%-*}" "smallbatch-$pod"
done
silos_ready
echo "ready   two control silos, two silos with CPU slots, the store: $((SECONDS - started)) s"

failed=""
started=$SECONDS
sweep_submit
sweep_results
cp "$run/results/results.csv" "$run/undisturbed.csv"
[ "$(wc -l <"$run/undisturbed.csv")" = 17 ] || { fail "undisturbed: found $(wc -l <"$run/undisturbed.csv") lines in results.csv, wanted 17"; exit 1; }
echo "ok      undisturbed: a sweep of 8 configurations to its end, $((SECONDS - started)) s"

for file in eng/pods/scenarios/*.sh; do
  name="$(basename "$file" .sh)"
  is_wanted "$name" || continue
  prepare() { :; }
  . "$file"
  prepare
  started=$SECONDS
  if sweep_submit && waits_for "something trains on $target" trains_on "$target" && strike && sweep_results && found="$(check)"; then
    cp "$run/results/results.csv" "$run/$name.csv"
    if cmp -s "$run/undisturbed.csv" "$run/$name.csv"; then
      echo "ok      $title; $found; results.csv the same bytes; $((SECONDS - started)) s"
    else
      fail "$title; $found; results.csv differs from artifacts/pods/undisturbed.csv"
    fi
  else
    fail "$title"
    break
  fi
done
exit "${failed:-0}"
