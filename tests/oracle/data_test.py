"""Holds the shipped data to the releases they describe, and to themselves.

What a release has is held to it word for word; what is added to it, to the same invariants as all the
rest (tests/adding_test.py runs these with additions).

Run: /usr/bin/python3 tests/oracle/data_test.py      (python3-yaml, nothing else; IPUCNN_CONFIGS names
another folder than configs/)
"""

import glob
import json
import os
import re
import sys
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFIGS = os.environ.get("IPUCNN_CONFIGS", os.path.join(ROOT, "configs"))
DATA = os.path.join(ROOT, "tests", "data")
APP = "tensorflow1_cnns@2.3"

TOP = {"applications", "targets", "sites", "profiles", "presets", "jobs", "defaults"}
TYPES = {"int", "float", "str", "str_lower", "str_upper", "untyped", "python_bool", "switch"}
LAUNCHERS = {"poprun", "none", "mpirun", "mpiexec"}

# Keys each kind of entry may have.
FIELDS = {
    "application": "title source directory checkout preset_option preset_file_option unknown_keys "
                   "no_data_with purposes scripts quantities pipeline options metrics generations "
                   "data_sets rehearsal extends inherits_presets data_set run_length validation "
                   "process_ipus memory_proportions optimiser_decay learning_rate loss_scale layers rules "
                   "networks counterparts later ends_before preset_values software executable_cache compile_only "
                   "only_first_prints",
    "rule": "id option scripts when needs needs_any excludes used_when says effect help evidence part",
    "purpose": "script launchers under_poprun fixed without needs preset proof presets figures own",
    "script": "proof proof_when directory batch_counts program phases messages checkpoints csv_files data_needs "
              "limits retry",
    "option": "flag type arity default late_default choices range scripts only_with required "
              "stores since from variants zero_is_unset alone about short negative items",
    "metric": "scripts line text regex unit covers combine discard_first better at of under discard_through",
    "target": "name generation ipus ilds default_hosts hosts instances_per_host launcher aliases "
              "tflops_fp16 ipu streaming_memory_gb system_memory_gb evidence note",
    "ipu": "name tiles threads_per_tile memory_mib tflops_fp16 tflops_fp32",
    "site": "target hosts network vipu_server_host vipu_partition vipu_cluster vipu_allocation "
            "data_dir restore_path workspace checkout app_dir script_dir sdk profile env forward "
            "programs label",
    "profile": "extends python verbosity numa_aware tag_output as_root several_hosts env forward "
               "mca instances update_partition reset_partition remove_partition "
               "vipu_server_timeout only_output_from_instance options steps launcher sdk spelling",
}
FIELDS = {kind: set(words.split()) for kind, words in FIELDS.items()}

# Set for the first host alone, as one published line has it.
NOT_HANDED_ON = {"POPLAR_TARGET_OPTIONS"}
# Words of a rule's test, and figures it may name beside options (docs/formats.md).
TESTS = set("is set given yaml min max above below multiple_of divides power_of_two "
            "power_of_two_times whole count contains number_or".split())
FIGURES = {"launcher", "purpose", "generation", "stages", "total replicas",
           "replicas of a process", "IPUs per replica", "instances", "hosts", "micro batch",
           "accumulation", "global batch", "training samples", "validation samples",
           "updates per epoch", "updates in the run", "updates per log line", "updates per call",
           "host steps per epoch", "loss scale steps"}

# Flags that do not follow from their key.
FLAGS = {"validation": "--no-validation", "proxy_recompute": "--no-proxy-recompute", "N": "-N"}

# Files of the application rather than choices of its parser; it fails at any other name.
FILES_OF = {"model": ["resnet", "resnext", "efficientnet"],
            "lr_schedule": ["stepped", "cosine", "exponential", "polynomial_decay_lr"]}

# The parser's own default is a sentence here; the program must not take it for a value.
NOT_A_DEFAULT = {"config_path": "configs.yml beside configurations.py"}

MODULES = {
    "configurations.py": "configurations.py",
    "train.py training": "train.py",
    "train.py ipu": "train.py",
    "Datasets/data.py": "Datasets/data.py",
    "log.py": "log.py",
    "weight_avg.py main": "weight_avg.py",
    "restore.py main": "restore.py",
}

# name: (ipus, ilds, default_hosts, fewest hosts, most hosts, instances_per_host, launcher)
TARGETS = {
    "m2000": (4, 1, 1, 1, 4, 2, "poprun"),
    "pod16": (16, 1, 1, 1, 1, 8, "poprun"),
    "pod32": (32, 1, 4, 1, 4, 8, "poprun"),
    "pod64": (64, 1, 4, 1, 4, 8, "poprun"),
    "pod128": (128, 2, 8, 2, 8, 8, "poprun"),
    "pod256": (256, 4, 16, 4, 16, 8, "poprun"),
    "bow2000": (4, 1, 1, 1, 1, 2, "poprun"),
    "bow16": (16, 1, 1, 1, 1, 8, "poprun"),
    "bow32": (32, 1, 4, 1, 4, 8, "poprun"),
    "bow64": (64, 1, 4, 1, 4, 8, "poprun"),
    "bow128": (128, 2, 8, 2, 8, 8, "poprun"),
    "bow256": (256, 4, 16, 4, 16, 8, "poprun"),
    "mk1-16": (16, 1, 1, 1, 1, None, "none"),
    "none": (None, None, 1, 1, 1, None, "none"),
    "gpu": (None, None, 1, 1, 1, 8, "mpiexec"),
}
ALIASES = {
    "m2000": ["pod4", "ipu-pod4"], "pod16": ["ipu-pod16", "ipu-pod16-da"], "pod64": ["ipu-pod64"],
    "pod128": ["ipu-pod128"], "pod256": ["ipu-pod256"], "bow16": ["bow-pod16"],
    "bow64": ["bow-pod64"], "bow256": ["bow-pod256"], "mk1-16": ["dss8440", "c2"],
}
PETAFLOPS = {
    "m2000": 0.9986, "pod16": 3.994, "pod32": 7.989, "pod64": 15.978, "pod128": 31.955,
    "pod256": 63.9, "bow2000": 1.394, "bow16": 5.58, "bow32": 11.15, "bow64": 22.31,
    "bow128": 44.6, "bow256": 89.23, "mk1-16": 2.0,
}

