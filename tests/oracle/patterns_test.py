#!/usr/bin/python3
"""What a plan watches for: Open MPI's messages as the real mpirun prints them, and what job, site and
application say of phases, limits, data and further tries.

usage: patterns_test.py PROGRAM
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402

GN = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus"]
ROOT = ["--allow-run-as-root"] if os.getuid() == 0 else []
# How to make Open MPI print each of its messages.
TROUBLES = {
    "slots": [*ROOT, "-np", "4096", "true"],
    "mca-twice": [*ROOT, "--mca", "btl", "self", "--mca", "btl", "tcp", "-np", "1", "true"],
    "subnet": [*ROOT, "--mca", "oob_tcp_if_include", "203.0.113.0/24", "-np", "1", "true"],
    "launch": [*ROOT, "-H", "nobody.invalid", "-np", "1", "true"],
    "root": ["-np", "1", "true"],
    "program": [*ROOT, "-np", "1", "no-such-program"],
}


class OpenMpi(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mpirun"), "mpirun is not installed")
    def test_prints_what_is_looked_for(self):
        messages = {m["id"]: m for m in program.plan(*GN)["steps"][0]["messages"]}
        for name, words in TROUBLES.items():
            if name == "root" and os.getuid() != 0 or name == "launch" and not shutil.which("ssh"):
                continue
            with self.subTest(name):
                done = subprocess.run(["mpirun", *words], env=program.environment(), timeout=120,
                                      capture_output=True)
                printed = (done.stdout + done.stderr).decode()
                self.assertTrue(any(messages[name]["line"] in line for line in printed.splitlines()), printed)

    def test_no_message_of_ours_is_left_out_here(self):
        under = {m["id"] for m in program.plan(*GN)["steps"][0]["messages"]}
        alone = {m["id"] for m in program.plan(*GN, "--target", "none")["steps"][0]["messages"]}
        self.assertEqual(under - alone, set(TROUBLES))


FILE = """
applications:
  app@1:
    purposes: {train: {script: t.py, launchers: [none]}}
    quantities: {micro_batch: micro, data_dir: data}
    options:
      micro: {flag: --micro, type: int, default: 4}
      data: {flag: --data, type: str}
      labels: {flag: --labels, type: str}
      invented: {flag: --invented, type: switch, default: false}
    scripts:
      t.py:
        proof: exit
        phases: [{name: load, limit: 90s}, {name: work, begins: go, limit: 1h30m}]
        limits: {total: 2h, stall: 600}
        retry: {times: 2, on: [lost]}
        messages: {odd: {line: "odd thing", means: it is odd, severity: note, retry: true}}
        data_needs:
        - {when: {invented: false}, folder: data, files: ["a-*", b], help: it is fetched}
        - {folder: labels}
sites:
  room: {limits: {stall: 5m}, retry: {times: 5}}
jobs:
  mine: {application: app@1, site: room, options: {data: /d}, limits: {total: 60}, retry: {on: [odd]}}
  made: {application: app@1, options: {data: /d, labels: /l, invented: true}}
"""


class Plans(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "ipucnn.yml").write_text(FILE)

    def step(self, *words):
        return program.plan(*words, cwd=self.folder)["steps"][0]

    def limits(self, *words):
        return {limit["phase"]: limit["seconds"] for limit in self.step(*words)["limits"]}

    def test_hold_what_the_script_says(self):
        step = self.step("--job", "made")
        self.assertEqual(step["phases"], [{"name": "load", "line": ""}, {"name": "work", "line": "go"}])
        self.assertEqual(self.limits("--job", "made"), {"load": 90, "work": 5400, "run": 7200, "stall": 600})
        self.assertEqual(step["retry"], {"times": 2, "on": ["lost"]})
        self.assertEqual(step["messages"], [{"id": "odd", "line": "odd thing", "cause": "it is odd",
                                             "remedy": "", "severity": "note", "may_pass": True}])
        self.assertIsNone(step["checkpoints"])

    def test_let_the_site_win_over_it_and_the_job_over_both(self):
        self.assertEqual(self.limits("--job", "mine"), {"load": 90, "work": 5400, "stall": 300, "run": 60})
        self.assertEqual(self.step("--job", "mine")["retry"], {"times": 5, "on": ["odd"]})

    def test_need_the_data_of_the_options_in_force(self):
        self.assertEqual(self.step("--job", "mine")["data_needs"],
                         [{"path": "/d", "files": ["a-*", "b"], "help": "it is fetched"}])
        self.assertEqual(self.step("--job", "made")["data_needs"],
                         [{"path": "/l", "files": [], "help": ""}])

    def test_refuse_a_limit_of_a_phase_that_is_none(self):
        (self.folder / "ipucnn.yml").write_text(FILE.replace("limits: {total: 2h", "limits: {wrok: 2h"))
        done = program.ipucnn("run", "--job", "made", "--dry-run", cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"there is no phase 'wrok'", done.stderr)
        self.assertIn(b"did you mean 'work'?", done.stderr)

    def test_refuse_a_duration_that_is_none(self):
        (self.folder / "ipucnn.yml").write_text(FILE.replace("limit: 90s", "limit: 90x"))
        done = program.ipucnn("run", "--job", "made", "--dry-run", cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"limit needs a duration, as 90, 90s, 15m or 1h30m", done.stderr)


if __name__ == "__main__":
    program.main()
