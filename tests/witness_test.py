"""csv files that an application writes beside its log, held to it: by hand and by whole rehearsals.

Run: /usr/bin/python3 tests/witness_test.py PROGRAM
"""

import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""

# What a training printed and kept; the log rounds where the file does not.
RATES = [1698.6152304742188, 1872.1752824108155, 1877.85621196302, 1875.402918595792]
LOSSES = [6.941, 6.8860004, 6.8310001, 6.776]
COLUMNS = ["step", "iteration", "epoch", "lr", "loss_batch", "loss_avg", "train_acc_batch",
           "train_acc_avg", "it_time", "img_per_sec", "total_time"]


def line(step, instance=0):
    rate = RATES[step - 1] - instance
    return (f"step: {step:6}, iteration: {step * 208:6}, epoch: {step * 0.1246863:6.2f}, "
            f"lr: {step * 0.008998242290135105:6.4}, loss: {LOSSES[step - 1]:6.3f}, "
            f"top-1 accuracy: {step * 0.12:6.3f}%, img/sec: {rate:6.2f}, time: {0.41:8.6f}, "
            f"total_time: {step * 85.0:8.1f}")


def row(step):
    return {"step": step, "iteration": step * 208, "epoch": step * 0.1246863,
            "lr": step * 0.008998242290135105, "loss_batch": 1, "loss_avg": LOSSES[step - 1],
            "train_acc_batch": 1, "train_acc_avg": step * 0.12, "it_time": 0.41,
            "img_per_sec": RATES[step - 1], "total_time": step * 85.0}


def table(rows, columns=tuple(COLUMNS)):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore")  # ends lines with CR LF
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_program(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder),
                                   "REHEARSAL_SECONDS": "0.2"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def report(self, *words):
        """Of each step: the csv files, and the names and texts of what is doubtful of it."""
        found = json.loads(self.run_program("report", *words, "--format", "json"))["runs"]
        return [(run["csv"], {doubt["name"]: doubt["says"] for doubt in run["doubts"]})
                for run in found]


class LogAndFile(Case):
    steps = (1, 2, 3, 4)

    def of(self, text, log=None, app=("--app", "tensorflow1_cnns@2.3"), name="training.csv"):
        log = "".join(line(step) + "\n" for step in self.steps) if log is None else log
        (self.folder / "log.txt").write_text(log)
        (self.folder / name).write_bytes(text.encode())
        ((files, doubts),) = self.report("log.txt", *app)
        self.assertEqual(len(files), 1)
        return files[0], doubts


    def rows(self):
        return [row(step) for step in self.steps]


