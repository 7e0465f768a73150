#!/usr/bin/python3
"""Holds every release of the PyTorch and the TensorFlow 1 application to what its own scripts take.

The tables are tests/data/releases, a copy of what the scripts' parsers and PyYAML gave; nothing of them comes
of configs/.

usage: releases_test.py BATCH [all]    (all: plans for every target, not for two)
"""
import argparse
import pathlib
import re
import shlex
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program, releases, tensorflow2  # noqa: E402
from support.batch import Batch  # noqa: E402

CONFIGS = program.ROOT / "configs"
TYPES = {"int": int, "float": float, "str": str, "str_lower": str.lower, "str_upper": str.upper, "untyped": None,
         "python_bool": bool}

# Says no data set, and the folder's name does not tell it either, so its figures are not known.
NO_DATA_SET = {"efficientnet_b4_g1_with_batch_norm_pod64_modification"}


def section(name, kind):
    found = {}
    for path in sorted((CONFIGS / kind).glob("*.yml")):
        found.update(yaml.full_load(path.read_text(encoding="utf-8")).get(name, {}))
    return found


def laid_over(base, over):
    """Mappings key by key, null takes away, all else is replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    merged = {key: laid_over(value, over[key]) if key in over else value for key, value in base.items()}
    merged.update({key: value for key, value in over.items() if key not in base})
    return {key: value for key, value in merged.items() if not (value is None and over.get(key, 0) is None)}


def options_of(apps, name):
    body = apps[name]
    base = options_of(apps, body["extends"]) if "extends" in body else {}
    # A default of null is no removal: it stands in variants, and those are replaced as a whole.
    return laid_over(base, body.get("options", {}))


def typed(value):
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return type(value).__name__, value


def of_script(option, script, **facts):
    for variant in option.get("variants", []):
        only = variant.get("only_with", {})
        if script in variant.get("scripts", [script]) and all(facts.get(k) in v for k, v in only.items()):
            return {**option, **variant}
    return option


class Refused(Exception):
    pass


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)


def add(parser, option, where):
    kind = option["type"]
    if kind in ("switch", "bool"):
        action = "store_false" if option["default"] is True else "store_true"
        parser.add_argument(option["flag"], dest=option["dest"], action=action, default=option["default"])
        return
    how = {"type": TYPES[kind], "default": option["default"]}
    if option["nargs"] == "+":
        how["nargs"] = "+"
    choices = option.get("choices")
    if isinstance(choices, str):  # range 1..100
        choices = [choices.split(" ")[-1]]
    if choices and ".." in str(choices[0]):
        low, high = str(choices[0]).split("..")
        choices = range(int(low), int(high) + 1)
    if choices and option["dest"] != "config":
        how["choices"] = choices
    if option.get("required"):
        how["required"] = True
    parser.add_argument(option["flag"], dest=option["dest"], **how)


class Tables(unittest.TestCase):
    """Options and presets, field by field."""
    APPS = section("applications", "apps")
    PRESETS = section("presets", "presets")

    def compare(self, ours, row, where):
        kind = "switch" if row["type"] == "bool" else row["type"]
        self.assertEqual(ours["type"], kind, where)
        self.assertEqual(ours.get("arity", 1) == "+", row["nargs"] == "+", where)
        self.assertEqual(ours.get("alone"), row.get("const") if row["nargs"] == "?" else None, where)
        self.assertEqual(typed(ours.get("default")), typed(row["default"]), where)
        self.assertEqual(ours.get("required", False), bool(row.get("required")), where)
        choices = row.get("choices")
        if choices and ".." in str(choices[0] if isinstance(choices, list) else choices):
            text = choices[0] if isinstance(choices, list) else choices.split(" ")[-1]
            self.assertEqual(ours["range"], [int(part) for part in text.split("..")], where)
        elif where[1] != "config":
            self.assertEqual(ours.get("choices"), choices, where)

    def test_options_of_pytorch(self):
        count = 0
        for release, scripts in releases.pytorch_options().items():
            if release in ("3.3", "3.4"):
                continue
            app = f"{releases.PYTORCH}@{release}"
            ours = options_of(self.APPS, app)
            for script, table in scripts.items():
                taken = {key for key, option in ours.items() if script in option["scripts"]} - {"help"}
                self.assertEqual(taken, set(table), (app, script))
                for dest, row in table.items():
                    with self.subTest(app=app, script=script, option=dest):
                        self.assertEqual(ours[dest]["flag"], row["flag"])
                        self.compare(of_script(ours[dest], script), row, (app, dest))
                        count += 1
        self.assertEqual(count, 942)

    def test_releases_that_are_another_one(self):
        """What the reference gives for them is what it gives for the release whose alias they are."""
        options, presets = releases.pytorch_options(), releases.pytorch_presets()
        aliases = {f"{name.partition('@')[0]}@{alias}": name for name, body in self.APPS.items()
                   for alias in body.get("aliases") or ()}
        self.assertEqual(aliases, {f"{app}@{alias}": f"{app}@3.2" for app in (releases.PYTORCH, "tensorflow2_cnns")
                                   for alias in ("3.3", "3.4")})
        for alias in ("3.3", "3.4"):
            self.assertEqual(options[alias], options["3.2"])
            self.assertEqual(presets[alias], presets["3.2"])
            self.assertEqual(tensorflow2.PRESETS[alias], tensorflow2.PRESETS["3.2"])
            for script in ("train", "export_for_serving"):
                self.assertEqual(tensorflow2.options_of(alias, script), tensorflow2.options_of("3.2", script))

    def test_options_of_tensorflow_1(self):
        count = 0
        for release, table in releases.tensorflow1_options().items():
            app = f"{releases.TF1}@{release}"
            ours = options_of(self.APPS, app)
            self.assertEqual(set(ours), set(table), app)
            for dest, row in table.items():
                for variant in row["variants"]:
                    for contributor in variant["contributed_by"]:
                        kind, _, name = contributor.partition(" ")
                        facts = {kind: name} if kind in ("model", "lr_schedule") else {}
                        for script in variant["scripts"]:
                            with self.subTest(app=app, script=script, option=dest):
                                self.assertEqual(ours[dest]["flag"], row["flag"])
                                self.assertIn(script, ours[dest]["scripts"])
                                if dest not in ("config_path", "model", "lr_schedule"):  # tests/oracle/data_test.py
                                    self.compare(of_script(ours[dest], script, **facts), variant, (app, dest))
                                count += 1
        self.assertGreater(count, 7 * 2 * 100)

    def test_presets(self):
        count = 0
        groups = [(f"{releases.PYTORCH}@{release}" + ("/inference" if group == "inference" else ""), presets)
                  for release, both in releases.pytorch_presets().items() if release not in ("3.3", "3.4")
                  for group, presets in both.items()]
        groups += [(f"{releases.TF1}@{release}", presets) for release, presets in releases.tensorflow1_presets().items()]
        for app, presets in groups:
            self.assertEqual(set(self.PRESETS[app]), set(presets), app)
            for name, preset in presets.items():
                with self.subTest(app=app, preset=name):
                    self.assertEqual(typed(self.PRESETS[app][name]), typed(preset["values"]))
                    count += 1
        self.assertEqual(count, 163 + 156)

    def test_the_last_two_are_the_one_before(self):
        options, presets = releases.pytorch_options(), releases.pytorch_presets()
        for release in ("3.3", "3.4"):
            self.assertEqual(options[release], options["3.2"])
            self.assertEqual(presets[release], presets["3.2"])
            self.assertIn(release, self.APPS["pytorch_cnns@3.2"]["aliases"])


class Commands(unittest.TestCase):
    """What is planned for every preset, purpose and target, as the release's own parser reads it."""
    TARGETS = (None, "pod16")

    @classmethod
    def setUpClass(cls):
        cls.batch = Batch(program.PROGRAM, "run")
        cls.addClassCleanup(cls.batch.close)
        cls.pytorch, cls.tensorflow = releases.pytorch_options(), releases.tensorflow1_options()

    def pytorch_parser(self, release, script, preset):
        parser = Parser(add_help=False)
        for option in self.pytorch[release][script].values():
            add(parser, option, script)
        parser.set_defaults(**preset)
        return parser

    def tensorflow_parser(self, release, script, preset, argv):
        """Twice, as the script does it: model and schedule tell which options there are."""
        values = {"model": "resnet", "lr_schedule": "stepped", **preset}
        for word, value in zip(argv, argv[1:]):
            if word in ("--model", "--lr-schedule"):
                values[word[2:].replace("-", "_")] = value
        parser = Parser(add_help=False)
        for dest, row in self.tensorflow[release].items():
            for variant in row["variants"]:
                fits = [part for part in variant["contributed_by"]
                        if part.partition(" ")[0] not in ("model", "lr_schedule")
                        or values[part.partition(" ")[0]] == part.partition(" ")[2]]
                if script in variant["scripts"] and fits:
                    add(parser, {**variant, "flag": row["flag"], "dest": dest}, script)
                    break
        parser.set_defaults(**preset)
        return parser

    def check_plan(self, app, release, name, values, parser_of, purpose, target, more):
        words = ["run", "--config", f"{app}@{release}:{name}", "--purpose", purpose, *more, "--dry-run", "--format",
                 "argv"] + (["--target", target] if target else [])
        done = self.batch.ipucnn(*words)
        if done.returncode != 0:
            return False
        argv = done.stdout.decode().split("\0")[:-1]
        at = next(i for i, word in enumerate(argv) if word.endswith(".py"))
        script, argv = argv[at], argv[at + 1:]
        preset = {}
        if "--config" in argv:
            self.assertEqual(argv[argv.index("--config") + 1], name)
            preset = values
        try:
            parser_of(release, script, preset, argv).parse_args(argv)
        except Refused as why:
            self.fail(f"{words}: {why}")
        return True

    def test_pytorch(self):
        taken = asked = 0
        for release, groups in releases.pytorch_presets().items():
            for purpose, group in (("train", "train"), ("inference", "inference")):
                where = "--checkpoint-input-dir" if release >= "3.1" else "--checkpoint-path"
                more = [where, "c"] if purpose == "train" else []
                for name, preset in groups[group].items():
                    for target in self.TARGETS:
                        asked += 1
                        taken += self.check_plan(
                            releases.PYTORCH, release, name, preset["values"],
                            lambda r, s, p, argv: self.pytorch_parser(r, s, p), purpose, target, more)
        self.assertGreater(taken, asked * 0.6)

    def test_tensorflow_1(self):
        taken = asked = 0
        for release, presets in releases.tensorflow1_presets().items():
            for purpose, more in (("train", []), ("validation", ["--restore-path", "c"]), ("inference", [])):
                for name, preset in presets.items():
                    for target in self.TARGETS:
                        asked += 1
                        taken += self.check_plan(releases.TF1, release, name, preset["values"],
                                                 self.tensorflow_parser, purpose, target, ["--data-dir", "/imagenet", *more])
        self.assertGreater(taken, asked * 0.6)

    def test_geometry_is_the_scripts(self):
        count = 0
        presets = [(f"{releases.PYTORCH}@{release}", "train", name, preset)
                   for release, groups in releases.pytorch_presets().items() for name, preset in groups["train"].items()]
        presets += [(f"{releases.TF1}@{release}", "train", name, preset)
                    for release, all_of_it in releases.tensorflow1_presets().items()
                    for name, preset in all_of_it.items() if "derived" in preset]
        for app, purpose, name, preset in presets:
            if name in NO_DATA_SET:
                continue
            with self.subTest(app=app, preset=name):
                done = self.batch.ipucnn("show", f"{app}:{name}", "--format", "json", "--data-dir", "/imagenet") \
                    if app.startswith(releases.TF1) else self.batch.ipucnn("show", f"{app}:{name}", "--format", "json")
                shown = yaml.safe_load(done.stdout)["geometry"]
                said = preset["derived"]
                for field in ("micro_batch", "accumulation", "replicas", "global_batch"):
                    self.assertEqual(shown[field], said[field], field)
                self.assertEqual(shown["ipus_per_replica"], said.get("ipus_per_replica", said.get("shards")))
                count += 1
        self.assertGreater(count, 150)


