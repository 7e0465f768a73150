"""Holds the solver to trying every figure one after the other.

usage: solve_test.py BATCH CASES PROGRAM
BATCH is the program ipucnn_batch. The solver's answers for shipped presets are planned as well.
"""
import itertools
import json
import math
import pathlib
import random
import shlex
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.batch import Batch  # noqa: E402
from support.configs import section  # noqa: E402
from support.size import sized  # noqa: E402

BATCH, CASES, PROGRAM = "", 0, ""
FIGURES = ("micro_batch", "accumulation", "replicas", "instances", "hosts", "ilds", "global_batch",
           "ipus")
PRESETS = ("tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_16ipus",
           "tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_64ipus", "tensorflow1_cnns@2.5:mk2_resnet50_gn_16ipus",
           "tensorflow1_cnns@2.5:mk2_efficientnet_b4_g16_64ipus",
           "pytorch_cnns@2.0:resnet50-16ipu-mk2", "pytorch_cnns@2.3:resnet50_mk2",
           "pytorch_cnns@3.2:resnet50_mk2_pipelined",
           "tensorflow2_cnns@3.1:resnet50_16ipus_8k_bn_pipeline")
TARGETS = ("m2000", "pod16", "pod64", "pod256", "none")
ASKED = ("", "--replicas 2", "--replicas 1", "--ipus 4", "--hosts 2", "--hosts 1", "--instances 2",
         "--micro-batch 2", "--accumulation 16", "--global-batch 512", "--launch instances=2",
         "--launch ilds=2", "--ipus-per-replica 2", "--ipus 8 --replicas 2", "--micro-batch 4 --accumulation 32")
ALWAYS = [(PRESETS[0], target, asked) for target, asked in (
    ("pod16", "--ipus 4"), ("none", "--replicas 2"), ("pod64", "--hosts 1"), ("pod16", "--launch instances=2"),
    ("pod64", "--launch ilds=2"))] + [(PRESETS[0], target, "") for target in TARGETS]