# preset: (micro batch, accumulation, replicas, IPUs per replica, stages)
GEOMETRY = {
    "mk1_resnet50_16ipus": (4, 64, 4, 4, 4),
    "mk2_efficientnet_b4_16ipus_base": (4, 1, 4, 4, 1),
    "mk2_efficientnet_b4_g16_16ipus": (5, 40, 4, 4, 4),
    "mk2_efficientnet_b4_g16_64ipus": (5, 8, 16, 4, 4),
    "mk2_efficientnet_b4_g16_64ipus_LARS": (5, 38, 16, 4, 4),
    "mk2_efficientnet_b4_g1_16ipus": (3, 64, 4, 4, 4),
    "mk2_efficientnet_b4_g1_64ipus": (3, 16, 16, 4, 4),
    "mk2_resnet50_base": (4, 1, 1, 1, 1),
    "mk2_resnet50_bn_128ipus": (16, 32, 32, 4, 4),
    "mk2_resnet50_bn_16ipus": (16, 256, 4, 4, 4),
    "mk2_resnet50_bn_64ipus": (16, 64, 16, 4, 4),
    "mk2_resnet50_gn_16ipus": (8, 8, 16, 1, 1),
    "mk2_resnet50_gn_64ipus": (8, 2, 64, 1, 1),
    "mk2_resnet50_mlperf_pod128_bs20": (16, 1, 128, 1, 7),
    "mk2_resnet50_mlperf_pod128_lars": (14, 2, 128, 1, 7),
    "mk2_resnet50_mlperf_pod16": (16, 9, 16, 1, 4),
    "mk2_resnet50_mlperf_pod16_bs20": (20, 6, 16, 1, 7),
    "mk2_resnet50_mlperf_pod16_lars": (20, 6, 16, 1, 7),
    "mk2_resnet50_mlperf_pod64_bs20": (20, 2, 64, 1, 7),
    "mk2_resnet50_mlperf_pod64_lars": (20, 2, 64, 1, 7),
    "mk2_resnet8_test": (32, 1, 1, 1, 1),
    "mk2_resnext101_16ipus": (6, 16, 8, 2, 2),
}
BROKEN_PIPELINES = {"mk2_efficientnet_b4_g16_64ipus_LARS", "mk2_efficientnet_b4_16ipus_base"}


def load(path):
    with open(path, encoding="utf-8") as stream:
        return yaml.load(stream, yaml.FullLoader)


def typed(value):
    """A value that equals another only when all types in it do."""
    if isinstance(value, list):
        return ("list", [typed(item) for item in value])
    if isinstance(value, dict):
        return ("dict", {key: typed(item) for key, item in value.items()})
    return (type(value).__name__, value)


def fits(value, kind):
    """Whether the parser of that type could have made the value (an int will do for a float)."""
    if kind in ("switch", "python_bool"):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "int":
        return isinstance(value, int)
    if kind == "float":
        return isinstance(value, (int, float))
    return isinstance(value, str)


def as_list(value):
    return value if isinstance(value, list) else [value]


def read_value(metric, line):
    """The value a metric finds on a line, or None: the rule of docs/formats.md."""
    if metric.get("line", "") not in line:
        return None
    before, after = metric["text"].split("{value}")
    number = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"
    found = re.search(re.escape(before) + " *" + number + re.escape(after), line)
    return float(found.group(1)) if found else None


FILES = {path: load(path) for path in sorted(glob.glob(os.path.join(CONFIGS, "*", "*.yml")))}


def everything(kind):
    merged = {}
    for content in FILES.values():
        for name, entry in content.get(kind, {}).items():
            if kind == "defaults":               # each file adds to the tables
                if isinstance(entry, dict):
                    merged.setdefault(name, {}).update(entry)
                continue
            assert name not in merged, "%s is there twice" % name
            merged[name] = entry
    return merged


class Files(unittest.TestCase):
    def test_top_level_keys(self):
        self.assertTrue(FILES)
        for path, content in FILES.items():
            self.assertLessEqual(set(content), TOP, path)

    def test_no_line_is_longer_than_100(self):
        for path in list(FILES) + glob.glob(os.path.join(DATA, "*.yml")):
            with open(path, encoding="utf-8") as stream:
                for number, line in enumerate(stream, 1):
                    self.assertLessEqual(len(line.rstrip("\n")), 100, "%s:%d" % (path, number))

    def test_no_key_stands_twice(self):
        class Strict(yaml.FullLoader):
            def construct_mapping(self, node, deep=False):
                keys = [key.value for key, _ in node.value if key.value != "<<"]
                twice = {key for key in keys if keys.count(key) > 1}
                # merged keys are put in front of the mapping's own; only the text counts
                if twice and not getattr(node, "merged", False):
                    raise AssertionError("%s: %s twice" % (node.start_mark, sorted(twice)))
                return super().construct_mapping(node, deep)

            def flatten_mapping(self, node):
                node.merged = True
                super().flatten_mapping(node)

        for path in FILES:
            with open(path, encoding="utf-8") as stream:
                yaml.load(stream, Strict)


