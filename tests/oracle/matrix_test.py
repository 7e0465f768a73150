"""Holds plans of random option combinations on all machines to the arithmetic done again here: what
is refused has that fault, what is planned has none, and the words of a plan say its figures.

usage: matrix_test.py BATCH CASES      BATCH is the program ipucnn_batch
"""
import json
import pathlib
import random
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import configs  # noqa: E402
from support.batch import Batch  # noqa: E402

BATCH, CASES = "", 0
RELEASES = {"tensorflow1_cnns": "tensorflow1_cnns@2.3", "pytorch_cnns": "pytorch_cnns@2.0"}
PRESETS = {
    "tensorflow1_cnns": ("mk2_resnet50_gn_16ipus", "mk2_resnet50_bn_16ipus", "mk2_resnet50_bn_64ipus",
                         "mk2_resnet50_mlperf_pod16", "mk2_resnext101_16ipus",
                         "mk2_efficientnet_b4_g1_16ipus", "mk2_efficientnet_b4_g16_16ipus",
                         "mk2_efficientnet_b4_g16_64ipus"),
    "pytorch_cnns": ("resnet50-16ipu-mk2", "resnet50_mk2_pipelined", "efficientnet-b0-16ipu-mk2"),
}
TARGETS = ("none", "m2000", "pod16", "pod32", "pod64", "pod128", "pod256", "bow16", "bow64")
ARITHMETIC = {"B001", "B002", "B004", "P001", "P002", "P003", "P004", "P005", "P006", "P011",
              "P021", "S006"}
IPUS_PER_HOST, IPUS_PER_DOMAIN = 16, 64


MACHINES = configs.section("targets", "targets")
VALUES = {name: preset for app, presets in configs.section("presets", "presets").items()
          if app in ("tensorflow1_cnns@2.3", "pytorch_cnns@2.0") for name, preset in presets.items()}


def not_a_power_of_two(number):
    return number & (number - 1) != 0


