#!/usr/bin/python3
"""The figures of logs of every PyTorch and TensorFlow 1 release in the shapes that it prints, worked out by hand; and
what a rehearsal of each release prints is found by its report.

usage: release_logs_test.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from support import program

PYTORCH = ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0", "3.1", "3.2")
TF1 = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0")
TF2 = ("2.4", "2.5", "2.6", "3.0", "3.1", "3.2")
# Loss, accuracy in percent, samples a second of an epoch. The first compiles.
EPOCHS = [(6.8123, 0.61, 8463.2), (6.1077, 4.2, 31544.9), (5.5211, 9.87, 31550.1)]
VALIDATED = (68.25, 71.5)
# Samples a second, shortest and longest milliseconds of a step of an inference; two are left out.
STEPS = [(512.5, 9.0, 40.0), (900.25, 1.9, 2.5), (1000.5, 1.7, 2.0), (1003.5, 1.75, 2.25), (1002.0, 1.5, 2.125)]


def pytorch_training(release):
    out = "" if release < "2.4" else "[INFO] Training the model\n"
    for number, (loss, share, speed) in enumerate(EPOCHS, 1):
        out += f"[INFO] Epoch {number}/{len(EPOCHS)}\n"
        if release < "2.6":
            out += f"[INFO] Epoch {number}: Train accuracy is {share:.2f}%\n"
            # Directly behind a progress bar, as it can be.
            out += f"100%|###| 4/4 [00:01<00:00, 3.1it/s][INFO] Throughput of the epoch:{speed:.1f} img/sec\n"
        else:
            blank = " " if release >= "3.0" else ""
            out += f"[INFO] Epoch {number}\n[INFO] loss: {loss:.4f},\n[INFO] accuracy: {share:.2f}{blank}%\n"
            out += f"[INFO] throughput: {speed:.1f} samples/sec\n"
        if release in ("3.1", "3.2"):
            out += f"Checkpoint saved to: /c/resnet50_{number}.pt\n"
    for share in VALIDATED:
        out += f"[INFO] Accuracy on test set: {share:.2f}%\n"
    return out + ("[INFO] Finished training. Time: today. It took: 0:07:54.1\n" if release == "3.2" else "")


def pytorch_inference(release):
    out = ""
    for speed, low, high in STEPS:
        if release == "2.0":
            out += f"[INFO] Throughput: {speed} imgs/sec; Step time: {high} ms\n"
        else:
            out += f"[INFO]  Throughput: {speed} imgs/sec; Latency range: {low}..{high} ms\n"
    out += "[INFO] " + "-" * 91 + "\n"
    if release < "2.6":
        out += ("[INFO] Throughput at bs=4, data_mode=generated, data_type=torch.float16, num_ipus=4, of resnet50: "
                "min=1000.5 imgs/s, max=1003.5 imgs/s, mean=1002.0 imgs/s, std=1.22 imgs/s.\n")
        kind = "Step time" if release == "2.0" else "Latency"
        tail = ", std=0.1 ms." if release == "2.0" else "."
        return out + f"[INFO] {kind}: min=1.5 ms, max=40.0 ms, mean=3.5 ms{tail}\n"
    batch, latency = ("micro_batch_size", "latency avg") if release >= "3.0" else ("batch_size", "latency")
    return out + ("[INFO] resnet50 results:\n" + "".join(f"[INFO] \n\t{line}\n" for line in (
        f"{batch}: 4", "data_mode: generated", "data_type: torch.float16", "num_ipus: 4",
        "throughput: 1002.0 samples/sec (mean) (min: 1000.5, max: 1003.5, std: 1.22)",
        f"{latency}: 3.5 ms (mean) (min: 1.50, max: 40.00)")))


# Step, iteration, epoch, learning rate, loss, accuracy, samples a second.
CALLS = [(1, 23, 0.03, 0.01, 6.931, 0.112, 2213.77), (29, 667, 1.0, 2.01, 5.122, 9.803, 16984.0),
         (58, 1334, 2.0, 3.9, 4.013, 22.19, 17012.5)]
# Iteration, epoch, samples a second, milliseconds, accuracy of two checkpoints; the first compiles.
CHECKPOINTS = [(667, 1.0, 20500.5, 3.25, 41.07), (1334, 2.0, 41003.25, 2.5, 75.91)]


def tensorflow1_training(release):
    out = "" if release == "2.2" or release == "2.1" else "Compilation time: 412.7s.\n"
    for step, iteration, epoch, lr, loss, share, speed in CALLS:
        rate = f"throughput: {speed:6.2f} samples/sec" if release == "3.0" else f"img/sec: {speed:6.2f}"
        blank = " " if release == "3.0" else ""
        out += (f"step: {step:6}, iteration: {iteration:6}, epoch: {epoch:6.2f}, lr: {lr:6.4}, loss: {loss:6.3f}, "
                f"top-1 accuracy: {share:6.3f}{blank}%, {rate}, time: 0.191777, total_time:    161.7\n")
    return out + ("Training loop completed in 290.113s.\n" if release >= "2.5" else "")


def tensorflow1_validation(release):
    out = ""
    for iteration, epoch, speed, latency, share in CHECKPOINTS:
        if release == "3.0":
            out += (f"Validation top-1 accuracy: {share:6.3f} % [None] (iteration: {iteration:6}, epoch: {epoch:6.2f}, "
                    f"throughput: {speed:6.2f} samples/sec, time: 1.229172, latency avg: {latency:8.4f} ms)\n")
        else:
            closed = ")" if release >= "2.4" else ""
            out += (f"Validation top-1 accuracy [None] (iteration: {iteration:6}, epoch: {epoch:6.2f}, img/sec: "
                    f"{speed:6.2f}, time: 1.229172, latency (ms): {latency:8.4f}{closed}: {share:6.3f}%\n")
    return out


class Logs(unittest.TestCase):
    def metrics(self, app, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.log"
            path.write_text(text)
            done = program.ipucnn("report", path, "--app", app, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {metric["name"]: metric for metric in json.loads(done.stdout)["runs"][0]["metrics"] if metric["n"]}

    def values(self, found, name):
        return found[name]["per_instance"]["0"]

    def test_training_of_pytorch(self):
        for release in PYTORCH:
            with self.subTest(release=release):
                found = self.metrics(f"pytorch_cnns@{release}", pytorch_training(release))
                # (31544.9 + 31550.1) / 2; the first epoch compiles.
                self.assertEqual((found["throughput"]["n"], found["throughput"]["mean"]), (2, 31547.5))
                self.assertEqual(self.values(found, "throughput"), [speed for _, _, speed in EPOCHS])
                self.assertEqual(self.values(found, "train_accuracy"), [share for _, share, _ in EPOCHS])
                self.assertEqual("loss" in found, release >= "2.6")
                if release >= "2.6":
                    self.assertEqual(self.values(found, "loss"), [loss for loss, _, _ in EPOCHS])
                self.assertEqual(found["validation_accuracy"]["best"]["value"], 71.5)
                self.assertEqual(self.values(found, "validation_accuracy"), list(VALIDATED))

    def test_inference_of_pytorch(self):
        for release in PYTORCH:
            with self.subTest(release=release):
                found = self.metrics(f"pytorch_cnns@{release}", pytorch_inference(release))
                # (1000.5 + 1003.5 + 1002.0) / 3, as the script's own mean of all steps but two.
                self.assertEqual((found["step_throughput"]["n"], found["step_throughput"]["mean"]), (3, 1002.0))
                self.assertEqual(self.values(found, "inference_throughput"), [1002.0])
                self.assertEqual(self.values(found, "latency"), [3.5])
                longest = "step_time" if release == "2.0" else "step_latency"
                # (2.0 + 2.25 + 2.125) / 3
                self.assertEqual((found[longest]["n"], found[longest]["mean"]), (3, 2.125))
                self.assertNotIn("step_latency" if release == "2.0" else "step_time", found)

    def test_training_of_tensorflow_1(self):
        for release in TF1:
            with self.subTest(release=release):
                found = self.metrics(f"tensorflow1_cnns@{release}", tensorflow1_training(release))
                # (16984.0 + 17012.5) / 2
                self.assertEqual((found["throughput"]["n"], found["throughput"]["mean"]), (2, 16998.25))
                for column, name in enumerate(("iteration", "epoch", "lr", "loss", "accuracy"), 1):
                    self.assertEqual(self.values(found, name), [call[column] for call in CALLS], name)
                self.assertEqual("compile_time" in found, release not in ("2.1", "2.2"))
                self.assertEqual("training_time" in found, release >= "2.5")
                if release >= "2.5":
                    self.assertEqual(found["training_time"]["max"], 290.113)

    def test_validation_of_tensorflow_1(self):
        for release in TF1:
            with self.subTest(release=release):
                found = self.metrics(f"tensorflow1_cnns@{release}", tensorflow1_validation(release))
                self.assertEqual(self.values(found, "validation_accuracy"), [one[4] for one in CHECKPOINTS])
                self.assertEqual([one["at"] for one in found["validation_accuracy"]["checkpoints"]], [667.0, 1334.0])
                self.assertEqual((found["validation_throughput"]["n"], found["validation_throughput"]["mean"]),
                                 (1, 41003.25))
                self.assertEqual(self.values(found, "latency"), [3.25, 2.5])
                self.assertNotIn("throughput", found)


# What a script of a release prints: an application, its releases, a preset, words for it, and metrics with the first
# release that has them.
TRAINING_1 = {"throughput": "", "iteration": "", "epoch": "", "lr": "", "loss": "", "accuracy": "",
              "compile_time": "2.3", "training_time": "2.5"}
# Latencies are -1, which is none, unless they are measured.
VALIDATION_1 = {"validation_accuracy": "", "validation_iteration": "", "validation_throughput": "", "latency": "4"}
TRAINING_2 = {"throughput": "", "loss": "", "training_accuracy": "", "compile_time": "", "epoch": "2.6", "lr": "2.6"}
TRAINING_P = {"throughput": "", "train_accuracy": "", "loss": "2.6", "validation_accuracy": ""}
INFERENCE_P = {"step_throughput": "", "inference_throughput": "", "latency": "", "step_latency": "2.1"}


class Rehearsals(unittest.TestCase):
    def found(self, *words):
        with tempfile.TemporaryDirectory() as folder:
            environment = {"PATH": os.environ["PATH"], "HOME": folder, "REHEARSAL_SECONDS": "0.1"}
            done = subprocess.run([program.PROGRAM, "run", "--site", "rehearsal", "--target", "none", *words],
                                  cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = subprocess.run([program.PROGRAM, "report", "last", "--format", "json"], cwd=folder,
                                  env=environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            return {metric["name"] for metric in json.loads(done.stdout)["runs"][0]["metrics"] if metric["n"]}

    def check(self, app, releases, expected, preset, *words):
        for release in releases:
            with self.subTest(app=app, release=release, words=words):
                found = self.found("--config", f"{app}@{release}:{preset}", *words)
                wanted = {name for name, first in expected.items() if release >= first}
                self.assertLessEqual(wanted, found)
                # Nothing that a later release prints.
                self.assertFalse(found & set(expected) - wanted)

    def test_training(self):
        self.check("tensorflow1_cnns", TF1[:5], TRAINING_1, "mk2_resnet8_test", "--epochs", "3")
        self.check("tensorflow1_cnns", TF1[5:], TRAINING_1, "resnet8_test", "--epochs", "3")
        self.check("tensorflow2_cnns", TF2, TRAINING_2, "resnet8_test", "--num-epochs", "3")
        self.check("pytorch_cnns", PYTORCH, TRAINING_P, "resnet50", "--epoch", "3", "--data", "cifar10")

    def test_validation_and_inference(self):
        self.check("tensorflow1_cnns", TF1[:5], VALIDATION_1, "mk2_resnet8_test", "--purpose", "validation",
                   "--restore-path", "/c", "--unset", "validation")
        self.check("tensorflow1_cnns", TF1[5:], VALIDATION_1, "resnet8_test", "--purpose", "validation",
                   "--restore-path", "/c", "--unset", "validation")
        self.check("pytorch_cnns", PYTORCH[1:], INFERENCE_P, "common", "--purpose", "inference", "--iterations", "5")


if __name__ == "__main__":
    program.main()
