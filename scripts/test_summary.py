"""Says in a few lines how a ctest result file ended: what failed, what was not run and why.

    test_summary.py NAME RESULTS.xml      status: 1 a test failed, 3 a test was not run, else 0
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
    name, path = sys.argv[1:]
    suite = ElementTree.parse(path).getroot()
    cases = list(suite.iter("testcase"))
    failed = [case for case in cases if case.get("status") == "fail"]
    skipped = [case for case in cases if case.get("status") in ("notrun", "disabled")]
    for case in skipped:
        print(f"not run: {case.get('name')}: {reason(case)}")
    for case in failed:
        print(f"FAILED: {case.get('name')}")
    passed = len(cases) - len(failed) - len(skipped)
    counts = [f"{passed} tests passed"]
    counts += [f"{len(failed)} FAILED"] if failed else []
    counts += [f"{len(skipped)} not run"] if skipped else []
    print(f"{name}: {', '.join(counts)} in {float(suite.get('time') or 0):.0f} s")
    return 1 if failed else 3 if skipped else 0


sys.exit(main())
