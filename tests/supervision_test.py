#!/usr/bin/python3
"""Runs ranks that do not want to end, and counts in /proc what is left of them.

usage: supervision_test.py PROGRAM HOSTILE_RANK [unittest's arguments]

One of our own processes is killed at random moments (tests/support/size.py says how often); IPUCNN_SEED
tells which.
"""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.folders import end  # noqa: E402
from support.size import sized  # noqa: E402
from support.terminal import pieces  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
RANK = pathlib.Path(sys.argv[2]).resolve()
KILLS = sized(6, 100)
JOBS = sized(12, 200)
SEED = int(os.environ.get("IPUCNN_SEED", random.randrange(10**6)))
HAS_MPIRUN = shutil.which("mpirun") is not None
needs_mpirun = unittest.skipUnless(HAS_MPIRUN, "mpirun is not installed")
JOB = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", ".", "--preflight", "skip", "--grace", "1"]
PROVEN = b"img/sec"
LONG = 60  # seconds after which a test gives up; none of them measures time


def processes_with(mark):
    """{pid: name} of the processes that have it in their environment, zombies apart."""
    found = {}
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                state = (process / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    found[int(process.name)] = (process / "comm").read_text().strip()
        except OSError:
            continue
    return found


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name).resolve()
        self.mark = f"SUPERVISION_TEST={self.folder.name}"
        self.addCleanup(self.end_what_is_left)

    def end_what_is_left(self):
        end(lambda: processes_with(self.mark.encode()))

    def launcher(self, text):
        path = self.folder / "poprun"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def under_mpirun(self, *modes, ranks=3):
        self.launcher(f"exec mpirun --allow-run-as-root --oversubscribe --bind-to none -np {ranks} "
                      f"{RANK} {' '.join(modes)}\n")

    def alone(self, *modes):
        self.launcher(f"exec {RANK} {' '.join(modes)}\n")

    def env(self):
        name, value = self.mark.split("=")
        return {"PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": str(self.folder), name: value,
                "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
                "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"}

    def start(self, *words, **how):
        return subprocess.Popen([PROGRAM, *JOB, *words], cwd=self.folder, env=self.env(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, **how)

    def started(self, *words, lines=2, **how):
        """A job of which so many figures were printed: all that a rank has, as one that has still to write ends by
        itself when nobody reads any more."""
        process = self.start(*words, **how)
        self.addCleanup(process.stdout.close)
        seen = b""
        while seen.count(PROVEN) < lines:
            piece = process.stdout.read1()
            self.assertNotEqual(piece, b"", f"it ended early: {seen}")
            seen += piece
        return process

    def ended(self, process):
        while process.stdout.read1():
            pass
        return process.wait(timeout=LONG)

    def run_folder(self):
        folder, = (self.folder / "runs").iterdir()
        return folder

    def record(self):
        return json.loads((self.run_folder() / "record.json").read_text())

    def guard(self):
        guards = [pid for pid, name in processes_with(self.mark.encode()).items() if name == "ipucnn-guard"]
        self.assertEqual(len(guards), 1)
        return guards[0]

    def assert_nothing_is_left(self, within=15):
        deadline = time.monotonic() + within
        while left := processes_with(self.mark.encode()):
            if time.monotonic() > deadline:
                self.fail(f"left: {left}")
            time.sleep(0.02)

    def runs(self, *words):
        return subprocess.run([PROGRAM, "runs", *words], cwd=self.folder, env={"PATH": "/usr/bin:/bin"},
                              capture_output=True, text=True, timeout=LONG)


class Interrupted(Case):
    def assert_ends(self, number, status, **how):
        process = self.started(**how)
        process.send_signal(number)
        self.assertEqual(self.ended(process), status)
        # It ends only when nothing is left.
        self.assert_nothing_is_left(within=0)
        self.assertEqual((self.record()["state"], self.record()["signal"]), ("interrupted", number))

    def test_without_mpirun(self):
        for modes in (["ignore"], ["setsid"], ["daemon"], ["burst", "ignore"], ["setsid", "ignore", "daemon"]):
            with self.subTest(modes):
                self.setUp()
                self.alone(*modes)
                self.assert_ends(signal.SIGINT, 130)

    @needs_mpirun
    def test_under_mpirun(self):
        for modes in (["ignore", "daemon"], ["setsid", "ignore"]):
            with self.subTest(modes):
                self.setUp()
                self.under_mpirun(*modes)
                self.assert_ends(signal.SIGTERM, 143, lines=6)

    def test_at_the_third_time_at_once(self):
        self.alone("ignore")
        process = self.started("--grace", "10m")
        began = time.monotonic()
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        self.assertEqual(self.ended(process), 130)
        self.assertLess(time.monotonic() - began, 4)
        self.assert_nothing_is_left(within=0)

    def test_when_it_takes_too_long(self):
        self.alone("ignore")
        process = self.started("--timeout", "1s")
        self.assertEqual(self.ended(process), 3)
        self.assert_nothing_is_left(within=0)
        record = self.record()
        self.assertEqual((record["state"], record["phase"], record["reason"]),
                         ("timed out", "run", "it took longer than 1 s"))

    def test_when_it_writes_nothing_more(self):
        self.alone()
        process = self.started("--stall-timeout", "1s")
        self.assertEqual(self.ended(process), 3)
        self.assertEqual(self.record()["reason"], "it wrote nothing for 1 s")

    def test_and_stopped_for_a_while(self):
        self.alone()
        process = self.started()
        states = lambda: {(pathlib.Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
                          for pid, name in processes_with(self.mark.encode()).items() if name != "ipucnn-guard"}
        process.send_signal(signal.SIGTSTP)
        deadline = time.monotonic() + LONG
        while states() != {"T"} and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(states(), {"T"})
        process.send_signal(signal.SIGCONT)
        while states() != {"S"} and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(states(), {"S"})
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.ended(process), 143)


class Killed(Case):
    def test_the_launcher(self):
        self.alone("daemon", "burst")
        process = self.started()
        launcher, = (pid for pid, name in processes_with(self.mark.encode()).items()
                     if os.getpgid(pid) == pid and name == RANK.name[:15]
                     and int((pathlib.Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
                     == self.guard())
        os.kill(launcher, signal.SIGKILL)
        self.assertEqual(self.ended(process), 3)
        self.assert_nothing_is_left(within=0)
        self.assertEqual((self.record()["state"], self.record()["signal"]), ("failed", 9))

    @needs_mpirun
    def test_mpirun(self):
        self.under_mpirun("ignore", "daemon")
        process = self.started(lines=6)
        mpirun, = (pid for pid, name in processes_with(self.mark.encode()).items()
                   if name in ("mpirun", "orterun"))
        os.kill(mpirun, signal.SIGKILL)
        self.assertEqual(self.ended(process), 3)
        self.assert_nothing_is_left(within=0)

    @needs_mpirun
    def test_a_rank_ends_its_siblings(self):
        self.under_mpirun("die", "daemon")
        process = self.start()
        self.assertEqual(self.ended(process), 3)
        process.stdout.close()
        self.assert_nothing_is_left(within=0)
        self.assertEqual((self.record()["state"], self.record()["exit_status"]), ("failed", 7))

    def test_the_guard(self):
        self.alone("ignore", "daemon", "setsid")
        process = self.started()
        os.kill(self.guard(), signal.SIGKILL)
        self.assertEqual(self.ended(process), 3)
        self.assert_nothing_is_left(within=0)
        self.assertEqual(self.record()["state"], "lost")
        self.assertIn("guard", self.record()["reason"])

    def test_ipucnn_itself(self):
        for modes in (["ignore", "daemon", "setsid"], ["burst"]):
            with self.subTest(modes):
                self.setUp()
                self.alone(*modes)
                process = self.started()
                process.kill()
                process.wait()
                self.assert_nothing_is_left()
                for path in (self.run_folder(), self.run_folder() / "train" / "1"):
                    record = json.loads((path / "record.json").read_text())
                    self.assertEqual((record["state"], record["reason"]),
                                     ("lost", "ipucnn was killed; its job was ended"))
                    self.assertIsNotNone(record["ended"])

    def test_both(self):
        self.alone("ignore")
        process = self.started()
        guard = self.guard()
        process.send_signal(signal.SIGSTOP)
        os.kill(guard, signal.SIGSTOP)
        os.kill(guard, signal.SIGKILL)
        process.kill()
        process.wait()
        # Nobody was left to write it, so whoever reads it says it.
        self.assertEqual(self.record()["state"], "running")
        listed = json.loads(self.runs("--format", "json").stdout)["runs"]
        self.assertEqual([(run["state"], run["goes_on"]) for run in listed], [("lost", False)])
        self.assertEqual(self.runs("wait", "last").returncode, 3)
        cleaned = self.runs("clean", "last")
        self.assertIn("ended 1 left process", cleaned.stderr)
        self.assert_nothing_is_left()

    def test_at_any_moment(self):
        chance = random.Random(SEED)
        states = {}
        self.alone("short")
        began = time.monotonic()
        process = self.start()
        self.ended(process)
        process.stdout.close()
        usual = time.monotonic() - began
        for number in range(KILLS):
            with self.subTest(seed=SEED, number=number):
                self.setUp()
                self.alone(*chance.choice((["ignore", "daemon"], ["setsid", "burst"], ["short"])))
                process = self.start()
                time.sleep(chance.random() * 1.3 * usual)
                victims = [pid for pid, name in processes_with(self.mark.encode()).items()
                           if pid == process.pid or name == "ipucnn-guard"]
                if victims:
                    os.kill(chance.choice(victims), signal.SIGKILL)
                # A guard that is killed is not the end of ipucnn.
                self.ended(process)
                process.stdout.close()
                self.assert_nothing_is_left()
                listed = json.loads(self.runs("--format", "json").stdout)["runs"]
                for run in listed:
                    self.assertFalse(run["goes_on"], run)
                    states[run["state"]] = states.get(run["state"], 0) + 1
                    self.assertIn(run["state"], ("lost", "done", "failed", "not started"), run)
        print(f"seed {SEED}: {KILLS} kills, states {states}")


class Afterwards(Case):
    def test_a_run_is_listed_shown_and_waited_for(self):
        self.alone("short")
        process = self.start("--name", "mine", "--notes", "a first one")
        self.assertEqual(self.ended(process), 0)
        process.stdout.close()
        self.assertIn("-mine", self.run_folder().name)
        lines = self.runs().stdout.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn("99.0 samples/s", lines[1])
        self.assertIn("notes        a first one\n", self.runs("show", "mine").stdout)
        self.assertEqual(self.runs("wait", "last").returncode, 0)
        self.assertEqual(self.runs("logs", "mine").stdout.count("img/sec"), 2)
        self.assertEqual(self.runs("cancel", "mine").returncode, 1)
        self.assertEqual(self.runs("show", "other").returncode, 2)
        self.assertEqual(self.runs("--state", "lost").stdout, "")

    def test_a_run_that_begins_again_keeps_its_name(self):
        self.alone("short")
        process = self.start("--name", "mine")
        self.assertEqual(self.ended(process), 0)
        process.stdout.close()
        first = self.run_folder()
        for words in (["mine"], ["mine", "--name", "other"]):
            again = subprocess.run([PROGRAM, "runs", "rerun", *words, "--preflight", "skip"], cwd=self.folder,
                                   env=self.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONG)
            self.assertEqual(again.returncode, 0, again.stderr)
        named = {run["name"]: pathlib.Path(run["folder"]).name
                 for run in json.loads(self.runs("--format", "json").stdout)["runs"]}
        self.assertEqual(set(named), {"mine", "other"})
        self.assertNotEqual(named["mine"], first.name)
        shown = json.loads(self.runs("show", "mine", "--format", "json").stdout)["runs"][0]
        self.assertEqual(pathlib.Path(shown["folder"]).name, named["mine"])

    def test_one_run_of_a_sweep_is_cancelled_alone(self):
        self.launcher(f'case "$*" in *"--epochs 2"*) exec {RANK} ;; *) exec {RANK} short ;; esac\n')
        process = self.start("--sweep", "epochs=1,2,3")
        deadline = time.monotonic() + LONG
        # Its second one ends only when it is told to.
        while len(logs := sorted((self.folder / "runs").glob("*/train/1/stdout.log"))) < 2 or \
                PROVEN not in logs[-1].read_bytes():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        cancelled = self.runs("cancel", "last")
        self.assertEqual(0, cancelled.returncode, cancelled.stderr)
        self.assertRegex(cancelled.stderr, r"the other runs of \S+-bench-sweep go on; `kill \d+` on ")
        self.ended(process)
        process.stdout.close()
        states = [run["state"] for run in json.loads(self.runs("--format", "json").stdout)["runs"]]
        self.assertEqual(["done", "interrupted", "done"], states)
        self.assertEqual([], list((self.folder / "runs").glob("*/cancel-this-run")))

    def test_logs_are_followed_to_the_end(self):
        self.alone()
        process = self.started()
        follow = subprocess.Popen([PROGRAM, "runs", "logs", "last", "--follow"], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        seen = b""
        while seen.count(PROVEN) < 2:
            seen += follow.stdout.read1()
        self.assertEqual(self.runs("cancel", "last").returncode, 0)
        self.assertEqual(self.ended(process), 143)
        follow.communicate(timeout=LONG)
        self.assertEqual(follow.returncode, 0)

    def test_clean_deletes_what_runs_wrote_and_no_more(self):
        self.alone("short")
        process = self.start()
        self.ended(process)
        process.stdout.close()
        folder = self.run_folder()
        (folder / "train" / "ckpt-1.index").write_text("a checkpoint")
        before = sorted(folder.rglob("*"))
        self.assertIn("would free", self.runs("clean", "last").stderr)
        self.assertEqual(sorted(folder.rglob("*")), before)
        self.assertIn("1 file that it did not write stayed", self.runs("clean", "last", "--delete").stderr)
        self.assertEqual([path.name for path in folder.rglob("*") if path.is_file()], ["ckpt-1.index"])


    def test_whether_the_graph_was_compiled_is_shown_and_kept(self):
        where = "2023-01-01 00:00:00.1: I tensorflow/compiler/plugin/poplar/driver/poplar_compiler.cc:1000]"
        pytorch = "[00:00:00.100] [popart:session] "
        for job, line, expected in (
                (JOB[2], f"{where} Loaded cluster_1__.5 from /c/1a.poplar_exec", "cache-hit"),
                (JOB[2], f"{where} Couldn't find /c/1a.poplar_exec in executable cache", "cache-miss"),
                ("pytorch_cnns@3.2:resnet50", f"{pytorch}[info] Loading serialized PopART executable from /c/1.popef",
                 "cache-hit"),
                ("pytorch_cnns@3.2:resnet50",
                 f"{pytorch}[debug] Skipping to load cached PopART executable: no hash match", "cache-miss")):
            with self.subTest(line=line):
                shutil.rmtree(self.folder / "runs", ignore_errors=True)
                self.launcher(f"echo \"{line}\" >&2; echo 'Throughput of the epoch: 9.0 samples/sec, img/sec: 9.0'\n")
                for name in "python3", "python":
                    shutil.copy(self.folder / "poprun", self.folder / name)
                words = [*JOB[:2], job, *JOB[3:]]
                words[3:5] = ["--data-dir", "."] if job == JOB[2] else ["--imagenet-data-path", "."]
                done = subprocess.run([PROGRAM, *words], cwd=self.folder, env=self.env(), capture_output=True)
                self.assertIn(expected.encode() + b": ", done.stderr)
                record = json.loads(next(self.run_folder().glob("*/1/record.json")).read_text())
                self.assertEqual([message["id"] for message in record["messages"]], [expected], done.stderr)


class ManyJobs(Case):
    def test_leave_no_descriptor_open_and_no_child(self):
        # The launcher's parent is the guard, and the guard's is ipucnn.
        # A file that ipucnn is just writing is open as well, so the least of several looks counts.
        self.launcher(f"{RANK} short; read _ _ _ parent _ < /proc/$PPID/stat\n"
                      "least=1000; for look in 1 2 3 4 5; do open=$(ls /proc/$parent/fd | wc -l)\n"
                      "[ $open -ge $least ] || least=$open; sleep 0.01; done\n"
                      "echo \"$least $(ps --no-headers --ppid $parent | wc -l)\" >> counted\n")
        plan = subprocess.run([PROGRAM, *JOB[:5], "--dry-run", "--format", "json"], cwd=self.folder, env=self.env(),
                              capture_output=True, check=True).stdout
        plans = {"schema": "ipucnn.plans/2", "plans": [json.loads(plan)] * JOBS}
        (self.folder / "plans.json").write_text(json.dumps(plans))
        done = subprocess.run([PROGRAM, "run", "--plan", "plans.json", "--preflight", "skip", "--quiet"],
                              cwd=self.folder, env=self.env(), capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        counted = (self.folder / "counted").read_text().splitlines()
        self.assertEqual(len(counted), JOBS)
        self.assertEqual(set(counted), {counted[0]})
        self.assertEqual(counted[0].split()[1], "1")
        self.assertEqual({run["state"] for run in json.loads(self.runs("--format", "json").stdout)["runs"]}, {"done"})


class Screen:
    """What a terminal would show of the few things that are written to it."""
    def __init__(self):
        self.lines, self.row, self.column = [""], 0, 0

    def feed(self, text):
        at = 0
        while at < len(text):
            if text.startswith("\x1b[K", at):
                self.lines[self.row] = self.lines[self.row][:self.column]
                at += 3
            elif text.startswith("\x1b[1A", at):
                self.row -= 1
                at += 4
            else:
                self.put(text[at])
                at += 1

    def put(self, letter):
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + letter + line[self.column + 1:]
            self.column += 1


class OnATerminal(Case):
    def shown(self, *words):
        """(status, all bytes, the screen at the end) of a run that has a terminal for both streams."""
        ours, its = os.openpty()
        process = subprocess.Popen([PROGRAM, *JOB, *words], cwd=self.folder, env=self.env(),
                                   stdin=subprocess.DEVNULL, stdout=its, stderr=its)
        os.close(its)
        text = b"".join(pieces(ours))
        screen = Screen()
        screen.feed(text.decode())
        return process.wait(timeout=LONG), text.decode(), screen.lines

    def test_whole_lines_scroll_above_those_that_move(self):
        self.launcher(f"{RANK} short; for i in 1 2 3; do printf 'one %s' $i; sleep 0.25; printf ' two\n'; "
                      "echo three >&2; done; printf '10 %%\r50 %%\r100 %%\n'; printf 'no end'; exit 0\n")
        status, text, lines = self.shown()
        self.assertEqual(status, 0, text)
        self.assertIn("\x1b[1A", text)
        output = [line for line in lines if line.startswith(("one", "three", "10", "no end"))]
        self.assertEqual([line for line in output if line != "three"],
                         ["one 1 two", "one 2 two", "one 3 two", "100 %", "no end"])
        self.assertEqual(output.count("three"), 3)
        # Nothing of the lines that move is left.
        self.assertFalse([line for line in lines if "instance write" in line], lines)

    def test_how_far_it_is_and_how_long_it_takes(self):
        line = ("step: 1, iteration: 1, epoch: {}.00, lr: 0.1, loss: 5.0, top-1 accuracy: 30.0%, img/sec: 99.0, "
                "time: 0.1\n")
        self.launcher("".join(f"echo '{line.format(epoch).strip()}'; sleep 0.5\n" for epoch in (1, 2, 3)) + "exit 0\n")
        status, text, _ = self.shown()
        self.assertEqual(status, 0, text)
        self.assertIn("1 of 8 instances write", text)
        self.assertIn("epoch 2.00 of 65  99.0 samples/s", text)
        # An epoch takes half a second here, so that some thirty seconds are left.
        left = {int(seconds) for seconds in re.findall(r"(\d+) s left", text)}
        self.assertTrue(left and min(left) > 15, left)

    def test_quiet_is_the_output_alone(self):
        self.alone("short")
        status, text, lines = self.shown("--quiet")
        self.assertEqual(status, 0)
        self.assertEqual([line for line in lines if line],
                         [f"step: {i}, img/sec: 99.0, a line that is long enough for Open MPI" for i in (1, 2)])


class FullDisk(Case):
    """A disk of a megabyte, which takes the rights of root to have."""
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.disk],
                                               capture_output=True).returncode != 0:
            self.skipTest("no right to mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk])

    def test_the_job_goes_on_and_its_end_is_told(self):
        line = "step: 1, iteration: 1, epoch: 1.00, loss: 5.0, img/sec: 99.0, a line as they are"
        self.launcher(f"echo '{line}'; sleep 0.2; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo '{line}'\n")
        process = self.start("--output", "disk/runs")
        out = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=LONG), 3)
        self.assertEqual(out.count(line.encode()), 2)
        self.assertGreater(len(out), 3000000)
        folder, = (self.disk / "runs").iterdir()
        self.assertEqual(json.loads((folder / "record.json").read_text())["state"], "done")
        self.assertEqual(json.loads((folder / "train/1/record.json").read_text())["state"], "done")
        self.assertIn("throughput", (folder / "train/1/samples.csv").read_text())
        self.assertFalse(list(folder.rglob("*.tmp-*")))

    def test_no_half_folder_where_nothing_can_be_started(self):
        self.launcher("exit 0\n")
        with (self.disk / "full").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        process = self.start("--output", "disk/runs")
        self.ended(process)
        process.stdout.close()
        self.assertEqual(process.returncode, 3)
        self.assertEqual(list((self.disk / "runs").iterdir()), [])


class HostileConditions(Case):
    def test_a_file_that_may_not_grow(self):
        self.launcher(f"{RANK} short; head -c 3000000 /dev/zero | tr '\\0' x; exit 0\n")
        process = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
        out = process.stdout.read()
        process.stdout.close()
        # The job goes on, its output is passed on whole, and the step does not count as kept.
        self.assertEqual(process.wait(timeout=LONG), 3)
        self.assertGreater(len(out), 3000000)
        self.assertEqual(self.record()["state"], "done")
        self.assertEqual((self.run_folder() / "train/1/stdout.log").stat().st_size, 1 << 20)
        # Who looks later is told the same.
        told = "the log is cut off here: File too large"
        self.assertEqual((self.record()["log_error"],
                          json.loads((self.run_folder() / "train/1/record.json").read_text())["log_error"]), (told, told))
        waited = self.runs("wait", "last")
        self.assertEqual((waited.returncode, self.runs("attach", "last").returncode), (3, 3))
        self.assertIn(told, waited.stderr)
        self.assertRegex(self.runs("show", "last").stdout, f"doubt +{told}")
        self.assertIn(f'"log_error": "{told}"', self.runs("show", "last", "--format", "json").stdout)
        for words in (["report", "last"], ["history"]):
            said = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)
            self.assertIn(told, said.stdout + said.stderr)

    def test_streams_that_are_closed(self):
        """What is opened must not come into their places."""
        self.launcher(f"{RANK} short; echo to stderr >&2; exit 0\n")
        for closed in ((1, 2, 0), (1, 0), (2, 0), (1, 2), (2,), (1,)):
            with self.subTest(closed):
                process = subprocess.Popen(
                    ["sh", "-c", "exec \"$@\" " + " ".join(f"{fd}>&-" for fd in closed), "sh", PROGRAM, *JOB],
                    cwd=self.folder, env=self.env(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
                self.assertEqual(process.wait(timeout=LONG), 3 if 1 in closed else 0)
                self.assertEqual(self.record()["state"], "done")
                self.assertEqual((self.run_folder() / "train/1/stderr.log").read_text(), "to stderr\n")
                shutil.rmtree(self.folder / "runs")

    def test_few_descriptors(self):
        self.launcher(f"{RANK} short; exit 0\n")
        for most in (24, 40, 64):
            with self.subTest(most):
                process = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
                out = process.stdout.read()
                process.stdout.close()
                self.assertEqual((process.wait(timeout=LONG), out.count(PROVEN) > 0, self.record()["state"]),
                                 (0, True, "done"))
                shutil.rmtree(self.folder / "runs")

    def test_a_log_that_is_gone(self):
        self.launcher(f"{RANK} short; exit 0\n")
        process = self.start()
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=LONG), 0)
        for gone in ("train/1/stdout.log", "train"):
            path = self.run_folder() / gone
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            for words in (["report", "last"], ["compare", "last", "last"], ["baseline", "set", "b", "last"]):
                with self.subTest(gone, words=words):
                    said = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)
                    self.assertEqual((said.returncode, said.stdout), (2, ""))
                    self.assertIn(f"cannot read {path.relative_to(self.folder)}", said.stderr)

    def test_a_folder_that_vanishes(self):
        self.launcher(f"{RANK} short; rm -r runs; echo gone on; exit 0\n")
        process = self.start()
        out = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=LONG), 3)
        self.assertTrue(out.endswith(b"gone on\n"))

    def test_one_line_of_many_megabytes_and_any_bytes(self):
        megabytes = sized(20, 100)
        self.launcher(f"{RANK} short; printf '\\000\\377\\r'; head -c {megabytes}000000 /dev/zero; "
                      f"printf 'img/sec: 1.0\\n'; {RANK} short\n")
        process = self.start()
        count = 0
        while piece := process.stdout.read1(1 << 20):
            count += len(piece)
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertEqual((self.run_folder() / "train/1/stdout.log").stat().st_size, count)
        self.assertEqual(self.record()["figures"][0]["mean"], 99.0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
