#!/usr/bin/python3
"""Starts real processes: a stand-in for poprun on PATH writes down what it got, or misbehaves.

usage: run_test.py PROGRAM
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402

RECORD = """
{ printf '%s\\0' "$PWD" "$#" "$@"; cat; printf '\\0'; env -0; } > "$RECORD"
"""
HOSTILE = ["a b", "it's", 'say "hi"', "$HOME", "`id`", "one\ntwo\n", "Größe", "", "*", "~", "a; b", "!x",
           "back\\", "--", "é\u2028"]
JOB = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d"]
# Two values of the figure that proves training; on standard error, which is read for figures as well.
PROOF = b"step: 1, img/sec: 99.0,\nstep: 2, img/sec: 100.0,\n"
LONG = 60  # seconds after which a test gives up; none of them measures time


class RunTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name).resolve()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.work = self.folder / "work"
        self.work.mkdir()
        self.checkout(self.work)

    @staticmethod
    def checkout(folder):
        """What a start looks for: the scripts and a data folder."""
        for name in ("train.py", "validation.py"):
            (folder / name).touch()
        (folder / "d").mkdir(exist_ok=True)

    def poprun(self, text, folder=None, proof=PROOF):
        path = (folder or self.bin) / "poprun"
        path.write_text(f"#!/bin/sh\nprintf '%s' '{proof.decode()}' >&2\n" + text)
        path.chmod(0o755)

    def env(self, **more):
        return program.environment(PATH=f"{self.bin}:/usr/bin:/bin", HOME=str(self.folder),
                                   RECORD=str(self.folder / "record"), **more)

    def start(self, *words, env=None, **how):
        return subprocess.Popen([program.PROGRAM, *(words or JOB)], cwd=self.work, env=env or self.env(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)

    def run_job(self, *words, env=None, stdin=b""):
        process = self.start(*words, env=env, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=LONG)
        return process.returncode, out, err

    def run_folder(self):
        folders = list((self.work / "runs").iterdir())
        self.assertEqual(len(folders), 1)
        return folders[0]

    def record(self, step="train"):
        return json.loads((self.run_folder() / step / "1" / "record.json").read_text())

    def recorded(self):
        """(folder, words, standard input, environment) of the stand-in."""
        fields = (self.folder / "record").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
        count = int(fields[1])
        words = fields[2:2 + count]
        return fields[0], words, fields[2 + count], dict(entry.split("=", 1) for entry in fields[3 + count:])

    def site(self, **keys):
        path = self.folder / "site.yml"
        text = "".join(f"    {key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
        # YAML ends a line at this one.
        path.write_text("sites:\n  s:\n" + text.replace("\u2028", "\\u2028"))
        return ["--site", str(path)]

    def no_run_folder(self):
        self.assertEqual(sorted(path.name for path in self.work.iterdir()), ["d", "train.py", "validation.py"])


class APlaceholderOfTheDocuments(RunTest):
    WORDS = ["run", "--job", "tf1-resnet50-gn16-train"]
    SAID = b"[D006]: data_dir is the documents' placeholder 'your_dataset_dir_path'"

    def test_is_an_error_at_a_start(self):
        self.poprun(RECORD)
        status, out, err = self.run_job(*self.WORDS)
        self.assertEqual((status, out), (1, b""))
        self.assertIn(b"error" + self.SAID, err)
        self.no_run_folder()

    def test_is_a_warning_of_a_dry_run_and_blocks_its_plan(self):
        status, out, err = self.run_job(*self.WORDS, "--dry-run", "--format", "json")
        self.assertEqual(status, 0)
        self.assertIn(b"warning" + self.SAID, err)
        self.assertIn("D006", [finding["id"] for finding in json.loads(out)["blocked"]])

    def test_gives_way_to_the_variable(self):
        status, out, err = self.run_job(*self.WORDS, "--dry-run", env=self.env(DATA_DIR="/mine"))
        self.assertEqual((status, b"--data-dir /mine" in out, self.SAID in err), (0, True, False))


class WhatTheJobGets(RunTest):
    def test_are_the_words_of_the_dry_run(self):
        self.poprun(RECORD)
        status, out, _ = self.run_job(*JOB)
        self.assertEqual((status, out), (0, b""))
        folder, words, _, _ = self.recorded()
        self.assertEqual(["poprun", *words], program.argv_of(*JOB[1:]))
        self.assertEqual(folder, str(self.work))

    def test_is_not_changed_by_hostile_values(self):
        self.poprun(RECORD)
        values = {f"V{i}": value for i, value in enumerate(HOSTILE)}
        words = [*JOB, *self.site(env=values, forward=list(values)), "--variable-filter", *HOSTILE[:-3], "é\u2028"]
        status, _, err = self.run_job(*words)
        self.assertEqual(status, 0, err.decode())
        _, got, _, env = self.recorded()
        self.assertEqual(["poprun", *got], program.argv_of(*words[1:]))
        self.assertEqual({name: env[name] for name in values}, values)

    def test_is_the_environment_of_ours_with_the_site_on_top(self):
        self.poprun(RECORD)
        env = self.env(KEPT="as it is", BYTES=os.fsdecode(b"\xff"), OVER="old")
        status, _, _ = self.run_job(*JOB, *self.site(env={"OVER": "new", "MORE": "${env:KEPT}!"}), env=env)
        self.assertEqual(status, 0)
        got = self.recorded()[3]
        self.assertEqual(got.pop("IPUCNN_RUN"), str(self.run_folder()))
        for name in ("PWD", "OLDPWD", "SHLVL", "_"):  # the stand-in's shell sets these
            got.pop(name, None)
        self.assertEqual(got, {**env, "OVER": "new", "MORE": "as it is!"})

    def test_is_an_empty_standard_input(self):
        self.poprun(RECORD)
        self.assertEqual(self.run_job(*JOB, stdin=b"not for the job")[0], 0)
        self.assertEqual(self.recorded()[2], "")

    def test_is_the_folder_of_the_application(self):
        self.poprun(RECORD)
        place = self.folder / "my app's folder"
        place.mkdir()
        self.checkout(place)
        self.assertEqual(self.run_job(*JOB, *self.site(app_dir=str(place)))[0], 0)
        self.assertEqual(self.recorded()[0], str(place))
        self.assertTrue((self.work / "runs").is_dir())

    def test_is_found_along_the_path_that_the_site_sets(self):
        other = self.folder / "other"
        other.mkdir()
        self.poprun(RECORD, folder=other)
        status, _, err = self.run_job(*JOB, *self.site(env={"PATH": f"{other}:${{env:PATH}}"}))
        self.assertEqual(status, 0, err.decode())

    def test_are_variables_put_in_by_us(self):
        self.poprun(RECORD)
        words = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "${env:ROOT}/${env:SUB:-a b}",
                 "--preflight", "skip"]
        self.assertEqual(self.run_job(*words, env=self.env(ROOT="/r $x"))[0], 0)
        got = self.recorded()[1]
        self.assertEqual(got[got.index("--data-dir") + 1], "/r $x/a b")


class WhatTheJobSays(RunTest):
    def test_passes_through_while_it_runs(self):
        self.poprun("echo first; echo one >&2; read line < \"$RECORD\"; echo second\n")
        os.mkfifo(self.folder / "record")
        process = self.start()
        self.assertEqual(process.stdout.readline(), b"first\n")
        (self.folder / "record").write_text("go on\n")
        out, err = process.communicate(timeout=LONG)
        self.assertEqual((process.returncode, out), (0, b"second\n"))
        self.assertIn(b"one\n", err)

    def test_is_kept_byte_for_byte(self):
        text = bytes(range(256)) + b"\xc3\x28 no end of line"
        (self.folder / "bytes").write_bytes(text)
        self.poprun(f"cat {self.folder}/bytes; cat {self.folder}/bytes {self.folder}/bytes >&2\n")
        status, out, err = self.run_job()
        self.assertEqual((status, out), (0, text))
        self.assertIn(text * 2, err)
        place = self.run_folder() / "train" / "1"
        self.assertEqual((place / "stdout.log").read_bytes(), text)
        self.assertEqual((place / "stderr.log").read_bytes(), PROOF + text * 2)

    def test_is_unaltered_at_20_megabytes(self):
        block = hashlib.sha256(b"seed").digest() * 1024
        text = block * (20_000_000 // len(block))
        (self.folder / "bytes").write_bytes(text)
        self.poprun(f"cat {self.folder}/bytes; echo end >&2\n")
        status, out, _ = self.run_job()
        self.assertEqual(status, 0)
        self.assertTrue(out == text)
        self.assertTrue((self.run_folder() / "train" / "1" / "stdout.log").read_bytes() == text)

    def test_may_end_before_the_job_does(self):
        self.poprun("echo one; exec >&-; sleep 0.2; echo late >&2; exit 4\n")
        status, out, err = self.run_job()
        self.assertEqual((status, out), (3, b"one\n"))
        self.assertIn(b"late\n", err)
        self.assertEqual(self.record()["exit_status"], 4)

    def test_ends_with_a_grandchild_that_keeps_it_open(self):
        self.poprun("echo done; sleep 300 & echo $! > \"$RECORD\"; exit 0\n")
        status, out, _ = self.run_job()
        self.assertEqual((status, out), (0, b"done\n"))
        self.assertFalse((pathlib.Path("/proc") / (self.folder / "record").read_text().strip()).exists())

    def test_goes_on_when_our_reader_went_away(self):
        self.poprun("echo first; sleep 0.2; i=0; while [ $i -lt 5000 ]; do echo \"line $i\"; i=$((i+1)); done\n")
        process = self.start()
        process.stdout.readline()
        process.stdout.close()
        process.stderr.read()
        self.assertEqual(process.wait(timeout=LONG), 0)
        kept = (self.run_folder() / "train" / "1" / "stdout.log").read_text()
        self.assertTrue(kept.endswith("line 4999\n"))


class HowItEnds(RunTest):
    def test_well(self):
        self.poprun("exit 0\n")
        status, out, err = self.run_job()
        self.assertEqual((status, out), (0, b""))
        self.assertRegex(err.decode(), r"^ipucnn: run folder \S*runs/\d{8}T\d{6}Z-mk2_resnet50_gn_16ipus\n")
        self.assertRegex(err.decode(), r"\nipucnn: train done; its output is in \S+/train/1\n  throughput  100\.000 ")
        record = self.record()
        self.assertEqual((record["state"], record["exit_status"]), ("done", 0))
        self.assertNotIn("signal", record)
        self.assertNotIn("reason", record)

    def test_in_silence(self):
        self.poprun("echo nothing to see; exit 0\n", proof=b"")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"train fell silent: exit status 0, but no throughput was printed", err)
        record = self.record()
        self.assertEqual((record["state"], record["exit_status"], record["reason"]),
                         ("silent", 0, "no throughput was printed"))

    def test_with_a_status_of_its_own(self):
        self.poprun("exit 7\n")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"ipucnn: train failed: exit status 7; its output is in ", err)
        record = self.record()
        self.assertEqual((record["state"], record["exit_status"]), ("failed", 7))

    def test_killed(self):
        self.poprun("kill -9 $$\n")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"killed by signal 9 (Killed)", err)
        record = self.record()
        self.assertEqual((record["state"], record["signal"]), ("failed", 9))
        self.assertNotIn("exit_status", record)

    def interrupted(self, number, text):
        self.poprun(text)
        process = self.start()
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.send_signal(number)
        out, err = process.communicate(timeout=LONG)
        return process.returncode, out, err

    def test_by_an_interrupt_that_reaches_the_job(self):
        for number, name, status in ((signal.SIGINT, "INT", 130), (signal.SIGTERM, "TERM", 143),
                                     (signal.SIGHUP, "TERM", 130)):
            for own in (0, 5):
                with self.subTest(name, own=own):
                    self.setUp()
                    text = (f"trap 'echo cleaned up; exit {own}' {name}\necho ready\n"
                            "while :; do sleep 0.05; done\n")
                    got, out, err = self.interrupted(number, text)
                    self.assertEqual((got, out), (status, b"cleaned up\n"))
                    self.assertIn(b"train was interrupted", err)
                    record = self.record()
                    self.assertEqual((record["state"], record["signal"]), ("interrupted", number))
                    self.assertNotIn("exit_status", record)

    def test_by_a_signal_that_reaches_the_whole_group(self):
        got, _, _ = self.interrupted(signal.SIGTERM, "sleep 300 & echo $! > \"$RECORD\"; echo ready; wait\n")
        self.assertEqual(got, 143)
        child = pathlib.Path("/proc") / (self.folder / "record").read_text().strip()
        deadline = time.monotonic() + LONG
        while self.is_alive(child) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(self.is_alive(child))

    @staticmethod
    def is_alive(process):
        """Whether it runs; a zombie does not, and is nobody's to collect here."""
        try:
            return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_not_by_a_hangup_that_is_ignored(self):
        self.poprun("echo ready; read line < \"$RECORD\"; echo went on\n")
        os.mkfifo(self.folder / "record")
        process = self.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        (self.folder / "record").write_text("\n")
        self.assertEqual(process.communicate(timeout=LONG)[0], b"went on\n")
        self.assertEqual(process.returncode, 0)


