#!/usr/bin/python3
"""Presets of every release of every application, rewritten for the release before and the one behind: the result has
keys that the scripts there take, passes `check`, and keeps every value and figure or names the one that changed.

usage: migrate_test.py BATCH [all]      (ipucnn_batch; python3-yaml; without `all` every fourth)
"""
import functools
import itertools
import json
import pathlib
import re
import shlex
import sys
import tempfile
import unittest

import yaml

from support import benchmarks, program, releases, tensorflow2
from support.batch import Batch

BATCH = ""
EVERY = 4  # how many presets, files and lines there are for one that is asked
FIGURES = ("micro_batch", "accumulation", "replicas", "global_batch", "ipus_per_replica", "ipus")
TF1, TF2, PYTORCH = "tensorflow1_cnns", "tensorflow2_cnns", "pytorch_cnns"
RELEASES = {PYTORCH: ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0", "3.1", "3.2"),
            TF1: ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0"),
            TF2: ("2.4", "2.5", "2.6", "3.0", "3.1", "3.2")}
# What was read from the scripts at their tags: names that changed between a release and the next. The mean of an
# option that is only here or there is that it has no counterpart.
RENAMED = {(TF1, "2.1"): {"base_learning_rate": "base_learning_rate_exponent"},
           (TF1, "2.3"): {"batch_size": "micro_batch_size"},
           (TF1, "2.4"): {"no_stochastic_rounding": "stochastic_rounding"},
           (TF1, "2.5"): {"batches_per_step": "device_iterations"},
           (PYTORCH, "2.2"): {"enable_recompute": "recompute_mode"},
           (PYTORCH, "2.6"): {"batch_size": "micro_batch_size", "fine_tune_batch_size": "fine_tune_micro_batch_size"},
           (PYTORCH, "3.0"): {"checkpoint_path": "checkpoint_output_dir"},
           (TF2, "2.4"): {"bn-momentum": "norm-layer"},
           (TF2, "2.6"): {"checkpoints": "ckpts-per-epoch"},
           (TF2, "3.0"): {"checkpoint-dir": "checkpoint-output-dir"}}
# What the next release makes of a preset is wrong there, and is said: finding -> presets, of (release, other release).
EXPECTED_ERRORS = {
    (PYTORCH, "2.1", "2.0"): {"K013": 5},                 # optimisers that 2.0 does not have
    (PYTORCH, "2.3", "2.2"): {"K013": 6, "S002": 2},      # MobileNet-v3; EfficientNet by another library
    (PYTORCH, "3.1", "3.0"): {"K060": 5},                 # 3.1 takes the folder of the scripts instead
    (TF2, "2.5", "2.4"): {"K061": 3},                     # CIFAR networks without bytes and preprocessing
}


@functools.cache
def presets_of(app, release):
    """(group, name) -> values, of the reference."""
    if app == TF2:
        return {("", name): preset["values"] for name, preset in tensorflow2.PRESETS[release].items()}
    if app == TF1:
        return {("", name): preset["values"] for name, preset in releases.tensorflow1_presets()[release].items()}
    if release == "2.0":
        groups = json.loads((program.DATA / "pytorch_cnns_2.0_presets.json").read_text(encoding="utf-8"))
        return {(group.partition("/")[2], name): {**preset["set"], **preset["ignored"]}
                for group, presets in groups.items() for name, preset in presets.items()}
    return {("inference" if group == "inference" else "", name): preset["values"]
            for group, presets in releases.pytorch_presets()[release].items() for name, preset in presets.items()}


@functools.cache
def keys_of(app, release):
    """The options that any script of the release takes, as its configs.yml spells them."""
    if app == TF2:
        return {flag[2:] for script in tensorflow2.options_of(release, "train") for flag in [script["flag"]]}
    if app == TF1:
        return set(releases.tensorflow1_options()[release])
    if release == "2.0":
        scripts = json.loads((program.DATA / "other_options.json").read_text(encoding="utf-8"))["pytorch_cnns@2.0"]
        return {option["dest"] for options in scripts.values() for option in options}
    return {dest for options in releases.pytorch_options()[release].values() for dest in options}


