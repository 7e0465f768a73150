"""Layers, checkouts, presets of one's own, schemas and completion, as a user meets them.

Run: /usr/bin/python3 tests/config_test.py IPUCNN
python3-jsonschema is used where it is installed.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

try:
    import jsonschema
except ImportError:
    jsonschema = None

from support.configs import ROOT, section

LAUNCH_KEYS = ROOT / "include" / "ipucnn" / "launch_keys.def"
IPUCNN = ""
PRESET = "mk2_resnet50_gn_16ipus"
MINE = f"presets:\n  tensorflow1_cnns@2.3:\n    mine: {{extends: {PRESET}, epochs: 2}}\n"

GOOD = {
    "sites": {"room": {"target": "pod16", "hosts": ["192.0.2.1"], "data_dir": "/d",
                       "env": {"A": "b"}, "verbosity": 1, "numa_aware": True}},
    "targets": {"rack": {"name": "Rack", "generation": "mk2", "ipus": 16, "ilds": 1,
                         "default_hosts": 1, "instances_per_host": 8, "launcher": "poprun",
                         "tflops_fp16": 3994.5, "aliases": ["r"]}},
    "profiles": {"quiet": {"extends": "default", "verbosity": 0, "mca": {"a": "b"}}},
    "defaults": {"site": "room", "profile": "quiet"},
    "presets": {"tensorflow1_cnns": {"mine": {"model": "resnet"}}},
}
WRONG = ["text", 7, -1, 1.5, True, None, [], ["a"], [["a"]], {"a": "b"}, {"a": ["b"]}, {}]


class Config(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_it(self, *words, **variables):
        done = subprocess.run([IPUCNN, *words], cwd=self.folder, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={"PATH": "/usr/bin:/bin", "HOME": self.folder, **variables})
        return done.returncode, done.stdout, done.stderr

    def argv(self, *words, **variables):
        status, out, err = self.run_it("run", "--data-dir", "/d", "--dry-run", "--format", "json",
                                       *words, **variables)
        self.assertEqual(0, status, err)
        return json.loads(out)["steps"][0]["argv"]

    def test_command_line_beats_variable_beats_defaults(self):
        self.write("ipucnn.yml", "defaults: {target: m2000}\n")
        count = lambda argv: argv[argv.index("--num-replicas") + 1]
        self.assertEqual("4", count(self.argv("--config", PRESET)))
        self.assertEqual("64", count(self.argv("--config", PRESET, IPUCNN_TARGET="pod64")))
        self.assertEqual("16", count(self.argv("--config", PRESET, "--target", "pod16",
                                               IPUCNN_TARGET="pod64")))

    def test_a_preset_of_the_application_keeps_its_name(self):
        self.assertEqual(["--config", PRESET], self.argv("--config", PRESET)[-5:-3])

    def test_other_values_under_a_known_name_are_written_out(self):
        self.write("ipucnn.yml", MINE.replace("@2.3", "").replace("mine:", PRESET + ":").replace(
            f"extends: {PRESET}", "extends: mk2_resnet50_base"))
        argv = self.argv("--config", PRESET)
        self.assertNotIn("--config", argv)
        self.assertEqual("2", argv[argv.index("--epochs") + 1])

    def test_the_same_values_under_a_known_name_keep_it(self):
        _, text, _ = self.run_it("show", f"tensorflow1_cnns@2.3:{PRESET}", "--format", "configs")
        self.write("configs.yml", text)
        self.assertIn("--config", self.argv("--config", PRESET, "--presets", "configs.yml", "--app",
                                            "tensorflow1_cnns@2.3"))

    def test_what_a_merge_brings_is_extended_as_well(self):
        # PyYAML's `mine` has the key `extends` of the mapping that it merges.
        text = ("presets:\n  tensorflow1_cnns@2.3:\n    base: &base {extends: %s, epochs: 3}\n"
                "    mine: {<<: *base, seed: 3}\n    list: {<<: [{seed: 3}, *base]}\n" % PRESET)
        merged = yaml.full_load(text)["presets"]["tensorflow1_cnns@2.3"]
        self.assertEqual(PRESET, merged["mine"]["extends"])
        self.write("ipucnn.yml", text + "sites: {a: &a {extends: example-pod64, data_dir: /x}, "
                   "b: {<<: *a, data_dir: /y}}\n")
        whole = self.argv("--config", f"tensorflow1_cnns@2.3:{PRESET}", "--epochs", "3", "--seed", "3", "--flat")
        for name in ("mine", "list"):
            self.assertEqual(sorted(whole), sorted(self.argv("--config", name, "--flat")))
        _, shown, _ = self.run_it("show", "site", "b")
        for value in ("/y", "pod64", "192.0.2.11"):
            self.assertIn(value, shown)

    def test_merges_of_merges_take_no_longer_than_what_is_written(self):
        bomb = "".join("  a%d: &a%d {<<: [%s], data_dir: /%d}\n" % (i, i, ", ".join([f"*a{i - 1}"] * 9), i)
                       for i in range(1, 12))
        for kind in ("sites", "profiles", "targets", "jobs", "applications"):
            self.write("ipucnn.yml", f"{kind}:\n  a0: &a0 {{}}\n{bomb}  p: {{<<: *a11}}\n")
            status, out, err = self.run_it("check")
            self.assertIn(status, (0, 1), err)
            if kind == "sites":
                self.assertIn("/11", self.run_it("show", "site", "p")[1])

    def test_so_do_those_of_bounds(self):
        bomb = "".join("      b%d: &b%d {<<: [%s], at_least: %d}\n" % (i, i, ", ".join([f"*b{i - 1}"] * 9), i)
                       for i in range(1, 12))
        self.write("ipucnn.yml", f"jobs:\n  j:\n    preset: {PRESET}\n    expect:\n      b0: &b0 {{}}\n{bomb}"
                   "      throughput: {<<: *b11}\n")
        self.assertIn(self.run_it("check")[0], (0, 1))

    def test_a_name_of_several_groups_means_that_of_the_own_group(self):
        self.write("ipucnn.yml", "presets:\n  pytorch_cnns@3.2: {v: {extends: resnet50}}\n"
                   "  pytorch_cnns@3.2/inference: {w: {extends: resnet50}}\n"
                   "  nvcnn_hvd@1.1: {a: {extends: nvcnn_resnet50}}\n")

        def words(config):
            _, out, _ = self.run_it("run", "--config", config, "--dry-run", "--flat", "--format", "json")
            return [word for word in json.loads(out)["steps"][0]["argv"] if "checkpoint-path" not in word]
        self.assertEqual(words("pytorch_cnns@3.2:resnet50"), words("v"))
        self.assertEqual(words("pytorch_cnns@3.2/inference:resnet50"), words("w"))
        # The machine that is usual for a preset is so for one that extends it.
        self.assertEqual(words("nvcnn_hvd@1.1:nvcnn_resnet50"), words("a"))

    def test_show_configs_is_the_preset_as_the_scripts_would_read_it(self):
        self.write("ipucnn.yml", MINE)
        _, text, _ = self.run_it("show", "mine", "--format", "configs")
        _, shown, _ = self.run_it("show", "mine", "--format", "json")
        self.assertEqual(json.loads(shown)["settings"], yaml.full_load(text)["mine"])

    def test_every_shipped_preset_is_written_whole(self):
        # 1, true and 1.0 are the same to Python.
        told = lambda presets: json.dumps(presets, sort_keys=True)
        for application, presets in section("presets", "presets").items():
            for name, preset in presets.items():
                with self.subTest(application=application, name=name):
                    _, text, err = self.run_it("show", f"{application}:{name}", "--format",
                                               "configs")
                    self.assertTrue(text, err)
                    self.assertEqual(told({name: preset}), told(yaml.full_load(text)))

    def test_values_of_every_form_are_written_whole(self):
        self.write("configs.yml", """base: &base
  optimizer-params: {momentum: 0.9, "odd key": ["1", 1e-5, null, [true, {a: 'it''s'}]], e: {}}
  lr-schedule-params:
    boundaries: [0.1, 0.5]
    "on": 'no'
  lr-warmup-params: &warm {warmup_epochs: 5}
