"""Holds the command lines that we write to the scripts' own parsing: they give the script the
values that `show` shows, with --config NAME and with --flat.

Run: /usr/bin/python3 tests/oracle/emission_test.py BATCH
BATCH is the program ipucnn_batch.
"""

import json
import pathlib
import sys
import unittest

import upstream

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.batch import Batch  # noqa: E402

BATCH = ""
# poprun hands out the replicas, and one process of several cannot validate.
LAUNCHER = {"replicas", "validation"}


def script_words(plan):
    argv = plan["steps"][0]["argv"]
    at = next(i for i, word in enumerate(argv) if word.endswith(".py"))
    return argv[at], argv[at + 1:]


class Emission(unittest.TestCase):
    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)

    def ours(self, *words):
        done = self.batch.ipucnn(*words, "--format", "json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def check(self, name, target, flat):
        words = ["--config", f"tensorflow1_cnns@2.3:{name}", "--data-dir", "/data"]
        words += ["--target", target] if target else []
        shown = self.ours("show", *words)
        plan = self.ours("run", *words, *(["--flat"] if flat else []), "--dry-run")
        if plan is None:
            return 0
        script, argv = script_words(plan)
        self.assertEqual(flat, "--config" not in argv)
        preset = {} if flat else self.presets[name]
        values, dests = upstream.resolve(script, preset, argv)
        for key, value in shown["settings"].items():
            if key in dests and not (key in LAUNCHER and "--num-replicas" in
                                     plan["steps"][0]["argv"]):
                expected = values[key]
                if isinstance(value, list):
                    value, expected = list(map(str, value)), list(map(str, expected))
                elif isinstance(expected, str):
                    value = str(value)  # a number in a file stays one; a word is a text
                self.assertEqual(value, expected, (name, target, flat, key))
        return 1

    def test_every_preset(self):
        self.presets = upstream.merged_presets()
        compared = sum(self.check(name, target, flat) for name in self.presets
                       for target in ("", "m2000", "pod64") for flat in (False, True))
        # Those that do not divide on a target are refused; the others are compared.
        self.assertGreater(compared, 3 * len(self.presets))


if __name__ == "__main__":
    BATCH = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
