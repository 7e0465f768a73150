"""Suites: what `ipucnn bench` runs, what it says of it, and what is left when it is killed.

Run: /usr/bin/python3 tests/bench_test.py PROGRAM
"""

import csv
import fcntl
import html.parser
import io
import json
import os
import pathlib
import pty
import random
import re
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest
import unittest.mock
import xml.etree.ElementTree

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import benchmarks, program  # noqa: E402
from support.folders import working_folder  # noqa: E402

PROGRAM = ""
SIZE = 40 if os.environ.get("IPUCNN_TEST_SIZE") == "full" else 6


def examples_utils(out, err, regexp, skip, reduction, name, command):
    """The figure as the rules of examples_utils have it, written from their description; None where
    it fails."""
    values = []
    for text in (out, err):
        for match in re.findall(regexp, text):
            try:
                values.append(float(match))
            except ValueError:
                return None
    if any(value != value for value in values) or len(values) <= skip:
        return None
    if reduction == "final":
        result = values[-1]
    elif reduction == "min":
        result = min(values)
    elif reduction == "value":
        result = values[0]
    else:
        kept = sorted(values, reverse=name == "latency")[skip:]
        result = sum(kept) / len(kept)
    if name == "throughput" and any("mpirun" in word for word in command) and "--np" in command:
        result *= int(command[command.index("--np") + 1])
    return result


class Page(html.parser.HTMLParser):
    """The cells of its tables, the texts of its pictures, and all others."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.drawn, self.keys, self.texts, self.open = [], [], [], [], []
        self.pictures = 0
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.pictures += tag == "svg"
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("html", "body", "table", "tr", "td", "th", "svg", "p", "figcaption"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in ("html", "body", "table", "tr", "td", "th", "svg", "p", "figcaption"):
            assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if "svg" in self.open:
            self.drawn.append(data)
        elif "figcaption" in self.open:
            self.keys.append(data)
        elif self.open[-1:] in (["td"], ["th"]):
            self.rows[-1][-1] += data
        else:
            self.texts.append(data)


class Suite(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = working_folder(self)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def bench(self, *words, expect=0, **env):
        done = subprocess.run([PROGRAM, "bench", *words], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, **env}, timeout=300)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def results(self, *words, expect=0, **env):
        done = self.bench("--format", "json", *words, expect=expect, **env)
        found = json.loads(done.stdout)
        self.assertEqual(found["schema"], "ipucnn.bench/1")
        return {job["name"]: job for job in found["jobs"]}

    def figures(self, job):
        return {figure["metric"]: figure for figure in job["figures"]}

    def records(self):
        """Of every run: its job and how it ended."""
        found = []
        for path in sorted((self.folder / "runs").glob("*/record.json")):
            record = json.loads(path.read_text())
            found.append((record["job"], record["state"]))
        return found


class Specifications(Suite):
    RATES = "for v in 1000 100 90 110 80; do echo \"throughput: $v samples/sec\"; done"

    def test_common_options_parameters_and_env(self):
        self.write("job.sh", 'echo "<$*> $A $B $PWD"')
        (self.folder / "below").mkdir()
        self.write("below/job.sh", 'echo "<$*> $A $B below"')
        self.write("benchmarks.yml", """
first_options: &first
  env: {A: one, B: two}
  location: below
second_options: &second
  env: {A: other}
  timeout: 60
rows:
  <<: [*first, *second]
  cmd: >-
    bash job.sh
      {x} --y={y} $A ${HERE} '$B kept' "{{braces}}"
  parameters:
  - [x, y]
  - [1, 2]
  - [3, 4]
axes:
  <<: *second
  cmd: |
    bash job.sh
      {x}{y}
  parameters: {x: "1, 2", y: [a, b]}
""")
        done = self.bench("benchmarks.yml", "--dry-run")
        expected = ["rows:x=1,y=2", "rows:x=3,y=4", "axes:x=1,y=a", "axes:x=1,y=b", "axes:x=2,y=a",
                    "axes:x=2,y=b"]
        self.assertEqual(re.findall("^# (.*)$", done.stdout, re.M), expected)
        self.results("benchmarks.yml", HERE="a b")
        printed = {}
        for path in (self.folder / "runs").glob("*/benchmark/1/stdout.log"):
            record = json.loads((path.parents[2] / "record.json").read_text())
            printed[record["job"]] = path.read_text().strip()
        # The value of a variable of the environment stays one word; the entry's own are text.
        self.assertEqual(printed["rows:x=3,y=4"], "<3 --y=4 one a b two kept {braces}> one two below")
        self.assertEqual(printed["axes:x=2,y=a"].split(">")[0], "<2a")
        self.assertEqual(sorted(printed), sorted(expected))

    def test_a_plan_of_no_known_application_has_none(self):
        self.write("b.yml", "job:\n  cmd: bash job.sh\n  timeout: 90\n"
                            "  data: {rate: {regexp: 'rate (\\S+)', skip: 2}}\n")
        done = self.bench("b.yml", "--dry-run", "--format", "json")
        plan = json.loads(done.stdout)
        plan = plan.get("plans", [plan])[0]
        self.assertIsNone(plan["application"])
        self.assertIsNone(plan["release"])
        step, = plan["steps"]
        self.assertEqual(set(step["geometry"].values()), {None})
        self.assertEqual([(m["name"], m["discard_first"]) for m in step["metrics"]], [("rate", 2)])
        self.assertEqual(step["limits"], [{"phase": "run", "seconds": 90}])
        # The same plan starts by itself.
        self.write("plan.json", done.stdout)
        self.write("job.sh", "for i in 1 2 3; do echo rate $i; done")
        ran = subprocess.run([PROGRAM, "run", "--plan", "plan.json"], cwd=self.folder, capture_output=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_a_sweep_is_over_the_entries_of_a_known_application(self):
        self.write("b.yml", """
rate:
  cmd: python3 run_benchmark.py --config resnet50 --data synthetic --batch-size {size} --iterations 20
  parameters: {size: "1,2"}