class ByHand(LogAndFile):
    def test_a_file_that_says_the_same_agrees(self):
        file, doubts = self.of(table(self.rows()))
        self.assertEqual((file["rows"], file["figures"], file["agree"]), (4, 24, 24))
        self.assertEqual(sorted(file["metrics"]),
                         ["accuracy", "epoch", "iteration", "loss", "lr", "throughput"])
        self.assertEqual(doubts, {})
        self.assertIn("training.csv agrees with the log: 4 rows of ",
                      self.run_program("report", "log.txt", "--app", "tensorflow1_cnns@2.3"))

    def test_a_line_without_a_tag_is_no_witness_where_others_have_one(self):
        # A note of somebody's that looks like a line of the first instance.
        log = line(4).replace("step:      4", "step:      9") + "\n"
        log += "".join(f"[1,{i}]<stdout>:{line(step)}\n" for step in self.steps for i in (0, 1))
        file, doubts = self.of(table(self.rows()), log)
        self.assertEqual((file["rows"], file["agree"], doubts), (4, 24, {}))

    def test_a_log_from_standard_input_is_held_to_a_folder_that_is_named(self):
        (self.folder / "training.csv").write_bytes(table(self.rows()).encode())
        log = "".join(line(step) + "\n" for step in self.steps)
        done = subprocess.run([PROGRAM, "report", "-", "--app", "tensorflow1_cnns@2.3", "--csv-dir",
                               ".", "--format", "json"], cwd=self.folder, input=log.encode(),
                              capture_output=True, check=True, timeout=120)
        (file,) = json.loads(done.stdout)["runs"][0]["csv"]
        self.assertEqual((file["rows"], file["agree"]), (4, 24))

    def test_a_value_that_was_altered_is_found_with_its_place(self):
        rows = self.rows()
        rows[2]["img_per_sec"] = 1999.5
        file, doubts = self.of(table(rows))
        self.assertEqual((file["figures"], file["agree"]), (24, 23))
        self.assertEqual(list(doubts), ["csv_disagrees"])
        self.assertIn("line 4 has img_per_sec 1999.5, the log throughput 1877.86 at iteration 624",
                      doubts["csv_disagrees"])

    def test_the_last_printed_digit_counts(self):
        for off, names in ((0.0049, []), (0.0051, ["csv_disagrees"])):
            rows = self.rows()
            rows[1]["img_per_sec"] = 1872.18 + off
            self.assertEqual(list(self.of(table(rows))[1]), names)

    def test_a_row_that_is_missing_is_found(self):
        rows = self.rows()
        del rows[1]
        file, doubts = self.of(table(rows))
        self.assertEqual((file["rows"], file["agree"]), (3, 18))
        self.assertEqual(list(doubts), ["csv_rows"])
        self.assertIn("no row for what the log says at iteration 416", doubts["csv_rows"])

    def test_a_line_that_is_missing_is_found(self):
        log = "".join(line(step) + "\n" for step in (1, 2, 4))
        file, doubts = self.of(table(self.rows()), log)
        self.assertEqual(file["rows"], 3)
        self.assertIn("the log has nothing for line 4", doubts["csv_rows"])

    def test_a_file_that_was_cut_is_torn(self):
        file, doubts = self.of(table(self.rows())[:-9])
        self.assertEqual(file["rows"], 3)
        self.assertIn("ends in the middle of line 5", doubts["csv_torn"])
        self.assertIn("iteration 832", doubts["csv_rows"])

    def test_what_is_no_number_is_none(self):
        rows = self.rows()
        rows[0]["loss_avg"] = "nan"
        file, doubts = self.of(table(rows))
        self.assertEqual((file["rows"], file["figures"], file["agree"]), (4, 23, 23))
        self.assertIn("loss_avg 'nan' in line 2", doubts["csv_unreadable"])

    def test_a_row_of_other_cells_is_left_out(self):
        text = table(self.rows()).replace("\r\n", ",7\r\n").replace(",7\r\n", "\r\n", 3)
        file, doubts = self.of(text)
        self.assertEqual(file["rows"], 2)
        self.assertIn("line 4; line 5 have not the cells of the header", doubts["csv_unreadable"])

    def test_a_column_that_is_missing_is_said(self):
        file, doubts = self.of(table(self.rows(), [c for c in COLUMNS if c != "loss_avg"]))
        self.assertEqual((file["rows"], file["figures"]), (4, 20))
        self.assertIn("has no column loss_avg", doubts["csv_column"])

    def test_a_file_without_anything_is_said(self):
        self.assertIn("has no header", self.of("")[1]["csv_torn"])

    def test_rows_of_an_earlier_start_are_left_out(self):
        earlier = [dict(row(step), img_per_sec=1.0) for step in (1, 2, 3)]
        file, doubts = self.of(table(earlier) + table(self.rows()))
        self.assertEqual((file["rows"], file["earlier"], doubts), (4, 3, {}))

    def test_only_the_first_instance_is_held_to_its_file(self):
        log = "".join(f"[1,{rank}]<stdout>:{line(step, rank)}\n"
                      for step in self.steps for rank in (1, 0))
        self.assertEqual(self.of(table(self.rows()), log)[1], {})

    def test_headers_between_the_rows_of_repeats(self):
        columns = ["name", "iteration", "epoch", "val_acc", "val_time", "val_size", "img_per_sec",
                   "latency"]
        kept = [(0, 0.097), (0, 0.097), (2793, 31.4821), (2793, 31.4824)]
        log = "".join(f"Validation top-1 accuracy [None] (iteration: {number:6}, epoch:   1.00, "
                      f"img/sec: 2261.94, time: 22.104871, latency (ms):  -1.0000: {share:6.3f}%\n"
                      for number, share in kept)
        rows = [{"name": "", "iteration": number, "epoch": 1, "val_acc": share, "val_time": 1,
                 "val_size": 50000, "img_per_sec": 2261.944889884225, "latency": -1.0}
                for number, share in kept]
        text = table(rows[:1], columns) + table(rows[1:], columns)
        file, doubts = self.of(text, log, name="validation.csv")
        self.assertEqual((file["rows"], file["earlier"], doubts), (4, 0, {}))
        self.assertEqual((file["figures"], file["agree"]), (16, 16))

    def test_what_the_log_never_printed_is_held_to_nothing(self):
        (self.folder / "log.txt").write_text("nothing\n")
        (self.folder / "training.csv").write_text(table(self.rows()))
        self.assertEqual(self.report("log.txt", "--app", "tensorflow1_cnns@2.3"), [([], {})])

    def test_the_folder_can_be_said(self):
        other = self.folder / "other"
        other.mkdir()
        (other / "training.csv").write_text(table(self.rows()))
        (self.folder / "log.txt").write_text(line(1) + "\n" + line(2) + "\n" + line(3) + "\n" +
                                             line(4) + "\n")
        ((files, doubts),) = self.report("log.txt", "--app", "tensorflow1_cnns@2.3", "--csv-dir",
                                         "other")
        self.assertEqual([(file["rows"], file["path"].endswith("other/training.csv"))
                          for file in files], [(4, True)])
        self.assertEqual(doubts, {})
        ((_, doubts),) = self.report("log.txt", "--app", "tensorflow1_cnns@2.3", "--csv-dir", "nowhere")
        self.assertEqual(list(doubts), ["csv_missing"])


