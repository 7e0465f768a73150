#!/usr/bin/python3
"""Holds the reports of `check` to published schemas: SARIF 2.1.0 and JUnit as Jenkins reads it.

usage: schemas_test.py PROGRAM    (needs python3-jsonschema and python3-lxml; without them it is skipped)
"""
import json
import os
import sys
import unittest

from support import program

try:
    import jsonschema
    from lxml import etree
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FOLDER = program.DATA / "schemas"
ERR = program.ROOT / "tests" / "err"
# A report each: files with names and texts of every kind, a command line alone, nothing at all, a file
# that cannot be read as YAML, every built-in preset, no project.
WORDS = [["p.yml"], ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--batch-size", "\x01é\udcff"],
         ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--purpose", "train"], ["Y001_nul_byte.yml"],
         ["Y001_invalid_utf8.yml"], ["--builtin"], []]


def report(words, form):
    folder = ERR if words and words[0].startswith("Y") else program.ROOT / "tests" / "golden" / \
        "check_format_text"
    return program.ipucnn("check", *words, "--format", form, cwd=folder).stdout


class Reports(unittest.TestCase):
    def test_sarif(self):
        schema = json.loads((FOLDER / "sarif-2.1.0-rtm.5.json").read_text())
        validator = jsonschema.Draft4Validator(schema)
        broken = json.loads(report(["p.yml"], "sarif"))
        broken["runs"][0]["results"][0]["level"] = "fatal"
        self.assertTrue(list(validator.iter_errors(broken)))
        for words in WORDS:
            with self.subTest(words=words):
                log = json.loads(report(words, "sarif").decode("utf-8"))
                self.assertEqual([e.message for e in validator.iter_errors(log)], [])
                for run in log["runs"]:
                    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
                    for result in run["results"]:
                        self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])

    def test_gitlab(self):
        """The fields that GitLab's documentation of the report asks for."""
        schema = {"type": "array", "items": {
            "type": "object", "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {"type": "object", "required": ["path", "lines"], "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
                    "lines": {"type": "object", "required": ["begin"],
                              "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}}
        for words in WORDS:
            with self.subTest(words=words):
                entries = json.loads(report(words, "gitlab"))
                jsonschema.validate(entries, schema)
                prints = [entry["fingerprint"] for entry in entries]
                self.assertEqual(len(prints), len(set(prints)))
                findings = json.loads(report(words, "json"))["findings"]
                self.assertEqual(sorted(f["id"] for f in findings),
                                 sorted(entry["check_name"] for entry in entries))

    def test_junit(self):
        schema = etree.XMLSchema(etree.parse(str(FOLDER / "jenkins-junit.xsd")))
        self.assertFalse(schema.validate(etree.fromstring("<testsuites><testcase/></testsuites>")))
        for words in WORDS:
            with self.subTest(words=words):
                xml = etree.fromstring(report(words, "junit"))
                schema.assertValid(xml)
                for suite in xml:
                    self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
                    self.assertEqual(int(suite.get("failures")),
                                     len([c for c in suite if c.find("failure") is not None]))

    def test_plan(self):
        schema = json.loads((FOLDER / "ipucnn-plan-2.json").read_text())
        validator = jsonschema.Draft7Validator(schema)
        jobs = [["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--then", "validation", "--data-dir", "${env:D:-x}/y"],
                ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--name-suffix", "\udcff", "--weight-decay", "inf"],
                ["--config", "pytorch_cnns@2.0:resnet50-16ipu-mk2"], ["--app", "tensorflow1_cnns@2.3", "--purpose", "help"],
                ["--job", "bench-resnet50-m2000-inference"]]
        for words in jobs:
            with self.subTest(words=words):
                text = program.ipucnn("run", *words, "--dry-run", "--format", "json").stdout
                plan = json.loads(text)
                self.assertEqual([e.message for e in validator.iter_errors(plan)], [])
                del plan["schema"]
                self.assertTrue(list(validator.iter_errors(plan)))

    def test_columns_are_characters(self):
        line = (program.ROOT / "tests" / "golden" / "check_format_text" /
                "p.yml").read_text().splitlines()
        log = json.loads(report(["p.yml"], "sarif"))
        pointed = []
        for result in log["runs"][0]["results"]:
            if "locations" not in result:
                continue  # of a built-in preset, which no tool can open
            at = result["locations"][0]["physicalLocation"]["region"]
            pointed.append(line[at["startLine"] - 1][at["startColumn"] - 1:at["endColumn"] - 1])
        self.assertEqual(pointed, ["18", "label_smothing", "b9/1/relu"])


if __name__ == "__main__":
    program.main()
