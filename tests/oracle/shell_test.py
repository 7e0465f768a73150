#!/usr/bin/python3
"""Runs emitted shell text under bash and dash and compares what programs get with the plan.

Stand-ins for poprun and the interpreter write down folder, words and environment, each ended by a NUL.

usage: shell_test.py PROGRAM BATCH
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.batch import Batch  # noqa: E402

BATCH = sys.argv.pop(2)

SHELLS = ("bash", "dash")
PURPOSES = ("train", "validation", "inference", "eval")
TARGETS = (None, "m2000", "pod16", "pod32", "pod64", "pod128", "pod256", "mk1-16")
STAND_IN = """#!/bin/sh
exec 3>>"$RECORD"
printf '%s\\0' "$PWD" "$#" "$0" "$@" >&3
env -0 >&3
printf '\\0' >&3
"""
HOSTILE = {
    "blank": "a b",
    "blanks around": "  a  ",
    "single quote": "it's",
    "double quote": 'say "hi"',
    "both quotes": """'a' "b" 'c'""",
    "dollar": "$HOME ${HOME} $(id) $$ $",
    "backticks": "`id`",
    "newline": "one\ntwo",
    "newline at the end": "one\n",
    "tab": "a\tb",
    "dash": "-x",
    "two dashes": "--no-validation",
    "dashes alone": "--",
    "number": "-1e-5",
    "umlaut": "Größe",
    "emoji": "\U0001f600",
    "empty": "",
    "glob": "*?[a-z]*",
    "tilde": "~root",
    "semicolon": "a; exit 7",
    "ampersand": "a && b || c & d | e > f < g",
    "exclamation": "!! !x",
    "hash": "# no comment",
    "brace": "{a,b} {c}",
    "parenthesis": "(a)",
    "backslash at the end": "a\\",
    "backslashes": "\\a\\\\b\\'",
    "assignment": "A=b",
    "equals": "=x",
    "percent": "%s%n",
    "carriage return": "a\rb",
}


def quoted(text):
    """A double-quoted YAML scalar."""
    return json.dumps(text, ensure_ascii=False)


class Shells:
    """A folder with stand-ins in which shell text is run."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in ("poprun", "mpirun", "mpiexec", "python3", "python"):
            self.stand_in(self.bin / name)

    def stand_in(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN)
        path.chmod(0o755)

    def run(self, shell, text, **variables):
        """(calls, exit status, standard error) of a text given to the shell on standard input."""
        with tempfile.NamedTemporaryFile(dir=self.folder) as record:
            env = {"PATH": f"{self.bin}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
                   "RECORD": record.name, **variables}
            done = subprocess.run([shell], input=os.fsencode(text), cwd=self.folder, env=env,
                                  capture_output=True, timeout=120)
            calls = list(self.calls(record.read().decode("utf-8", "surrogateescape")))
        return calls, done.returncode, done.stderr.decode(errors="replace") + done.stdout.decode()

    @staticmethod
    def calls(text):
        fields = iter(text.split("\0")[:-1])
        for folder in fields:
            words = [next(fields) for _ in range(1 + int(next(fields)))]
            env = dict(entry.split("=", 1) for entry in iter(lambda: next(fields), ""))
            yield folder, words, env


class ShellTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.shells = Shells(temporary.name)
        self.folder = self.shells.folder

    def site(self, **keys):
        """The words that name a site with these values."""
        path = self.folder / "site.yml"
        path.write_text("sites:\n  s:\n" + "".join(f"    {key}: {value}\n" for key, value in keys.items()))
        return ["--site", str(path)]

    def expect_call(self, call, step, cwd=None):
        folder, words, env = call
        self.assertEqual([os.path.basename(words[0]), *words[1:]],
                         [os.path.basename(step["argv"][0]), *step["argv"][1:]])
        for name, value in step["env"].items():
            self.assertEqual(env.get(name), value)
        self.assertEqual(folder, str(cwd or self.folder))

    def expect_same(self, *words, cwd=None, **variables):
        """All formats agree, and both shells start what they say."""
        plan = program.plan(*words)
        step = plan["steps"][0]
        self.assertEqual(program.argv_of(*words), step["argv"])
        text = os.fsdecode(program.output("run", *words, "--dry-run"))
        for shell in SHELLS:
            calls, status, said = self.shells.run(shell, text, **variables)
            self.assertEqual((status, said, len(calls)), (0, "", 1), shell)
            self.expect_call(calls[0], step, cwd)
        return step


