#!/usr/bin/python3
"""Runs every case of tests/golden and compares its whole output.

A case is a folder: `cmd` is one line of words as a shell reads them, the first of them `ipucnn`; it runs
in an empty folder that holds copies of the case's other files. `env` sets variables, NAME=VALUE a line.
`stdout`, `stderr` and `exit` are what has to come out; an absent file stands for nothing, or 0. Line numbers
of built-in files are not compared. With a file `list`, the lines of `stdout` have to come out in their order,
and others may stand between: configs/ may get further entries.

usage: golden.py PROGRAM [CASE...]    (IPUCNN_UPDATE_GOLDENS=1 rewrites what differs)
"""
import concurrent.futures
import difflib
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

from support import places

CASES = pathlib.Path(__file__).resolve().parent / "golden"
OWN = {"cmd", "env", "stdout", "stderr", "exit", "list"}


def run_case(program, case):
    words = shlex.split((case / "cmd").read_text())
    if words[:1] != ["ipucnn"]:
        raise SystemExit(f"{case / 'cmd'}: the first word is not ipucnn")
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8",
               "ASAN_OPTIONS": "exitcode=99:detect_leaks=1", "UBSAN_OPTIONS": "exitcode=99"}
        if (case / "env").exists():
            env.update(line.split("=", 1) for line in (case / "env").read_text().splitlines())
        for path in case.iterdir():
            if path.name not in OWN:
                shutil.copy(path, folder)
        done = subprocess.run([program, *words[1:]], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
    if done.returncode not in (0, 1, 2, 3):
        raise SystemExit(f"{case.name}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    status = b"" if done.returncode == 0 else b"%d\n" % done.returncode
    return {"stdout": done.stdout, "stderr": done.stderr, "exit": status}


def difference(name, expected, got):
    lines = [text.decode("utf-8", "backslashreplace").replace("\0", "\\0\n").splitlines(keepends=True)
             for text in (expected, got)]
    return "".join(line if line.endswith("\n") else line + "\n\\ no end of line\n"
                   for line in difflib.unified_diff(*lines, f"{name} expected", f"{name} got"))


def same(case, name, expected, got):
    if expected == got:
        return True
    expected, got = (text.decode("utf-8", "surrogateescape") for text in (expected, got))
    if name == "stdout" and (case / "list").exists():
        return not places.missing_rows(expected, got)
    return places.without_lines(expected) == places.without_lines(got)


def compare(case, got, update):
    """What differs, for people; empty when nothing does."""
    report = ""
    for name, text in got.items():
        path = case / name
        expected = path.read_bytes() if path.exists() else b""
        if same(case, name, expected, text):
            continue
        report += difference(f"{case.name}/{name}", expected, text)
        if update and text:
            path.write_bytes(text)
        elif update:
            path.unlink()
    return report


def main(program, *names):
    update = os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1"
    # Those that list what there is differ for a program with more data (tests/adding_test.py).
    growing = os.environ.get("IPUCNN_GROWING_CASES", "").split()
    cases = [CASES / name for name in names] or sorted(
        path for path in CASES.iterdir() if path.is_dir() and path.name not in growing)
    program = os.path.abspath(program)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda case: run_case(program, case), cases))
    reports = [report for case, got in zip(cases, results) if (report := compare(case, got, update))]
    print("\n".join(reports), end="")
    print(f"golden: {len(cases)} cases, {len(reports)} {'rewritten' if update else 'differ'}")
    return 0 if cases and (update or not reports) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