mine: {<<: *base, model-name: resnet50, lr-warmup-params: {<<: *warm, warmup_mode: shift}}
""")
        _, text, err = self.run_it("show", "mine", "--presets", "configs.yml", "--app",
                                   "tensorflow2_cnns@3.1", "--format", "configs")
        with open(os.path.join(self.folder, "configs.yml"), encoding="utf-8") as file:
            mine = yaml.full_load(file)["mine"]
        self.assertTrue(text, err)
        self.assertEqual(mine, yaml.full_load(text)["mine"])

    def test_a_launch_setting_that_is_not_set_is_explained_as_such(self):
        explain = lambda key, *words: self.run_it("explain", key, "--config", PRESET, *words)
        with open(LAUNCH_KEYS, encoding="utf-8") as file:
            keys = re.findall(r"^LAUNCH_KEY\((\w+)", file.read(), re.M)
        self.assertIn("hostfile", keys)
        for key in [*keys, "partition"]:
            with self.subTest(key=key):
                status, out, err = explain(key)
                self.assertEqual((0, ""), (status, err))
                self.assertRegex(out, r"^\w+ (is|not set) .*")
        self.assertEqual("vipu_partition not set  (launch setting)\n\n", explain("partition")[1])
        self.assertIn("vipu_partition is p64  ", explain("partition", "--launch", "partition=p64")[1])
        self.assertEqual(1, explain("partitions")[0])

    def test_a_null_takes_a_value_of_the_preset_away(self):
        preset = "tensorflow1_cnns@2.3:" + PRESET
        plain = self.argv("--config", preset, "--unset", "batch_size")
        self.write("ipucnn.yml", f"""jobs:
  bare: {{application: tensorflow1_cnns@2.3, preset: {PRESET}, options: {{batch_size: null}}}}
