#!/usr/bin/python3
"""Runs every example of README.md and docs/*.md and compares its whole output.

An example is a fenced block marked `console`. Each line that begins with `$ `, and those behind it that go on
with `> `, is run by bash in a temporary folder with the program on PATH; the lines up to the next one are what it must print, standard
error after standard output. `# exit N` behind the command names the status, 0 otherwise. A block marked
`console no-test` is only looked at by people.

usage: docs_test.py PROGRAM ROOT    (IPUCNN_UPDATE_GOLDENS=1 rewrites the outputs in place)
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from support import places

STATUS = re.compile(r"\s+# exit (\d+)$")


def run(command, folder, program, root):
    status = STATUS.search(command)
    text = STATUS.sub("", command).replace("./scripts/ipucnn", "ipucnn")
    env = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", text], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr, done.returncode, int(status.group(1)) if status else 0


def blocks(lines):
    """(first line, behind the last line) of the inside of every console block."""
    start = None
    for number, line in enumerate(lines):
        if start is None and line.strip() == "```console":
            start = number + 1
        elif start is not None and line.strip() == "```":
            yield start, number
            start = None


def examples(block):
    """(command, expected lines) of one block."""
    found = []
    for line in block:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and line.startswith("> ") and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        elif found:
            found[-1][1].append(line)
    return found


def check(path, program, root, update):
    lines = path.read_text(encoding="utf-8").split("\n")
    faults = count = 0
    for first, behind in reversed(list(blocks(lines))):
        replaced = []
        with tempfile.TemporaryDirectory() as folder:
            for command, expected in examples(lines[first:behind]):
                output, status, wanted = run(command, pathlib.Path(folder), program, root)
                got = output.rstrip("\n").split("\n") if output else []
                replaced += ("$ " + command.replace("\n", "\n> ")).split("\n") + got
                count += 1
                same = places.without_lines("\n".join(got)) == places.without_lines("\n".join(expected))
                if same and status == wanted:
                    continue
                if update and status == wanted:
                    continue
                faults += 1
                print(f"{path.name}:{first + 1}: $ {command}")
                print(f"  status {status}, expected {wanted}")
                for side, text in (("expected", expected), ("printed", got)):
                    print(f"  {side}:")
                    print("\n".join("    " + line for line in text))
        if update:
            lines[first:behind] = replaced
    if update:
        path.write_text("\n".join(lines), encoding="utf-8")
    return count, faults


def main():
    program, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    update = os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1"
    total = bad = 0
    for path in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        count, faults = check(path, program, root, update)
        total += count
        bad += faults
    print(f"docs: {total} examples, {bad} differ")
    return 1 if bad or not total else 0


if __name__ == "__main__":
    sys.exit(main())
