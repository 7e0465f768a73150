#!/usr/bin/python3
"""What `ipucnn run` costs beside the job: time over the bare child, streaming against tee, memory.

usage: run.py PROGRAM [MEGABYTES [OTHER_PROGRAM]]

Everything is measured by turns, so that what else the machine does meets all of it alike; with a second program
both are. Of each figure the median is printed, by the clock and, in brackets, by the processor time of all
processes together. The overhead is what a whole run of a script that does nothing takes more than a preflight of
the same job and the script together, so that planning does not count. Streaming has two figures: how long the job
was kept from its end, against `job | tee copy`, and how long ipucnn goes on reading figures afterwards.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAMS = [pathlib.Path(name).resolve() for name in [sys.argv[1], *sys.argv[3:]]]
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 500
JOB = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "."]
LINES = {"figures": "[1,0]<stdout>:step: 100, epoch: 1.00, loss: 6.9077, img/sec: 12345.6, a line as they are",
         "no figures": "[1,0]<stdout>:2026-11-27 02:15:44.123456: I tensorflow/compiler/plugin: Compiling module"}


def launcher(folder, text):
    path = folder / "poprun"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def seconds(words, **how):
    """(by the clock, of the processor)."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    usage = os.wait4(process.pid, 0)[2]
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def medians(taken):
    return [statistics.median(column) for column in zip(*taken)]


def overhead(program, folder, how, times=60):
    launcher(folder, "exit 0\n")
    taken = [[seconds(words, **how) for words in
              ([program, *JOB], [program, *JOB, "--preflight", "only"], [folder / "poprun"])] for _ in range(times)]
    whole, plan, bare = (medians(column) for column in zip(*taken))
    clock = [w - p - b for w, p, b in zip(whole, plan, bare)]
    print(f"  overhead of a run over its plan and its child: {1000 * clock[0]:.2f} ms ({1000 * clock[1]:.2f}); run "
          f"{1000 * whole[0]:.2f} ({1000 * whole[1]:.2f}), plan {1000 * plan[0]:.2f} ({1000 * plan[1]:.2f}), "
          f"child {1000 * bare[0]:.2f} ({1000 * bare[1]:.2f})")


def streamed(program, folder, how):
    """Seconds until the job had ended, and until ipucnn had; the most memory in MiB, as seen while it ran (the
    kernel's figure at the end has that of this script in it)."""
    began = time.time()
    process = subprocess.Popen([program, *JOB], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    peak = 0
    while process.poll() is None:
        try:
            found = re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())
        except OSError:
            break
        peak = int(found[1]) / 1024 if found else peak
        time.sleep(0.01)
    process.wait()
    end = time.time()
    subprocess.run(["rm", "-r", folder / "runs"], check=True)
    return float((folder / "ended").read_text()) - began, end - began, peak


def teed(folder, how):
    began = time.time()
    subprocess.run(["sh", "-c", f"./poprun | tee {folder}/copy"], stdout=subprocess.DEVNULL, check=True, **how)
    return float((folder / "ended").read_text()) - began,


def streaming(name, line, folder, how, times=3):
    text = folder / "text"
    with text.open("w") as file:
        for _ in range(MEGABYTES * 1000000 // (len(line) + 1)):
            file.write(line + "\n")
    launcher(folder, f"cat {text}\ndate +%s.%N > {folder}/ended\n")
    size = text.stat().st_size / 1e6
    taken = [(teed(folder, how), *(streamed(program, folder, how) for program in PROGRAMS)) for _ in range(times)]
    tee = medians(entry[0] for entry in taken)[0]
    print(f"{MEGABYTES} MB of lines with {name}: tee {size / tee:.0f} MB/s")
    for i, program in enumerate(PROGRAMS):
        job, whole, peak = medians(entry[1 + i] for entry in taken)
        print(f"  {program}: the job wrote {size / job:.0f} MB/s = {tee / job:.2f} x tee; all was measured "
              f"{whole - job:.1f} s later ({size / whole:.0f} MB/s); memory {peak:.1f} MiB")


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        (folder / "train.py").touch()
        env = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": name}
        how = {"cwd": folder, "env": env, "stdin": subprocess.DEVNULL}
        for program in PROGRAMS:
            print(f"{program}:")
            overhead(program, folder, how)
        for kind, line in LINES.items():
            streaming(kind, line, folder, how)


if __name__ == "__main__":
    main()