class BeforeItStarts(RunTest):
    def refused(self, *words, **how):
        """What is said of a job that is not started: (id, message) of each finding."""
        status, out, err = self.run_job(*words, **how)
        self.assertEqual((status, out), (1, b""), err.decode())
        return re.findall(r"error\[(\w+)\]: (.*)", err.decode())

    def test_poprun_has_to_be_there(self):
        for more in ([], self.site(app_dir=str(self.work))):
            self.assertEqual(self.refused(*JOB, *more), [("L031", "there is no program poprun on PATH")])
            self.no_run_folder()

    def test_a_folder_called_poprun_is_no_program(self):
        (self.bin / "poprun").mkdir()
        self.assertEqual(self.refused(), [("L031", "there is no program poprun on PATH")])
        self.no_run_folder()

    def test_a_program_of_the_site_has_to_be_there(self):
        words = [*JOB, *self.site(programs={"poprun": "/nowhere/poprun"})]
        self.assertEqual(self.refused(*words), [("L031", "there is no program /nowhere/poprun")])
        self.no_run_folder()

    def test_the_folder_of_the_application_has_to_be_there(self):
        self.poprun(RECORD)
        words = [*JOB, *self.site(app_dir="/nowhere/cnns")]
        self.assertEqual(self.refused(*words), [("L032", "the application's folder /nowhere/cnns is not there")])
        self.no_run_folder()

    def test_everything_that_is_missing_is_said_at_once_and_where_it_was_asked_for(self):
        (self.work / "train.py").unlink()
        status, _, err = self.run_job(*JOB[:-1], "/nonexistent")
        self.assertEqual(status, 1)
        places = re.findall(r"^(?:command line:1:(\d+): )?error\[(\w+)\]", err.decode(), re.M)
        column = len("ipucnn run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus ") + 1
        self.assertLessEqual({"L031", "L033"}, {place[1] for place in places})
        data, = (place for place in places if place[1] == "D010")
        self.assertGreaterEqual(int(data[0]), column)
        self.assertFalse((self.work / "runs").exists())

    def test_what_is_missing_may_be_allowed_or_not_looked_at(self):
        self.poprun(RECORD)
        (self.work / "train.py").unlink()
        self.assertEqual([one for one, _ in self.refused()], ["L033"])
        self.assertEqual(self.run_job(*JOB, "--allow", "L033")[0], 0)
        self.assertEqual(self.run_job(*JOB, "--preflight", "skip")[0], 0)

    def test_a_preflight_alone_starts_nothing(self):
        self.poprun(RECORD)
        status, out, err = self.run_job(*JOB, "--preflight", "only")
        self.assertEqual((status, out, err), (0, b"", b"ipucnn: nothing stands in the way of a start\n"))
        self.no_run_folder()
        (self.bin / "poprun").unlink()
        self.assertEqual(self.refused(*JOB, "--preflight", "only"), [("L031", "there is no program poprun on PATH")])

    def test_made_data_needs_no_folder(self):
        self.poprun(RECORD)
        (self.work / "d").rmdir()
        self.assertEqual([one for one, _ in self.refused()], ["D010"])
        self.assertEqual(self.run_job(*JOB, "--generated-data")[0], 0)

    def test_every_variable_has_to_be_set(self):
        self.poprun(RECORD)
        words = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "${env:A}/${env:B}/${env:A}"]
        status, out, err = self.run_job(*words)
        self.assertEqual((status, out), (1, b""))
        self.assertEqual(re.findall(r"error\[L005\]: the variable (\w) is not set", err.decode()), ["A", "B"])
        self.no_run_folder()

    def test_the_run_folder_has_to_be_writable(self):
        self.poprun(RECORD)
        (self.work / "runs").write_text("a file")
        self.assertEqual(self.refused(), [("L034", "no run folder can be made in runs")])
        self.assertFalse((self.folder / "record").exists())

    def test_a_program_that_cannot_be_executed_is_reported(self):
        self.poprun("")
        (self.bin / "poprun").write_bytes(b"\x7fELF nonsense")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"cannot start poprun: Exec format error", err)
        self.assertEqual(self.record()["state"], "not started")


