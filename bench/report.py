#!/usr/bin/python3
"""How fast figures are read from a log, beside grep, mawk and Python, and runs from their folders.

usage: report.py PROGRAM [MEGABYTES] [ROUNDS] [RUNS]

One session: a log of eight instances with mpirun's tags (MEGABYTES, 1000), and all programs in turn, round after
round (ROUNDS, 7), so that what slows the machine down slows them all. Of each the median by the clock and, in
brackets, of the processor; of each ratio the median over the rounds. Then RUNS (10000) run folders, all alike,
are listed and put into a history.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 7
RUNS = int(sys.argv[4]) if len(sys.argv) > 4 else 10000
RANKS = 8
SITE = ["--site", "rehearsal", "--quiet"]
PRESET = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus"]

# A pattern of a user's, in a descriptor of ours and as examples-utils applies one: the output is decoded as it
# comes and put together, then re.findall goes over all of it; nan fails, and the mean is of the sorted values.
PATTERN = r"img/sec:\s*(?P<value>[\d.]+)"
OWN = f"""applications:
  mine:
    extends: tensorflow1_cnns@2.3
    metrics:
      speed: {{regex: '{PATTERN}', unit: samples/s, covers: all instances, discard_first: 1}}
"""
EXAMPLES_UTILS = f"""
import math, re, sys
pieces = []
with open(sys.argv[1], "rb") as log:
    while piece := log.read(1 << 16):
        pieces.append(piece.decode())
values = [float(found) for found in re.findall(r"{PATTERN}", "".join(pieces))]
if any([math.isnan(value) for value in values]):
    sys.exit(1)
values.sort()
print(sum(values[1:]) / len(values[1:]))
"""
# The same work as ours: the mean of each instance without its first value.
PYTHON = r"""
import re, sys
pattern = re.compile(rb"\[1,(\d+)\]<stdout>:.*?img/sec: *([\d.]+)")
values = {}
with open(sys.argv[1], "rb") as log:
    for line in log:
        found = pattern.match(line)
        if found:
            values.setdefault(int(found[1]), []).append(float(found[2]))
for rank, kept in sorted(values.items()):
    print(rank, sum(kept[1:]) / (len(kept) - 1))