class Aliases(unittest.TestCase):
    def test_a_release_of_another_name_is_the_same(self):
        batch = Batch(program.PROGRAM, "run")
        self.addCleanup(batch.close)
        words = ["run", "--dry-run", "--format", "argv", "--config"]
        one, other = (batch.ipucnn(*words, f"pytorch_cnns@{release}:resnet50-pod64") for release in ("3.2", "3.4"))
        self.assertEqual((other.returncode, other.stdout), (0, one.stdout))
        self.assertEqual(batch.ipucnn(*words, "pytorch_cnns@3.5:resnet50-pod64").returncode, 1)


class Rules(unittest.TestCase):
    """tests/data/releases/rules.txt: rules of the reference that options can break."""

    def test_every_rule_at_each_of_its_releases(self):
        batch = Batch(program.PROGRAM, "run")
        self.addCleanup(batch.close)
        known = sorted(name for name in section("applications", "apps"))
        base = {"pytorch_cnns": ("--model", "resnet50", "--norm-type", "group", "--data", "generated"),
                "tensorflow1_cnns": ("--model", "resnet", "--model-size", "50", "--dataset", "imagenet",
                                     "--generated-data")}
        wrong, asked = [], 0
        for line in (program.DATA / "releases/rules.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            rule, app, span, words, expected = (part.strip() for part in line.split("|"))
            first, last = span.split(" - ")
            for name in known:
                application, _, release = name.partition("@")
                if application != app or not first <= release <= last:
                    continue
                asked += 1
                given = shlex.split(words)
                # What the words say themselves is not said before them.
                rest = [word for pair in zip(base[app][::2], base[app][1::2]) if pair[0] not in given for word in pair] \
                    if app == "pytorch_cnns" else list(base[app])
                done = batch.ipucnn("run", "--app", name, *rest, *given, "--target", "none", "--dry-run")
                found = {one for one in re.findall(r"(?:error|warning)\[\w+\]", done.stderr.decode())
                         if one not in ("warning[D001]", "warning[D002]")}
                named = set(expected.split()) - {"fine"}
                errors = {one for one in found if one.startswith("error")}
                if not named <= found or errors - named or (not named and found):
                    wrong.append((rule, name, words, expected, sorted(found)))
        self.assertEqual(wrong, [])
        self.assertGreater(asked, 150)


if __name__ == "__main__":
    if sys.argv[2:] == ["all"]:
        del sys.argv[2]
        Commands.TARGETS = (None, "m2000", "pod16", "pod64", "none")
    program.main()