one: {cmd: python3 run_benchmark.py --config resnet50 --data synthetic --iterations 20}
""")
        app = ("--app", "pytorch_cnns@2.6")
        done = self.bench("b.yml", "--dry-run", "--sweep", "iterations=30,40,2", *app, expect=1)
        printed = re.findall(r"^# (.*)$", done.stdout, re.M)
        self.assertEqual(printed, ["rate:size=1,iterations=30", "rate:size=1,iterations=40", "rate:size=2,iterations=30",
                                   "rate:size=2,iterations=40", "one:iterations=30", "one:iterations=40"])
        self.assertEqual(re.findall(r"--iterations (\d+)", done.stdout), ["30", "40"] * 3)
        self.assertEqual(re.findall(r"--batch-size (\d+)", done.stdout), ["1", "1", "2", "2"])
        # Of 2 rounds the script leaves out both.
        self.assertRegex(done.stderr, r"rate:size=2,iterations=2 is left out: N001: ")
        self.write("train.yml", "one: {cmd: poprun --num-instances 8 --num-replicas 16 python3 train.py --config "
                                "resnet50_mlperf_pod16_lars --data-dir /d/imagenet --no-validation}\n")
        done = self.bench("train.yml", "--dry-run", "--sweep", "global_batch=1600,3200", "--app", "tensorflow1_cnns@2.6")
        self.assertEqual(re.findall(r"^# (.*)$", done.stdout, re.M), ["one:global_batch=1600",
                                                                           "one:global_batch=3200"])
        self.assertEqual(re.findall(r"--gradient-accumulation-count (\d+)", done.stdout), ["5", "10"])
        self.write("c.yml", "other: {cmd: bash job.sh}\n")
        done = self.bench("c.yml", "--dry-run", "--sweep", "iterations=30,40", expect=1)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"command line:1:\d+: error\[L060\]: bash is of no known application, so nothing of it "
                                      r"can be swept\n.*--sweep iterations=30,40\n")

    def test_what_only_a_shell_can_start_is_refused_at_its_place(self):
        self.write("b.yml", "a:\n  cmd: bash x.sh && bash y.sh\nb:\n  cmd: bash x.sh $(date)\n"
                            "c:\n  cmd: bash x.sh > out\nd:\n  cmd: echo good\n")
        done = self.bench("b.yml", expect=1)
        self.assertEqual(len(re.findall(r"b.yml:\d+:\d+: error\[L040\]", done.stderr)), 3, done.stderr)
        self.assertRegex(done.stdout, "(?m)^d +done")
        self.assertEqual(len(self.records()), 1)

    def test_of_a_key_that_stands_twice_the_last_counts(self):
        self.write("b.yml", "rate:\n  cmd: echo first\nrate:\n  cmd: echo left\n  cmd: echo second\n"
                            "  env: {A: x, A: y}\n")
        done = self.bench("b.yml")
        for place, key in (("3:1", "rate"), ("5:3", "cmd"), ("6:15", "A")):
            self.assertEqual(done.stderr.count(f"b.yml:{place}: warning[Y006]: {key} stands twice"), 1, done.stderr)
        log, = (self.folder / "runs").glob("*/benchmark/1/stdout.log")
        self.assertEqual(log.read_text(), "second\n")

    def test_an_empty_command_is_said_to_be_empty(self):
        self.write("b.yml", "a:\n  cmd: ''\nb:\n  cmd: '  '\n")
        done = self.bench("b.yml", expect=1)
        self.assertEqual(re.findall(r"b.yml:(\d+):\d+: error\[L040\]: (.*)", done.stderr),
                         [("2", "cmd is empty"), ("4", "cmd is empty")])

    def test_bounds_that_no_figure_meets_are_refused(self):
        for bounds, status in (("at_least: 200, at_most: 100", 1), ("at_least: 200, at_most: 200", 0),
                               ("at_least: 200, at_most: 100, within: 50%", 0)):
            self.write("b.yml", "a:\n  cmd: bash job.sh\n  data: {rate: {regexp: 'rate: (.*)'}}\n"
                                f"  expect: {{rate: {{{bounds}}}}}\n")
            done = self.bench("b.yml", "--dry-run", expect=status)
            self.assertEqual("error[K070]" in done.stderr, status == 1, done.stderr)

    def findings(self, *words, status):
        """Of check: place, severity, id and message of each, and its help."""
        done = subprocess.run([PROGRAM, "check", *words], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_values_are_what_python_makes_of_them(self):
        rng = random.Random(18)
        words = ["true", "No", "on", "010", "0x1F", "0b11", "1_000", "+12", "-0", "1:30", "-1:30:05", "1.50", "1:30.5",
                 "1e5", "1.5e+3", "1.e-7", "123456789012345680.0", "1e+22", "2.5e+16", ".inf", "-.INF", ".nan", "~", "null",
                 "08", "y", "0x" + "f" * 40, "0" + "7" * 40, "9" * 30, "-1_" + "0" * 30, "2021-01-01", "2021-1-1 1:02:03",
                 "2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1234567Z", "2001-12-14 21:59:43 +5:30",
                 "2001-12-14 21:59:43. -0", "'010'", "\"yes\"", "text", "1.2.3"]
        alphabet = "0123456789abcdefxeE+-._:ynNoOtTfF"
        words += ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 7))) for _ in range(100 * SIZE)]
        wanted = {}
        for word in words:
            try:
                value = yaml.load(f"- - n\n- - {word}\n", yaml.FullLoader)[1][0]
                yaml.load(f"A: {word}\n", yaml.FullLoader)
            except (yaml.YAMLError, ValueError):
                continue
            if not isinstance(value, (dict, list)) and str(value).strip() and word not in ("=", "<<"):
                wanted[word] = str(value)
        self.assertGreater(len(wanted), 50 * SIZE)
        self.write("b.yml", "".join(f"e{i}:\n  cmd: print {{n}} $A\n  env:\n    A: {word}\n"
                                    f"  parameters:\n  - - n\n  - - {word}\n" for i, word in enumerate(wanted)))
        plans = json.loads(self.bench("b.yml", "--dry-run", "--format", "json").stdout)
        for (word, value), plan in zip(wanted.items(), plans["plans"], strict=True):
            step, = plan["steps"]
            self.assertEqual((word, step["argv"][1:], step["env"]), (word, value.split() + value.split(), {"A": value}))
        self.assertIn(" 0 errors", self.findings("b.yml", status=0))

    def test_a_date_anywhere_is_a_text(self):
        self.write("b.yml", "a:\n  cmd: echo {n} $A\n  since: 2021-01-01\n  env: {A: 2021-01-02}\n"
                            "  parameters: {n: 2021-01-03}\n")
        done = self.bench("b.yml", "--dry-run")
        self.assertIn("echo 2021-01-03 2021-01-02\n", done.stdout)
        self.assertIn(" 0 errors", self.findings("b.yml", status=0))

    def test_an_entry_that_starts_nothing_is_said_at_its_place(self):
        good = "good:\n  cmd: echo 1\n"
        for text, place, message, help_line in (
                ("a:\n  cmd:\n  data: {}\n", "4:3", "cmd is empty", ""),
                ("a:\n  comand: echo 1\n", "4:3", "a has no `cmd`, so it starts nothing", "did you mean 'cmd'?"),
                ("a:\n  cmdd: echo 1\n", "4:3", "a has no `cmd`, so it starts nothing", "did you mean 'cmd'?"),
                ("a:\n  data: {}\n", "3:1", "a has no `cmd`, so it starts nothing", "what entries have in common")):
            self.write("b.yml", good + text)
            done = self.bench("b.yml", expect=1)
            for said in (done.stderr, self.findings("b.yml", status=1)):
                self.assertRegex(said, rf"b.yml:{place}: error\[L040\]: {re.escape(message)}")
                self.assertIn(help_line, said)
            self.assertRegex(done.stdout, "(?m)^good +done")
            self.assertIn("a: not run: L040", done.stdout)
        for common in ("base: &base\n  env: {A: x}\na:\n  <<: *base\n  cmd: echo 1\n",
                       "unused: &base\n  env: {A: x}\na:\n  cmd: echo 1\n",
                       "all:\n  one: &one {env: {A: x}}\na:\n  <<: *one\n  cmd: echo 1\n"):
            self.write("b.yml", good + common)
            self.assertEqual(len(self.results("b.yml")), 2)
            self.assertIn(" 0 errors", self.findings("b.yml", status=0))

    def test_bench_and_check_say_the_same_of_bounds(self):
        entry = "a:\n  cmd: echo 1\n  data: {rate: {regexp: 'rate: (.*)'}}\n  derived: {half: {expr: '{rate} / 2'}}\n  expect:\n"
        for bounds, line, finding in (
                ("rate: {at_least: x}", 6, "K070"), ("rate: {at_lest: 3}", 6, "Y009"), ("rat: {at_least: 3}", 6, "Y010"),
                ("rate: 3", 6, "Y005"), ("rate: {at_least: 5, at_most: 3}", 6, "K070"),
                ("rate: {at_least: 5, targets: {pod16: {at_most: 3}}}", 6, "K070"),
                ("rate: {at_least: 5, releases: {\"3.0\": {at_most: 3}}}", 6, "K070")):
            self.write("b.yml", entry + f"    {bounds}\n")
            for said in (self.bench("b.yml", "--dry-run", expect=1).stderr, self.findings("b.yml", status=1)):
                self.assertEqual(re.findall(r"b.yml:(\d+):\d+: error\[(\w+)\]", said), [(str(line), finding)], said)
        for bounds in ("rate: {at_least: 3, at_most: 5}", "half: {at_least: 3}", "mlperf_seed: {at_least: 3}"):
            self.write("b.yml", entry + f"    {bounds}\n")
            self.bench("b.yml", "--dry-run")
            self.assertIn(" 0 errors", self.findings("b.yml", status=0))

    def test_a_figure_without_a_number_is_no_success(self):
        self.write("job.sh", self.RATES)
        self.write("b.yml", "a:\n  cmd: bash job.sh\n  data: {throughput: {regexp: 'throughput: *(.*?) samples', skip: 5}}\n"
                            "b:\n  cmd: bash job.sh\n  data:\n    throughput: {regexp: 'throughput: *(.*?) samples'}\n"
                            "    other: {regexp: 'other: *(.*?) ms'}\n")
        done = self.bench("b.yml", expect=3)
        self.assertRegex(done.stdout, "(?m)^a +silent +throughput +0 +- ")
        self.assertIn("a: throughput gave no number: 5 values printed, and none counts\n", done.stdout)
        self.assertIn("b: other gave no number: none was printed in its place\n", done.stdout)
        jobs = self.results("b.yml", expect=3)
        self.assertEqual([job["state"] for job in jobs.values()], ["silent"] * 2)
        self.assertIsNone(self.figures(jobs["b"])["throughput"]["missing"])
        suite = xml.etree.ElementTree.fromstring(self.bench("b.yml", "--format", "junit", expect=3).stdout)
        self.assertEqual([failure.get("type") for failure in suite.iter("failure")], ["silent"] * 2)

    def test_processes_without_tags_are_told_of(self):
        self.write("mpirun", "#!/bin/sh\nfor v in 100 100 100 100 100 115 115 115 115 115; do\n"
                             "  echo \"throughput: $v samples/sec\"; done\n")
        (self.folder / "mpirun").chmod(0o755)
        entry = "a:\n  cmd: ./mpirun --np {n} python3 x.py\n  parameters: {n: 'N'}\n" \
                "  data: {throughput: {regexp: 'throughput: *(.*?) samples'}}\n"
        for processes, told in ((2, True), (1, False)):
            self.write("b.yml", entry.replace("N", str(processes)))
            done = self.bench("b.yml")
            self.assertEqual(f"a:n={processes} throughput: doubt (untagged): {processes} processes write" in done.stdout,
                             told, done.stdout)
            job = self.results("b.yml")[f"a:n={processes}"]
            self.assertEqual([doubt["name"] for doubt in job["doubts"]], ["untagged"] if told else [])

    def test_what_is_doubtful_about_the_log_stands_in_every_format(self):
        self.write("job.sh", "head -c 70000 /dev/zero | tr '\\0' x; echo; " + self.RATES)
        self.write("b.yml", "a:\n  cmd: bash job.sh\n  data: {throughput: {regexp: 'throughput: *(.*?) samples'}}\n")
        done = self.bench("b.yml")
        self.assertIn("a: doubt (long_lines): 1 line longer than 65536 bytes was not looked at", done.stdout)
        self.assertRegex(done.stderr, r"doubt: 1 line longer than 65536 bytes was not looked at \(long_lines\)")
        rows = list(csv.DictReader(io.StringIO(self.bench("b.yml", "--format", "csv").stdout)))
        self.assertEqual([row["doubts"] for row in rows], ["long_lines"])
        for form in ("markdown", "html"):
            self.assertIn("(long_lines)", self.bench("b.yml", "--format", form).stdout)
        for form in ("text", "markdown", "csv", "json"):
            done = subprocess.run([PROGRAM, "report", "last", "--format", form], cwd=self.folder, capture_output=True, text=True)
            self.assertIn("long_lines", done.stdout, form)

    def test_the_closing_summary_is_no_wider_than_a_terminal(self):
        self.write("job.sh", "head -c 70000 /dev/zero | tr '\\0' x; echo; " + self.RATES)
        self.write("b.yml", "a:\n  cmd: bash job.sh\n  data: {throughput: {regexp: 'throughput: *(.*?) samples'}}\n")
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        with subprocess.Popen([PROGRAM, "bench", "b.yml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=its) as job:
            os.close(its)
            text = b""
            try:
                while piece := os.read(ours, 4096):
                    text += piece
            except OSError:  # nobody has its other end
                os.close(ours)
        self.assertEqual(job.returncode, 0)
        lines = re.sub(r"\x1b\[[0-9]*[A-Z]", "", text.decode()).replace("\r", "").splitlines()
        self.assertIn("(long_lines)", " ".join(lines))
        figures = lines[next(i for i, line in enumerate(lines) if line.startswith("  throughput")):]
        self.assertEqual([line for line in figures if len(line) > 80], [])

    def test_a_further_start_hands_on_in_a_folder_of_its_own(self):
        self.write("ipucnn.yml", "jobs:\n  both: {preset: 'tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus', then: validation, "
                                 "options: {data_dir: /data}}\n")
        done = self.bench("both", "--repeat", "2", "--dry-run")
        self.assertEqual(re.findall(r"--(?:logs-path|restore-path)[ =](\S+)", done.stdout),
                         ["logs/both"] * 2 + ["logs/both/start-2"] * 2)
        plans = json.loads(self.bench("both", "--repeat", "2", "--dry-run", "--format", "json").stdout)["plans"]
        for plan, folder in zip(plans, ("logs/both", "logs/both/start-2"), strict=True):
            self.assertEqual([plan["steps"][0]["settings"]["logs_path"], plan["steps"][1]["settings"]["restore_path"]],
                             [folder] * 2)
        done = self.bench("both", "--repeat", "2", "--site", "rehearsal", REHEARSAL_SECONDS="0.2")
        self.assertEqual([state for _, state in self.records()], ["done"] * 2, done.stderr)

    def test_skip_drops_the_first_values_and_the_old_figure_stands_beside(self):
        self.write("job.sh", self.RATES)
        self.write("b.yml", """
