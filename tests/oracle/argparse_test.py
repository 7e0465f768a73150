"""Holds preset and overrides, as we resolve them, to argparse as the scripts run it.

Run: /usr/bin/python3 tests/oracle/argparse_test.py BATCH [CASES]
BATCH is the program ipucnn_batch. Needs python3-yaml, nothing else.
"""

import json
import math
import pathlib
import random
import sys
import unittest

import yaml

import upstream

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.batch import Batch  # noqa: E402

BATCH = ""
CASES = 1000

# argparse hands these values on, and the script fails or goes wrong later: we refuse at once.
STRICTER = {"K012", "K013", "K031", "K034", "K035", "K036", "K037", "K038", "K039", "K043"}

MODELS = ["resnet", "resnext", "efficientnet", "ResNet"]
SCHEDULES = ["stepped", "cosine", "exponential", "polynomial_decay_lr"]
WORDS = {
    "int": ["1", "8", "016", "-3", "1_000", " 7", "7.5", "x", "1e3", ""],
    "float": ["0.5", "1", "1e-5", "-9.5", "-1", "-1e-5", ".5", "nan", "inf", "x", "1_0.0"],
    "str": ["a", "b1/2/relu", "-5", "two words", "-a b", "a=b", ""],
    "untyped": ["a", "cosine", "-5"],
    "python_bool": ["True", "False", ""],
}
YAML_VALUES = ["8", "0.5", "1.0e-5", "1e-5", "010", "true", "no", "null", "'12'", "'x'", "text",
               "[a, b]", "['0.15']", "[1, 2]", "16.32", "'16.32'", ""]


def spelled(rng, flag, others):
    """The flag as it is, or cut short."""
    if rng.random() < 0.8 or len(flag) < 5:
        return flag
    return flag[:rng.randint(4, len(flag))]


def words_of(rng, row, variant, others):
    flag = spelled(rng, row["flag"], others)
    if variant["action"] != "store":
        return [flag] + (["True"] if rng.random() < 0.05 else [])
    kind = variant["type"]
    choices = variant.get("choices")
    pool = WORDS.get(kind, WORDS["str"])
    if row["dest"] == "model":
        pool = MODELS
    elif row["dest"] == "lr_schedule":
        pool = SCHEDULES
    elif isinstance(choices, list) and rng.random() < 0.7:
        pool = [str(choice) for choice in choices]
    elif rng.random() < 0.7:
        pool = pool[:3]
    count = rng.randint(1, 3) if variant["nargs"] == "+" else 1
    if rng.random() < 0.03:
        count = rng.randint(0, 2)
    values = [rng.choice(pool) for _ in range(count)]
    if values and rng.random() < 0.3:
        return [f"{flag}={values[0]}"] + values[1:]
    return [flag] + values


def preset_value(rng, row, variant):
    if rng.random() < 0.25:
        return rng.choice(YAML_VALUES)
    if variant["action"] != "store":
        return rng.choice(["true", "false", "yes", "off"])
    if row["dest"] == "model":
        return rng.choice(MODELS[:3])
    if row["dest"] == "lr_schedule":
        return rng.choice(SCHEDULES)
    choices = variant.get("choices")
    if isinstance(choices, list):
        return json.dumps(rng.choice(choices))
    value = {"int": "8", "float": rng.choice(["0.5", "1e-5", "3"]), "python_bool": "true"}.get(
        variant["type"], "text")
    return f"[{value}, {value}]" if variant["nargs"] == "+" else value


def case(rng):
    script = rng.choice(["train.py", "train.py", "validation.py"])
    model, schedule = rng.choice(MODELS[:3]), rng.choice(SCHEDULES)
    rows = list(upstream.options(script, model, schedule))
    anywhere = [(row, row["variants"][0]) for row in upstream.table_rows
                if row["dest"] not in ("help", "config", "config_path")]
    rows = [pair for pair in rows if pair[0]["dest"] not in ("help", "config", "config_path")]
    keys = {}
    if rng.random() < 0.8:
        keys["model"] = model
    if rng.random() < 0.8:
        keys["lr_schedule"] = schedule
    for row, variant in rng.sample(rows if rng.random() < 0.9 else anywhere, rng.randint(0, 6)):
        keys.setdefault(row["dest"], preset_value(rng, row, variant))
    argv = []
    for row, variant in rng.sample(rows if rng.random() < 0.9 else anywhere, rng.randint(0, 4)):
        argv += words_of(rng, row, variant, rows)
    if rng.random() < 0.05:
        argv.insert(rng.randint(0, len(argv)), rng.choice(["stray", "--nothing", "-h", "-x", "--"]))
    text = "p:" + ("".join(f"\n  {key}: {value}" for key, value in keys.items()) or " {}") + "\n"
    return {"script": script, "text": text, "argv": argv}


def finite(value):
    """JSON has no infinity and no NaN; we show the word as it was typed."""
    if isinstance(value, list):
        return [finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


class Resolution(unittest.TestCase):
    def test_random_command_lines(self):
        rng = random.Random(7)
        batch = Batch(BATCH, "resolve")
        self.addCleanup(batch.close)
        taken = 0
        for one in [case(rng) for _ in range(CASES)]:
            answer = batch.ask(one)
            errors = {f["id"] for f in answer["findings"] if f["severity"] == "error"}
            try:
                preset = yaml.full_load(one["text"])["p"]
                expected, dests = upstream.resolve(one["script"], preset, one["argv"])
            except upstream.Refused as e:
                self.assertTrue(errors, (one, "taken, and argparse says", str(e)))
                continue
            if errors:
                self.assertTrue(errors & STRICTER, (one, answer["findings"]))
                continue
            taken += 1
            for dest in dests & set(answer["settings"]):
                ours, theirs = answer["settings"][dest], finite(expected[dest])
                self.assertEqual((type(theirs), theirs), (type(ours), ours), (one, dest))
            for dest in dests - set(answer["settings"]):
                if dest not in ("config", "config_path"):
                    row = next(r for r in upstream.table_rows if r["dest"] == dest)
                    defaults = [v["default"] for v in row["variants"]]
                    self.assertIn(expected[dest], defaults, (one, dest))
        # Most lines are fine, else this compares refusals only.
        self.assertGreater(taken, CASES // 4)


if __name__ == "__main__":
    BATCH = sys.argv[1]
    if len(sys.argv) > 2:
        CASES = int(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
