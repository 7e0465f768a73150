#!/usr/bin/python3
"""Holds resolved values to the released presets and options, and to argparse.

usage: resolve_test.py PROGRAM
"""
import json
import math
import pathlib
import random
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program, training_parser  # noqa: E402

PRESETS = yaml.load((program.DATA / "tensorflow1_cnns_2.3_reference.yml").read_text(), yaml.FullLoader)

# A preset file of a user, in which every rule of YAML 1.1 and of argparse's defaults shows.
CONFIGS = """
strings:
  {model: ResNet, model_size: "50", dataset: imagenet, weight_decay: 1e-5, epochs: "12", momentum: 1,
   batch_size: "0x10 "}
numbers: {model: resnet, batch_size: 0x10, epochs: 010, log_freq: 1_000, weight_decay: 1.0e-5, momentum: .5}
nulls: {model: resnet, momentum: null, epochs: ~, shards: 2, replicas: 1}
switches: {model: resnet, pipeline: yes, stable_norm: no, latency: 0, validation: off, wandb: "yes"}
lists: {model: resnet, available_memory_proportion: [0.15, '0.15', 1, true, null], pipeline_splits: [b1/2/relu]}
words: {model: efficientnet, model_size: b4, optimiser: LARS, name_suffix: "010", log_all_instances: ""}
base: &base {model: resnet, lr_schedule: stepped, epochs: 1}
merged: {<<: *base, epochs: 2, lr_schedule: exponential, lr_drops: "3"}
"""
CONFIGS = CONFIGS.replace('"0x10 "', '" 16 "')

# argparse lets these pass, and the script goes wrong later; each with what we say at once.
FAULTS = {
    'pipeline: "False"': "K036",
    'log_all_instances: "False"': "K036",
    "pipeline_splits: b1/2/relu": "K037",
    "optimiser: bogus": "K013",
    "model_size: [50]": "K038",
}

# Words of a user's command line; each is taken or refused by both, with the same values.
COMMAND_LINES = [
    [],
    ["--batch-size", "4"], ["--batch-size=4"], ["--batch-size", "4", "--batch-size", "5"],
    ["--batch-s", "4"], ["--ckpt", "4"], ["--epochs", "-13"], ["--epochs", "-9.5"], ["--epochs", "-1e-5"],
    ["--epochs=-1e-5"], ["--epochs", "1e3"], ["--epochs", "nan"], ["--epochs", "0x10"], ["--epochs", " 3 "],
    ["--epochs", "1_0.5"], ["--epochs", "1__0"], ["--epochs", "infinity"], ["--epochs", "1e999"],
    ["--epochs", ""], ["--epochs="], ["--epochs", ".5"], ["--epochs", "5."], ["--epochs", "+5"],
    ["--epochs", "."], ["--epochs", "1e"], ["--epochs", "-.5"], ["--epochs", "-5."],
    ["--log-freq", "010"], ["--log-freq", "1_000"], ["--log-freq", "1.0"], ["--log-freq", "+7"],
    ["--log-freq", "-0"], ["--log-freq", "- 7"],
    ["--model", "ResNet"], ["--optimiser", "Momentum"], ["--optimiser", "LARS"], ["--optimiser=LARS"],
    ["--pipeline"], ["--pipeline", "True"], ["--pipeline=True"], ["--no-validation"], ["--no-val"],
    ["--pipeline-splits", "a", "b"], ["--pipeline-splits=a"], ["--pipeline-splits=a", "b"],
    ["--pipeline-splits"], ["--pipeline-splits", "a", "--pipeline-splits", "b", "c"],
    ["--weight-avg-exp", "0.9", ".97"], ["--weight-avg-N", "1", "2.5"],
    ["--log-all-instances", "False"], ["--log-all-instances="], ["--name-suffix", "a b"],
    ["--name-suffix=-x"], ["--name-suffix", "-x"], ["--name-suffix", "-x y"], ["--name-suffix", "-5"],
    ["--name-suffix=a=b"], ["--name-suffix", "=a"], ["--name-suffix", "-"], ["--name-suffix", "--"],
    ["--lr-schedule", "exponential", "--lr-drops", "3"], ["--lr-drops", "3"],
    ["--lr-schedule=polynomial_decay_lr", "--warmup-epochs", "2.5"], ["--warmup-epochs", "2.5"],
    ["--unknown", "1"], ["stray"], ["--epochs", "3", "4"], ["-x"], ["-e", "3"], ["--restore-path"],
    ["--bn", "3"], ["--BN", "3"], ["--BN-span", "3"], ["--n", "3"], ["--no-se"],
]