job:
  cmd: bash job.sh
  data: {throughput: {regexp: 'throughput: *(.*?) samples\\/sec', skip: 1}}
  output: [[samples/sec, throughput]]
  derived:
    half: {expr: "{throughput} / 2"}
""")
        job = self.results("b.yml")["job"]
        figures = self.figures(job)
        self.assertEqual(figures["throughput"]["value"], 95)
        self.assertEqual(figures["throughput"]["unit"], "samples/s")
        self.assertEqual(figures["throughput"]["as_examples_utils"], 325)
        self.assertEqual(figures["half"]["value"], 47.5)
        done = self.bench("b.yml", "--as-examples-utils")
        self.assertRegex(done.stdout, r"examples_utils\n.*95\.000 .* 325\n")

    def test_figures_of_the_old_tool(self):
        rng = random.Random(20)
        self.write("job.py", "import sys, json\nd = json.load(open(sys.argv[-1]))\n"
                             "sys.stdout.write(d[0])\nsys.stderr.write(d[1])\n")
        entries, wanted = [], {}
        for number in range(4 * SIZE):
            def text():
                words = ["1000", "90.5", "-3", "1e3", "inf", ".5", "7."]
                if rng.random() < 0.2:
                    words += ["nan", "1,024.5", "x"]
                lines = []
                for _ in range(rng.randrange(0, 8)):
                    values = " ".join(f"value={rng.choice(words)};" for _ in range(rng.choice([1, 1, 2])))
                    lines.append(rng.choice(["", "[1,0]<stdout>:", "[1,1]<stderr>:"]) + values)
                return "\n".join(lines) + rng.choice(["", "\n"])
            out, err = text(), text() if rng.random() < 0.4 else ""
            self.write(f"{number}.json", json.dumps([out, err]))
            name = rng.choice(["throughput", "latency", "loss"])
            skip, reduction = rng.randrange(0, 4), rng.choice(["mean", "mean", "final", "min", "value"])
            command = ["python3", "job.py"] + rng.choice([[], ["mpirun", "--np", "4"]]) + [f"{number}.json"]
            regexp = "value=(.*?);"
            entries.append(f"e{number}:\n  cmd: {shlex.join(command)}\n  data:\n    {name}: {{regexp: '{regexp}', "
                           f"skip: {skip}, reduction_type: {reduction}}}\n")
            wanted[f"e{number}"] = (name, examples_utils(out, err, regexp, skip, reduction, name, command))
        self.write("b.yml", "".join(entries))
        done = subprocess.run([PROGRAM, "bench", "b.yml", "--format", "json"], cwd=self.folder,
                              capture_output=True, text=True)
        jobs = {job["name"]: job for job in json.loads(done.stdout)["jobs"]}
        compared = 0
        for entry, (name, value) in wanted.items():
            if jobs[entry]["starts"][0]["state"] != "done":  # no figure was printed
                continue
            found = self.figures(jobs[entry])[name]["as_examples_utils"]
            if value is None or value in (float("inf"), float("-inf")):
                self.assertIsNone(found, entry)
            else:
                self.assertAlmostEqual(found, value, msg=entry)
                compared += 1
        self.assertGreater(compared, SIZE)

    def test_a_known_application_is_played_under_the_rehearsal(self):
        self.write("b.yml", """
