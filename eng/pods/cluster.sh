# Sourced by eng/pods.sh, in the repository's root: pods of the rendered overlay $rendered, in the network $network, with what is left of them in $run.
# It does by hand what kubelet, controllers and Services do: starts a workload's pod, asks its readiness, stops it as long as it may take.
network=smallbatch-pods

# facts WORKLOAD: sets image, container, services, grace, pre_stop, ready_port, ready_path and start_limit.
facts() { eval "$(python3 eng/pods/manifest.py "$rendered" facts "$1")"; }

# address POD: where it is, or was last.
address() { cat "$run/$1.address"; }

# silo POD: its silo's container.
silo() { echo "$1-silo"; }

# pod_start WORKLOAD POD [OLD=NEW...]: starts a pod of a workload, with an address that no pod had before, under the names of the Services that select it.
pod_start() {
  local workload="$1" pod="$2" last
  shift 2
  facts "$workload"
  last="$(cat "$run/last" 2>/dev/null || echo 9)"
  echo $((last + 1)) >"$run/last"
  echo "$subnet.$((last + 1))" >"$run/$pod.address"
  echo "$workload" >"$run/$pod.workload"
  python3 eng/pods/manifest.py "$rendered" pod "$workload" "$pod" "$(address "$pod")" "$run/secrets" ${replaced[@]+"${replaced[@]}"} "$@" >"$run/$pod.json"
  # From there, since conmon leaves a file where it was started when a container is out of memory.
  (cd "$run" && podman kube play --network "$network:ip=$(address "$pod")$(printf ',alias=%s' $services)" "$run/$pod.json") >"$run/$pod.play" 2>&1 ||
    { echo "$pod did not start:" >&2; tail -3 "$run/$pod.play" >&2; return 1; }
}

# pod_ready POD: waits until its readiness probe says yes, as long as its startup probe would.
pod_ready() {
  facts "$(cat "$run/$1.workload")"
  local until=$((SECONDS + start_limit)) at
  at="$(address "$1")"
  while [ "$SECONDS" -lt "$until" ]; do
    if [ -n "$ready_path" ]; then
      ! curl --silent --fail --max-time 5 --output "$run/$1.ready" "http://$at:$ready_port$ready_path" || return 0
    else
      ! timeout 5 bash -c ": </dev/tcp/$at/$ready_port" 2>/dev/null || return 0
    fi
    sleep 1
  done
  echo "$1 was not ready within $start_limit s, log: $(keep_log "$1")" >&2
  return 1
}

# keep_log POD: writes the log of its container into $run, and says where.
keep_log() {
  facts "$(cat "$run/$1.workload")"
  podman logs "$1-$container" >>"$run/$1.log" 2>&1
  echo "$run/$1.log"
}

# pod_stop POD: preStop, SIGTERM, and after its grace SIGKILL; the pod and its volumes go. Sets ended to the exit code.
pod_stop() {
  facts "$(cat "$run/$1.workload")"
  sleep "$pre_stop"
  # The container alone: a pod's stop takes the network from under it first, which a kubelet does last.
  podman stop --time "$grace" "$1-$container" >/dev/null
  ended="$(podman inspect --format '{{.State.ExitCode}}' "$1-$container")"
  keep_log "$1" >/dev/null
  podman pod rm --force "$1" >/dev/null
  podman volume rm "$1-work" "$1-tmp" >/dev/null 2>&1 || true
  rm "$run/$1.address"
}

# silo_pods: those that were started and not stopped.
silo_pods() { (cd "$run" && ls ./*.address) | sed -nE 's#^\./(smallbatch-(control|cpu)-[0-9]+)\.address$#\1#p'; }

# silos_ready: waits for all of them.
silos_ready() {
  local pod
  for pod in $(silo_pods); do pod_ready "$pod" || return; done
}

# interface POD: the bridge's end of its cable.
interface() {
  local index
  index="$(nsenter --target "$(podman inspect --format '{{.State.Pid}}' "$(silo "$1")")" --net ip -oneline link show eth0 | sed -nE 's/.* eth0@if([0-9]+):.*/\1/p')"
  ip -oneline link show type veth | sed -nE "s/^$index: ([^@:]+)@.*/\1/p" | grep .
}

# console ARGUMENT...: the console, from a pod of its own, by the gateway's Service; with the certificate of $certificate, a folder of $run/secrets, where one is named.
certificate=""
console() {
  podman run --rm --pod smallbatch-console --read-only --user 65532:65532 --cap-drop all --security-opt no-new-privileges \
    --volume "$run/sweep:/sweep:ro" --volume "$run/results:/results" ${certificate:+--volume "$run/secrets/$certificate:/tls:ro"} \
    "$client_image" "$@" --gateway smallbatch-gateway:30000 ${certificate:+--tls /tls}
}

# cluster_stop: removes every pod of the workloads, the console's, their volumes and the network, of this run or of one that was killed.
cluster_stop() {
  local pod
  for pod in $(podman pod ls --quiet --filter "network=$network" 2>/dev/null); do
    podman pod rm --force --time 0 "$pod" >/dev/null 2>&1 || true
  done
  podman volume ls --quiet | grep -E '^smallbatch-' | xargs --no-run-if-empty podman volume rm --force >/dev/null 2>&1 || true
  podman secret rm smallbatch-storage >/dev/null 2>&1 || true
  podman network rm --force "$network" >/dev/null 2>&1 || true
}

# version_of POD: what its metrics say that it is.
version_of() { curl --silent --max-time 5 "http://$(address "$1"):8080/metrics" | sed -nE 's/^target_info.*service_version="([^"+]+).*/\1/p'; }

# exit_code POD SINCE: of its silo's container, which has started again since.
exit_code() { podman events --stream=false --since "$2" --filter "container=$(silo "$1")" --filter event=died --format '{{.ContainerExitCode}}' | head -1; }