class Case:
    """One command line, and what must come of it."""

    def __init__(self, rnd):
        self.app = rnd.choice(tuple(PRESETS) + ("tensorflow1_cnns",) * 2)
        self.preset = rnd.choice(PRESETS[self.app])
        self.target = rnd.choice(TARGETS)
        self.tensorflow = self.app == "tensorflow1_cnns"

        def sometimes(share, *values):
            return rnd.choice(values) if rnd.random() < share else None

        self.micro_batch = sometimes(0.4, 1, 2, 3, 5, 6, 8, 16, 20, 24)
        self.accumulation = sometimes(0.5, 1, 2, 3, 4, 6, 7, 8, 10, 12, 16, 18, 24, 38, 40, 64, 128)
        self.schedule = sometimes(0.3, "Grouped", "Interleaved", "Sequential") if self.tensorflow else None
        self.replicas = sometimes(0.2, 1, 2, 3, 4, 8, 16, 32)
        self.instances = sometimes(0.2, 1, 2, 3, 4, 8, 16) if self.tensorflow else None
        self.ipus = sometimes(0.2, 1, 2, 4, 6, 8, 16, 32, 64)
        self.hosts = sometimes(0.1, 1, 2, 4) if self.tensorflow else None
        self.global_batch = sometimes(0.2, 256, 512, 768, 1000, 1024, 2048)
        self.predict()

    def words(self):
        count = "--gradient-accumulation-count" if self.tensorflow else "--gradient-accumulation"
        given = (("--batch-size", self.micro_batch), (count, self.accumulation),
                 ("--pipeline-schedule", self.schedule), ("--replicas", self.replicas),
                 ("--instances", self.instances), ("--ipus", self.ipus), ("--hosts", self.hosts),
                 ("--global-batch", self.global_batch))
        return (["run", "--config", f"{RELEASES[self.app]}:{self.preset}", "--target", self.target] +
                [word for name, value in given if value is not None for word in (name, str(value))] +
                ["--dry-run", "--format", "json"])

    def predict(self):
        """Figures and faults. Each fault stands for what is wrong, whether or not it is the first."""
        values, machine = VALUES[self.preset], MACHINES[self.target]
        self.faults = set()
        self.stages = len(values.get("pipeline_splits", [])) + 1
        self.each = values.get("shards", 1) if self.tensorflow else self.stages
        self.micro = self.micro_batch or values["batch_size"]
        self.poprun = self.tensorflow and self.target != "none"
        self.room = self.ipus or machine["ipus"]
        self.count = self.replicas or (self.room // self.each if self.room else values.get("replicas", 1))
        if self.room and machine["ipus"] and self.room > machine["ipus"]:
            self.faults.add("P001")
        if self.room and self.room < self.each:
            self.faults |= {"P006", "P001"}
        self.count = max(1, self.count)
        self.all_ipus = self.count * self.each
        if self.room and self.all_ipus > self.room:
            self.faults.add("P001")
        if not_a_power_of_two(self.ipus or 1):
            self.faults.add("P003")
        self.predict_batch(values)
        self.predict_processes(machine)

    def predict_batch(self, values):
        key = "gradient_accumulation_count" if self.tensorflow else "gradient_accumulation"
        passes = values.get(key, 1) * values.get("replicas", 1)  # of one update, over all replicas
        if self.accumulation:
            self.steps = self.accumulation
            if self.global_batch and self.micro * self.steps * self.count != self.global_batch:
                self.faults.add("B004")
        elif self.global_batch:
            self.steps = self.global_batch // (self.micro * self.count)
            if self.global_batch % (self.micro * self.count):
                self.faults.add("B004")
        elif self.replicas:
            self.steps = values.get(key, 1)  # both are said, so that neither follows the other
        else:
            self.steps = passes // self.count
            if passes % self.count:
                self.faults.add("B001")
        schedule = self.schedule or values.get("pipeline_schedule", "Interleaved")
        if self.stages == 1:
            return
        if not self.tensorflow:
            if self.steps < 2 * self.stages - 1:
                self.faults.add("B002")
            return
        multiple = {"Grouped": 2 * self.stages, "Interleaved": self.stages, "Sequential": 1}[schedule]
        if self.steps % multiple or self.steps < multiple:
            self.faults.add("B002")
        if schedule != "Sequential" and self.each < self.stages:
            self.faults.add("S006")

    def predict_processes(self, machine):
        if not self.poprun:
            # One process takes a device, and a device has 1, 2, 4, ... IPUs.
            if not_a_power_of_two(self.all_ipus):
                self.faults.add("P021")
            return
        in_need = -(-self.all_ipus // IPUS_PER_HOST)
        self.used_hosts = self.hosts or max(1, min(machine.get("default_hosts") or 1, in_need))
        self.domains = max(1, -(-self.all_ipus // IPUS_PER_DOMAIN))

        def fits(n):
            return not (self.count % n or n % self.used_hosts or n % self.domains)

        if self.instances:
            self.predict_instances()
        elif not any(map(fits, range(1, self.count + 1))):
            self.faults.add("P002")

    def predict_instances(self):
        if self.count % self.instances:
            self.faults.add("P004")
        if self.instances % self.domains:
            self.faults.add("P011")
        # Fewer instances than hosts leave hosts idle, which is a warning.
        if self.instances % self.used_hosts and self.instances > self.used_hosts:
            self.faults.add("P005")


def number_after(argv, name):
    return int(argv[argv.index(name) + 1])


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rnd = random.Random(20261121)
        cls.cases = [Case(rnd) for _ in range(CASES)]
        batch = Batch(BATCH, "run")
        cls.addClassCleanup(batch.close)
        cls.answers = [batch.ask(case.words()) for case in cls.cases]

    def planned(self):
        for case, answer in zip(self.cases, self.answers):
            if answer["status"] == 0:
                yield case, json.loads(answer["out"])["steps"][0]

    def test_both_answers_are_common(self):
        self.assertEqual({answer["status"] for answer in self.answers}, {0, 1})
        self.assertGreater(sum(1 for _ in self.planned()), CASES // 4)

    def test_what_is_refused_has_that_fault_and_what_has_one_is_refused(self):
        for case, answer in zip(self.cases, self.answers):
            said = set(re.findall(r"error\[(\w+)\]", answer["err"])) & ARITHMETIC
            words = " ".join(case.words())
            self.assertLessEqual(said, case.faults, words + "\n" + answer["err"])
            self.assertEqual(bool(said), bool(case.faults),
                             f"{words}\n{case.faults}\n{answer['err']}")

    def test_a_plan_has_the_figures_that_its_words_ask_for(self):
        for case, step in self.planned():
            with self.subTest(words=" ".join(case.words())):
                figures = step["geometry"]
                self.assertEqual(figures["micro_batch"], case.micro)
                self.assertEqual(figures["accumulation"], case.steps)
                self.assertEqual(figures["global_batch"], case.micro * case.steps * figures["replicas"])
                self.assertEqual(figures["ipus_per_replica"], case.each)
                if case.poprun:
                    self.assertEqual(figures["replicas"], case.count)
                    self.assertEqual(figures["hosts"], case.used_hosts)
                    self.assertEqual(figures["ilds"], case.domains)
                    if case.instances:
                        self.assertEqual(figures["instances"], case.instances)

    def test_the_words_of_a_plan_say_its_figures(self):
        for case, step in self.planned():
            with self.subTest(words=" ".join(case.words())):
                argv, figures = step["argv"], step["geometry"]
                if case.poprun:
                    self.assertEqual(number_after(argv, "--num-replicas"), figures["replicas"])
                    self.assertEqual(number_after(argv, "--num-instances"), figures["instances"])
                    self.assertEqual(number_after(argv, "--ipus-per-replica"), case.each)
                    self.assertEqual(figures["replicas"] % figures["instances"], 0)
                for flag, value, own in (
                        ("--batch-size", figures["micro_batch"], "batch_size"),
                        ("--gradient-accumulation-count", figures["accumulation"],
                         "gradient_accumulation_count"),
                        ("--gradient-accumulation", figures["accumulation"],
                         "gradient_accumulation")):
                    if flag in argv:
                        self.assertEqual(number_after(argv, flag), value)
                    elif own in VALUES[case.preset]:
                        self.assertEqual(VALUES[case.preset][own], value)


if __name__ == "__main__":
    BATCH, CASES = sys.argv[1], int(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
