"""Every fault with the whole text that it gives: tests/err/<ID>_<name>.yml (or .cmd) and .out.

A .yml file is given to `ipucnn show p --presets FILE --app tensorflow1_cnns@2.3`, or to what its first
line says (`# ipucnn WORDS`). A .cmd file holds the words of a command line. The .out file has the
exit status, what `check` prints, and standard error. IPUCNN_UPDATE_GOLDENS=1 writes what is printed now.

Run: /usr/bin/python3 tests/err_test.py IPUCNN
"""

import glob
import os
import shlex
import subprocess
import sys
import unittest

from support import places

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "err")
IPUCNN = ""


def words_of(path):
    name = os.path.basename(path)
    with open(path, "rb") as file:
        first = file.readline().decode("utf-8", "replace").rstrip("\n")
    if name.endswith(".cmd"):
        return shlex.split(first)
    if first.startswith("# ipucnn "):
        return shlex.split(first[len("# ipucnn "):].replace("FILE", name))
    return ["show", "p", "--presets", name, "--app", "tensorflow1_cnns@2.3"]


def printed(path):
    words = words_of(path)
    done = subprocess.run([IPUCNN, *words], cwd=FOLDER, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    # What `check` finds is its result; elsewhere findings stand beside the result.
    found = done.stdout if words[0] == "check" else b""
    return f"exit {done.returncode}\n".encode() + found + done.stderr


class Faults(unittest.TestCase):
    maxDiff = None

    def test_every_case(self):
        cases = sorted(glob.glob(os.path.join(FOLDER, "*.yml")) +
                       glob.glob(os.path.join(FOLDER, "*.cmd")))
        self.assertTrue(cases)
        growing = os.environ.get("IPUCNN_GROWING_CASES", "").split()
        for path in cases:
            stem = os.path.splitext(path)[0]
            if os.path.basename(stem) in growing:
                continue
            with self.subTest(case=os.path.basename(stem)):
                now = printed(path)
                if os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1":
                    with open(stem + ".out", "wb") as file:
                        file.write(now)
                with open(stem + ".out", "rb") as file:
                    expected, printed_now = (places.without_lines(text.decode("utf-8", "surrogateescape"))
                                             for text in (file.read(), now))
                    self.assertEqual(expected, printed_now)
                # A case is named after what it shows.
                finding = os.path.basename(stem).split("_")[0]
                self.assertIn(f"[{finding}]".encode(), now)


if __name__ == "__main__":
    IPUCNN = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1])