class SeveralSteps(RunTest):
    """A stand-in that proves each step, and writes down each time it is started."""
    WORDS = [*JOB, "--then", "validation"]
    KEEP = ('n=$(ls "$RECORD".* 2>/dev/null | wc -l)\n'
            'printf "%s\\0" "$@" > "$RECORD.$n"\n'
            'case "$*" in *validation.py*)\n'
            '  echo "Validation top-1 accuracy [None] (iteration: 1, epoch: 1.00, img/sec: 9.0): 75.125%";;\n'
            "esac\n")

    def started(self):
        """The words of each start, in order."""
        paths = sorted(self.folder.glob("record.*"), key=lambda path: int(path.suffix[1:]))
        return [["poprun", *path.read_text().split("\0")[:-1]] for path in paths]

    def planned(self, *words):
        plan = program.plan(*words[1:])
        return [[step["argv"] for step in one["steps"]] for one in plan.get("plans", [plan])]

    def test_run_one_after_the_other(self):
        self.poprun(self.KEEP)
        status, _, err = self.run_job(*self.WORDS)
        self.assertEqual(status, 0, err.decode())
        train, validation = self.started()
        self.assertEqual([[train, validation]], self.planned(*self.WORDS))
        self.assertEqual(train[train.index("--logs-path") + 1],
                         validation[validation.index("--restore-path") + 1])
        records = [self.record("train"), self.record("validation")]
        self.assertEqual([record["step"] for record in records], ["train", "validation"])
        self.assertEqual([record["state"] for record in records], ["done"] * 2)
        self.assertLessEqual(records[0]["ended"], records[1]["started"])
        self.assertRegex(err.decode(), r"(?s)train done; .*throughput  100\.000 .*"
                                       r"validation done; .*validation_accuracy  75\.125 ")

    def test_end_with_the_first_that_does_not_succeed(self):
        failing = "case \"$*\" in *train.py*) exit 7;; esac\n"
        for text, proof, reason in ((self.KEEP + failing, PROOF, "exit status 7"),
                                    (self.KEEP, b"", "fell silent")):
            with self.subTest(reason):
                self.setUp()
                self.poprun(text, proof=proof)
                status, _, err = self.run_job(*self.WORDS)
                self.assertEqual(status, 3)
                self.assertIn(reason, err.decode())
                self.assertEqual(len(self.started()), 1)
                self.assertNotEqual(self.record("train")["state"], "done")
                self.assertFalse((self.run_folder() / "validation").exists())

    def test_keep_what_went_well_before_a_failure(self):
        self.poprun(self.KEEP + "case \"$*\" in *validation.py*) exit 7;; esac\n")
        status, _, err = self.run_job(*self.WORDS)
        self.assertEqual(status, 3)
        self.assertIn(b"ipucnn: validation failed: exit status 7", err)
        self.assertEqual(self.record("train")["state"], "done")
        self.assertEqual(self.record("validation")["exit_status"], 7)

    def test_are_all_looked_for_before_the_first_starts(self):
        self.poprun(self.KEEP)
        path = self.folder / "profiles.yml"
        path.write_text("profiles: {p: {extends: default, steps: {validation: "
                        "{launcher: none, python: no-such-python}}}}\n")
        words = [*self.WORDS, "--presets", str(path), "--launch-profile", "p"]
        status, _, err = self.run_job(*words)
        self.assertEqual(status, 1)
        self.assertIn(b"there is no program no-such-python", err)
        self.no_run_folder()

    def test_do_not_take_what_lay_in_the_folder_before(self):
        self.poprun(self.KEEP)
        (self.work / "old").mkdir()
        status, _, err = self.run_job(*self.WORDS, "--logs-path", "old")
        self.assertEqual(status, 1)
        self.assertIn(b"error[L030]", err)
        self.assertEqual(self.started(), [])

    def sweep(self, text):
        path = self.folder / "jobs.yml"
        path.write_text("jobs:\n  mine:\n    application: tensorflow1_cnns@2.3\n"
                        "    preset: mk2_resnet50_gn_16ipus\n    options: {data_dir: d}\n" + text)
        return ["run", "--presets", str(path), "--job", "mine"]

    def test_of_a_sweep_are_runs_of_their_own(self):
        self.poprun(self.KEEP)
        words = self.sweep("    sweep: {epochs: [3, 1, 2]}\n")
        status, _, err = self.run_job(*words)
        self.assertEqual(status, 0, err.decode())
        started = self.started()
        self.assertEqual([[one] for one in started], self.planned(*words))
        self.assertEqual([one[one.index("--epochs") + 1] for one in started], ["3", "1", "2"])
        folders = re.findall(r"ipucnn: run folder (\S+)\n", err.decode())
        self.assertEqual(len(set(folders)), 3)
        for folder, words in zip(folders, started):
            plan = json.loads((self.work / folder / "plan.json").read_text())
            self.assertEqual((plan["job"], [step["argv"] for step in plan["steps"]]), ("mine", [words]))
            record = json.loads((self.work / folder / "train" / "1" / "record.json").read_text())
            self.assertEqual(record["state"], "done")

    def test_of_a_sweep_end_with_the_first_that_fails(self):
        self.poprun(self.KEEP + "case \"$*\" in *'--epochs 1'*) exit 9;; esac\n")
        status, _, err = self.run_job(*self.sweep("    sweep: {epochs: [3, 1, 2]}\n"))
        self.assertEqual(status, 3)
        self.assertIn(b"train failed: exit status 9", err)
        self.assertEqual(len(self.started()), 2)

    def test_of_a_choice_need_the_choice(self):
        self.poprun(self.KEEP)
        words = self.sweep("    alternatives: {optimiser: [SGD, momentum]}\n")
        status, _, err = self.run_job(*words)
        self.assertEqual(status, 1)
        self.assertIn(b"error[K052]: the job leaves optimiser open", err)
        self.no_run_folder()
        self.assertEqual(self.run_job(*words, "--optimiser", "SGD")[0], 0)
        self.assertEqual(len(self.started()), 1)


