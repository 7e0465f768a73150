#!/usr/bin/python3
"""A checkout of every release is taken for its own release, or said to be unknown.

A folder is made with the files and texts that configs/releases/checkouts.yml gives for a release, and with
those of the releases before it that it is not said to lack: what one release added, the next ones keep.

usage: checkouts_test.py PROGRAM
"""
import pathlib
import sys
import tempfile
import unittest

import yaml

from support import program

TABLE = yaml.safe_load((program.ROOT / "configs/releases/checkouts.yml").read_text())["defaults"]["checkouts"]
KNOWN = {"tensorflow1_cnns@2.2", "tensorflow1_cnns@2.3", "pytorch_cnns@2.0",
         *(f"tensorflow2_cnns@{release}" for release in TABLE["tensorflow2_cnns"])}
SCRIPTS = {"tensorflow1_cnns": ["train.py", "validation.py", "configs.yml"],
           "pytorch_cnns": ["train.py", "validate.py", "configs.yml"],
           "tensorflow2_cnns": ["train.py", "configs.yml"]}


class Checkouts(unittest.TestCase):
    def make(self, folder, application, release):
        texts = {name: "" for name in SCRIPTS[application]}
        texts["configs.yml"] = "p: {batch_size: 4}\n"
        for known, marks in TABLE[application].items():
            for name, text in marks.get("text", {}).items():
                texts[name] = texts.get(name, "") + f"# {text}\n"
            if known == release:
                break
        for name, text in TABLE[application][release].get("no_text", {}).items():
            texts[name] = texts.get(name, "").replace(f"# {text}\n", "")
        for name, text in texts.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def test_every_release(self):
        count = 0
        for application, releases in TABLE.items():
            for release in releases:
                with self.subTest(f"{application}@{release}"), tempfile.TemporaryDirectory() as folder:
                    self.make(folder, application, release)
                    done = program.ipucnn("show", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--app-dir", folder)
                    said = done.stderr.decode()
                    if f"{application}@{release}" in KNOWN:
                        self.assertNotIn("K042", said)
                    else:
                        self.assertIn(f"is a checkout of {application}@{release}, a release that is not", said)
                    count += 1
        self.assertEqual(count, sum(map(len, TABLE.values())))


if __name__ == "__main__":
    program.main()
