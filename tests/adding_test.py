#!/usr/bin/python3
"""Runs the stored texts with a program whose built-in data have what docs/adding.md adds to them, and sees that
the additions are there.

usage: adding_test.py PROGRAM CONFIGS SHIPPED      (CONFIGS: what PROGRAM has built in; SHIPPED: the usual
program, which gets the same from a file of the user's)
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

PROGRAM = CONFIGS = SHIPPED = ""
TESTS = pathlib.Path(__file__).resolve().parent
ROOT = TESTS.parent


# Each prints every target for IPUs, or every metric of an application, among other things.
GROWING = "P030_wrong_hardware run_bn16_train_json run_compile_first_json run_gn16_train_json run_site show_targets_broken"


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          env={**os.environ, "IPUCNN_GROWING_CASES": GROWING})


class Adding(unittest.TestCase):
    def hold(self, program, *files):
        config = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", *files]
        shown = run(program, "show", *config, "--target", "rack32", "--format", "json")
        self.assertEqual(32, json.loads(shown.stdout)["geometry"]["ipus"], shown.stdout)
        planned = run(program, "run", *config, "--data-dir", "/d", "--sharpness", "0.25", "--dry-run")
        self.assertIn(" --sharpness 0.25", planned.stdout)
        entry = json.loads(run(program, "show", "target", "rack32", *files, "--format", "json").stdout)
        self.assertEqual("bow", entry["values"]["generation"])
        plan = json.loads(run(program, "run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_sharp", *files, "--site", "example-rack32",
                              "--dry-run", "--format", "json").stdout)
        step, = plan["steps"]
        self.assertEqual("rack32", plan["target"])
        self.assertIn("192.0.2.21,192.0.2.22", step["argv"])
        self.assertEqual(1024, step["geometry"]["global_batch"])
        self.assertIn("sharpness", [metric["name"] for metric in step["metrics"]])
        self.assertEqual(0.75, step["settings"]["sharpness"])

    def test_the_additions_are_there(self):
        self.hold(PROGRAM)

    def test_a_file_of_the_user_s_does_the_same(self):
        blocks = re.findall(r"```yaml\n# configs/(\w+)/(\S+), behind `( *)(\S+)`\n(.*?)```",
                            (ROOT / "docs/adding.md").read_text(encoding="utf-8"), re.S)
        self.assertEqual(5, len(blocks))
        own = {}
        for kind, _, indent, behind, text in blocks:
            entries = yaml.safe_load(text)
            if kind == "apps":
                app = own.setdefault("applications", {}).setdefault(
                    "tensorflow1_cnns@2.3", {"extends": "tensorflow1_cnns@2.3"})
                app[behind.rstrip(":")] = entries
            elif kind == "presets":
                own["presets"] = {behind.rstrip(":"): entries}
            else:
                own[kind] = entries
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mine.yml"
            path.write_text(yaml.safe_dump(own, sort_keys=False))
            checked = run(SHIPPED, "check", path)
            self.assertEqual(0, checked.returncode, checked.stdout + checked.stderr)
            self.hold(SHIPPED, "--presets", path)

    def test_the_data_keep_their_invariants(self):
        done = subprocess.run(["/usr/bin/python3", TESTS / "oracle" / "data_test.py"], capture_output=True,
                              text=True, check=False, env={**os.environ, "IPUCNN_CONFIGS": CONFIGS})
        self.assertEqual(0, done.returncode, done.stderr[-3000:])

    def test_the_stored_texts_hold(self):
        for test, more in (("golden.py", []), ("err_test.py", []), ("config_test.py", []),
                           ("docs_test.py", [ROOT]), ("entries_test.py", ["50"])):
            with self.subTest(test=test):
                done = run("/usr/bin/python3", TESTS / test, PROGRAM, *more)
                self.assertEqual(0, done.returncode, (done.stdout + done.stderr)[-3000:])


if __name__ == "__main__":
    PROGRAM, CONFIGS, SHIPPED = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
