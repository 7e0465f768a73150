"""Holds the solver to trying every figure one after the other.

usage: solve_test.py BATCH CASES PROGRAM
BATCH is the program ipucnn_batch. The solver's answers for shipped presets are planned as well.
"""
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.batch import Batch  # noqa: E402

BATCH, CASES, PROGRAM = "", 0, ""
FIGURES = ("micro_batch", "accumulation", "replicas", "instances", "hosts", "ilds", "global_batch",
           "ipus")


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

    def test_answers_are_planned_as_they_say(self):
        for preset, target in itertools.product(
                ("tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "tensorflow1_cnns@2.3:mk2_efficientnet_b4_g16_64ipus",
                 "pytorch_cnns@2.0:resnet50-16ipu-mk2"),
                ("m2000", "pod16", "pod64", "pod256")):
            with self.subTest(preset=preset, target=target):
                words = ["--config", preset, "--target", target]
                done = self.run_it("solve", *words, "--format", "json")
                if done.returncode == 1:
                    self.assertEqual(json.loads(done.stdout)["answers"], [])
                    continue
                best = json.loads(done.stdout)["answers"][0]
                command = self.run_it("solve", *words).stderr.splitlines()[-1]
                command = command[command.index("ipucnn run ") + len("ipucnn "):]
                planned = self.run_it(*command.split(), "--dry-run", "--format", "json")
                self.assertEqual(planned.returncode, 0, planned.stderr)
                geometry = json.loads(planned.stdout)["steps"][0]["geometry"]
                self.assertEqual({f: geometry[f] for f in FIGURES}, {f: best[f] for f in FIGURES})

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
