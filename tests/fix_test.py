#!/usr/bin/python3
"""Spoils files of ours and scripts in the ways that `check --fix` mends, and looks what it makes of them.

What is mended passes `check`, every other byte of the file stays, and no resolved value is another than in
the file before it was spoilt. YAML is read by PyYAML, scripts by bash.

usage: fix_test.py PROGRAM SIZE
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

PROGRAM = None
SIZE = 0
SEED = int(os.environ.get("IPUCNN_TEST_SEED", "11"))

GOOD = """\
# Presets of a team; comments and layout are theirs.

presets:
  tensorflow1_cnns@2.3:
    first:                    # a first try
      extends: mk2_resnet50_gn_16ipus
      batch_size: 8
      precision: '16.16'      # half
      optimiser: momentum

    second:
      extends: first
      gradient_accumulation_count: 16
      optimiser:   SGD
      identical_replica_seeding: true
      lr_schedule: cosine

targets:
  ours: {extends: pod16, default_hosts: 1}

sites:
  room:
    network: 10.1.3.0/24
    data_dir: /data
"""


def run(folder, *words):
    return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=120,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})


def values(folder, preset):
    shown = run(folder, "show", preset, "--format", "json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["settings"]


def faults(folder, *files):
    found = run(folder, "check", "--format", "json", *files)
    return [f for f in json.loads(found.stdout)["findings"] if f["severity"] != "note"]


def slip(word, rng):
    """One slip of a finger in a word of letters."""
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    if kind == 1:
        return word[:at] + word[at + 1:]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice("aeiostrn".replace(word[at], "")) + word[at + 1:]


KEYS = ["batch_size", "gradient_accumulation_count", "optimiser", "identical_replica_seeding",
        "lr_schedule", "default_hosts", "network", "data_dir"]


def spoil_key(text, rng):
    key = rng.choice(KEYS)
    wrong = slip(key, rng) if rng.random() < 0.7 else key.replace("_", "-").upper().replace("_", "-")
    return re.sub(rf"\b{key}:", wrong + ":", text, count=1), key


def spoil_quotes(text, rng):
    return text.replace("'16.16'", "16.16"), "precision"


def spoil_boolean(text, rng):
    word = rng.choice(["'true'", '"true"', "'yes'", "'on'"])
    return text.replace("identical_replica_seeding: true", f"identical_replica_seeding: {word}"), \
        "identical_replica_seeding"


def spoil_choice(text, rng):
    key, word = rng.choice([("optimiser", "momentum"), ("optimiser", "SGD"),
                            ("lr_schedule", "cosine")])
    changed = rng.choice([word.swapcase(), word.capitalize() if word.islower() else word.lower()])
    return re.sub(rf"({key}: +){word}\b", rf"\g<1>{changed}", text, count=1), key


SPOILERS = [spoil_key, spoil_quotes, spoil_boolean, spoil_choice]


class Files(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.file = self.folder / "ipucnn.yml"
        self.file.write_text(GOOD)
        self.good = {name: values(self.folder, name) for name in ("first", "second")}
        self.assertEqual(faults(self.folder), [])

    def tearDown(self):
        self.temporary.cleanup()

    def check_mended(self, spoilt, label):
        self.file.write_text(spoilt)
        before = faults(self.folder)
        if not before:
            return False  # the slip is another good word
        fixable = [f for f in before if f["fix"]]
        if len(fixable) < len(before):
            return False
        told = run(self.folder, "check", "--fix", "--diff")
        self.assertEqual(self.file.read_text(), spoilt, f"--diff wrote: {label}")
        mended = run(self.folder, "check", "--fix")
        text = self.file.read_text()
        self.assertEqual(mended.returncode, 0, f"{label}\n{text}\n{mended.stdout}")
        # Lines that were not spoilt are as they were, byte for byte.
        for good, now, bad in zip(GOOD.split("\n"), text.split("\n"), spoilt.split("\n")):
            if good == bad:
                self.assertEqual(now, good, label)
        self.assertEqual(len(text.split("\n")), len(GOOD.split("\n")))
        self.assertEqual(yaml.safe_load(text), yaml.safe_load(GOOD), label)
        for name, wanted in self.good.items():
            self.assertEqual(values(self.folder, name), wanted, label)
        # The diff is what patch makes the same of, where one pass was enough.
        if mended.stderr.count(" mended") == 1:
            self.file.write_text(spoilt)
            patched = subprocess.run(["patch", "-s", str(self.file)], input=told.stdout, text=True,
                                     capture_output=True, timeout=60)
            self.assertEqual(patched.returncode, 0, patched.stdout + told.stdout)
            self.assertEqual(self.file.read_text(), text)
        return True

    def test_spoilt_files_are_mended(self):
        rng = random.Random(SEED)
        mended = {spoiler.__name__: 0 for spoiler in SPOILERS}
        tried = 0
        for _ in range(SIZE):
            text = GOOD
            labels = []
            chosen = rng.sample(SPOILERS, rng.choice([1, 1, 2]))
            for spoiler in chosen:
                text, what = spoiler(text, rng)
                labels.append(f"{spoiler.__name__} {what}")
            tried += 1
            if self.check_mended(text, f"seed {SEED}: {labels}\n{text}"):
                for spoiler in chosen:
                    mended[spoiler.__name__] += 1
        print(f"fix: {tried} files, {mended}")
        for name, count in mended.items():
            self.assertGreater(count, SIZE // 40, f"{name} is hardly ever mended: {mended}")

    def test_what_is_not_certain_is_left_alone(self):
        for text in ("batch_size: many", "batch_size: [8]", "unheard_of: 1"):
            spoilt = GOOD.replace("batch_size: 8", text)
            self.file.write_text(spoilt)
            done = run(self.folder, "check", "--fix")
            self.assertEqual(done.returncode, 1, text)
            self.assertEqual(self.file.read_text(), spoilt)

    def test_what_is_allowed_stays(self):
        text = ("presets:\n  tensorflow1_cnns@2.3:\n    p:\n      extends: mk2_resnet50_gn_16ipus\n"
                "      bach_size: 4%s\n")
        for comment, words in (("  # ipucnn: allow(K014)", []), ("", ["--allow", "K014"])):
            with self.subTest(comment), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "p.yml"
                path.write_text(text % comment)
                done = run(folder, "check", "--fix", *words, "p.yml")
                self.assertEqual(path.read_text(), text % comment)
                self.assertNotIn("K064", done.stdout)

    def test_a_key_is_not_written_twice(self):
        spoilt = GOOD.replace("      batch_size: 8", "      batch_size: 8\n      batch_sise: 16")
        self.file.write_text(spoilt)
        self.assertEqual(run(self.folder, "check", "--fix").returncode, 1)
        self.assertEqual(self.file.read_text(), spoilt)

    def test_two_slips_of_one_key_stay(self):
        spoilt = GOOD.replace("      batch_size: 8", "      batch-size: 8\n      batch_sise: 16")
        self.file.write_text(spoilt)
        self.assertEqual(run(self.folder, "check", "--fix").returncode, 1)
        self.assertEqual(self.file.read_text(), spoilt)

    def test_values_that_are_more_than_what_stands_there_stay(self):
        for text in (">-\n        sgd", "|-\n        sgd", "\"sg\\\n        d\"", "!!str sgd", "\"s\\x67d\""):
            spoilt = GOOD.replace("optimiser: momentum", f"optimiser: {text}")
            self.file.write_text(spoilt)
            with self.subTest(text):
                self.assertIn("K013", [f["id"] for f in faults(self.folder)])
                self.assertEqual(run(self.folder, "check", "--fix").returncode, 1)
                self.assertEqual(self.file.read_text(), spoilt)

    def test_files_of_others_are_left_alone(self):
        config = self.folder / ".config/ipucnn"
        config.mkdir(parents=True)
        mine = config / "mine.yml"
        mine.write_text("targets:\n  big: {extends: pod16, default_hots: 1}\n")
        before = mine.read_text()
        run(self.folder, "check", "--fix", "--config", "first")
        self.assertEqual(mine.read_text(), before)

    def test_mode_and_symbolic_links_stay(self):
        real = self.folder / "real.yml"
        real.write_text(GOOD.replace("'16.16'", "16.16"))
        real.chmod(0o640)
        self.file.unlink()
        self.file.symlink_to(real)
        self.assertEqual(run(self.folder, "check", "--fix").returncode, 0)
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(real.read_text(), GOOD)
        self.assertEqual(real.stat().st_mode & 0o777, 0o640)

    def test_a_file_that_cannot_be_written_is_said(self):
        if os.geteuid() == 0:
            return  # root writes everywhere
        self.file.write_text(GOOD.replace("'16.16'", "16.16"))
        self.folder.chmod(0o500)
        done = run(self.folder, "check", "--fix")
        self.folder.chmod(0o700)
        self.assertEqual(done.returncode, 2)
        self.assertIn("ipucnn.yml", done.stderr)


COMMAND = """\
#!/bin/bash
set -e
# fine so far
poprun --num-replicas 16 --num-instances 8 \\
  python3 train.py --config mk2_resnet50_gn_16ipus \\
  --no-validation