class Presets(unittest.TestCase):
    def setUp(self):
        self.presets = everything("presets")[APP]
        self.reference = load(os.path.join(DATA, "tensorflow1_cnns_2.3_reference.yml"))
        self.options = everything("applications")[APP]["options"]

    def test_names(self):
        self.assertTrue(self.reference)
        self.assertLessEqual(set(self.reference), set(self.presets))

    def test_every_value_and_its_type(self):
        for name, expected in self.reference.items():
            for key in sorted(set(expected) | set(self.presets[name])):
                with self.subTest(preset=name, key=key):
                    self.assertIn(key, expected)
                    self.assertIn(key, self.presets[name])
                    self.assertEqual(typed(self.presets[name][key]), typed(expected[key]))

    def test_keys_are_options_of_a_script_that_takes_presets(self):
        for name, preset in self.presets.items():
            for key in preset:
                with self.subTest(preset=name, key=key):
                    self.assertIn(key, self.options)
                    self.assertTrue({"train.py", "validation.py"} &
                                    set(self.options[key]["scripts"]))

    def test_keys_exist_for_the_preset(self):
        for name, preset in self.presets.items():
            for key in preset:
                for other, values in self.options[key].get("only_with", {}).items():
                    value = preset.get(other, self.options[other]["default"])
                    self.assertIn(value, values, "%s.%s" % (name, key))

    def test_choices(self):
        for name, preset in self.presets.items():
            for key, value in preset.items():
                if "choices" in self.options[key]:
                    self.assertIn(value, self.options[key]["choices"], "%s.%s" % (name, key))

    def test_geometry(self):
        self.assertLessEqual(set(GEOMETRY), set(self.presets))
        rule = everything("applications")[APP]["pipeline"]
        for name, preset in self.presets.items():
            value = fill(self.options, preset)
            stages = len(value["pipeline_splits"] or []) + 1
            with self.subTest(preset=name):
                if name in GEOMETRY:
                    self.assertEqual((value["batch_size"], value["gradient_accumulation_count"],
                                      value["replicas"], value["shards"], stages), GEOMETRY[name])
                if value["pipeline"]:
                    demand = rule["accumulation"][value["pipeline_schedule"]]
                    if isinstance(demand, list):
                        demand = next(entry for entry in demand
                                      if all(value[key] == wanted for key, wanted
                                             in entry.get("when", {}).items()))
                    step = stages * demand.get("multiple", 0)
                    holds = stages > 1 and (not step or
                                            value["gradient_accumulation_count"] % step == 0)
                    self.assertEqual(holds, name not in BROKEN_PIPELINES)

    def test_preset_targets(self):
        table = everything("defaults")["preset_targets"]
        self.assertEqual(table["mk1_resnet50_16ipus"], "mk1-16")
        known = {name for presets in everything("presets").values() for name in presets}
        for preset, target in table.items():
            self.assertIn(preset, known)
            self.assertIn(target, TARGETS)

    def test_the_comments_have_the_right_product(self):
        path = os.path.join(CONFIGS, "presets", "tensorflow1_cnns.yml")
        comment = ""
        seen = 0
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                if line.startswith("    # ") and not comment:
                    comment = line
                if line.startswith("  # --- release"):
                    break
                if not line.strip() or line.startswith("    # ---"):
                    comment = ""
                name = re.match(r"    (mk\w+):(?! mk)", line)
                if not name or name.group(1) not in GEOMETRY:
                    continue
                batch, accumulation, replicas, ipus, _ = GEOMETRY[name.group(1)]
                text = re.sub(r" \(default\)", "", comment)
                said = re.match(r" *# (\d+) = (\d+) x (\d+) x (\d+); (\d+)(?: Mk1)? IPU", text)
                self.assertTrue(said, line)
                self.assertEqual([int(word) for word in said.groups()],
                                 [batch * accumulation * replicas, batch, accumulation, replicas,
                                  replicas * ipus], name.group(1))
                seen += 1
        self.assertEqual(seen, len(GEOMETRY))


def holds(when, values):
    return all(values.get(key) in as_list(wanted) for key, wanted in when.items())


def at(option, scripts, conditions):
    """The option as one script and one model or schedule sees it."""
    merged = {key: value for key, value in option.items() if key != "variants"}
    for variant in option.get("variants", []):
        if set(scripts) <= set(variant.get("scripts", scripts)) and all(
                conditions.get(key) in values
                for key, values in variant.get("only_with", {}).items()):
            return {**merged, **variant}
    return merged


def fill(options, given, script="train.py"):
    """Defaults and late defaults, in the order of the file."""
    values = {}
    seen = {key: given.get(key, options[key].get("default")) for key in ("model", "lr_schedule")}
    for key, option in options.items():
        if script not in option["scripts"]:
            continue
        if all(seen[other] in wanted for other, wanted in option.get("only_with", {}).items()):
            values[key] = given.get(key, at(option, [script], seen).get("default"))
    for key in values:
        option = at(options[key], [script], seen)
        late = option.get("late_default")
        unset = values[key] is None or (option.get("zero_is_unset") and not values[key])
        if unset and isinstance(late, list):
            for entry in late:
                if holds(entry.get("when", {}), values):
                    values[key] = entry["value"]
                    break
    return values


