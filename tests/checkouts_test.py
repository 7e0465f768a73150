#!/usr/bin/python3
"""A checkout of every tag is taken for its own release, or said to be unknown.

The marks are tests/data/releases/detection.yml, as they were verified over the trees of all tags. A folder is made
with exactly the marks of a tag, and once more with those of the releases before it that it can have as well: what one
release added, the next ones keep.

usage: checkouts_test.py PROGRAM
"""
import json
import pathlib
import sys
import tempfile
import unittest

import yaml

from support import program

TABLE = yaml.safe_load((program.DATA / "releases/detection.yml").read_text(encoding="utf-8"))["probes"]
OURS = yaml.safe_load((program.ROOT / "configs/releases/checkouts.yml").read_text(encoding="utf-8"))
UNKNOWN = {"tensorflow1_cnns@2.0"}
SCRIPTS = {"tensorflow1_cnns": ["train.py", "validation.py", "configs.yml"],
           "pytorch_cnns": ["train.py", "validate.py", "configs.yml"],
           "tensorflow2_cnns": ["train.py", "configs.yml"]}


class Checkouts(unittest.TestCase):
    @staticmethod
    def marks(application, release, with_earlier):
        """(file, text) of the release, and of those before it whose own mark forbids one of these."""
        found = set(TABLE[application][release].get("text", {}).items())
        earlier = list(TABLE[application])[:list(TABLE[application]).index(release)]
        for other in reversed(earlier if with_earlier else []):
            mark = TABLE[application][other]
            if set(mark.get("no_text", {}).items()) & found:
                found |= set(mark["text"].items())
        return found

    def make(self, folder, application, release, with_earlier):
        texts = {name: "" for name in SCRIPTS[application]}
        texts["configs.yml"] = "p: {batch_size: 4}\n"
        for name, text in self.marks(application, release, with_earlier):
            texts[name] = texts.get(name, "") + f"# {text}\n"
        for name, text in texts.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def described(self, application):
        shown = json.loads(program.output("show", "apps", "--format", "json"))
        return {f"{app['name']}@{app['release']}" for app in shown["applications"] if app["name"] == application}

    def test_our_table_is_the_verified_one(self):
        def conditions(table):
            return {application: {release: {key: value for key, value in mark.items() if key != "directory"}
                                  for release, mark in releases.items()} for application, releases in table.items()}
        self.assertEqual(OURS["defaults"]["checkouts"], conditions(TABLE))
        tags = [tag for releases in TABLE.values() for release, mark in releases.items()
                for tag in mark.get("covers", [release])]
        self.assertEqual(len(tags), 28)  # v2.0.0 to v3.4.0, each application as long as it was there

    def test_every_tag(self):
        for with_earlier in (False, True):
            self.check(with_earlier)

    def check(self, with_earlier):
        count = 0
        listed = json.loads(program.output("show", "presets", "--format", "json"))["presets"]
        presets = {p["application"]: p["name"] for p in listed if p["group"] is None}
        for application, releases in TABLE.items():
            described = self.described(application)
            for release in releases:
                with self.subTest(f"{application}@{release}", with_earlier=with_earlier), tempfile.TemporaryDirectory() as folder:
                    count += 1
                    self.make(folder, application, release, with_earlier)
                    name = f"{application}@{release}"
                    if name in UNKNOWN or name not in described:
                        done = program.ipucnn("show", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus",
                                              "--app-dir", folder)
                        self.assertIn(f"is a checkout of {name}, a release that is not", done.stderr.decode())
                        continue
                    # A preset that the release has is its own there, whoever else has it.
                    preset = presets[name]
                    done = program.ipucnn("show", "--config", preset, "--app-dir", folder, "--format", "json")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertNotIn(b"K044", done.stderr)
                    shown = json.loads(done.stdout)
                    self.assertEqual(f"{shown['application']}@{shown['release']}", name)
        self.assertEqual(count, sum(map(len, TABLE.values())))
        self.assertLessEqual({"pytorch_cnns@2.1", "pytorch_cnns@3.2"}, self.described("pytorch_cnns"))


if __name__ == "__main__":
    program.main()
