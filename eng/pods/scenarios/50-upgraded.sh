title="a rolling upgrade to a second version of the images, old and new side by side"
target=smallbatch-cpu-1

prepare() { build_images --version "$next" silo silo-cpu; }

# A Deployment has no pod too few and one too many; a StatefulSet goes from the last to the first; each pod waits for the one before.
strike() {
  local number
  for number in 1 2; do
    pod_start smallbatch-control "smallbatch-control-$((number + 2))" "${upgraded[@]}" && pod_ready "smallbatch-control-$((number + 2))" &&
      pod_stop "smallbatch-control-$number" || return
  done
  for number in 1 0; do
    pod_stop "smallbatch-cpu-$number" && pod_start smallbatch-cpu "smallbatch-cpu-$number" "${upgraded[@]}" && pod_ready "smallbatch-cpu-$number" || return
  done
}

check() {
  local pod
  for pod in smallbatch-control-3 smallbatch-control-4 smallbatch-cpu-0 smallbatch-cpu-1; do
    same "version of $pod" "$(version_of "$pod")" "$next" || return
  done
  same "steps trained again" "$(attempts steps-lost)" 0 && echo "every silo at $next, $(attempts stopped) attempts stopped, 0 steps lost"
}
