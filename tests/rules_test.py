#!/usr/bin/python3
"""Keeps the table of findings, docs/checks.md, the demands of the sources and the cases in step.

usage: rules_test.py
"""
import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHECKS = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
ERR = ROOT / "tests" / "err"
GOLDEN = ROOT / "tests" / "golden"
# Findings that no command of this machine alone shows.
WITHOUT_CASE = {
    **dict.fromkeys(["L028", "L029", "L039"], "of a preflight; tests/unit/preflight and tests/runs_test.py have them"),
    "L030": "only before a real run; tests/oracle/run_test.py has one",
    **dict.fromkeys(["L031", "L032", "L033", "L034", "L035", "D010", "D011", "D012"],
                    "of a preflight; tests/unit/preflight and tests/oracle/run_test.py have them"),
    "L002": "every folder is known, or its absence is said on one line",
}


def findings():
    text = (ROOT / "include" / "ipucnn" / "findings.def").read_text()
    rows = re.findall(r'^FINDING\((\w+), (\w+), (\w+), \w+, \w+,\s+"([^"]*)"\)', text, re.M)
    assert len(rows) == len(re.findall(r"^FINDING\(", text, re.M))
    return rows


def lines(name):
    text = (ROOT / "tests" / "data" / name).read_text()
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def table(heading):
    section = CHECKS[CHECKS.index(heading):]
    end = section.find("\n## ", 1)
    rows = re.findall(r"^\| ([A-Z]{2} .*?) \| (.*?) \|$", section[:end if end > 0 else None], re.M)
    return [(demand, rest) for first, rest in rows for demand in expand(first)]


def expand(text):
    """"TF R3, PT R1 to R44": every demand by itself, as (source, number)."""
    found = []
    for part in text.split(", "):
        several = re.fullmatch(r"(\w+) ([A-Z])(\d+) to [A-Z](\d+)", part)
        if several:
            source, letter, first, last = several.groups()
            found += [(source, f"{letter}{n}") for n in range(int(first), int(last) + 1)]
        else:
            found.append(tuple(part.split()))
    return found


def case_files(name):
    return [path for path in (ERR / f"{name}.yml", ERR / f"{name}.cmd") if path.exists()]


class Findings(unittest.TestCase):
    def test_each_has_a_section_with_its_own_words(self):
        sections = re.findall(r"^### (\w+) (\w+)\n\n(\w+): (.*?)\.\n\n", CHECKS, re.M | re.S)
        self.assertEqual(sorted((i, n, s, " ".join(t.split())) for i, n, s, t in sections),
                         sorted(findings()))

    def test_each_has_a_case(self):
        names = [path.name for path in ERR.iterdir()] + [path.name for path in GOLDEN.iterdir()]
        shown = {name.split("_")[0] for name in names}
        ids = {row[0] for row in findings()}
        self.assertEqual(ids - shown, set(WITHOUT_CASE))


SECTION = re.compile(r"^### ([A-Z]\d+) \w+\n(.*?)(?=^##)", re.M | re.S)
EVIDENCE = {"the scripts' code", "the framework's code", "documents", "the reader of YAML", "the shell",
            "Open MPI", "inference", "this program"}
# How the sources are called in a section, and the oldest release that was read for them.
SINCE = {"TF": "tensorflow1_cnns@2.2", "PyTorch": "pytorch_cnns@2.0", "nvcnn": "nvcnn_hvd@1.1",
         "TF2": "tensorflow2_cnns@2.4", "poprun": "Poplar SDK 2.0"}


class Evidence(unittest.TestCase):
    def test_of_each_is_said_with_the_release(self):
        known = 0
        for finding, body in SECTION.findall(CHECKS):
            with self.subTest(finding=finding):
                said = re.search(r"^Known from: (.*?)\.\n\n", body, re.M | re.S)
                from_what, _, since = " ".join(said.group(1).split()).partition("; since ")
                self.assertLessEqual(set(from_what.split(", ")), EVIDENCE)
                source = " ".join(re.search(r"^Source: (.*?)\.$", body, re.M | re.S).group(1).split())
                named = {release for word, release in SINCE.items() if f"{word} " in source + " "}
                self.assertLessEqual(set(since.split(", ")) - {""}, set(SINCE.values()))
                # Where a rule of a source is named, its release is; the shell and Open MPI have none.
                if not set(from_what.split(", ")) & {"the shell", "Open MPI", "inference"}:
                    self.assertLessEqual(named, set(since.split(", ")))
                known += 1
        self.assertEqual(known, len(findings()))

    def test_names_releases_that_are_there(self):
        apps = set()
        for path in (ROOT / "configs" / "apps").glob("*.yml"):
            apps |= set(yaml.safe_load(path.read_text())["applications"])
        self.assertLessEqual({release for release in SINCE.values() if "@" in release}, apps)


class Snippets(unittest.TestCase):
    def test_what_is_to_be_copied_is_yaml_and_in_step_with_the_hook(self):
        workflow, hooks = (yaml.safe_load(text) for text in
                           re.findall(r"^```yaml\n(.*?)^```$", CHECKS, re.M | re.S))
        self.assertEqual(workflow["jobs"]["check"]["steps"][1]["run"],
                         "ipucnn check --locked --format github")
        shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
        self.assertEqual(hooks["repos"][0]["hooks"], shipped)


class Demands(unittest.TestCase):
    def setUp(self):
        self.sources = [(row[0], number) for row in lines("rule_sources.txt") for number in row[1:]]
        self.cases = lines("rule_cases.txt")

    def test_each_is_checked_or_has_a_reason(self):
        found = [demand for demand, _ in table("## Rules by source") + table("## Not checked")]
        self.assertEqual(sorted(found), sorted(self.sources))

    def test_the_table_names_what_the_cases_show(self):
        shown = {}
        for source, number, finding, _ in self.cases:
            shown.setdefault((source, number), set()).add(finding)
        self.assertEqual({demand: set(ids.split(", ")) for demand, ids in table("## Rules by source")},
                         shown)

    def test_each_case_is_there_and_shows_its_finding(self):
        for _, _, finding, case in self.cases:
            with self.subTest(case=case):
                self.assertTrue(case.startswith(finding + "_"))
                self.assertEqual(len(case_files(case)), 1)
                text = (ERR / f"{case}.out").read_text()
                self.assertIn(f"[{finding}]", text)


if __name__ == "__main__":
    unittest.main()
