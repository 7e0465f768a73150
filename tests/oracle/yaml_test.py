"""Holds the reader to PyYAML's full_load: same values, or both refuse.

Run: /usr/bin/python3 tests/oracle/yaml_test.py BATCH [SCALARS DOCUMENTS]
BATCH is the program ipucnn_batch. Needs python3-yaml, nothing else.
"""

import datetime
import json
import math
import pathlib
import random
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.batch import Batch  # noqa: E402

BATCH = ""
SCALARS = 4000
DOCUMENTS = 400

# What the reader refuses on purpose although PyYAML takes it; each is told by its id and a part of
# its message.
STRICTER = [
    ("Y001", "the tag "),                # tags beyond text, numbers, booleans, null, list, mapping
    ("Y001", "nested deeper than"),
    ("Y001", "a line separator of Unicode"),
    ("Y001", "a carriage return without"),
    ("Y002", "an alias stands inside"),  # recursive values
    ("Y007", "is a date"),
    ("Y008", ""),                        # where YAML readers differ
]

WORDS = ["a", "batch_size", "b1/2/relu", "ResNet", "1e-5", "5e-05", "1.0e-5", "010", "08", "0x1F",
         "0b11", "1_000", "1:30", "1:30.5", "-1:30", "16.32", "yes", "no", "on", "off", "True",
         "FALSE", "y", "n", "~", "null", "Null", ".5", "-.5", "+.5", "1.", "1.e2", "1.e+2", ".inf",
         "-.INF", ".nan", "0", "-0", "+1", "0o10", "1__0", "_1", "1_", ".", "..", "-", "--", "1-2",
         "a:b", "a#b", "=", "<<", "2001-01-01", "2001-1-1 1:02:03", "0.0_1", "1e5", "1.5e+3", "0x",
         "0b", "0_7", "-0x1f", "+0b1", "1.2.3", "12345678901234567890", "é", "日本", "{", "x y"]
ALPHABET = "0123456789abcdefxeE+-._:~ynNoOtTfF"


def python_value(value):
    """A value of PyYAML as ipucnn_batch writes it; None for one that has no such form."""
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", value if -2**63 <= value < 2**63 else None]
    if isinstance(value, float):
        return ["float", value]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, list):
        return ["list", [python_value(v) for v in value]]
    if isinstance(value, dict):
        return ["map", [[python_value(k), python_value(v)] for k, v in value.items()]]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return ["date"]
    return ["other", repr(value)]


def merged(tree):
    """Our tree is syntax: merge keys and duplicates are applied here as PyYAML does, so that both
    sides show the same mapping. The program's own merging is held to the scripts elsewhere."""
    if tree[0] == "list":
        return ["list", [merged(item) for item in tree[1]]]
    if tree[0] != "map":
        return [tree[0], float(tree[1])] if tree[0] == "float" and tree[1] is not None else tree
    pairs = []
    for key, value, plain in tree[1]:
        if key == ["str", "<<"] and plain:
            sources = value[1] if value[0] == "list" else [value]
            for source in reversed(sources):
                pairs += merged(source)[1]
    for key, value, plain in tree[1]:
        if not (key == ["str", "<<"] and plain):
            pairs.append([merged(key), merged(value)])
    # As a dict does: the first place, the last value. 1 and 1.0 and True are one key.
    out = {}
    for key, value in pairs:
        identity = key[1] if key[0] in ("bool", "int", "float") else json.dumps(key)
        out[identity] = [out[identity][0] if identity in out else key, value]
    return ["map", list(out.values())]


def same(a, b):
    if a[0] != b[0]:
        return False
    if a[0] in ("list", "map"):
        if len(a[1]) != len(b[1]):
            return False
        if a[0] == "list":
            return all(same(x, y) for x, y in zip(a[1], b[1]))
        return all(same(x[0], y[0]) and same(x[1], y[1]) for x, y in zip(a[1], b[1]))
    if a[0] == "float":
        if a[1] is None or b[1] is None:
            return a[1] == b[1]
        return a[1] == b[1] or (math.isnan(a[1]) and math.isnan(b[1]))
    return a == b