class APlan(RunTest):
    """What --dry-run --format json printed is started by `run --plan`."""

    def planned(self, *words):
        done = program.ipucnn(*words, "--dry-run", "--format", "json", cwd=self.work, env=self.env())
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_is_the_run(self):
        self.poprun(RECORD)
        plan = self.planned(*JOB, "--name-suffix", "it's \udcff")
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan)
        self.assertEqual(status, 0, err.decode())
        _, words, _, _ = self.recorded()
        self.assertEqual(["poprun", *words], program.argv_of(*JOB[1:], "--name-suffix", "it's \udcff"))
        self.assertEqual((self.run_folder() / "plan.json").read_bytes(), plan)
        self.assertIn(b"throughput  100.000", err)

    def test_may_be_several(self):
        self.poprun("echo \"$@\" >> \"$RECORD\"\n")
        path = self.folder / "jobs.yml"
        path.write_text("jobs: {j: {application: tensorflow1_cnns@2.3, preset: mk2_resnet50_gn_16ipus, "
                        "options: {data_dir: d}, sweep: {epochs: [3, 1]}}}\n")
        file = self.folder / "plans.json"
        file.write_bytes(self.planned("run", "--presets", str(path), "--job", "j"))
        self.assertEqual(self.run_job("run", "--plan", str(file))[0], 0)
        self.assertEqual(re.findall(r"--epochs (\d)", (self.folder / "record").read_text()), ["3", "1"])
        self.assertEqual(len(list((self.work / "runs").iterdir())), 2)

    def test_brings_its_own_presets(self):
        self.poprun("while [ $# -gt 0 ]; do [ \"$1\" = --config-path ] && cp \"$2\" \"$RECORD\"; shift; done\n")
        path = self.folder / "p.yml"
        path.write_text("presets: {tensorflow1_cnns@2.3: {mine: {extends: mk2_resnet50_gn_16ipus, epochs: 7}}}\n")
        plan = self.planned("run", "--presets", str(path), "--config", "mine", "--config-file", "--data-dir", "d")
        path.unlink()
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan)
        self.assertEqual(status, 0, err.decode())
        self.assertIn("epochs: 7", (self.folder / "record").read_text())

    def test_is_printed_again(self):
        plan = self.planned(*JOB)
        file = self.folder / "plan.json"
        file.write_bytes(plan)
        again = program.ipucnn("run", "--plan", str(file), "--dry-run", "--format", "json", cwd=self.work)
        self.assertEqual(again.stdout, plan)

    def test_that_is_blocked_says_by_what(self):
        self.poprun(RECORD)
        plan = self.planned("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus")
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan)
        self.assertEqual(status, 1)
        self.assertIn(b"error[D001]: the data folder is the preset authors' own", err)
        self.no_run_folder()

    def test_goes_with_no_option_that_could_change_it(self):
        plan = self.planned(*JOB)
        for more in (["--config", "x"], ["--epochs", "3"], ["--target", "pod64"], ["--flat"]):
            status, _, err = self.run_job("run", "--plan", "-", *more, stdin=plan)
            self.assertEqual(status, 2)
            self.assertIn(f"{more[0]}' could change".encode() if more[0] == "--epochs" else
                          f"{more[0]} could change".encode(), err)
        self.no_run_folder()

    def test_does_not_ask_the_variables_that_stand_for_options(self):
        self.poprun(RECORD)
        plan = self.planned(*JOB)
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan, env=self.env(IPUCNN_TARGET="pod64"))
        self.assertEqual(status, 0, err.decode())
        self.assertEqual(["poprun", *self.recorded()[1]], program.argv_of(*JOB[1:]))

    def test_that_is_none_is_refused_at_its_place(self):
        for text, place in ((b"{", b"$: is no JSON"), (b"{}", b"$.schema: is missing"),
                            (self.planned(*JOB).replace(b'"begins": true', b'"begins": 1', 1),
                             b"$.steps[0].words[0].begins: is true or false, not a number")):
            status, _, err = self.run_job("run", "--plan", "-", stdin=text)
            self.assertEqual(status, 2)
            self.assertIn(place, err)
        self.no_run_folder()

    def test_takes_nothing_that_lay_there_before(self):
        self.poprun(RECORD)
        plan = self.planned(*JOB, "--then", "validation", "--logs-path", "old")
        (self.work / "old").mkdir()
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan)
        self.assertEqual(status, 1)
        self.assertIn(b"error[L030]", err)
        self.assertFalse((self.work / "runs").exists())

    def test_needs_the_variables_where_it_starts(self):
        self.poprun(RECORD)
        plan = self.planned("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "${env:ROOT}")
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan)
        self.assertEqual(status, 1)
        self.assertIn(b"error[L005]: the variable ROOT is not set", err)
        status, _, err = self.run_job("run", "--plan", "-", stdin=plan, env=self.env(ROOT="/r"))
        self.assertEqual(status, 1)
        self.assertIn(b"error[D010]: the data folder /r is not there", err)
        status, _, _ = self.run_job("run", "--plan", "-", stdin=plan, env=self.env(ROOT=str(self.folder)))
        self.assertEqual(status, 0)
        self.assertIn(str(self.folder), self.recorded()[1])


