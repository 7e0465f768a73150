"""Holds the TensorFlow 2 application to its scripts, at every release: options, presets, figures, and the
command lines that we write to a parser built from the scripts' own tables.

usage: tensorflow2_test.py BATCH      (ipucnn_batch; python3-yaml)
"""
import json
import pathlib
import re
import shlex
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import configs, tensorflow2  # noqa: E402
from support.batch import Batch  # noqa: E402
from support.tensorflow2 import PRESETS, RELEASES  # noqa: E402

BATCH = ""
APPS = configs.section("apps", "applications")
OURS = configs.section("presets", "presets")
TARGETS = ("none", "m2000", "pod16", "bow64")
PURPOSES = ("train", "validation", "inference", "export")
TYPES = {"fraction": "number_or_fraction"}
FIGURES = ("micro_batch", "accumulation", "replicas", "global_batch", "ipus_per_replica", "ipus")


def typed(value):
    """A value that equals another only when all types in it do."""
    if isinstance(value, list):
        return ["list", *map(typed, value)]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return type(value).__name__, value


def whole(app):
    return configs.whole(APPS, app)


def names_of(body, script):
    """The keys of `scripts` that are one of the reference's scripts, by its file."""
    return [name for name, said in body["scripts"].items()
            if said.get("program", name) == script["path"]]


class Options(unittest.TestCase):
    def test_every_script_takes_what_its_own_parser_takes(self):
        compared = 0
        for release in RELEASES:
            body = whole(f"tensorflow2_cnns@{release}")
            for name, script in tensorflow2.SCRIPTS[release].items():
                rows = {row["flag"]: row for row in tensorflow2.options_of(release, name)}
                self.assertEqual(len(rows), tensorflow2.COUNTS[release][name], (release, name))
                self.assertTrue(names_of(body, script), (release, name))
                for key in names_of(body, script):
                    taken = self.taken_by(body, key)
                    self.assertEqual(set(taken) - {"--help"}, set(rows), (release, key))
                    for flag, row in rows.items():
                        with self.subTest(release=release, script=key, option=flag):
                            self.compare(taken[flag], row)
                            compared += 1
        self.assertGreater(compared, 6 * 60)

    def taken_by(self, body, script):
        also = body["scripts"][script].get("takes")
        found = {}
        for key, option in body["options"].items():
            for name in (script, also):
                if name not in option["scripts"] or option["flag"] in found:
                    continue
                variants = [one for one in option.get("variants", []) if name in one["scripts"]]
                found[option["flag"]] = {**option, **(variants[0] if variants else {})}
                self.assertEqual(option["flag"], "--" + key)
        return found

    def compare(self, option, row):
        self.assertEqual(TYPES.get(option["type"], option["type"]), row["type"])
        arity = {0: 1, "?": 1}.get(row["nargs"], row["nargs"])
        self.assertEqual(option.get("arity", 1), arity)
        usual = option.get("default")
        if row["type"] == "yaml_map" and usual is not None:
            usual = yaml.safe_load(usual)
        self.assertEqual(typed(usual), typed(None if row["dest"] == "config_path"
                                             else row["default"]))
        self.assertEqual(option.get("choices"), row.get("choices"))
        self.assertEqual(option.get("required", False), row.get("required", False))