train_options: &train
  data:
    throughput: {regexp: 'img/sec: *([\\d.]+)', skip: 1}
job:
  <<: *train
  cmd: >-
    poprun --num-instances 2 --num-replicas 4 --ipus-per-replica 1
    python3 train.py --config mk2_resnet50_gn_16ipus --epochs {epochs} --no-validation --data-dir /data
  parameters: {epochs: "1,2"}
other:
  cmd: bash job.sh
""")
        done = self.bench("b.yml", "--site", "rehearsal", "--app", "tensorflow1_cnns@2.3", "--dry-run", expect=1)
        self.assertIn("--num-replicas 4", done.stdout)
        self.assertRegex(done.stderr, r"error\[L060\].*cannot play")
        self.assertNotIn("# other", done.stdout)
        jobs = self.results("b.yml", "job", "--site", "rehearsal", "--app", "tensorflow1_cnns@2.3",
                            REHEARSAL_SECONDS="0.2")
        self.assertEqual([job["label"] for job in jobs.values()], ["REHEARSAL"] * 2)
        self.assertEqual(self.figures(jobs["job:epochs=2"])["throughput"]["unit"], "samples/s")
        self.assertGreater(self.figures(jobs["job:epochs=2"])["throughput"]["value"], 0)
        self.assertIsNotNone(self.figures(jobs["job:epochs=2"])["throughput"]["as_examples_utils"])

    def test_names_and_globs_choose(self):
        self.write("b.yml", "a_one:\n  cmd: echo 1\na_two:\n  cmd: echo {x}\n  parameters: {x: '2,3'}\n"
                            "b_conv:\n  cmd: echo 4\nc_bad:\n  cmd: echo {y}\n")
        def names(*words, expect=0):
            return re.findall("^# (.*)$", self.bench("b.yml", "--dry-run", *words, expect=expect).stdout, re.M)
        self.assertEqual(names(expect=1), ["a_one", "a_two:x=2", "a_two:x=3"])
        self.assertEqual(names("a_*"), ["a_one", "a_two:x=2", "a_two:x=3"])
        self.assertEqual(names("a_two:x=3", "b_conv"), ["a_two:x=3", "b_conv"])
        done = self.bench("b.yml", "--dry-run", "a_ones", expect=1)
        self.assertRegex(done.stderr, r"error\[K050\](.|\n)*did you mean 'a_one'")


class Jobs(Suite):
    FILE = """
