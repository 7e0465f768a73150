#!/usr/bin/python3
"""Runs with hostile names and broken files, in every format of the commands that show what runs came to.

Run: /usr/bin/python3 tests/hostile_results_test.py PROGRAM

Each format is read by a reader that is none of ours: json, ElementTree, csv, html.parser, a few lines for a table
of Markdown and for workflow commands of GitHub. What comes out is the name that went in, in its place, and nothing
else than a name.
"""
import copy
import csv
import html.parser
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unicodedata
import unittest
import xml.etree.ElementTree as ElementTree

from support import program
from support.size import sized

NASTY = {
    "quotes": "a\"b'c",
    "markup": "</td></script><img src=x onerror=alert(1)><b>",
    "entity": "&lt;&amp;&#x41;&nosuch;",
    "pipes": "a|b\\|c\\",
    "backticks": "`a``b",
    "emphasis": "*a* [b](http://c) ~~d~~ ![e](f)",
    "lines": "a\nb\r\nc\n\n| x | y |",
    "colour": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "control": "\x01\x02\x08\x7f\x85\u009b31m",
    "workflow": "x\n::error title=y::z",
    "percent": "%0A::error::x%25",
    "formula": "=HYPERLINK(\"http://a\",1)",
    "formula_at": "@SUM(1)",
    "formula_minus": "-cmd|' /C calc'!A0",
    "cdata": "]]>",
    "comma": "a,b;c:d,::e",
    "blank": " ",
    "long": "x" * 10_000,
    "wide": "漢字 e\u0301 é \U0001f680",
    "format": "{} {0} %s %n",
}

def some(items, small):
    """A few of them for each test, others for another one; all at full size."""
    items = list(items)
    return random.Random(small).sample(items, sized(min(small, len(items)), len(items)))


NOBODY = 65534
RUN_FIELDS = ("preset", "target", "label", "site", "application", "sdk")


def shown(text):
    """As people are shown it: what moves a cursor or breaks a line is something else."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", re.sub(r"[\t\r\n]", " ", text))


def loosely(text):
    """Without what a format may replace: controls and blanks."""
    return re.sub(r"[\s?\x00-\x1f\x7f-\x9f]+", "", text)


def columns(text):
    """As a terminal shows it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.said = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.said += [value or "" for name, value in attrs if name in ("aria-label", "title")]

    def handle_data(self, data):
        self.said.append(data)


def markdown_tables(text):
    """The tables of a text, each a list of rows of cells, as CommonMark with GitHub's tables reads them."""
    tables, rows = [], []
    for line in text.split("\n") + [""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]]
            rows.append([re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell) for cell in cells])
        elif rows:
            tables.append(rows)
            rows = []
    return tables


