#!/usr/bin/python3
"""Holds the reader of our files and the JSON Schema of `ipucnn schema ipucnn` to each other: entries of
configs/ and of a good file are changed in one place each, and both have to say the same of the result.

usage: entries_test.py PROGRAM [CASES [SEED]]
python3-jsonschema is used where it is installed.
"""
import copy
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import configs  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

IPUCNN, CASES, SEED = "", 250, 20261126
# What the form, the word or the range of one value or key gives.
FORM = {"Y005", "Y009", "Y010", "K070"}
# What a name that is not there gives.
UNKNOWN = {"P030", "K001", "K002", "K003", "K004", "K005", "K006", "K017", "K050"}
NAMES = {"target", "site", "profile", "application", "preset", "purpose", "then", "extends", "generation"}
SECTIONS = ["targets", "sites", "profiles", "jobs"]
WRONG = ["text", -1, 0, 1.5, True, ["a"], [["a"]], {"a": "b"}, {"a": ["b"]}, [], {}, 10 ** 12]

GOOD = {
    "targets": {"rack": {"extends": "pod16", "hosts": [1, 2], "ipu": {"tiles": 4},
                         "aliases": ["r"]}},
    "sites": {"room": {"target": "rack", "profile": "quiet", "hosts": ["192.0.2.1"],
                       "programs": {"poprun": ["nice", "/p"]}, "env": {"A": "b"},
                       "limits": {"compile": "1h30m", "stall": 90}, "retry": {"times": 2, "on": ["launch"]},
                       "sdks": {"a": {"release": "2.3", "enable": ["x.sh"]}}, "resources": "gres-ipu"}},
    "profiles": {"quiet": {"extends": "default", "verbosity": 0, "tag_output": "global", "mca": {"a": "b"},
                           "options": {"epochs": 2}, "several_hosts": {"forward": ["A"]},
                           "spelling": {"equals": ["--host"]}, "steps": {"validation": {"instances": 2}}}},
    "jobs": {"job": {"application": "tensorflow1_cnns@2.3", "preset": "mk2_resnet50_gn_16ipus",
                     "target": "rack", "site": "room", "profile": "quiet", "hosts": 1,
                     "purpose": "train", "then": "validation",
                     "launch": {"ilds": 1, "numa_aware": False}, "sweep": {"batch_size": [1, 2]},
                     "expect": {"throughput": {"at_least": 3.5}}, "allow": {"L021": "known"}}},
    "defaults": {"site": "room", "target": "rack", "profile": "quiet",
                 "preset_targets": {"mk2_resnet50_gn_16ipus": "rack"}},
}


def shipped():
    """Entries of configs/, one a file."""
    found = []
    for section in SECTIONS:
        for name, entry in configs.section(section, section).items():
            found.append({section: {name: entry}})
    return found


def places(node, path=()):
    """Every place but those in options, whose values are the application's, and the top."""
    if isinstance(node, dict):
        for key, value in node.items():
            here = path + (key,)
            yield here
            if key not in ("options", "sweep", "alternatives"):
                yield from places(value, here)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield path + (index,)
            yield from places(value, path + (index,))


def at(node, path):
    for step in path:
        node = node[step]
    return node


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Mutation:
    """One change of one place, of a kind that has such a place."""

    FITS = {
        "key": lambda key, value: isinstance(key, str),
        "drop": lambda key, value: True,
        "type": lambda key, value: True,
        "range": lambda key, value: is_number(value),
        "word": lambda key, value: isinstance(value, str) and key not in NAMES,
        "reference": lambda key, value: isinstance(value, str) and key in NAMES,
    }

    def __init__(self, rnd, bases):
        self.kind = rnd.choice(["word", "reference", "type", "type", "range", "range", "key", "drop"])
        while True:
            self.data = copy.deepcopy(rnd.choice(bases))
            # A preset that the application alone holds is a name that nobody can judge.
            fitting = [path for path in places(self.data) if len(path) > 1 and
                       self.FITS[self.kind](path[-1], at(self.data, path)) and
                       not (path[-1] == "preset" and
                            at(self.data, path[:-1]).get("preset_in_application"))]
            if fitting:
                break
        self.path = rnd.choice(fitting)
        parent, key = at(self.data, self.path[:-1]), self.path[-1]
        value = parent[key]
        if self.kind == "key":
            parent[key + rnd.choice("xs_")] = parent.pop(key)
        elif self.kind == "drop":
            parent.pop(key)
        elif self.kind in ("word", "reference"):
            parent[key] = value + rnd.choice(["x", "-2", "s"])
        elif self.kind == "range":
            parent[key] = rnd.choice([0, -1, 10 ** 12, 2 ** 31, 2 ** 31 - 1, 1, 7, 1.5])
        else:
            parent[key] = copy.deepcopy(rnd.choice(WRONG))