jobs:
  fast:
    application: tensorflow1_cnns@2.3
    preset: mk2_resnet50_gn_16ipus
    target: m2000
    site: rehearsal
    options: {data_dir: /data, epochs: 2}
    expect: {throughput: {at_least: 1}}
  sweep:
    extends: fast
    sweep: {batch_size: [8, 4, -1]}
"""

    def test_of_ours_with_bounds_repeats_and_illegal_points(self):
        self.write("jobs.yml", self.FILE)
        jobs = self.results("jobs.yml", "fast", "--repeat", "3", REHEARSAL_SECONDS="0.2")
        fast = jobs["fast"]
        self.assertEqual(fast["label"], "REHEARSAL")
        self.assertEqual([start["state"] for start in fast["starts"]], ["done"] * 3)
        self.assertEqual(len({start["run"] for start in fast["starts"]}), 3)
        rate = self.figures(fast)["throughput"]
        self.assertEqual((rate["by"], rate["n"]), ("run", 3))
        self.assertEqual(rate["fulfilment"], "met")
        self.assertLessEqual(rate["interval"][0], rate["value"])
        self.assertTrue(pathlib.Path(fast["starts"][0]["run"], "explain.json").exists())
        done = self.bench("jobs.yml", "sweep", "--dry-run", expect=1)
        self.assertEqual(re.findall("^# (.*)$", done.stdout, re.M), ["sweep:batch_size=8", "sweep:batch_size=4"])
        self.assertRegex(done.stderr, r"sweep:batch_size=-1 is left out: \w\d+: ")

    def test_a_missed_bound_is_a_status_of_its_own(self):
        for bound, fulfilment, status in (("at_least: 1000000000000", "missed", 1), ("at_most: 1000000000000", "met", 0),
                                          ("at_least: 1000000000000, releases: {'2.3': {at_least: 1}}", "met", 0),
                                          ("at_least: 1, targets: {m2000: {at_least: 1000000000000}}", "missed", 1)):
            with self.subTest(bound=bound):
                self.write("jobs.yml", self.FILE.replace("at_least: 1", bound, 1))
                jobs = self.results("jobs.yml", "fast", "--repeat", "3", expect=status, REHEARSAL_SECONDS="0.1")
                self.assertEqual(self.figures(jobs["fast"])["throughput"]["fulfilment"], fulfilment)

    def test_a_bound_within_the_interval_is_inconclusive(self):
        self.write("job.sh", "for v in $*; do echo rate $v; done")
        for values, bound, fulfilment in (("98 102 97 103 99 101", "at_least: 100", "inconclusive"),
                                          ("98 102 97 103 99 101", "at_most: 100", "inconclusive"),
                                          ("98 102 97 103 99 101", "at_least: 90, at_most: 100", "inconclusive"),
                                          ("98 102 97 103 99 101", "at_least: 90, at_most: 110", "met"),
                                          ("98 102 97 103 99 101", "at_least: 100, within: 10%", "met"),
                                          # Too few for an interval: a mean alone proves nothing, on either side.
                                          ("98 102", "at_least: 1", "inconclusive"),
                                          ("98 102", "at_least: 1000", "inconclusive")):
            with self.subTest(values=values, bound=bound):
                self.write("b.yml", f"a:\n  cmd: bash job.sh {values}\n  data: {{rate: {{regexp: 'rate (\\S+)'}}}}\n"
                                    f"  expect: {{rate: {{{bound}}}}}\n")
                self.assertEqual(self.figures(self.results("b.yml")["a"])["rate"]["fulfilment"], fulfilment)
                said = f"{fulfilment} ({bound.replace(': ', ' ').replace('_', ' ').replace('10%', '10 %')})"
                self.assertIn(said, self.bench("b.yml").stdout)
        self.write("b.yml", "a:\n  cmd: bash job.sh 98 102 97 103 99 101\n  data: {rate: {regexp: 'rate (\\S+)'}}\n"
                            "  expect: {rate: {at_least: 100}}\n")
        tree = xml.etree.ElementTree.fromstring(self.bench("b.yml", "--format", "junit").stdout)
        case, = tree.iter("testcase")
        self.assertIsNone(case.find("failure"))
        self.assertIn("inconclusive (at least 100)", case.find("system-out").text)

    def test_a_figure_that_output_shows_is_one_of_the_entry(self):
        self.write("job.sh", "echo rate 5")
        self.write("b.yml", "a:\n  cmd: bash job.sh {size}\n  data: {rate: {regexp: 'rate (\\S+)'}}\n"
                            "  derived: {half: {expr: '{rate} / 2'}}\n"
                            "  output:\n    - [images/sec, raet]\n    - [half, half]\n    - {images/sec: rate}\n"
                            "    - [bs, size]\n  parameters: {size: 1}\n")
        done = self.bench("b.yml", "--format", "json")
        self.assertRegex(done.stderr, r"b.yml:6:20: warning\[Y010\]: output shows raet, which is no figure or parameter of a\n"
                                      r".*\n *\^~~~\n.*did you mean 'rate'\?")
        self.assertEqual(done.stderr.count("Y010"), 1)
        figures = {figure["metric"]: figure for figure in json.loads(done.stdout)["jobs"][0]["figures"]}
        self.assertEqual((figures["rate"]["unit"], figures["half"]["value"]), ("images/s", 2.5))

    def test_formats(self):
        self.write("b.yml", "a:\n  cmd: bash job.sh\n  data: {rate: {regexp: 'rate (\\S+)'}}\nb:\n  cmd: bash -c 'exit 4'\n")
        self.write("job.sh", "for i in 1 2 3 4 5 6; do echo rate $i; done")
        done = self.bench("b.yml", "--format", "csv", expect=3)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual([(row["job"], row["state"], row["value"]) for row in rows],
                         [("a", "done", "3.5"), ("b", "failed", "")])
        suite, = (self.folder / "runs").glob("*-bench-suite")
        self.assertEqual((suite / "results.csv").read_text(), done.stdout)
        tree = xml.etree.ElementTree.parse(suite / "results.xml").getroot()
        cases = {case.get("name"): case for case in tree.iter("testcase")}
        self.assertIsNone(cases["a"].find("failure"))
        self.assertIn("exit status 4", cases["b"].find("failure").get("message"))
        page = Page(self.bench("b.yml", "--format", "html", expect=3).stdout)
        self.assertEqual([row[:5] for row in page.rows],
                         [["job", "state", "figure", "n", "value"], ["a", "done", "rate", "6", "3.500"],
                          ["b", "failed", "", "", ""]])
        self.assertIn("b: failed: exit status 4", "".join(page.texts))
        self.assertRegex(self.bench("b.yml", "--format", "markdown", expect=3).stdout, r"(?m)^\| a \| done \| rate \|")


class Documented(Suite):
    """Graphcore's own entries, played: a rehearsal in place of IPUs."""
    VARIABLES = {"DATASETS_DIR": "/data", "POPLAR_RUNTIME_OPTIONS": "{}", "REHEARSAL_SECONDS": "0.2"}

    def play(self, release, group, *names):
        self.write("benchmarks.yml", benchmarks.spec_text(benchmarks.entries()[release][group]))
        application = f"{benchmarks.application_of(group)}@{release}"
        return self.results("benchmarks.yml", *names, "--site", "rehearsal", "--app", application, **self.VARIABLES)

    def test_trainings_by_poprun(self):
        jobs = self.play("3.2", "pytorch/train")
        wanted = benchmarks.entries()["3.2"]["pytorch/train"]
        self.assertEqual({name for name in wanted if "_conv" not in name}, set(jobs))
        for name, job in jobs.items():
            self.assertEqual((name, "done", "REHEARSAL"), (name, job["state"], job["label"]))
            self.assertEqual(set(wanted[name]["metrics"]), {one["metric"] for one in job["figures"] if one["value"]})
        suite, = (self.folder / "runs").glob("*-bench-suite")
        page = Page((suite / "results.html").read_text())
        self.assertEqual(set(jobs), {row[0] for row in page.rows[1:]} - {""})

    def test_mpirun_that_binds_to_more_cores_than_are_here(self):
        jobs = self.play("3.0", "tensorflow1", "tf1_resnet50_infer_gen_pod4:batchsize=[14],*")
        self.assertEqual(4, len(jobs))
        self.assertEqual({"done"}, {job["state"] for job in jobs.values()})
        self.assertTrue(all(self.figures(job)["throughput"]["value"] > 0 for job in jobs.values()))

    @unittest.skipUnless(SIZE > 6, "all of them take minutes")
    def test_all_of_a_release(self):
        for group in benchmarks.entries()["3.0"]:
            with self.subTest(group=group):
                self.write("benchmarks.yml", benchmarks.spec_text(benchmarks.entries()["3.0"][group]))
                done = subprocess.run(
                    [PROGRAM, "bench", "benchmarks.yml", "--site", "rehearsal", "--app",
                     f"{benchmarks.application_of(group)}@3.0", "--format", "json", "--output", group.replace("/", "_")],
                    cwd=self.folder, capture_output=True, text=True, env={**os.environ, **self.VARIABLES})
                states = [job["state"] for job in json.loads(done.stdout)["jobs"]]
                self.assertEqual({"done"}, set(states) - {"illegal"}, done.stderr)


