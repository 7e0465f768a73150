#!/usr/bin/python3
"""Runs whole jobs under `--site rehearsal`: real processes, and Open MPI's real mpirun.

usage: rehearsal_test.py PROGRAM [unittest's arguments]
"""
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
PRESET = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus"]
NOBODY = 65534
HAS_MPIRUN = shutil.which("mpirun") is not None
needs_mpirun = unittest.skipUnless(HAS_MPIRUN, "mpirun is not installed")
# A rank that shows its variables, each on a line that is long enough for Open MPI.
SHOW = ["/usr/bin/python3", "-c", """
import os
for name, value in sorted(os.environ.items()):
    if name.startswith(("POPDIST_", "IPUOF_", "POPLAR_")):
        print(f"variable of this rank: {name}={value}")
"""]


TAG = re.compile(r"\[1,(\d+)\]<stdout>:")


def lines_by_rank(log):
    """Whole lines of each rank: mpirun tags every piece that it reads, so a line can hold its tag twice."""
    ranks, parts = {}, {}
    for physical in log.splitlines():
        pieces = TAG.split(physical)
        for rank, text in zip(pieces[1::2], pieces[2::2]):
            parts[int(rank)] = parts.get(int(rank), "") + text
        ranks.setdefault(int(pieces[-2]), []).append(parts.pop(int(pieces[-2])))
    return ranks


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.folder.chmod(0o777)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "REHEARSAL_SECONDS": "0.4"}

    def without_mpirun(self):
        """A PATH that has the usual tools and no mpirun."""
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ["sh", "env", "sleep", "python3", "kill"]:
            (tools / name).symlink_to(shutil.which(name))
        self.env["PATH"] = str(tools)

    def run_program(self, *words, before=()):
        return subprocess.run([*before, PROGRAM, *words], cwd=self.folder, env=self.env, timeout=90,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def poprun(self, *words):
        return self.run_program("rehearsal-poprun", *words)

    def run_folder(self):
        folders = list((self.folder / "runs").iterdir())
        self.assertEqual(len(folders), 1)
        return folders[0]

    def assert_whole_job(self, done, instances=8):
        self.assertEqual(done.returncode, 0, done.stderr)
        step = self.run_folder() / "train" / "1"
        log = (step / "stdout.log").read_text()
        self.assertEqual(log, done.stdout)
        # The report is held to figures worked out here, from the log.
        lines = lines_by_rank(log)
        series = {rank: [float(value) for line in its
                         for value in re.findall(r"^step:.* img/sec: +([0-9.]+),", line)]
                  for rank, its in lines.items()}
        self.assertEqual(sorted(series), list(range(instances)))
        samples = [statistics.fmean(values) for values in zip(*(s[1:] for s in series.values()))]
        self.assertIn(f"throughput  {statistics.fmean(samples):.1f} samples/s, the mean of {len(samples)}\n",
                      done.stderr)
        self.assertIn(f"median {statistics.median(samples):.1f}, lowest {min(samples):.1f}, "
                      f"highest {max(samples):.1f}\n", done.stderr)
        self.assertIn(f"left out: the first value of each of {instances} instances\n", done.stderr)
        for values in series.values():
            self.assertLess(values[0], 0.8 * min(values[1:]))
        record = json.loads((step / "record.json").read_text())
        self.assertEqual((record["state"], record["label"]), ("done", "REHEARSAL"))
        plan = json.loads((self.run_folder() / "plan.json").read_text())
        self.assertEqual(plan["label"], "REHEARSAL")
        self.assertNotIn("--oversubscribe", json.dumps(plan))
        self.assertNotIn("as-root", json.dumps([step["argv"] for step in plan["steps"]]))
        self.assertGreaterEqual(min(len(line) for its in lines.values() for line in its), 15)


class OtherApplications(Case):
    """Lines of the shape of each script's own; the report is held to the log."""

    def log_of(self, step, *words):
        done = self.run_program("run", *words, "--site", "rehearsal")
        self.assertEqual(done.returncode, 0, done.stderr)
        place = self.run_folder() / step / "1"
        self.assertEqual(json.loads((place / "record.json").read_text())["state"], "done")
        return (place / "stdout.log").read_text(), done.stderr

    def test_pytorch_training_writes_a_line_an_epoch(self):
        log, said = self.log_of("train", "--config", "pytorch_cnns@2.0:resnet50-16ipu-mk2", "--epoch", "4")
        self.assertEqual(re.findall(r"^\[INFO\] Epoch (\d)/4$", log, re.MULTILINE), list("1234"))
        values = [float(v) for v in re.findall(r"^\[INFO\] Throughput of the epoch:([0-9.]+) img/sec$",
                                               log, re.MULTILINE)]
        self.assertEqual(len(values), 4)
        self.assertIn(f"throughput  {statistics.fmean(values[1:]):.1f} samples/s, the mean of 3\n", said)

    @needs_mpirun
    def test_pytorch_under_poprun_writes_from_its_first_instance(self):
        log, said = self.log_of("train", "--config", "pytorch_cnns@2.0:resnet50-16ipu-mk2", "--epoch", "2",
                                "--initial-loss-scaling", "512", "--launch", "launcher=poprun")
        self.assertEqual(set(lines_by_rank(log)), {0})
        self.assertIn("1 of 8 instances write", said)

    def test_pytorch_inference_leaves_two_steps_out(self):
        log, said = self.log_of("inference", "--config", "pytorch_cnns@2.0:resnet50-mk2", "--purpose",
                                "inference", "--iterations", "6")
        values = [float(v) for v in re.findall(r"^\[INFO\] Throughput: ([0-9.]+) imgs/sec; Step time: [0-9.]+ ms$",
                                               log, re.MULTILINE)]
        self.assertEqual(len(values), 6)
        mean, = re.findall(r"^\[INFO\] Throughput at bs=90, .* mean=([0-9.]+) imgs/s,", log, re.MULTILINE)
        self.assertAlmostEqual(float(mean), statistics.fmean(values[2:]), places=6)
        self.assertIn(f"inference_throughput  {float(mean):.1f} samples/s", said)

    @needs_mpirun
    def test_a_process_for_each_gpu(self):
        log, said = self.log_of("train", "--config", "nvcnn_resnet50", "--instances", "3",
                                "--num_epochs", "1", "--display_every", "500")
        lines = lines_by_rank(log)[0]
        self.assertEqual(set(lines_by_rank(log)), {0})
        steps = 1281167 // (256 * 3)
        rows = [line.split() for line in lines if re.fullmatch(r" *\d+ +\d+ +[0-9.]+ +[0-9.]+ +[0-9.]+", line)]
        self.assertEqual([int(row[0]) for row in rows], [1, 500, 1000, 1500, steps - 1, steps])
        self.assertIn("Num ranks:   3 (REHEARSAL)", lines)
        self.assertRegex(said, r"throughput  3\d{3}\.\d samples/s \(1 value")

    def test_a_job_of_gpus_says_what_it_needs(self):
        self.without_mpirun()
        done = self.run_program("run", "--config", "nvcnn_resnet50", "--instances", "3", "--site",
                                "rehearsal")
        self.assertEqual(done.returncode, 3)
        self.assertIn("there is none on PATH; Debian has it in openmpi-bin", done.stderr)

    def test_too_few_steps_have_no_result(self):
        done = self.run_program("run", "--config", "nvcnn_resnet50", "--site", "rehearsal", "--launch",
                                "launcher=none", "--unset", "num_epochs", "--num_batches", "20",
                                "--allow", "M001")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("train fell silent", done.stderr)

    def test_training_and_then_evaluation(self):
        log, said = self.log_of("eval", "--config", "nvcnn_resnet50", "--launch", "launcher=none",
                                "--num_epochs", "1", "--then", "eval")
        self.assertRegex(log, r"(?m)^Validation Top-1: [0-9.]+ % \+/- ")
        self.assertRegex(said, r"(?s)train done; .*eval done; ")

    @needs_mpirun
    def test_independent_copies(self):
        log, said = self.log_of("inference", *PRESET, "--purpose", "inference", "--target", "m2000",
                                "--replicas", "1",
                                "--launch", "launcher=mpirun", "--launch", "tag_output=local")
        self.assertEqual(set(lines_by_rank(log)), {0, 1, 2, 3})
        # How many do when the first value comes is for the machine to say, and all did at the end.
        self.assertRegex(said, "[1-4] of 4 instances write")


class WholeJob(Case):
    @needs_mpirun
    def test_eight_ranks_of_open_mpi(self):
        self.assert_whole_job(self.run_program("run", *PRESET, "--site", "rehearsal"))

    @needs_mpirun
    def test_eight_ranks_on_one_core(self):
        self.assert_whole_job(self.run_program("run", *PRESET, "--site", "rehearsal",
                                               before=["taskset", "-c", "0"]))

    @needs_mpirun
    def test_as_another_user(self):
        if os.geteuid() != 0:
            self.skipTest("only root can become another user")
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        if subprocess.run([*become, "test", "-x", PROGRAM]).returncode != 0:
            self.skipTest(f"{PROGRAM} is out of that user's reach")
        self.assert_whole_job(self.run_program("run", *PRESET, "--site", "rehearsal", before=become))

    def test_without_mpirun(self):
        self.without_mpirun()
        self.assert_whole_job(self.run_program("run", *PRESET, "--site", "rehearsal"))

    @needs_mpirun
    def test_the_printed_command_is_the_run(self):
        dry = self.run_program("run", *PRESET, "--site", "rehearsal", "--dry-run")
        self.assertEqual(dry.returncode, 0)
        shell = subprocess.run(["sh"], input=dry.stdout, cwd=self.folder, env=self.env, timeout=90,
                               capture_output=True, text=True)
        real = self.run_program("run", *PRESET, "--site", "rehearsal")
        self.assertEqual((shell.returncode, lines_by_rank(shell.stdout)), (0, lines_by_rank(real.stdout)))

    @needs_mpirun
    def test_a_machine_of_four_hosts(self):
        done = self.run_program("run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus", "--site", "rehearsal")
        self.assertIn(" --host host01,host02,host03,host04 ",
                      json_words(self.run_folder() / "plan.json"))
        self.assert_whole_job(done, instances=32)

    @needs_mpirun
    def test_validation(self):
        done = self.run_program("run", *PRESET, "--site", "rehearsal", "--purpose", "validation",
                                "--restore-path", "logs/x")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("logs/x/ckpt-40000", done.stdout)
        self.assertIn("  validation_accuracy  ", done.stderr)
        self.assertIn("  validation_throughput  ", done.stderr)

    @needs_mpirun
    def test_a_step_that_only_compiles_is_proven_by_its_text(self):
        done = self.run_program("run", *PRESET, "--site", "rehearsal", "--compile-only")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Training graph successfully compiled", done.stdout)
        self.assertNotIn("img/sec", done.stdout)

    @needs_mpirun
    def test_compiles_first_without_the_machine(self):
        (self.folder / "site.yml").write_text("sites: {s: {extends: rehearsal, vipu_partition: p16,"
                                              " executable_cache: /tmp/c}}\n")
        words = ["run", *PRESET, "--site", "./site.yml", "--compile-first"]
        done = self.run_program(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        plan = json.loads((self.run_folder() / "plan.json").read_text())
        shown = json.loads(self.run_program(*words, "--dry-run", "--format", "json").stdout)
        self.assertEqual(plan["steps"], shown["steps"])
        compiling, training = (step["argv"] for step in plan["steps"])
        self.assertEqual([word for word in compiling if word not in training],
                         ["--offline-mode", "--compile-only"])
        self.assertEqual([word for word in training if word not in compiling], ["--vipu-server-host", "vipu.invalid", "--vipu-partition", "p16"])
        compiled = json.loads((self.run_folder() / "compile/1/record.json").read_text())
        trained = json.loads((self.run_folder() / "train/1/record.json").read_text())
        self.assertEqual(compiled["proof"], "Training graph successfully compiled")
        self.assertLessEqual(compiled["ended"], trained["started"])
        self.assertIn("img/sec", (self.run_folder() / "train/1/stdout.log").read_text())
        explained = json.loads((self.run_folder() / "explain.json").read_text())
        self.assertEqual([step["step"] for step in explained["steps"]], ["compile", "train"])

    @needs_mpirun
    def test_does_not_train_what_did_not_compile(self):
        (self.folder / "poprun").write_text('#!/bin/sh\ncase "$*" in *--compile-only*) exit 7;; esac\n'
                                            'echo must not be started\n')
        (self.folder / "poprun").chmod(0o755)
        (self.folder / "site.yml").write_text(
            f"sites: {{s: {{programs: {{poprun: {self.folder}/poprun}}, executable_cache: /tmp/c}}}}\n")
        done = self.run_program("run", *PRESET, "--site", "./site.yml", "--data-dir", "/data",
                                "--preflight", "skip", "--compile-first")
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        self.assertFalse((self.run_folder() / "train").exists())

    def interrupted(self, *words):
        """A run that is interrupted as soon as it has told of a checkpoint."""
        self.env["REHEARSAL_SECONDS"] = "30"
        process = subprocess.Popen([PROGRAM, "run", *PRESET, "--site", "rehearsal", *words], cwd=self.folder,
                                   env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        seen = ""
        for line in process.stdout:
            seen += line
            if "Saved checkpoint to" in seen:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.env["REHEARSAL_SECONDS"] = "0.4"

    @needs_mpirun
    def test_is_interrupted_resumed_and_finished(self):
        self.interrupted()
        written = sorted(int(path.name[5:-6]) for path in self.folder.glob("logs/*/ckpt-*.index"))
        self.assertTrue(written)
        done = self.run_program("runs", "resume", "last")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"ckpt-{written[-1]}, of train", done.stderr)
        first, second = sorted((self.folder / "runs").iterdir())
        self.assertEqual([json.loads((run / "record.json").read_text())["state"] for run in (first, second)],
                         ["interrupted", "done"])

        def epochs(run):
            return [float(epoch) for epoch in re.findall(r"epoch: +([0-9.]+)", (run / "train/1/stdout.log").read_text())]
        # It goes on where the checkpoint was, in the same folder, up to the end.
        self.assertGreater(min(epochs(second)), min(epochs(first)) + 0.5)
        self.assertLessEqual(min(epochs(second)), max(epochs(first)) + 2)
        self.assertGreater(max(epochs(second)), 65.9)
        self.assertEqual(len(list(self.folder.glob("logs/*"))), 1)
        self.assertGreater(len(list(self.folder.glob("logs/*/ckpt-*.index"))), len(written))
        again = self.run_program("runs", "resume", "last")
        self.assertEqual(again.returncode, 1)
        self.assertIn("is done; there is nothing to go on with", again.stderr)

    @needs_mpirun
    def test_does_not_resume_from_half_a_checkpoint(self):
        self.interrupted()
        for mark in self.folder.glob("logs/*/ckpt-*.index"):
            mark.unlink()
        done = self.run_program("runs", "resume", "last")
        self.assertEqual(done.returncode, 1)
        self.assertIn("has no complete checkpoint; the newest was", done.stderr)

    @needs_mpirun
    def test_validates_the_checkpoints_that_were_written(self):
        done = self.run_program("run", *PRESET, "--site", "rehearsal", "--then", "validation")
        self.assertEqual(done.returncode, 0, done.stderr)
        newest = max(int(path.name[5:-6]) for path in self.folder.glob("logs/mk2_resnet50_gn_16ipus/*.index"))
        log = next((self.folder / "runs").glob("*/validation/1/stdout.log")).read_text()
        self.assertIn(f"logs/mk2_resnet50_gn_16ipus/ckpt-{newest}", log)
        self.assertNotIn("ckpt-40000", log)

    def test_a_step_that_prints_no_figure_is_silent(self):
        (self.folder / "site.yml").write_text("sites: {s: {programs: {poprun: 'true'}}}\n")
        done = self.run_program("run", *PRESET, "--site", "./site.yml", "--data-dir", "/data",
                                "--preflight", "skip")
        self.assertEqual(done.returncode, 3)
        self.assertIn("train fell silent: exit status 0, but no throughput was printed", done.stderr)
        record = json.loads((self.run_folder() / "train/1/record.json").read_text())
        self.assertEqual(record["state"], "silent")

    @needs_mpirun
    def test_a_run_that_the_script_refuses_fails(self):
        # More log lines than updates: the script divides by zero.
        done = self.run_program("run", *PRESET, "--site", "rehearsal", "--logs-per-epoch", "5000",
                                "--allow", "N004")
        self.assertEqual(done.returncode, 3)
        self.assertIn("ZeroDivisionError", done.stderr)
        self.assertIn("train failed: exit status 1", done.stderr)


def json_words(plan):
    return " ".join(json.loads(plan.read_text())["steps"][0]["argv"])


class Ranks(Case):
    def expected(self, index):
        return sorted({
            "POPDIST_NUM_TOTAL_REPLICAS": "8", "POPDIST_NUM_IPUS_PER_REPLICA": "2",
            "POPDIST_NUM_LOCAL_REPLICAS": "4", "POPDIST_UNIFORM_REPLICAS_PER_INSTANCE": "1",
            "POPDIST_REPLICA_INDEX_OFFSET": str(index * 4), "POPDIST_LOCAL_INSTANCE_INDEX": str(index),
            "IPUOF_VIPU_API_HOST": "localhost", "IPUOF_VIPU_API_PORT": "8090",
            "IPUOF_VIPU_API_TIMEOUT": "120", "IPUOF_VIPU_API_PARTITION_ID": "p16",
            "IPUOF_VIPU_API_GCD_ID": str(index), "IPUOF_LOG_LEVEL": "WARN",
            "POPLAR_TARGET_OPTIONS": '{"ipuLinkDomainSize":"16","ipuLinkConfiguration":"default",'
                                     '"ipuLinkTopology":"mesh","gatewayMode":"false","instanceSize":"16"}',
            "POPLAR_LOG_LEVEL": "WARN {a, b}",
        }.items())

    def assert_variables(self):
        self.env["POPLAR_TARGET_OPTIONS"] = '{"gatewayMode": "false"}'
        done = self.poprun("--num-instances=2", "--num-replicas=8", "--ipus-per-replica=2",
                           "--vipu-partition", "p16", "--mpi-global-args=--tag-output",
                           "--mpi-local-args=-x 'POPLAR_LOG_LEVEL=WARN {a, b}'", *SHOW)
        self.assertEqual(done.returncode, 0, done.stderr)
        for index in (0, 1):
            found = re.findall(rf"^\[1,{index}\]<stdout>:variable of this rank: (\w+)=(.*)$", done.stdout, re.M)
            self.assertEqual(found, self.expected(index))

    @needs_mpirun
    def test_variables_under_mpirun(self):
        self.assert_variables()

    def test_variables_without_mpirun(self):
        self.without_mpirun()
        self.assert_variables()

    def assert_statuses(self):
        two = ["--num-instances", "2", "--num-replicas", "2"]
        self.assertEqual(self.poprun(*two, "sh", "-c", "exit 3").returncode, 3)
        self.assertEqual(self.poprun(*two, "sh", "-c", "kill -9 $$").returncode, 137)
        # One rank ends badly, the other would go on for a minute.
        one = 'test "$POPDIST_REPLICA_INDEX_OFFSET" = 1 && exit 5; sleep 60'
        began = time.monotonic()
        self.assertEqual(self.poprun(*two, "sh", "-c", one).returncode, 5)
        self.assertLess(time.monotonic() - began, 45)

    @needs_mpirun
    def test_statuses_under_mpirun(self):
        self.assert_statuses()

    def test_statuses_without_mpirun(self):
        self.without_mpirun()
        self.assert_statuses()
        self.assertEqual(self.poprun("./nothing-here").returncode, 134)

    @needs_mpirun
    def test_one_instance_can_be_the_only_one_to_show(self):
        done = self.poprun("--num-instances=2", "--num-replicas=2", "--only-output-from-instance=1",
                           "--mpi-global-args=--tag-output", "sh", "-c", "echo a line of this instance")
        self.assertEqual(done.stdout, "[1,1]<stdout>:a line of this instance\n")

    @needs_mpirun
    def test_a_parameter_given_twice_is_open_mpis_to_refuse(self):
        done = self.poprun("--mpi-global-args=--mca btl self --mca btl self", "true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("listed multiple times", done.stderr)

    def test_an_unknown_option_is_refused(self):
        done = self.poprun("--num-repicas", "2", "true")
        self.assertEqual((done.returncode, done.stderr),
                         (1, "poprun (REHEARSAL): unrecognised option '--num-repicas'\n"))


class Script(Case):
    def app(self, *words):
        return self.run_program("rehearsal-app", "tensorflow1_cnns@2.3", *words)

    def test_what_its_parser_refuses_is_refused(self):
        for words, status, text in [
                (["train.py", "--bach-size", "4"], 2, "train.py has no option --bach-size"),
                (["train.py", "--batch-size", "4.5"], 2, "--batch-size needs a whole number, not '4.5'"),
                (["train.py", "--optimiser", "sgd"], 2, "'sgd' is no choice of --optimiser"),
                (["validation.py", "--warmup-epochs", "1"], 2, "validation.py has no option --warmup-epochs"),
                (["weight_avg.py", "--mode", "mean"], 2, "the following arguments are required: --restore-path"),
                (["train.py", "--config", "nothing"], 1, "there is no configuration 'nothing'")]:
            done = self.app(*words)
            self.assertEqual((done.returncode, done.stderr),
                             (status, f"{words[0]} (REHEARSAL): error: {text}\n"))

    def test_presets_beside_the_script_come_first(self):
        (self.folder / "configs.yml").write_text("mine: {model: resnet, dataset: cifar-10, batch_size: 50}\n")
        done = self.app("train.py", "--config", "mine", "--epochs", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" Batch Size: 50\n", done.stdout)
        self.assertRegex(done.stdout, r"iteration: +1054, epoch: +1.05")

    def test_the_same_words_give_the_same_lines(self):
        words = ["train.py", *PRESET, "--epochs", "2", "--no-validation"]
        self.assertEqual(self.app(*words).stdout, self.app(*words).stdout)

    def test_a_replica_of_another_size_than_popruns_is_refused(self):
        self.env.update(POPDIST_NUM_TOTAL_REPLICAS="4", POPDIST_NUM_LOCAL_REPLICAS="4",
                        POPDIST_NUM_IPUS_PER_REPLICA="2", POPDIST_REPLICA_INDEX_OFFSET="0")
        done = self.app("train.py", "--config", "mk2_resnet50_gn_16ipus", "--no-validation")
        self.assertEqual(done.returncode, 1)
        self.assertIn("a replica takes 1 IPUs here, and poprun was told 2", done.stderr)


class Interrupted(Case):
    def ranks(self):
        """Processes of this test that are still there."""
        found = []
        for process in pathlib.Path("/proc").iterdir():
            try:
                if process.name.isdigit() and os.readlink(process / "cwd") == str(self.folder):
                    found.append((process / "cmdline").read_bytes())
            except OSError:
                continue
        return found

    def assert_nothing_is_left(self, number, status):
        self.env["REHEARSAL_SECONDS"] = "60"
        with subprocess.Popen([PROGRAM, "run", *PRESET, "--site", "rehearsal"], cwd=self.folder,
                              env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            seen = b""
            while seen.count(b"Command line") < 8:
                seen += process.stdout.read1()
            process.send_signal(number)
            process.communicate(timeout=30)
        self.assertEqual(process.returncode, status)
        for _ in range(50):
            left = self.ranks()
            if not left:
                break
            time.sleep(0.1)
        self.assertEqual(left, [])
        record = json.loads((self.run_folder() / "train/1/record.json").read_text())
        self.assertEqual((record["state"], record["signal"]), ("interrupted", number))
        self.assertNotIn("exit_status", record)

    @needs_mpirun
    def test_ctrl_c_under_mpirun(self):
        self.assert_nothing_is_left(signal.SIGINT, 130)

    @needs_mpirun
    def test_sigterm_under_mpirun(self):
        self.assert_nothing_is_left(signal.SIGTERM, 143)

    def test_ctrl_c_without_mpirun(self):
        self.without_mpirun()
        self.assert_nothing_is_left(signal.SIGINT, 130)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
