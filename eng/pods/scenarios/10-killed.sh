title="a pod killed (SIGKILL): its work trains on elsewhere, the container starts again"
target=smallbatch-cpu-1

strike() { kill -KILL "$(podman inspect --format '{{.State.Pid}}' "$(silo "$target")")"; }

check() {
  pod_ready "$target" && some "attempts lost" "$(attempts lost)" && echo "$(attempts lost) attempts lost"
}
