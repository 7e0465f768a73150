#!/usr/bin/python3
"""`check` and `lock` as a project uses them: what shipped is held to every rule, and a lock to its presets.

usage: check_test.py PROGRAM
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time
import unittest

from support import program
from support.configs import section

# What the released presets are known to do wrong, and the base that is no preset to run.
SHIPPED = {("mk2_efficientnet_b4_g16_64ipus_LARS", "B002"),
           ("mk2_efficientnet_b4_16ipus_base", "S001"), ("efficientnet_b4_16ipus_base", "S001"),
           ("efficientnet_b4_g16_large_batch_size_high_throughput", "B002"),
           # Of 3.0: splits in an entry that others switch the pipeline on for, a folder without a data set's name.
           ("efficientnet_b4_g1_with_batch_norm_base", "S007"), ("efficientnet_b4_g1_with_batch_norm_base", "D003"),
           ("efficientnet_b4_g1_with_batch_norm_base (validation)", "D003"),
           # Of TensorFlow 2 from 3.0 on: 3520 with a micro batch of 18, which the script rounds to 3456.
           ("resnet50_mlperf_pod16_lars", "B004")}
# Presets of 3.0 that switch stable_norm off, which is switched on again.
OVERRULED = {(f"efficientnet_b4_g1_with_batch_norm_{n}ipus{step}", "K063") for n in (16, 64)
             for step in ("", " (validation)")}
# Of TensorFlow 2: each IPU is a replica of a validation, and the pipeline stays.
VALIDATED = {("resnet56_16ipus_8k_bn_pipeline", "V005")}
# Those of PyTorch that average checkpoints of a folder which they do not name.
AVERAGING = {"efficientnet-g16-gn-16ipu-mk2-base", "efficientnet-b0-g16-gn-16ipu-mk2", "efficientnet-b4-g16-gn-16ipu-mk2",
             "efficientnet-g16-gn-pod16-base", "efficientnet-b0-g16-gn-pod16", "efficientnet-b4-g16-gn-pod16",
             "efficientnet-b4-g16-gn-pod64", "efficientnet-b4-g1-gn-pod16"}
PRESET = """presets:
  tensorflow1_cnns@2.3:
    base: {extends: mk2_resnet50_gn_16ipus, epochs: %d}
    mine: {extends: base, batch_size: %d}