class AReport(RunTest):
    def report(self, *words):
        return program.ipucnn("report", *words, cwd=self.work, env=self.env())

    def test_is_what_the_run_said(self):
        self.poprun("echo 'step: 2, loss: 7.0, img/sec: 50.0,'\n")
        _, _, err = self.run_job()
        folder = self.run_folder()
        said = err.decode().partition("its output is in")[2].partition("\n")[2]
        self.assertIn("  loss  7.000", said)
        self.assertIn("  not printed: ", said)
        for run in ("last", folder.name, str(folder), f"runs/{folder.name}/"):
            done = self.report(run)
            self.assertEqual((done.returncode, done.stdout.decode()),
                             (0, f"run {folder.name}\ntrain: done\n{said}"))

    def test_needs_no_descriptor_but_the_plans(self):
        self.poprun("echo 'step: 2, loss: 7.0, img/sec: 50.0,'\n")
        self.run_job()
        before = [self.report("last", "--format", form).stdout for form in ("text", "json")]
        (self.work / "ipucnn.yml").write_text(
            "applications: {tensorflow1_cnns@2.3: {directory: x, purposes: {}, scripts: {}, options: {}}}\n")
        self.assertEqual([self.report("last", "--format", form).stdout for form in ("text", "json")], before)
        shutil.rmtree(self.folder / "bin")
        self.assertEqual(self.report("last").stdout, before[0])

    def test_is_of_the_application_that_is_asked_for(self):
        self.poprun("")
        self.run_job()
        plan = self.run_folder() / "plan.json"
        whole = plan.read_bytes()
        emptied = json.loads(whole)
        emptied["steps"][0]["metrics"] = []
        emptied["steps"][0]["proof"] = {"exit_status": 0}
        before = self.report("last").stdout
        plan.write_text(json.dumps(emptied))
        self.assertEqual(self.report("last").stdout.decode(), f"run {self.run_folder().name}\ntrain: done\n")
        self.assertEqual(self.report("last", "--app", "tensorflow1_cnns@2.3").stdout, before)
        self.assertEqual(self.report("last", "--app", "nothing").returncode, 1)

    def test_has_every_figure_as_json(self):
        self.poprun("echo 'step: 2, loss: 7.0, img/sec: 50.0,'\n")
        self.run_job()
        report = json.loads(self.report("last", "--format", "json").stdout)
        run, = report["runs"]
        self.assertEqual((report["schema"], run["step"], run["state"]), ("ipucnn.report/1", "train", "done"))
        plan = json.loads((self.run_folder() / "plan.json").read_text())
        self.assertEqual([m["name"] for m in run["metrics"]], [m["name"] for m in plan["steps"][0]["metrics"]])
        rate = run["metrics"][0]
        # Standard output comes first, so its only value is the one that is left out.
        self.assertEqual(rate["per_instance"], {"0": [50.0, 99.0, 100.0]})
        self.assertEqual((rate["n"], rate["mean"], rate["min"], rate["max"]), (2, 99.5, 99.0, 100.0))
        self.assertEqual(rate["discarded"], [{"instance": 0, "index": 0, "why": "first value"}])
        self.assertEqual([m["mean"] for m in run["metrics"] if m["name"] == "accuracy"], [None])

    def test_of_no_run_says_so(self):
        for run, why in (("last", b" in "), ("nothing", b" 'nothing', neither in "),
                         ("../work", b" '../work': that folder holds no plan.json of one")):
            done = self.report(run)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(b"there is no run" + why, done.stderr)


