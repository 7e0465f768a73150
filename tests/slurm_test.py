#!/usr/bin/python3
"""Submits what `run --format sbatch` prints to a real Slurm on this machine, with a stand-in of poprun that says
what it was started with.

usage: slurm_test.py PROGRAM
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
TESTS = pathlib.Path(__file__).resolve().parent
STARTER = TESTS / "support" / "slurm-loopback"
SITE = """sites:
  pod:
    target: pod64
    hosts: [10.1.3.101]                # not those of the job
    network: 10.1.3.0/24
    vipu_partition: "slurm_${env:SLURM_JOB_ID}"
    app_dir: APP
    data_dir: /d
    resources: gres-ipu
    env: {POPLAR_ENGINE_OPTIONS: '{"a":"b","c":"d"}'}
    forward: [POPLAR_ENGINE_OPTIONS]
    slurm: {comment: 'it''s "a" # \\ job', output: "LOG"}
"""
# Says its words, what it got of the environment, and ends as it is told.
POPRUN = """#!/bin/sh
printf 'word: %s\\n' "$@"
printf 'env: %s\\n' "$POPLAR_ENGINE_OPTIONS"
printf 'tasks: %s of %s\\n' "$SLURM_NTASKS_PER_NODE" "$SLURM_JOB_NUM_NODES"
case "$*" in *validation.py*) exit 0 ;; esac
exit ${TRAINING_ENDS_WITH:-0}
"""


class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="slurm")
        cls.at = pathlib.Path(cls.folder.name)
        started = subprocess.run([STARTER, "start", cls.at / "cluster"], capture_output=True, text=True, check=False,
                                 stdin=subprocess.DEVNULL, env={**os.environ, "SLURM_LOOPBACK_NODES": "4"})
        if started.returncode != 0:
            cls.folder.cleanup()
            raise RuntimeError(started.stderr)
        bin_folder = cls.at / "bin"
        bin_folder.mkdir()
        (bin_folder / "poprun").write_text(POPRUN)
        (bin_folder / "poprun").chmod(0o755)
        (cls.at / "app").mkdir()
        cls.env = {**os.environ, "SLURM_CONF": str(cls.at / "cluster" / "slurm.conf"),
                   "PATH": f"{bin_folder}:{os.environ['PATH']}"}

    @classmethod
    def tearDownClass(cls):
        subprocess.run([STARTER, "stop", cls.at / "cluster"], capture_output=True, check=False,
                       stdin=subprocess.DEVNULL)
        cls.folder.cleanup()

    def script(self, *words, site=SITE):
        path = self.at / "pod.yml"
        path.write_text(site.replace("APP", str(self.at / "app")).replace("LOG", str(self.at / "%x-%j.log")))
        made = subprocess.run([PROGRAM, "run", "--site", path, *words, "--dry-run", "--format", "sbatch"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, made.returncode, made.stderr)
        return made.stdout

    def job(self, script, **variables):
        """Submits it and waits for its end: its facts as scontrol has them, and its log."""
        submitted = subprocess.run(["sbatch", "--parsable"], input=script, capture_output=True, text=True,
                                   check=False, env={**self.env, **variables}, cwd=self.at)
        self.assertEqual(0, submitted.returncode, submitted.stderr + script)
        number = submitted.stdout.strip()
        for _ in range(300):
            shown = subprocess.run(["scontrol", "show", "job", "-o", number], capture_output=True, text=True,
                                   check=True, env=self.env).stdout
            facts = dict(re.findall(r"(\w+)=(\S*)", shown))
            if facts["JobState"] not in ("PENDING", "RUNNING", "COMPLETING"):
                break
            time.sleep(0.1)
        return facts, shown, pathlib.Path(facts["StdOut"]).read_text()

    def test_a_job_of_four_hosts(self):
        facts, shown, log = self.job(self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus"))
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(("4", "32"), (facts["NumNodes"], facts["NumTasks"]))
        self.assertRegex(shown, r"TresPerNode=gres:ipu:16\b")
        self.assertIn('Comment=it\'s "a" # \\ job', shown)
        words = re.findall(r"^word: (.*)$", log, re.M)
        self.assertEqual("ipuhost1,ipuhost2,ipuhost3,ipuhost4", words[words.index("--host") + 1])
        self.assertEqual(f"slurm_{facts['JobId']}", words[words.index("--vipu-partition") + 1])
        self.assertEqual(['{"a":"b","c":"d"}'], re.findall("^env: (.*)$", log, re.M))
        self.assertEqual(["8 of 4"], re.findall("^tasks: (.*)$", log, re.M))

    def test_its_steps_run_one_after_the_other(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16", "--then", "validation")
        facts, _, log = self.job(script)
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(["train.py", "validation.py"], re.findall(r"^word: (\w+\.py)$", log, re.M))
        self.assertNotIn("--host", log)

    def test_a_step_that_fails_ends_it(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16", "--then", "validation")
        facts, _, log = self.job(script, TRAINING_ENDS_WITH="7")
        self.assertEqual(("FAILED", "7:0"), (facts["JobState"], facts["ExitCode"]))
        self.assertEqual(["train.py"], re.findall(r"^word: (\w+\.py)$", log, re.M))

    def test_more_than_a_host_has_is_refused(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16")
        self.assertIn("#SBATCH --gres=ipu:16\n", script)
        refused = subprocess.run(["sbatch", "--parsable"], input=script.replace("ipu:16", "ipu:17"),
                                 capture_output=True, text=True, check=False, env=self.env, cwd=self.at)
        self.assertEqual(1, refused.returncode)


class Scripts(unittest.TestCase):
    def test_shells_and_shellcheck_take_them(self):
        made = sorted((TESTS / "golden").glob("run_sbatch_*/stdout"))
        scripts = [path for path in made if path.read_text().startswith("#!/bin/bash\n")]
        self.assertGreater(len(scripts), 3)
        for path in scripts:
            self.assertEqual(0, subprocess.run(["bash", "-n", path], check=False).returncode, path)
            subprocess.run(["shellcheck", "-s", "bash", path], check=True)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
