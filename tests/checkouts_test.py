#!/usr/bin/python3
"""A checkout of every release is taken for its own release, or said to be unknown.

A folder is made with the files and texts that configs/releases/checkouts.yml gives for a release, and with
those of the releases before it that it is not said to lack: what one release added, the next ones keep.

usage: checkouts_test.py PROGRAM
"""
import json
import pathlib
import sys
import tempfile
import unittest

import yaml

from support import program

TABLE = yaml.safe_load((program.ROOT / "configs/releases/checkouts.yml").read_text())["defaults"]["checkouts"]
UNKNOWN = {"tensorflow1_cnns@2.0"}
SCRIPTS = {"tensorflow1_cnns": ["train.py", "validation.py", "configs.yml"],
           "pytorch_cnns": ["train.py", "validate.py", "configs.yml"],
           "tensorflow2_cnns": ["train.py", "configs.yml"]}


class Checkouts(unittest.TestCase):
    def make(self, folder, application, release):
        texts = {name: "" for name in SCRIPTS[application]}
        texts["configs.yml"] = "p: {batch_size: 4}\n"
        for name, text in TABLE[application][release].get("text", {}).items():
            texts[name] = texts.get(name, "") + f"# {text}\n"
        for name, text in texts.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def described(self, application):
        shown = json.loads(program.output("show", "apps", "--format", "json"))
        return {f"{app['name']}@{app['release']}" for app in shown["applications"] if app["name"] == application}

    def test_every_release(self):
        count = 0
        listed = json.loads(program.output("show", "presets", "--format", "json"))["presets"]
        presets = {p["application"]: p["name"] for p in listed if p["group"] is None}
        for application, releases in TABLE.items():
            described = self.described(application)
            for release in releases:
                with self.subTest(f"{application}@{release}"), tempfile.TemporaryDirectory() as folder:
                    count += 1
                    self.make(folder, application, release)
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