def ceil(a, b):
    return -(-a // b)


def layouts(s, replicas):
    """(instances, hosts, domains) that fit so many replicas."""
    ipus = replicas * s["ipus_per_replica"]
    if not s["poprun"]:
        return [(1, 1, 1)] if s["asked_instances"] in (None, 1) else []
    hosts = min(s["most_hosts"], max(1, ceil(ipus, 16)))
    domains = max(1, ceil(ipus, 64))
    if s["asked_instances"]:
        counts = [s["asked_instances"]]
    else:
        most = replicas if s["instances_per_host"] is None else s["instances_per_host"] * hosts
        counts = range(1, min(most, replicas) + 1)
    return [(n, hosts, domains) for n in counts
            if replicas % n == 0 and n % hosts == 0 and n % domains == 0]


def replica_counts(s):
    if s["asked_replicas"]:
        counts = [s["asked_replicas"]]
    elif s["room"] is None:
        counts = [s["replicas"]]
    else:
        counts = range(1, s["room"] + 1)
    for n in counts:
        ipus = n * s["ipus_per_replica"]
        if s["room"] is not None and ipus > s["room"]:
            continue
        if s["poprun"] and bin(ipus).count("1") != 1:
            continue
        yield n


def wanted(s):
    """The global batch to meet; absent where micro batch and accumulation decide on it."""
    if s["asked_global_batch"]:
        return s["asked_global_batch"]
    if s["asked_micro_batch"] and s["asked_accumulation"]:
        return None
    return s["micro_batch"] * s["accumulation"] * s["replicas"]


def legal(s, accumulation):
    return accumulation % s["multiple"] == 0 and accumulation >= s["least"]


def brute_force(s):
    found = set()
    for replicas in replica_counts(s):
        batch = wanted(s)
        most = (batch or s["asked_micro_batch"] * s["asked_accumulation"] * replicas) // replicas
        micros = [s["asked_micro_batch"]] if s["asked_micro_batch"] else range(1, most + 1)
        for micro in micros:
            accumulations = [s["asked_accumulation"]] if s["asked_accumulation"] else \
                range(1, most // micro + 1)
            for accumulation in accumulations:
                total = micro * accumulation * replicas
                if not legal(s, accumulation) or total != (batch or total):
                    continue
                for instances, hosts, domains in layouts(s, replicas):
                    found.add((micro, accumulation, replicas, instances, hosts, domains, total,
                               replicas * s["ipus_per_replica"]))
    return found


def can_meet(s, batch):
    return bool(brute_force({**s, "asked_global_batch": batch}))


def random_space(rng):
    def maybe(values, chance):
        return rng.choice(values) if rng.random() < chance else None
    return {"room": maybe([4, 16, 32, 64, 128], 0.85), "most_hosts": rng.choice([1, 1, 2, 4, 8]),
            "instances_per_host": maybe([8, 4], 0.8), "poprun": rng.random() < 0.8,
            "ipus_per_replica": rng.choice([1, 1, 2, 4, 4, 8, 3]),
            "multiple": rng.choice([1, 1, 2, 4, 8]), "least": rng.choice([1, 1, 4, 12]),
            "micro_batch": rng.randint(1, 12), "accumulation": rng.randint(1, 16),
            "replicas": rng.choice([1, 2, 4, 8, 16]),
            "asked_micro_batch": maybe(range(1, 9), 0.25),
            "asked_accumulation": maybe(range(1, 17), 0.25),
            "asked_replicas": maybe([1, 2, 3, 4, 8, 16], 0.2),
            "asked_global_batch": maybe(range(1, 400), 0.3),
            "asked_instances": maybe([1, 2, 4, 8], 0.2)}


def distance(a, b):
    return abs(math.log2(a) - math.log2(b))


class Random(unittest.TestCase):
    def setUp(self):
        rng = random.Random(11)
        self.spaces = [random_space(rng) for _ in range(CASES)]
        batch = Batch(BATCH, "solve")
        self.addCleanup(batch.close)
        self.solutions = [batch.ask(space) for space in self.spaces]

    def test_finds_every_answer_and_no_other(self):
        solved = 0
        for space, solution in zip(self.spaces, self.solutions):
            found = [tuple(answer[f] for f in FIGURES) for answer in solution["answers"]]
            self.assertEqual(len(found), len(set(found)), space)
            self.assertEqual(set(found), brute_force(space), space)
            self.assertEqual(solution["violated"] is None, bool(found), space)
            solved += bool(found)
        self.assertGreater(solved, CASES // 5)
        self.assertGreater(CASES - solved, CASES // 5)

    def test_puts_the_nearest_first(self):
        for space, solution in zip(self.spaces, self.solutions):
            own = space["micro_batch"] * space["accumulation"] * space["replicas"]
            keys = [(distance(a["global_batch"], wanted(space) or own), -a["ipus"],
                     distance(a["micro_batch"], space["micro_batch"]), -a["micro_batch"],
                     -a["instances"]) for a in solution["answers"]]
            for better, worse in itertools.pairwise(keys):
                rounded = [[round(x, 9) for x in key] for key in (better, worse)]
                self.assertLessEqual(rounded[0], rounded[1], space)

    def test_names_the_nearest_values_in_each_direction(self):
        looked_at = 0
        for space, solution in zip(self.spaces[:CASES // 4], self.solutions):
            for near in solution["nearest"]:
                looked_at += 1
                asked = near["asked"]
                if near["figure"] == "global-batch":
                    self.assertEqual(asked, wanted(space))
                    top = near["above"] or asked + 200
                    meets = [b for b in range(1, top + 1) if can_meet(space, b)]
                else:
                    key = "asked_" + near["figure"].replace("-", "_")
                    self.assertEqual(asked, space[key])
                    column = FIGURES.index(near["figure"].replace("-", "_"))
                    meets = {a[column] for a in brute_force({**space, key: None})}
                self.assertEqual(near["below"], max((b for b in meets if b < asked), default=None),
                                 (space, near))
                self.assertEqual(near["above"], min((b for b in meets if b > asked), default=None),
                                 (space, near))
        self.assertGreater(looked_at, CASES // 10)


class Shipped(unittest.TestCase):
    def run_it(self, *words):
        return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)

    def first_and_command(self, *words):
        """The first answer and the words that start it; without them what is said instead."""
        done = self.run_it("solve", *words, "--format", "json")
        if done.returncode == 1:
            return None, None
        self.assertEqual(done.returncode, 0, done.stderr)
        said = self.run_it("solve", *words).stderr
        _, is_started, command = said.partition("the first is started by\n  ipucnn ")
        return json.loads(done.stdout)["answers"][0], shlex.split(command) if is_started else said

    def assert_planned(self, best, command):
        planned = self.run_it(*command, "--dry-run", "--format", "json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        geometry = json.loads(planned.stdout)["steps"][0]["geometry"]
        self.assertEqual({f: geometry[f] for f in FIGURES}, {f: best[f] for f in FIGURES})

    def test_answers_are_planned_as_they_say(self):
        combined = list(itertools.product(PRESETS, TARGETS, ASKED))
        chosen = random.Random(5).sample(combined, sized(60, len(combined)))
        started = 0
        for preset, target, asked in [*ALWAYS, *chosen]:
            with self.subTest(preset=preset, target=target, asked=asked):
                best, command = self.first_and_command("--config", preset, "--target", target, *asked.split())
                if best is None:
                    continue
                if isinstance(command, str):
                    self.assertRegex(command, r"no command starts the first: (the options give|[A-Z]\d+: )")
                    continue
                started += 1
                self.assert_planned(best, command)
        self.assertGreater(started, len(chosen) // 2)

    def test_no_command_is_printed_where_none_gives_the_first(self):
        words = ["--config", PRESETS[0], "--target", "pod16", "--ipus-per-replica"]
        _, said = self.first_and_command(*words, "2")
        self.assertIn("no command starts the first: the options give a replica 1 IPU, not 2\n", said)
        self.assert_planned(*self.first_and_command(*words, "1"))
        # One replica on two hosts, which `run` refuses.
        words = ["--config", PRESETS[1], "--target", "m2000", "--hosts", "2"]
        self.assertEqual(self.first_and_command(*words), (None, None))

    def test_a_preset_with_a_global_batch_keeps_it(self):
        names = [(app, name, body["global-batch-size"])
                 for app, presets in section("presets", "presets").items()
                 for name, body in presets.items() if body.get("global-batch-size", 1) > 1]
        self.assertGreater(len(names), 10)
        solved = 0
        for app, name, batch in random.Random(6).sample(names, sized(10, len(names))):
            for asked in ("", "--accumulation 16", "--global-batch 4096"):
                words = ["--config", f"{app}:{name}", "--target", "pod64", *asked.split()]
                with self.subTest(words=words):
                    best, command = self.first_and_command(*words)
                    if best is None:
                        self.assertIn("B020", self.run_it("solve", *words).stderr)
                        continue
                    solved += 1
                    self.assertEqual(best["global_batch"], 4096 if "4096" in asked else batch)
                    if isinstance(command, str):  # groups of replicas that other replicas do not fill
                        self.assertIn("no command starts the first: N001: dbn-replica-group-size", command)
                        continue
                    self.assertIn("--global-batch-size", command)
                    self.assert_planned(best, command)
        self.assertGreater(solved, 10)

    def test_proposals_for_a_job_on_gpus_have_its_global_batch(self):
        job = ["--like", "nvcnn-resnet50-train"]
        theirs = json.loads(self.run_it("run", "--job", job[1], "--dry-run", "--format", "json").stdout)
        batch = theirs["steps"][0]["geometry"]["global_batch"]
        planned = 0
        for target in ("m2000", "pod16", "pod64", "bow-pod16", "mk1-16"):
            answer = json.loads(self.run_it("solve", *job, "--target", target, "--format", "json").stdout)
            names = [p["preset"] for p in answer["proposals"]]
            self.assertEqual(len(names), len(set(names)))
            for proposal in answer["proposals"]:
                with self.subTest(target=target, preset=proposal["preset"]):
                    command = self.run_it("solve", *job, "--target", target, "--config",
                                          proposal["preset"]).stderr.splitlines()[-1]
                    command = command[command.index("ipucnn run ") + len("ipucnn "):]
                    done = self.run_it(*command.split(), "--dry-run", "--format", "json")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    geometry = json.loads(done.stdout)["steps"][0]["geometry"]
                    self.assertEqual(geometry["global_batch"], batch)
                    self.assertEqual(geometry["micro_batch"], proposal["micro_batch"])
                    planned += 1
        self.assertGreater(planned, 50)


if __name__ == "__main__":
    BATCH, CASES, PROGRAM = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    unittest.main(argv=sys.argv[:1])