"""
GREP_FOR = r"^\[1,\d+\]|img/sec: *\K[\d.]+"
# What grep finds, put together by mawk: which instance a line is of stands in front of its value.
GREP = r"""
/^\[/ { rank = substr($0, 4, length($0) - 4); next }
{ if (seen[rank]++) sum[rank] += $0 }
END { for (rank in seen) print rank, sum[rank] / (seen[rank] - 1) }
"""
MAWK = r"""
match($0, /img\/sec: */) {
  rank = substr($0, 4, index($0, "]") - 4)
  if (seen[rank]++) sum[rank] += substr($0, RSTART + RLENGTH) + 0
}
END { for (rank in seen) print rank, sum[rank] / (seen[rank] - 1) }
"""


def write_log(path):
    size, step = 0, 0
    with open(path, "w", buffering=1 << 20, encoding="ascii") as log:
        while size < MEGABYTES * 1000000:
            step += 1
            for rank in range(RANKS):
                size += log.write(
                    f"[1,{rank}]<stdout>:step: {step:6}, iteration: {step * 208:6}, epoch: {step * 0.12:6.2f}, "
                    f"lr: {0.5 / (1 + step / 1000):6.4}, loss: {7 - step % 600 / 100:6.3f}, top-1 accuracy: "
                    f"{step % 70:6.3f}%, img/sec: {4350 + (step * 7919 + rank * 104729) % 1000 / 50:6.2f}, "
                    f"time: 0.452133, total_time: {step * 85.0:8.1f}\n")
    return step * RANKS


def taken(words, folder):
    """Seconds by the clock and of the processor, and MiB at the most."""
    began = time.perf_counter()
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               env={**os.environ, "LC_ALL": "C"})
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status != 0:
        sys.exit(f"{words[0]} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def reading(folder):
    log = str(folder / "log")
    lines = write_log(log)
    (folder / "ipucnn.yml").write_text(OWN)
    ours = [PROGRAM, "report", log, "--app"]
    commands = {
        "cat": ["cat", log],
        "one metric": [*ours, "tensorflow1_cnns@2.3", "--metric", "throughput"],
        "all metrics": [*ours, "tensorflow1_cnns@2.3"],
        "user's expression": [*ours, "mine", "--metric", "speed"],
        "mawk": ["mawk", MAWK, log],
        # It ends at its first match where it writes to /dev/null itself.
        "grep -oP": ["sh", "-c", 'grep -oP "$1" "$2" | cat', "sh", GREP_FOR, log],
        "grep -oP | mawk": ["sh", "-c", 'grep -oP "$1" "$2" | mawk "$3"', "sh", GREP_FOR, log, GREP],
        "Python's re": ["/usr/bin/python3", "-c", PYTHON, log],
        "as examples-utils": ["/usr/bin/python3", "-c", EXAMPLES_UTILS, log],
    }
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            times[name].append(taken(words, folder))

    def ratio(above, below, column=0):
        return statistics.median(a[column] / b[column] for a, b in zip(times[above], times[below]))

    print(f"log of {os.path.getsize(log) / 1e6:.0f} MB, {lines} lines; {ROUNDS} rounds; load "
          f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    print("| | s | (processor) | MiB |\n| --- | --: | --: | --: |")
    for name, all_rounds in times.items():
        wall, used, memory = (statistics.median(column) for column in zip(*all_rounds))
        print(f"| {name} | {wall:.2f} | ({used:.2f}) | {memory:.0f} |")
    print("\n| ratio | by the clock | (processor) | goal |\n| --- | --: | --: | --- |")
    for above, below, goal in (("one metric", "cat", "<= 4"), ("grep -oP", "one metric", ""),
                               ("grep -oP | mawk", "one metric", ">= 5"), ("mawk", "one metric", ">= 5"),
                               ("Python's re", "one metric", ""),
                               ("all metrics", "one metric", "<= 2"),
                               ("as examples-utils", "user's expression", ">= 5")):
        print(f"| {above} / {below} | {ratio(above, below):.2f} | ({ratio(above, below, 1):.2f}) | {goal} |")
    for name, metrics in (("one metric", 1), ("all metrics", 6)):
        most = max(memory for _, _, memory in times[name])
        allowed = 16 + 16 * metrics * lines / 2**20
        print(f"\n{name}: {most:.0f} MiB of {allowed:.0f} (16 MiB and 16 bytes for each of {metrics * lines} samples)")


def folders(folder):
    done = subprocess.run([PROGRAM, "run", *PRESET, *SITE, "--epochs", "4"], cwd=folder, capture_output=True,
                          env={**os.environ, "REHEARSAL_SECONDS": "0"}, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    first = next((folder / "runs").iterdir())
    record = json.loads((first / "record.json").read_text())
    for number in range(RUNS - 1):
        copy = folder / "runs" / f"20200101T{number // 3600:02}{number // 60 % 60:02}{number % 60:02}Z-a"
        copy.mkdir()
        shutil.copy(first / "plan.json", copy)
        (copy / "record.json").write_text(json.dumps(record))
    print(f"\n| {RUNS} run folders | s | (processor) | goal |\n| --- | --: | --: | --- |")
    for words, goal in (("runs", "<= 1"), ("history", "<= 2")):
        rounds = [taken([PROGRAM, words], folder) for _ in range(ROUNDS)]
        wall, used, _ = (statistics.median(column) for column in zip(*rounds))
        print(f"| {words} | {wall:.2f} | ({used:.2f}) | {goal} |")


with tempfile.TemporaryDirectory() as name:
    reading(pathlib.Path(name))
with tempfile.TemporaryDirectory() as name:
    folders(pathlib.Path(name))
