#!/usr/bin/python3
"""The figures of logs of the TensorFlow 2 scripts in every shape that they print, worked out by hand.

usage: tensorflow2_logs_test.py PROGRAM
"""
import json
import pathlib
import sys
import tempfile
import unittest

from support import program

HEAD = ("INFO:root:{settings} = Namespace(config='p', num_epochs=2)\n"
        "INFO:root:micro batch size 20\n"
        "INFO:root:global batch size 1920\n"
        "Epoch 1/2\n")
BAR = "4002/4002 [====] - 75s 19ms/step - loss: {loss} - training_accuracy: {share}\n"
# Loss, accuracy, samples a second, epoch, learning rate. The first call compiles.
CALLS = [(6.712, 0.0042, 3519.77, 1.0, 0.0021), (6.288, 0.0174, 17061.5, 2.0, 0.0049),
         (5.9, 0.0301, 17063.5, 3.0, 0.0077)]
# Accuracy, samples a second, epoch: of two checkpoints.
CHECKPOINTS = [(0.7012, 9731.0, 1.0), (0.7533, 9951.0, 2.0)]


def dictionary(number, fields):
    return f"INFO:logging_callback:batch {number}: {{{', '.join(f'{k!r}: {v}' for k, v in fields)}}}\n"


def texts(number, fields):
    units = {"training_accuracy": "%", "validation_accuracy": "%", "throughput": "samples/sec",
             "%CPU memory": "%"}
    return f"INFO:logging_callback:batch {number}: {[f'{k}: {v} {units.get(k, str())}' for k, v in fields]}\n"


def log(release):
    """A training of three calls and the validation of two checkpoints, as that release prints them."""
    old = release < "3.0"
    line, rate = (dictionary, "Average images/s") if old else (texts, "throughput")
    out = HEAD.format(settings="args" if release == "2.4" else "hyperparams")
    out += f"INFO:logging_callback:Compilation Time 412.5{'' if old else ' s'}\n"
    for loss, share, speed, epoch, lr in CALLS:
        fields = [("loss", loss), ("training_accuracy", share), (rate, speed), ("%CPU memory", 7.3)]
        if release >= "2.6":
            fields[3:3] = [("epoch", epoch)]
            fields.append(("lr", lr))
        out += line(4002, fields) + BAR.format(loss=loss, share=share)
    for share, speed, epoch in CHECKPOINTS:
        out += f"INFO:root:checkpoint file /c/epoch_{epoch}.h5\n"
        fields = [("validation_accuracy", share), (rate, speed), ("%CPU memory", 7.4)]
        if release >= "2.6":
            fields.insert(2, ("epoch", epoch))
        out += line(157, fields)
    return out + "INFO:time_to_train:time to train = 0:07:54.113000\n"


def tagged(text):
    return "".join(f"[1,{rank}]<stderr>:{line}\n" for line in text.splitlines() for rank in (0, 1))


class Logs(unittest.TestCase):
    def metrics(self, release, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.log"
            path.write_text(text)
            done = program.ipucnn("report", path, "--app", f"tensorflow2_cnns@{release}", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {metric["name"]: metric for metric in json.loads(done.stdout)["runs"][0]["metrics"]}

    def check(self, release, text, instances):
        found = self.metrics(release, text)
        # The mean of the second and third call; instances print one figure, and none is a sum.
        self.assertEqual((found["throughput"]["n"], found["throughput"]["mean"]), (2, 17062.5))
        self.assertEqual(len(found["throughput"]["per_instance"]), instances)
        self.assertEqual(found["throughput"]["per_instance"]["0"], [call[2] for call in CALLS])
        self.assertEqual(found["loss"]["per_instance"]["0"], [call[0] for call in CALLS])
        self.assertEqual(found["training_accuracy"]["per_instance"]["0"], [call[1] for call in CALLS])
        self.assertEqual(found["compile_time"]["max"], 412.5)
        # Not the mean of both kinds of lines: a validation has its own.
        self.assertEqual((found["validation_throughput"]["n"], found["validation_throughput"]["mean"]),
                         (1, 9951.0))
        self.assertEqual(found["validation_accuracy"]["best"]["value"], 0.7533)
        self.assertEqual(found["validation_accuracy"]["unit"], "1")
        self.assertEqual("epoch" in found, release >= "2.6")
        if release >= "2.6":
            self.assertEqual(found["epoch"]["per_instance"]["0"], [call[3] for call in CALLS])
            self.assertEqual(found["lr"]["per_instance"]["0"], [call[4] for call in CALLS])
            self.assertEqual([one["at"] for one in found["validation_accuracy"]["checkpoints"]], [1.0, 2.0])

    def test_every_release_alone_and_under_poprun(self):
        for release in ("2.4", "2.5", "2.6", "3.0", "3.1", "3.2"):
            with self.subTest(release=release):
                self.check(release, log(release), 1)
                self.check(release, tagged(log(release)), 2)

    def test_requests_to_a_server(self):
        found = self.metrics("3.2", "-- Latency for batch: 2.5 ms.\n-- Latency for batch: 3.5 ms.\n"
                                    "Latencies - avg:3.0, min: 2.5, max: 3.5, \n"
                                    "Average throughput: 512.25 samples/sec\n")
        self.assertEqual((found["request_latency"]["n"], found["request_latency"]["mean"]), (2, 3.0))
        self.assertEqual(found["mean_latency"]["mean"], 3.0)
        self.assertEqual(found["request_throughput"]["mean"], 512.25)


if __name__ == "__main__":
    program.main()
