title="a pod cut off for 40 s: declared dead, refused when it is back, and one of the cluster again"
target=smallbatch-cpu-1

# Longer than the pool waits for a silent host.
strike() {
  local cable
  cable="$(interface "$target")" && ip link set "$cable" down && sleep 40 && ip link set "$cable" up
}

check() {
  pod_ready "$target" && some "attempts lost" "$(attempts lost)" && echo "$(attempts lost) attempts lost"
}