class Likeness(unittest.TestCase):
    """What `solve --like` goes by."""

    def test_networks_and_counterparts_name_options(self):
        apps = everything("applications")
        names = {app.split("@")[0] for app in apps}
        for app, body in apps.items():
            for network, values in body.get("networks", {}).items():
                with self.subTest(app=app, network=network):
                    self.assertLessEqual(set(values), set(body["options"]))
            for other, pairs in body.get("counterparts", {}).items():
                with self.subTest(app=app, other=other):
                    self.assertIn(other, names)
                    theirs = [set(b.get("options", {})) for a, b in apps.items() if a.split("@")[0] == other]
                    self.assertLessEqual(set(pairs), set(body["options"]))
                    self.assertLessEqual(set(pairs.values()), set().union(*theirs))


class Options(unittest.TestCase):
    def setUp(self):
        self.app = everything("applications")[APP]
        self.options = self.app["options"]
        with open(os.path.join(DATA, "tensorflow1_cnns_2.3_options.json"),
                  encoding="utf-8") as stream:
            self.reference = {row["dest"]: row for row in json.load(stream)}

    def test_names(self):
        self.assertTrue(self.reference)
        # In the script's order, whatever is added in between.
        self.assertEqual([key for key in self.options if key in self.reference], list(self.reference))

    def test_every_field_of_every_variant(self):
        for dest, row in self.reference.items():
            option = self.options[dest]
            self.assertEqual(option["flag"], row["flag"])
            self.assertEqual(option.get("since"), row.get("since"))
            for expected in row["variants"]:
                for contributor in expected["contributed_by"]:
                    self.compare(dest, option, row, expected, contributor)

    def compare(self, dest, option, row, expected, contributor):
        kind, _, name = contributor.partition(" ")
        kind = kind if kind in ("model", "lr_schedule") else ""
        for script in expected["scripts"]:
            with self.subTest(option=dest, script=script, contributor=contributor):
                ours = at(option, [script], {kind: name} if kind else {})
                self.assertEqual("switch" if expected["type"] == "bool" else expected["type"],
                                 ours["type"])
                self.assertEqual("+" if expected["nargs"] == "+" else 1, ours.get("arity", 1))
                default = expected["default"]
                if dest in NOT_A_DEFAULT:
                    self.assertEqual(default, NOT_A_DEFAULT[dest])
                    default = None
                self.assertEqual(typed(default), typed(ours.get("default")))
                self.assertEqual(expected["action"] == "store_false",
                                 ours.get("stores", True) is False)
                self.assertEqual(expected["action"] in ("store_true", "store_false"),
                                 ours["type"] == "switch")
                choices = expected.get("choices", FILES_OF.get(dest))
                if isinstance(choices, str):
                    low, high = re.match(r"range (\d+)\.\.(\d+)$", choices).groups()
                    self.assertEqual(ours["range"], [int(low), int(high)])
                    self.assertNotIn("choices", ours)
                else:
                    self.assertEqual(typed(choices), typed(ours.get("choices")))
                    self.assertNotIn("range", ours)
                self.assertEqual(expected.get("required", False), ours.get("required", False))
                self.assertEqual(ours["from"], self.module(row, expected, kind))
        scripts = {script for one in row["variants"] for script in one["scripts"]}
        self.assertEqual(set(option["scripts"]), scripts, dest)
        names = [one.split(" ")[1] for part in row["variants"] for one in part["contributed_by"]
                 if kind and one.startswith(kind + " ")]
        self.assertEqual(option.get("only_with"), {kind: names} if kind else None, dest)

    @staticmethod
    def module(row, expected, kind):
        if kind:
            folder = {"model": "Models", "lr_schedule": "LR_Schedules"}[kind]
            names = [one for part in row["variants"] for one in part["contributed_by"]]
            return "%s/%s.py" % (folder, names[0].split(" ")[1] if len(names) == 1 else "*")
        contributor = expected["contributed_by"][0]
        if contributor != "main":
            return MODULES[contributor]
        scripts = {script for part in row["variants"] if part["contributed_by"] == ["main"]
                   for script in part["scripts"]}
        return " and ".join(sorted(scripts))

    def test_flags_follow_from_keys(self):
        for key, option in self.options.items():
            expected = FLAGS.get(key, "--" + key.replace("_", "-"))
            self.assertEqual(option["flag"], expected)
            self.assertEqual("stores" in option, option["flag"].startswith("--no-") and
                             not key.startswith("no_"), key)

    def test_fields_and_types(self):
        for key, option in self.options.items():
            with self.subTest(option=key):
                self.assertLessEqual(set(option), FIELDS["option"])
                needed = {"flag", "type", "scripts", "about"} | ({"from"} if key in self.reference else set())
                self.assertLessEqual(needed, set(option))
                self.assertIn(option["type"], TYPES)
                self.assertLess(len(option["about"]), 80)
                if option["type"] == "switch":
                    self.assertNotIn("arity", option)
                    self.assertIs(option["default"], not option.get("stores", True) is True)

    def test_defaults_fit(self):
        for key, option in self.options.items():
            for one in [option] + [{**option, **v} for v in option.get("variants", [])]:
                default = one.get("default")
                if default is None:
                    continue
                with self.subTest(option=key):
                    self.assertEqual(isinstance(default, list), one.get("arity") == "+")
                    for item in as_list(default):
                        self.assertTrue(fits(item, one["type"]), item)
                        if "choices" in one:
                            self.assertIn(item, one["choices"])
                        if "range" in one:
                            self.assertTrue(one["range"][0] <= item <= one["range"][1])

    def test_late_defaults(self):
        for key, option in self.options.items():
            late = option.get("late_default")
            if late is None or isinstance(late, str):
                continue
            self.assertTrue(option.get("default") is None or option.get("zero_is_unset"), key)
            for entry in late:
                self.assertLessEqual(set(entry), {"when", "value"}, key)
                if key != "learning_rate_schedule":      # a list inside, a text on the line
                    self.assertTrue(fits(entry["value"], option["type"]), key)
                self.check_condition(key, entry.get("when", {}))

    def check_condition(self, where, when):
        for other, values in when.items():
            self.assertIn(other, self.options, where)
            for value in as_list(values):
                option = self.options[other]
                self.assertTrue(value is None or other == "model_size" or
                                fits(value, option["type"]), where)
                if value is not None and "choices" in option:
                    self.assertIn(value, option["choices"], where)
                if other == "model":
                    self.assertIn(value, ("resnet", "resnext", "efficientnet"), where)

    def test_late_figures(self):
        def late(key, **given):
            return fill(self.options, given)[key]

        for model, imagenet, cifar in (("resnet", 4, 32), ("resnext", 1, 8),
                                       ("efficientnet", 4, 8)):
            self.assertEqual(late("batch_size", model=model, dataset="imagenet"), imagenet)
            self.assertEqual(late("batch_size", model=model, dataset="cifar-10"), cifar)
            self.assertEqual(late("batch_size", model=model, dataset="cifar-100"), cifar)
        for model, imagenet, cifar in (("resnet", 100, 160), ("resnext", 100, 160),
                                       ("efficientnet", 350, 300)):
            self.assertEqual(late("epochs", model=model, dataset="imagenet"), imagenet)
            self.assertEqual(late("epochs", model=model, dataset="cifar-100"), cifar)
            self.assertIsNone(late("epochs", model=model, dataset="imagenet", iterations=9))
        for model, imagenet in (("resnet", 1e-4), ("resnext", 1e-4), ("efficientnet", 1e-5)):
            for key in ("weight_decay", "lars_weight_decay"):
                self.assertEqual(late(key, model=model, dataset="imagenet"), imagenet)
                self.assertEqual(late(key, model=model, dataset="cifar-10"), 1e-6)
            self.assertEqual(late("weight_decay", model=model, dataset="imagenet",
                                  optimiser="LARS"), 0)
            self.assertEqual(late("lars_weight_decay", model=model, dataset="imagenet",
                                  optimiser="LARS"), imagenet)
        for model, table in (("resnet", (-8, -11, None, None)), ("resnext", (-8, -11, None, None)),
                             ("efficientnet", (-7, -10, -14, None))):
            for optimiser, value in zip(("SGD", "momentum", "RMSprop", "LARS"), table):
                self.assertEqual(late("base_learning_rate_exponent", model=model,
                                      dataset="imagenet", optimiser=optimiser), value)
                self.assertEqual(late("base_learning_rate_exponent", model=model,
                                      dataset="cifar-10", optimiser=optimiser), -6)
        sizes = {"B0": 224, "B1": 240, "B2": 260, "B3": 300, "B4": 380, "B5": 456, "B6": 528,
                 "B7": 600, "CIFAR": 32, 4: 380, "4": 380}
        for size, edge in sizes.items():
            self.assertEqual(late("image_size", model="efficientnet", dataset="imagenet",
                                  model_size=size), edge)
        self.assertEqual(late("image_size", model="efficientnet", dataset="imagenet"), 224)
        self.assertEqual(late("image_size", model="resnext", dataset="imagenet"), 224)
        self.assertEqual(late("image_size", model="resnet", dataset="cifar-10"), 32)
        for model, imagenet, cifar in (("resnet", 18, 20), ("resnext", 14, 11),
                                       ("efficientnet", "B0", "B0")):
            self.assertEqual(late("model_size", model=model, dataset="imagenet"), imagenet)
            self.assertEqual(late("model_size", model=model, dataset="cifar-10"), cifar)
        for model in ("resnet", "resnext"):
            self.assertEqual(late("groups", model=model, dataset="imagenet"), 32)
            self.assertIsNone(late("groups", model=model, dataset="cifar-10"))
            self.assertEqual(late("groups", model=model, dataset="cifar-10", group_norm=True), 16)
            self.assertIs(late("group_norm", model=model, dataset="imagenet"), True)
            self.assertIs(late("group_norm", model=model, dataset="imagenet", batch_norm=True),
                          False)
            self.assertIs(late("batch_norm", model=model, dataset="cifar-10"), True)
            self.assertIs(late("batch_norm", model=model, dataset="imagenet"), False)
            self.assertEqual(late("BN_decay", model=model, dataset="imagenet"), 0.97)
        self.assertEqual(late("groups", model="efficientnet", dataset="imagenet"), 4)
        self.assertIs(late("group_norm", model="efficientnet", dataset="cifar-10"), True)
        self.assertEqual(late("group_dim", model="resnext"), 4)
        self.assertEqual(late("group_dim", model="efficientnet"), 1)
        self.assertEqual(late("convolution_groups", model="resnext"), 32)
        self.assertEqual(late("pipeline_num_parallel"), 48)
        self.assertEqual(late("label_smoothing", model="efficientnet", dataset="imagenet"), 0.1)
        self.assertEqual(late("label_smoothing", model="resnet", dataset="imagenet"), 0)
        self.assertEqual(late("rmsprop_base_decay_exp", model="efficientnet", dataset="imagenet",
                              optimiser="RMSprop"), -14)
        self.assertIs(late("stable_norm", model="resnext", dataset="imagenet"), True)
        self.assertIs(late("stable_norm", model="resnet", dataset="imagenet"), False)
        self.assertEqual(late("lr_decay_rate", model="efficientnet", lr_schedule="exponential"),
                         0.97)
        self.assertEqual(late("lr_drops", model="efficientnet", lr_schedule="exponential"), 146)
        self.assertIsNone(late("lr_drops", model="resnet", lr_schedule="exponential"))
        self.assertEqual(late("learning_rate_schedule", dataset="imagenet"), [0.3, 0.6, 0.8, 0.9])
        self.assertEqual(late("learning_rate_schedule", dataset="cifar-10"), [0.5, 0.75])

    def test_references_inside_the_descriptor(self):
        app, options = self.app, self.options
        scripts = set(app["scripts"])
        self.assertEqual(scripts, {"train.py", "validation.py", "restore.py", "weight_avg.py"})
        self.assertLessEqual(set(app), FIELDS["application"])
        self.assertIn(app["preset_option"], options)
        self.assertIn(app["preset_file_option"], options)
        self.assertIn(app["unknown_keys"], ("ignored", "refused"))
        self.assertEqual(app["purposes"].keys(), {"train", "validation", "inference", "restore",
                                                  "weight-avg", "help"})
        for key in app.get("no_data_with", []):
            if isinstance(key, str):             # else a condition
                self.assertEqual(options[key]["type"], "switch")
        for name, purpose in app["purposes"].items():
            with self.subTest(purpose=name):
                self.assertLessEqual(set(purpose), FIELDS["purpose"])
                self.assertIn(purpose["script"], scripts)
                self.assertLessEqual(set(purpose["launchers"]), LAUNCHERS)
                for field in ("under_poprun", "fixed"):
                    for key, value in purpose.get(field, {}).items():
                        self.assertIn(purpose["script"], options[key]["scripts"])
                        self.assertTrue(fits(value, options[key]["type"]))
                for quantity in purpose.get("needs", []) + purpose.get("without", []):
                    self.assertIn(quantity, app["quantities"])
                self.assertIn(purpose.get("proof", "exit"), {"exit"} | set(app["metrics"]))
        for name, script in app["scripts"].items():
            self.assertLessEqual(set(script), FIELDS["script"])
            if script["proof"] != "exit":
                self.assertIn(name, app["metrics"][script["proof"]]["scripts"])
            for file in script.get("csv_files", {}).values():
                self.assertIn(file.get("rows_by", "throughput"), app["metrics"])
                for metric in file["columns"].values():
                    self.assertIn(name, app["metrics"][metric]["scripts"])
            for entry in script.get("proof_when", []):
                self.assertEqual(set(entry), {"when", "text"})
                self.check_condition(name, entry["when"])
        for name, option in app["quantities"].items():
            key = option if isinstance(option, str) else list(option.values())[0]
            self.assertIn(key, options, name)
        self.assertIs(options[app["pipeline"]["when"]]["type"] == "switch", True)
        schedules = set(options[app["quantities"]["schedule"]]["choices"])
        self.assertEqual(set(app["pipeline"]["accumulation"]), schedules)
        for key, option in options.items():
            for part in [option] + option.get("variants", []):
                self.assertLessEqual(set(part), FIELDS["option"], key)
                self.assertLessEqual(set(part.get("scripts", [])), scripts, key)
                for other, values in part.get("only_with", {}).items():
                    self.assertIsInstance(values, list)
                    self.check_condition(key, {other: values})
            for variant in option.get("variants", []):
                self.assertLessEqual(set(variant.get("scripts", [])), set(option["scripts"]))

    def test_rules(self):
        with open(os.path.join(ROOT, "include", "ipucnn", "findings.def"), encoding="utf-8") as file:
            ids = set(re.findall(r"^FINDING\((\w+),", file.read(), re.M))
        scripts = set(self.app["scripts"])
        for number, rule in enumerate(self.app["rules"]):
            with self.subTest(rule=number, option=rule.get("option")):
                self.assertLessEqual(set(rule), FIELDS["rule"])
                self.assertIn(rule.get("id", "K060"), ids)
                self.assertIn(rule.get("option", "model"), self.options)
                self.assertLessEqual(set(rule.get("scripts", [])), scripts)
                self.assertIn(rule.get("evidence", "code"), {"code", "documented", "inferred"})
                self.assertLessEqual(len(set(rule) & {"needs", "needs_any", "excludes",
                                                      "used_when"}), 1)
                for field in ("when", "needs", "excludes", "used_when"):
                    for name, test in rule.get(field, {}).items():
                        self.assertIn(name, set(self.options) | FIGURES)
                        if isinstance(test, dict):
                            self.assertLessEqual(set(test), TESTS)
                            bounds = set(test) & {"min", "max", "above", "below", "multiple_of"}
                            for word in bounds:
                                self.assertTrue(isinstance(test[word], (int, float)) or
                                                test[word] in set(self.options) | FIGURES)
                for name in rule.get("needs_any", []):
                    self.assertIn(name, self.options)
                self.assertIn(rule.get("part", "graph"), self.app["ends_before"])

    def test_lists_of_options(self):
        lists = [*self.app["ends_before"].values(), *self.app["preset_values"].values(),
                 [script["batch_counts"] for script in self.app["scripts"].values()
                  if "batch_counts" in script]]
        for keys in lists:
            self.assertLessEqual(set(keys), set(self.options))
            self.assertEqual(len(keys), len(set(keys)))
        for key in self.app["preset_values"]["fractions"]:
            self.assertEqual(self.options[key]["type"], "int")

    def test_splits_of_presets_are_layers(self):
        for name, preset in everything("presets")[APP].items():
            value = fill(self.options, preset)
            if value["model"] == "efficientnet":     # tests/oracle/values_test.py has its layers
                continue
            kind = next(k for k in self.app["layers"]
                        if all(value.get(key) in (w if isinstance(w, list) else [w])
                               for key, w in k["when"].items()))
            layers = [
                n for group, count in enumerate(kind["units"][value["model_size"]], 1)
                for unit in range(count) for n in (u.format(group=group, unit=unit)
                                                   for u in kind["unit"])]
            splits = value["pipeline_splits"] or []
            with self.subTest(preset=name):
                places = [layers.index(split) for split in splits]
                self.assertEqual(places, sorted(set(places)))

    def test_proofs(self):
        proofs = {name: script["proof"] for name, script in self.app["scripts"].items()}
        self.assertEqual(proofs, {"train.py": "throughput", "validation.py": "validation_accuracy",
                                  "restore.py": "throughput", "weight_avg.py": "exit"})