class Reader(unittest.TestCase):
    def setUp(self):
        self.batch = Batch(BATCH, "yaml")
        self.addCleanup(self.batch.close)

    def hold(self, texts):
        refused = 0
        for text in texts:
            answer = self.batch.ask(text)
            try:
                expected = python_value(yaml.full_load(text))
            except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as e:
                # A mapping as a key is syntax; what a preset's keys may be is checked further on.
                if "unhashable" in str(e):
                    continue
                self.assertTrue(answer["findings"], (text, "taken, and PyYAML says", str(e)))
                refused += 1
                continue
            if "?]" in text or "?}" in text:
                continue  # a lone ? in brackets: libyaml and PyYAML differ
            if answer["findings"]:
                finding = answer["findings"][0]
                self.assertTrue(any(finding["id"] == known and part in finding["message"]
                                    for known, part in STRICTER), (text, answer["findings"]))
                continue
            if answer["tree"] is None:
                self.assertEqual(expected, ["null"], text)
                continue
            self.assertTrue(same(merged(answer["tree"]), expected),
                            (text, answer["tree"], expected))
        return refused

    def test_listed_scalars(self):
        self.hold([f"k: {word}\n" for word in WORDS])
        self.hold([f"k: '{word}'\n" for word in WORDS])
        self.hold([f'k: "{word}"\n' for word in WORDS])
        self.hold([f"{word}: v\n" for word in WORDS])
        self.hold([f"[{word}, {word}]\n" for word in WORDS])
        for tag in ("str", "int", "float", "bool", "null"):
            self.hold([f"k: !!{tag} {word}\n" for word in WORDS if word not in ("{", "<<", "=")])

    def test_random_scalars(self):
        rng = random.Random(4)
        texts = []
        for _ in range(SCALARS):
            if rng.random() < 0.5:
                word = "".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 8)))
            else:
                word = rng.choice(WORDS)
                at = rng.randint(0, len(word))
                word = word[:at] + rng.choice(ALPHABET) + word[at + rng.randint(0, 1):]
            texts.append(f"k: {word}\n")
        self.hold(texts)

    def scalar(self, rng):
        word = rng.choice(WORDS)
        style = rng.random()
        if style < 0.6:
            return word if word not in ("{", "=", "<<") else "x"
        if style < 0.75:
            return "'" + word.replace("'", "''") + "'"
        if style < 0.9:
            return '"' + word + rng.choice(["", "\\n", "\\t", "\\x41", "\\u00e9", "\\\\", " "]) + '"'
        return ""

    def value(self, rng, depth, indent, anchors):
        """Text behind `key:`, with the line end."""
        kind = rng.random()
        pad = " " * indent
        if kind < 0.1 and anchors:
            return f" *{rng.choice(anchors)}\n"
        anchor = ""
        if kind > 0.9:
            anchor = f" &n{len(anchors)}"
        if depth == 0 or kind < 0.5:
            text = f"{anchor} {self.scalar(rng)}\n"
        elif kind < 0.6:
            items = ", ".join(self.scalar(rng) or "z" for _ in range(rng.randint(0, 3)))
            text = f"{anchor} [{items}]\n"
        elif kind < 0.65:
            pairs = ", ".join(f"k{i}: {self.scalar(rng) or 'z'}" for i in range(rng.randint(0, 3)))
            text = f"{anchor} {{{pairs}}}\n"
        elif kind < 0.7:
            style = rng.choice(["|", ">", "|-", ">-", "|+", ">+", "|2"])
            lines = "".join(f"{pad}  {rng.choice(['text', 'more # text', '  deeper', 'k: v', ''])}\n"
                            for _ in range(rng.randint(1, 4)))
            text = f"{anchor} {style}\n{pad}  begin\n{lines}"
        elif kind < 0.8:
            text = anchor + "\n" + "".join(
                f"{pad}-{self.value(rng, 0, indent + 2, [])}" for _ in range(rng.randint(1, 3)))
        elif kind < 0.85:
            text = f" two\n{pad}  lines{rng.choice(['', ' # note', '  '])}\n"
            anchor = ""
        else:
            text = anchor + "\n" + self.mapping(rng, depth - 1, indent + 2, anchors)
        if anchor:
            anchors.append(anchor[2:])
        return text

    def mapping(self, rng, depth, indent, anchors):
        out = ""
        pad = " " * indent
        maps = [a for a in anchors if a.startswith("m")]
        if maps and rng.random() < 0.5:
            if rng.random() < 0.5:
                out += f"{pad}<<: *{rng.choice(maps)}\n"
            else:
                out += f"{pad}<<: [*{rng.choice(maps)}, *{rng.choice(maps)}]\n"
        for i in range(rng.randint(1, 5)):
            key = rng.choice(["k", "lr", "model", "'q'", '"d"', "on", "1", "a b", "batch_size"])
            if rng.random() < 0.8:
                key = f"k{i}"
            out += f"{pad}{key}:{self.value(rng, depth, indent, anchors)}"
            if rng.random() < 0.1:
                out += f"{pad if rng.random() < 0.5 else ''}# a comment\n"
        return out

    def document(self, rng):
        anchors = []
        out = rng.choice(["", "", "", "---\n", "# first\n", "\ufeff"])
        for i in range(rng.randint(1, 6)):
            name = f"m{i}"
            if rng.random() < 0.7:
                out += f"p{i}: &{name}\n{self.mapping(rng, 1, 2, anchors)}"
                anchors.append(name)
            else:
                out += f"p{i}:{self.value(rng, 2, 0, anchors)}"
        if rng.random() < 0.3:
            out = out.replace("\n", "\r\n")
        if rng.random() < 0.35:  # a slip of the keyboard
            at = rng.randint(0, len(out))
            out = out[:at] + rng.choice(["\t", ":", "'", '"', "[", "}", "*", "&", "-", "#", " ",
                                         "\n", "?", "!", "%", "@", ",", "|", "\x00", "\x07"]
                                        ) + out[at + rng.randint(0, 2):]
        return out

    def test_random_documents(self):
        rng = random.Random(5)
        refused = self.hold([self.document(rng) for _ in range(DOCUMENTS)])
        # Documents of both kinds, else this compares nothing.
        self.assertGreater(refused, DOCUMENTS // 50)
        self.assertLess(refused, DOCUMENTS // 2)


if __name__ == "__main__":
    BATCH = sys.argv[1]
    if len(sys.argv) > 2:
        SCALARS, DOCUMENTS = int(sys.argv[2]), int(sys.argv[3])
    unittest.main(argv=sys.argv[:1])