echo done
"""


class Scripts(unittest.TestCase):
    def words(self, script):
        """What bash starts, by stand-ins that write their words down."""
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "poprun"
            program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{folder}/words\n")
            program.chmod(0o755)
            path = pathlib.Path(folder) / "script.sh"
            path.write_bytes(script)
            subprocess.run(["bash", str(path)], cwd=folder, capture_output=True, timeout=60,
                           env={"PATH": f"{folder}:/usr/bin:/bin"})
            words = pathlib.Path(folder) / "words"
            return words.read_text() if words.exists() else None

    def check(self, spoilt):
        wanted = self.words(COMMAND.encode())
        self.assertNotEqual(self.words(spoilt), wanted, "bash takes no offence")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "train.sh"
            path.write_bytes(spoilt)
            done = run(folder, "check", "--fix", "train.sh")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(self.words(path.read_bytes()), wanted)

    def test_carriage_returns(self):
        self.check(COMMAND.replace("\n", "\r\n").encode())

    def test_blanks_behind_a_backslash(self):
        for blanks in (" ", "  ", "\t", " \t "):
            for line in range(COMMAND.count("\\\n")):
                parts = COMMAND.split("\\\n")
                text = ""
                for number, part in enumerate(parts[:-1]):
                    text += part + "\\" + (blanks if number == line else "") + "\n"
                self.check((text + parts[-1]).encode())

    def test_other_blanks(self):
        for blank in ("\u00a0", "\u2003", "\u3000"):
            self.check(COMMAND.replace("--config mk2", f"--config{blank}mk2").encode())

    def test_options(self):
        """A slip of a finger in an option, an option cut short, and one by its older name."""
        rng = random.Random(SEED)
        good = COMMAND.replace("--no-validation", "--batch-size 8 --optimiser=momentum --epochs 65 --label-smoothing 0.1")
        wanted = self.words(good.encode())
        mended = 0
        for _ in range(SIZE):
            flag = rng.choice(["batch-size", "optimiser", "epochs", "label-smoothing"])
            wrong = slip(flag, rng) if rng.random() < 0.7 else flag[:rng.randrange(len(flag) // 2, len(flag))]
            spoilt = good.replace("--" + flag, "--" + wrong)
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "train.sh"
                path.write_text(spoilt)
                found = run(folder, "check", "--app", "tensorflow1_cnns@2.3", "--format", "json", "train.sh")
                if not any(f["fix"] for f in json.loads(found.stdout)["findings"]):
                    continue
                done = run(folder, "check", "--app", "tensorflow1_cnns@2.3", "--fix", "train.sh")
                self.assertEqual(done.returncode, 0, spoilt + done.stdout)
                self.assertEqual(self.words(path.read_bytes()), wanted, spoilt)
                mended += 1
        print(f"options: {mended} of {SIZE} slips mended")
        self.assertGreater(mended, SIZE // 2)

    def test_options_that_do_not_stand_there_as_they_are_read(self):
        """What a variable or a quote puts together is said, and not written."""
        for spoilt in ("F=--batch-sise\n" + COMMAND.replace("--no-validation", "$F 8"),
                       COMMAND.replace("--no-validation", "--batch-'sise' 8"),
                       COMMAND.replace("--no-validation", "--batch-sise 8 --batch-size 4")):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "train.sh"
                path.write_text(spoilt)
                done = run(folder, "check", "--app", "tensorflow1_cnns@2.3", "--fix", "train.sh")
                self.assertEqual(done.returncode, 1, spoilt)
                self.assertEqual(path.read_text(), spoilt)

    def test_values_that_do_not_stand_there_as_they_are_read(self):
        """Only a value that is typed in a place of its own, in quotes or not, is written anew."""
        train = "python3 train.py --config mk2_resnet50_gn_16ipus"
        for spoilt in (f'{train} --optimiser="sgd"\n', f'{train} "--optimiser=sgd"\n',
                       f"O=sgd\n{train} --optimiser $O\n", f"O=sgd\n{train} --optimiser=${{O}}\n",
                       f'A=(--optimiser sgd)\n{train} "${{A[@]}}"\n', f'A="--optimiser sgd"\n{train} $A\n',
                       f'f() {{ {train} "$@"; }}\nf --optimiser sgd --epochs 2\n',
                       f"f() {{ {train} --optimiser $1; }}\nf sgd\n", f"{train} --optimiser s'gd'\n"):
            with self.subTest(spoilt), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "train.sh"
                path.write_text(spoilt)
                words = ("check", "--app", "tensorflow1_cnns@2.3", "train.sh")
                found = json.loads(run(folder, *words, "--format", "json").stdout)["findings"]
                self.assertIn("K013", [f["id"] for f in found])
                done = run(folder, *words, "--fix")
                # A list's and a function's words stand there as they are read.
                mended = spoilt.replace(" sgd --epochs", " SGD --epochs").replace("(--optimiser sgd", "(--optimiser SGD") \
                    .replace("f sgd", "f SGD")
                self.assertIn(path.read_text(), (spoilt, mended))
                self.assertEqual(done.returncode, 1 if path.read_text() == spoilt else 0, done.stdout)
        for quote in ("'", '"', ""):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "train.sh"
                path.write_text(f"{train} --optimiser {quote}sgd{quote} --epochs 2\n")
                self.assertEqual(run(folder, "check", "--app", "tensorflow1_cnns@2.3", "--fix", "train.sh").returncode, 0)
                self.assertEqual(path.read_text(), f"{train} --optimiser SGD --epochs 2\n")

    def test_an_older_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "train.sh"
            path.write_text("python3 train.py --config mk2_resnet50_gn_16ipus --batch-size 4\n")
            done = run(folder, "check", "--app", "tensorflow1_cnns@2.4", "--fix", "train.sh")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(path.read_text(),
                             "python3 train.py --config mk2_resnet50_gn_16ipus --micro-batch-size 4\n")


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    SIZE = int(sys.argv.pop(1))
    unittest.main()
