#!/usr/bin/python3
"""Merge keys as PyYAML applies them: `<<` written several times in one mapping (the later wins), lists of merges (the
earlier wins), both at once and over several levels; and the order of two spellings of one option, which decides in
TensorFlow 2, as the scripts' own two-step parse has it.

usage: merges_test.py BATCH [DOCUMENTS]      (ipucnn_batch; python3-yaml)
"""
import json
import pathlib
import random
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import tensorflow2  # noqa: E402
from support.batch import Batch  # noqa: E402

BATCH = ""
DOCUMENTS = 60
KEYS = ("epochs", "momentum", "label_smoothing", "loss_scaling", "warmup_epochs", "weight_decay", "logs_per_epoch")
# Spellings of three options: argparse takes any beginning that is no other option's.
SPELLINGS = {"model-name": ("model-name", "model", "model-n"), "num-epochs": ("num-epochs", "num-epoch", "num-e"),
             "label-smoothing": ("label-smoothing", "label-smooth", "label-s")}
VALUES = {"model-name": ("cifar_resnet8", "cifar_resnet20", "cifar_resnet32"), "num-epochs": (2, 3, 5, 8),
          "label-smoothing": (0.1, 0.2, 0.25)}


class Merges(unittest.TestCase):
    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.seed = random.randrange(2**32)
        print("seed", self.seed)
        self.random = random.Random(self.seed)

    def document(self, own_keys):
        """Mappings that merge earlier ones; how often one has `<<`, and whether with a list, is drawn."""
        lines, names = [], []
        for number in range(8):
            parts = []
            for _ in range(self.random.choice((0, 1, 1, 2, 3)) if names else 0):
                if self.random.random() < 0.5:
                    some = [f"*{self.random.choice(names)}" for _ in range(self.random.randint(1, 3))]
                    parts.append(f"<<: [{', '.join(some)}]")
                else:
                    parts.append(f"<<: *{self.random.choice(names)}")
            parts += own_keys()
            self.random.shuffle(parts)
            lines.append(f"p{number}: &p{number} {{{', '.join(parts)}}}")
            names.append(f"p{number}")
        return "\n".join(lines) + "\n", names

    def test_every_preset_as_pyyaml_flattens_it(self):
        asked = 0
        for number in range(DOCUMENTS):
            text, names = self.document(lambda: [f"{key}: {self.random.randint(1, 9)}" for key in
                                                 self.random.sample(KEYS, self.random.randint(1, 3))])
            path = self.folder / f"{number}.yml"
            path.write_text(text)
            expected = yaml.load(text, yaml.FullLoader)
            for name in names:
                done = self.batch.ipucnn("show", "--presets", str(path), "--app", "tensorflow1_cnns@2.3", "--config",
                                         name, "--format", "configs")
                shown = yaml.load(done.stdout, yaml.FullLoader)
                self.assertEqual(shown and shown[name], expected[name], (self.seed, name, text, done.stderr))
                asked += 1
        self.assertEqual(asked, 8 * DOCUMENTS)

    def test_the_later_of_two_spellings(self):
        def own_keys():
            keys = self.random.sample(sorted(SPELLINGS), self.random.randint(1, 3))
            return [f"{self.random.choice(SPELLINGS[key])}: {self.random.choice(VALUES[key])}" for key in keys]

        both = 0
        for number in range(DOCUMENTS):
            text, names = self.document(own_keys)
            path = self.folder / f"{number}.yml"
            path.write_text(f"base: {{dataset: cifar10}}\n{text}")
            release = self.random.choice(tensorflow2.RELEASES)
            presets = yaml.load(text, yaml.FullLoader)
            for name in names:
                words = tensorflow2.words_of(presets[name])
                wanted = vars(tensorflow2.parser_of(release, "train", wide=True).parse_args(words))
                done = self.batch.ipucnn("run", "--presets", str(path), "--app", f"tensorflow2_cnns@{release}",
                                         "--config", name, "--target", "none", "--dry-run", "--format", "json", "--dataset", "cifar10")
                self.assertEqual(done.returncode, 0, (self.seed, text, done.stderr))
                settings = json.loads(done.stdout)["steps"][0]["settings"]
                for option, spellings in SPELLINGS.items():
                    given = [key for key in presets[name] if key in spellings]
                    both += len(given) > 1
                    if given:
                        self.assertEqual(settings[option], wanted[option.replace("-", "_")],
                                         (self.seed, release, name, text))
        self.assertGreater(both, DOCUMENTS)


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        DOCUMENTS = int(sys.argv.pop(1))
    unittest.main()
