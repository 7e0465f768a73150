#!/usr/bin/python3
"""Jobs that write faster than anybody takes it: what holds them back, what is kept, what it costs.

usage: streaming_test.py PROGRAM [unittest's arguments]
"""
import csv
import fcntl
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import program  # noqa: E402
from support.folders import working_folder  # noqa: E402
from support.terminal import pieces  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
JOB = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--data-dir", ".", "--preflight", "skip",
       "--grace", "1"]
LONG = 120  # seconds after which a test gives up; none of them measures time
LINE = "step: {}, epoch: 1.00, loss: 6.9077, img/sec: {}.0, a line as they are\n"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = working_folder(self)

    def launcher(self, text):
        path = self.folder / "poprun"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def text(self, lines):
        text = "".join(LINE.format(i, 1000 + i % 100) for i in range(lines))
        (self.folder / "text").write_text(text)
        return text.encode()

    def start(self, *words, **how):
        env = {"PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": str(self.folder),
               "ASAN_OPTIONS": "exitcode=99" + program.KEEPS_LITTLE, "UBSAN_OPTIONS": "exitcode=99"}
        how.setdefault("stderr", subprocess.DEVNULL)
        process = subprocess.Popen([PROGRAM, *JOB, *words], cwd=self.folder, env=env, stdin=subprocess.DEVNULL, **how)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def tried(self):
        folder, = (self.folder / "runs").iterdir()
        return folder / "train/1"

    def wait_for(self, what):
        until = time.monotonic() + LONG
        while not (found := what()):
            self.assertLess(time.monotonic(), until, "it did not come")
            time.sleep(0.02)
        return found

    def samples(self):
        with (self.tried() / "samples.csv").open() as file:
            return list(csv.DictReader(file))


class NobodyReads(Case):
    """The job comes to its end although what it writes is not taken."""

    def test_a_pipe_gets_all_of_it_later(self):
        text = self.text(100000)
        self.launcher("cat text\ntouch ended\n")
        process = self.start(stdout=subprocess.PIPE)
        self.wait_for(lambda: (self.folder / "ended").exists())
        self.assertEqual(process.stdout.read(), text)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=LONG), 0)
        self.assertEqual((self.tried() / "stdout.log").read_bytes(), text)

    def test_both_streams_of_a_socket(self):
        text = self.text(20000)
        self.launcher("cat text >&2\ncat text\ntouch ended\n")
        ours, its = socket.socketpair()
        process = self.start("--quiet", stdout=its, stderr=subprocess.STDOUT)
        its.close()
        self.wait_for(lambda: (self.folder / "ended").exists())
        seen = b""
        while piece := ours.recv(1 << 16):
            seen += piece
        ours.close()
        self.assertEqual(process.wait(timeout=LONG), 0)
        # Pieces of the two stand side by side wherever they end.
        self.assertEqual(len(seen), 2 * len(text))
        self.assertTrue(sorted(seen) == sorted(2 * text))

    def test_a_terminal_gets_the_end_of_it(self):
        self.text(100000)
        self.launcher("cat text\necho the last line\ntouch ended\n")
        for words in [], ["--quiet"]:
            with self.subTest(words=words):
                (self.folder / "ended").unlink(missing_ok=True)
                ours, its = os.openpty()
                process = self.start(*words, stdout=its, stderr=its)
                os.close(its)
                self.wait_for(lambda: (self.folder / "ended").exists())
                seen = b"".join(pieces(ours))
                self.assertEqual(process.wait(timeout=LONG), 0)
                self.assertIn(b"the last line", seen)
                self.assertIn(b"bytes of its output are not shown here", seen)
                self.assertLess(len(seen), 3 << 20)
                # What is shown is whole lines.
                for line in re.sub(r"\x1b\[1?[AK]", "", seen.decode()).splitlines():
                    if "loss:" in line and "img/sec" in line:
                        self.assertTrue(line.startswith("step: "), f"torn: {line}")

    def test_who_leaves_the_terminal_stopped_can_end_it(self):
        self.launcher("head -c 3000000 /dev/zero | tr '\\0' '\\n'\ntouch ended\nsleep 1000\n")
        ours, its = os.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(stdout=its, stderr=its)
        os.close(its)
        self.wait_for(lambda: (self.folder / "ended").exists())
        process.send_signal(signal.SIGINT)
        # It has its last words for the terminal, and a second Ctrl-C does without.
        record = next((self.folder / "runs").iterdir()) / "record.json"
        self.wait_for(lambda: '"interrupted"' in record.read_text() or process.send_signal(signal.SIGINT))
        self.wait_for(lambda: process.poll() is not None or process.send_signal(signal.SIGINT))