"""

# Each as near to a demand of its script as it can be without a fault.
JUST_LEGAL = [
    "--config pytorch_cnns@2.0:resnet50 --replicas 192",
    "--config pytorch_cnns@2.0:resnet50 --initial-loss-scaling 128",
    "--config pytorch_cnns@2.0:resnet50 --initial-loss-scaling 16 --epoch 4",
    "--config pytorch_cnns@2.0:resnet50 --checkpoint-path d --weight-avg-strategy mean",
    "--config pytorch_cnns@2.0:resnet50 --disable-metrics",
    "--config pytorch_cnns@2.0:resnet50 --enable-recompute --recompute-checkpoints conv",
    "--config pytorch_cnns@2.0:resnet50 --lr-schedule step --lr-epoch-decay 30 --lr-decay 0.1 --momentum 0.9",
    "--config pytorch_cnns@2.0:resnet50 --norm-num-groups 64",
    "--config pytorch_cnns@2.0:resnet50 --norm-type batch --batch-size 2",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --available-memory-proportion 1",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --available-memory-proportion 0.1 0.2 0.3 0.4",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --device-iterations 78",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --gradient-accumulation 1 --device-iterations 7",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --gradient-accumulation 7",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --logs-per-epoch 78",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --logs-per-epoch 79 --disable-metrics",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --pipeline-splits layer3/4/relu layer2/0/downsample/1 fc",
    "--config pytorch_cnns@2.0:resnet50_mk2_pipelined --recompute-checkpoints conv",
    "--config pytorch_cnns@2.0:efficientnet-b0 --norm-num-groups 8 --efficientnet-group-dim 16",
    "--config pytorch_cnns@2.0:efficientnet-b0 --model efficientnet-b7 --norm-num-groups 16",
    "--config pytorch_cnns@2.0:efficientnet-b0 --optimizer rmsprop --rmsprop-decay 0.9 --lr-decay 0.9",
    "--config pytorch_cnns@2.0:resnet50-mk2 --purpose inference --iterations 3",
    "--config pytorch_cnns@2.0:resnet50-mk2 --pipeline-splits layer2 --device-iterations 2",
    "--config nvcnn_resnet50 --purpose train --larc_mode scale",
    "--config nvcnn_resnet50 --purpose train --num_epochs 1 --batch_size 7625",
    "--config nvcnn_resnet50 --purpose train --unset num_epochs --num_batches 23 --unset data_dir",
    "--config nvcnn_resnet50 --purpose train --unset num_epochs --unset data_dir --batch_size 200000",
    "--config nvcnn_inception3 --purpose train --learning_rate 0.2",
]


def findings(*words, **how):
    done = program.ipucnn("check", *words, "--format", "json", **how)
    return json.loads(done.stdout)["findings"], done.returncode


class Shipped(unittest.TestCase):
    def presets(self):
        listed = json.loads(program.output("show", "presets", "--format", "json"))
        return [(preset["application"], preset["name"]) for preset in listed["presets"]]

    def test_nothing_is_found_but_what_is_wrong(self):
        found, status = findings("--builtin")
        errors = {(name, f["id"]) for f in found if f["severity"] == "error" for name in f["also"]}
        self.assertEqual(errors - {(name, "K060") for name in AVERAGING}, SHIPPED)
        # Keys of PyTorch's presets that its scripts ignore; what a release does not mind any more.
        warned = {(name, f["id"]) for f in found if f["severity"] == "warning" and f["id"] != "K014"
                  for name in f["also"]}
        self.assertEqual(warned - {(name, "K062") for name in AVERAGING}, OVERRULED | {(f"{name} (validation)", finding) for name, finding in VALIDATED})
        self.assertEqual(status, 1)

    def test_every_preset_is_looked_at(self):
        presets = self.presets()
        self.assertGreater(len(presets), 50)
        for application, name in presets:
            known = SHIPPED | OVERRULED | VALIDATED
            if application.startswith("pytorch_cnns"):
                known.add((name, "K014"))
                known |= {(name, "K060"), (name, "K062")} if name in AVERAGING else set()
            with self.subTest(application=application, preset=name):
                found, _ = findings("--config", f"{application}:{name}")
                self.assertLessEqual({(name, f["id"]) for f in found if f["severity"] != "note"}, known)

    def test_a_preset_that_says_it_is_not_validated_is_believed(self):
        found, _ = findings("--config", "tensorflow1_cnns@2.3:mk2_resnet8_test", "--purpose", "validation")
        self.assertEqual([f["id"] for f in found if f["severity"] == "error"], ["V004"])

    def test_what_becomes_of_an_unknown_key_is_each_release_s_own(self):
        # As measured: PyTorch's of 2.0 ignore it, and from 2.1 on an assertion ends them.
        releases = {app for app in section("apps", "applications") if app.startswith("pytorch_cnns@")}
        self.assertIn("pytorch_cnns@2.0", releases)
        for app in sorted(releases):
            with self.subTest(app=app), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "u.yml")
                path.write_text("r: {model: resnet50, foo: 4}\n")
                done = program.ipucnn("check", str(path), "--app", app, "--purpose", "train")
                ignored = app == "pytorch_cnns@2.0"
                self.assertEqual(done.returncode, 0 if ignored else 1)
                self.assertIn(b"is ignored by" if ignored else b"is refused by", done.stdout)

    def test_documented_jobs_hold_no_fault_but_those_they_allow(self):
        jobs = [job["name"] for job in json.loads(program.output("show", "jobs", "--format", "json"))["jobs"]]
        self.assertGreater(len(jobs), 40)
        found, status = findings(*(word for job in jobs for word in ("--job", job)))
        self.assertEqual([f for f in found if f["severity"] == "error"], [])
        self.assertEqual(status, 0)

    def test_nothing_is_found_where_a_demand_is_just_met(self):
        for words in JUST_LEGAL:
            with self.subTest(words):
                found, _ = findings(*words.split())
                self.assertEqual([f["message"] for f in found if f["id"] not in ("K014", "V003")], [])

    def test_the_remedy_of_a_finding_is_one(self):
        for accumulation in ("32", "40"):
            self.assertEqual(findings("--config", "tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_64ipus_LARS", "--purpose",
                                      "train", "--gradient-accumulation-count", accumulation),
                             ([], 0))


class Inputs(unittest.TestCase):
    WRONG = "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnext101_16ipus, gradient_accumulation_count: 18}\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.folder = self.root / "a" / "b"
        self.folder.mkdir(parents=True)
        (self.folder / "p.yml").write_text(self.WRONG)

    def check(self, *words, folder=None, stdin=None, **env):
        return subprocess.run([program.PROGRAM, "check", *words], cwd=folder or self.folder, input=stdin,
                              env=program.environment(**env), capture_output=True, text=True, timeout=60)

    def paths(self, form, folder=None, name="p.yml", **env):
        text = self.check(name, "--purpose", "train", "--format", form, folder=folder, **env).stdout
        found = {"github": r"file=([^,]+)", "sarif": r'"uri": ?"([^"]*p\.yml)"', "junit": r"([\w./]*p\.yml):3"}[form]
        return set(re.findall(found, text))

    def test_paths_are_the_repository_s(self):
        (self.root / ".git").mkdir()
        (self.root / "a" / "c").mkdir()
        for form in ("github", "sarif", "junit"):
            with self.subTest(form):
                self.assertEqual({"a/b/p.yml"}, self.paths(form))
                self.assertEqual({"a/b/p.yml"}, self.paths(form, folder=self.root / "a" / "c", name="../b/p.yml"))
                # What GitHub checked out need not be where .git is.
                self.assertEqual({"b/p.yml"}, self.paths(form, GITHUB_WORKSPACE=str(self.root / "a")))
                self.assertEqual({"p.yml"}, self.paths(form, GITHUB_WORKSPACE=str(self.root / "a" / "c")))

    def test_standard_input_is_a_file(self):
        done = self.check("-", "--purpose", "train", stdin=self.WRONG)
        self.assertEqual(1, done.returncode)
        self.assertIn("standard input:3:", done.stdout)
        done = self.check("-", stdin="#!/bin/sh\npython3 train.py --config mk2_resnet50_gn_16ipus --epochs x\n")
        self.assertIn("standard input:2:", done.stdout)
        self.assertIn("[K012]", done.stdout)

    def test_too_little_memory_is_said(self):
        if b"__asan_init" in pathlib.Path(program.PROGRAM).read_bytes():
            self.skipTest("the sanitizers take more address space than any bound")
        text = "".join(f"p{n}: {{model: resnet, dataset: imagenet}}\n" for n in range(60_000))
        (self.folder / "configs.yml").write_text(text)
        bound = 90_000_000
        done = subprocess.run([program.PROGRAM, "check", "configs.yml", "--app", "tensorflow1_cnns@2.3"],
                              cwd=self.folder, env=program.environment(), capture_output=True, text=True, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (bound, bound)))
        self.assertEqual((2, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, r"\Aipucnn: out of memory: .*\n\Z")

    def test_what_is_read_has_a_bound(self):
        (self.folder / "large.yml").write_text("# nothing\n" * 1_000_000)
        (self.folder / "large.sh").write_text("# nothing\n" * 1_000_000)
        for words in (["large.yml"], ["large.sh"], ["--presets", "/dev/zero"], ["/dev/zero"]):
            with self.subTest(words):
                done = self.check(*words)
                self.assertEqual(2, done.returncode)
                self.assertIn(f"cannot read {words[-1]}: it holds more than 8 MiB", done.stderr)

    def test_a_name_does_not_reach_the_terminal_as_it_is(self):
        name = "p\x1b[31m.yml"
        (self.folder / name).write_text(self.WRONG)
        (self.folder / ("x" + name)).write_text("a: 1\n")
        for words in ([name, "--purpose", "train"], ["x" + name], ["no" + name], [name, "--format", "github"],
                      [name, "--format", "junit"], [name, "--format", "sarif"], [name, "--format", "json"]):
            with self.subTest(words):
                done = self.check(*words)
                self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_without_a_project_there_is_nothing_to_check(self):
        (self.folder / "p.yml").unlink()
        for words in ([], ["--purpose", "train"], ["--app", "tensorflow1_cnns@2.3"], ["--target", "pod16"]):
            with self.subTest(words):
                done = self.check(*words)
                self.assertEqual((0, ""), (done.returncode, done.stdout))
                self.assertIn("nothing to check: there is no ipucnn.yml", done.stderr)
        self.assertEqual([], json.loads(self.check("--format", "json").stdout)["findings"])
        done = self.check("--builtin", "--format", "json")
        self.assertEqual(1, done.returncode)
        files = {f["file"] for f in json.loads(done.stdout)["findings"]}
        self.assertTrue(files and all(file.startswith("<built-in>/") for file in files), files)
        # Presets of a group that is for another purpose are none of this one's.
        found = json.loads(self.check("--builtin", "--purpose", "train", "--format", "json").stdout)["findings"]
        self.assertEqual([], [f for f in found if f["id"] == "K001"])
        # In a project ours are left alone, and with --builtin the project's.
        (self.root / "ipucnn.yml").write_text(self.WRONG)
        for words, wanted in (([], "../../ipucnn.yml"), (["--builtin"], "<built-in>/")):
            found = json.loads(self.check(*words, "--format", "json").stdout)["findings"]
            self.assertEqual([], [f for f in found if f["severity"] == "error" and not f["file"].startswith(wanted)], words)

    def test_a_checkout_is_checked_alone(self):
        place = self.root / "checkout"
        place.mkdir()
        (place / "train.py").write_text("--identical-replica-seeding\n")
        (place / "validation.py").write_text("")
        (place / "configs.yml").write_text("theirs: {model: resnet, dataset: imagenet, batch_size: eight}\n")
        (self.root / "ipucnn.yml").write_text(self.WRONG)
        done = self.check("--app-dir", str(place), "--format", "json")
        found = json.loads(done.stdout)["findings"]
        self.assertTrue(found, done.stderr)
        self.assertEqual({str(place / "configs.yml")}, {f["file"] for f in found})


LINE = "python3 train.py --config mk2_resnet50_gn_16ipus"
WORKFLOW = """'on': push
jobs:
  b:
    steps:
      - run: %s --sed 3