class Metrics(unittest.TestCase):
    STEP = ("step:      3, iteration:    312, epoch:   0.25, lr: 1.25e-05, loss:  6.902, "
            "top-1 accuracy:  0.470%, img/sec: 1234.56, time: 0.440128, total_time:    181.3")
    START = ("step:      1, iteration:    104, epoch:   0.08, lr:      0, loss:    nan, "
             "top-1 accuracy:    nan%, img/sec: 999.50, time: 1.000000, total_time:      9.9")
    VALIDATION = ("Validation top-1 accuracy [None] (iteration:    312, epoch:   0.25, "
                  "img/sec: 2222.25, time: 22.104871, latency (ms):  -1.0000: 31.482%")

    def setUp(self):
        app = everything("applications")[APP]
        self.metrics, self.scripts = app["metrics"], app["scripts"]

    def values(self, line):
        found = {name: read_value(metric, line) for name, metric in self.metrics.items()}
        return {name: value for name, value in found.items() if value is not None}

    def test_fields(self):
        for name, metric in self.metrics.items():
            with self.subTest(metric=name):
                self.assertLessEqual(set(metric), FIELDS["metric"])
                self.assertLessEqual(set(metric["scripts"]), set(self.scripts))
                self.assertEqual(metric["text"].count("{value}"), 1)
                covers = metric["covers"]
                for one in covers.values() if isinstance(covers, dict) else [covers]:
                    self.assertIn(one, ("all instances", "one process"))
                if isinstance(covers, dict):
                    self.assertLessEqual(set(covers), LAUNCHERS | {"any"})

    def test_progress_line(self):
        self.assertLessEqual({
            "throughput": 1234.56, "iteration": 312, "epoch": 0.25, "lr": 1.25e-05, "loss": 6.902,
            "accuracy": 0.47}.items(), self.values("[1,0]<stdout>:" + self.STEP).items())
        first = self.values(self.START)
        self.assertEqual(first["throughput"], 999.5)
        self.assertNotEqual(first["loss"], first["loss"])

    def test_validation_line(self):
        self.assertLessEqual({
            "validation_accuracy": 31.482, "validation_iteration": 312, "validation_throughput": 2222.25,
            "latency": -1}.items(), self.values(self.VALIDATION).items())
        named = self.VALIDATION.replace("[None]", "[ckpt-312]")
        self.assertEqual(self.values(named), self.values(self.VALIDATION))

    def test_other_lines(self):
        self.assertEqual(self.values("Compilation time: 731.4182574748993s."),
                         {"compile_time": 731.4182574748993})
        self.assertEqual(self.values("Saved checkpoint to ./logs/x/ckpt-798 in 1.347s"), {})
        self.assertEqual(self.values("Command line: train.py --config a --epochs 2"), {})


