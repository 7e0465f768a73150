#!/usr/bin/python3
"""Holds every job of configs/jobs to the published line of its name.

usage: jobs_test.py PROGRAM

Prints how many lines of documented.yml come out word for word; all 42 mean the same (tests/support/normalise.py).
Those of the other files are held to the entries and commands of tests/data/releases, which tests/support/benchmarks.py
reads.
"""
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import benchmarks, program  # noqa: E402
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


SHORT = {"pytorch_cnns": "pytorch", "tensorflow1_cnns": "tf1", "tensorflow2_cnns": "tf2"}


class PublishedJobs(unittest.TestCase):
    maxDiff = None

    @staticmethod
    def planned(pattern):
        """Meanings of the plans of each job whose name fits."""
        done = program.ipucnn("bench", pattern, "--dry-run", "--format", "json")
        found = {}
        for plan in json.loads(done.stdout)["plans"]:
            step, = plan["steps"]
            found.setdefault(plan["job"], []).append(
                benchmarks.meaning(step["argv"], step["env"], plan["application"].split("@")[0]))
        return found

    def hold(self, expected, pattern):
        """Jobs of ours for each name: NAME, or NAME-... for each of its values that no sweep can run through."""
        found = self.planned(pattern)
        for name, meanings in expected.items():
            own = [key for key in found if key == name or key.startswith(name + "-x") or
                   key.startswith(name + "-") and key[len(name) + 1:].isdigit()]
            made = [one for key in own for one in found.pop(key)]
            # A training by poprun has what the documents ask for, also where an entry does not.
            made = [(env, sorted(options)) for env, options in made]
            for env, options in meanings:
                if (env, sorted(options + [["--no-validation"]])) not in made or ["poprun"] not in options:
                    self.assertIn((env, sorted(options)), made, name)
            self.assertEqual(len(made), len(meanings), name)
        self.assertEqual(found, {})
        return sum(map(len, expected.values()))

    def test_every_entry_has_one(self):
        entries = benchmarks.entries()
        commands = jobs = 0
        for release in ("2.6", "3.0", "3.2", "3.3"):
            expected = {}
            for group, found in entries[release].items():
                application = benchmarks.application_of(group)
                if release == "3.3":
                    found = {name: entry for name, entry in found.items() if entry != entries["3.2"][group][name]}
                for name, _, env, words in benchmarks.expanded(benchmarks.spec_text(found)) if found else []:
                    # Of these there is no job.
                    if not benchmarks.UNKNOWN_SCRIPTS.intersection(words) and name not in benchmarks.STOPPING:
                        expected.setdefault(f"{name}-{release}", []).append(benchmarks.meaning(words, env, application))
            jobs += len(expected)
            commands += self.hold(expected, f"*-{release}*")
        print(f"{commands} commands of {jobs} entries")

    def test_every_command_of_a_readme_has_one(self):
        expected = {}
        for release, path, number, command in benchmarks.readme_commands():
            application = benchmarks.application_of(path.replace("/cnns/", "/"))
            same = release in ("2.2", "2.5") or (release, application) == ("2.3", "tensorflow1_cnns")
            if same or benchmarks.UNKNOWN_SCRIPTS.intersection(command["cmd"]):
                continue
            sizes = re.findall(r"\d+", str(command.get("batch_sizes", "4"))) if "{batchsize}" in command["cmd"] else [""]
            if "..." in str(command.get("batch_sizes")):
                sizes = [sizes[0], sizes[-1]]
            kind = "infer" if "inference" in path else "train"
            name = f"{SHORT[application]}-readme-{release}-{kind}-{number + 1}"
            expected[name] = [benchmarks.meaning([word.replace("{batchsize}", size) for word in command["cmd"]],
                                                 command.get("env", {}), application) for size in sizes]
        print(f"{self.hold(expected, '*-readme-*')} commands of {len(expected)} lines of README_Benchmarks.md")


if __name__ == "__main__":
    program.main()
