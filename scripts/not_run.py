"""Lists the tests of a ctest result file that were not run, with the reason they gave.

    not_run.py RESULTS.xml      status 1 when there are any
"""

import sys
import xml.etree.ElementTree as ElementTree


def reason(case):
    """gtest puts its message behind a line that ends in ': Skipped'; a script says it last."""
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    lines = [line for line in lines if line]
    for line, following in zip(lines, lines[1:]):
        if line.endswith(": Skipped"):
            return following
    if lines:
        return lines[-1]
    return "disabled" if case.get("status") == "disabled" else "no reason given"


def main():
    cases = ElementTree.parse(sys.argv[1]).iter("testcase")
    skipped = [case for case in cases if case.get("status") in ("notrun", "disabled")]
    for case in skipped:
        print(f"not run: {case.get('name')}: {reason(case)}")
    return 1 if skipped else 0


sys.exit(main())
