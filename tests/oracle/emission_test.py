"""Holds the command lines that we write to the scripts' own parsing: they give the script the
values that `show` shows, with --config NAME and with --flat.

Run: /usr/bin/python3 tests/oracle/emission_test.py IPUCNN
"""

import json
import os
import subprocess
import sys
import unittest

import upstream

IPUCNN = ""
# poprun hands out the replicas, and one process of several cannot validate.
LAUNCHER = {"replicas", "validation"}


def ours(*words):
    done = subprocess.run([IPUCNN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, cwd="/",
                          check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def script_words(plan):
    argv = plan["steps"][0]["argv"]
    at = next(i for i, word in enumerate(argv) if word.endswith(".py"))
    return argv[at], argv[at + 1:]


class Emission(unittest.TestCase):
    def check(self, name, target, flat):
        words = ["--config", f"tensorflow1_cnns:{name}", "--data-dir", "/data"]
        words += ["--target", target] if target else []
        shown = ours("show", *words, "--format", "json")
        plan = ours("run", *words, *(["--flat"] if flat else []), "--dry-run", "--format", "json")
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
    IPUCNN = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1])
