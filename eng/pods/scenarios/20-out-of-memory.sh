title="a pod out of memory: the kernel kills it at its limit"
target=smallbatch-cpu-1

oom_kills() { awk '$1 == "oom_kill" { print $2 }' /proc/vmstat; }

# A process in it takes whatever there is. The silo goes first, and its container with it, as Kubernetes has the kernel kill all of a container's processes together.
strike() {
  since="$(date --iso-8601=seconds)" before="$(oom_kills)"
  echo 1000 >"/proc/$(podman inspect --format '{{.State.Pid}}' "$(silo "$target")")/oom_score_adj"
  podman exec "$(silo "$target")" tail /dev/zero >/dev/null 2>&1 || true
}

check() {
  pod_ready "$target" && some "processes killed for want of memory" "$(($(oom_kills) - before))" &&
    same "exit code of the container" "$(exit_code "$target" "$since")" 137 && some "attempts lost" "$(attempts lost)" &&
    echo "exit code 137, $(attempts lost) attempts lost"
}