OF_ALL = """
applications:
  mine:
    title: a program of ours
    directory: .
    scripts:
      go.py:
        proof: speed
        csv_files:
          speed.csv: {rows_by: round, rows_of: all instances, columns: {n: round, rate: speed}}
          loss.csv: {columns: {loss: loss}}
    purposes: {train: {script: go.py}}
    metrics:
      speed: {line: "round", text: "does {value}/s", unit: samples/s, covers: one process}
      round: {text: "round {value}", unit: "1", covers: all instances}
      loss: {text: "loss {value}", unit: "1", covers: all instances}
    options: {}
    quantities: {}
"""


class AnotherApplication(LogAndFile):
    """Described in a file: no code knows it."""

    def setUp(self):
        super().setUp()
        (self.folder / "ipucnn.yml").write_text(OF_ALL)

    LOG = "".join(f"[1,{rank}]<stdout>:round {number} does {rate}/s\n"
                  for number, rates in enumerate(((10.25, 20.5), (11.25, 21.5)))
                  for rank, rate in enumerate(rates))

    def test_figures_of_all_instances_are_added_up(self):
        for third, agree in ((32.75, 4), (33.75, 3)):
            file, doubts = self.of(f"n,rate\n0,30.75\n1,{third}\n", self.LOG, ("--app", "mine"),
                                   "speed.csv")
            self.assertEqual((file["figures"], file["agree"]), (4, agree))
            self.assertEqual(list(doubts), [] if agree == 4 else ["csv_disagrees"])

    def test_rows_without_a_number_follow_their_order(self):
        log = "loss 3.5\nloss 2.5\n"
        file, doubts = self.of("loss\n9\n3.52\n2.5\n", log, ("--app", "mine"), "loss.csv")
        self.assertEqual((file["rows"], file["earlier"], doubts), (2, 1, {}))
        self.assertIn("csv_disagrees", self.of("loss\n3.5\n2.6\n", log, ("--app", "mine"),
                                               "loss.csv")[1])
        self.assertIn("csv_rows", self.of("loss\n2.5\n", log, ("--app", "mine"), "loss.csv")[1])


class Rehearsed(Case):
    """A whole job writes log and files; what is altered afterwards is found."""

    def test_a_training_and_its_validation(self):
        self.run_program("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--site",
                         "rehearsal", "--then", "validation", "--epochs", "4")
        kept = next(self.folder.glob("**/training.csv"))
        with open(kept, newline="") as file:
            self.assertEqual(next(csv.reader(file)), COLUMNS)
        (files, doubts), (validated, none) = self.report("last")
        self.assertEqual((doubts, none), ({}, {}))
        self.assertEqual([os.path.basename(one["path"]) for one in files + validated],
                         ["training.csv", "validation.csv"])
        self.assertGreater(files[0]["rows"], 3)
        self.assertGreater(validated[0]["rows"], 2)
        for one in files + validated:
            self.assertEqual(one["figures"], one["agree"])

        lines = kept.read_text().splitlines(keepends=True)
        cells = lines[3].split(",")
        cells[9] = str(float(cells[9]) * 1.01)
        kept.write_text("".join(lines[:3] + [",".join(cells)] + lines[4:]), newline="")
        (files, doubts), _ = self.report("last")
        self.assertEqual(files[0]["figures"] - files[0]["agree"], 1)
        self.assertIn(f"line 4 has img_per_sec {cells[9][:6]}", doubts["csv_disagrees"])
        for form, said in (("text", "disagrees with the log in 1 of "), ("markdown", "csv_disagrees"),
                           ("html", "csv_disagrees")):
            self.assertIn(said, self.run_program("report", "last", "--format", form))

        kept.unlink()
        (files, doubts), _ = self.report("last")
        self.assertIn("training.csv is not there", doubts["csv_missing"])

    def test_a_training_of_pytorch(self):
        self.run_program("run", "--config", "pytorch_cnns@2.0:resnet50-16ipu-mk2", "--site", "rehearsal",
                         "--checkpoint-path", "kept", "--validation-mode", "after")
        ((files, doubts),) = self.report("last")
        self.assertEqual(doubts, {})
        self.assertEqual([(os.path.basename(one["path"]), one["rows"], one["agree"]) for one in files],
                         [("validation.csv", 1, 1)])

    def test_without_logs_there_is_nothing_to_hold(self):
        self.run_program("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--site",
                         "rehearsal", "--no-logs")
        self.assertEqual(list(self.folder.glob("**/training.csv")), [])
        self.assertEqual(self.report("last"), [([], {})])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
