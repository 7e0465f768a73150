#!/usr/bin/python3
"""Holds findings to be append-only: whoever finds something says it once, and src/check/suppression.cpp
(`judge`) alone decides how it counts on an occasion.

usage: findings_test.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
COMMANDS = sorted((ROOT / "src/cli").glob("*.cpp")) + sorted((ROOT / "src/cli").glob("*.h"))
HEADER = (ROOT / "include/ipucnn/diagnostic.h").read_text()

# An id that a command looks for, a severity that it sets, a finding that it takes away.
FORBIDDEN = [
    (r"[!=]=\s*FindingId::|FindingId::\w+\s*[!=]=|case FindingId::", "looks for a finding by its id"),
    (r"(?<![\w.])\w+(?:\.|->)severity\s*=(?!=)", "sets a severity"),
    (r"(?:findings|found|diagnostics)\w*(?:\(\))?\.(?:erase|clear|pop_back)\b", "takes findings away"),
    (r"erase_if\(\s*\w*(?:findings|found)\b", "takes findings away"),
    (r"const_cast", "goes round a const"),
]


def main():
    faults = []
    for path in COMMANDS:
        text = path.read_text()
        for pattern, what in FORBIDDEN:
            for hit in re.finditer(pattern, text):
                line = text.count("\n", 0, hit.start()) + 1
                faults.append(f"{path.relative_to(ROOT)}:{line}: {what}: {hit.group(0)}")
    start = HEADER.index("class Diagnostics {")
    public = HEADER[start:HEADER.index(" private:", start)]
    if re.search(r"(?<!const )std::vector<Diagnostic>\s*&", public):
        faults.append("include/ipucnn/diagnostic.h: findings can be changed from outside")
    for fault in faults:
        print(fault)
    print(f"findings: {len(COMMANDS)} files of commands, {len(faults)} faults")
    return 1 if faults or not COMMANDS else 0


if __name__ == "__main__":
    sys.exit(main())
