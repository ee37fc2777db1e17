#!/usr/bin/env python3
"""attempts.py RUNS.CSV END: how many attempts ended so; END steps-lost: how many steps were trained again, over all configurations."""
import csv
import itertools
import sys

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = sorted(csv.DictReader(file), key=lambda r: (r["configuration"], int(r["attempt"])))
if sys.argv[2] == "steps-lost":
    pairs = [(a, b) for _, runs in itertools.groupby(rows, lambda r: r["configuration"]) for a, b in itertools.pairwise(runs)]
    print(sum(int(a["reached_step"]) - int(b["resumed_from_step"]) for a, b in pairs))
else:
    print(sum(r["end"] == sys.argv[2] for r in rows))
