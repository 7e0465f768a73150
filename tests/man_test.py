#!/usr/bin/python3
"""Holds the manual's pages to --help, docs/manual.md and completion, and to mandoc.

usage: man_test.py PROGRAM ROOT
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ROOT = None
OPTION = re.compile(r"--[a-z][a-z-]*")


def run(*words):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([PROGRAM, *words], cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": folder},
                              capture_output=True, text=True, timeout=60)
    return done.stdout, done.returncode


def page(*words):
    text, status = run("man", *words)
    assert status == 0, words
    return text


def rendered(text, width=200):
    done = subprocess.run(["mandoc", "-Tutf8", f"-Owidth={width}"], input=text, capture_output=True,
                          text=True, timeout=60)
    return re.sub(r".\x08", "", done.stdout)


def section(text, title):
    """Lines of the rendered page below a heading."""
    found = re.search(rf"^{title}\n(.*?)(?=^\S|\Z)", text, re.M | re.S)
    return found.group(1) if found else ""


def terms(text):
    """First words of the items of a rendered section."""
    return [line.split()[0] for line in text.split("\n") if re.match(r" {7}\S", line)]


def commands():
    listed = run("--help")[0]
    return re.findall(r"^  ([a-z]+) ", listed.split("Commands:")[1].split("Options:")[0], re.M)


class Pages(unittest.TestCase):
    def test_command_pages_have_the_options_of_help(self):
        for command in commands():
            help_text = run(command, "--help")[0]
            helped = re.findall(r"^ +(--[a-z-]+)", help_text, re.M)
            manual = terms(section(rendered(page(command)), "OPTIONS"))
            manual = [term for term in manual if term.startswith("--")]
            with self.subTest(command=command):
                self.assertEqual(sorted(manual), sorted(helped))
                self.assertEqual(len(set(manual)), len(manual))

    def test_command_pages_say_what_help_says(self):
        for command in commands():
            words = " ".join(rendered(page(command)).split())
            for option, text in re.findall(r"^ +(--[a-z-]+)(?: \S+)? {2,}(.+)$",
                                           run(command, "--help")[0], re.M):
                with self.subTest(command=command, option=option):
                    self.assertIn(" ".join(text.split()), words)

    def test_every_option_stands_in_the_markdown_manual(self):
        manual = (ROOT / "docs/manual.md").read_text(encoding="utf-8")
        table = set(re.findall(r"^\| `(--[a-z-]+)", manual, re.M))
        for command in commands():
            for term in terms(section(rendered(page(command)), "OPTIONS")):
                if term.startswith("--"):
                    with self.subTest(command=command, option=term):
                        self.assertIn(term, table)

    def test_completion_offers_what_the_page_has(self):
        for command in commands():
            offered = set(run("completion", "words", "--", command, "--")[0].split())
            manual = [t for t in terms(section(rendered(page(command)), "OPTIONS")) if t.startswith("--")]
            with self.subTest(command=command):
                self.assertLessEqual(set(manual), offered)

    def test_program_page_names_every_command_and_its_page(self):
        text = rendered(page())
        listed = terms(section(text, "COMMANDS"))
        self.assertEqual(listed, commands())
        for command in commands():
            self.assertIn(f"ipucnn-{command}(1)", text)

    def test_statuses_are_those_of_the_markdown_manual(self):
        manual = (ROOT / "docs/manual.md").read_text(encoding="utf-8")
        table = manual.split("## Exit status")[1].split("\n## ")[0]
        numbers = re.findall(r"^\| ([0-9, ]+?) \|", table, re.M)
        for words in ([], ["run"], ["check"]):
            found = [" ".join(line.split()) for line in
                     section(rendered(page(*words)), "EXIT STATUS").split("\n")]
            for number in numbers:
                self.assertTrue(any(line == number or line.startswith(number + " ") for line in found),
                                (words, number, found))

    def test_variables_are_those_that_work(self):
        found = terms(section(rendered(page("run")), "ENVIRONMENT"))
        self.assertIn("IPUCNN_TARGET", found)
        manual = (ROOT / "docs/manual.md").read_text(encoding="utf-8")
        known = set(re.findall(r"^\| `--.*`(IPUCNN_[A-Z_]+)` \|$", manual, re.M))
        program = {t for t in terms(section(rendered(page()), "ENVIRONMENT")) if t.startswith("IPUCNN_")}
        self.assertEqual(program, known)

    def test_every_key_of_our_files_is_explained(self):
        text = rendered(page("ipucnn.yml"))
        table = (ROOT / "src/load/file_schema.def").read_text(encoding="utf-8")
        keys = set(re.findall(r"^FIELD\((\w+), (\w+),", table, re.M))
        table = (ROOT / "include/ipucnn/launch_keys.def").read_text(encoding="utf-8")
        keys |= {("launch", key) for key in re.findall(r"^LAUNCH_KEY\((\w+),", table, re.M)}
        found = {term.rstrip(":") for term in re.findall(r"^ {7}(\S+:)", text, re.M)}
        self.assertLessEqual({key for _, key in keys}, found)
        self.assertGreater(len(keys), 150)

    def test_every_key_of_a_descriptor_is_explained(self):
        text = rendered(page("ipucnn.yml"))
        found = {term.rstrip(":") for term in re.findall(r"^ {7}(\S+:)", text, re.M)}
        for source in (ROOT / "src/load").glob("*shapes.cpp"):
            for fields in re.findall(r"FieldShape k\w+\[\] = \{(.*?)\n\};", source.read_text(), re.S):
                for key in re.findall(r'^    \{"(\w+)", &', fields, re.M):
                    with self.subTest(key=key):
                        self.assertIn(key, found)

    def test_mandoc_finds_nothing(self):
        for words in ([], ["ipucnn.yml"], *([c] for c in commands())):
            done = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=page(*words),
                                  capture_output=True, text=True, timeout=60)
            with self.subTest(page=words):
                self.assertEqual(done.stdout + done.stderr, "")

    def test_unknown_page_is_refused(self):
        self.assertEqual(run("man", "nothing"), ("", 2))


if __name__ == "__main__":
    PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
    ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
    if not shutil.which("mandoc"):
        print("mandoc is not installed")
        sys.exit(77)
    unittest.main()
