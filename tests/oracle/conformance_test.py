#!/usr/bin/python3
"""Holds planned commands to the documented ones of tests/data/seed_commands.json.

usage: conformance_test.py PROGRAM
"""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.normalise import normal_form  # noqa: E402

SITES = str(program.DATA / "documents-site.yml")
COMMANDS = {c["id"]: c for c in json.loads((program.DATA / "seed_commands.json").read_text())}

# Planned in the default profile for the preset's own target: equal word for word.
WORD_FOR_WORD = {
    "tf1-resnet50-gn16-train": ["--data-dir", "your_dataset_dir_path"],
    "tf1-resnet50-gn16-validate": ["--data-dir", "your_dataset_dir_path",
                                   "--restore-path", "generated_checkpoints_dir_path"],
    "tf1-resnet50-bn16-train": ["--data-dir", "your_dataset_path"],
    "tf1-resnet50-bn16-validate": ["--data-dir", "your_dataset_dir_path",
                                   "--restore-path", "generated_checkpoints_dir_path"],
}

# Planned with the documents' site and profile: equal in normal form.
SAME_MEANING = {
    "bench-resnet50-m2000-train": ["--target", "m2000", "--site", "documents-benchmark",
                                   "--launch-profile", "documents-benchmark-m2000"],
    "tf1-resnet50-bn64-train": ["--site", "documents-pod64", "--launch-profile", "documents-bn64"],
    "tf1-resnet50-bn64-validate": ["--site", "documents-pod64", "--launch-profile", "documents-bn64"],
    "tf1-resnet50-bn128-train": ["--site", "documents-pod128", "--launch-profile", "documents-bn128"],
}


def words_for(command, options):
    return ["--config", command["config"], "--purpose", command["purpose"], *options]


class NormalForm(unittest.TestCase):
    def test_is_that_of_the_table_for_every_command(self):
        self.assertEqual(len(COMMANDS), 42)
        for name, command in COMMANDS.items():
            with self.subTest(name):
                self.assertEqual(normal_form(command["argv_corrected"], command["env"]),
                                 command["normal_form"])

    def test_of_a_normal_form_is_itself(self):
        for name, command in COMMANDS.items():
            with self.subTest(name):
                form = command["normal_form"]
                self.assertEqual(normal_form(form["argv"], form["env"]), form)

    def test_keeps_values_and_their_order(self):
        self.assertNotEqual(normal_form(["python", "t.py", "--a", "1", "2"], {}),
                            normal_form(["python", "t.py", "--a", "2", "1"], {}))
        self.assertNotEqual(normal_form(["poprun", "--host", "a,b", "python", "t.py"], {}),
                            normal_form(["poprun", "--host", "b,a", "python", "t.py"], {}))


class DocumentedCommands(unittest.TestCase):
    def test_plain_lines_are_planned_word_for_word(self):
        for name, options in WORD_FOR_WORD.items():
            with self.subTest(name):
                command = COMMANDS[name]
                plan = program.plan(*words_for(command, options))
                self.assertEqual(plan["steps"][0]["argv"], command["argv_corrected"])
                self.assertEqual(plan["steps"][0]["env"], command["env"])
                self.assertEqual(plan["target"], command["target"])

    def test_lines_of_a_site_mean_the_same(self):
        for name, options in SAME_MEANING.items():
            with self.subTest(name):
                command = COMMANDS[name]
                plan = program.plan("--presets", SITES, *words_for(command, options))
                step = plan["steps"][0]
                self.assertEqual(normal_form(step["argv"], step["env"]), command["normal_form"])
                self.assertEqual(plan["target"], command["target"])


if __name__ == "__main__":
    program.main()
