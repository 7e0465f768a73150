"""Reports of logs whose figures are known: every source and format, held to Python's own readers.

Run: /usr/bin/python3 tests/report_test.py PROGRAM
"""

import csv
import gzip
import html.parser
import io
import json
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
APP = ["--app", "tensorflow1_cnns@2.3"]

# Two instances of a training and the validation of two checkpoints, as the application prints them.
RATES = {0: [3984.21, 4350.02, 4362.37, 4351.5, 4349.9, 4360.25],
         1: [3984.11, 4349.89, 4362.24, 4351.4, 4349.8, 4360.15]}
CHECKPOINTS = [(0, 0.097), (2793, 31.482), (5453, 45.907), (8000, 45.1)]


def lines_of(instance):
    lines = ["Compilation time: 412.05s."]
    for step, rate in enumerate(RATES[instance], 1):
        lines.append(f"step: {step:6}, iteration: {step * 133:6}, epoch: {step * 0.2:6.2f}, lr:      0, "
                     f"loss: {7 - step * 0.1:6.3f}, top-1 accuracy: {step:6.3f}%, img/sec: {rate:8}, "
                     f"time: 0.441241, total_time:     {step * 60.0}")
    for number, accuracy in CHECKPOINTS:
        lines.append(f"Validation top-1 accuracy [None] (iteration: {number:6}, epoch:   1.00, img/sec: "
                     f"2261.94, time: 22.104871, latency (ms):  -1.0000: {accuracy:6.3f}%")
    return lines


def plain_log():
    return "".join(line + "\n" for line in lines_of(0))


def tagged_log(rng=None):
    """The lines of both, whole and in turn, or mixed at random bytes as ranks without line ends are."""
    texts = {rank: "".join(line + "\n" for line in lines_of(rank)) for rank in RATES}
    if rng is None:
        pairs = zip(*(lines_of(rank) for rank in RATES))
        return "".join(f"[1,{rank}]<stdout>:{line}\n" for pair in pairs for rank, line in enumerate(pair))
    out, last_ended = "", True
    while any(texts.values()):
        rank = rng.choice([r for r in texts if texts[r]])
        size = rng.randint(1, 90)
        piece, texts[rank] = texts[rank][:size], texts[rank][size:]
        # mpirun writes a tag for each piece it reads, and one anew behind each line end.
        parts = piece.splitlines(keepends=True)
        out += "".join(f"[1,{rank}]<stdout>:{part}" for part in parts)
        last_ended = piece.endswith("\n")
    return out if last_ended else out + "\n"


class Page(html.parser.HTMLParser):
    """The pictures of a page: ticks of the y axis and dots, by picture."""

    def __init__(self, text):
        super().__init__()
        self.pictures, self.inside, self.tick = [], None, None
        self.outside = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag in ("link", "img", "iframe") or "src" in found or "href" in found:
            self.outside.append(tag)
        if tag == "svg":
            self.inside = {"name": found["aria-label"], "ticks": [], "dots": []}
            self.pictures.append(self.inside)
        elif tag == "text" and found.get("class") == "tick y":
            self.tick = float(found["y"]) - 4
        elif tag == "circle":
            self.inside["dots"].append((found["class"], float(found["cx"]), float(found["cy"])))

    def handle_data(self, data):
        if self.tick is not None:
            self.inside["ticks"].append((self.tick, float(data)))
            self.tick = None


