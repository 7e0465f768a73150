#!/usr/bin/python3
"""What a text with twice as many commands or entries costs: twice the instructions, and not more.

usage: growth_test.py PROGRAM [SIZE]

Each kind of text is checked with SIZE, 2 x SIZE and 4 x SIZE items (50 unless said). Instructions are counted by
valgrind, so that a busy machine changes nothing.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import program

SIZE = int(sys.argv.pop(2)) if len(sys.argv) > 2 else 50
COMMAND = "python3 train.py --config mk2_resnet50_gn_16ipus --seed "
POPRUN = "poprun --num-instances 2 --num-replicas 16 --no-such-option python3 train.py --config mk2_resnet50_gn_16ipus"
MOST = 1.15  # an item's cost in the second half to that in the first; a square gives 2


def lines(form, n):
    return "".join(form.format(i=i, c=COMMAND) for i in range(n))


KINDS = {
    "commands.sh": lambda n: lines("{c}{i}\n", n),
    "one_line.sh": lambda n: lines("{c}{i}; ", n) + "\n",
    "errors.sh": lambda n: lines("{c}x{i}\n", n),
    "launcher_errors.sh": lambda n: (POPRUN + "\n") * n,
    "variables.sh": lambda n: lines("V{i}={i}\n", n) + lines("{c}$V{i}\n", n),
    "functions.sh": lambda n: "f() { " + COMMAND + "$1; }\n" + lines("f {i}\n", n),
    "substitutions.sh": lambda n: lines("(( 1 + $({c}{i}) ))\n", n),
    "here_documents.sh": lambda n: lines("bash <<X\n{c}{i}\nX\n", n),
    "not_read.sh": lambda n: lines("$P{i} train.py --config x\n", n),
    "fences.md": lambda n: lines("Text {i}\n\n```bash\n{c}{i}\n```\n", n),
    "workflow.yml": lambda n: "on: push\njobs:\n  a:\n    steps:\n" + lines("      - run: {c}{i}\n", n),
    "presets.yml": lambda n: "presets:\n  tensorflow1_cnns@2.3:\n" + lines(
        "    p{i}: {{extends: mk2_resnet50_gn_16ipus, seed: {i}}}\n", n),
    "jobs.yml": lambda n: "jobs:\n" + lines(
        "  j{i}: {{application: tensorflow1_cnns@2.3, preset: mk2_resnet50_gn_16ipus, options: {{seed: {i}}}}}\n", n),
}


class Growth(unittest.TestCase):
    def setUp(self):
        if shutil.which("valgrind") is None:
            print("valgrind is not installed")
            sys.exit(77)
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def instructions(self, name, text, *words):
        (self.folder / name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program.PROGRAM,
             *(words or ["check"]), name],
            cwd=self.folder, env=program.environment(), capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return int(re.search(r"Collected : (\d+)", done.stderr)[1])

    def hold(self, name, make, *words):
        one, two, four = (self.instructions(name, make(n), *words) for n in (SIZE, 2 * SIZE, 4 * SIZE))
        growth = (four - two) / 2 / (two - one)
        print(f"{name}: {(four - two) // (2 * SIZE):,} instructions an item, growth {growth:.2f}")
        self.assertLess(growth, MOST)

    def test_twice_the_text_costs_twice(self):
        for name, make in KINDS.items():
            with self.subTest(name):
                self.hold(name, make)

    def test_twice_the_suite_costs_twice(self):
        """With much text an entry, so that reading all of it once for each shows."""
        entry = "j{i}:\n  # " + "x" * 2000 + "\n  cmd: echo rate {i}\n  data: {{rate: {{regexp: 'rate (.*)'}}}}\n"
        self.hold("benchmarks.yml", lambda n: lines(entry, n), "bench", "--dry-run")


if __name__ == "__main__":
    program.main()