class AFullDisk(RunTest):
    def test_of_standard_output_is_said(self):
        self.poprun("echo out\n")
        with open("/dev/full", "wb") as full:
            process = self.start_to(full)
            err = process.communicate(timeout=LONG)[1]
        self.assertEqual(process.returncode, 3)
        self.assertIn(b"No space left on device", err)
        self.assertEqual(self.record()["state"], "done")

    def start_to(self, out, *words):
        return subprocess.Popen([program.PROGRAM, *(words or JOB)], cwd=self.work, env=self.env(), stdout=out,
                                stderr=subprocess.PIPE)

    def test_is_said_by_every_other_command(self):
        for words in (["show", "presets"], [*JOB, "--dry-run"], ["--version"]):
            with open("/dev/full", "wb") as full:
                process = self.start_to(full, *words)
                err = process.communicate(timeout=LONG)[1]
            self.assertEqual((words, process.returncode), (words, 2))
            self.assertIn(b"not all was written to standard output: No space left on device", err)

    def test_is_none_where_the_reader_went_away(self):
        read, write = os.pipe()
        os.close(read)
        process = self.start_to(write, "show", "presets")
        os.close(write)
        err = process.communicate(timeout=LONG)[1]
        self.assertEqual((process.returncode, err), (0, b""))