# Findings that refuse a word as argparse would; others judge values that argparse lets pass.
REFUSED = r"(?m)^command line:1:\d+: error\[K0(07|08|10|11|12|13)\]"


def typed(value):
    """A value that equals another only when all types in it do."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (type(value).__name__, repr(value))


def as_text(value):
    """Values of a command line are texts until an option converts them."""
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def shown(*words):
    """What is shown, also of a preset that cannot be planned."""
    return json.loads(program.ipucnn("show", *words, "--format", "json").stdout)


def runnable(name):
    """Words that plan this preset; two of them cannot run as they stand."""
    words = ["--config", f"tensorflow1_cnns@2.3:{name}", "--data-dir", "/d"]
    if name == "mk2_efficientnet_b4_g16_64ipus_LARS":
        words += ["--gradient-accumulation-count", "40"]
    if name == "mk2_efficientnet_b4_16ipus_base":
        words += ["--allow", "S001"]
    return words


def script_words(*words):
    """The words that the script itself would get."""
    argv = program.argv_of(*words)
    return argv[argv.index("train.py") + 1:]


class Presets(unittest.TestCase):
    def test_hold_the_released_values_with_their_types(self):
        self.assertEqual(len(PRESETS), 22)
        for name, values in PRESETS.items():
            with self.subTest(name):
                settings = shown(f"tensorflow1_cnns@2.3:{name}")["settings"]
                self.assertEqual({key: typed(value) for key, value in settings.items()},
                                 {key: typed(value) for key, value in values.items()})

    def test_show_with_defaults_what_the_parser_has_besides(self):
        for name, values in PRESETS.items():
            with self.subTest(name):
                settings = shown(f"tensorflow1_cnns@2.3:{name}", "--defaults")["settings"]
                chosen = {f"model {values['model']}", f"lr_schedule {values.get('lr_schedule', 'stepped')}"}
                defaults = {option["dest"]: variant["default"]
                            for option, variant in training_parser.options_of("train.py", chosen)
                            if option["dest"] not in values}
                del defaults["config_path"]  # a sentence, not a value
                self.assertLessEqual(set(settings), set(values) | set(defaults))
                for key, value in defaults.items():
                    if value is None or (key in FILLED_LATE and settings[key]):
                        continue  # tests/oracle/values_test.py holds what fills them
                    self.assertEqual(typed(settings[key]), typed(value), key)


# Zero and false of the parser that the scripts replace afterwards.
FILLED_LATE = {"label_smoothing", "stable_norm", "batch_norm", "group_norm"}


class CommandLines(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(pathlib.Path(folder.name) / "configs.yml")

    def expect_parsed(self, parsed, settings, same):
        """What argparse made of the words is what was shown, and nothing else was set."""
        defaults = training_parser.parse("train.py", ["--model", str(parsed["model"]),
                                                      "--lr-schedule", parsed["lr_schedule"]], {})
        for key, value in parsed.items():
            if key not in ("config", "replicas", "validation"):
                expected = settings[key] if key in settings else defaults.get(key)
                self.assertEqual(same(value), same(expected), key)

    def test_give_the_script_what_was_shown(self):
        for name in PRESETS:
            with self.subTest(name):
                words = script_words(*runnable(name))
                settings = shown(*runnable(name))["settings"]
                self.expect_parsed(training_parser.parse("train.py", words, PRESETS), settings, typed)

    def test_give_the_script_the_same_when_written_out(self):
        for name in PRESETS:
            with self.subTest(name):
                words = script_words("--flat", *runnable(name))
                self.assertNotIn("--config", words)
                settings = shown(*runnable(name))["settings"]
                self.expect_parsed(training_parser.parse("train.py", words, {}), settings, as_text)

    def expect_same_reading(self, name, words, *files):
        """argparse and we take the same words, or both refuse them."""
        presets = PRESETS if not files else yaml.load(CONFIGS, yaml.FullLoader)
        done = program.ipucnn("show", name, *files, "--format", "json", "--", *words)
        said = done.stderr.decode()
        self.assertIn(done.returncode, (0, 1), said)
        try:
            parsed = training_parser.parse("train.py", ["--config", name.split(":")[-1], *words], presets)
        except training_parser.Refused as why:
            self.assertRegex(said, REFUSED, f"argparse refuses it: {why}")
            return
        self.assertNotRegex(said, REFUSED)
        settings = json.loads(done.stdout)["settings"]
        for key, value in settings.items():
            expected = parsed[key]
            if isinstance(expected, float) and not math.isfinite(expected):
                value = float(value)  # JSON has no such number, so the user's word is shown
            self.assertEqual(typed(value), typed(expected), key)

    def test_are_read_as_argparse_reads_them(self):
        for words in COMMAND_LINES:
            with self.subTest(words):
                self.expect_same_reading("tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", words)

    def test_refuse_a_number_of_more_than_64_bits(self):
        done = program.ipucnn("show", "tensorflow1_cnns@2.3:mk2_resnet8_test", "--log-freq", "9223372036854775808")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"[K012]: --log-freq 9223372036854775808 is beyond 64 bits", done.stderr)

    def test_by_the_hundred_are_read_as_argparse_reads_them(self):
        chance = random.Random(20261121)
        flags = [option["flag"] for option in training_parser.OPTIONS
                 if option["flag"] not in ("--help", "--config", "--config-path")]
        values = ["1", "-2", "0.5", "-.5", "1e3", "-1e3", "a", "a b", "", "-", "True", "momentum", "=", "-q"]
        for number in range(60):
            words = []
            for _ in range(chance.randint(1, 3)):
                flag = chance.choice(flags)
                if chance.random() < 0.2:
                    flag = flag[:chance.randint(3, len(flag))]
                if chance.random() < 0.3:
                    words.append(flag + "=" + chance.choice(values))
                else:
                    words += [flag, *chance.choices(values, k=chance.randint(0, 2))]
            with self.subTest(number=number, words=words):
                self.expect_same_reading("tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", words)

    def test_over_a_preset_file_of_a_user(self):
        pathlib.Path(self.file).write_text(CONFIGS)
        for name in yaml.load(CONFIGS, yaml.FullLoader):
            for words in ([], ["--epochs", "3"], ["--momentum", "0.25", "--pipeline-splits", "x", "y"]):
                with self.subTest(name, words=words):
                    self.expect_same_reading(name, words, "--presets", self.file, "--app", "tensorflow1_cnns@2.3")


    def test_are_refused_for_a_value_that_only_the_script_stumbles_over(self):
        for line, finding in FAULTS.items():
            with self.subTest(line):
                preset = f"p: {{model: resnet, dataset: imagenet, {line}}}\n"
                pathlib.Path(self.file).write_text(preset)
                training_parser.parse("train.py", ["--config", "p"], yaml.load(preset, yaml.FullLoader))
                done = program.ipucnn("show", "p", "--presets", self.file, "--app", "tensorflow1_cnns@2.3")
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.decode(), rf"configs\.yml:1:\d+: error\[{finding}\]")


if __name__ == "__main__":
    program.main()
