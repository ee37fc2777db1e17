title="a pod drained (SIGTERM): its trainers checkpoint, and no step is lost"
target=smallbatch-cpu-1

strike() { pod_stop "$target" && code="$ended" && pod_start smallbatch-cpu "$target"; }

check() {
  pod_ready "$target" && same "exit code of the silo" "$code" 0 && some "attempts stopped" "$(attempts stopped)" && same "steps trained again" "$(attempts steps-lost)" 0 &&
    echo "exit code 0, $(attempts stopped) attempts stopped, 0 steps lost"
}
