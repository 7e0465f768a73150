#!/usr/bin/python3
"""Holds the walk through docs/architecture.md to the code: each name that stands with a file is in it.

usage: walk_test.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
SECTION = re.compile(r"^## One command, function by function\n(.*?)^## ", re.M | re.S)
NAMED = re.compile(r"`(\w+)`(?:,| \()\s*((?:src|include)/[\w/.]+\.(?:cpp|h))\)")


def main():
    text = SECTION.search((ROOT / "docs/architecture.md").read_text()).group(1)
    named = NAMED.findall(re.sub(r"\s+", " ", text))
    faults = []
    for name, file in named:
        path = ROOT / file
        if not path.is_file():
            faults.append(f"{file} is not there")
        elif not re.search(rf"\b{name}\b", path.read_text()):
            faults.append(f"{file} has no {name}")
    # A name without its file would not be held to anything.
    files = len(re.findall(r"\b(?:src|include)/", text))
    if files != len(named):
        faults.append(f"{files} files stand in the walk, and {len(named)} with a name")
    print("\n".join(faults + [f"walk: {len(named)} names, {len(faults)} faults"]))
    return 1 if faults or len(named) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