def unit(name, back):
    """A layer of TensorFlow 1: units count from 1 since 2.5."""
    if back:
        name = re.sub(r"^stage(\d+)/unit(\d+)", lambda m: f"b{m[1]}/{int(m[2]) - 1}", name)
        return "b0" if name == "stage0" else name
    name = re.sub(r"^b(\d+)/(\d+)", lambda m: f"stage{m[1]}/unit{int(m[2]) + 1}", name)
    return "stage0" if name == "b0" else name


def words_there(app, before, after, words):
    """A command at the other release: its script's options renamed, or left out where that has none such."""
    up = RELEASES[app].index(before) < RELEASES[app].index(after)
    names = RENAMED.get((app, before if up else after), {})
    names = names if up else {new: old for old, new in names.items()}
    joint = "-" if app == TF2 else "_"
    script = next((at for at, word in enumerate(words) if word.endswith(".py")), len(words))
    kept, out = True, list(words[:script + 1])
    for word in words[script + 1:]:
        if not word.startswith("--"):
            out += [word] if kept else []
            continue
        flag, equals, value = word.partition("=")
        key = flag[2:].replace("-", joint)
        if key not in keys_of(app, before):  # argparse takes a beginning
            key = next((known for known in sorted(keys_of(app, before)) if known.startswith(key)), key)
        there = names.get(key, key)
        # What is no option of train.py is one of a script beside it, and of both releases.
        kept = there in keys_of(app, after) or key not in keys_of(app, before)
        flag = flag if there == key else "--" + there.replace("_", "-")
        out += [flag + equals + value] if kept else []
    return out


def name_for_options(app, before, after, words, wanted, now):
    """The words with `--config NAME` again where a preset that only `before` has was written out."""
    def has(release, preset):
        return any(name == preset for _, name in presets_of(app, release))
    at = wanted.index("--config") if "--config" in wanted else None
    # A command with a fault at its own release is left as it is, and that is said.
    if at is None or has(after, wanted[at + 1]) or not has(before, wanted[at + 1]) or now == words:
        return now
    end = len(now) - (len(wanted) - at - 2)
    flags = {word[2:].replace("-", "_") for word in now[at:end] if word.startswith("--")}
    known = {key.replace("-", "_") for key in keys_of(app, after)}
    assert "config" not in flags and flags and flags <= known, now
    return now[:at] + wanted[at:at + 2] + now[end:]


