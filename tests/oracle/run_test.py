#!/usr/bin/python3
"""Starts real processes: a stand-in for poprun on PATH writes down what it got, or misbehaves.

usage: run_test.py PROGRAM
"""
import hashlib
import json
import os
import pathlib
import re
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
JOB = ["run", "--config", "mk2_resnet50_gn_16ipus", "--data-dir", "d"]
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
        self.assertEqual(list(self.work.iterdir()), [])


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
        words = ["run", "--config", "mk2_resnet50_gn_16ipus", "--data-dir", "${env:ROOT}/${env:SUB:-a b}"]
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

    def test_is_not_waited_for_when_a_grandchild_keeps_it_open(self):
        self.poprun("echo done; sleep 300 & echo $! > \"$RECORD\"; exit 0\n")
        status, out, _ = self.run_job()
        os.kill(int((self.folder / "record").read_text()), signal.SIGKILL)
        self.assertEqual((status, out), (0, b"done\n"))

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
        self.assertEqual((record["outcome"], record["exit_status"], record["signal"], record["verdict"],
                          record["reason"]), ("exited", 0, None, "succeeded", ""))

    def test_in_silence(self):
        self.poprun("echo nothing to see; exit 0\n", proof=b"")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"train fell silent: exit status 0, but no throughput was printed", err)
        self.assertEqual(self.record()["verdict"], "silent")

    def test_with_a_status_of_its_own(self):
        self.poprun("exit 7\n")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"ipucnn: train failed: exit status 7; its output is in ", err)
        record = self.record()
        self.assertEqual((record["outcome"], record["exit_status"]), ("exited", 7))

    def test_killed(self):
        self.poprun("kill -9 $$\n")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"killed by signal 9 (Killed)", err)
        record = self.record()
        self.assertEqual((record["outcome"], record["exit_status"], record["signal"]), ("killed", None, 9))

    def interrupted(self, number, text):
        self.poprun(text)
        process = self.start()
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.send_signal(number)
        out, err = process.communicate(timeout=LONG)
        return process.returncode, out, err

    def test_by_an_interrupt_that_reaches_the_job(self):
        for number, name, status in ((signal.SIGINT, "INT", 130), (signal.SIGTERM, "TERM", 143),
                                     (signal.SIGHUP, "HUP", 130)):
            for own in (0, 5):
                with self.subTest(name, own=own):
                    self.setUp()
                    text = (f"trap 'echo cleaned up; exit {own}' {name}\necho ready\n"
                            "while :; do sleep 0.05; done\n")
                    got, out, err = self.interrupted(number, text)
                    self.assertEqual((got, out), (status, b"cleaned up\n"))
                    self.assertIn(b"train was interrupted", err)
                    self.assertEqual(self.record()["outcome"], "interrupted")

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
    def test_poprun_has_to_be_there(self):
        for more in ([], self.site(app_dir=str(self.folder))):
            status, out, err = self.run_job(*JOB, *more)
            self.assertEqual((status, out), (3, b""))
            self.assertEqual(err.decode(), "ipucnn: poprun is not on PATH. Source the Poplar SDK's enable.sh "
                             "first (and the virtual\nenvironment of the framework). Without an SDK, --dry-run "
                             "shows the command and\n--site rehearsal plays the whole job through\n")
            self.no_run_folder()

    def test_a_folder_called_poprun_is_no_program(self):
        (self.bin / "poprun").mkdir()
        self.assertEqual(self.run_job()[0], 3)
        self.no_run_folder()

    def test_a_program_of_the_site_has_to_be_there(self):
        status, _, err = self.run_job(*JOB, *self.site(programs={"poprun": "/nowhere/poprun"}))
        self.assertEqual((status, err.decode()),
                         (3, "ipucnn: there is no program /nowhere/poprun; the site's `programs:` may name another\n"))
        self.no_run_folder()

    def test_the_folder_of_the_application_has_to_be_there(self):
        self.poprun(RECORD)
        status, _, err = self.run_job(*JOB, *self.site(app_dir="/nowhere/cnns"))
        self.assertEqual((status, err.decode()), (3, "ipucnn: the application's folder /nowhere/cnns is not there\n"))
        self.no_run_folder()

    def test_every_variable_has_to_be_set(self):
        self.poprun(RECORD)
        words = ["run", "--config", "mk2_resnet50_gn_16ipus", "--data-dir", "${env:A}/${env:B}/${env:A}"]
        status, out, err = self.run_job(*words)
        self.assertEqual((status, out), (1, b""))
        self.assertEqual(re.findall(r"error\[L005\]: the variable (\w) is not set", err.decode()), ["A", "B"])
        self.no_run_folder()

    def test_the_run_folder_has_to_be_writable(self):
        self.poprun(RECORD)
        (self.work / "runs").write_text("a file")
        status, _, err = self.run_job()
        self.assertEqual((status, err.decode()), (3, "ipucnn: cannot make the folder runs: Not a directory\n"))
        self.assertFalse((self.folder / "record").exists())

    def test_a_program_that_cannot_be_executed_is_reported(self):
        self.poprun("")
        (self.bin / "poprun").write_bytes(b"\x7fELF nonsense")
        status, _, err = self.run_job()
        self.assertEqual(status, 3)
        self.assertIn(b"cannot start poprun: Exec format error", err)
        self.assertEqual(self.record()["outcome"], "not started")


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
        self.assertEqual([record["verdict"] for record in records], ["succeeded"] * 2)
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
                self.assertNotEqual(self.record("train")["verdict"], "succeeded")
                self.assertFalse((self.run_folder() / "validation").exists())

    def test_keep_what_went_well_before_a_failure(self):
        self.poprun(self.KEEP + "case \"$*\" in *validation.py*) exit 7;; esac\n")
        status, _, err = self.run_job(*self.WORDS)
        self.assertEqual(status, 3)
        self.assertIn(b"ipucnn: validation failed: exit status 7", err)
        self.assertEqual(self.record("train")["verdict"], "succeeded")
        self.assertEqual(self.record("validation")["exit_status"], 7)

    def test_are_all_looked_for_before_the_first_starts(self):
        self.poprun(self.KEEP)
        path = self.folder / "profiles.yml"
        path.write_text("profiles: {p: {extends: default, steps: {validation: "
                        "{launcher: none, python: no-such-python}}}}\n")
        words = [*self.WORDS, "--presets", str(path), "--launch-profile", "p"]
        status, _, err = self.run_job(*words)
        self.assertEqual(status, 3)
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
            self.assertEqual(record["verdict"], "succeeded")

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


