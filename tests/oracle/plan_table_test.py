#!/usr/bin/python3
"""Plans every preset on every IPU-POD and holds the figures to tests/golden/plan_table.txt, and to
arithmetic of its own.

usage: plan_table_test.py PROGRAM    (IPUCNN_UPDATE_GOLDENS=1 rewrites the table)
"""
import concurrent.futures
import json
import os
import pathlib
import re
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402

TABLE = program.ROOT / "tests" / "golden" / "plan_table.txt"
PRESETS = yaml.load((program.DATA / "tensorflow1_cnns_2.3_reference.yml").read_text(), yaml.FullLoader)
IPUS = {"m2000": 4, "pod16": 16, "pod32": 32, "pod64": 64, "pod128": 128, "pod256": 256}
HOSTS = {target: max(1, ipus // 16) for target, ipus in IPUS.items()}  # one host serves 16 IPUs
INSTANCES_PER_HOST = {"m2000": 2}
VERDICTS = {"B001": "does not divide", "B002": "breaks the pipeline", "P001": "does not fit",
            "P002": "no instances", "P006": "does not fit", "S001": "lacks splits"}
# Micro batches that no preset sets and the scripts fill late.
LATE_MICRO_BATCH = {"imagenet": 4, "cifar-10": 32}


def planned(pair):
    preset, target = pair
    done = program.ipucnn("run", "--config", f"tensorflow1_cnns@2.3:{preset}", "--target", target, "--data-dir", "d",
                          "--dry-run", "--format", "json")
    if done.returncode == 0:
        return json.loads(done.stdout)["steps"][0]
    return re.findall(r"error\[(\w+)\]", done.stderr.decode())


def row(preset, target, result):
    if isinstance(result, list):
        return f"{preset:<36}{target:<8}{' + '.join(VERDICTS.get(one, one) for one in result)}"
    g = result["geometry"]
    return (f"{preset:<36}{target:<8}legal{g['micro_batch']:>8}{g['accumulation']:>6}{g['replicas']:>6}"
            f"{g['instances']:>6}{g['hosts']:>6}{g['ilds']:>6}{g['global_batch']:>8}")


class PlanTable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pairs = [(preset, target) for preset in PRESETS for target in IPUS]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            cls.results = dict(zip(pairs, pool.map(planned, pairs)))

    def test_is_the_reviewed_one(self):
        head = (f"{'PRESET':<36}{'TARGET':<8}{'VERDICT':<8}{'MICRO':>5}{'ACC':>6}{'REPL':>6}"
                f"{'INST':>6}{'HOSTS':>6}{'ILDS':>6}{'GLOBAL':>8}")
        text = "\n".join([head, *(row(*pair, result) for pair, result in self.results.items())]) + "\n"
        if os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1":
            TABLE.write_text(text)
        self.maxDiff = None
        self.assertEqual(TABLE.read_text(), text)

    def expected(self, preset, target):
        """(verdicts, accumulation) by hand: the global batch is kept, or nothing is planned."""
        values = PRESETS[preset]
        ipus_each = values.get("shards", 1)
        if IPUS[target] % ipus_each:
            return ["does not fit"], None
        replicas = IPUS[target] // ipus_each
        kept = values.get("gradient_accumulation_count", 1) * values.get("replicas", 1)
        stages = len(values.get("pipeline_splits", [])) + 1
        # Every IPU of a replica holds a stage.
        unsplit = ["lacks splits"] if values.get("pipeline") and 1 < ipus_each != stages else []
        if kept % replicas:
            return ["does not divide", *unsplit], None
        accumulation = kept // replicas
        if unsplit:
            return unsplit, None
        multiple = {"Grouped": 2 * stages, "Interleaved": stages, "Sequential": 1}[
            values.get("pipeline_schedule", "Interleaved")] if values.get("pipeline") else 1
        return (["breaks the pipeline"], None) if accumulation % multiple else (["legal"], accumulation)

    def test_says_what_arithmetic_by_hand_says(self):
        for (preset, target), result in self.results.items():
            with self.subTest(preset, target=target):
                verdict, accumulation = self.expected(preset, target)
                if isinstance(result, list):
                    self.assertEqual([VERDICTS.get(one) for one in result], verdict)
                else:
                    self.assertEqual((verdict, accumulation),
                                     (["legal"], result["geometry"]["accumulation"]))

    def test_of_what_is_legal_keeps_every_rule(self):
        legal = {pair: result for pair, result in self.results.items() if isinstance(result, dict)}
        self.assertGreater(len(legal), 60)
        for (preset, target), step in legal.items():
            with self.subTest(preset, target=target):
                g, values = step["geometry"], PRESETS[preset]
                micro = values.get("batch_size", LATE_MICRO_BATCH[values["dataset"]])
                own_batch = micro * values.get("gradient_accumulation_count", 1) * values.get("replicas", 1)
                self.assertEqual(g["global_batch"], own_batch)
                self.assertEqual(g["global_batch"], g["micro_batch"] * g["accumulation"] * g["replicas"])
                self.assertEqual(g["ipus"], g["replicas"] * g["ipus_per_replica"])
                self.assertEqual(g["ipus"], IPUS[target])
                self.assertEqual(g["hosts"], HOSTS[target])
                self.assertEqual(g["ilds"], max(1, IPUS[target] // 64))
                for divisor, number in (("instances", "replicas"), ("hosts", "instances"), ("ilds", "instances")):
                    self.assertEqual(g[number] % g[divisor], 0, f"{divisor} divide the {number}")
                most = INSTANCES_PER_HOST.get(target, 8) * HOSTS[target]
                fitting = [n for n in range(1, most + 1) if g["replicas"] % n == 0 and n % g["hosts"] == 0
                           and n % g["ilds"] == 0]
                self.assertEqual(g["instances"], fitting[-1])

    def test_of_what_is_legal_is_what_the_words_say(self):
        for (preset, target), step in self.results.items():
            if isinstance(step, list):
                continue
            with self.subTest(preset, target=target):
                argv, g, values = step["argv"], step["geometry"], PRESETS[preset]
                for option, figure in (("--num-replicas", "replicas"), ("--num-instances", "instances"),
                                       ("--ipus-per-replica", "ipus_per_replica")):
                    self.assertEqual(argv[argv.index(option) + 1], str(g[figure]))
                self.assertEqual(argv[argv.index("--num-ilds") + 1] if "--num-ilds" in argv else "1",
                                 str(g["ilds"]))
                told = argv[argv.index("--gradient-accumulation-count") + 1:][:1] \
                    if "--gradient-accumulation-count" in argv else [values.get("gradient_accumulation_count", 1)]
                self.assertEqual(int(told[0]), g["accumulation"])
                self.assertNotIn("--replicas", argv)


if __name__ == "__main__":
    program.main()
