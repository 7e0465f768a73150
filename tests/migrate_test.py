#!/usr/bin/python3
"""Presets of one release rewritten for each other one: the result goes through the parser of its release and
its rules, and keeps every figure or names the one that changed.

usage: migrate_test.py BATCH      (ipucnn_batch; python3-yaml)
"""
import json
import pathlib
import re
import sys
import tempfile
import unittest

import yaml

from support import tensorflow2
from support.batch import Batch
from support.tensorflow2 import PRESETS, RELEASES

BATCH = ""
FIGURES = ("micro_batch", "accumulation", "replicas", "global_batch", "ipus_per_replica", "ipus")
APP = "tensorflow2_cnns"


class Migrated(unittest.TestCase):
    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(pathlib.Path(folder.name) / "mine.yml")

    def figures(self, *words):
        done = self.batch.ipucnn("run", *words, "--target", "none", "--dry-run", "--format", "json", "--allow",
                                 "B004")
        self.assertEqual(done.returncode, 0, done.stderr)
        geometry = json.loads(done.stdout)["steps"][0]["geometry"]
        return {name: geometry[name] for name in FIGURES}

    def test_every_preset_to_the_next_release(self):
        migrated = 0
        for one, other in zip(RELEASES, RELEASES[1:]):
            for before, after in ((one, other),):
                for name in PRESETS[before]:
                    with self.subTest(before=before, after=after, preset=name):
                        self.migrate(before, after, name)
                        migrated += 1
        self.assertGreater(migrated, 50)

    def migrate(self, before, after, name):
        done = self.batch.ipucnn("migrate", "--config", f"{APP}@{before}:{name}", "--to", after)
        said = done.stderr.decode()
        # What a release of this preset breaks by itself it breaks afterwards as well.
        errors = set(re.findall(r"error\[(\w+)\]", said))
        rounded = "global_batch_asked" in PRESETS[before][name]["derived"]
        self.assertLessEqual(errors, {"B004"} if rounded else set(), said)
        text = done.stdout.decode()
        preset = yaml.safe_load(text)["presets"][f"{APP}@{after}"][name]
        tensorflow2.parser_of(after, "train", wide=True).parse_args(tensorflow2.words_of(preset))
        kept = {"model-name" if key == "model" else key for key in PRESETS[before][name]["values"]}
        gone = set(re.findall(r"\[K047\]: \S+ has no counterpart of ([\w-]+)", said))
        renamed = set(re.findall(r"\[K045\]: ([\w-]+) ", said))
        self.assertLessEqual(kept - set(preset), gone | renamed, said)
        pathlib.Path(self.file).write_text(text)
        ours = self.figures("--presets", self.file, "--config", f"{APP}@{after}:{name}")
        theirs = self.figures("--config", f"{APP}@{before}:{name}")
        moved = {figure for figure in FIGURES if ours[figure] != theirs[figure]}
        self.assertEqual(bool(moved), "[K046]" in said, (moved, said))


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    unittest.main()
