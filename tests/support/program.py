"""The program under test, for tests in Python: its path is their first word."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
PROGRAM = ""
# Behind other options of the address sanitizer: what is given back counts as used while it keeps that apart.
KEEPS_LITTLE = ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"


def environment(**more):
    """What a process of ours gets: nothing of the machine's own but where programs are."""
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
           "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"}
    env.update(more)
    return env


def ipucnn(*words, cwd=None, env=None):
    return subprocess.run([PROGRAM, *map(os.fsencode, words)], cwd=cwd, env=env or environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120)


def output(*words, **how):
    """What the program printed; it has to end well."""
    done = ipucnn(*words, **how)
    if done.returncode != 0:
        raise AssertionError(f"{words}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def plan(*words, **how):
    """The plan of `run WORDS` as JSON."""
    return json.loads(output("run", *words, "--dry-run", "--format", "json", **how))


def argv_of(*words, **how):
    """The words that `run WORDS` would start."""
    text = output("run", *words, "--dry-run", "--format", "argv", **how)
    return text.decode("utf-8", "surrogateescape").split("\0")[:-1]


def main():
    """Runs the caller's tests; the first word of the command line is the program (or its batch)."""
    global PROGRAM
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
