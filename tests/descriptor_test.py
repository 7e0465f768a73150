#!/usr/bin/python3
"""Holds the reader of descriptors to its own JSON Schema, `ipucnn schema app`, on seeded mutations of
the shipped descriptors and of a fork: python3-jsonschema and the reader have to agree on each.

usage: descriptor_test.py PROGRAM    (IPUCNN_TEST_SIZE=full for the full number; without
                                      python3-jsonschema it is skipped)
"""
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import yaml

from support import configs, program
from support.size import sized

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

COUNT = sized(80, 5000)
SEED = int(os.environ.get("IPUCNN_SEED", "1"))
FORK = yaml.safe_load((program.DATA / "fork.yml").read_text())["applications"]["mycnn@1"]
# What a JSON Schema of one descriptor cannot know: the schema is that of the file as it was before, so
# that a changed definition leaves its uses behind.
DEFINITIONS = ("options", "purposes", "scripts", "metrics", "data_sets")
# Words that stand for nothing anywhere, and values of every type.
STRANGE = ["nosuch", "batch_sise", "", 7, -1, 0.5, True, None]
# Findings about the type or the choice of a preset's value.
TYPES = {"K012", "K013", "K034", "K035", "K036", "K037", "K038"}
STRUCTURES = [[], {}, ["nosuch"], {"nosuch": 1}, [[1]]]


def leaves(value, path=()):
    """Every place in a descriptor, with what stands there."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, path + (key,))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, path + (number,))


def as_json(value):
    """Keys are texts in JSON."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


class Mutator:
    """Makes one change; `kind` says whether it is of structure or of meaning."""

    def __init__(self, body, rng):
        self.body, self.rng = body, rng
        self.places = [(path, value) for path, value in leaves(body) if path]
        self.scalars = [(p, v) for p, v in self.places if not isinstance(v, (dict, list))]
        self.by_name = {}
        for path, value in self.scalars:
            self.by_name.setdefault(self.name(path), []).append(value)

    @staticmethod
    def name(path):
        return next((part for part in reversed(path) if isinstance(part, str)), "")

    @staticmethod
    def defines(path):
        """Whether a key is a definition, or decides on what conditions may say of an option."""
        return (len(path) <= 2 and path[0] in DEFINITIONS) or (
            path[0] == "options" and any(part in ("type", "choices", "variants") for part in path[2:]))

    def make(self):
        while True:
            body = copy.deepcopy(self.body)
            done = self.meaning(body) if self.rng.random() < 0.6 else self.structure(body)
            if done:
                return body, done

    def parent(self, body, path):
        for part in path[:-1]:
            body = body[part]
        return body

    def meaning(self, body):
        """A scalar becomes another one: of its own kind, misspelt, or a stranger."""
        path, old = self.rng.choice(self.scalars)
        if path[0] in ("title", "source", "checkout") or "choices" in path:
            return None
        choice = self.rng.random()
        if choice < 0.4:
            new = self.rng.choice(self.by_name[self.name(path)])
        elif choice < 0.7 and isinstance(old, str) and len(old) > 2:
            at = self.rng.randrange(len(old) - 1)
            new = old[:at] + old[at + 1:]
        else:
            new = self.rng.choice(STRANGE)
        if isinstance(old, int) and isinstance(new, float) and new == int(new):
            return None  # 1.0 is an integer to JSON Schema and none to YAML
        if new == old or self.defines(path) and new in self.by_name[self.name(path)]:
            return None
        self.parent(body, path)[path[-1]] = new
        return "meaning", path, new

    def structure(self, body):
        path, old = self.rng.choice(self.places)
        parent = self.parent(body, path)
        choice = self.rng.random()
        if self.defines(path) or path[0] in ("title", "source"):
            return None
        if choice < 0.3 and isinstance(parent, dict):
            new = str(path[-1]) + "x" if self.rng.random() < 0.5 else "nosuch"
            parent[new] = parent.pop(path[-1])
            return "structure", path, "renamed " + new
        if choice < 0.5 and isinstance(parent, dict) and path[0] != "extends":
            parent.pop(path[-1])
            return "structure", path, "removed"
        if choice < 0.8:
            parent[path[-1]] = self.rng.choice(STRUCTURES)
            return "structure", path, parent[path[-1]]
        if isinstance(old, dict):
            old = self.parent(body, path)[path[-1]]
            old["nosuch"] = self.rng.choice(STRANGE[1:])
            return "structure", path, "added"
        return None