""")
        self.assertNotIn("--config", plain)
        for words in (["--config", preset, "--set", "batch_size="],
                      ["--config", preset, "--set", "batch_size=null"],
                      ["--config", preset, "--set", "batch_size=~"], ["--job", "bare"]):
            with self.subTest(words=words):
                argv = self.argv(*words)
                self.assertNotIn("--config", argv)
                self.assertNotIn("--batch-size", argv)
                self.assertEqual(set(plain), set(argv))
        # What the preset does not say can be left unsaid behind its name.
        self.assertIn("--config", self.argv("--config", preset, "--set", "name_suffix="))

    def test_config_file_is_named_and_written(self):
        self.write("ipucnn.yml", MINE)
        argv = self.argv("--config", "mine", "--config-file")
        self.assertEqual("$IPUCNN_RUN_FOLDER/configs.yml", argv[argv.index("--config-path") + 1])
        status, _, err = self.run_it("run", "--config", "mine", "--config-file", "--site",
                                     "rehearsal", REHEARSAL_SECONDS="1")
        self.assertEqual(0, status, err)
        runs = os.path.join(self.folder, "runs")
        path = os.path.join(runs, os.listdir(runs)[0], "configs.yml")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(2, yaml.full_load(file)["mine"]["epochs"])

    def checkout(self, configs):
        self.write("examples/train.py", "--identical-replica-seeding\n")
        self.write("examples/validation.py", "")
        self.write("examples/configs.yml", configs)

    def test_a_checkout_is_recognised_and_its_presets_used(self):
        self.checkout("theirs: {model: resnet, dataset: cifar-10, batch_size: 3}\n")
        argv = self.argv("--config", "theirs", "--app-dir", "examples")
        self.assertEqual(["--config", "theirs"], argv[2:4])

    def test_a_preset_that_the_checkout_lacks_is_written_out(self):
        self.checkout("theirs: {model: resnet}\n")
        self.assertNotIn("--config", self.argv("--config", PRESET, "--app-dir", "examples"))

    def test_a_sites_folder_is_a_checkout_as_well(self):
        self.checkout("theirs: {model: resnet, dataset: cifar-10}\n")
        self.write("ipucnn.yml", "sites: {here: {app_dir: examples}}\ndefaults: {site: here}\n")
        self.assertIn("theirs", self.argv("--config", "theirs"))

    def test_init_writes_once_and_what_it_writes_is_read(self):
        self.assertEqual(0, self.run_it("init")[0])
        status, _, err = self.run_it("init")
        self.assertEqual((1, "ipucnn: ipucnn.yml is there already, and stays as it is\n"),
                         (status, err))
        status, out, err = self.run_it("show", "config")
        self.assertEqual((0, ""), (status, err))
        self.assertIn("project   ipucnn.yml\n", out)
        with open(os.path.join(self.folder, "ipucnn.yml"), encoding="utf-8") as file:
            text = file.read()
        # Its examples are good once their signs are taken away, and nothing else.
        self.write("ipucnn.yml", text.replace("\n#  ", "\n  "))
        self.assertEqual(0, self.run_it("show", "mine")[0])

    def test_completion(self):
        words = lambda *typed: self.run_it("completion", "words", "--", *typed)[1].split()
        self.assertEqual(["show"], words("sh"))
        self.assertIn(PRESET, words("run", "--config", "mk2"))
        self.assertEqual(["--batch-size", "--batches-per-step"],
                         words("run", "--config", PRESET, "--batch"))
        self.assertIn("pod16", words("show", PRESET, "--target", ""))
        self.assertEqual(["train"], words("run", "--config", PRESET, "--purpose", "tr"))
        self.assertEqual([], words("run", "--config", "nothing-like-it"))
        self.assertEqual(["nvcnn-eval"], words("run", "--job", "nvcnn-e"))
        self.assertEqual(["validation"], words("run", "--config", PRESET, "--then", "val"))
        self.assertIn("jobs", words("show", "jo"))

    def test_every_format_that_completes_is_taken_and_no_other(self):
        words = {"run": ["--config", PRESET, "--dry-run"], "show": [PRESET],
                 "check": ["--config", PRESET],
                 "import": ["--plan", "--", "python3", "train.py", "--config", PRESET],
                 "solve": ["--config", PRESET], "explain": ["epochs", "--config", PRESET]}
        known = {"text", "json", "shell", "argv", "sbatch", "k8s", "configs", "github", "gitlab", "sarif", "junit"}
        for command, rest in words.items():
            named = set(self.run_it("completion", "words", "--", command, "--format", "")[1].split())
            self.assertLess(named, known)
            for form in known:
                with self.subTest(command=command, form=form):
                    status = self.run_it(command, "--format", form, *rest)[0]
                    self.assertEqual(status != 2, form in named)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_the_schema_agrees_with_what_is_read(self):
        schema = json.loads(self.run_it("schema", "ipucnn")[1])
        validator = jsonschema.Draft202012Validator(schema)
        validator.check_schema(schema)
        cases = [GOOD]
        for section, entries in GOOD.items():
            cases += [{**GOOD, section: wrong} for wrong in WRONG]
            for name, entry in entries.items():
                if isinstance(entry, dict):
                    cases += [{**GOOD, section: {name: wrong}} for wrong in WRONG]
                    keys = list(entry) + ["nothing_reads_this"]
                    cases += [{**GOOD, section: {name: {**entry, key: wrong}}}
                              for key in keys for wrong in WRONG]
                else:
                    cases += [{**GOOD, section: {**entries, name: wrong}} for wrong in WRONG]
        verdicts = set()
        for number, case in enumerate(cases):
            # Named, so that defaults of the file are read but nothing else is asked of it.
            path = self.write("case.yml", yaml.safe_dump(case))
            status, _, err = self.run_it("show", "config", "--presets", path)
            # Keys and values of presets are judged by a check, which knows more than a schema.
            if status == 0 and not validator.is_valid(yaml.safe_load(yaml.safe_dump(case))):
                status, _, err = self.run_it("check", path, "--purpose", "train")
            accepted = validator.is_valid(yaml.safe_load(yaml.safe_dump(case)))
            self.assertEqual(accepted, status == 0, (number, case, err))
            verdicts.add(accepted)
        self.assertEqual({True, False}, verdicts)


if __name__ == "__main__":
    IPUCNN = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1])
