#!/usr/bin/python3
"""Holds the names of our options to those of the scripts, and what people read to 80 columns.

usage: command_line_test.py PROGRAM
"""
import pathlib
import re
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402

COMMANDS = ("run", "show", "import", "check", "lock", "solve", "explain", "report", "runs", "init", "schema", "completion")
LISTS = ("presets", "targets", "apps", "sites", "profiles", "config")
MANUAL = program.ROOT / "docs" / "manual.md"


def rows():
    """Every option of ours as (name, placeholder, letters, marks)."""
    text = (program.ROOT / "src" / "cli" / "options.def").read_text()
    options = re.findall(r'^OPTION\(\w+, "([\w-]+)",\s*(.*?\)),\s*"(.*?)",\s*\w+,\s*(.*?),\s*"', text,
                         re.MULTILINE | re.DOTALL)
    assert len(options) == len(re.findall("^OPTION", text, re.MULTILINE))
    return options


def commands():
    text = (program.ROOT / "src" / "cli" / "commands.def").read_text()
    return {letter: name for name, letter in re.findall(r"^COMMAND\((\w+), '(\w)'", text, re.MULTILINE)}


def ours():
    return {"--" + name for name, *_ in rows()}


def of_the_scripts():
    flags = set()
    for path in (program.ROOT / "configs" / "apps").glob("*.yml"):
        for app in yaml.load(path.read_text(), yaml.FullLoader)["applications"].values():
            for option in app.get("options", {}).values():
                flags |= {part["flag"] for part in (option or {}, *((option or {}).get("variants") or [])) if "flag" in part}
    return flags


def listed_in_the_manual():
    """Options in the manual's table of shared names, each with its reason."""
    section = MANUAL.read_text().split("## Names of options", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `(--[\w-]+)` \| (.+) \|$", section, re.MULTILINE))


class Names(unittest.TestCase):
    def test_are_no_prefix_of_a_scripts_option_but_those_with_a_reason(self):
        self.assertGreater(len(of_the_scripts()), 100)
        shared = {name for name in ours() for flag in of_the_scripts()
                  if flag.replace("_", "-").startswith(name)}
        self.assertEqual(shared, set(listed_in_the_manual()))


    def test_are_all_in_the_manual_as_they_are(self):
        letters = commands()
        options = rows()
        planning = "run, show, check, lock, solve, explain"
        expected = []
        for name, value, where, marks in options:
            word = "N" if value == "whole_number()" else "".join(re.findall(r'"([^"]*)"', value)[:1])
            takers = "all" if where == "*" else ", ".join(
                letters[letter] for letter in letters if letter in where)
            expected.append((f"--{name} {word}".strip(), takers, "kVariable" in marks))
        section = MANUAL.read_text().split("## Options", 1)[1].split("\n## ", 1)[0]
        order = list(letters.values())
        listed = [(option.replace("\\|", "|"),
                   ", ".join(sorted(takers.replace("planning", planning).split(", "),
                                    key=lambda name: order.index(name) if name in order else 0)),
                   "`IPUCNN_" in meaning) for option, takers, meaning in
                  re.findall(r"^\| `(--[^`]+)` \| ([\w, ]+) \| (.+) \|$", section, re.MULTILINE)]
        self.assertEqual(sorted(listed), sorted(expected))


class Width(unittest.TestCase):
    def expect_to_fit(self, text, names_of_files=False):
        for line in text.decode().splitlines():
            if names_of_files and "/" in line:
                continue  # a path is as long as it is
            self.assertLessEqual(len(line), 80, line)

    def test_of_help_is_at_most_80(self):
        self.expect_to_fit(program.output("--help"))
        for command in COMMANDS:
            with self.subTest(command):
                self.expect_to_fit(program.output(command, "--help"))

    def test_of_lists_is_at_most_80(self):
        for name in LISTS:
            with self.subTest(name):
                text = program.output("show", name)
                if name == "presets":  # a table is as wide as its longest name, which is a release's own
                    tables = text.split(b"\n\n")
                    text = b"\n\n".join(one for one in tables if max(map(len, one.split())) <= 40)
                    self.assertLess(len(tables) - text.count(b"\n\n") - 1, 5)
                self.expect_to_fit(text, names_of_files=name == "config")

    def test_of_a_preset_is_at_most_80_but_for_long_lists(self):
        text = program.output("show", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--defaults")
        self.expect_to_fit(text)


if __name__ == "__main__":
    program.main()