class Many(Suite):
    def test_jobs_of_a_scheduler_cost_a_submission_each_and_few_questions(self):
        """bench/campaigns.py's stand-in of a scheduler, by counts; docs/numbers.md has its figures for 10,000."""
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
        import campaigns
        jobs = 20 * SIZE
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + program.KEEPS_LITTLE
        with unittest.mock.patch.dict(os.environ, ASAN_OPTIONS=sanitizer):
            # States and figures are held there.
            _, _, questions, early, most = campaigns.measure(PROGRAM, jobs, self.folder)
        self.assertLess(questions, jobs)
        self.assertLess(most, 2 * early)


class Pictures(Suite):
    def test_of_values_that_differ_in_their_last_digits(self):
        """No axis has ticks between them; looking for some took all memory."""
        self.write("b.yml", "a:\n  cmd: echo rate {v}\n  parameters: {v: '4000.5,4000.5000000000005'}\n"
                            "  data: {rate: {regexp: 'rate (\\S+)'}}\n")
        done = self.bench("b.yml", "--format", "html")
        self.assertIn("4000.5", "".join(Page(done.stdout).texts) + done.stdout)


class Sweeps(Suite):
    WORDS = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", "/data", "--site", "rehearsal",
             "--epochs", "2"]

    def run_it(self, *words, expect=0):
        done = subprocess.run([PROGRAM, "run", *self.WORDS, *words], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "REHEARSAL_SECONDS": "0.1"}, timeout=300)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def points(self, *words, expect=0):
        """Micro batch, accumulation and replicas of each planned point."""
        done = self.run_it(*words, "--dry-run", "--format", "json", expect=expect)
        plans = json.loads(done.stdout)
        found = []
        for plan in plans.get("plans", [plans]):
            figures = plan["steps"][0]["geometry"]
            self.assertEqual(figures["micro_batch"] * figures["accumulation"] * figures["replicas"],
                             figures["global_batch"])
            found.append((figures["micro_batch"], figures["accumulation"], figures["replicas"]))
        return found

    def test_of_a_figure_choose_batch_and_accumulation(self):
        self.assertEqual(self.points("--sweep", "global_batch=512,1024,96"),
                         [(8, 4, 16), (8, 8, 16), (6, 1, 16)])
        self.assertEqual(self.points("--sweep", "global-batch=1024,1000", expect=1), [(8, 8, 16)])
        self.assertEqual(self.points("--sweep", "target=m2000,pod16"), [(8, 32, 4), (8, 8, 16)])

    def test_keep_the_global_batch_where_they_are_asked_to(self):
        self.assertEqual(self.points("--sweep", "batch_size=4,8,16"), [(4, 8, 16), (8, 8, 16), (16, 8, 16)])
        self.assertEqual(self.points("--sweep", "batch_size=4,8,16", "--keep", "global-batch"),
                         [(4, 16, 16), (8, 8, 16), (16, 4, 16)])
        done = self.run_it("--sweep", "batch_size=4,3", "--keep", "global-batch", "--dry-run", expect=1)
        self.assertIn("error[B020]", done.stderr)
        self.assertEqual(len(self.points("--sweep", "batch_size=4,8", "--sweep", "weight_decay=0.1,0.2")), 4)

    def test_run_in_turn_and_end_in_one_table(self):
        done = self.run_it("--target", "m2000", "--sweep", "batch_size=8,4", "--sweep", "instances=2,3", expect=1)
        rows = re.findall(r"(?m)^tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus:(\S+)  +(\w+)", done.stdout)
        self.assertEqual(sorted(rows), [("batch_size=4,instances=2", "done"), ("batch_size=4,instances=3", "illegal"),
                                        ("batch_size=8,instances=2", "done"), ("batch_size=8,instances=3", "illegal")])
        self.assertRegex(done.stdout, "instances=3: not run: P00[0-9]: ")

    def test_out_of_memory_is_a_result_of_a_point(self):
        (self.folder / "train.py").write_text("""
import sys
size = int(sys.argv[sys.argv.index("--micro-batch-size") + 1])
print("Command line: train.py", flush=True)
told = "Out of memory on" + f" tile 17: {size * 100000} bytes used but tiles only have 638976 bytes of memory"
if size > 4:
    raise RuntimeError(told)
for step in range(20):
    print(f"step: {step}, iteration: {step}, epoch: 0.1, img/sec: {size * 100:.1f}, time: 0.1", flush=True)
""")
        self.write("b.yml", "rate:\n  cmd: python3 train.py --model resnet --model-size 50 --dataset imagenet --synthetic-data "
                            "--no-validation\n  data: {throughput: {regexp: 'img/sec: *(.*?),'}}\n")
        words = ("b.yml", "--app", "tensorflow1_cnns@2.6", "--sweep", "micro_batch_size=2,8,4", "--preflight", "skip")
        done = self.bench(*words, expect=3)
        rows = re.findall(r"(?m)^rate:(\S+)  +(\w+)", done.stdout)
        self.assertEqual(rows, [("micro_batch_size=2", "done"), ("micro_batch_size=8", "failed"),
                                ("micro_batch_size=4", "done")])
        self.assertRegex(done.stdout, r"(?m)^rate:micro_batch_size=8: failed in compile: exit status 1 \(tile-memory: "
                                      r"RuntimeError: Out of memory on tile 17: 800000 bytes used but tiles only have 638976 bytes of memory\)")
        suite, = (self.folder / "runs").glob("*-bench-suite")
        jobs = {job["name"]: job for job in json.loads((suite / "results.json").read_text())["jobs"]}
        start, = jobs["rate:micro_batch_size=8"]["starts"]
        self.assertEqual(start["messages"], ["tile-memory"])
        self.assertIn("on tile 17: 800000 bytes", start["lines"][0])
        self.assertEqual(start["phase"], "compile")
        self.assertEqual(self.figures(jobs["rate:micro_batch_size=4"])["throughput"]["value"], 400)

    def test_stand_in_one_picture(self):
        self.run_it("--target", "m2000", "--sweep", "batch_size=8,4,2", "--sweep", "instances=1,2")
        written, = (self.folder / "runs").glob("*-bench-sweep/results.html")
        page = Page(written.read_text())
        self.assertEqual({row[0].split(":")[-1] for row in page.rows[1:]} - {""},
                         {f"batch_size={size},instances={n}" for size in (8, 4, 2) for n in (1, 2)})
        self.assertGreater(page.pictures, 0)
        drawn = " ".join(page.drawn)
        self.assertIn("batch_size", drawn)  # the axis; instances tell the curves apart
        self.assertIn("instances=1", " ".join(page.keys))
        self.assertIn("instances=2", " ".join(page.keys))

    def test_take_counts_alone(self):
        wrong = ["batch_size=4..8,16x", "batch_size=a", "batch_size=1e1", "batch-size=8.5", "batch_size=0",
                 "batch_size=-4", "gradient_accumulation_count=q", "gradient_accumulation_count=0", "global_batch=x",
                 "global-batch=1k", "global_batch=0", "global_batch=99999999999999999999",
                 "batch_size=99999999999999999999"]
        for words in ([sweep] for sweep in wrong):
            for more in ([], ["--keep", "global-batch"]):
                with self.subTest(words + more):
                    done = self.run_it("--sweep", *words, *more, "--dry-run", expect=1)
                    self.assertIn("error[", done.stderr)
                    self.assertNotIn("--batch-size", done.stdout)
        done = self.run_it("--sweep", "batch_size=a", "--dry-run", expect=1)
        self.assertIn("error[K012]", done.stderr)
        done = self.run_it("--sweep", "batch_size=4,8", "--set", "gradient_accumulation_count=q", "--dry-run", expect=1)
        self.assertIn("error[K012]", done.stderr)

    def test_are_not_named_after_values_that_they_do_not_have(self):
        for words in (["--sweep", "batch_size=4,8", "--batch-size", "2"], ["--sweep", "batch-size=4,8", "--batch-size=2"],
                      ["--sweep", "batch_size=4,8", "--batch-siz", "2"],
                      ["--sweep", "batch_size=4,8", "--sweep", "batch_size=2"],
                      ["--sweep", "batch_size=4,8", "--sweep", "batch-size=2"],
                      ["--sweep", "batch_size=4,8", "--set", "batch_size=2"],
                      ["--sweep", "batch_size=4,8", "--unset", "batch-size"],
                      ["--sweep", "target=pod16,pod64", "--target", "pod4"],
                      ["--sweep", "global_batch=512", "--global-batch", "1024"],
                      ["--sweep", "weight_decay=1,2", "--weight-decay", "3"]):
            with self.subTest(words):
                done = self.run_it(*words, "--dry-run", expect=1)
                self.assertIn("is swept and given as well", done.stderr)
                self.assertNotIn("train.py", done.stdout)

    def test_misspelt(self):
        for words in (["--sweep", "batch_size"], ["--sweep", "batch_size=4,,8"], ["--sweep", "bach_size=4"]):
            self.run_it(*words, expect=1)


