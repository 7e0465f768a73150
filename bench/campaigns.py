#!/usr/bin/python3
"""What a suite costs that has very many jobs, through a scheduler that is a stand-in.

Usage: bench/campaigns.py PROGRAM [JOBS...]
The stand-ins of sbatch and squeue are here: a submission starts the batch script at once, behind it. So what is
measured is ipucnn and what one job's processes cost, not Slurm; "of the processor" is ipucnn's own time with that of
the stand-ins that it starts, which other work of the machine does not lengthen. Writes a table of docs/numbers.md.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

SIZES = (100, 1000, 10000)
IN_FLIGHT = 50
SBATCH = """#!/bin/bash
{ flock 9; read -r id < STATE/last; echo $((id + 1)) > STATE/last; } 9> STATE/lock
for word; do case $word in --comment=*) comment=${word#*=} ;; esac; done
echo "RUNNING|0" > STATE/$id
echo x >> STATE/calls.sbatch
( SLURM_JOB_ID=$id bash "${@: -3}" > /dev/null 2>&1; echo "COMPLETED|0" > STATE/.$id; mv STATE/.$id STATE/$id ) \\
  > /dev/null 2>&1 < /dev/null 9>&- &
echo "$id"
"""
SQUEUE = """#!/bin/bash
echo x >> STATE/calls.squeue
for word; do case $word in --jobs=*) ids=${word#*=} ;; esac; done
for id in ${ids//,/ }; do
  IFS='|' read -r state status < STATE/$id && echo "$id|$state|None|$status|0|here|UNLIMITED|"
done
"""


class Watched(threading.Thread):
    """The most memory that a process had, in MiB, and of each tenth of its time."""

    def __init__(self, pid):
        super().__init__()
        self.pid = pid
        self.seen = []

    def run(self):
        while True:
            try:
                text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
            except OSError:
                return
            size = [int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")]
            if not size:
                return
            self.seen += size
            time.sleep(0.05)


def measure(program, jobs, folder):
    state = folder / "state"
    tools = folder / "tools"
    state.mkdir()
    tools.mkdir()
    (state / "last").write_text("1\n")
    for name, text in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scancel", "#!/bin/sh\n")):
        (tools / name).write_text(text.replace("STATE", str(state)))
        (tools / name).chmod(0o755)
    (folder / "pod.yml").write_text("sites: {pod: {slurm: {}}}\n")
    (folder / "b.yml").write_text("".join(
        f"j{i}:\n  cmd: echo rate {i}\n  data: {{rate: {{regexp: 'rate (\\S+)'}}}}\n" for i in range(jobs)))
    began = time.monotonic()
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        process = subprocess.Popen([program, "bench", "b.yml", "--site", "pod.yml", "--via", "slurm", "--in-flight",
                                    str(IN_FLIGHT), "--format", "json"], cwd=folder, stdout=out, stderr=err,
                                   env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        watched = Watched(process.pid)
        watched.start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    watched.join()
    if process.returncode != 0:
        raise SystemExit((folder / "err").read_text()[-2000:])
    found = json.loads((folder / "out").read_text())["jobs"]
    assert [job["state"] for job in found] == ["done"] * jobs
    assert [job["figures"][0]["value"] for job in found[:50]] == list(range(min(jobs, 50)))
    calls = {name: len((state / f"calls.{name}").read_text().splitlines()) for name in ("sbatch", "squeue")}
    assert calls["sbatch"] == jobs
    tenth = max(1, len(watched.seen) // 10)
    return seconds, used.ru_utime + used.ru_stime, calls["squeue"], max(watched.seen[:2 * tenth]), max(watched.seen)


def main():
    program = os.path.abspath(sys.argv[1])
    sizes = [int(word) for word in sys.argv[2:]] or SIZES
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, 4096), files))
    print("| jobs | seconds | ms a job | of the processor | questions | MiB after a fifth | MiB at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for jobs in sizes:
        with tempfile.TemporaryDirectory(prefix="campaigns") as folder:
            seconds, used, questions, early, most = measure(program, jobs, pathlib.Path(folder))
        print(f"| {jobs} | {seconds:.0f} | {1000 * seconds / jobs:.0f} | {1000 * used / jobs:.1f} | {questions} | "
              f"{early:.0f} | {most:.0f} |", flush=True)


if __name__ == "__main__":
    main()