class EveryPreset(ShellTest):
    def test_is_started_by_both_shells_as_it_was_planned(self):
        presets = json.loads(program.output("show", "presets", "--format", "json"))["presets"]
        jobs = [["--config", f"{preset['application'].split('/')[0]}:{preset['name']}", "--purpose", purpose]
                + (["--target", target] if target else [])
                for preset in presets for purpose in PURPOSES
                for target in (TARGETS if preset["application"].endswith("@2.3") else (None,))]
        batch = Batch(BATCH, "run")
        self.addCleanup(batch.close)
        planned = [(words, *texts) for words in jobs if (texts := self.texts(batch, words))]
        self.assertGreater(len(planned), len(jobs) // 4)
        for shell in SHELLS:
            calls, status, said = self.shells.run(shell, "".join(text for _, text, _ in planned))
            self.assertEqual((status, said, len(calls)), (0, "", len(planned)))
            for (words, _, step), call in zip(planned, calls):
                with self.subTest(" ".join(words), shell=shell):
                    self.expect_call(call, step)

    def texts(self, batch, words):
        """(shell text, planned step); None when the preset does not fit the target."""
        done = batch.ipucnn("run", *words, "--dry-run", "--format", "json")
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        if done.returncode == 1:
            return None
        step = json.loads(done.stdout)["steps"][0]
        return batch.ipucnn("run", *words, "--dry-run").stdout.decode(), step


class HostileValues(ShellTest):
    def test_in_an_option_of_the_application(self):
        for name, value in HOSTILE.items():
            with self.subTest(name):
                for option in ("--data-dir", "--name-suffix"):
                    step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                            f"{option}={value}")
                    at = [i for i, word in enumerate(step["argv"]) if word.split("=")[0] == option]
                    given = step["argv"][at[-1]].split("=", 1)[1:] or step["argv"][at[-1] + 1:][:1]
                    self.assertEqual(given, [value])

    def test_in_a_list(self):
        values = [value for value in HOSTILE.values() if not value.startswith("-") and "," not in value]
        step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                "--variable-filter", *values)
        at = step["argv"].index("--variable-filter")
        self.assertEqual(step["argv"][at + 1:at + 1 + len(values)], values)

    def test_in_the_environment(self):
        for name, value in HOSTILE.items():
            with self.subTest(name):
                step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                        *self.site(env=f"{{V: {quoted(value)}}}", forward="[V]"))
                self.assertEqual(step["env"], {"V": value})

    def test_in_a_forwarded_variable(self):
        for name, value in HOSTILE.items():
            with self.subTest(name):
                step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                        *self.site(forward=f"[{quoted('V=' + value)}]"))
                inner = [word for word in step["argv"] if word.startswith("--mpi-local-args=")][0]
                self.assertEqual(mpi_words(inner.partition("=")[2]), ["--tag-output", "-x", "V=" + value])

    def test_in_the_working_folder(self):
        for name, value in HOSTILE.items():
            with self.subTest(name):
                if value == "":
                    continue
                for place in (self.folder / value, pathlib.Path(value)):
                    cwd = self.folder / place
                    cwd.mkdir(exist_ok=True)
                    step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                            *self.site(app_dir=quoted(str(place))), cwd=cwd,
                                            CDPATH=f"{self.folder}/bin")
                    self.assertEqual(step["cwd"], str(place))

    def test_in_the_path_of_a_program(self):
        for name, value in HOSTILE.items():
            with self.subTest(name):
                if value == "":
                    continue
                path = self.folder / value / "poprun"
                self.shells.stand_in(path)
                step = self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                        *self.site(programs=f"{{poprun: {quoted(str(path))}}}"))
                self.assertEqual(step["argv"][0], str(path))
        self.shells.stand_in(self.folder / "a=b" / "poprun")
        self.expect_same("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                         *self.site(programs="{poprun: a=b/poprun}"))

    def test_that_is_no_utf8_reaches_the_words(self):
        value = b"caf\xe9".decode("utf-8", "surrogateescape")
        words = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", value]
        argv = program.argv_of(*words)
        self.assertEqual(argv[argv.index("--data-dir") + 1], value)
        text = os.fsdecode(program.output("run", *words, "--dry-run"))
        for shell in SHELLS:
            (_, got, _), = self.shells.run(shell, text)[0]
            self.assertEqual(got[1:], argv[1:])


def mpi_words(text):
    """Words inside one of poprun's MPI values, by the quoting rules of a POSIX shell."""
    return shlex.split(text)


class Variables(ShellTest):
    def text(self, value, **site):
        words = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", f"--data-dir={value}"]
        if site:
            words += self.site(**site)
        return os.fsdecode(program.output("run", *words, "--dry-run"))

    def data_dir(self, shell, text, **variables):
        calls, status, said = self.shells.run(shell, text, **variables)
        self.assertEqual((status, said), (0, ""))
        words = calls[0][1]
        return words[words.index("--data-dir") + 1]

    def test_are_put_in_by_the_shell(self):
        for shell in SHELLS:
            for value in HOSTILE.values():
                got = self.data_dir(shell, self.text("${env:ROOT}/a b"), ROOT=value)
                self.assertEqual(got, value + "/a b")

    def test_have_a_default_when_unset_or_empty(self):
        for default in ("plain", 'with "quotes"', "it's", "a b", "$HOME", "`id`", "back\\slash", "*", "", "~"):
            text = self.text("${env:ROOT:-" + default + "}")
            for shell in SHELLS:
                with self.subTest(default, shell=shell):
                    self.assertEqual(self.data_dir(shell, text), default)
                    self.assertEqual(self.data_dir(shell, text, ROOT=""), default)
                    self.assertEqual(self.data_dir(shell, text, ROOT="set"), "set")

    def test_that_are_unset_stop_the_shell(self):
        for where in ({}, {"app_dir": "${env:ROOT}"}, {"env": '{V: "${env:ROOT}"}'}):
            text = self.text("${env:ROOT}" if not where else "d", **where)
            for shell in SHELLS:
                with self.subTest(where, shell=shell):
                    calls, status, said = self.shells.run(shell, text)
                    self.assertEqual(calls, [])
                    self.assertNotEqual(status, 0)
                    self.assertIn("ROOT", said)

    def test_that_are_empty_are_passed_on_as_a_run_does(self):
        for shell in SHELLS:
            self.assertEqual(self.data_dir(shell, self.text("${env:ROOT}/x"), ROOT=""), "/x")

    def test_are_shown_by_their_names_in_json_with_pieces_beside(self):
        step = program.plan("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "a${env:R}b${env:S:-c}")["steps"][0]
        at = step["argv"].index("--data-dir") + 1
        self.assertEqual(step["argv"][at], "a$Rb${S:-c}")
        self.assertEqual(step["words"][at]["pieces"], [{"text": "a"}, {"env": "R"}, {"text": "b"},
                                                       {"env": "S", "default": "c"}])
        self.assertEqual([word for word in step["words"] if "pieces" in word], [step["words"][at]])


if __name__ == "__main__":
    program.main()
