#!/usr/bin/python3
"""Holds `import` to the commands that `run` prints, to published lines, and to bash.

usage: import_test.py PROGRAM BATCH [CASES|all]

CASES is how many plans of presets, machines, purposes and emissions are read back (a fixed sample), and a
tenth of how many quotings are held to bash. BATCH is the program ipucnn_batch.
"""
import itertools
import json
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.normalise import normal_form  # noqa: E402

BATCH = sys.argv.pop(2)
CASES = sys.argv.pop(2) if len(sys.argv) > 2 else "60"

COMMANDS = json.loads((program.DATA / "seed_commands.json").read_text(encoding="utf-8"))
# Published texts with faults: the lines of a document, the finding of each fault and its line. The
# three of the benchmark page are put together from its words, faults in their lines.
DEFECTIVE = json.loads((program.DATA / "defective_texts.json").read_text(encoding="utf-8"))
FAULTS = {f"L0{n}" for n in range(40, 60)}
PURPOSES = ["train", "validation", "inference"]


def sample(all_cases):
    if CASES == "all" or len(all_cases) <= int(CASES):
        return all_cases
    return random.Random(6).sample(all_cases, int(CASES))


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def imported(self, text, *words, name="line.sh"):
        return program.output("import", self.write(name, text), *words, cwd=self.folder)

    def found(self, text, name):
        done = program.ipucnn("check", self.write(name, text), "--format", "json", cwd=self.folder)
        return [(f["id"], f["line"]) for f in json.loads(done.stdout)["findings"]]


class RoundTrip(Folder):
    """import(emit(plan)) is the plan."""

    def planned(self):
        """Words of a run that can be planned, and its plan."""
        presets = [f"{preset['application']}:{preset['name']}" for preset in
                   json.loads(program.output("show", "presets", "--format", "json"))["presets"]]
        targets = [target["name"] for target in
                   json.loads(program.output("show", "targets", "--format", "json"))["targets"]]
        cases = list(itertools.product(presets, [None, *targets], PURPOSES, [(), ("--flat",)]))
        for preset, target, purpose, form in sample(cases):
            words = ["--config", preset, "--purpose", purpose, *form,
                     *(["--target", target] if target else [])]
            done = program.ipucnn("run", *words, "--data-dir", "/data", "--dry-run",
                                  "--format", "json")
            if done.returncode == 0:
                yield [*words, "--data-dir", "/data"], json.loads(done.stdout)

    def test_of_every_plan(self):
        count = 0
        for words, plan in self.planned():
            with self.subTest(" ".join(words)):
                step, = plan["steps"]
                text = program.output("run", *words, "--dry-run").decode()
                jobs = self.imported(text, "--app", f"{plan['application']}@{plan['release']}").decode()
                (self.folder / "jobs.yml").write_text(jobs)
                name = jobs.splitlines()[1].strip(" :\"")
                again = program.plan("--presets", "jobs.yml", "--job", name, cwd=self.folder)
                self.assertEqual(again["steps"][0]["argv"], step["argv"])
                self.assertEqual(again["steps"][0]["env"], step["env"])
                count += 1
        print(f"read back: {count} plans")
        self.assertGreater(count, 10)


