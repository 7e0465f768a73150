#!/usr/bin/python3
"""What `ipucnn run` costs beside the job: time over the bare child, streaming against tee, memory.

usage: run.py PROGRAM [MEGABYTES]

Of each figure the median of several is printed, by the clock and, in brackets, by the processor time of all
processes together, which depends less on what else the machine does. The overhead is what a whole run of a
script that does nothing takes more than a preflight of the same job and the script together, so that planning
does not count.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 500
JOB = ["run", "--config", "mk2_resnet50_gn_16ipus", "--data-dir", "."]
LINE = "[1,0]<stdout>:step: 100, epoch: 1.00, loss: 6.9077, img/sec: 12345.6, a line as they are"


def launcher(folder, text):
    path = folder / "poprun"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def seconds(words, times, **how):
    """(by the clock, of the processor): medians."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
        usage = os.wait4(process.pid, 0)[2]
        taken.append((time.perf_counter() - began, usage.ru_utime + usage.ru_stime))
    return tuple(statistics.median(column) for column in zip(*taken))


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        (folder / "train.py").touch()
        env = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": name}
        how = {"cwd": folder, "env": env, "stdin": subprocess.DEVNULL}

        launcher(folder, "exit 0\n")
        whole = seconds([PROGRAM, *JOB], 40, **how)
        plan = seconds([PROGRAM, *JOB, "--preflight", "only"], 40, **how)
        bare = seconds([folder / "poprun"], 40, **how)
        over = [1000 * (w - p - b) for w, p, b in zip(whole, plan, bare)]
        print(f"overhead of a run over its plan and its child: {over[0]:.2f} ms ({over[1]:.2f}); run "
              f"{1000 * whole[0]:.2f} ({1000 * whole[1]:.2f}), plan {1000 * plan[0]:.2f} ({1000 * plan[1]:.2f}), "
              f"child {1000 * bare[0]:.2f} ({1000 * bare[1]:.2f})")

        text = folder / "text"
        with text.open("w") as file:
            for _ in range(MEGABYTES * 1000000 // (len(LINE) + 1)):
                file.write(LINE + "\n")
        launcher(folder, f"exec cat {text}\n")
        run = seconds([PROGRAM, *JOB], 3, **how)
        tee = seconds(["sh", "-c", f"cat {text} | tee {folder}/copy"], 3, **how)
        size = text.stat().st_size / 1e6
        print(f"streaming: {size / run[0]:.0f} MB/s, tee {size / tee[0]:.0f} MB/s: {tee[0] / run[0]:.2f} x "
              f"({tee[1] / run[1]:.2f} x)")

        process = subprocess.Popen([PROGRAM, *JOB], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
        usage = os.wait4(process.pid, 0)[2]
        print(f"memory: {usage.ru_maxrss / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