class Hostile(unittest.TestCase):
    plan = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        if Hostile.plan is None:
            Hostile.plan = program.plan("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "/d")

    def keep(self, name, mean, change=lambda plan: None):
        plan = copy.deepcopy(self.plan)
        change(plan)
        place = self.folder / "runs" / name
        (place / "train/1").mkdir(parents=True)
        (place / "plan.json").write_text(json.dumps(plan))
        metric = plan["steps"][0]["proof"]["metric"]
        unit = next((m["unit"] for m in plan["steps"][0]["metrics"] if m["name"] == metric), "samples/s")
        (place / "record.json").write_text(json.dumps({
            "schema": "ipucnn.run/1", "state": "done", "step": "train", "try": 1, "started": "2026-01-01T00:00:00Z",
            "ended": "2026-01-01T00:00:00Z", **{key: plan[key] for key in (*RUN_FIELDS, "release")},
            "figures": [{"step": "train", "metric": metric, "unit": unit, "n": 29, "mean": mean}]}))
        (place / "train/1/record.json").write_text('{"state": "done"}')
        rng = random.Random(name)
        (place / "train/1/stdout.log").write_text("".join(
            f"step: {i}, img/sec: {rng.gauss(mean, 1)!r}, time: 1\n" for i in range(30)))
        (place / "train/1/stderr.log").write_text("")
        return place

    def ipucnn(self, *words, status=None):
        done = program.ipucnn(*words, cwd=self.folder)
        said = f"{words}: {done.returncode}\n{done.stderr[-2000:]}"
        self.assertIn(done.returncode, (0, 1, 2) if status is None else status, said)
        if done.returncode == 2:
            self.assertNotEqual(done.stderr.strip(), b"", said)
        read_by_programs = "json" in words or "html" in words
        for line in (done.stderr if read_by_programs else done.stdout + done.stderr).split(b"\n"):
            self.assertNotRegex(line.decode("utf-8"), r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
        return done.stdout.decode("utf-8")

    def nasty_pair(self, nasty):
        """Two runs whose figure, unit, preset and all are called so; the second is slower."""
        def change(plan):
            metric = next(m for m in plan["steps"][0]["metrics"] if m["name"] == "throughput")
            metric["name"] = plan["steps"][0]["proof"]["metric"] = nasty
            metric["unit"] = nasty + "/s"  # a rate, of which more is better
            for key in RUN_FIELDS:
                plan[key] = nasty
        self.keep("base", 1000, change)
        self.keep("new", 900, change)

    def each_nasty(self, check):
        for kind, nasty in some(NASTY.items(), 5 + len(self._testMethodName) % 4):
            with self.subTest(kind), tempfile.TemporaryDirectory() as folder:
                self.folder = pathlib.Path(folder)
                self.nasty_pair(nasty)
                check(nasty)

    def commands(self):
        return (("report", "base", "new"), ("compare", "base", "new", "--threshold", "0"), ("history",))

    def test_text_is_for_a_terminal(self):
        def check(nasty):
            for words in self.commands():
                self.ipucnn(*words, status=(0, 1))
            self.ipucnn("baseline", "set", "b", "base", status=(0,))
            self.ipucnn("baseline", "list", status=(0,))
            self.ipucnn("runs", status=(0,))
        self.each_nasty(check)

    def test_json_holds_the_name(self):
        def check(nasty):
            found = json.loads(self.ipucnn("report", "base", "--format", "json", status=(0,)))
            self.assertIn(nasty, [m["name"] for m in found["runs"][0]["metrics"]])
            found = json.loads(self.ipucnn("compare", "base", "new", "--format", "json", status=(1,)))
            self.assertEqual([m["name"] for m in found["metrics"]], [nasty])
            found = json.loads(self.ipucnn("history", "--format", "json", status=(0,)))
            self.assertIn(nasty, [h["metric"] for h in found["histories"]])
        self.each_nasty(check)

    def test_csv_has_its_columns(self):
        def check(nasty):
            rows = list(csv.reader(io.StringIO(self.ipucnn("report", "base", "new", "--format", "csv"), newline="")))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})
            names = [row[rows[0].index("metric")] for row in rows[1:]]
            self.assertEqual(len([n for n in names if loosely(n).lstrip("'") == loosely(nasty)]), 2, names)
            for row in rows[1:]:
                for cell in row:
                    if re.match(r"[=+\-@\t\r]", cell):
                        float(cell)
        self.each_nasty(check)

    def test_markdown_has_its_cells(self):
        def check(nasty):
            for words, head in ((("report", "base", "new"), "figure"),
                                (("compare", "base", "new", "--threshold", "0"), "figure")):
                text = self.ipucnn(*words, "--format", "markdown")
                self.assertNotRegex(re.sub(r"\\.", "", text), r"<[a-zA-Z/!]|\[[^\]]*\]\(")
                self.assertNotRegex(re.sub(r"\\.", "", text), r"^::|^\s*$\s*\| x")
                tables = markdown_tables(text)
                for table in tables:
                    self.assertEqual({len(row) for row in table}, {len(table[0])}, text[:3000])
                cells = [row[0] for table in tables if table[0][0] == head for row in table[2:]]
                self.assertTrue(any(loosely(nasty) in loosely(cell) for cell in cells), cells)
        self.each_nasty(check)

    def test_junit_is_xml(self):
        def check(nasty):
            root = ElementTree.fromstring(self.ipucnn("compare", "base", "new", "--format", "junit", status=(1,)))
            cases = list(root.iter("testcase"))
            self.assertEqual(len(cases), 1)
            self.assertIn(loosely(nasty), loosely(cases[0].get("name")))
            self.assertEqual([f.get("type") for f in cases[0].iter("failure")], ["regressed"])
        self.each_nasty(check)

    def test_github_is_one_command_a_figure(self):
        def check(nasty):
            lines = self.ipucnn("compare", "base", "new", "--format", "github", status=(1,)).splitlines()
            self.assertEqual(len(lines), 1, lines)
            command = re.fullmatch(r"::error title=([^:,\r\n]*)::(.*)", lines[0])
            plain = command[1]
            for code, letter in (("3A", ":"), ("2C", ","), ("0D", "\r"), ("0A", "\n"), ("25", "%")):
                plain = plain.replace("%" + code, letter)
            self.assertIn(loosely(nasty), loosely(plain))
        self.each_nasty(check)

    def test_html_has_no_other_elements(self):
        def usual(*words):
            page = Page()
            page.feed(self.ipucnn(*words, "--format", "html", status=(0,)))
            return page
        commands = (("report", "base", "new"), ("history",))
        self.nasty_pair("throughput")
        known = {words: usual(*words) for words in commands}

        def check(nasty):
            for words in commands:
                page = usual(*words)
                self.assertEqual(page.tags - known[words].tags, set())
                self.assertEqual(page.attributes - known[words].attributes, set())
                self.assertIn(loosely(nasty), loosely("".join(page.said)))
        self.each_nasty(check)

    def test_folders_of_any_name(self):
        for name in (b"\xff\xfe", b"=1+1", b"a|b", b"`x`", b"<b>", b"\x1b[31m", b"a\nb", b"::error::x", b"%0A",
                     "漢".encode(), b"]]>", b"x" * 200):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                self.folder = pathlib.Path(folder)
                for run, mean in (("base", 1000), ("new", 900)):
                    place = self.keep(run, mean)
                    os.rename(os.fsencode(place), os.fsencode(place.parent) + b"/" + run.encode() + name)
                names = [b"base" + name, b"new" + name]
                for form in ("text", "json", "csv", "markdown", "html"):
                    self.ipucnn("report", *names, "--format", form, status=(0,))
                for form in ("text", "json", "junit", "github", "markdown"):
                    self.ipucnn("compare", *names, "--format", form, status=(1,))
                for form in ("text", "json", "html"):
                    self.ipucnn("history", "--format", form, status=(0,))
                self.ipucnn("runs")
                self.ipucnn("baseline", "set", b"b" + name, names[0], status=(0,))
                self.ipucnn("baseline", "list", status=(0,))
                json.loads((self.folder / "ipucnn.baselines.json").read_text())

    def test_columns_line_up(self):
        names = ("plain", "caf\u00e9", "cafe\u0301s", "\u6f22\u5b57", "\uff21\uff22", "\ud55c", "\U0001f680x")
        for i, name in enumerate(names):
            def change(plan, name=name, size=2 ** i):
                plan["target"] = name
                plan["steps"][0]["geometry"]["ipus"] = size
            self.keep(f"run-{name}", 1000, change)
        text = self.ipucnn("report", *(f"run-{name}" for name in names), status=(0,))
        lines = text[text.index("scaling of"):].splitlines()[1:]
        table, bars = lines[:len(names) + 1], lines[len(names) + 1:]
        for pattern in (r"  \S+ +IPUs|  \S+ +\d+", r".* (runs|\d+)  +(mean|[\d.]+)  "):
            self.assertEqual(len({columns(re.match(pattern, line)[0]) for line in table}), 1, text)
        self.assertEqual(len({columns(line[:line.index("\u2588")]) for line in bars}), 1, text)
        for name in names:
            self.keep(f"same-{name}", 1000)
        rows = [line for line in self.ipucnn("history", status=(0,)).splitlines() if line.startswith("  same-")]
        self.assertEqual(len(rows), len(names))
        self.assertEqual(len({columns(re.match(r".*?\d+\.\d+(?= *$)", row)[0]) for row in rows}), 1, rows)
        rows = self.ipucnn("runs", status=(0,)).splitlines()
        self.assertEqual(len({columns(row[:row.index("done")]) for row in rows[1:]}), 1, rows)

    # --- files that are not what they should be ---

    def look(self):
        """Every command over two runs, one of which may be broken."""
        for form in ("text", "json", "csv", "markdown", "html"):
            self.ipucnn("report", "base", "new", "--format", form)
        for form in ("text", "json", "junit", "github", "markdown"):
            self.ipucnn("compare", "base", "new", "--format", form)
        for form in ("text", "json", "html"):
            self.ipucnn("history", "--format", form)
        self.ipucnn("runs")
        self.ipucnn("runs", "show", "new")
        self.ipucnn("baseline", "set", "b", "new")
        self.ipucnn("baseline", "list")

    def test_broken_files(self):
        deep = "[" * 100_000 + "]" * 100_000
        torn = {"empty": "", "torn": lambda text: text[:len(text) // 2], "null": "null", "list": "[]", "number": "1",
                "deep": deep, "deep_inside": '{"schema": ' + deep + "}", "no_utf8": b'{"state": "\xff\xfe"}',
                "zeros": b"\0" * 100, "huge": '{"state": 1e999, "schema": 5}',
                "types": '{"schema": [], "state": {}, "started": 5, "steps": 7, "tries": {"a": 1}, "figures": [1]}'}
        for file in ("record.json", "plan.json", "train/1/record.json", "train/1/stdout.log", "train/1/times.csv",
                     "train/1/samples.csv"):
            for kind, content in some(torn.items(), 3 + len(file) % 3):
                with self.subTest(file=file, kind=kind), tempfile.TemporaryDirectory() as folder:
                    self.folder = pathlib.Path(folder)
                    self.keep("base", 1000)
                    place = self.keep("new", 900) / file
                    if callable(content):
                        content = content(place.read_text() if place.exists() else "0.1,o,0,1,throughput,1,1\n0.2,o")
                    place.write_bytes(content if isinstance(content, bytes) else content.encode())
                    self.look()
            with self.subTest(file=file, kind="folder"), tempfile.TemporaryDirectory() as folder:
                self.folder = pathlib.Path(folder)
                self.keep("base", 1000)
                place = self.keep("new", 900) / file
                place.unlink(missing_ok=True)
                place.mkdir()
                self.look()

    def as_nobody(self, *words):
        """The same, from its folder, where only what others may read can be read."""
        before = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        return subprocess.run([*before, self.program, *words], cwd=self.folder, env=program.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)

    def test_what_may_not_be_read(self):
        self.program = self.folder / "ipucnn"
        shutil.copy(program.PROGRAM, self.program)  # where that user can reach it
        self.folder.chmod(0o755)
        self.keep("base", 1000)
        if os.geteuid() == 0 and self.as_nobody("runs").returncode != 0:
            self.skipTest("a program cannot be started as another user here")
        log = self.folder / "some.log"
        log.write_text("step: 1, img/sec: 5, time: 1\n")
        app = ["--app", "tensorflow1_cnns@2.3"]
        for name, change in (("locked", lambda path: path.chmod(0)), ("folder", self.make_folder)):
            for file in ("train/1/stdout.log", "train/1/stderr.log", "plan.json", "train/1", "."):
                place = self.keep(f"{name}-{file.replace('/', '-')}", 900)
                broken = place / file
                if name == "folder" and broken.is_dir():
                    continue
                change(broken)
                for words in (["report", place.name], ["report", str(place)], ["compare", "base", place.name],
                              ["compare", place.name, "base"]):
                    with self.subTest(words=words):
                        done = self.as_nobody(*words)
                        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                        self.assertIn(place.name, done.stderr)
                broken.chmod(0o755)
            change(log)
            with self.subTest(log=name):
                done = self.as_nobody("report", "some.log", *app)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn("some.log", done.stderr)
        (self.keep("hidden", 900) / "record.json").chmod(0)
        (self.keep("torn", 900) / "record.json").write_text('{"state": ')
        for words in (["history"], ["runs"]):  # those that can be read
            done = self.as_nobody(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("base", done.stdout)
            self.assertEqual(done.stderr, "ipucnn: cannot read runs/hidden/record.json\n"
                                          "ipucnn: runs/torn/record.json is no record\n")
        (self.folder / "runs").chmod(0)
        for words in (["history"], ["history", "tensorflow1_cnns"], ["report", "base"], ["report", "last"],
                      ["compare", "base", "base"]):
            with self.subTest(words=words):
                done = self.as_nobody(*words)
                self.assertEqual(done.returncode, 2, (done.stdout, done.stderr))
                self.assertIn("runs", done.stderr)
        (self.folder / "runs").chmod(0o755)

    @staticmethod
    def make_folder(path):
        path.unlink()
        path.mkdir()

    def test_numbers_that_no_run_prints(self):
        for number in ("1e308", "-1e308", "1e999", "nan", "inf", "-5", "0", "1e-320", "9" * 400):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                self.folder = pathlib.Path(folder)
                self.keep("base", 1000)
                place = self.keep("new", 900)
                (place / "train/1/stdout.log").write_text("".join(
                    f"step: {i}, img/sec: {number}, time: 1\n" for i in range(30)))
                self.look()
                for command, key in (("report", "runs"), ("compare", "metrics")):
                    text = self.ipucnn(command, "base", "new", "--format", "json")
                    if text:
                        json.loads(text, parse_constant=lambda word: self.fail(f"{word} is no JSON"))

    def test_every_value_of_a_plan_of_another_type(self):
        rng = random.Random(3)
        def paths(value, at=()):
            yield at
            items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, inner in items:
                yield from paths(inner, (*at, key))
        places = [at for at in paths(self.plan) if at]
        for at in rng.sample(places, sized(15, 40)):
            wrong = rng.choice([None, 5, -1, 1e308, "", "x", [], {}, [[]], True, 2**63, [None], {"a": {}}])
            with self.subTest(at=at, wrong=wrong), tempfile.TemporaryDirectory() as folder:
                self.folder = pathlib.Path(folder)

                def change(plan):
                    for key in at[:-1]:
                        plan = plan[key]
                    plan[at[-1]] = wrong
                self.keep("base", 1000)
                self.keep("new", 900, change)
                self.ipucnn("report", "base", "new", "--format", "json")
                self.ipucnn("compare", "base", "new", "--format", "markdown")
                self.ipucnn("history")
                self.ipucnn("runs")

    def test_baseline_files(self):
        self.keep("base", 1000)
        self.ipucnn("baseline", "set", "b", "base", status=(0,))
        file = self.folder / "ipucnn.baselines.json"
        good = file.read_text()
        deep = "[" * 100_000 + "]" * 100_000
        inside = json.loads(good)
        inside["baselines"]["b"]["runs"] = [{"name": 5}]
        samples = json.loads(good)
        for run in samples["baselines"]["b"]["runs"]:
            for step in run["steps"]:
                step["samples"] = {name: [1e308, -1e308, 1e308] for name in step["samples"]}
        twice = good.replace('"baselines": {', '"baselines": {"b": {}, ', 1)
        empty_samples = json.loads(good)
        for run in empty_samples["baselines"]["b"]["runs"]:
            for step in run["steps"]:
                step["samples"] = {name: [] for name in step["samples"]}
        for kind, text in {"empty": "", "torn": good[:300], "deep": deep, "schema": '{"schema": 5, "baselines": {}}',
                           "deep_plan": '{"schema": "ipucnn.baselines/1", "baselines": {"b": {"plan": ' + deep
                                        + ', "runs": []}}}',
                           "types": json.dumps(inside), "huge": json.dumps(samples), "twice": twice,
                           "no_samples": json.dumps(empty_samples),
                           "null": '{"schema": "ipucnn.baselines/1", "baselines": {"b": null}}',
                           "name": good.replace('"b"', '"\\u001b[31m\\n"')}.items():
            with self.subTest(kind):
                file.write_text(text)
                for words in (("list",), ("set", "c", "base"), ("remove", "b")):
                    self.ipucnn("baseline", *words)
                    file.write_text(text)
                for form in ("text", "json", "junit", "github", "markdown"):
                    self.ipucnn("compare", "b", "base", "--format", form)
        file.unlink()
        file.mkdir()
        self.ipucnn("baseline", "list", status=(2,))
        self.ipucnn("compare", "b", "base", status=(2,))


if __name__ == "__main__":
    program.main()