class WhatIsKept(RunTest):
    def test_is_one_folder_of_a_run(self):
        self.poprun("echo out; echo err >&2\n")
        self.assertEqual(self.run_job(*JOB, *self.site(label="REHEARSAL"))[0], 0)
        folder = self.run_folder()
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        self.assertEqual(files, ["explain.json", "plan.json", "resolved.yml",
                                 "train/1/record.json", "train/1/stderr.log", "train/1/stdout.log"])
        self.assertEqual(json.loads((folder / "plan.json").read_text()),
                         program.plan(*JOB[1:], *self.site(label="REHEARSAL")))
        self.assertEqual(json.loads((folder / "explain.json").read_text())["schema"], "ipucnn.explain/1")
        record = self.record()
        self.assertEqual(set(record), {"schema", "step", "try", "started", "ended", "seconds", "outcome",
                                       "verdict", "exit_status", "signal", "reason", "label"})
        self.assertEqual((record["schema"], record["step"], record["try"], record["label"]),
                         ("ipucnn.record/1", "train", 1, "REHEARSAL"))
        self.assertLessEqual(record["started"], record["ended"])

    def test_are_values_that_read_back_as_the_same(self):
        import yaml
        self.poprun("")
        words = [*JOB, "--name-suffix", "a: [b] # c", "--epochs", "1e3", "--variable-filter", "no", "010", "", "é"]
        self.assertEqual(self.run_job(*words)[0], 0)
        kept = yaml.load((self.run_folder() / "resolved.yml").read_text(), yaml.FullLoader)
        self.assertEqual(kept["name_suffix"], "a: [b] # c")
        self.assertEqual(kept["variable_filter"], ["no", "010", "", "é"])
        self.assertEqual((kept["batch_size"], kept["weight_decay"], kept["eight_bit_io"]), (8, 0.0001, True))

    def test_are_two_folders_for_two_runs_of_one_second(self):
        self.poprun("")
        processes = [self.start() for _ in range(4)]
        for process in processes:
            process.communicate(timeout=LONG)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(len(list((self.work / "runs").iterdir())), 4)


if __name__ == "__main__":
    program.main()