class Ends(Suite):
    def test_says_what_it_means(self):
        self.write("b.yml", "good:\n  cmd: 'true'\nbad:\n  cmd: 'false'\n")
        self.bench("b.yml", "good")
        self.bench("b.yml", expect=3)
        self.bench("missing.yml", expect=2)
        self.bench("b.yml", "--repeat", "0", expect=2)
        self.write("empty.yml", "jobs: {}\n")
        self.bench("empty.yml", expect=2)

    def test_after_some_failures_nothing_more_is_begun(self):
        self.write("b.yml", "".join(f"e{i}:\n  cmd: 'false'\n" for i in range(5)))
        jobs = self.results("b.yml", "--max-failures", "2", expect=3)
        self.assertEqual([job["state"] for job in jobs.values()], ["failed"] * 2 + ["waiting"] * 3)
        self.assertEqual(len(self.records()), 2)

    def test_resume_starts_what_is_not_done(self):
        self.write("job.sh", "echo $1 >> started; test -e mended -o $1 != b")
        self.write("b.yml", "".join(f"{i}:\n  cmd: bash job.sh {i}\n" for i in "abc"))
        self.bench("b.yml", expect=3)
        (self.folder / "mended").touch()
        self.assertEqual(re.findall("^# (.*)$", self.bench("b.yml", "--resume", "--dry-run").stdout, re.M), ["b"])
        jobs = self.results("b.yml", "--resume")
        self.assertEqual({job["state"] for job in jobs.values()}, {"done"})
        self.assertEqual((self.folder / "started").read_text().split(), ["a", "b", "c", "b"])
        # What is not as it was is another job.
        self.write("b.yml", "a:\n  cmd: bash job.sh a2\n")
        self.bench("b.yml", "--resume")
        self.assertEqual((self.folder / "started").read_text().split()[-1], "a2")
        # Nor is one done whose run was cleaned away, with its figures.
        for record in (self.folder / "runs").glob("*/record.json"):
            shutil.rmtree(record.parent)
        self.assertIn("is gone, so it begins anew", self.bench("b.yml", "--resume").stderr)
        self.assertEqual((self.folder / "started").read_text().split()[-2:], ["a2", "a2"])

    def test_an_interrupt_ends_the_suite(self):
        self.write("b.yml", "a:\n  cmd: sleep 60\nb:\n  cmd: touch b\n")
        process = subprocess.Popen([PROGRAM, "bench", "b.yml"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while not list((self.folder / "runs").glob("*/benchmark/1/stdout.log")):
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertRegex(out, "(?m)^a +interrupted")
        self.assertFalse((self.folder / "b").exists())

    def test_two_do_not_write_one_journal(self):
        self.write("b.yml", "a:\n  cmd: sleep 60\n")
        first = subprocess.Popen([PROGRAM, "bench", "b.yml"], cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        while not list((self.folder / "runs").glob("*/benchmark/1/stdout.log")):
            time.sleep(0.02)
        done = self.bench("b.yml", "--resume", expect=3)
        self.assertIn("another ipucnn is running", done.stderr)
        first.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait(60), 143)


class Killed(Suite):
    """kill -9 at random moments, again and again, until all is done."""

    def journal(self):
        suite, = (self.folder / "runs").glob("*-bench-suite")
        return suite / "journal.jsonl"

    def test_no_job_is_run_after_it_was_done_and_none_is_lost(self):
        rng = random.Random(int(os.environ.get("IPUCNN_SEED", "7")))
        jobs = [f"j{i}" for i in range(8)]
        # Three kills come before all can be done, however fast the machine is.
        self.write("job.sh", "sleep 0.$1; echo figure 1")
        self.write("b.yml", "".join(f"{job}:\n  cmd: bash job.sh {rng.randrange(10, 20)}\n"
                                    "  data: {figure: {regexp: 'figure (\\S+)'}}\n" for job in jobs))
        done_before, kills = [], 0
        for _ in range(200):
            process = subprocess.Popen([PROGRAM, "bench", "b.yml", "--resume"], cwd=self.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                       start_new_session=True)
            try:
                process.wait(rng.uniform(0.0, 0.25 if kills < 3 else 0.5) if kills < SIZE * 3 else 60)
                self.assertEqual(process.returncode, 0, process.stderr.read())
                process.stderr.close()
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                process.stderr.close()
                kills += 1
            journals = list((self.folder / "runs").glob("*-bench-suite/journal.jsonl")) \
                if (self.folder / "runs").exists() else []
            if journals and rng.random() < 0.3:  # a line that was being written
                with open(journals[0], "ab") as file:
                    file.write(b'{"item":"0123","sta')
        self.assertGreater(kills, 2)
        suites = list((self.folder / "runs").glob("*-bench-suite"))
        # A folder without a journal is one of a suite that was killed before it began.
        journal, = [suite / "journal.jsonl" for suite in suites if (suite / "journal.jsonl").exists()]
        state, done = {}, {}
        names = {}
        for line in journal.read_text().split("\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if "item" not in entry:
                continue
            item = entry["item"]
            if entry["state"] == "begun":
                names[item] = entry["name"]
                self.assertNotIn(item, done, f"{names[item]} was begun after it was done")
            if entry["state"] == "ended" and entry["end"] == "done":
                done[item] = True
            state[item] = entry["state"]
        self.assertEqual(sorted(names.values()), jobs)
        self.assertEqual(len(done), len(jobs))
        # The folders say the same: of each job one run is done, and it is the newest.
        ended = [job for job, end in self.records() if end == "done"]
        self.assertEqual(sorted(ended), jobs)
        self.assertEqual(len(json.loads((journal.parent / "results.json").read_text())["jobs"]), len(jobs))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
