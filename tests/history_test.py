"""Runs of made-up records, listed over time: what makes a series, and where its level changes.

Run: /usr/bin/python3 tests/history_test.py PROGRAM
"""

import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""


class History(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.count = 0

    def ipucnn(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder.name, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)

    def keep(self, mean, state="done", figures=None, **about):
        """A record as a run leaves it, a day after the one before."""
        name = f"r{self.count:05}"
        day, self.count = self.count, self.count + 1
        started = time.strftime("%Y-%m-%dT03:00:00Z", time.gmtime(1700000000 + 86400 * day))
        place = pathlib.Path(self.folder.name, "runs", name)
        place.mkdir(parents=True)
        if figures is None:
            figures = [{"step": "train", "metric": "throughput", "unit": "samples/s", "n": 9,
                        "mean": mean}]
        record = {"schema": "ipucnn.run/1", "state": state, "step": "train", "try": 1,
                  "application": "tensorflow1_cnns", "release": "2.3", "preset": "p",
                  "started": started, "ended": started, "figures": figures, **about}
        (place / "record.json").write_text(json.dumps(record))
        return name

    def histories(self, *words):
        result = self.ipucnn("history", "--format", "json", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        found = json.loads(result.stdout)
        self.assertEqual(found["schema"], "ipucnn.history/1")
        return found["histories"]

    def test_a_change_of_level_is_placed_at_its_first_run(self):
        rng = random.Random(1)
        names = [self.keep(rng.gauss(1000 if i < 30 else 960, 5), release="2.3" if i < 30 else "2.4")
                 for i in range(50)]
        history, = self.histories()
        self.assertEqual([r["run"] for r in history["runs"]], names)
        change, = history["changes"]
        self.assertEqual((change["run"], change["index"]), (names[30], 30))
        values = [r["value"] for r in history["runs"]]
        self.assertAlmostEqual(change["before"], sum(values[:30]) / 30)
        self.assertAlmostEqual(change["after"], sum(values[30:]) / 20)
        text = self.ipucnn("history").stdout
        line, = [line for line in text.splitlines() if "level changes" in line]
        self.assertRegex(line, rf"^  {names[30]}  2.4 .* level changes by -[34]\.\d\d %")

    def test_changes_do_not_hide_each_other(self):
        rng = random.Random(3)
        for i in range(60):
            self.keep(rng.gauss(1000 if i < 20 else 1050 if i < 40 else 1100, 5), job="stairs")
            self.keep(rng.gauss(1100 if 20 <= i < 40 else 1000, 5), job="and back")
        for job in ("stairs", "and back"):
            history, = self.histories(job)
            self.assertEqual([c["index"] for c in history["changes"]], [20, 40], job)

    def test_values_whose_squares_no_number_can_hold(self):
        for mean in [1] + [1e308] * 7 + [1.5e308] * 7:
            self.keep(mean)
        for form in ("text", "json", "html"):
            self.assertEqual(self.ipucnn("history", "--format", form).returncode, 0)

    def test_noise_is_no_change(self):
        rng = random.Random(2)
        for i in range(60):
            self.keep(rng.gauss(1000, 5), job="flat")
        flat, = self.histories("flat")
        self.assertEqual(flat["changes"], [])

    def test_what_is_not_alike_stands_apart(self):
        self.keep(1)
        self.keep(2, target="pod16")
        self.keep(3, label="REHEARSAL")
        self.keep(4, job="nightly")
        self.keep(5, state="failed")
        self.keep(6, figures=[{"step": "train", "metric": "throughput", "unit": "samples/s", "n": 0,
                               "mean": None}])
        self.keep(7)
        found = self.histories()
        self.assertEqual([[r["value"] for r in h["runs"]] for h in found], [[1, 7], [2], [3], [4]])
        self.assertEqual([h["subject"] for h in found], ["p", "p", "p", "nightly"])
        # A run of a job counts for its preset as well.
        self.assertEqual([[r["value"] for r in h["runs"]] for h in self.histories("p")],
                         [[1, 4, 7], [2], [3]])
        self.assertEqual(len(self.histories("--metric", "throughput")), 4)

    def test_what_is_not_there_is_said(self):
        self.assertEqual(self.ipucnn("history").returncode, 0)
        self.keep(1)
        result = self.ipucnn("history", "nosuch")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("nosuch", result.stderr)
        self.assertEqual(self.ipucnn("history", "--metric", "loss").returncode, 2)

    def test_the_page_draws_each_run_where_its_value_lies(self):
        values = [1000.0, 1010, 990, 1005, 995, 1000, 800, 810, 790, 805, 795, 800]
        for value in values:
            self.keep(value)
        page = self.ipucnn("history", "--format", "html").stdout
        dots = [(float(x), float(y)) for x, y in
                re.findall(r'class="dot" cx="([\d.]+)" cy="([\d.]+)"', page)]
        self.assertEqual(len(dots), len(values))
        # Places are a straight function of the values.
        (_, y0), (_, y6) = dots[0], dots[6]
        slope = (y6 - y0) / (values[6] - values[0])
        for (_, y), value in zip(dots, values):
            self.assertAlmostEqual(y, y0 + slope * (value - values[0]), delta=0.05)
        self.assertNotRegex(page, r"<[^>]* (src|href)=")

    def test_names_that_are_markup_stay_text(self):
        self.keep(1, preset="<b>&\"x")
        self.keep(2, preset="<b>&\"x")
        self.assertNotIn("<b>", self.ipucnn("history", "--format", "html").stdout)


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
