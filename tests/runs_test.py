#!/usr/bin/python3
"""What is done with runs after their start: begun again, gone on with, left alone and followed.

usage: runs_test.py PROGRAM
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import program  # noqa: E402
from support.folders import working_folder  # noqa: E402

JOB = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d"]
LONG = 60  # seconds after which a test gives up; none of them measures time
WORDS = 'printf "%s\\n" "$*" >> words\n'


def step(number, epoch):
    return (f"echo 'step: {number:6}, iteration: {number:6}, epoch: {epoch:6.2f}, lr: 0.1, loss: 5.0, "
            f"top-1 accuracy: 30.0%, img/sec: 99.0, time: 0.1'\n")


def saved(folder, number, whole=True):
    text = f"mkdir -p {folder}; touch {folder}/ckpt-{number}.data-00000-of-00001\n"
    if whole:
        text += f"touch {folder}/ckpt-{number}.index\n"
    return text + f"echo 'Saved checkpoint to {folder}/ckpt-{number} in 1.25s'\n"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = working_folder(self)
        self.bin = self.folder / "bin"
        self.work = self.folder / "work"
        for folder in (self.bin, self.work, self.work / "d"):
            folder.mkdir()
        for name in ("train.py", "validation.py"):
            (self.work / name).touch()

    def poprun(self, *text):
        path = self.bin / "poprun"
        path.write_text("#!/bin/sh\n" + WORDS + "".join(text))
        path.chmod(0o755)

    def env(self):
        return program.environment(PATH=f"{self.bin}:/usr/bin:/bin", HOME=str(self.folder))

    def ipucnn(self, *words, cwd=None):
        done = subprocess.run([program.PROGRAM, *words], cwd=cwd or self.work, env=self.env(), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG)
        return done.returncode, done.stdout, done.stderr

    def assert_ends(self, status, *words, says="", cwd=None):
        got, out, err = self.ipucnn(*words, cwd=cwd)
        self.assertEqual(got, status, out + err)
        self.assertIn(says, err)
        return out

    def started_words(self):
        return (self.work / "words").read_text().splitlines()

    def folders(self, parent=None):
        return sorted((parent or self.work / "runs").iterdir())

    def listed(self, *words):
        return json.loads(self.ipucnn("runs", "--format", "json", *words)[1])["runs"]

    def site(self, **keys):
        path = self.work / "site.yml"
        path.write_text(json.dumps({"sites": {"s": keys}}))
        return ["--site", str(path)]


class Words(Case):
    def test_of_a_phase_that_the_job_does_not_have(self):
        self.poprun()
        for words in (JOB, ["run", "--plan", "plan.json"]):
            if words is not JOB:
                (self.work / "plan.json").write_text(self.ipucnn(*JOB, "--dry-run", "--format", "json")[1])
            self.assert_ends(2, *words, "--limit", "compiling=1s", says=
                             "the job has no phase 'compiling'; a limit is for acquire, compile, first_step, "
                             "steady, validation, run, stall")
        self.assertFalse((self.work / "runs").exists())

    def test_of_a_cause_that_is_none(self):
        self.poprun()
        self.assert_ends(2, *JOB, "--retries", "1", "--retry-on", "launhc", says="'launhc' is nothing that")
        self.assert_ends(2, *JOB, "--retries", "1", "--retry-on", "crash", says="only with --resume")

    def test_of_a_step_that_the_job_does_not_have(self):
        self.assert_ends(2, *JOB, "--then", "validation", "--from-step", "test",
                         says="no step 'test'; it has train, validation")

    def test_that_mean_nothing_there(self):
        self.assert_ends(2, "runs", "show", "last", "--follow", says="--follow means nothing to `runs show`")
        self.assert_ends(2, "runs", "--detach", says="--detach means nothing to `runs list`")

    def test_a_stall_is_limited_by_the_site(self):
        self.poprun(step(1, 0.1), step(2, 0.2), "sleep 60\n")
        self.assert_ends(3, *JOB, *self.site(limits={"stall": "1s"}), "--grace", "1",
                         says="it wrote nothing for 1 s")


class Again(Case):
    def test_is_the_very_plan(self):
        self.poprun(step(1, 0.1), step(2, 0.2))
        self.assert_ends(0, *JOB, "--name", "first", "--", "--loss-scaling", "64")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        self.assert_ends(0, "runs", "rerun", str(self.folders()[0]), cwd=elsewhere)
        first, second = self.started_words()
        self.assertEqual(first, second)
        old, new = self.folders()
        self.assertEqual((old / "plan.json").read_bytes(), (new / "plan.json").read_bytes())
        origin = json.loads((new / "record.json").read_text())["origin"]
        self.assertEqual(origin, {"how": "rerun", "run": str(old), "checkpoint": None})
        self.assertIn("began as     rerun of", self.ipucnn("runs", "show", "last")[1])

    def test_is_refused_when_what_it_was_made_from_changed(self):
        self.poprun(step(1, 0.1), step(2, 0.2))
        (self.work / "mine.yml").write_text("presets: {tensorflow1_cnns@2.3: {mine: {extends: mk2_resnet50_gn_16ipus}}}\n")
        self.assert_ends(0, "run", "--presets", "mine.yml", "--config", "mine", "--data-dir", "d")
        (self.work / "mine.yml").write_text("presets: {tensorflow1_cnns@2.3: {mine: {extends: mk2_resnet50_gn_16ipus, epochs: 3}}}\n")
        self.assert_ends(1, "runs", "rerun", "last", says="mine.yml has changed")
        self.assertEqual(len(self.folders()), 1)
        self.assert_ends(0, "runs", "rerun", "last", "--with-changes")
        (self.work / "mine.yml").unlink()
        self.assert_ends(1, "runs", "rerun", "last", says="mine.yml is not there any more")


class GoneOn(Case):
    """With a checkpoint of each kind: whole, half written, and further epochs after it."""
    CRASH = (saved("./logs/x", 40), step(40, 1.0), saved("./logs/x", 80), step(80, 2.0),
             saved("./logs/x", 120, whole=False), step(120, 3.0))

    def crash_once(self, *then):
        self.poprun("if [ -e crashed ]; then\n", step(1, 0.1), step(2, 0.2), *then, "exit 0\nfi\ntouch crashed\n",
                    *self.CRASH, "exit 9\n")

    def test_from_the_newest_whole_checkpoint(self):
        self.crash_once()
        self.assert_ends(3, *JOB)
        # Its own line comes before that of its epoch, which is 1.00 when it is written.
        self.assert_ends(0, "runs", "resume", "last", says=
                         f"it goes on from {self.work}/logs/x/ckpt-80, of train; 2.00 epochs are lost "
                         f"(1.00 to 3.00); passed over as not complete: {self.work}/logs/x/ckpt-120")
        words = self.started_words()
        self.assertEqual(words[1], words[0] + f" --restore-path {self.work}/logs/x")
        record = json.loads((self.folders()[1] / "record.json").read_text())
        self.assertEqual(record["origin"]["checkpoint"], f"{self.work}/logs/x/ckpt-80")
        self.assert_ends(1, "runs", "resume", "last", says="is done; there is nothing to go on with")

    def test_by_the_same_command_with_resume(self):
        self.crash_once()
        self.assert_ends(3, *JOB, "--resume", says="no run in runs has left a checkpoint")
        dry = self.assert_ends(0, *JOB, "--resume", "--dry-run", "--format", "argv")
        self.assertEqual(dry.split("\0")[-3:-1], ["--restore-path", f"{self.work}/logs/x"])
        self.assert_ends(0, *JOB, "--resume", says="ckpt-80")
        self.assertTrue(self.started_words()[1].endswith(f"--restore-path {self.work}/logs/x"))

    def test_not_with_another_batch_or_schedule(self):
        self.crash_once()
        self.assert_ends(3, *JOB)
        self.assert_ends(1, *JOB, "--resume", "--global-batch", "3840", "--epochs", "10", says=
                         "the global batch is 1024 there and 3840 here; epochs is 65 there and 10 here")
        self.assertEqual(len(self.folders()), 1)

    def test_not_without_a_checkpoint(self):
        self.poprun(step(1, 0.1), step(2, 0.2), "exit 9\n")
        self.assert_ends(3, *JOB)
        self.assert_ends(1, "runs", "resume", "last", says="told of no checkpoint of train")
        self.poprun(saved("./logs/x", 40, whole=False), "exit 9\n")
        self.assert_ends(3, "runs", "rerun", "last")
        self.assert_ends(1, "runs", "resume", "last", says="has no complete checkpoint; the newest was")


class TwoSteps(Case):
    JOB = [*JOB, "--then", "validation", "--logs-path", "logs/x"]
    VALIDATION = "echo 'Validation top-1 accuracy [None] (iteration: 40, epoch: 1.00, img/sec: 9.0, time: 1.0): 50.0%'\n"

    def both(self, folder, failing=""):
        self.poprun(f'case "$*" in *validation.py*) {failing}\n{self.VALIDATION};;\n*)\n', step(1, 0.1), step(2, 0.2),
                    saved(folder, 40), ";;\nesac\n")

    def test_a_folder_other_than_the_planned_one_is_told(self):
        self.both("./elsewhere/x")
        self.assert_ends(3, *self.JOB, says="validation would start from logs/x, but train has saved to "
                                            "./elsewhere/x/ckpt-40")
        self.assertEqual(len(self.started_words()), 1)

    def test_the_second_alone(self):
        self.both("./logs/x", failing="[ -e mended ] || exit 4")
        self.assert_ends(3, *self.JOB)
        first = str(self.folders()[0])
        # What was left out is not done now, and not to be done by who goes on.
        self.assert_ends(3, "runs", "rerun", first, "--from-step", "validation")
        (self.work / "mended").touch()
        self.assert_ends(0, "runs", "resume", "last", says="from the beginning of validation")
        self.assert_ends(0, "runs", "rerun", first, "--from-step", "validation")
        # Going on does the same by itself, since what is before it is done.
        self.assert_ends(0, "runs", "resume", first, says="from the beginning of validation")
        self.assertEqual(["validation.py" in words for words in self.started_words()], [False] + 5 * [True])


class SeveralRuns(Case):
    def test_are_not_begun_again_together(self):
        self.assert_ends(2, "runs", "rerun", "a", "b", says="runs rerun takes one run")

    def test_of_a_sweep_do_not_go_on_with_one_another(self):
        self.poprun(saved("./logs/x", 40), step(40, 1.0), step(80, 2.0), "exit 9\n")
        self.assert_ends(3, *JOB)
        self.poprun(step(1, 0.1), step(2, 0.2))
        (self.work / "jobs.yml").write_text(json.dumps({"jobs": {"both": {
            "preset": "mk2_resnet50_gn_16ipus", "options": {"data_dir": "d"}, "sweep": {"seed": [1, 2]}}}}))
        self.assert_ends(0, "run", "--presets", "jobs.yml", "--job", "both", "--resume",
                         says="of several runs none goes on")
        self.assertFalse(any("--restore-path" in words for words in self.started_words()))


class LeftAlone(Case):
    def wait_for(self, path):
        deadline = time.monotonic() + LONG
        while not path.exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_it_goes_on_and_is_attached_to(self):
        self.poprun(step(1, 0.1), step(2, 0.2), "while [ ! -e enough ]; do sleep 0.05; done\n", step(3, 0.3))
        folder = pathlib.Path(self.assert_ends(0, *JOB, "--detach").strip())
        folder = self.work / folder
        self.assertTrue((folder / "plan.json").exists())
        self.wait_for(self.work / "words")
        run, = self.listed()
        self.assertTrue(run["goes_on"])
        self.assertEqual(os.getsid(run["writer"]["pid"]), run["writer"]["pid"])
        attached = subprocess.Popen([program.PROGRAM, "runs", "attach", "last"], cwd=self.work, env=self.env(),
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seen = b""
        while seen.count(b"img/sec") < 2:
            seen += attached.stdout.read1()
        attached.send_signal(signal.SIGINT)
        attached.communicate(timeout=LONG)
        self.assertNotEqual(attached.returncode, 0)
        self.assertTrue(self.listed()[0]["goes_on"])
        attached = subprocess.Popen([program.PROGRAM, "runs", "attach", "last"], cwd=self.work, env=self.env(),
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        (self.work / "enough").touch()
        out, err = attached.communicate(timeout=LONG)
        self.assertEqual((attached.returncode, out.count(b"img/sec")), (0, 3))
        self.assertIn(b"done", err)
        self.assertIn("train done", (folder / "detached.log").read_text())

    def test_what_fails_before_there_is_a_folder_is_said(self):
        self.poprun()
        (self.work / "runs").touch()
        status, out, err = self.ipucnn(*JOB, "--detach", "--preflight", "skip")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("cannot make the folder", err)


class OfAnotherScheduler(Case):
    def test_is_shown_and_left_alone(self):
        self.poprun(step(1, 0.1))
        self.assert_ends(0, *JOB)
        folder, = self.folders()
        record = json.loads((folder / "record.json").read_text())
        record.update(state="running", ended=None, scheduler="lsf",
                      handed=[{"step": "train", "try": 1, "submitted": "123"}])
        (folder / "record.json").write_text(json.dumps(record))
        self.assertRegex(self.assert_ends(0, "runs", "show", "last"), r"(?m)^state +running: lsf has its job")
        for words in (("cancel", "last"), ("wait", "last"), ("attach", "last"), ("logs", "last", "--follow"),
                      ("rerun", "last"), ("resume", "last")):
            self.assert_ends(2, "runs", *words, says="was handed to 'lsf', which is no scheduler that is known here")


class Listed(Case):
    def test_of_a_state_that_is_none(self):
        self.poprun(step(1, 0.1))
        self.assert_ends(0, *JOB)
        self.assertEqual(len(self.listed("--state", "done")), 1)
        for state in ("lost", "timed out", "queued", "preparing"):
            self.assertEqual(self.listed("--state", state), [])
        for state in ("nosuch", "Done", ""):
            self.assert_ends(2, "runs", "--state", state, says="error[U001]: no run has the state")

    def test_of_what_is_no_folder(self):
        (self.work / "file").touch()
        self.assert_ends(2, "runs", "--output", "file", says="cannot read file: Not a directory")
        self.assert_ends(0, "runs", "--output", "nothing")


class RefusedByItsScheduler(Case):
    """A Slurm that takes a job and does not end it."""

    def test_is_left_behind_at_one_more_signal(self):
        for name, text in (("sbatch", "echo 101"), ("squeue", "echo '101|RUNNING|None|0|0|n|1|c'"),
                           ("scancel", "echo 'scancel: error: Access denied' >&2; exit 1"), ("sacct", "exit 1")):
            (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.bin / name).chmod(0o755)
        words = [program.PROGRAM, *JOB, *self.site(slurm={"resources": "none"}), "--via", "slurm", "--preflight", "skip"]
        process = subprocess.Popen(words, cwd=self.work, env=self.env(), text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = ""
        for awaited in ("acquire", "30 s to end", "once more", "all of it is ended"):
            while awaited not in said:
                line = process.stderr.readline()
                self.assertNotEqual(line, "", said)
                said += line
            process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=LONG)[1]
        self.assertEqual(process.returncode, 143, said)
        self.assertEqual(said.count("Slurm does not end it: scancel: error: Access denied"), 1, said)
        self.assertIn("slurm still has its job; `ipucnn runs attach` follows it", said)
        run, = self.listed()
        self.assertEqual((run["state"], run["goes_on"]), ("running", True))


class Bundled(Case):
    def test_other_programs_read_it(self):
        self.poprun(step(1, 0.1), step(2, 0.2), "head -c 700000 /dev/zero | tr '\\0' x; echo end; exit 0\n")
        long = "n" * 90
        self.assert_ends(0, *JOB, "--name", long)
        folder, = self.folders()
        name = self.assert_ends(0, "runs", "bundle", "last").strip()
        self.assertEqual(name, folder.name + ".tar.gz")
        listed = subprocess.run(["tar", "-tzf", name], cwd=self.work, capture_output=True, text=True, check=True)
        self.assertEqual(listed.stderr, "")
        expected = [str(path.relative_to(folder.parent)) for path in folder.rglob("*") if path.is_file()]
        self.assertEqual(sorted(listed.stdout.splitlines()), sorted(expected))
        self.assertTrue(any(len(path) > 100 for path in expected))
        with tarfile.open(self.work / name, format=tarfile.PAX_FORMAT) as archive:
            for member in archive.getmembers():
                data = archive.extractfile(member).read()
                kept = (folder.parent / member.name).read_bytes()
                self.assertEqual(member.mtime, int((folder.parent / member.name).stat().st_mtime))
                if len(kept) <= 1 << 19:
                    self.assertEqual(data, kept, member.name)
                else:
                    self.assertEqual((data[:1 << 18], data[-(1 << 18):]), (kept[:1 << 18], kept[-(1 << 18):]))
                    self.assertIn(f"[{len(kept) - (1 << 19)} bytes are left out here]".encode(), data)


class Sdk(Case):
    def setUp(self):
        super().setUp()
        self.poprun(step(1, 0.1), step(2, 0.2), 'printf "%s %s\n" "$NEW" "$OLD" > variables\n')
        self.sdk = self.folder / "a sdk"
        (self.sdk / "venv/bin").mkdir(parents=True)
        (self.bin / "poprun").rename(self.sdk / "poprun")
        (self.sdk / "enable.sh").write_text(f"echo noise; read answer; export PATH='{self.sdk}':$PATH NEW='a b'\n")
        (self.sdk / "venv/bin/activate").write_text("export OLD=changed UNCHANGED=$UNCHANGED\n")
        self.sites({"s": {"sdks": {"two": {"release": "2.3", "enable": [str(self.sdk / "enable.sh")],
                                           "venv": str(self.sdk / "venv")}}}})

    def sites(self, sites, folder=".config/ipucnn"):
        place = self.folder / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "ipucnn.yml").write_text(json.dumps({"sites": sites}))

    def env(self):
        return {**super().env(), "OLD": "old", "UNCHANGED": "u", "SECRET": "s"}

    def test_is_enabled_for_the_job_alone(self):
        self.assert_ends(1, *JOB, "--site", "s", says="there is no program poprun on PATH")
        self.assert_ends(0, *JOB, "--site", "s", "--sdk", "two")
        self.assertEqual((self.work / "variables").read_text(), "a b changed\n")
        folder, = self.folders()
        plan = json.loads((folder / "plan.json").read_text())
        self.assertEqual((plan["sdk"], sorted(plan["steps"][0]["env"])), ("two", ["NEW", "OLD", "PATH"]))
        self.assertEqual(json.loads((folder / "record.json").read_text())["sdk"], "two")
        # The plan is all that its second start needs, and the line is what a shell would start.
        self.assert_ends(0, "runs", "rerun", "last")
        line = self.assert_ends(0, *JOB, "--site", "s", "--sdk", "two", "--dry-run")
        (self.work / "variables").unlink()
        subprocess.run(["sh", "-c", line], cwd=self.work, env=self.env(), check=True, stdout=subprocess.DEVNULL)
        self.assertEqual((self.work / "variables").read_text(), "a b changed\n")

    def test_that_cannot_be_had(self):
        self.assert_ends(2, *JOB, "--site", "s", "--sdk", "three", says="the site s has no SDK 'three'; it has two")
        self.assert_ends(2, *JOB, "--sdk", "two", says="an SDK is one of a site")
        (self.sdk / "enable.sh").write_text("false\n")
        self.assert_ends(1, *JOB, "--site", "s", "--sdk", "two", says=f"{self.sdk}/enable.sh ended with an error")

    def test_of_a_file_that_came_with_a_checkout_is_not_started(self):
        marker = self.folder / "started"
        (self.sdk / "enable.sh").write_text(f"touch {marker}\n")
        self.sites({"p": {"sdks": {"two": {"enable": [str(self.sdk / "enable.sh")]}}}}, folder="work")
        self.assert_ends(2, *JOB, "--site", "p", "--sdk", "two", says="may have come with somebody else's files")
        self.assertFalse(marker.exists())


class LeftOff(Case):
    def test_before_its_first_checkpoint_it_begins_anew_in_its_own_folder(self):
        # What the next step starts from may lie there from this job's own first start, and from nobody else's.
        self.poprun("mkdir -p logs/mk2_resnet50_gn_16ipus\n[ -e again ] || { touch again; exit 7; }\n", step(1, 0.1))
        self.assert_ends(3, *JOB, "--then", "validation")
        status, _, err = self.ipucnn(*JOB, "--then", "validation")
        self.assertEqual((status, "[L030]" in err), (1, True), err)
        _, _, err = self.ipucnn(*JOB, "--then", "validation", "--resume")
        self.assertIn("it begins anew", err)
        self.assertNotIn("L030", err)
        self.assertEqual(len([word for word in self.started_words() if "validation.py" in word]), 1)


class Machine(Case):
    def test_its_tools_are_asked_where_they_are_there(self):
        self.poprun(step(1, 0.1), step(2, 0.2))
        for name, text in (("vipu", 'echo "$* (STAND-IN)"'), ("gc-monitor", "echo 'none (STAND-IN)'; exit 1")):
            (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.bin / name).chmod(0o755)
        status, _, err = self.ipucnn(*JOB, "--preflight", "only")
        self.assertEqual(status, 0)
        self.assertIn("vipu list partitions says:\nlist partitions (STAND-IN)\n", err)
        self.assert_ends(0, *JOB)
        record = json.loads((self.folders()[0] / "record.json").read_text())
        self.assertEqual(record["tools"], {"vipu list partitions": "list partitions (STAND-IN)\n"})

    def test_other_hosts_are_asked_all_at_once(self):
        self.poprun(step(1, 0.1))
        # A stand-in of ssh: one host refuses, one lacks the data, one does not answer, one is well.
        (self.bin / "ssh").write_text(
            "#!/bin/sh\necho \"$*\" >> asked\nfor word; do\ncase $word in h?) host=$word;; esac\nscript=$word\ndone\n"
            "case $host in\nh1) echo 'h1: Permission denied (publickey).' >&2; exit 255;;\n"
            "h2) echo \"lacks $PWD/d\";;\nh3) sleep 15 & wait; exit 1;;\n*) eval \"$script\";;\nesac\n")
        (self.bin / "ssh").chmod(0o755)
        site = self.site(hosts=["h1", "h2", "h3", "h4"], network="10.0.0.0/8", vipu_partition="p",
                         vipu_server_host="v")
        began = time.monotonic()
        status, _, err = self.ipucnn(*JOB, *site, "--target", "pod64", "--preflight", "only")
        self.assertLess(time.monotonic() - began, 14)
        self.assertEqual(status, 1, err)
        text = " ".join(err.split())
        self.assertIn("error[L039]: h1 is not reached by ssh: h1: Permission denied (publickey).", text)
        self.assertIn(f"error[L039]: h2 has no {self.work / 'd'}", text)
        self.assertIn("error[L039]: h3 is not reached by ssh: no answer within 10 s", text)
        self.assertNotIn("h4 ", text)
        self.assertEqual(len((self.work / "asked").read_text().splitlines()), 4)
        self.assertFalse((self.work / "runs").exists())

    def test_what_does_not_fit_the_job_is_said_at_once(self):
        self.poprun(step(1, 0.1))
        (self.bin / "vipu").write_text(
            "#!/bin/sh\n[ \"$VIPU_CLI_API_HOST\" = 10.0.0.1 ] || exit 1\n"
            "echo ' Partition | Cluster (STAND-IN) | Size | State'\necho ' p16 | c | 16 | ERROR'\n")
        (self.bin / "vipu").chmod(0o755)
        site = self.work / "room.yml"
        site.write_text("sites: {room: {vipu_partition: p16, vipu_server_host: 10.0.0.1,"
                        " env: {POPLAR_SDK_ENABLED: /opt/poplar-ubuntu_20_04-3.2.0+7-a1}}}\n")
        self.assert_ends(1, *JOB, "--site", "./room.yml", "--data-dir", "/none",
                         says="room.yml:1:32: error[L029]: the partition p16 is ERROR, not ACTIVE")
        status, _, err = self.ipucnn(*JOB, "--site", "./room.yml", "--data-dir", "/none")
        for name in ("warning[L028]: the SDK that is enabled is 3.2", "[D010]", "[L029]"):
            self.assertIn(name, err)
        self.assertEqual((status, (self.work / "runs").exists()), (1, False))

    def test_a_changed_checkout_is_told(self):
        def git(*words):
            subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *words], cwd=self.work, check=True,
                           env=self.env(), stdout=subprocess.DEVNULL)

        def told():
            self.assert_ends(0, *JOB)
            record = json.loads((self.folders()[-1] / "record.json").read_text())
            return record["dirty"], record["configs_dirty"]

        self.poprun(step(1, 0.1), step(2, 0.2))
        self.assertEqual(told(), (None, None))
        (self.work / "configs.yml").write_text("{}\n")
        git("init", "-q")
        git("add", "train.py", "configs.yml")
        git("commit", "-qm", "all")
        self.assertEqual(told(), (False, False))
        (self.work / "train.py").write_text("changed\n")
        self.assertEqual(told(), (True, False))
        (self.work / "configs.yml").write_text("{a: 1}\n")
        self.assertEqual(told(), (True, True))

    def test_versions_are_those_of_the_environment(self):
        self.poprun(step(1, 0.1), step(2, 0.2))
        packages = self.folder / "venv/lib/python3.8/site-packages"
        for name in ("tensorflow-1.15.5", "numpy-1.19.5", "other-1.0"):
            (packages / f"{name}.dist-info").mkdir(parents=True)
        env = {**self.env(), "VIRTUAL_ENV": str(self.folder / "venv"),
               "POPLAR_SDK_ENABLED": "/opt/poplar-ubuntu_20_04-2.3.0"}
        subprocess.run([program.PROGRAM, *JOB], cwd=self.work, env=env, check=True, capture_output=True)
        record = json.loads((self.folders()[0] / "record.json").read_text())
        self.assertEqual(record["versions"], {"numpy": "1.19.5", "poplar": "poplar-ubuntu_20_04-2.3.0",
                                              "tensorflow": "1.15.5"})


class TheFolder(Case):
    def test_of_a_site_a_job_and_of_the_user(self):
        self.poprun(step(1, 0.1), step(2, 0.2))
        self.assert_ends(0, *JOB, *self.site(runs_dir=str(self.folder / "of site")))
        self.assertEqual(len(self.folders(self.folder / "of site")), 1)
        self.assertEqual(len(self.listed(*self.site(runs_dir=str(self.folder / "of site")))), 1)
        user = self.folder / ".config/ipucnn"
        user.mkdir(parents=True)
        (user / "mine.yml").write_text(json.dumps({"defaults": {"runs_dir": str(self.folder / "mine")}}))
        self.assert_ends(0, *JOB, "--name", "a")
        self.assertEqual([run["name"] for run in self.listed()], ["a"])
        self.assertIn("img/sec", self.ipucnn("runs", "logs", "last")[1])
        self.assert_ends(0, *JOB, "--output", "other")
        self.assertEqual(len(self.folders(self.work / "other")), 1)
        self.assertEqual(self.ipucnn("report", "last")[0], 0)


if __name__ == "__main__":
    program.main()
