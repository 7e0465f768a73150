"""Runs of made-up logs, compared: verdicts, what is refused, and the formats.

Run: /usr/bin/python3 tests/compare_test.py PROGRAM
"""

import json
import math
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

PROGRAM = ""
CONFIG = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus"]
DATA = ["--data-dir", "/data"]


def values(seed, mean, count=60, spread=0.01):
    rng = random.Random(seed)
    return [rng.gauss(mean, spread * mean) for _ in range(count)]


class Runs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ipucnn(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder.name, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)

    def keep(self, name, rates, *words):
        """A run whose first rate, which does not count, is far off."""
        plan = self.ipucnn("run", *CONFIG, *words, *DATA, "--dry-run", "--format", "json")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        place = pathlib.Path(self.folder.name, "runs", name)
        (place / "train/1").mkdir(parents=True)
        (place / "plan.json").write_text(plan.stdout)
        (place / "train/1/record.json").write_text('{"state": "done"}')
        lines = [f"step: {i}, img/sec: {rate!r}, time: 1" for i, rate in enumerate([1.0, *rates])]
        (place / "train/1/stdout.log").write_text("\n".join(lines) + "\n")
        (place / "train/1/stderr.log").write_text("")

    def compare(self, base, following, *words, status=0):
        result = self.ipucnn("compare", base, following, "--format", "json", *words)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return json.loads(result.stdout)

    def verdict(self, base, following, *words, status=0):
        return self.compare(base, following, *words, status=status)["metrics"][0]["verdict"]

    def test_know_the_better_end_of_a_figure_by_its_name_where_it_has_no_unit(self):
        self.keep("base", values(1, 1000))
        self.keep("half", values(2, 500))
        for name, verdict in (("throughput", "regressed"), ("top1_score", "regressed"),
                              ("img_per_sec", "regressed"), ("latency", "improved"),
                              ("time_per_step", "improved"), ("loss", "improved")):
            for run in ("base", "half"):
                path = pathlib.Path(self.folder.name, "runs", run, "plan.json")
                plan = json.loads(path.read_text())
                first = plan["steps"][0]["metrics"][0]
                self.assertEqual("img/sec: ", first["before"])
                first.update(name=name, unit="")
                plan["steps"][0]["metrics"] = [first]
                plan["steps"][0]["proof"] = {"metric": name}
                path.write_text(json.dumps(plan))
            with self.subTest(name):
                self.assertEqual(verdict, self.verdict("base", "half", status=verdict == "regressed"))

    def test_give_a_verdict_only_where_it_is_proven(self):
        self.keep("base", values(1, 1000))
        self.keep("same", values(2, 1000))
        self.keep("slow", values(3, 950))
        self.keep("fast", values(4, 1050))
        self.keep("short", values(5, 950, 4))
        self.assertEqual(self.verdict("base", "same"), "unchanged")
        self.assertEqual(self.verdict("base", "slow", status=1), "regressed")
        self.assertEqual(self.verdict("base", "fast"), "improved")
        self.assertEqual(self.verdict("base", "short"), "inconclusive")
        self.assertEqual(self.verdict("base", "slow", "--threshold", "10%"), "unchanged")
        self.assertEqual(self.verdict("base", "base", "--threshold", "0"), "inconclusive")

    def test_nothing_but_zeros_prove_a_fall_and_a_rise(self):
        self.keep("base", values(1, 1000))
        self.keep("none", [0.0] * 60)
        self.keep("few", [0.0] * 3)
        self.keep("one", [5.0])
        self.assertEqual(self.verdict("base", "none", status=1), "regressed")
        self.assertEqual(self.verdict("none", "base"), "improved")
        self.assertEqual(self.verdict("none", "none"), "unchanged")
        self.assertEqual(self.verdict("base", "few"), "inconclusive")
        self.assertEqual(self.verdict("base", "one"), "inconclusive")
        self.assertEqual(self.compare("base", "none", status=1)["metrics"][0]["interval"], [0, 0])
        self.assertIn("-100.00 %", self.ipucnn("compare", "base", "none").stdout)
        self.assertIn("95 % interval none, for it was 0", self.ipucnn("compare", "none", "base").stdout)
        for i in range(3):
            self.keep(f"zero{i}", [0.0] * 20)
            self.keep(f"good{i}", values(i, 1000))
        zeros, good = ",".join(f"zero{i}" for i in range(3)), ",".join(f"good{i}" for i in range(3))
        self.assertEqual(self.verdict(good, zeros, status=1), "regressed")
        self.assertEqual(self.verdict(zeros, good), "improved")
        self.keep("equal", [1000.0] * 10)
        self.keep("lower", [900.0] * 10)
        self.assertEqual(self.verdict("equal", "lower", status=1), "regressed")
        self.assertEqual(self.verdict("equal", "equal"), "unchanged")

    def test_of_a_baseline_compare_as_the_runs_did_once_these_are_gone(self):
        for i, level in enumerate([1000, 1020, 990, 940, 930, 935]):
            self.keep(f"r{i}", values(i, level))
        # A second decay, so that there is something to tell of the plans.
        self.keep("other", values(9, 1000), "--weight-decay", "0.5")
        for names, following, words in (("r0", "r3", []), ("r0,r1,r2", "r3,r4,r5", []),
                                        ("r0", "r1", ["--threshold", "10%"]), ("r1", "other", [])):
            with self.subTest(names):
                wanted = self.ipucnn("compare", names, following, "--format", "json", *words)
                self.assertEqual(self.ipucnn("baseline", "set", "good", names).returncode, 0)
                kept = pathlib.Path(self.folder.name, "runs")
                aside = pathlib.Path(self.folder.name, "aside")
                aside.mkdir(exist_ok=True)
                for name in names.split(","):
                    (kept / name).rename(aside / name)
                got = self.ipucnn("compare", "good", following, "--format", "json", *words)
                for name in names.split(","):
                    (aside / name).rename(kept / name)
                self.assertEqual((got.returncode, got.stdout), (wanted.returncode, wanted.stdout))

    def test_baselines_are_listed_replaced_and_removed(self):
        self.keep("a", values(1, 1000))
        self.keep("b", values(2, 500))
        self.assertEqual(self.ipucnn("baseline", "list").stdout, "")
        for name, run in (("x", "a"), ("y", "b"), ("x", "b")):
            self.assertEqual(self.ipucnn("baseline", "set", name, run).returncode, 0)
        file = json.loads(pathlib.Path(self.folder.name, "ipucnn.baselines.json").read_text())
        self.assertEqual(file["schema"], "ipucnn.baselines/1")
        self.assertEqual({name: [run["name"] for run in one["runs"]]
                          for name, one in file["baselines"].items()}, {"x": ["b"], "y": ["b"]})
        kept = file["baselines"]["x"]["runs"][0]["steps"][0]["samples"]["throughput"]
        self.assertEqual(kept, values(2, 500))  # to the last digit, the first value left out
        listed = self.ipucnn("baseline", "list").stdout
        self.assertIn("x: ", listed)
        self.assertIn("throughput", listed)
        self.assertEqual(self.ipucnn("baseline", "remove", "x").returncode, 0)
        self.assertNotIn("x: ", self.ipucnn("baseline", "list").stdout)
        self.assertEqual(self.ipucnn("baseline", "remove", "x").returncode, 2)

    def test_what_is_no_baseline_is_refused(self):
        self.keep("a", values(1, 1000))
        self.keep("larger", values(1, 1000), "--gradient-accumulation-count", "64")
        self.keep("silent", [])
        for words in (["set", "x"], ["set", "x", "nothing"], ["set", "x", "a,larger"], ["remove", "x"],
                      ["set", "x", "silent"], [], ["list", "x"]):
            with self.subTest(words):
                refused = self.ipucnn("baseline", *words)
                self.assertEqual(refused.returncode, 2)
                self.assertTrue(refused.stderr.startswith("ipucnn: "), refused.stderr)
        file = pathlib.Path(self.folder.name, "ipucnn.baselines.json")
        self.assertFalse(file.exists())
        for text in ("{", "[]", '{"schema": "other", "baselines": {}}',
                     '{"schema": "ipucnn.baselines/1", "baselines": {"x": {"plan": 1, "runs": []}}}',
                     '{"schema": "ipucnn.baselines/1", "baselines": {"x": []}}'):
            file.write_text(text)
            with self.subTest(text):
                self.assertEqual(self.ipucnn("compare", "x", "a").returncode, 2)
                self.assertEqual(self.ipucnn("baseline", "list").returncode, 2)

    def test_a_baseline_comes_first_where_a_run_has_its_name(self):
        self.keep("nightly", values(1, 1000))
        self.assertEqual(self.ipucnn("baseline", "set", "nightly", "nightly").returncode, 0)
        shutil.rmtree(pathlib.Path(self.folder.name, "runs/nightly"))
        self.keep("nightly", values(2, 500))
        result = self.ipucnn("compare", "nightly", "nightly")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("throughput: regressed", result.stdout)
        self.assertIn("nightly is a baseline and a run; the baseline is taken", result.stderr)
        for name in ("", "last"):
            refused = self.ipucnn("baseline", "set", name, "nightly")
            self.assertEqual(refused.returncode, 2)
            self.assertIn(f"'{name}' cannot be the name of a baseline", refused.stderr)

    def test_a_run_counts_once(self):
        self.keep("a", values(1, 1000))
        self.keep("b", values(2, 900))
        runs = pathlib.Path(self.folder.name, "runs")
        (runs / "link").symlink_to("a")
        for names in ("a,a,a", "a,runs/a", "a,b,./runs/../runs/a/", "a,link"):
            with self.subTest(names):
                for words in (["compare", names, "b"], ["compare", "b", names], ["baseline", "set", "x", names]):
                    refused = self.ipucnn(*words)
                    self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                    self.assertIn("is given twice", refused.stderr)
        both = self.ipucnn("compare", "a", "a")
        self.assertIn("the run a is on both sides", both.stderr)

    def test_what_cannot_be_compared_is_said(self):
        self.keep("base", values(1, 1000))
        self.keep("gone", values(2, 1000))
        log = pathlib.Path(self.folder.name, "runs/base/train/1/stdout.log")
        log.write_text("Compilation time: 412.05s.\n" + log.read_text())
        found = self.compare("base", "gone")
        self.assertEqual(found["not_compared"], [{"step": "train", "name": "compile_time", "why": "only in base",
                                                  "verdict": "inconclusive"}])
        self.assertEqual(self.compare("gone", "base")["not_compared"],
                         [{"step": "train", "name": "compile_time", "why": "only in new", "verdict": None}])
        self.assertEqual(self.compare("base", "gone", "--metric", "throughput")["not_compared"], [])
        for form in ("text", "markdown", "junit", "github"):
            self.assertIn("train compile_time: inconclusive (only in base)",
                          self.ipucnn("compare", "base", "gone", "--format", form).stdout, form)
        log = pathlib.Path(self.folder.name, "runs/gone/train/1/stdout.log")
        log.write_text("step: 1\n")
        nothing = self.ipucnn("compare", "base", "gone")
        self.assertEqual(nothing.returncode, 2)
        self.assertIn("train throughput: only in base", nothing.stderr)
        log.write_text("".join(f"step: {i}, img/sec: {rate!r}, time: 1\n" for i, rate in enumerate(values(3, 9))))
        plan = pathlib.Path(self.folder.name, "runs/gone/plan.json")
        plan.write_text(plan.read_text().replace('"samples/s"', '"tokens/s"'))
        nothing = self.ipucnn("compare", "base", "gone", "--metric", "throughput")
        self.assertEqual(nothing.returncode, 2)
        self.assertIn("train throughput: samples/s against tokens/s", nothing.stderr)

    def test_are_the_unit_where_there_are_three_a_side(self):
        for i, level in enumerate([1000, 1020, 990, 960, 940, 930]):
            self.keep(f"r{i}", values(i, level))
        found = self.compare("r0,r1,r2", "r3,r4,r5", "--threshold", "0", status=1)["metrics"][0]
        self.assertEqual((found["by"], found["base"]["n"]), ("run", 3))
        # Means of the runs by numpy would be the same; the interval's place is scipy's test.
        self.assertAlmostEqual(found["base"]["mean"], 1003.3, delta=3)
        two = self.compare("r0,r1", "r3,r4", "--threshold", "0", status=1)["metrics"][0]
        self.assertEqual((two["by"], two["base"]["n"]), ("sample", 120))
        self.assertLess(two["base"]["effective_n"], 120)

    def test_name_what_differs_and_refuse_what_is_unlike(self):
        self.keep("base", values(1, 1000))
        self.keep("decay", values(1, 1000), "--weight-decay", "0.5")
        self.keep("larger", values(1, 1000), "--gradient-accumulation-count", "64")
        differences = self.compare("base", "decay")["differences"]
        self.assertIn({"step": "train", "what": "weight_decay", "base": "0.0001", "new": "0.5"},
                      [{**d, "base": d["base"] or "0.0001"} for d in differences])
        refused = self.ipucnn("compare", "base", "larger")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("the global batch differs", refused.stderr)
        self.assertIn("--across batch", refused.stderr)
        self.compare("base", "larger", "--across", "batch")

    def test_in_other_sdks_are_alike_on_request(self):
        for name, sdk in (("base", "poplar-3.0.0"), ("same", "poplar-3.0.0"), ("later", "poplar-3.2.0"), ("any", None)):
            self.keep(name, values(1, 1000))
            record = {"schema": "ipucnn.run/1", "state": "done", "versions": {"poplar": sdk} if sdk else {}}
            pathlib.Path(self.folder.name, "runs", name, "record.json").write_text(json.dumps(record))
        refused = self.ipucnn("compare", "base", "later")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("the SDK differs: poplar-3.0.0 and poplar-3.2.0; --across sdk allows it", refused.stderr)
        found = self.compare("base", "later", "--across", "sdk")["differences"]
        self.assertIn({"step": None, "what": "SDK", "base": "poplar-3.0.0", "new": "poplar-3.2.0"}, found)
        self.assertEqual(self.compare("base", "same")["differences"], [])
        self.compare("base", "any")  # whose SDK nobody knows
        self.assertEqual(self.ipucnn("baseline", "set", "good", "base").returncode, 0)
        refused = self.ipucnn("compare", "good", "later")
        self.assertIn("--across sdk", refused.stderr)
        mixed = self.ipucnn("compare", "base,later", "same", "--across", "sdk")
        self.assertIn("base and later are not alike", mixed.stderr)

    def test_are_told_in_every_format(self):
        self.keep("base", values(1, 1000))
        self.keep("slow", values(3, 900))
        text = self.ipucnn("compare", "base", "slow").stdout
        self.assertIn("train throughput: regressed (-", text)
        junit = ElementTree.fromstring(
            self.ipucnn("compare", "base", "slow", "--format", "junit").stdout)
        self.assertEqual([case.get("name") for case in junit.iter("testcase")], ["train throughput"])
        self.assertEqual(len(list(junit.iter("failure"))), 1)
        github = self.ipucnn("compare", "base", "slow", "--format", "github").stdout
        self.assertTrue(github.startswith("::error title=throughput regressed::"), github)
        table = self.ipucnn("compare", "base", "slow", "--format", "markdown").stdout
        self.assertIn("| train throughput |", table)

    def report(self, *words, form="json"):
        result = self.ipucnn("report", *words, "--format", form)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout) if form == "json" else result.stdout

    def test_on_machines_of_two_sizes_tell_how_a_rate_scales(self):
        rates = {"small": values(1, 1000), "middle": values(2, 3900), "large": values(3, 15000)}
        machines = {"small": ("m2000", 4), "middle": ("pod16", 16), "large": ("pod64", 64)}
        for name, (target, _) in machines.items():
            self.keep(name, rates[name], "--target", target)
        # In any order.
        scaling, = self.report("large", "small", "middle")["scaling"]
        self.assertEqual((scaling["metric"], scaling["application"], scaling["step"]),
                         ("throughput", "tensorflow1_cnns@2.3", "train"))
        self.assertEqual([(row["target"], row["ipus"]) for row in scaling["rows"]], list(machines.values()))
        per_ipu = {name: statistics.fmean(rates[name]) / machines[name][1] for name in rates}
        for name, row in zip(rates, scaling["rows"]):
            self.assertAlmostEqual(row["per_ipu"], per_ipu[name])
            self.assertAlmostEqual(row["efficiency"], per_ipu[name] / per_ipu["small"])
        self.assertIsNone(scaling["rows"][0]["interval"])
        low, high = scaling["rows"][2]["interval"]
        # Two means of 60 values, each with a deviation of 1 %: their ratio by the delta method.
        self.assertAlmostEqual(high - low, 2 * 1.98 * 0.01 * math.sqrt(2 / 60) * per_ipu["large"] / per_ipu["small"],
                               delta=0.002)
        self.assertTrue(low < per_ipu["large"] / per_ipu["small"] < high)

    def test_on_machines_of_one_size_tell_nothing_of_scaling(self):
        self.keep("one", values(1, 1000))
        self.keep("two", values(2, 1000))
        self.assertEqual(self.report("one", "two")["scaling"], [])
        self.assertNotIn("scaling", self.report("one", "two", form="text"))

    def test_of_several_starts_scale_by_run(self):
        for number in range(3):
            self.keep(f"small{number}", values(number, 1000 + 5 * number), "--target", "m2000")
            self.keep(f"large{number}", values(9 + number, 3900 + 20 * number))
        names = [f"{size}{number}" for number in range(3) for size in ("small", "large")]
        small, large = self.report(*names)["scaling"][0]["rows"]
        self.assertEqual((small["runs"], large["runs"]), (3, 3))
        means = [statistics.fmean(values(9 + number, 3900 + 20 * number)) for number in range(3)]
        self.assertAlmostEqual(large["mean"], statistics.fmean(means))
        compared = self.compare("small0,small1,small2", "large0,large1,large2", "--across", "target")
        for ours, ratio in zip(large["interval"], compared["metrics"][0]["interval"]):
            self.assertAlmostEqual(ours, ratio / 4)

    def doubts(self, name, *others):
        run, = [run for run in self.report(name, *others)["runs"] if run["run"] == name]
        return {doubt["name"]: doubt["says"] for doubt in run["metrics"][0]["doubts"]}

    def test_beside_the_same_on_generated_data_tell_a_host_that_cannot_keep_up(self):
        self.keep("real", values(1, 900))
        self.keep("generated", values(2, 1000), "--generated-data")
        self.keep("slow", values(3, 905), "--generated-data")
        self.keep("other", values(4, 1000), "--generated-data", "--target", "m2000")
        self.assertNotIn("host_bound", self.doubts("real"))
        self.assertNotIn("host_bound", self.doubts("real", "slow", "other"))
        self.assertNotIn("host_bound", self.doubts("generated", "real"))
        low, high = map(float, re.findall(r"([\d.]+) %", self.doubts("real", "generated")["host_bound"]))
        ratio = statistics.fmean(values(2, 1000)) / statistics.fmean(values(1, 900))
        self.assertTrue(low < 100 * (ratio - 1) < high, (low, ratio, high))

    def test_show_scaling_in_every_format(self):
        self.keep("small", values(1, 1000), "--target", "m2000")
        self.keep("large", values(2, 3800))
        text = self.report("small", "large", form="text")
        row, bar = re.findall(r"^  pod16 .*$", text, re.M)
        self.assertRegex(row, r"^  pod16 +16 +1024 +1 +3[78]\d\d\.\d +23\d\.\d+ +9\d\.\d % +9\d\.\d to 9\d\.\d %$")
        efficiency = float(re.search(r"([\d.]+) %", row)[1])
        self.assertEqual(bar.count("█"), round(0.4 * efficiency))
        self.assertLessEqual(max(map(len, text[text.index("scaling of"):].splitlines()[1:])), 80)
        self.assertRegex(self.report("small", "large", form="markdown"), r"\| pod16 \| 16 \| 1024 \| 1 \| 3[78]")
        page = self.report("small", "large", form="html")
        self.assertIn("throughput per IPU by the number of IPUs", page)

    def test_take_only_parts_for_a_threshold(self):
        self.keep("base", values(1, 1000))
        for wrong in ("x", "-1%", "200%", "2%%", "nan", ""):
            self.assertEqual(self.ipucnn("compare", "base", "base", f"--threshold={wrong}").returncode,
                             2, wrong)
        self.assertEqual(self.ipucnn("compare", "base").returncode, 2)
        self.assertEqual(self.ipucnn("compare", "base", "nosuch").returncode, 2)
        self.assertEqual(self.ipucnn("compare", "base", "base", "--metric", "nosuch").returncode, 2)


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(module=__name__)