class Published(Folder):
    @staticmethod
    def shell_text(command):
        """The line with its variables for a shell to put in."""
        def quoted(word):
            if "$" not in word:
                return shlex.quote(word)
            return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
        env = "".join(f"{name}={shlex.quote(value)} " for name, value in command["env"].items())
        words = list(command["argv_corrected"])
        for option, values in {**(command["sweep"] or {}), **(command["alternatives"] or {})}.items():
            for i, word in enumerate(words):
                if word.startswith(option + "="):
                    words[i] = f"{option}={values[0]}"
                elif i and words[i - 1] == option:
                    words[i] = values[0]
        return env + " ".join(quoted(word) for word in words) + "\n"

    def test_lines_mean_the_same_as_what_was_read(self):
        exact = 0
        for command in COMMANDS:
            with self.subTest(command["id"]):
                text = self.shell_text(command)
                wanted = normal_form(shlex.split(text.replace("\\\n", ""))[len(command["env"]):],
                                     command["env"])
                plan = json.loads(self.imported(text, "--plan", "--format", "json"))
                step, = plan["steps"]
                self.assertEqual(normal_form(step["argv"], step["env"]), wanted)
                exact += 1
        print(f"published lines: {exact} of {len(COMMANDS)}")

    def test_nothing_is_wrong_with_the_shell_words_of_a_right_line(self):
        for command in COMMANDS:
            with self.subTest(command["id"]):
                found = self.found("```\n" + self.shell_text(command) + "```\n", "a.md")
                self.assertEqual([f for f in found if f[0] in FAULTS], [])

    def test_every_fault_of_a_published_text_is_found_at_its_line(self):
        self.assertEqual(len(DEFECTIVE), 12)
        for case in DEFECTIVE:
            for name, fence in (("a.md", "```"), ("a.sh", "# ")):
                with self.subTest(case["id"], name=name):
                    text = "\n" * (case["line"] - 2) + f"{fence}\n{case['text']}\n{fence}\n"
                    found = {f for f in self.found(text, name) if f[0] in FAULTS}
                    self.assertEqual(sorted(found), sorted(map(tuple, case["findings"])))


class Words(unittest.TestCase):
    """The words that we read are those that bash makes."""
    PIECES = ["a", "b-c", "--x=", "1", "'", '"', "\\", " ", "  ", "\t", "\\\n", "\\\\", "\\'", '\\"',
              "'a b'", '"a b"', "'\"'", '"\'"', '"\\"', "\"\\\\\"", '"\\a"', "$V/", "${V}", '"$V"',
              "'$V'", "\\$V", "${U:-d}", "=", "#", " #c\n", ";", "&&", "\n", "{", "}", "\u00e4", "%", "~/",
              "\"\\\n\"", "V=1 ", "@", ":", "!"]
    VARIABLES = {"V": "value", "U": "other"}

    def bash(self, text):
        """The words of each command, or None where bash refuses the text."""
        script = 'show() { printf "%s\\0" "$@" $#; printf "\\n\\0"; }\n' + text
        done = subprocess.run(["/bin/bash", "--posix", "--norc", "-c", script], capture_output=True, timeout=20,
                              env={"PATH": "", "LC_ALL": "C.UTF-8", "HOME": "/home/me", **self.VARIABLES})
        if done.stderr:
            return None
        commands = [[]]
        for word in done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            if word == "\n":
                commands[-1].pop()
                commands.append([])
            else:
                commands[-1].append(word)
        return commands[:-1]

    def texts(self, count):
        rng = random.Random(7)
        for _ in range(count):
            lines = ["show " + "".join(rng.choice(self.PIECES) for _ in range(rng.randint(1, 9)))
                     for _ in range(rng.randint(1, 2))]
            yield rng.choice(["; ", "\n", " && "]).join(lines) + "\n"

    def read(self, texts):
        done = subprocess.run([BATCH, "shell"], input="".join(json.dumps(t) + "\n" for t in texts),
                              capture_output=True, text=True, check=True, timeout=120)
        found = []
        for line in done.stdout.splitlines():
            commands = json.loads(line)
            for name, value in {**self.VARIABLES, "HOME": "/home/me"}.items():
                commands = [[w.replace("${env:%s}" % name, value).replace("${env:%s:-d}" % name, value)
                             for w in words] for words in commands]
            found.append(commands)
        return found

    def test_are_those_of_bash(self):
        count = 4000 if CASES == "all" else int(CASES) * 10
        texts = list(self.texts(count))
        compared = 0
        for text, commands in zip(texts, self.read(texts)):
            # Blanks that were meant for a line's end, or for no word, are read as they were meant.
            if "\\ " in text or "\\\t" in text or "'" in text and "\\\n" in text:
                continue
            expected = self.bash(text)
            if expected is None:
                continue
            compared += 1
            with self.subTest(text):
                self.assertEqual([words[1:] for words in commands if words[0] == "show"], expected)
        print(f"as bash: {compared} of {count} texts")
        self.assertGreater(compared, count // 5)


if __name__ == "__main__":
    program.main()
