#!/usr/bin/python3
"""Runs the stored texts with a program whose built-in data have what docs/adding.md adds to them, and sees that
the additions are there.

usage: adding_test.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

PROGRAM = ""
TESTS = pathlib.Path(__file__).resolve().parent
ROOT = TESTS.parent


# Each prints every target for IPUs, or every metric of an application, among other things.
GROWING = "P030_wrong_hardware run_bn16_train_json run_gn16_train_json run_site show_targets_broken"


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          env={**os.environ, "IPUCNN_GROWING_CASES": GROWING})


class Adding(unittest.TestCase):
    def test_the_additions_are_there(self):
        config = ["--config", "mk2_resnet50_gn_16ipus"]
        shown = run(PROGRAM, "show", *config, "--target", "rack48", "--format", "json")
        self.assertEqual(48, json.loads(shown.stdout)["geometry"]["ipus"], shown.stdout)
        planned = run(PROGRAM, "run", *config, "--data-dir", "/d", "--sharpness", "0.25", "--dry-run")
        self.assertIn(" --sharpness 0.25", planned.stdout)
        entry = json.loads(run(PROGRAM, "show", "target", "rack48", "--format", "json").stdout)
        self.assertEqual("mk2", entry["values"]["generation"])

    def test_the_stored_texts_hold(self):
        for test, more in (("golden.py", []), ("err_test.py", []), ("config_test.py", []),
                           ("docs_test.py", [ROOT]), ("entries_test.py", ["50"])):
            with self.subTest(test=test):
                done = run("/usr/bin/python3", TESTS / test, PROGRAM, *more)
                self.assertEqual(0, done.returncode, (done.stdout + done.stderr)[-3000:])


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