class WhatIsKept(RunTest):
    def test_is_one_folder_of_a_run(self):
        self.poprun("echo out; echo err >&2\n")
        self.assertEqual(self.run_job(*JOB, *self.site(label="REHEARSAL"))[0], 0)
        folder = self.run_folder()
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        self.assertEqual(files, ["explain.json", "ipucnn.log", "plan.json", "record.json", "resolved.yml",
                                 "train/1/record.json", "train/1/samples.csv", "train/1/stderr.log",
                                 "train/1/stdout.log", "train/1/times.csv"])
        self.assertEqual(json.loads((folder / "plan.json").read_text()),
                         program.plan(*JOB[1:], *self.site(label="REHEARSAL")))
        self.assertEqual(json.loads((folder / "explain.json").read_text())["schema"], "ipucnn.explain/2")
        record = self.record()
        self.assertEqual(set(record), {"schema", "of", "started_in", "submitted", "where", "variables", "proof", "phases", "checkpoint", "step", "try", "label", "state", "exit_status", "messages", "started",
                                       "ended", "seconds"})
        self.assertEqual((record["schema"], record["step"], record["try"], record["label"]),
                         ("ipucnn.record/2", "train", 1, "REHEARSAL"))
        self.assertLessEqual(record["started"], record["ended"])

    def test_are_values_that_read_back_as_the_same(self):
        import yaml
        self.poprun("")
        texts = ["no", "010", "", "é", "\u2028\x7f\x85\ufeff\U0001F600", "1e3", "~"]
        words = [*JOB, "--name-suffix", "a: [b] # c", "--weight-decay", "1e-5", "--variable-filter", *texts]
        self.assertEqual(self.run_job(*words)[0], 0)
        kept = yaml.load((self.run_folder() / "resolved.yml").read_text(), yaml.FullLoader)["train"]
        self.assertEqual(kept["name_suffix"], "a: [b] # c")
        self.assertEqual(kept["variable_filter"], texts)
        self.assertEqual((kept["batch_size"], kept["weight_decay"], kept["eight_bit_io"]), (8, 1e-5, True))

    def test_is_every_step(self):
        self.poprun("case \"$*\" in *validation.py*) echo 'Validation top-1 accuracy: 75.1%';; esac\n")
        status, _, err = self.run_job(*JOB, "--then", "validation")
        self.assertEqual(status, 0, err.decode())
        explained = json.loads((self.run_folder() / "explain.json").read_text())
        self.assertEqual([step["step"] for step in explained["steps"]], ["train", "validation"])
        import yaml
        kept = yaml.load((self.run_folder() / "resolved.yml").read_text(), yaml.FullLoader)
        self.assertEqual(list(kept), ["train", "validation"])
        self.assertEqual(kept["train"]["logs_path"], kept["validation"]["restore_path"])

    def test_says_what_the_run_is_and_who_writes_it(self):
        self.poprun("")
        process = self.start()
        process.communicate(timeout=LONG)
        record = json.loads((self.run_folder() / "record.json").read_text())
        self.assertEqual((record["schema"], record["state"], record["step"], record["try"]),
                         ("ipucnn.record/2", "done", "train", 1))
        self.assertEqual(record["figures"], [{"step": "train", "metric": "throughput", "unit": "samples/s",
                                              "n": 1, "mean": 100.0, "last": None, "best": None}])
        self.assertEqual(record["writer"]["pid"], process.pid)
        self.assertEqual(record["writer"]["boot_id"],
                         pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        log = (self.run_folder() / "ipucnn.log").read_text()
        self.assertRegex(log, r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z train: starting poprun$")
        self.assertRegex(log, r"(?m)^\S+Z ended: done$")

    def test_is_told_on_the_terminal_when_asked_for(self):
        self.poprun("")
        self.assertNotIn(b"starting poprun", self.run_job()[2])
        self.assertIn(b"ipucnn: train: starting poprun\n", self.run_job(*JOB, "--verbose")[2])

    def test_places_every_byte_and_figure(self):
        self.poprun("echo 'step: 3, img/sec: 7.50,'; printf 'no end' >&2\n")
        self.assertEqual(self.run_job()[0], 0)
        place = self.run_folder() / "train" / "1"
        for stream in ("stdout", "stderr"):
            rows = [row.split(",") for row in (place / "times.csv").read_text().splitlines()[1:]]
            at = 0
            for seconds, name, offset, size in rows:
                if name == stream:
                    self.assertEqual(int(offset), at)
                    at += int(size)
            self.assertEqual(at, (place / f"{stream}.log").stat().st_size)
        samples = [row.split(",")[1:] for row in (place / "samples.csv").read_text().splitlines()[1:]]
        self.assertIn(["stdout", "0", "0", "throughput", "0", "7.50"], samples)
        for stream, offset, _, metric, _, value in samples:
            line = (place / f"{stream}.log").read_bytes()[int(offset):].split(b"\n")[0].decode()
            self.assertIn(value, line)

    def test_are_two_folders_for_two_runs_of_one_second(self):
        self.poprun("")
        processes = [self.start() for _ in range(4)]
        for process in processes:
            process.communicate(timeout=LONG)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(len(list((self.work / "runs").iterdir())), 4)


if __name__ == "__main__":
    program.main()