class Descriptors(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.file = self.folder / "ipucnn.yml"

    def run_it(self, *words):
        return subprocess.run([program.PROGRAM, *words], cwd=self.folder, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60,
                              env=program.environment(HOME=str(self.folder)))

    def read(self, name, body):
        self.file.write_text(yaml.safe_dump({"applications": {name: body}}, sort_keys=False))
        return self.run_it("show", "config")

    def validator(self, name, body):
        self.file.write_text(yaml.safe_dump({"applications": {name: body}}, sort_keys=False))
        done = self.run_it("schema", "app", "--app", name)
        self.assertEqual(0, done.returncode, done.stderr)
        schema = json.loads(done.stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    def test_reader_and_schema_agree(self):
        apps = configs.section("apps", "applications")
        bodies = {name: body for name, body in apps.items() if "extends" not in body}
        bodies["mycnn@1"] = FORK
        verdicts, disagreements = {}, []
        print(f"seed {SEED}, {COUNT} mutations")
        for number, (name, body) in enumerate(bodies.items()):
            rng = random.Random(SEED * 1000 + number)
            body = yaml.safe_load(yaml.safe_dump(body))
            validator = self.validator(name, body)
            self.assertEqual([], [e.message for e in validator.iter_errors(
                as_json({"applications": {name: body}}))][:3], name)
            self.assertEqual(0, self.read(name, body).returncode, name)
            mutator = Mutator(body, rng)
            for _ in range(-(-COUNT // len(bodies))):
                mutated, done = mutator.make()
                accepted = validator.is_valid(as_json({"applications": {name: mutated}}))
                read = self.read(name, mutated)
                self.assertIn(read.returncode, (0, 1), read.stderr)
                if accepted != (read.returncode == 0):
                    disagreements.append((name, done, read.stderr[:300]))
                verdicts[done[0], accepted] = verdicts.get((done[0], accepted), 0) + 1
        self.assertEqual([], disagreements[:10])
        total = sum(verdicts.values())
        print(verdicts)
        self.assertGreaterEqual(total, COUNT)
        meaning = verdicts.get(("meaning", True), 0) + verdicts.get(("meaning", False), 0)
        self.assertGreaterEqual(meaning, 0.3 * total)
        for verdict in (True, False):
            self.assertGreater(verdicts.get(("meaning", verdict), 0), 0.05 * total)

    def test_a_metric_is_a_text_or_an_expression_or_a_column(self):
        texts = {"text": "took {value} s", "regex": "took (\\d+) s", "under": "Step Seconds"}
        body = {"extends": "nvcnn_hvd@1.1", "metrics": {"mine": {"unit": "s", "text": "a {value}"}}}
        validator = self.validator("fork", body)
        for keys, good in ((["text"], True), (["regex"], True), (["text", "under"], True), ([], False),
                           (["text", "regex"], False), (["regex", "under"], False)):
            metric = {"unit": "s", **{key: texts[key] for key in keys}}
            for more in ({}, {key: None for key in texts if key not in keys}):
                body["metrics"] = {"mine": {**metric, **more}}
                with self.subTest(keys=keys, more=more):
                    self.assertEqual(self.read("fork", body).returncode == 0, good)
                    # A part may leave to its base what the whole has to have.
                    if keys:
                        self.assertEqual(validator.is_valid({"applications": {"fork": body}}), good)

    def test_presets_that_check_refuses_fit_no_schema_of_a_configs_yml(self):
        rng = random.Random(SEED)
        apps = configs.section("apps", "applications")
        refused = accepted = 0
        own = jsonschema.Draft202012Validator(json.loads(self.run_it("schema", "ipucnn").stdout))
        for name in apps:
            self.assertTrue(own.is_valid({"presets": {name: {"p": {"extends": "q"}}}}), name)
            self.assertFalse(own.is_valid({"presets": {name: {"p": {"nosuch": 1}}}}), name)
            self.assertTrue(own.is_valid({"presets": {name: {"p": {"nosuch": 1}}},
                                          "applications": {name: {"extends": name}}}), name)
        self.assertFalse(own.is_valid({"presets": {"nosuch": {"p": {"model": "resnet"}}}}))
        for name, body in apps.items():
            if "extends" in body:
                continue
            done = self.run_it("schema", "configs", "--app", name)
            schema = json.loads(done.stdout)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            # What a variant takes depends on the model, and rules have choices of their own; the
            # schema asks of neither.
            ruled = {rule.get("option") for rule in body["rules"] if rule.get("id") in TYPES}
            options = [key for key, option in body["options"].items()
                       if "variants" not in option and key not in ruled]
            for _ in range(-(-COUNT // 3)):
                key = rng.choice(options)
                value = rng.choice(["eight", 65, "sgd", True, None, 0.5, [1], "yes", "8", "1e-3",
                                    *body["options"][key].get("choices", [])])
                preset = {"p": {key: value}}
                (self.folder / "p.yml").write_text(yaml.safe_dump(preset))
                found = self.run_it("check", "--config", "p", "--presets", "p.yml", "--app", name,
                                    "--format", "json")
                kinds = {f["id"] for f in json.loads(found.stdout)["findings"]
                         if f["severity"] == "error" and f["id"] in TYPES}
                good = validator.is_valid(preset)
                if kinds:
                    refused += 1
                    self.assertFalse(good, (name, preset, kinds))
                    self.assertFalse(own.is_valid({"presets": {name: preset}}), (name, preset, kinds))
                else:
                    self.assertEqual(good, own.is_valid({"presets": {name: preset}}), (name, preset))
                accepted += good
        self.assertGreater(refused, COUNT / 10)
        self.assertGreater(accepted, COUNT / 10)


if __name__ == "__main__":
    program.main()
