#!/usr/bin/python3
"""Holds the program to what it promises for any words: it ends by itself, with a status it knows, says
why when it refuses, and says the same when it is asked again.

usage: any_words_test.py BATCH CASES [SEED]      BATCH is the program ipucnn_batch
"""
import json
import pathlib
import random
import re
import shlex
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import configs  # noqa: E402
from support.batch import Batch  # noqa: E402

ROOT = configs.ROOT
BATCH, CASES, SEED = "", 0, 20261121
FINDINGS = set(re.findall(r"^FINDING\((\w+)", (ROOT / "include/ipucnn/findings.def").read_text(), re.M))


APPS = configs.section("apps", "applications")
PRESETS = configs.section("presets", "presets")
NAMES = {"--target": list(configs.section("targets", "targets")), "--site": list(configs.section("sites", "sites")),
         "--launch-profile": list(configs.section("profiles", "profiles")), "--job": list(configs.section("jobs", "jobs")),
         "--purpose": ["train", "validation", "restore", "inference", "eval", "weight-avg", "help"],
         "--then": ["validation", "weight-avg", "train"],
         "--keep": ["global-batch", "micro-batch", "accumulation"],
         "--app": list(APPS) + [app.split("@")[0] for app in APPS]}
LAUNCH = re.findall(r"^LAUNCH_KEY\((\w+), (\w+)", (ROOT / "include/ipucnn/launch_keys.def").read_text(), re.M)
NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "10", "12", "16", "24", "32", "38", "64", "100", "128",
           "1000", "65536", "9223372036854775807"]
ODD = ["0", "-1", "-0", "1e3", "1.5", "nan", "inf", "x", "", " ", "true", "null", "\u00e9", "a b", "--", "=",
       "99999999999999999999", "${env:A}", "${env:A:-4}", "$A", "{data_dir}", "\n", "a,b", "[1]", "*"]
COMMANDS = [["run", "--dry-run"]] * 6 + [["show"], ["check"], ["solve"], ["explain"], ["import", "--"]]


class Words:
    """Random command lines that often mean something."""

    def __init__(self, seed, folder):
        self.rnd = random.Random(seed)
        self.folder = pathlib.Path(folder)
        self.options = {app: configs.options_of(APPS, app) for app in APPS}
        for options in self.options.values():
            options.pop("help", None)  # ours as well, and answered before anything else

    def chance(self, share):
        return self.rnd.random() < share

    def value(self, option=None):
        """A value that the option takes, more often than not."""
        if self.chance(0.08):
            return self.rnd.choice(ODD)
        if option and "choices" in option:
            return str(self.rnd.choice(option["choices"]))
        kind = (option or {}).get("type", "int")
        if kind == "int":
            return self.rnd.choice(NUMBERS)
        if kind == "float":
            return self.rnd.choice(NUMBERS + ["0.5", "1e-5", "0.9", "90", "13"])
        return self.rnd.choice(["/data", "imagenet", "50", "b4", "16.16", "a", "True", "resnet"])

    def override(self, app):
        key, option = self.rnd.choice(list(self.options[app].items()))
        if self.chance(0.15):
            return ["--set", f"{key}={self.value(option)}"]
        if self.chance(0.1):
            return ["--unset", key]
        if option.get("type") == "switch":
            return [option["flag"]]
        count = self.rnd.randint(0, 3) if option.get("arity") == "+" else 1
        values = [self.value(option) for _ in range(count)]
        return [f"{option['flag']}={values[0]}"] if count == 1 and self.chance(0.3) else [option["flag"], *values]

    def ours(self, command):
        name = self.rnd.choice([*NAMES, "--launch", "--launch", "--instances", "--hosts", "--ipus", "--ipus",
                                "--global-batch", "--flat", "--config-file", "--allow", "--format", "--micro-batch",
                                "--accumulation", "--replicas", "--diff", "--targets", "--defaults", "--deny"])
        if name in ("--flat", "--config-file", "--targets", "--defaults"):
            return [name]
        if name in NAMES:
            return [name, self.value() if self.chance(0.02) else self.rnd.choice(NAMES[name])]
        if name == "--launch":
            key, kind = self.rnd.choice(LAUNCH)
            value = {"Flag": "yes", "Text": self.rnd.choice(["poprun", "none", "mpirun", "mpiexec", "global", "2.5"]),
                     "List": "192.0.2.1,192.0.2.2"}.get(kind, self.value())
            return [name, f"{key}={value}"]
        if name == "--format":
            return [name, self.rnd.choice(["json", "argv", "shell", "text", "sarif", "junit", "github"])]
        if name == "--allow":
            return [name, self.rnd.choice(sorted(FINDINGS))]
        if name == "--diff":
            return [name, self.preset()[1]]
        return [name, "warnings" if name == "--deny" else self.value()]

    def preset(self):
        """(application, name) of a built-in preset."""
        owner = self.rnd.choice(list(PRESETS))
        return owner.split("/")[0], self.rnd.choice(list(PRESETS[owner]))

    def file(self, number, app):
        """A file of presets with values of all kinds, right and wrong."""
        path = self.folder / f"{number % 50}.yml"
        keys = {}
        for _ in range(self.rnd.randint(1, 12)):
            key, option = self.rnd.choice(list(self.options[app].items()))
            keys[key] = self.value(option) if self.chance(0.8) else \
                [self.value(option) for _ in range(self.rnd.randint(0, 3))]
        base = {"extends": self.preset()[1]} if self.chance(0.7) else {}
        text = yaml.dump({"presets": {app: {"p": {**base, **keys}}}})
        # Numbers, switches and nulls are quoted by now; without quotes they are what they look like.
        path.write_text(text.replace("'", "") if self.chance(0.7) else text, encoding="utf-8")
        return ["--presets", str(path)]

    def line(self, number):
        command = list(self.rnd.choice(COMMANDS))
        app, preset = self.preset()
        words = []
        if self.chance(0.2):
            words += self.file(number, app)
            preset = "p"
        if command[0] == "explain":
            command.append(self.rnd.choice(list(self.options[app]) + sorted(FINDINGS)))
        if command[0] == "show":
            command.append(f"{app}:{preset}")
        elif command[0] == "import":
            words = ["poprun", "--num-instances", self.value(), "--num-replicas", self.value(), "python3",
                     "train.py"]
        elif self.chance(0.1):
            words += ["--app", app]
        elif self.chance(0.1):
            words += ["--job", self.rnd.choice(NAMES["--job"])]
        else:
            words += ["--config", f"{app}:{preset}"]
        for _ in range(self.rnd.randint(0, 4)):
            words += self.ours(command[0])
        for _ in range(self.rnd.choice([0, 0, 1, 2, 5])):
            words += self.override(app)
        return command[:1] + command[1:] + words


