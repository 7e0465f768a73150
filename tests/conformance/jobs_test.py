#!/usr/bin/python3
"""Holds every job of configs/jobs/documented.yml to the published line of its name.

usage: jobs_test.py PROGRAM

Prints how many lines come out word for word; all 42 mean the same (tests/support/normalise.py).
"""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.normalise import normal_form  # noqa: E402

COMMANDS = json.loads((program.DATA / "seed_commands.json").read_text(encoding="utf-8"))
# The words of published lines as they stand there, with the faults that a shell or a launcher meets.
DEFECTIVE = json.loads((program.DATA / "defective_commands.json").read_text(encoding="utf-8"))
# Lines whose words we write otherwise: see docs/manual.md, "Published command lines".
WORD_FOR_WORD = 35


def plans(name):
    """The plans of a job: (word, value) put back -> plan."""
    plan = program.plan("--job", name)
    return plan["plans"] if plan["schema"] == "ipucnn.plans/2" else [plan]


def as_printed(argv, command):
    """The words with the placeholder of a sweep or a choice in the place of its value."""
    words = list(argv)
    for option, values in {**(command["sweep"] or {}), **(command["alternatives"] or {})}.items():
        shown = command["argv_corrected"]
        for i, word in enumerate(words):
            if word == option:
                assert words[i + 1] in values, words
                words[i + 1] = shown[shown.index(option) + 1]
            elif word.startswith(option + "="):
                assert word.split("=", 1)[1] in values, words
                words[i] = next(w for w in shown if w.startswith(option + "="))
    return words


class DocumentedJobs(unittest.TestCase):
    def test_there_is_a_job_for_every_line(self):
        listed = json.loads(program.output("show", "jobs", "--format", "json"))
        self.assertLessEqual({c["id"] for c in COMMANDS}, {job["name"] for job in listed["jobs"]})
        self.assertEqual(len(COMMANDS), 42)

    def test_every_job_means_what_the_line_says(self):
        exact = []
        for command in COMMANDS:
            name = command["id"]
            with self.subTest(name):
                found = plans(name)
                choices = {**(command["sweep"] or {}), **(command["alternatives"] or {})}
                expected = 1
                for values in choices.values():
                    expected *= len(values)
                self.assertEqual(len(found), expected)
                for plan in found:
                    self.assertEqual(plan["job"], name)
                    self.assertEqual(plan["preset"], command["config"] or plan["preset"])
                    self.assertEqual(plan["target"], command["target"])
                    step, = plan["steps"]
                    self.assertEqual(step["purpose"], command["purpose"])
                    words = as_printed(step["argv"], command)
                    self.assertEqual(normal_form(words, step["env"]), command["normal_form"])
                if [as_printed(plan["steps"][0]["argv"], command) for plan in found] == [
                        command["argv_corrected"]] * len(found):
                    exact.append(name)
        print("word for word: %d of %d" % (len(exact), len(COMMANDS)))
        self.assertEqual(len(exact), WORD_FOR_WORD,
                         sorted({c["id"] for c in COMMANDS} - set(exact)))

    def test_no_job_repeats_a_published_fault(self):
        corrected = {command["id"]: command["argv_corrected"] for command in COMMANDS}
        self.assertEqual(len(DEFECTIVE), 10)
        for line in DEFECTIVE:
            with self.subTest(line["id"]):
                self.assertTrue(line["defects"])
                if line["defects"] == ["unquoted-json-env"]:
                    continue  # a fault of the lines before it; the words are right
                self.assertNotEqual(line["argv"], corrected[line["id"]])
                self.assertNotIn(line["argv"], [plan["steps"][0]["argv"] for plan in plans(line["id"])])


if __name__ == "__main__":
    program.main()