class Presets(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)

    def ipucnn(self, *words):
        return self.batch.ipucnn(*words)

    @staticmethod
    def each():
        return [(release, name, preset) for release in RELEASES
                for name, preset in PRESETS[release].items()]

    def test_names_and_values(self):
        for release in RELEASES:
            ours = OURS[f"tensorflow2_cnns@{release}"]
            self.assertEqual(set(ours), set(PRESETS[release]))
            for name, preset in PRESETS[release].items():
                with self.subTest(release=release, preset=name):
                    self.assertEqual(typed(ours[name]), typed(preset["values"]))

    def test_the_parser_makes_of_a_preset_what_we_show(self):
        fields = 0
        for release, name, preset in self.each():
            parser = tensorflow2.parser_of(release, "train", wide=True)
            theirs = vars(parser.parse_args(tensorflow2.words_of(preset["values"])))
            done = self.ipucnn("show", f"tensorflow2_cnns@{release}:{name}", "--target", "none",
                               "--allow", "B004", "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            shown = json.loads(done.stdout)["settings"]
            keys = {"model-name" if key == "model" else key for key in preset["values"]}
            self.assertEqual(set(shown), keys)
            for key, value in shown.items():
                expected = theirs[key.replace("-", "_")]
                if isinstance(expected, dict):
                    value = yaml.load(value, tensorflow2.wide_loader())
                if isinstance(expected, float) and isinstance(value, int):
                    value = float(value)
                self.assertEqual(typed(as_parsed(value, expected)), typed(expected),
                                 (release, name, key))
                fields += 1
        self.assertGreater(fields, 1000)

    def test_figures(self):
        for release, name, preset in self.each():
            done = self.ipucnn("run", "--config", f"tensorflow2_cnns@{release}:{name}", "--target",
                               "none", "--dry-run", "--format", "json", "--allow", "B004")
            self.assertEqual(done.returncode, 0, done.stderr)
            figures = json.loads(done.stdout)["steps"][0]["geometry"]
            self.assertEqual({figure: figures[figure] for figure in FIGURES},
                             {figure: preset["derived"][figure] for figure in FIGURES},
                             (release, name))
            rounded = "global_batch_asked" in preset["derived"]
            self.assertEqual(b"note[B004]" in done.stderr, rounded)

    def test_the_scripts_take_every_line_of_ours(self):
        taken = 0
        for release, name, _ in self.each():
            body = whole(f"tensorflow2_cnns@{release}")
            presets = {key: preset["values"] for key, preset in PRESETS[release].items()}
            for purpose in PURPOSES:
                if purpose not in body["purposes"]:
                    continue
                for target in TARGETS:
                    for flat in (False, True):
                        taken += self.take(release, name, purpose, target, flat, presets)
        self.assertGreater(taken, 1000)

    def take(self, release, name, purpose, target, flat, presets):
        words = ["--config", f"tensorflow2_cnns@{release}:{name}", "--purpose", purpose, "--target",
                 target, "--allow", "B004", *(["--flat"] if flat else [])]
        done = self.ipucnn("run", *words, "--dry-run", "--format", "json")
        if done.returncode != 0:
            # No other replicas than the preset's keep its batch there, or nothing fits.
            self.assertRegex(done.stderr.decode(), r"error\[(B00[1-4]|P0\d\d|K060|N00\d)\]",
                             (words, done.stderr))
            return 0
        step = json.loads(done.stdout)["steps"][0]
        argv = step["argv"]
        at = next(i for i, word in enumerate(argv) if word.endswith(".py"))
        script = {"train.py": "train", "send_request.py": "send_request",
                  "scripts/export_for_serving.py": "export_for_serving"}[argv[at]]
        theirs = tensorflow2.parse(release, script, argv[at + 1:], presets)
        self.assertEqual("--config" in argv, not flat)
        launched = "--num-replicas" in argv[:at]
        for key, value in step["settings"].items():
            if launched and key == "num-replicas":
                continue  # poprun hands them out
            expected = theirs[key.replace("-", "_")]
            self.assertEqual(typed(as_parsed(value, expected)), typed(expected), (words, key))
        return 1


class Rules(unittest.TestCase):
    """tests/data/tensorflow2/rules.txt: every rule of the reference that options can break."""

    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)

    def test_every_rule_at_each_of_its_releases(self):
        wrong, asked = [], 0
        for line in (tensorflow2.FOLDER / "rules.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            rule, releases, words, expected = (part.strip() for part in line.split("|"))
            first, last = releases.split(" - ")
            for release in RELEASES:
                if not first <= release <= last:
                    continue
                asked += 1
                done = self.batch.ipucnn("run", "--app", f"tensorflow2_cnns@{release}",
                                         *shlex.split(words), "--dry-run")
                said = done.stderr.decode()
                found = {one for one in re.findall(r"(?:error|warning)\[\w+\]", said)
                         if one not in ("warning[D001]", "warning[D002]")}
                errors = {one for one in found if one.startswith("error")}
                named = set(expected.split()) - {"fine"}
                if not named <= found or errors - named or (not named and found):
                    wrong.append((rule, release, words, expected, said))
        self.assertEqual(wrong, [])
        self.assertGreater(asked, 400)


def as_parsed(value, expected):
    """A value of a plan or of `show` beside what the parser has: a map is a text there, and a float a
    number like any other."""
    if isinstance(expected, dict) and isinstance(value, str):
        return yaml.load(value, tensorflow2.wide_loader())
    if isinstance(expected, float) and isinstance(value, (int, float)):
        return float(value)
    if isinstance(expected, float) and isinstance(value, str):
        return tensorflow2.number_or_fraction(value)
    if isinstance(expected, str) and not isinstance(value, str):
        return str(value)
    if isinstance(expected, list) and isinstance(value, list) and len(value) == len(expected):
        return [as_parsed(one, other) for one, other in zip(value, expected)]
    return value


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    unittest.main()
