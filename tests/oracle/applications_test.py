#!/usr/bin/python3
"""Holds the descriptors and presets of all applications but the first to their releases.

usage: applications_test.py PROGRAM
"""
import json
import pathlib
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402

CONFIGS = program.ROOT / "configs"


def section(name, kind):
    found = {}
    for path in sorted((CONFIGS / kind).glob("*.yml")):
        found.update(yaml.full_load(path.read_text(encoding="utf-8")).get(name, {}))
    return found


APPS = section("applications", "apps")
PRESETS = section("presets", "presets")
OPTIONS = json.loads((program.DATA / "other_options.json").read_text(encoding="utf-8"))
REFERENCE = json.loads((program.DATA / "pytorch_cnns_2.0_presets.json").read_text(encoding="utf-8"))


def typed(value):
    """A value together with the types of it and of its items: 128 is not 128.0, nor '128'."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, value


def of_script(option, script):
    """The option as one script takes it."""
    for variant in option.get("variants", []):
        if script in variant["scripts"]:
            return {**option, **variant}
    return option


class Options(unittest.TestCase):
    def test_every_script_takes_what_its_own_parser_takes(self):
        for app, scripts in OPTIONS.items():
            ours = APPS[app]["options"]
            for script, rows in scripts.items():
                taken = {key for key, option in ours.items() if script in option["scripts"]}
                self.assertEqual(taken - {"help"}, {row["dest"] for row in rows}, script)
                for row in rows:
                    with self.subTest(app=app, script=script, option=row["dest"]):
                        self.compare(of_script(ours[row["dest"]], script), row)

    def compare(self, option, row):
        flags = [option["flag"]] + ([option["short"]] if "short" in option else [])
        self.assertEqual(flags, row["flags"])
        self.assertEqual(option["type"], row["type"])
        self.assertEqual(option.get("arity") == "+", row["list"])
        self.assertEqual(typed(option.get("default")), typed(row["default"]))
        self.assertEqual(option.get("choices"), row.get("choices"))
        self.assertEqual(option.get("required", False), row.get("required", False))
        self.assertEqual(option.get("negative"), row.get("negative_flag"))

    def test_references_inside_the_descriptors(self):
        for app in OPTIONS:
            body = APPS[app]
            for name, purpose in body["purposes"].items():
                with self.subTest(app=app, purpose=name):
                    self.assertIn(purpose["script"], body["scripts"])
                    self.assertLessEqual(set(purpose["launchers"]),
                                         {"none", "poprun", "mpirun", "mpiexec"})
                    for quantity in purpose.get("needs", []) + purpose.get("without", []):
                        self.assertIn(quantity, body["quantities"])
                    for key in purpose.get("fixed", {}):
                        self.assertIn(purpose["script"], body["options"][key]["scripts"])
            for bound in body["quantities"].values():
                self.assertIn(bound if isinstance(bound, str) else list(bound.values())[0],
                              body["options"])
            for name, metric in body["metrics"].items():
                self.assertLessEqual(set(metric["scripts"]), set(body["scripts"]), name)
                self.assertEqual(metric["text"].count("{value}"), 1)
            for script in body["scripts"].values():
                self.assertIn(script["proof"], {"exit", *body["metrics"]})


class PyTorchPresets(unittest.TestCase):
    def test_names(self):
        self.assertEqual([len(presets) for presets in REFERENCE.values()], [8, 5])
        for group, presets in REFERENCE.items():
            self.assertEqual(set(PRESETS[group]), set(presets))

    def test_every_value_and_its_type(self):
        for group, presets in REFERENCE.items():
            for name, preset in presets.items():
                expected = {**preset["set"], **preset["ignored"]}
                self.assertEqual(set(PRESETS[group][name]), set(expected), name)
                for key, value in expected.items():
                    with self.subTest(preset=name, key=key):
                        self.assertEqual(typed(PRESETS[group][name][key]), typed(value))

    def test_the_program_computes_the_same_figures_and_warns_of_dead_keys_only(self):
        for group, presets in REFERENCE.items():
            for name, preset in presets.items():
                with self.subTest(preset=name):
                    plan = self.plan_of(group, name)
                    g = plan["steps"][0]["geometry"]
                    self.assertEqual(g["ipus"], preset["ipus"])
                    self.assertEqual(g["ipus_per_replica"], preset["stages"])
                    if preset["global_batch"]:
                        self.assertEqual(g["global_batch"], preset["global_batch"])

    def plan_of(self, group, name):
        purpose = "inference" if group.endswith("inference") else "train"
        data = [] if purpose == "inference" else ["--imagenet-data-path", "/d"]
        words = ["run", "--config", f"{group.split('/')[0]}:{name}", "--purpose", purpose, *data, "--dry-run", "--format", "json"]
        done = program.ipucnn(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        dead = REFERENCE[group][name]["ignored"]
        warned = [line for line in done.stderr.decode().splitlines() if "warning[" in line]
        self.assertEqual(len(warned), len(dead), warned)
        for key in dead:
            self.assertTrue(any(f"warning[K014]: {key} is ignored by " in line for line in warned), key)
        return json.loads(done.stdout)


class Release22(unittest.TestCase):
    def test_options(self):
        changed = APPS["tensorflow1_cnns@2.2"]["options"]
        self.assertEqual({None}, set(changed.values()))
        self.assertEqual(set(changed),
                         {key for key, option in APPS["tensorflow1_cnns@2.3"]["options"].items()
                          if option.get("since") == "v2.3.0"})
        for option in ("--identical-replica-seeding", "--max-reduce-many-buffer-size=1"):
            for release, status in (("2.2", 1), ("2.3", 0)):
                done = program.ipucnn("run", "--config", f"tensorflow1_cnns@{release}:mk2_resnet50_base",
                                      option, "--data-dir", "/d", "--dry-run")
                self.assertEqual(done.returncode, status, done.stderr)

    def test_presets(self):
        old, new = PRESETS["tensorflow1_cnns@2.2"], PRESETS["tensorflow1_cnns@2.3"]
        self.assertEqual(set(old) - set(new), {"mk2_resnet50_mlperf_pod4_bs20"})
        self.assertEqual(set(new) - set(old),
                         {"mk2_resnet50_mlperf_pod128_bs20", "mk2_resnet50_mlperf_pod16_lars",
                          "mk2_resnet50_mlperf_pod64_lars", "mk2_resnet50_mlperf_pod128_lars"})
        target = {"internal_exchange_optimisation_target": ("memory", "balanced")}
        differ = {name: {key: (new[name].get(key), old[name].get(key))
                         for key in {*new[name], *old[name]} if new[name].get(key) != old[name].get(key)}
                  for name in set(old) & set(new) if old[name] != new[name]}
        self.assertEqual(differ, {"mk2_resnet50_mlperf_pod16": target,
                                  "mk2_resnet50_mlperf_pod16_bs20": {**target, "epochs": (40, 44)},
                                  "mk2_resnet50_mlperf_pod64_bs20": {**target, "epochs": (41, 45)}})
        small = {**old["mk2_resnet50_mlperf_pod16_bs20"], "replicas": 4,
                 "gradient_accumulation_count": 24, "available_memory_proportion": [0.145]}
        self.assertEqual(old["mk2_resnet50_mlperf_pod4_bs20"], small)


if __name__ == "__main__":
    program.main()