class Targets(unittest.TestCase):
    def setUp(self):
        self.targets = everything("targets")

    def test_figures(self):
        self.assertLessEqual(set(TARGETS), set(self.targets))
        for name, target in self.targets.items():
            if name not in TARGETS:
                continue
            with self.subTest(target=name):
                self.assertLessEqual(set(target), FIELDS["target"])
                figures = (target["ipus"], target["ilds"], target["default_hosts"],
                           target["hosts"][0], target["hosts"][1], target["instances_per_host"],
                           target["launcher"])
                self.assertEqual(figures, TARGETS[name])
                self.assertEqual(target.get("aliases", []), ALIASES.get(name, []))

    def test_they_agree_with_themselves(self):
        aliases = []
        for name, target in self.targets.items():
            while "extends" in target:
                base = self.targets[target["extends"]]
                target = {**{key: value for key, value in base.items() if key not in target}, **{
                    key: value for key, value in target.items() if key != "extends"}, **(
                    {"extends": base["extends"]} if "extends" in base else {})}
            with self.subTest(target=name):
                low, high = target["hosts"]
                self.assertTrue(1 <= low <= target["default_hosts"] <= high)
                self.assertIn(target["launcher"], LAUNCHERS)
                self.assertIn(target["generation"], ("mk1", "mk2", "bow", "gpu", "none"))
                aliases += target.get("aliases", [])
                if target["ipus"] is None:
                    continue
                self.assertEqual(target["ipus"] & (target["ipus"] - 1), 0)
                self.assertEqual(target["ilds"], max(1, target["ipus"] // 64))
                self.assertLessEqual(target["ilds"], target["default_hosts"])
                self.assertLessEqual(set(target["ipu"]), FIELDS["ipu"])
                if name in PETAFLOPS:
                    self.assertEqual(target["tflops_fp16"], round(PETAFLOPS[name] * 1000, 6))
                self.assertAlmostEqual(target["tflops_fp16"],
                                       target["ipus"] * target["ipu"]["tflops_fp16"],
                                       delta=0.005 * target["tflops_fp16"])
        self.assertEqual(len(aliases), len(set(aliases)))
        self.assertFalse(set(aliases) & set(self.targets))


class SitesAndProfiles(unittest.TestCase):
    def setUp(self):
        self.tests = load(os.path.join(DATA, "documents-site.yml"))
        self.sites = {**everything("sites"), **self.tests["sites"]}
        self.profiles = {**everything("profiles"), **self.tests["profiles"]}
        self.options = everything("applications")[APP]["options"]

    def test_sites(self):
        for name, site in self.sites.items():
            with self.subTest(site=name):
                self.assertLessEqual(set(site) - {"extends"}, FIELDS["site"])
                if "target" in site:
                    self.assertIn(site["target"], everything("targets"))
                    low, high = everything("targets")[site["target"]]["hosts"]
                    if isinstance(site.get("hosts"), list):          # else a variable holds them
                        self.assertTrue(low <= len(site["hosts"]) <= high)
                if "profile" in site:
                    self.assertIn(site["profile"], self.profiles)
                self.assertFalse({"vipu_cluster", "vipu_allocation"} <= set(site))

    def test_no_shipped_address_can_be_reached(self):
        # A rehearsal starts everything on this machine, whatever its hosts are called.
        real = {name: site for name, site in everything("sites").items() if "label" not in site}
        self.assertIn("example-pod64", real)
        for site in real.values():
            for address in as_list(site.get("hosts", [])) + [
                    site[key] for key in ("network", "vipu_server_host") if key in site]:
                self.assertTrue(address.startswith(("192.0.2.", "xxx.xxx.", "${env:")), address)

    def test_profiles(self):
        for name, profile in self.profiles.items():
            with self.subTest(profile=name):
                self.check(profile)
                for step in profile.get("steps", {}).values():
                    self.assertFalse({"steps", "extends"} & set(step))
                    self.check(step)

    def check(self, profile):
        self.assertLessEqual(set(profile), FIELDS["profile"])
        self.assertIn(profile.get("extends", "default"), self.profiles)
        self.assertIn(profile.get("tag_output", "none"), ("local", "global", "none"))
        self.assertIn(profile.get("verbosity", 0), (0, 1, 2))
        for word in re.findall(r"\{(\w+)\}", json.dumps(profile)):
            self.assertIn(word, FIELDS["site"])
        for name, value in profile.get("env", {}).items():
            self.assertIsInstance(value, str)
            if value.startswith("{"):
                self.assertTrue(all(isinstance(v, str) for v in json.loads(value).values()))
            if name not in NOT_HANDED_ON:
                self.assertIn(name, [word.split("=")[0] for word in profile["forward"]])
        for key in profile.get("options", {}):
            self.assertIn(key, self.options)

    def test_default_profile_knows_no_application(self):
        profile = everything("profiles")["default"]
        self.assertFalse({"options", "env", "forward", "mca", "instances", "steps", "extends"} &
                         set(profile))


class Commands(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(DATA, "seed_commands.json"), encoding="utf-8") as stream:
            self.commands = json.load(stream)

    def test_table(self):
        self.assertEqual(len(self.commands), 42)
        self.assertEqual(len({command["id"] for command in self.commands}), 42)
        fields = {"id", "app", "purpose", "target", "config", "env", "sweep", "alternatives",
                  "argv_corrected", "normal_form"}
        targets = everything("targets")
        for command in self.commands:
            self.assertEqual(set(command), fields, command["id"])
            self.assertIn(command["target"], targets)

    def test_presets_and_options_exist(self):
        app = everything("applications")[APP]
        presets = everything("presets")[APP]
        flags = {option["flag"]: option for option in app["options"].values()}
        for command in self.commands:
            if not command["id"].startswith(("tf1-", "bench-")):
                continue
            if command["config"] not in (None, "my_config"):
                self.assertIn(command["config"], presets)
            self.assertIn(command["purpose"], app["purposes"])
            script = app["purposes"][command["purpose"]]["script"]
            words = command["argv_corrected"]
            start = next(i for i, word in enumerate(words) if word.endswith(script))
            for word in words[start + 1:]:
                if word.startswith("--"):
                    self.assertIn(script, flags[word]["scripts"], command["id"])


if __name__ == "__main__":
    sys.exit(unittest.main())