class AnyWords(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.words = Words(SEED, folder.name)
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)

    def expect_promise(self, words, done):
        out, err = done.stdout.decode(), done.stderr.decode()
        shown = shlex.join(words)
        self.assertIn(done.returncode, (0, 1, 2), shown)
        self.assertLessEqual(set(re.findall(r"(?:error|warning|note)\[(\w+)\]", err)), FINDINGS, shown)
        if done.returncode == 2:
            self.assertEqual(out, "", shown)
            self.assertRegex(err, r"(?m)^(ipucnn: .*\n)+\Z", shown)
        elif done.returncode == 1 and words[0] == "run":
            self.assertIn("error[", err, shown)
            # Of several runs those that can be started are printed.
            left_out = re.search(r"(?m)^ipucnn: left out: (\d+) of (\d+) runs$", err)
            self.assertEqual(out != "", left_out is not None and left_out[1] != left_out[2], shown)
        elif done.returncode == 0 and words[0] == "run":
            self.assertNotIn("error[", err, shown)
            self.assertNotEqual(out, "", shown)
            if words.count("--format") == 1 and "--" not in words and words[words.index("--format") + 1] == "json":
                self.assertRegex(out, r"\A\{\s*\"schema\": \"ipucnn.plans?/\d+\"", shown)
                json.loads(out)
        elif done.returncode == 1:
            self.assertNotEqual(out + err, "", shown)

    def test_end_with_a_status_and_a_reason(self):
        statuses = []
        for number in range(CASES):
            words = self.words.line(number)
            done = self.batch.ipucnn(*words)
            self.expect_promise(words, done)
            statuses.append(done.returncode)
            if number % 20 == 0:
                self.assertEqual(self.batch.ipucnn(*words), done, shlex.join(words))
        # All three are common, else this tries one thing only.
        self.assertGreater(min(map(statuses.count, (0, 1, 2))), CASES // 20)


if __name__ == "__main__":
    BATCH, CASES = sys.argv[1], int(sys.argv[2])
    if len(sys.argv) > 3:
        SEED = int(sys.argv[3])
    unittest.main(argv=sys.argv[:1])