class Entries(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(subprocess.run([IPUCNN, "schema", "ipucnn"], check=True,
                                               stdout=subprocess.PIPE).stdout)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def findings(self, data):
        with open(os.path.join(self.folder, "case.yml"), "w", encoding="utf-8") as file:
            yaml.safe_dump(data, file, sort_keys=False)
        done = subprocess.run([IPUCNN, "check", "case.yml", "--format", "json"], cwd=self.folder,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={"PATH": "/usr/bin:/bin", "HOME": self.folder})
        self.assertIn(done.returncode, (0, 1), (data, done.stderr))
        return [f for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]

    def test_the_good_file_is_good(self):
        self.assertEqual([], [f for f in self.findings(GOOD) if f["id"] in FORM | UNKNOWN | {"K071"}])

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_the_schema_and_the_reader_agree(self):
        validator = jsonschema.Draft202012Validator(self.schema)
        validator.check_schema(self.schema)
        rnd = random.Random(SEED)
        bases = shipped() + [GOOD] * 20
        counts = {}
        for number in range(CASES):
            case = Mutation(rnd, bases)
            found = self.findings(case.data)
            ids = {f["id"] for f in found if f["file"] in ("case.yml", "")}
            accepted = validator.is_valid(case.data)
            self.assertEqual(accepted, not ids & FORM, (SEED, number, case.kind, case.path, case.data, found))
            if case.kind == "reference" and accepted:
                self.assertTrue(ids & UNKNOWN, (SEED, number, case.path, case.data, found))
            counts[case.kind, accepted] = counts.get((case.kind, accepted), 0) + 1
        semantic = sum(n for (kind, _), n in counts.items() if kind in ("word", "reference", "type", "range"))
        print(f"{CASES} mutations, seed {SEED}: {counts}", file=sys.stderr)
        self.assertGreaterEqual(semantic, 0.3 * CASES)
        for kind in ("type", "range", "word", "key"):
            self.assertGreater(counts.get((kind, False), 0), 0, kind)
        self.assertGreater(counts.get(("reference", True), 0), 0)

    def test_the_documents_name_every_key(self):
        text = (configs.ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
        sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))

        def keys(schema):
            for key, value in schema.get("properties", {}).items():
                yield key
                yield from keys(value)
                yield from keys(value.get("additionalProperties") or {})

        launch = set(self.schema["properties"]["jobs"]["additionalProperties"]["properties"]["launch"]
                     ["properties"])
        for section in SECTIONS + ["defaults"]:
            schema = self.schema["properties"][section]
            told = sections[section]
            if section != "targets":  # which has no launch settings
                told += sections["sites"] + sections["profiles"]
            if section == "defaults":
                told += sections["presets"]
            for key in set(keys(schema)) | set(keys(schema.get("additionalProperties") or {})):
                with self.subTest(section=section, key=key):
                    self.assertRegex(told, rf"\b{re.escape(key)}\b")
        self.assertTrue(launch)


if __name__ == "__main__":
    IPUCNN = os.path.abspath(sys.argv[1])
    CASES = int(sys.argv[2]) if len(sys.argv) > 2 else CASES
    SEED = int(sys.argv[3]) if len(sys.argv) > 3 else SEED
    unittest.main(argv=sys.argv[:1])