class Case(unittest.TestCase):
    def setUp(self):
        self.batch = Batch(BATCH, "run")
        self.addCleanup(self.batch.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(pathlib.Path(folder.name) / "mine.yml")
        self.folder = pathlib.Path(folder.name)


def neighbours(app, release):
    known = RELEASES[app]
    at = known.index(release) if release in known else len(known)
    return known[max(at - 1, 0):at] + known[at + 1:at + 2] if at < len(known) else ()


class Texts(Case):
    """Published commands, in files as people have them."""

    def migrate(self, name, text, app, before, after):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        done = self.batch.ipucnn("migrate", str(path), "--app", f"{app}@{before}", "--to", after)
        self.assertIn(done.returncode, (0, 1))
        return done.stdout.decode(), done.stderr.decode()

    def test_every_published_benchmark(self):
        asked = itertools.count()
        counts = {"migrated": 0, "left": 0, "written out": 0}
        for release, groups in benchmarks.entries().items():
            for group, entries in groups.items():
                app = benchmarks.application_of(group)
                text = benchmarks.spec_text(entries)
                for other in neighbours(app, release):
                    if next(asked) % EVERY:
                        continue
                    with self.subTest(release=release, group=group, to=other):
                        result, said = self.migrate("benchmarks.yml", text, app, release, other)
                        before, after = list(benchmarks.expanded(text)), list(benchmarks.expanded(result))
                        self.assertEqual([row[:3] for row in after], [row[:3] for row in before])
                        for (name, values, _, words), (*_, now) in zip(before, after):
                            known = not benchmarks.UNKNOWN_SCRIPTS.intersection(words) and \
                                not (other < "3.0" and "send_request.py" in words)
                            wanted = words_there(app, release, other, words) if known else words
                            named = name_for_options(app, release, other, words, wanted, now)
                            counts["written out"] += named != now
                            now = named
                            counts["migrated" if now == wanted else "left"] += 1
                            if now != wanted:
                                self.assertEqual(now, words, (name, values, said))
                                self.assertIn("left as it is", said)
        self.assertEqual(counts["left"], 0)
        self.assertEqual((counts["migrated"], counts["written out"]), (788, 15) if EVERY == 1 else (353, 13))

    def test_every_line_of_a_readme_in_a_script(self):
        asked = itertools.count()
        count = 0
        for release, path, number, command in benchmarks.readme_commands():
            words = [word.replace("{batchsize}", "4") for word in command["cmd"]]
            app = benchmarks.application_of(path)
            if release in command.get("accepted", {}) or benchmarks.UNKNOWN_SCRIPTS.intersection(words):
                continue
            command_text = benchmarks.shell_text({"cmd": words}).replace("\n", " \\\n    ")
            text = f"#!/bin/bash\n# {number}\nset -e\n{command_text}   # trains\n\necho done\n"
            for other in neighbours(app, release):
                if next(asked) % EVERY:
                    continue
                with self.subTest(release=release, path=path, number=number, to=other):
                    result, said = self.migrate("run.sh", text, app, release, other)
                    head, _, rest = result.partition("set -e\n")
                    body, _, tail = rest.partition("   # trains")
                    self.assertEqual((head, tail), (f"#!/bin/bash\n# {number}\n", "\n\necho done\n"))
                    wanted = [shlex.split(benchmarks.shell_word(word))[0]
                              for word in words_there(app, release, other, words)]
                    now = shlex.split(body.replace("\\\n", " "))
                    self.assertEqual(name_for_options(app, release, other, words, wanted, now), wanted, said)
                    count += 1
        self.assertEqual(count, 163 if EVERY == 1 else 41)


TF1_LINE = "python3 train.py --config mk2_resnet50_gn_16ipus"
# Texts whose words to be rewritten do not stand where they are used: (application, from, to), text.
FROM_ELSEWHERE = [
    ((PYTORCH, "2.3", "2.4"), "OPTS='--disable-metrics --epoch 2 --lr 0.1'\n"
                              "python3 train.py --model resnet50 --batch-size 4 $OPTS\n"),
    ((PYTORCH, "2.3", "2.4"), "train() { python3 train.py --model resnet50 \"$@\"; }\n"
                              "train --disable-metrics --epoch 2\ntrain --epoch 3\n"),
    ((PYTORCH, "2.3", "2.5"), "V='0.5 --epoch 3'\n"
                              "python3 train.py --model resnet50 --webdataset-memory-cache-ratio $V\n"),
    ((TF1, "2.3", "2.4"), f"{TF1_LINE} '--batch-size' \"8\"\n"),
    ((TF1, "2.3", "2.4"), f"{TF1_LINE} --batch\"-size\" 8\n"),
    ((TF1, "2.3", "2.4"), f"{TF1_LINE} \\--batch-size 8\n"),
    ((TF1, "2.3", "2.4"), f"A=(--batch-size 8 --seed 3)\n{TF1_LINE} \"${{A[@]}}\"\n"),
    ((TF1, "2.3", "2.4"), f"B='8 --seed 3'\n{TF1_LINE} --batch-size=$B\n"),
    ((TF1, "2.3", "2.4"), f"CMD='{TF1_LINE} --batch-size 8'\n$CMD\n"),
    ((TF1, "2.3", "2.4"), f"F=--batch-size\n{TF1_LINE} $F 8\n"),
    # The preset's options would have to be written out.
    ((TF1, "2.3", "2.6"), "P=mk2_resnet50_gn_16ipus\npython3 train.py --config $P --batch-size 8\n"),
]
NORM = "'{name: custom_batch_norm, momentum: 0.9}'"
# And what becomes of those that do.
REWRITTEN = [
    ((TF2, "2.4", "2.6"), "python3 train.py --config resnet8_test --bn-momentum=\"0.9\"\n",
     f"python3 train.py --config resnet8_test --norm-layer={NORM}\n"),
    ((TF2, "2.4", "2.6"), "python3 train.py --config resnet8_test --bn-momentum '0.9' --seed 3\n",
     f"python3 train.py --config resnet8_test --norm-layer {NORM} --seed 3\n"),
    ((TF2, "2.4", "2.6"), "M=0.9\npython3 train.py --config resnet8_test --bn-momentum \"$M\"\n",
     f"M={NORM}\npython3 train.py --config resnet8_test --norm-layer \"$M\"\n"),
    ((TF2, "2.4", "2.6"), "M=0.9\npython3 train.py --config resnet8_test --bn-momentum $M\n",
     "M=0.9\npython3 train.py --config resnet8_test --norm-layer $M\n"),
    ((PYTORCH, "2.3", "2.5"), "python3 train.py --model resnet50 --webdataset-memory-cache-ratio \\\n  0.5 --epoch 2\n",
     "python3 train.py --model resnet50 \\\n  --epoch 2\n"),
    ((TF1, "2.3", "2.4"), f"{TF1_LINE} --batch-siz=8\n", f"{TF1_LINE} --micro-batch-size=8\n"),
    ((TF1, "2.3", "2.4"), f"for b in 4 8; do {TF1_LINE} --batch-size $b; done\n",
     f"for b in 4 8; do {TF1_LINE} --micro-batch-size $b; done\n"),
    ((TF1, "2.3", "2.4"), f"for b in 4 8; do {TF1_LINE} --batch-size=\"$b\"; done\n",
     f"for b in 4 8; do {TF1_LINE} --micro-batch-size=\"$b\"; done\n"),
]


POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - command: [python3, train.py, %s]\n"
STEP = "on: push\njobs:\n  a:\n    steps:\n    - run: python3 train.py --config resnet8_test %s\n"
# (application, from, to), text of YAML, what it becomes; none: it stays.
IN_YAML = [
    ((TF1, "2.3", "2.4"), POD % "--config, mk2_resnet50_gn_16ipus, '--batch-size', \"8\"",
     POD % "--config, mk2_resnet50_gn_16ipus, '--micro-batch-size', \"8\""),
    ((TF2, "2.4", "2.6"), POD % "--config, resnet8_test, --bn-momentum, '0.9'", None),
    ((TF2, "2.4", "2.6"), POD % "--config, resnet8_test, --bn-momentum=0.9", None),
    ((PYTORCH, "2.3", "2.4"), POD % "--model, resnet50, --disable-metrics, --epoch, '2'", None),
    ((PYTORCH, "2.3", "2.4"), POD.replace("[", "\n    - ").replace("]", "").replace(", ", "\n    - ")
     % "--model\n    - resnet50\n    - --disable-metrics\n    - --epoch\n    - '2'", None),
    ((TF2, "2.4", "2.6"), STEP % "--bn-momentum 0.9", STEP % f"--norm-layer {NORM}"),
]


class Words(Texts):
    """Where the words of a command stand."""
    test_every_published_benchmark = test_every_line_of_a_readme_in_a_script = None

    def test_those_from_elsewhere_stay(self):
        for (app, before, after), text in FROM_ELSEWHERE:
            with self.subTest(text):
                result, said = self.migrate("run.sh", text, app, before, after)
                self.assertEqual(result, text, said)
                self.assertIn("left as it is: the command at", said)
                self.assertIn("[K047]", said)

    def test_those_of_the_command_become_others(self):
        for (app, before, after), text, wanted in REWRITTEN:
            with self.subTest(text):
                result, said = self.migrate("run.sh", text, app, before, after)
                self.assertEqual(result, wanted, said)
                self.assertEqual("put quotes around $M" in said, "momentum $M" in text, said)

    def test_items_of_yaml_are_edited_one_by_one(self):
        for (app, before, after), text, wanted in IN_YAML:
            with self.subTest(text):
                result, said = self.migrate("run.yml", text, app, before, after)
                self.assertEqual(result, wanted or text, said)
                self.assertEqual("left as it is: the command at" in said, wanted is None, said)

    def test_a_text_without_a_command_is_printed_as_it_is(self):
        result, said = self.migrate("run.sh", "echo hi\n", TF1, "2.3", "2.4")
        self.assertEqual(result, "echo hi\n")
        self.assertIn("no training command was read", said)

    def test_presets_are_named(self):
        path = self.folder / "mine.yml"
        path.write_text("presets:\n  tensorflow1_cnns@2.3:\n"
                        "    mine: {extends: mk2_resnet50_gn_16ipus, batch_size: 4}\n", encoding="utf-8")
        done = self.batch.ipucnn("migrate", str(path), "--to", "2.4")
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertIn(b"--config NAME", done.stderr)


class Migrated(Case):
    def figures(self, *words):
        """Absent where a rule is broken."""
        done = self.batch.ipucnn("run", *words, "--target", "none", "--dry-run", "--format", "json", "--allow", "B004")
        if done.returncode != 0:
            return None
        geometry = json.loads(done.stdout)["steps"][0]["geometry"]
        return {name: geometry[name] for name in FIGURES}

    def test_every_preset_to_its_neighbours(self):
        asked = itertools.count()
        migrated = kept = 0
        for app, all_releases in RELEASES.items():
            ups = list(zip(all_releases, all_releases[1:]))
            for before, after in ups + [(after, before) for before, after in ups]:
                known = keys_of(app, after)
                errors = {}
                for (group, name), values in presets_of(app, before).items():
                    if next(asked) % EVERY:
                        continue
                    with self.subTest(app=app, before=before, after=after, preset=name, group=group):
                        migrated += 1
                        for error in self.migrate(app, before, after, group, name, values, known):
                            errors[error] = errors.get(error, 0) + 1
                        kept += 1
                with self.subTest(app=app, before=before, after=after):
                    expected = EXPECTED_ERRORS.get((app, before, after), {})
                    self.assertLessEqual(set(errors), set(expected))
                    if EVERY == 1:
                        self.assertEqual(errors, expected)
        # Presets of each release, from the reference, once for each neighbour.
        self.assertEqual((migrated, kept), (717, 717) if EVERY == 1 else (180, 180))

    def test_presets_to_releases_further_away(self):
        """Several changes of one option meet: what is written there is known there, and no figure changes unsaid."""
        asked = itertools.count()
        moved = 0
        for app, all_releases in RELEASES.items():
            for before, after in itertools.permutations(all_releases, 2):
                if after in neighbours(app, before):
                    continue
                for (group, name), values in presets_of(app, before).items():
                    if next(asked) % (10 * EVERY):
                        continue
                    with self.subTest(app=app, before=before, after=after, preset=name, group=group):
                        self.migrate(app, before, after, group, name, values, keys_of(app, after))
                        moved += 1
        self.assertEqual(moved, 220 if EVERY == 1 else 55)

    def errors_of(self, *words):
        done = self.batch.ipucnn("check", *words)
        return set(re.findall(r"error\[(\w+)\]", (done.stdout + done.stderr).decode()))

    def migrate(self, app, before, after, group, name, values, known):
        """The findings of error severity that the preset has at the other release only."""
        slash = f"/{group}" if group else ""
        own = f"{app}@{before}{slash}:{name}"
        done = self.batch.ipucnn("migrate", "--config", own, "--to", after)
        said = done.stderr.decode()
        text = done.stdout.decode()
        preset = yaml.safe_load(text)["presets"][f"{app}@{after}{slash}"][name]
        self.assertLessEqual(set(preset), known)
        if app == TF2:
            tensorflow2.parser_of(after, "train", wide=True).parse_args(tensorflow2.words_of(preset))
            if (group, name) not in presets_of(app, after):
                self.compare_words(before, after, name, preset, said)
        if after in neighbours(app, before):
            self.compare_values(app, before, after, values, preset, said)
        pathlib.Path(self.file).write_text(text, encoding="utf-8")
        errors = set(re.findall(r"error\[(\w+)\]", said))
        self.assertEqual(done.returncode, 1 if errors else 0)
        # What `migrate` says is what `check` says of its result.
        self.assertEqual(self.errors_of("--presets", self.file, "--config", f"{app}@{after}{slash}:{name}"), errors)
        theirs = self.figures("--config", own)
        ours = self.figures("--presets", self.file, "--config", f"{app}@{after}{slash}:{name}")
        if theirs and ours:
            moved = {figure for figure in FIGURES if ours[figure] != theirs[figure]}
            named = {figure for figure in FIGURES if f"[K046]: {figure.replace('_', ' ').replace('ipus', 'IPUs')} " in said}
            self.assertEqual(moved, named, said)
        elif theirs:
            self.assertTrue(errors, said)
        return errors - self.errors_of("--config", own) if errors else errors

    def compare_words(self, before, after, name, preset, said):
        """A command with a preset that is not there has its values, save for defaults that only a preset keeps."""
        path = self.folder / "train.sh"
        path.write_text(f"python3 train.py \\\n  --config {name}\n", encoding="utf-8")
        done = self.batch.ipucnn("migrate", str(path), "--app", f"{TF2}@{before}", "--to", after)
        if f"left as it is: the command at {path}:1" in done.stderr.decode():  # a fault at its own release
            self.assertEqual(done.stdout.decode(), path.read_text(encoding="utf-8"))
            self.assertTrue(self.errors_of("--config", f"{TF2}@{before}:{name}"))
            return
        words = shlex.split(done.stdout.decode().replace("\\\n", " "))
        self.assertEqual(words[:2], ["python3", "train.py"])
        defaults = set(re.findall(r"\[K045\]: ([\w-]+) is \S+ where nobody sets it", said))
        wanted = {key: value for key, value in preset.items() if key not in defaults}
        parser = tensorflow2.parser_of(after, "train", wide=True)
        self.assertEqual(parser.parse_args(words[2:]), parser.parse_args(tensorflow2.words_of(wanted)))

    def compare_values(self, app, before, after, values, preset, said):
        """Each value is there, under its name at the release, or a finding names it."""
        up = RELEASES[app].index(before) < RELEASES[app].index(after)
        names = RENAMED.get((app, before if up else after), {})
        names = names if up else {new: old for old, new in names.items()}
        gone = set(re.findall(r"\[K047\]: \S+ has no counterpart of ([\w-]+)", said))
        other = set(re.findall(r"\[K04[56]\]: ([\w-]+) \S.* becomes ", said))
        if app == TF2 and "model" in values:  # two spellings of one option; the later counts
            values = {**values, "model-name": values["model"]}
            del values["model"]
        for key, value in values.items():
            there = names.get(key, key)
            if key in gone:
                self.assertTrue(there not in preset or isinstance(value, list), (key, said))
                continue
            self.assertIn(there, preset, said)
            if app == TF1 and key == "pipeline_splits" and "2.4" in (before, after) and "2.5" in (before, after):
                value = [unit(layer, not up) for layer in value]
            if there != key or preset[there] != value:
                same = preset[there] == value or str(preset[there]) == str(value)
                same = same or self.is_number(preset[there], value) or self.is_map(preset[there], value)
                self.assertTrue(key in other or (same and there == key), (key, value, preset[there], said))
            if there != key and key not in ("enable_recompute", "recompute_mode", "ckpts-per-epoch", "checkpoints"):
                self.assertEqual(preset[there], value, key)

    @staticmethod
    def is_number(a, b):
        try:
            return float(a) == float(b)
        except (TypeError, ValueError):
            return False

    @staticmethod
    def is_map(a, b):
        def loaded(value):
            return yaml.load(value, tensorflow2.wide_loader()) if isinstance(value, str) else value
        return isinstance(b, dict) and loaded(a) == loaded(b)


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    if sys.argv[1:2] == ["all"]:
        EVERY = 1
        del sys.argv[1]
    unittest.main()