class WhatIsKept(Case):
    def test_every_figure_at_its_time_however_fast_they_come(self):
        text = self.text(50000)
        self.launcher("cat text\nsleep 1\ncat text >&2\n")
        process = self.start(stdout=subprocess.DEVNULL)
        self.assertEqual(process.wait(timeout=LONG), 0)
        samples = self.samples()
        figures = [row for row in samples if row["metric"] == "throughput"]
        self.assertEqual(len(figures), 100000)
        for stream, half in ("stdout", figures[:50000]), ("stderr", figures[50000:]):
            self.assertEqual([(row["stream"], float(row["value"])) for row in half],
                             [(stream, 1000.0 + i % 100) for i in range(50000)])
            for row in half[::997]:
                at = int(row["offset"])
                self.assertTrue(text[at:].startswith(b"step: "), row)
        # They are read later than they came, and have the time at which they came.
        gap = float(figures[50000]["seconds"]) - float(figures[49999]["seconds"])
        self.assertGreater(gap, 0.5)

    def test_a_second_after_a_figure_it_is_safe(self):
        line = LINE.format(1, 99).strip()
        self.launcher(f"echo '{line}'\nsleep 1000\n")
        process = self.start(stdout=subprocess.DEVNULL)
        self.wait_for(lambda: list((self.folder / "runs").glob("*/train/1/stdout.log")))
        self.wait_for(lambda: (self.tried() / "stdout.log").stat().st_size > 0)
        time.sleep(1.5)
        process.kill()
        process.wait()
        self.assertIn("99.0", [row["value"] for row in self.samples()])
        self.assertEqual(len((self.tried() / "times.csv").read_text().splitlines()), 2)
        record = self.tried().parent.parent / "record.json"
        self.wait_for(lambda: '"lost"' in record.read_text())  # its guard still writes there

    def test_many_figures_take_no_memory(self):
        self.text(60000)
        self.launcher("for i in 1 2 3 4; do cat text; done\n")
        many = (self.folder / "poprun").read_text()
        used = []
        for job in "#!/bin/sh\nexec head -n 100 text\n", many:
            (self.folder / "poprun").write_text(job)
            said, peak = self.said_and_peak()
            used.append(peak)
        # 240,000 lines of three figures would be 5.5 MiB even as numbers alone.
        self.assertLess(used[1] - used[0], 5 << 10, used)
        self.assertIn(b"throughput: mean 1049.5 samples/s of 239999 values, lowest 1000, highest 1099", said)

    def said_and_peak(self):
        """What a run says, and the most memory that it has had, in KiB, as seen while it ran: the kernel's figure
        at the end has that of the process that started it in it."""
        with (self.folder / "said").open("wb") as said:
            process = self.start(stdout=subprocess.DEVNULL, stderr=said)
        peak = 0
        while process.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                break
            if found := re.search(r"VmHWM:\s*(\d+)", status):
                peak = int(found[1])
            time.sleep(0.002)
        self.assertEqual(process.wait(timeout=LONG), 0)
        return (self.folder / "said").read_bytes(), peak

    def test_a_job_that_never_pauses_is_measured_meanwhile(self):
        # Of a job that writes without end the first figure is known all the same.
        self.launcher("exec yes 'step: 1, epoch: 1.00, loss: 6.9, img/sec: 99.0, a line as they are'\n")
        process = self.start(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = b""
        while b"the first value after" not in said:
            piece = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(piece, said)
            said += piece
        # Once: when its job has ended a second one would end the program as any other.
        process.send_signal(signal.SIGINT)
        process.stderr.close()
        self.assertEqual(process.wait(timeout=LONG), 130)


class Windows(Case):
    def shown(self, width, then=None):
        line = LINE.format(1, 99).strip()
        self.launcher(f"echo '{line}'\nsleep 1.2\necho '{line}'\nsleep 1.2\n")
        ours, its = os.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        process = self.start(stdout=its, stderr=its)
        os.close(its)
        seen = b""
        for piece in pieces(ours):
            seen += piece
            if then and b"instance" in seen:
                fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, then, 0, 0))
        self.assertEqual(process.wait(timeout=LONG), 0)
        return seen.decode()

    def test_a_block_has_four_lines_at_most_and_fits(self):
        for width in 80, 40, 24:
            with self.subTest(width=width):
                for block in self.shown(width).split("\x1b[K")[1:]:
                    lines = block.replace("\x1b[1A", "").replace("\r", "").split("\n")
                    if "instance" not in block or "step:" in block or "ipucnn" in block:
                        continue
                    self.assertLessEqual(len(lines), 4, block)
                    self.assertLessEqual(max(map(len, lines)), width - 1, block)
                    if "99.0 samples/s" in block:
                        break
                else:
                    self.fail("no block with a rate")

    def test_one_that_becomes_narrow_loses_no_line_of_the_job(self):
        # How a terminal breaks the lines that stand there is its own business, so none is taken up.
        seen = self.shown(80, then=20)
        blocks = re.findall(r"([^\x1b]*)\r\x1b\[K((?:\x1b\[1A\x1b\[K)*)", seen)
        ups = [up for text, up in blocks if "instance" in text and max(map(len, text.splitlines())) > 19]
        self.assertIn("", ups, blocks)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
