#!/usr/bin/python3
"""Pages with pictures, as Chromium shows them: every dot lies where its axes say, with and without scripts,
on a phone and on a desk, light and dark; nothing is fetched, nothing complains, no text lies on another.

usage: pages_test.py PROGRAM     status 77 when there is no Chromium
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import compare_test  # noqa: E402
import history_test  # noqa: E402
import runs_test  # noqa: E402
from support import browser, program  # noqa: E402

LOOKS = [(1280, False), (390, True), (390, False), (1280, True)]
HOSTILE = "</script><script>document.title='owned'</script><!--<img src=x onerror=alert(1)>\"'&"
# Of each picture: its name, the ticks of its axes as (place, value), its dots as (kind, x, y).
DRAWN = """
[...document.querySelectorAll('figure.picture svg')].map((svg) => ({
  name: svg.getAttribute('aria-label'),
  x: [...svg.querySelectorAll('.tick.x')].map((t) => [+t.getAttribute('x'), +t.textContent]),
  y: [...svg.querySelectorAll('.tick.y')].map((t) => [+t.getAttribute('y') - 4, +t.textContent]),
  dots: [...svg.querySelectorAll('circle')].map(
    (c) => [c.getAttribute('class'), +c.getAttribute('cx'), +c.getAttribute('cy')]),
}))
"""
# The same of what Chart.js has drawn, and the values that it was given.
CHARTS = """
[...document.querySelectorAll('figure.picture canvas')].map((canvas) => {
  const chart = Chart.getChart(canvas);
  const ticks = (scale) => scale.ticks.map((tick, at) => [scale.getPixelForTick(at), tick.value, tick.label]);
  return {
    name: canvas.getAttribute('aria-label'), x: ticks(chart.scales.x), y: ticks(chart.scales.y),
    letters: chart.ctx.measureText('0').width, range: [chart.scales.x.min, chart.scales.x.max],
    sets: chart.data.datasets.map((set, at) => ({
      label: set.label, out: Boolean(set.leftOut), visible: chart.isDatasetVisible(at),
      values: set.data.map((dot) => dot.value ?? dot.y),
      dots: chart.getDatasetMeta(at).data.map((point) => [point.x, point.y]),
      widths: chart.getDatasetMeta(at).data.map((point) => point.width ?? 0),
    })),
  };
})
"""


def value_at(place, ticks):
    (p0, v0, *_), (p1, v1, *_) = ticks[0], ticks[-1]
    return v0 + (place - p0) * (v1 - v0) / (p1 - p0)


def precision(ticks):
    """What a quarter of a unit of place is worth."""
    (p0, v0, *_), (p1, v1, *_) = ticks[0], ticks[-1]
    return abs((v1 - v0) / (p1 - p0)) / 4


class Shown:
    """For cases that have a folder `pages`."""

    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)

    def show(self, text, width=1280, dark=False, scripts=True):
        path = pathlib.Path(self.pages, "page.html")
        path.write_text(text)
        self.browser.open(path, width, dark, scripts)
        return path

    def hold(self, text, charts):
        """To what any page keeps in every look. `charts`: how many pictures it has."""
        for width, dark in LOOKS:
            for scripts in (True, False):
                with self.subTest(width=width, dark=dark, scripts=scripts):
                    path = self.show(text, width, dark, scripts)
                    self.assertEqual(self.browser.value("document.querySelectorAll('figure.picture').length"),
                                     charts)
                    self.assertEqual(self.browser.complaints(), [])
                    self.assertEqual(self.browser.requests(), [f"file://{path}"])
                    self.assertEqual(self.browser.overlaps(), [])
                    self.assertLessEqual(self.browser.too_wide(), 0)
                    shown = self.browser.value(
                        "[...document.querySelectorAll('figure.picture svg, figure.picture .chart')]"
                        ".filter((e) => e.checkVisibility()).map((e) => e.tagName.toLowerCase())")
                    self.assertEqual(shown, ["div" if scripts else "svg"] * charts)
                    if scripts:
                        for chart in self.browser.value(CHARTS):
                            self.hold_labels(chart)

    def hold_labels(self, chart):
        ends = [(at - len(label) * chart["letters"] / 2, at + len(label) * chart["letters"] / 2)
                for at, _, label in chart["x"]]
        for (_, end), (begin, _) in zip(ends, ends[1:]):
            self.assertLess(end, begin, (chart["name"], chart["x"]))
        self.assertGreaterEqual(len(chart["y"]), 2)
        for label in (label for _, _, label in chart["x"] + chart["y"]):
            self.assertRegex(label, r"^-?[\d.]+(e[+-]?\d+)?$")

    def drawn(self, name):
        picture, = [p for p in self.browser.value(DRAWN) if p["name"].startswith(name)]
        return picture

    def chart(self, name):
        chart, = [c for c in self.browser.value(CHARTS) if c["name"].startswith(name)]
        return chart

    def hold_places(self, dots, axes, expected):
        """`dots` (x, y) to `expected` values, by the ticks of both axes."""
        self.assertEqual(len(dots), len(expected))
        for (x, y), (at, value) in zip(dots, expected):
            self.assertAlmostEqual(value_at(x, axes["x"]), at, delta=precision(axes["x"]))
            self.assertAlmostEqual(value_at(y, axes["y"]), value, delta=precision(axes["y"]))


class Reports(Shown, runs_test.Case):
    def setUp(self):
        super().setUp()
        self.pages = self.folder

    def run_it(self, count=40, pause=None):
        """A run whose launcher prints the figures of two instances; what its samples.csv has of them."""
        rng = random.Random(5)
        lines = []
        for number in range(1, count + 1):
            for rank in (0, 1):
                rate = 100.0 if number == 1 else rng.gauss(4350, 12)
                lines.append(f"[1,{rank}]<stdout>:step: {number:6}, iteration: {number * 133:6}, epoch: "
                             f"{number * 0.2:6.2f}, lr: 0.1, loss: {7 - number * 0.1:6.3f}, top-1 accuracy: "
                             f"{number:6.3f}%, img/sec: {rate:8.2f}, time: 0.441241")
        (self.work / "lines").write_text("\n".join(lines) + "\n")
        self.poprun("cat lines\n" if pause is None else
                    f"while read -r one; do echo \"$one\"; sleep {pause}; done < lines\n")
        self.assert_ends(0, *runs_test.JOB)
        samples = max((self.work / "runs").glob("*/train/1/samples.csv"))
        found, self.seconds = {}, {}
        with samples.open() as rows:
            for row in csv.DictReader(rows):
                key = (row["metric"], int(row["instance"]))
                found.setdefault(key, []).append(float(row["value"]))
                self.seconds.setdefault(key, []).append(float(row["seconds"]))
        self.assertEqual(len(found["throughput", 1]), count)
        return found

    def page(self, *words):
        return self.assert_ends(0, "report", *words, "--format", "html")

    def test_draw_what_samples_csv_has(self):
        samples = self.run_it()
        page = self.page("last")
        self.show(page, scripts=False)
        for metric, first in (("throughput", 1), ("loss", 0)):
            expected = [(at, value) for rank in (0, 1)
                        for at, value in enumerate(samples[metric, rank], 1) if at > first]
            picture = self.drawn(f"{metric} by instance")
            self.hold_places([dot[1:] for dot in picture["dots"] if dot[0] == "dot"], picture, expected)
            self.assertEqual(len(picture["dots"]) - len(expected), 2 * first)
        self.show(page)
        for metric, first in (("throughput", 1), ("loss", 0)):
            chart = self.chart(f"{metric} by instance")
            for rank in (0, 1):
                one, = [s for s in chart["sets"] if s["label"] == f"instance {rank}" and not s["out"]]
                self.assertEqual(one["values"], samples[metric, rank][first:])
                self.hold_places(one["dots"], chart, list(enumerate(samples[metric, rank], 1))[first:])
            out = [s["values"] for s in chart["sets"] if s["out"]]
            self.assertEqual(out, [[100.0]] * 2 * first)

    def test_stand_at_the_second_at_which_they_came(self):
        samples = self.run_it(20, pause=0.03)
        record = json.loads(max((self.work / "runs").glob("*/train/1/record.json")).read_text())
        phases = {phase["name"]: phase["began"] for phase in record["phases"]}
        self.assertTrue(phases)
        page = self.page("last")
        for name in phases:
            self.assertIn(f"{name} from ", page)
        expected = [pair for rank in (0, 1) for pair in zip(self.seconds["loss", rank], samples["loss", rank])]
        self.show(page, scripts=False)
        picture = self.drawn("loss by instance")
        self.hold_places([dot[1:] for dot in picture["dots"]], picture, expected)
        lines = self.browser.value("[...document.querySelectorAll('svg[aria-label^=loss] .phase')].map((line) => "
                                   "[line.textContent, +line.getAttribute('x1')])")
        first, last = min(s for s, _ in expected), max(s for s, _ in expected)
        margin = 0.02 * (last - first)
        self.assertEqual([name for name, _ in lines],
                         [name for name, at in phases.items() if first - margin <= at <= last + margin])
        for name, place in lines:
            self.assertAlmostEqual(value_at(place, picture["x"]), phases[name], delta=precision(picture["x"]))
        self.show(page)
        chart = self.chart("loss by instance")
        self.hold_places([dot for one in chart["sets"] for dot in one["dots"]], chart, expected)
        self.hold(page, page.count("<figure"))

    def test_count_the_values_of_a_distribution(self):
        samples = self.run_it()
        means = [sum(pair) / 2 for pair in zip(samples["throughput", 0][1:], samples["throughput", 1][1:])]
        self.show(self.page("last"))
        chart = self.chart("distribution of throughput")
        counts = chart["sets"][0]["values"]
        self.assertEqual(sum(counts), len(means))
        places = [x for x, _ in chart["sets"][0]["dots"]]
        for begin, end in zip(places, places[1:]):
            self.assertAlmostEqual(end - begin, chart["sets"][0]["widths"][0] + 1, delta=0.01)
        low, width = min(means), (max(means) - min(means)) / len(counts)
        for i, count in enumerate(counts):
            inside = sum(1 for v in means if min(len(counts) - 1, int((v - low) / width)) == i)
            self.assertAlmostEqual(count, inside, delta=1)  # a mean may lie on a border

    def test_keep_in_every_look(self):
        self.run_it()
        page = self.page("last")
        self.hold(page, page.count("<figure"))
        self.assertGreater(page.count("<figure"), 3)

    def test_of_two_runs_stand_side_by_side(self):
        self.run_it()
        self.run_it()
        names = [folder.name for folder in self.folders()]
        page = self.page(*names)
        self.hold(page, page.count("<figure"))
        self.show(page)
        tops = self.browser.value("[...document.querySelectorAll('.runs > section')].map((s) => "
                                  "s.getBoundingClientRect().top)")
        self.assertEqual(len(set(tops)), 1)
        self.show(page, width=390)
        tops = self.browser.value("[...document.querySelectorAll('.runs > section')].map((s) => "
                                  "s.getBoundingClientRect().top)")
        self.assertEqual(len(set(tops)), 2)

    def test_answer_to_a_pointer(self):
        samples = self.run_it()
        self.show(self.page("last"))
        place = "document.querySelector('figure.picture canvas')"
        self.browser.value(f"{place}.scrollIntoView({{block: 'center'}})")
        left, top = self.browser.value(f"(() => {{ const b = {place}.getBoundingClientRect(); "
                                       "return [b.left, b.top]; })()")
        chart = self.chart("throughput by instance")
        points = chart["sets"][0]["dots"]

        def at(index):
            return left + points[index][0], top + points[index][1]

        self.browser.pointer("mouseMoved", *at(9))
        self.browser.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        tooltip = self.browser.value(f"(() => {{ const t = Chart.getChart({place}).tooltip; return "
                                     "[t.opacity, ...t.title, ...t.body.flatMap((b) => b.lines)].map(String); })()")
        self.assertEqual(tooltip[0], "1")
        self.assertIn(f" instance 0: {samples['throughput', 0][10]:g}", tooltip)
        self.assertIn(f" instance 1: {samples['throughput', 1][10]:g}", tooltip)
        whole = chart["range"]
        self.browser.pointer("mousePressed", *at(9), buttons=1)
        self.browser.pointer("mouseMoved", *at(15), buttons=1)
        self.browser.pointer("mouseMoved", *at(19), buttons=1)
        self.browser.pointer("mouseReleased", *at(19))
        low, high = self.chart("throughput by instance")["range"]
        self.assertAlmostEqual(low, 11, delta=0.2)
        self.assertAlmostEqual(high, 21, delta=0.2)
        self.browser.value("document.querySelector('figcaption button:not(.key)').click()")
        self.assertEqual(self.chart("throughput by instance")["range"], whole)
        self.browser.value("document.querySelector('figcaption button.key').click()")
        self.assertEqual([s["visible"] for s in self.chart("throughput by instance")["sets"]],
                         [False, False, True, True])

    def test_stay_pages_whatever_names_are(self):
        self.run_it(20)
        plan, = (self.work / "runs").glob("*/plan.json")
        text = json.loads(plan.read_text())
        for metric in text["steps"][0]["metrics"]:
            if metric["name"] == "loss":
                metric["name"] = HOSTILE + "loss"
            metric["unit"] = HOSTILE
        text["preset"] = HOSTILE
        plan.write_text(json.dumps(text))
        page = self.page("last")
        self.assertIn("onerror", page)
        self.hold(page, page.count("<figure"))
        title = self.browser.value("document.title")
        self.show(page)
        self.assertEqual(self.browser.value("document.title"), title)
        self.assertEqual(self.browser.value("document.images.length"), 0)
        names = [c["name"] for c in self.browser.value(CHARTS)]
        self.assertIn(HOSTILE + "loss by instance", names)


class Scaling(Shown, compare_test.Runs):
    def setUp(self):
        super().setUp()
        self.pages = self.folder.name

    def test_keeps_in_every_look(self):
        self.keep("small", compare_test.values(1, 1000), "--target", "m2000")
        self.keep("large", compare_test.values(2, 3800))
        page = self.report("small", "large", form="html")
        self.hold(page, page.count("<figure"))
        self.show(page)
        chart = self.chart("throughput per IPU")
        means = [next(m["mean"] for m in self.report(name)["runs"][0]["metrics"] if m["name"] == "throughput")
                 for name in ("small", "large")]
        for value, mean, ipus in zip(chart["sets"][0]["values"], means, (4, 16), strict=True):
            self.assertAlmostEqual(value, mean / ipus, delta=1e-6 * value)


class History(Shown, history_test.History):
    def setUp(self):
        super().setUp()
        self.pages = self.folder.name

    def test_keeps_in_every_look(self):
        rng = random.Random(1)
        means = [rng.gauss(1000 if i < 30 else 960, 5) for i in range(50)]
        names = [self.keep(mean, preset=HOSTILE) for mean in means]
        page = self.ipucnn("history", "--format", "html").stdout
        self.hold(page, 1)
        picture = self.browser.value(DRAWN)[0]
        self.hold_places([dot[1:] for dot in picture["dots"]], picture, list(enumerate(means, 1)))
        self.show(page)
        chart = self.browser.value(CHARTS)[0]
        self.assertEqual([v for s in chart["sets"] for v in s["values"]], means)
        self.assertEqual([len(s["values"]) for s in chart["sets"]], [30, 20])
        self.assertIn(names[3], page)


class Suites(Shown, unittest.TestCase):
    def test_keep_in_every_look(self):
        folder = browser.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pages = folder.name
        entries = {f"case {i} {HOSTILE}": {
            "cmd": f"bash -c 'for i in 1 2 3; do echo rate {i * 100}.$i; done'",
            "data": {"rate": {"regexp": "rate (\\S+)"}}} for i in range(1, 6)}
        pathlib.Path(folder.name, "b.yml").write_text(json.dumps(entries))
        done = subprocess.run([program.PROGRAM, "bench", "b.yml", "--format", "html"], cwd=folder.name,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        self.hold(done.stdout, 1)
        self.show(done.stdout)
        values, = [s["values"] for s in self.browser.value(CHARTS)[0]["sets"]]
        self.assertEqual(len(values), 5)
        for i, value in enumerate(values, 1):
            self.assertAlmostEqual(value, i * 100 + 0.2)


def load_tests(loader, _tests, _pattern):
    """The cases of this file alone, without the tests that their bases have elsewhere."""
    suite = unittest.TestSuite()
    for case in (Reports, Scaling, History, Suites):
        suite.addTests(case(name) for name in case.__dict__ if name.startswith("test_"))
    return suite


if __name__ == "__main__":
    browser.must_be_there()
    log = "".join(f"step: {i}, img/sec: {i}, time: 1\n" for i in (1, 2, 3)).encode()
    shown = subprocess.run([sys.argv[1], "report", "-", "--app", "tensorflow1_cnns@2.3", "--format", "html"],
                           input=log, capture_output=True, check=True).stdout
    if b"Chart.js v" not in shown:
        print("the program was built without Chart.js: libjs-chart.js is not installed")
        sys.exit(77)
    compare_test.PROGRAM = history_test.PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    program.main()
