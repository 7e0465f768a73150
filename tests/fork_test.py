#!/usr/bin/python3
"""A fork of a shipped application in a user's file, from an empty folder: presets, check, plan, explain
and rehearsal are those of the original, with what the fork changes.

usage: fork_test.py PROGRAM
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import program

PRESET = "mk2_resnet50_gn_16ipus"
FORK = (program.DATA / "fork.yml").read_text()


class Fork(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DATA_DIR": "/data",
                    "REHEARSAL_SECONDS": "0.3"}

    def run_it(self, *words, expect=0):
        done = subprocess.run([program.PROGRAM, *words], cwd=self.folder, env=self.env, timeout=90,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(expect, done.returncode, done.stderr + done.stdout)
        return done

    def write(self, text):
        (self.folder / "ipucnn.yml").write_text(text)

    def start(self):
        self.run_it("init")
        path = self.folder / "ipucnn.yml"
        path.write_text(path.read_text().replace("presets:\n", FORK))
        self.run_it("check", "ipucnn.yml")

    def argv(self, *words):
        plan = json.loads(self.run_it("run", *words, "--dry-run", "--format", "json").stdout)
        return [step["argv"] for step in plan["steps"]]

    def test_presets_are_inherited_and_candidates_once_the_fork_is_chosen(self):
        self.start()
        for name in (PRESET, "mine"):
            self.run_it("show", name, "--app", "mycnn@2")
        only_of_2_2 = "mk2_resnet50_mlperf_pod4_bs20"
        self.run_it("show", only_of_2_2, "--app", "mycnn@2", expect=1)
        # A bare name of the original is not the fork's, and its own name is nobody else's.
        shown = json.loads(self.run_it("show", PRESET, "--format", "json").stdout)
        self.assertTrue(shown["application"].startswith("tensorflow1_cnns"), shown["application"])
        shown = json.loads(self.run_it("show", PRESET, "--app", "mycnn", "--format", "json").stdout)
        self.assertEqual("mycnn", shown["application"].split("@")[0])
        shown = json.loads(self.run_it("show", "mine", "--format", "json").stdout)
        self.assertEqual("mycnn", shown["application"].split("@")[0])

    def test_plans_are_those_of_the_original(self):
        self.start()
        for words in (["--purpose", "validation"], ["--then", "validation"], ["--target", "pod64"]):
            with self.subTest(words=words):
                self.assertEqual(self.argv("--config", PRESET, *words),
                                 self.argv("--config", f"mycnn@1:{PRESET}", *words))

    def test_its_own_options_metrics_and_rules_count(self):
        self.start()
        self.assertIn("--sharpness", self.argv("--config", "mine")[0])
        self.assertIn("0.9", self.argv("--config", "mine", "--sharpness", "0.9")[0])
        wrong = self.run_it("run", "--config", "mine", "--sharpness", "2", "--dry-run", expect=1)
        self.assertIn("error[N001]: sharpness 2 is above 1", wrong.stderr)
        gone = self.run_it("run", "--config", "mine", "--gather-conv-output", "--dry-run", expect=1)
        self.assertIn("error[K007]: train.py has no option --gather-conv-output", gone.stderr)
        # The rule that the fork takes away holds for the original.
        self.run_it("run", "--config", "mine", "--num-io-tiles", "200", "--dry-run")
        self.run_it("run", "--config", PRESET, "--num-io-tiles", "200", "--dry-run", expect=1)
        explained = self.run_it("explain", "loss_scaling", "--app", "mycnn@2").stdout
        self.assertIn("32", explained)

    def test_it_is_rehearsed_and_reported(self):
        if shutil.which("mpirun") is None:
            self.skipTest("mpirun is not installed")
        self.start()
        done = self.run_it("run", "--config", "mine", "--site", "rehearsal")
        self.assertIn("sharpness of the run: 0.7", done.stdout)
        self.assertIn("img/sec", done.stdout)
        self.assertIn("throughput", done.stderr)
        metrics = {m["name"]: m for m in
                   json.loads(self.run_it("report", "last", "--format", "json").stdout)["runs"][0]["metrics"]}
        values = [v for instance in metrics["sharpness"]["per_instance"].values() for v in instance]
        self.assertEqual(set(values), {0.7})
        self.assertEqual(metrics["sharpness"]["unit"], "1")
        self.assertGreater(metrics["throughput"]["n"], 0)

    def test_it_can_call_a_script_otherwise(self):
        self.write("""
applications:
  dpsgd@1:
    extends: tensorflow1_cnns@2.3
    scripts: {train.py: {program: train_dpsgd.py}}
    options: {noise: {flag: --noise, type: float, default: 1.0, scripts: [train.py]}}
""")
        self.run_it("check", "ipucnn.yml")
        argv = self.argv("--config", f"dpsgd:{PRESET}", "--noise", "0.5")[0]
        self.assertIn("train_dpsgd.py", argv)
        self.assertNotIn("train.py", argv)
        # A command of the fork's is read as the fork's, and judged by its options.
        (self.folder / "a.sh").write_text(f"python3 train_dpsgd.py --config {PRESET} --noise x\n")
        wrong = self.run_it("check", "a.sh", expect=1).stdout
        self.assertIn("error[K012]", wrong)
        self.assertIn("judged as dpsgd@1", wrong)
        shown = self.run_it("show", "apps").stdout
        self.assertIn("train_dpsgd.py", shown)
        if shutil.which("mpirun") is not None:
            done = self.run_it("run", "--config", f"dpsgd:{PRESET}", "--epochs", "1", "--site", "rehearsal")
            self.assertIn("img/sec", done.stdout)

    def test_a_shipped_application_can_be_altered_in_place(self):
        self.write("""
applications:
  tensorflow1_cnns@2.3:
    extends: tensorflow1_cnns@2.3
    options: {sharpness: {flag: --sharpness, type: int, scripts: [train.py]}}
""")
        self.run_it("check", "ipucnn.yml")
        argv = self.argv("--config", PRESET, "--sharpness", "3")[0]
        self.assertEqual(["--sharpness", "3"], argv[argv.index("--sharpness"):][:2])
        self.assertEqual(["--config", PRESET], argv[argv.index("--config"):][:2])
        self.assertIn("--identical-replica-seeding",
                      self.argv("--config", PRESET, "--identical-replica-seeding")[0])

    def test_a_checkout_is_not_taken_for_the_fork(self):
        self.start()
        place = self.folder / "checkout"
        place.mkdir()
        (place / "train.py").write_text("--identical-replica-seeding\n")
        (place / "validation.py").write_text("")
        (place / "configs.yml").write_text("theirs: {model: resnet, dataset: imagenet}\n")
        shown = json.loads(self.run_it("show", "theirs", "--app-dir", "checkout", "--format",
                                       "json").stdout)
        self.assertTrue(shown["application"].startswith("tensorflow1_cnns"), shown["application"])
        # A file of presets that has an option of the fork's alone is the fork's.
        (self.folder / "p.yml").write_text("one: {model: resnet, dataset: imagenet, sharpness: 1}\n")
        shown = json.loads(self.run_it("show", "one", "--presets", "p.yml", "--format", "json").stdout)
        self.assertIn("mycnn", shown["application"])


if __name__ == "__main__":
    program.main()
