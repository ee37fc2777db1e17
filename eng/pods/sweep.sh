# Sourced by eng/pods.sh: the sweep that is struck, by the console alone.

# sweep_write: its specification, on genuine images where there are some.
sweep_write() {
  local dataset="{ kind: synthetic, trainImages: 480, testImages: 60 }"
  [ -z "$data" ] || dataset="{ kind: cifar10, trainImages: 480, testImages: 60 }"
  cat >"$run/sweep/pods.yaml" <<SPEC
name: pods
dataset: $dataset
network: tiny.yaml
batchSizes: [8, 16]
baseLearningRates: [2^-7, 2^-6, 2^-5]
replicas: 2
confirm: 2
epochs: $epochs
augment: true
checkpoint: { every: 1s }
SPEC
  cat >"$run/sweep/tiny.yaml" <<'LAYERS'
layers:
  - conv: { filters: 6, kernel: 3, stride: 2 }
  - relu
  - conv: { filters: 12, kernel: 3, stride: 2 }
  - relu
  - averagePool: global
  - linear: { outputs: classes }
LAYERS
}

# sweep_submit: under its one name, whatever bore it before being deleted.
sweep_submit() {
  console sweep delete pods --yes >/dev/null 2>&1 || true
  console sweep submit /sweep/pods.yaml >"$run/submit.txt" 2>&1 || { cat "$run/submit.txt" >&2; return 1; }
}

# waits_for WHAT COMMAND...: runs it again and again until it succeeds; ten minutes at most.
waits_for() {
  local what="$1" until=$((SECONDS + 600))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || { echo "waited ten minutes, wanted: $what" >&2; return 1; }
    sleep 2
  done
}

# trains_on POD: something trains there that has begun and has most of its epochs before it.
trains_on() {
  console config list pods -o csv 2>/dev/null | awk -F, -v host="$(address "$1"):" '
    $4 == "training" && index($10, host) == 1 { split($8, epoch, "/"); if (epoch[1] > 0 && epoch[1] < epoch[2] / 2) there = 1 } END { exit !there }'
}

is_complete() { console sweep list -o csv 2>/dev/null | grep -q '^pods,.*completed'; }

# sweep_results: waits for its end, and leaves results.csv and runs.csv in $run/results.
sweep_results() {
  waits_for "the sweep is complete" is_complete && console results export pods --out /results >/dev/null
}

# attempts FIELD: of runs.csv, how many attempts ended as "stopped", "lost" and so on; "steps-lost": updates that were trained twice.
attempts() { python3 eng/pods/attempts.py "$run/results/runs.csv" "$1"; }

# same WHAT FOUND WANTED and some WHAT FOUND: say what is wrong, and fail.
same() { [ "$2" = "$3" ] || { echo "$1: found '$2', wanted '$3'" >&2; return 1; }; }
some() { [ "$2" -gt 0 ] || { echo "$1: found $2, wanted at least 1" >&2; return 1; }; }