class Reports(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def report(self, *words, text=None, status=0):
        result = subprocess.run([PROGRAM, "report", *words], cwd=self.folder.name, capture_output=True,
                                input=b"" if text is None else text)
        self.assertEqual(result.returncode, status, result.stderr.decode())
        return result.stdout.decode() if status == 0 else result.stderr.decode()

    def write(self, name, content):
        path = pathlib.Path(self.folder.name, name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def test_read_what_comes_through_a_pipe_with_a_name(self):
        packed = self.write("x.log.gz", gzip.compress(tagged_log().encode()))
        wanted = self.report(packed, *APP, "--format", "csv").split("\n", 1)[1].replace(packed, "")
        for command in (f"'{PROGRAM}' report <(cat {packed}) {' '.join(APP)} --format csv",
                        f"cat {packed} | '{PROGRAM}' report /dev/stdin {' '.join(APP)} --format csv"):
            done = subprocess.run(["bash", "-c", command], cwd=self.folder.name, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = re.sub("(?m)^/dev/[a-z0-9/]*", "", done.stdout.split("\n", 1)[1])
            self.assertEqual(found, wanted.replace(self.folder.name + "/", ""))

    def test_take_lines_out_of_the_records_of_a_collector(self):
        log = tagged_log()
        wanted = self.metrics(self.write("x.log", log))
        lines = [line + "\n" for line in log.splitlines()]
        escaped = [json.dumps(line).replace("<", "\\u003c").replace(">", "\\u003E").replace("g", "\\u0067")
                   for line in lines]
        docker = [f'{{"log":{line},"stream":"stdout","time":"2026-11-28T00:00:00Z"}}\n' for line in escaped]
        lines[0] = "y" * (16384 - 60) + lines[0]
        parts = "".join(json.dumps({"log": part, "stream": "stdout"}) + "\n"
                        for line in lines for part in (line[:16384], line[16384:]) if part)
        journal = "".join(json.dumps({"__REALTIME_TIMESTAMP": "1", "MESSAGE": line.rstrip()}) + "\n" for line in lines)
        for text in ("".join(docker), "".join(docker).rstrip("\n"), parts, journal):
            self.assertEqual(self.metrics(self.write("y.log", text)), wanted)
        # What does not begin with a record is none, whatever stands in it.
        self.assertEqual(self.metrics(self.write("y.log", "begin\n" + docker[0] + log))["throughput"]["n"],
                         wanted["throughput"]["n"])

    def test_see_a_table_behind_what_a_collector_puts_in_front(self):
        rows = "".join(f"{step:6} {step / 10:5.1f} {500.0 + step:7.1f} {6.5:6.3f} {0.1:8.5f}\n"
                       for step in (1, 10, 20, 30, 40, 50))
        table = "  Step Epoch Img/sec   Loss        LR\n" + rows
        app = ["--app", "nvcnn_hvd", "--format", "csv"]

        def figures(text):
            found = list(csv.DictReader(io.StringIO(self.report(self.write("t.log", text), *app))))
            return {row["metric"]: (row["n"], row["mean"], row["last"]) for row in found}
        wanted = figures(table)
        self.assertGreater(len(wanted), 2)
        for prefix in ("2026-11-28T03:32:02.123456789Z ", "nvcnn-1  | ", "0: ", "Nov 28 03:32:02 host run[123]: ",
                       "Nov  8 03:32:02 host run[123]: "):
            text = "".join(prefix + line for line in table.splitlines(keepends=True))
            self.assertEqual(figures("a line before\n" + text), wanted, prefix)

    def metrics(self, *words, **options):
        run = json.loads(self.report(*words, *APP, "--format", "json", **options))["runs"][0]
        return {metric["name"]: metric for metric in run["metrics"]}

    def test_have_the_figures_worked_by_hand(self):
        found = self.metrics(self.write("log", tagged_log()))["throughput"]
        kept = [(a + b) / 2 for a, b in zip(RATES[0][1:], RATES[1][1:])]
        self.assertEqual(found["n"], 5)
        self.assertAlmostEqual(found["mean"], statistics.mean(kept))
        self.assertAlmostEqual(found["median"], statistics.median(kept))
        self.assertAlmostEqual(found["stddev"], statistics.stdev(kept))
        self.assertAlmostEqual(found["over_time"], statistics.harmonic_mean(kept))
        self.assertEqual(found["per_instance"], {str(rank): rates for rank, rates in RATES.items()})
        self.assertEqual([d["index"] for d in found["discarded"]], [0, 0])

    def test_never_average_accuracies(self):
        found = self.metrics(self.write("log", tagged_log()))["validation_accuracy"]
        self.assertIsNone(found["mean"])
        self.assertEqual([(row["at"], row["value"], row["best"]) for row in found["checkpoints"]],
                         [(n, a, a == 45.907) for n, a in CHECKPOINTS])
        text = self.report("log", *APP)
        self.assertRegex(text, r"5453 +45.907 % +best")

    def test_do_not_depend_on_how_instances_are_mixed(self):
        whole = self.metrics(self.write("log", tagged_log()))
        for seed in range(10):
            mixed = self.metrics(self.write("mixed", tagged_log(random.Random(seed))))
            self.assertEqual({name: m["per_instance"] for name, m in mixed.items()},
                             {name: m["per_instance"] for name, m in whole.items()}, seed)

    def test_read_packed_files_and_standard_input(self):
        log = plain_log().encode()
        whole = self.metrics(self.write("log", log))
        self.assertEqual(self.metrics(self.write("log.gz", gzip.compress(log))), whole)
        # Two packed files in a row are one.
        self.assertEqual(self.metrics(self.write("two.gz", gzip.compress(log[:500]) +
                                                 gzip.compress(log[500:]))), whole)
        self.assertEqual(self.metrics("-", text=log), whole)
        self.assertEqual(self.metrics("-", text=gzip.compress(log)), whole)
        self.assertIn("ends in the middle", self.report(
            self.write("cut.gz", gzip.compress(log)[:-20]), *APP, status=2))
        self.assertIn("cannot unpack", self.report(
            self.write("bad.gz", b"\x1f\x8bnot packed at all, but it begins so"), *APP, status=2))
        if shutil.which("zstd"):
            packed = subprocess.run(["zstd", "-c"], input=log * 3000, capture_output=True, check=True)
            found = self.metrics(self.write("log.zst", packed.stdout))["throughput"]
            self.assertEqual(found["per_instance"]["0"], RATES[0] * 3000)
            self.assertIn("ends in the middle", self.report(
                self.write("cut.zst", packed.stdout[:-20]), *APP, status=2))

    def test_leave_out_and_choose_as_asked(self):
        log = self.write("log", plain_log())
        self.assertEqual(self.metrics(log, "--discard", "0")["throughput"]["n"], 6)
        self.assertEqual(self.metrics(log, "--discard", "4")["throughput"]["n"], 2)
        self.assertEqual(list(self.metrics(log, "--metric", "loss", "--metric", "throughput")),
                         ["throughput", "loss"])
        self.assertIn("no figure 'nosuch'", self.report(log, *APP, "--metric", "nosuch", status=2))
        for wrong, says in (("-1", "from 0 on, or warm-up"), ("2.5", "from 0 on, or warm-up"), ("", "from 0 on"),
                            ("010x", "from 0 on"), ("99999999999999", "of at most ")):
            said = self.report(log, *APP, f"--discard={wrong}", status=2)
            self.assertIn(f"--discard needs a whole number {says}", said)
            self.assertIn(f", not '{wrong}'", said)
            self.assertRegex(said, r"command line:1:\d+")
        self.assertEqual(self.metrics(log, "--discard", "3", "--discard", "0")["throughput"]["n"], 6)
        self.assertIn("--app", self.report(log, status=2))

    def test_know_the_places_of_what_alone_is_asked_for(self):
        log = self.write("log", plain_log())
        (name, found), = self.metrics(log, "--metric", "validation_accuracy").items()
        self.assertEqual((name, [(row["at"], row["value"]) for row in found["checkpoints"]]),
                         ("validation_accuracy", CHECKPOINTS))
        self.assertIn("at validation_iteration 8000", self.report(log, *APP, "--metric", "validation_accuracy"))
        self.assertIn("left out: the first 6 values", self.report(log, *APP, "--metric", "throughput", "--discard", "99"))

    def test_leave_out_the_first_values_of_each_start(self):
        """A job that Slurm has put back into its queue appends to its log."""
        log = self.write("log", plain_log() + plain_log())
        for words in ((), ("--metric", "throughput")):
            found = self.metrics(log, *words)["throughput"]
            self.assertEqual(([row["index"] for row in found["discarded"]], found["n"]), ([0, 6], 10))
            self.assertIn("several_starts", [doubt["name"] for doubt in found["doubts"]])
        self.assertIn("left out: the first value of each start", self.report(log, *APP))

    def test_leave_out_a_warm_up_on_request(self):
        # The first does not count anyway; then three that are far off, of both instances.
        rates = [10, 400, 600, 800] + [1000 + i % 5 for i in range(40)]
        log = self.write("log", "".join(f"[1,{rank}]<stdout>:step: {i}, loss: 1, img/sec: {rate}\n"
                                        for i, rate in enumerate(rates) for rank in (0, 1)))
        self.assertEqual(self.metrics(log)["throughput"]["n"], 43)
        found = self.metrics(log, "--discard", "warm-up")
        self.assertEqual((found["throughput"]["n"], found["throughput"]["min"]), (40, 1000))
        self.assertEqual(found["throughput"]["mean"], statistics.mean(rates[4:]))
        self.assertEqual(len(found["throughput"]["discarded"]), 8)
        self.assertNotIn("warming_up", [d["name"] for d in found["throughput"]["doubts"]])
        self.assertEqual(len(found["loss"]["discarded"]), 0)
        self.assertEqual(self.metrics(log, "--discard", "3", "--discard", "warm-up"), found)
        self.assertIn("whole number from 0 on, or warm-up, not 'later'",
                      self.report(log, *APP, "--discard", "later", status=2))

    def test_hold_values_whose_squares_no_number_can(self):
        for rates in ([1] + [1e308] * 7 + [1.5e308] * 5, [1e-320] * 6 + [3e-320] * 7,
                      [1e200] * 6 + [3e200] * 7, [1e308, 1e-308] * 7, list(range(1, 9)) + [1.7e308]):
            log = self.write("big.log", "".join(f"step: {i}, img/sec: {rate!r}\n" for i, rate in enumerate(rates)))
            for form in ("text", "json", "csv", "markdown", "html"):
                self.report(log, *APP, "--metric", "throughput", "--format", form)

    def test_say_that_nothing_was_printed(self):
        for content in ("", "hello\n", bytes(range(256)) * 9):
            self.assertIn("nothing that is measured was printed", self.report(self.write("log", content), *APP))

    def test_find_values_that_are_missing(self):
        # The last is a line whose last blank an editor has taken away.
        for line in ("step: 9, img/sec: , x\n", "step: 9, img/sec: \n", "step: 9, img/sec:\n"):
            found = self.metrics(self.write("log", plain_log() + line))
            self.assertEqual(found["throughput"]["unreadable"], 1, line)
        found = self.metrics(self.write("log", plain_log() + "step: 9, img/sec:5, x\n"))
        self.assertEqual(found["throughput"]["unreadable"], 0)  # another text

    def test_count_what_is_no_number(self):
        for text in ("nan", "inf", "1,024.5", "", "1_0", "0x10"):
            found = self.metrics(self.write("log", plain_log() + f"step: 9, img/sec: {text}, x\n"))
            self.assertEqual(found["throughput"]["unreadable"], 1, text)
            self.assertEqual(found["throughput"]["n"], 5, text)
            self.assertIn("unreadable", [d["name"] for d in found["throughput"]["doubts"]])

    def test_can_explain_the_figure_of_the_old_tool(self):
        """Its own rule, written down anew: every match a float, sorted, the lowest `skip` dropped."""
        for log in (plain_log(), tagged_log()):
            values = sorted(float(v) for v in re.findall(r"step:.*img/sec: +([0-9.]+)", log))
            found = self.metrics(self.write("log", log), "--as-examples-utils")["throughput"]
            self.assertAlmostEqual(found["as_examples_utils"], statistics.mean(values[1:]))
        self.assertNotIn("as_examples_utils", self.metrics("log")["throughput"])

    def test_are_tables_for_other_programs(self):
        log = self.write("log", tagged_log())
        rows = list(csv.DictReader(io.StringIO(self.report(log, *APP, "--format", "csv"))))
        figures = self.metrics(log)
        self.assertEqual([row["metric"] for row in rows],
                         [name for name, found in figures.items() if found["per_instance"]])
        for row in rows:
            mean = figures[row["metric"]]["mean"]
            self.assertEqual(row["mean"], "" if mean is None else repr(mean).removesuffix(".0"))
        table = self.report(log, *APP, "--format", "markdown").splitlines()
        for head, line in ((i, table[i + 1]) for i, t in enumerate(table) if t.startswith("| figure")):
            self.assertEqual(line.count("|"), table[head].count("|"))

    def test_draw_every_value_where_its_axis_says(self):
        page = Page(self.report(self.write("log", tagged_log()), *APP, "--format", "html"))
        self.assertEqual(page.outside, [])
        picture = next(p for p in page.pictures if p["name"].startswith("throughput by instance"))
        (y0, v0), (y1, v1) = picture["ticks"][0], picture["ticks"][-1]
        self.assertGreaterEqual(len(picture["ticks"]), 3)
        drawn = [v0 + (y - y0) * (v1 - v0) / (y1 - y0) for kind, _, y in picture["dots"] if kind == "dot"]
        for value, expected in zip(drawn, RATES[0][1:] + RATES[1][1:], strict=True):
            self.assertAlmostEqual(value, expected, delta=abs((v1 - v0) / (y1 - y0)) * 0.02)
        left_out = [dot for dot in picture["dots"] if dot[0] == "left-out"]
        self.assertEqual(len(left_out), 2)
        self.assertGreater(v0, 4300)  # they do not set the scale, and stand at its lower edge
        self.assertTrue(all(y >= max(dot[2] for dot in picture["dots"]) for _, _, y in left_out))
        across = [x for kind, x, _ in picture["dots"]]
        self.assertEqual(across[:6], sorted(across[:6]))
        self.assertFalse([p for p in page.pictures if p["name"].endswith(" by run")])

    def test_draw_several_runs_in_one_picture(self):
        rates = {"a": [90, 100, 110.5, 104], "b": [95, 102, 103]}
        for name, values in rates.items():
            self.write(name, "".join(f"step: {i}, loss: {7 - i / 2}, img/sec: {v}\n" +
                                     (f"step: 5, lr: {i}\n" if i < 2 else "") for i, v in enumerate(values)))
        text = self.report(*rates, *APP, "--format", "html")
        pictures = {picture["name"]: picture for picture in Page(text).pictures if "by run" in picture["name"]}
        # The first rate of each does not count, and what is the same in both makes no picture.
        self.assertIn("the same in each run: lr<", text)
        self.assertEqual(set(pictures), {"throughput by run", "loss by run"})
        for name, expected in (("throughput", rates["a"][1:] + rates["b"][1:]), ("loss", [7, 6.5, 6, 5.5, 7, 6.5, 6])):
            picture = pictures[f"{name} by run"]
            (y0, v0), (y1, v1) = picture["ticks"][0], picture["ticks"][-1]
            drawn = [v0 + (y - y0) * (v1 - v0) / (y1 - y0) for _, _, y in picture["dots"]]
            for value, right in zip(drawn, expected, strict=True):
                self.assertAlmostEqual(value, right, delta=abs((v1 - v0) / (y1 - y0)) * 0.02)
        figure = text[text.index("side by side"):text.index("loss by run")]
        for key, run in (("c0", "a"), ("c1", "b")):
            self.assertRegex(figure, rf'class="key of-curve {key}"[^>]*>{run}<')


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(module=__name__)