""" % LINE
# Files of other programs with a slip in their command, however they are written.
OTHERS = [
    WORKFLOW, "\ufeff" + WORKFLOW.replace("'on':", "on:"), WORKFLOW.replace("'on':", "on :"),
    "{on: push, jobs: {b: {steps: [{run: '%s --sed 3'}]}}}\n" % LINE,
    "version: 2.1\njobs:\n  b:\n    steps:\n      - run: {command: %s --sed 3}\n" % LINE,
    "version: 2.1\njobs: {b: {steps: [{run: '%s --sed 3'}]}}\n" % LINE,
    "pool: {vmImage: ubuntu-latest}\njobs:\n- job: a\n  steps:\n  - script: %s --sed 3\n" % LINE,
    "jobs:\n- job: a\n  steps:\n  - script: %s --sed 3\n" % LINE,
    ".setup:\n  script: [echo 1]\ntrain:\n  when: 2021-01-01\n  script:\n"
    "    - !reference [.setup, script]\n    - %s --sed 3\n" % LINE,
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: a, command: [%s, --sed, '3']}\n"
    % ", ".join(LINE.split()),
]


class Texts(unittest.TestCase):
    """Commands in texts of all kinds."""

    def check(self, text, name="run.sh", *words):
        """What is said of a file, or of what is piped in (`-`)."""
        with tempfile.TemporaryDirectory() as folder:
            if name != "-":
                (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
            done = subprocess.run([program.PROGRAM, "check", name, *words], cwd=folder, input=text.encode(),
                                  env=program.environment(), capture_output=True, timeout=60)
        return done.stdout.decode() + done.stderr.decode(), done.returncode

    def test_a_call_that_cannot_be_read_leaves_the_others(self):
        """Whatever line they share."""
        for text in (f"f() {{ {LINE} --sed \"$@\"; }}\nf 8\nf {{1,2}}\n",
                     f"{LINE} --sed 3; {LINE} --seed {{1,2}}\n",
                     f"{LINE} --seed {{1,2}} && {LINE} --sed 3\n"):
            with self.subTest(text):
                said, status = self.check(text)
                self.assertIn("[K007]", said)
                self.assertIn("1 command checked, 1 not checked", said)
                self.assertEqual(status, 1)

    def test_a_value_that_only_a_shell_can_tell_leaves_the_rest_checked(self):
        for value in ("$(date +%s)", "`date`", '"$(pwd)/d"', "$1", "${X%.*}", "logs/*", "=logs/*", "$[B]"):
            text = f"{LINE} --name-suffix {value}".replace(" =", "=")
            with self.subTest(text):
                said, status = self.check(f"{text} --sed 3\n")
                self.assertIn("[K007]", said)
                self.assertNotIn("[L040]", said)
                self.assertIn("1 command checked", said)
                said, status = self.check(f"{text}\n")
                self.assertIn("1 command checked, 0 errors", said)
                self.assertEqual(status, 0)
        said, status = self.check(f"{LINE} --batch-size $(nproc)\n")
        self.assertIn("warning[L040]: only the start can tell", said)
        self.assertEqual(status, 0)

    def test_each_turn_of_a_loop_is_checked(self):
        loop = f"for b in 8 many; do {LINE} --batch-size $b --name-suffix b$b; done\n"
        said, status = self.check(loop)
        self.assertEqual(said.count("error[K012]"), 1, said)
        self.assertIn("note: b is set here (run.sh:1:12)", said)
        self.assertIn("2 commands checked", said)
        self.assertEqual(status, 1)

    def test_a_text_for_a_shell_is_read_around_what_nobody_knows(self):
        for text in (f'bash -c "{LINE} --sed 3 --name-suffix %s"', f'eval "{LINE} --sed 3 --name-suffix %s"',
                     f'ssh host "cd x; {LINE} --sed 3 --name-suffix %s"', f'sbatch --wrap="{LINE} --sed 3 --name-suffix %s"',
                     f'trap "{LINE} --sed 3 --name-suffix %s" EXIT', f'su -c "{LINE} --sed 3 --name-suffix %s" x'):
            for value in ("$(date +%s)", "`date`", "$$", "$1", "${A%.*}", "$((2 * 3))"):
                with self.subTest(text, value=value):
                    said, _ = self.check(text % value + "\n")
                    self.assertIn("[K007]", said)
                    self.assertNotIn("[L072]", said)
        for text in (f"bash -c '{LINE} --batch-size $1' _ x", f"bash -c '{LINE} \"$@\"' _ --batch-size x",
                     f"BS=x bash -c '{LINE} --batch-size $BS'", f"env BS=x sh -c '{LINE} --batch-size $BS'"):
            with self.subTest(text):
                self.assertIn("[K012]", self.check(text + "\n")[0])
        said, status = self.check('eval "$(conda shell.bash hook)"\nbash -c "$(curl x)"\n')
        self.assertIn("0 errors, 0 warnings", said)
        # The shell outside puts its own value in, whatever the one inside has.
        said, _ = self.check(f'BS=x bash -c "{LINE} --batch-size $BS"\n')
        self.assertNotIn("[K012]", said)

    def test_a_variable_that_may_be_anything_is_no_fault(self):
        for text in (f"{LINE} $EXTRA_ARGS\n", f"{LINE} ${{EXTRA:-}}\n", f"{LINE} --seed 3 $A$B\n",
                     f"[ -n \"$X\" ] && A=\"$A --seed 3\"\n{LINE} $A\n"):
            with self.subTest(text):
                said, status = self.check(text)
                self.assertIn("warning[L040]", said)
                self.assertNotIn("[K011]", said)
                self.assertEqual(status, 0, said)
        said, status = self.check(f"{LINE} \"$EXTRA\"\n")
        self.assertIn("no option takes the word '$EXTRA'", said)
        self.assertEqual(status, 1)

    def test_files_of_other_programs_are_read(self):
        for text in OTHERS:
            for name in ("ci.yml", "-"):
                with self.subTest(text, name=name):
                    said, status = self.check(text, name)
                    self.assertIn("[K007]", said)
                    self.assertNotRegex(said, r"\[Y\d+\]")
                    self.assertEqual(status, 1)

    def test_variables_of_other_programs_are_put_in(self):
        step = "    steps:\n      - run: %s --batch-size $BS\n" % LINE
        pod = "kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - command: [%s, --batch-size, %s]\n    env: " \
              "[{name: BS, value: x}]\n"
        for text in (f"on: push\nenv: {{BS: x}}\njobs:\n  b:\n{step}", f"on: push\njobs:\n  b:\n    env: {{BS: x}}\n{step}",
                     f"on: push\njobs:\n  b:\n    env: {{BS: 8}}\n{step}        env: {{BS: x}}\n",
                     pod % (", ".join(LINE.split()), "$(BS)")):
            with self.subTest(text):
                self.assertIn("[K012]", self.check(text, "ci.yml")[0])
        text = f"on: push\nenv: {{BS: 8}}\njobs:\n  b:\n{step}        env: {{BS: '${{{{ matrix.size }}}}'}}\n"
        self.assertIn("warning[L040]", self.check(text, "ci.yml")[0])
        said, status = self.check(f"on: push\nenv: {{BS: 4}}\njobs:\n  b:\n{step}", "ci.yml")
        self.assertIn("1 command checked, 0 errors", said)
        self.assertEqual(status, 0)

    def test_an_environment_as_a_list_is_put_in(self):
        words = ", ".join(LINE.split()[:-1])
        lists = ("environment: [BS=x]", "environment:\n    - BS: x", "env: [{name: BS, value: x}]")
        for env in lists:
            for command in (f'bash -c "{LINE} --batch-size $$BS"', f"['bash', '-c', '{LINE} --batch-size $$BS']"):
                with self.subTest(env, command=command):
                    text = f"services:\n  t:\n    image: x\n    {env}\n    command: {command}\n"
                    self.assertIn("[K012]", self.check(text, "compose.yml")[0])
        pod = f"kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - command: [/bin/bash, -c]\n    args: ['{LINE} " \
              "--batch-size $BS']\n    env: [{name: BS, value: x}]\n"
        self.assertIn("[K012]", self.check(pod, "pod.yml")[0])
        # What docker-compose takes from its own environment is not the container's.
        text = f"services:\n  t:\n    environment: [BS=x]\n    command: [{words}, $PRESET, --batch-size, $BS]\n"
        said, status = self.check(text, "compose.yml", "--app", "tensorflow1_cnns@2.3")
        self.assertIn("warning[L040]", said)
        self.assertEqual(status, 0, said)

    def test_a_placeholder_is_a_value_that_nobody_knows(self):
        steps = "version: 2.1\njobs:\n  a:\n    steps:\n    - run: {command: '%s'}\n"
        azure = "pool: x\nvariables:\n%ssteps:\n- script: %s\n"
        line = LINE.replace("mk2_resnet50_gn_16ipus", "%s")
        for name, text in (
                ("<< parameters.preset >>", steps), ("<<pipeline.parameters.preset>>", steps),
                ("{{ preset }}", "- hosts: all\n  tasks:\n  - shell: %s\n"),
                ("{{ preset }}", "- hosts: all\n  tasks:\n  - ansible.builtin.shell: %s\n"),
                ("{{ preset | default('a b') }}", "- tasks:\n  - shell: |\n      %s\n"),
                ("{{.PRESET}}", "tasks:\n  a:\n    cmds:\n    - %s\n"),
                ("$(PRESET)", azure.replace("%s", "- group: g\n", 1)),
                ("${{ parameters.preset }}", azure.replace("%s", "  a: b\n", 1)),
                ("$[[ inputs.preset ]]", "t:\n  script:\n  - %s\n"),
                ("'${{ matrix.preset }}'", "on: x\njobs:\n  a:\n    steps:\n    - run: %s\n"),
                ('"{{ preset }}"', "- tasks:\n  - shell: >\n      %s\n")):
            for more in ("", " --batch-size " + name, " --sed 3"):
                with self.subTest(name, more=more):
                    said, _ = self.check(text % (line % name + more), "ci.yml", "--app", "tensorflow1_cnns@2.3")
                    self.assertIn("warning[L040]", said)
                    self.assertNotRegex(said, r"error\[(?!K007)")
        # What the file sets is known.
        for variables in ("- name: size\n  value: x\n", "  size: x\n"):
            for use in ("$(size)", "${{ variables.size }}", "$SIZE"):
                with self.subTest(variables, use=use):
                    text = azure % (variables, f"{LINE} --batch-size {use}")
                    self.assertIn("[K012]", self.check(text, "ci.yml")[0])
        text = "- vars: {size: x}\n  tasks:\n  - shell: %s --batch-size {{ size }}\n" % LINE
        self.assertIn("[K012]", self.check(text, "play.yml")[0])

    def test_what_a_workflow_puts_into_the_environment_is_no_text(self):
        step = "on: push\njobs:\n  t:\n    steps:\n    - env:\n        %s\n      run: %s\n"
        for env, line in (("WANDB_API_KEY: ${{ secrets.WANDB_API_KEY }}", LINE),
                          ("CKPT: ${{ github.workspace }}/logs", LINE + ' --data-dir "$CKPT"'),
                          ("POPLAR_LOG_LEVEL: ${{ inputs.level }}", LINE)):
            with self.subTest(env):
                said, status = self.check(step % (env, line), "ci.yml")
                self.assertIn("1 command checked, 0 errors, 0 warnings", said)
                self.assertEqual(status, 0)
        said, _ = self.check(step % ("WANDB_API_KEY: abcdef0123456789abcdef0123456789abcdef01", LINE), "ci.yml")
        self.assertIn("error[L004]", said)
        self.assertIn("[L003]", self.check(step % ("A: $HOME/x", LINE), "ci.yml")[0])

    def test_lists_in_a_list_of_lines_are_lines(self):
        for text in (f".x: &x\n- {LINE} --sed 3\nu:\n  script:\n  - *x\n  - echo\n",
                     f"u:\n  script:\n  - - - {LINE} --sed 3\n  - echo\n",
                     f".x: &x {LINE} --sed 3\nu:\n  script:\n  - echo\n  - *x\n"):
            with self.subTest(text):
                said = self.check(text, "ci.yml")[0]
                self.assertIn("[K007]", said)
                self.assertIn("ci.yml:%d:" % (1 + text[:text.index("python3")].count("\n")), said)

    def test_a_folded_text_is_what_its_reader_gets(self):
        flow = "on: push\njobs:\n  a:\n    steps:\n    - run: >%s\n%s"
        slip = f"        {LINE} --sed 3\n"
        for mark in ("", "-", "+"):
            for text in (f"        echo\n\n{slip}", f"        echo\n\n\n{slip}", f"        {LINE}\n        --sed 3\n",
                         f"        {LINE} \\\n          --epochs 2 \\\n          --sed 3\n",
                         f"        cd x &&\n{slip}", f"        echo\n          a\n{slip}"):
                with self.subTest(text, mark=mark):
                    self.assertIn("[K007]", self.check(flow % (mark, text), "ci.yml")[0])
        # An indentation keeps the line end, and the shell ends its command there.
        said, _ = self.check(flow % ("", f"        {LINE}\n          --batch-size 8\n"), "ci.yml")
        self.assertIn("[L043]", said)
        # A list of benchmarks and docker-compose split words at any.
        for text in (f"a:\n  cmd: >\n    {LINE}\n      --sed 3\n",
                     f"services:\n  a:\n    command: >\n      {LINE}\n\n        --sed 3\n"):
            with self.subTest(text):
                said = self.check(text, "a.yml")[0]
                self.assertIn("[K007]", said)
                self.assertNotIn("[L043]", said)

    def test_a_mixture_stays_one(self):
        said, status = self.check("presets: {}\nprofile: {a: {script: x}}\n", "mine.yml")
        self.assertIn("[Y004]", said)
        self.assertEqual(status, 1)

    def test_fences_are_found(self):
        slip = f"{LINE} --sed 3"
        for text in (f"```bash\n{slip}\n```\n", f"> ```bash\n> {slip}\n> ```\n", f">```\n>{slip}\n\ntext\n",
                     f"```{{code-block}} bash\n{slip}\n```\n", f":::{{code-block}} bash\n{slip}\n:::\n",
                     f"````{{tab-item}} x\n```{{code-block}} bash\n{slip}\n```\n````\n",
                     f"```{{note}}\ntext\n```\n```\n{slip}\n```\n",
                     f"~~~~~{{tab-set}}\n~~~~{{tab-item}} x\n```\n{slip}\n```\n~~~~\n~~~~~\n",
                     f"```{{code-block}}\n:caption: x\n\n{slip}\n```\n",
                     f"```{{code-cell}}\n---\ntags: [x]\n---\n%cd x\n!{slip}\n```\n",
                     f"```{{code-cell}} ipython3\n%%bash\n{slip}\n```\n", f"```{{code-cell}} bash\n{slip}\n```\n"):
            with self.subTest(text):
                self.assertIn("[K007]", self.check(text, "README.md")[0])
        for text in (f".. tabs::\n\n   .. code-tab:: bash First\n\n      {slip}\n",
                     f".. jupyter-execute::\n\n   !{slip}\n"):
            with self.subTest(text):
                self.assertIn("[K007]", self.check(text, "a.rst")[0])
        text = f"# Training\n\n```bash\n{slip}\n```\n"
        for name in ("-", "README"):
            self.assertIn("[K007]", self.check(text, name)[0])

    def test_command_lines_alone_are_read(self):
        for text in (f"{LINE} --sed 3\n", f"# a job\n\nA=1 nohup {LINE} --sed 3\n", f"A=1\ncd x\n{LINE} --sed 3\n",
                     f"mpirun -np 2 {LINE} --sed 3\n", f"export A=1\nsource x\nfor b in 1 2; do {LINE} --sed $b; done\n"):
            for words in (["-"], ["commands"], ["commands.txt"], ["-", "--app", "tensorflow1_cnns@2.3"]):
                with self.subTest(text, words=words):
                    said, status = self.check(text, *words)
                    self.assertIn("[K007]", said)
                    self.assertEqual(status, 1)
        for text in ("python3 is needed, don't ask\n", "poprun starts it\n", f"See below:\n{LINE}\n"):
            with self.subTest(text):
                self.assertIn("none with commands that it reads", self.check(text, "README")[0])

    def test_recipes_of_a_makefile_are_read(self):
        for text in (f"train: data\n\t@{LINE} --sed 3\n",
                     f"# x\nN ?= 8\n\n.PHONY: a\na:\n\tcd x && \\\n\t  {LINE} --sed $(N)\n",
                     f"PY = python3\na:\n\t-$(PY){LINE[7:]} --sed ${{N}}\n",
                     f"a b: c\n\tfor i in 1; do {LINE} --sed $$i; done\n",
                     f"a:\n\t{LINE} --sed $(shell date)\nb:\n\techo don\\'t\n"):
            for name in ("-", "Makefile", "a.mk"):
                with self.subTest(text, name=name):
                    said, status = self.check(text, name)
                    self.assertIn("[K007]", said)
                    self.assertEqual(status, 1)
        line = LINE.replace("mk2_resnet50_gn_16ipus", "$(PRESET)")
        text = f"PRESET = mk2_resnet50_gn_16ipus\na:\n\t{line} --data-dir $(DATA) --name-suffix $@\n"
        said, status = self.check(text, "Makefile")
        self.assertIn("1 command checked, 0 errors, 0 warnings", said)

    def test_what_is_nothing_of_ours_is_said_so(self):
        for name, text in (("Dockerfile", f"FROM x\nRUN {LINE}\n"),
                           ("Jenkinsfile", "pipeline { sh 'a' }\n"), ("a.py", "import os\n"),
                           ("a.toml", "[tool]\nx = 1\n"), ("a.txt", "hello\n")):
            with self.subTest(name):
                said, status = self.check(text, name)
                self.assertIn("none with commands that it reads", said)
                self.assertEqual(status, 0, said)

    def test_a_script_behind_a_module_is_not_passed_over(self):
        for words in ("-m cProfile -o p", "-m pdb", "-m torch.distributed.launch --nproc_per_node=4"):
            with self.subTest(words):
                self.assertIn("warning[L072]", self.check(LINE.replace("train.py", words + " train.py") + "\n")[0])

    def test_a_wrapper_behind_the_launcher_is_left_out(self):
        said, _ = self.check(f"poprun --num-instances 2 --num-replicas 16 numactl -N0 {LINE} --sed 3\n")
        self.assertIn("[K007]", said)
        self.assertIn("numactl in front of the command is left out", said)

    def test_a_comment_below_a_backslash_is_the_reason(self):
        for between, what in (("  # note\n", "a comment"), ("\n", "empty"), ("   \n", "empty")):
            with self.subTest(between):
                said, _ = self.check(f"{LINE} \\\n{between}  --batch-size 8\n")
                self.assertIn(f"the next line is {what}", said)
                self.assertIn("help: take that line out", said)

    def test_a_pipe_that_is_late_is_waited_for(self):
        reader, writer = os.pipe()
        with subprocess.Popen([program.PROGRAM, "check", f"/dev/fd/{reader}"], pass_fds=[reader],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as started:
            os.close(reader)
            time.sleep(0.5)
            os.write(writer, b"presets: {}\n")
            os.close(writer)
            said = started.communicate()[0]
        self.assertNotIn(b"cannot read", said)
        self.assertEqual(started.returncode, 0, said)


class Replaced(unittest.TestCase):
    """Each of the files that are named is judged, whichever comes last."""

    def test_entries_of_one_name(self):
        preset = "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnet50_gn_16ipus, %s: 4}\n"
        job = "jobs:\n  mine: {preset: 'tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus', options: {%s: 4}}\n"
        for text in (preset, job):
            for first, last in (("batch_sise", "batch_size"), ("batch_size", "batch_sise")):
                with self.subTest(text, first=first), tempfile.TemporaryDirectory() as folder:
                    for name, key in (("a.yml", first), ("b.yml", last)):
                        (pathlib.Path(folder) / name).write_text(text % key)
                    wrong = "a.yml" if first == "batch_sise" else "b.yml"
                    found, status = findings("a.yml", "b.yml", cwd=folder)
                    self.assertEqual({f["file"] for f in found if f["severity"] == "error"}, {wrong})
                    self.assertEqual(status, 1)


class Locked(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write(2, 4)

    def write(self, epochs, batch):
        (self.folder / "ipucnn.yml").write_text(PRESET % (epochs, batch))

    def run_in(self, *words, folder=None, **env):
        return program.ipucnn(*words, cwd=folder or self.folder, env=program.environment(**env))

    def test_what_did_not_change_passes(self):
        self.assertEqual(self.run_in("lock").returncode, 0)
        self.assertEqual(self.run_in("check", "--locked").returncode, 0)

    def test_a_change_of_the_base_is_seen_in_all_that_merge_it(self):
        self.run_in("lock")
        self.write(3, 4)
        found, status = findings("--locked", cwd=self.folder)
        changed = {(name, f["message"]) for f in found if f["id"] == "K065" for name in f["also"]}
        self.assertEqual(changed, {
            (name, f"the command of tensorflow1_cnns@2.3:{name} train pod16 changed: --epochs -{{2}} +{{3}}")
            for name in ("base", "mine")} | {
            (f"{name} (validation)", f"the command of tensorflow1_cnns@2.3:{name} validation pod16 "
             "changed: --epochs -{2} +{3}") for name in ("base", "mine")})
        self.assertEqual(status, 1)

    def test_a_preset_that_is_gone_or_new_is_said(self):
        self.run_in("lock")
        text = (self.folder / "ipucnn.yml").read_text().replace("mine:", "other:")
        (self.folder / "ipucnn.yml").write_text(text)
        found, _ = findings("--locked", "--purpose", "train", cwd=self.folder)
        self.assertEqual([f["message"] for f in found if f["id"] == "K065"],
                         ["tensorflow1_cnns@2.3:other train pod16 is not in ipucnn.lock"])
        found, _ = findings("--locked", cwd=self.folder)
        self.assertEqual(sorted(f["message"] for f in found if f["id"] == "K065"), sorted(
            [f"tensorflow1_cnns@2.3:other {p} pod16 is not in ipucnn.lock" for p in ("train", "validation")] +
            [f"nothing means tensorflow1_cnns@2.3:mine {p} pod16 any more"
             for p in ("train", "validation")]))

    def test_the_lock_lies_beside_the_project_and_knows_no_machine(self):
        below = self.folder / "a" / "b"
        below.mkdir(parents=True)
        self.run_in("lock", folder=below)
        text = (self.folder / "ipucnn.lock").read_text()
        own = self.folder / "home" / ".config" / "ipucnn"
        own.mkdir(parents=True)
        (own / "mine.yml").write_text("defaults: {target: pod64, site: s}\nsites: {s: {data_dir: /mine}}\n")
        for env in ({"DATA_DIR": "/somewhere"}, {"HOME": str(self.folder / "home")},
                    {"XDG_CONFIG_HOME": str(own.parent)}, {"IPUCNN_TARGET": "pod64"}):
            with self.subTest(env):
                self.assertEqual(self.run_in("check", "--locked", folder=below, **env).returncode, 0)
                self.run_in("lock", **env)
                self.assertEqual((self.folder / "ipucnn.lock").read_text(), text)
        self.assertEqual(self.run_in("check", "--locked", folder=below).returncode, 0)

    def test_a_preset_that_cannot_run_is_locked_with_its_errors(self):
        (self.folder / "ipucnn.yml").write_text(
            "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnext101_16ipus, "
            "gradient_accumulation_count: 18}\n")
        self.assertEqual(self.run_in("lock", "--purpose", "train").returncode, 0)
        self.assertIn("[tensorflow1_cnns@2.3:mine train pod16]\n# B002\n",
                      (self.folder / "ipucnn.lock").read_text())

    def test_without_a_project_nothing_is_locked_unless_asked_for(self):
        with tempfile.TemporaryDirectory() as empty:
            done = self.run_in("lock", folder=empty)
            self.assertEqual((done.returncode, list(pathlib.Path(empty).iterdir())), (0, []))
            self.assertIn(b"nothing to lock", done.stderr)
            self.assertEqual(self.run_in("lock", "--builtin", folder=empty).returncode, 0)
            self.assertIn("mk2_resnet50_gn_16ipus", (pathlib.Path(empty) / "ipucnn.lock").read_text())
            self.assertEqual(self.run_in("check", "--builtin", "--locked", folder=empty).returncode,
                             self.run_in("check", "--builtin", folder=empty).returncode)

    def test_a_lock_that_is_not_there_is_an_error(self):
        found, status = findings("--locked", cwd=self.folder)
        self.assertEqual([f["message"] for f in found if f["id"] == "K065"],
                         ["cannot read ipucnn.lock: No such file or directory"])
        self.assertEqual(status, 1)

    def test_a_locked_command_is_what_run_prints(self):
        self.run_in("lock", "--purpose", "train")
        entry = (self.folder / "ipucnn.lock").read_text().split("[tensorflow1_cnns@2.3:mine train pod16]\n")[1]
        printed = self.run_in("run", "--config", "mine", "--dry-run").stdout.decode()
        self.assertEqual(entry.split("\n\n")[0].rstrip("\n"), printed.rstrip("\n"))


class Allowed(unittest.TestCase):
    def test_a_value_that_is_allowed_is_passed_on(self):
        for words, finding, passed in ((["--optimiser", "sgd"], "K013", "--optimiser sgd"),
                                       (["--set", "optimiser=sgd"], "K013", "--optimiser sgd"),
                                       (["--flat", "--optimiser", "sgd"], "K013", "--optimiser sgd"),
                                       (["--batch-size", "7.5"], "K012", "--batch-size 7.5")):
            with self.subTest(words):
                done = program.ipucnn("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "d",
                                      *words, "--allow", finding, "--dry-run", "--format", "argv")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f" {passed} ", done.stdout.decode().replace("\0", " "))

    def test_no_leave_of_an_error_makes_run_fall_over(self):
        for path in sorted((program.ROOT / "tests" / "err").glob("*.cmd")):
            words = path.read_text().split()
            if words[0] != "check" or "'" in path.read_text():
                continue
            finding = path.name.split("_")[0]
            with self.subTest(case=path.name):
                done = program.ipucnn("run", *words[1:], "--allow", finding, "--data-dir", "d",
                                      "--dry-run")
                self.assertIn(done.returncode, (0, 1, 2), done.stderr)


if __name__ == "__main__":
    program.main()
