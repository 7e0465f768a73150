#!/usr/bin/python3
"""Submits what `run --format sbatch` prints to a real Slurm on this machine, with a stand-in of poprun that says
what it was started with.

usage: slurm_test.py PROGRAM
"""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import benchmarks  # noqa: E402

PROGRAM = ""
TESTS = pathlib.Path(__file__).resolve().parent
BOOT = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
HOST = os.uname().nodename
STARTER = TESTS / "support" / "slurm-loopback"
PRESET = "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus"
SITE = """sites:
  pod:
    target: pod64
    hosts: [10.1.3.101]                # not those of the job
    network: 10.1.3.0/24
    vipu_partition: "slurm_${env:SLURM_JOB_ID}"
    app_dir: APP
    data_dir: /d
    resources: gres-ipu
    env: {POPLAR_ENGINE_OPTIONS: '{"a":"b","c":"d"}'}
    forward: [POPLAR_ENGINE_OPTIONS]
    slurm: {comment: 'it''s "a" # \\ job', output: "LOG"}
"""
# Says its words, what it got of the environment, and ends as it is told.
POPRUN = """#!/bin/sh
printf 'word: %s\\n' "$@"
printf 'env: %s\\n' "$POPLAR_ENGINE_OPTIONS"
printf 'tasks: %s of %s\\n' "$SLURM_NTASKS_PER_NODE" "$SLURM_JOB_NUM_NODES"
case "$*" in *validation.py*) exit 0 ;; esac
exit ${TRAINING_ENDS_WITH:-0}
"""



PARTITIONS = """PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
PartitionName=urgent Nodes=NODES MaxTime=INFINITE State=UP PriorityTier=10
PartitionName=cheap Nodes=NODES MaxTime=INFINITE State=UP PriorityTier=0 PreemptMode=CANCEL"""


class Cluster(unittest.TestCase):
    """A Slurm of several nodes on this machine, and a poprun on the PATH of its jobs."""
    nodes = 4
    poprun = POPRUN
    plugin = None  # C source of a SPANK plugin

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="slurm")
        cls.at = pathlib.Path(cls.folder.name)
        shape = {"SLURM_LOOPBACK_NODES": str(cls.nodes), "SLURM_LOOPBACK_EXTRA": PARTITIONS}
        if cls.plugin:
            built = cls.at / "plugin.so"
            subprocess.run(["gcc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", built, cls.plugin], check=True)
            shape["SLURM_LOOPBACK_SPANK"] = str(built)
        started = subprocess.run([STARTER, "start", cls.at / "cluster"], capture_output=True, text=True, check=False,
                                 stdin=subprocess.DEVNULL, env={**os.environ, **shape})
        if started.returncode != 0:
            cls.folder.cleanup()
            raise RuntimeError(started.stderr)
        bin_folder = cls.at / "bin"
        bin_folder.mkdir()
        (bin_folder / "poprun").write_text(cls.poprun)
        (bin_folder / "poprun").chmod(0o755)
        (cls.at / "app").mkdir()
        cls.env = {**os.environ, "SLURM_CONF": str(cls.at / "cluster" / "slurm.conf"),
                   "PATH": f"{bin_folder}:{os.environ['PATH']}"}

    @classmethod
    def tearDownClass(cls):
        subprocess.run([STARTER, "stop", cls.at / "cluster"], capture_output=True, check=False,
                       stdin=subprocess.DEVNULL)
        cls.folder.cleanup()

    def until(self, what, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = what()
            if value:
                return value
            time.sleep(0.1)
        self.fail("it did not come to be")


class ByHand(Cluster):
    """What `--format sbatch` prints, handed to sbatch by hand."""

    def script(self, *words, site=SITE):
        path = self.at / "pod.yml"
        path.write_text(site.replace("APP", str(self.at / "app")).replace("LOG", str(self.at / "%x-%j.log")))
        made = subprocess.run([PROGRAM, "run", "--site", path, *words, "--dry-run", "--format", "sbatch"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, made.returncode, made.stderr)
        return made.stdout

    def job(self, script, **variables):
        """Submits it and waits for its end: its facts as scontrol has them, and its log."""
        submitted = subprocess.run(["sbatch", "--parsable"], input=script, capture_output=True, text=True,
                                   check=False, env={**self.env, **variables}, cwd=self.at)
        self.assertEqual(0, submitted.returncode, submitted.stderr + script)
        number = submitted.stdout.strip()
        for _ in range(300):
            shown = subprocess.run(["scontrol", "show", "job", "-o", number], capture_output=True, text=True,
                                   check=True, env=self.env).stdout
            facts = dict(re.findall(r"(\w+)=(\S*)", shown))
            if facts["JobState"] not in ("PENDING", "RUNNING", "COMPLETING"):
                break
            time.sleep(0.1)
        return facts, shown, pathlib.Path(facts["StdOut"]).read_text()


class EightNodes(ByHand):
    nodes = 8

    def test_a_job_of_eight_hosts(self):
        facts, shown, log = self.job(self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus",
                                                 "--target", "pod128"))
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(("8", "64"), (facts["NumNodes"], facts["NumTasks"]))
        self.assertRegex(shown, r"TresPerNode=gres:ipu:16\b")
        words = re.findall(r"^word: (.*)$", log, re.M)
        self.assertEqual([f"ipuhost{i}" for i in range(1, 9)], words[words.index("--host") + 1].split(","))
        self.assertEqual(["8 of 8"], re.findall("^tasks: (.*)$", log, re.M))


class Slurm(ByHand):
    def test_a_job_of_four_hosts(self):
        facts, shown, log = self.job(self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus"))
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(("4", "32"), (facts["NumNodes"], facts["NumTasks"]))
        self.assertRegex(shown, r"TresPerNode=gres:ipu:16\b")
        self.assertIn('Comment=it\'s "a" # \\ job', shown)
        words = re.findall(r"^word: (.*)$", log, re.M)
        self.assertEqual("ipuhost1,ipuhost2,ipuhost3,ipuhost4", words[words.index("--host") + 1])
        self.assertEqual(f"slurm_{facts['JobId']}", words[words.index("--vipu-partition") + 1])
        self.assertEqual(['{"a":"b","c":"d"}'], re.findall("^env: (.*)$", log, re.M))
        self.assertEqual(["8 of 4"], re.findall("^tasks: (.*)$", log, re.M))

    def test_its_steps_run_one_after_the_other(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16", "--then", "validation")
        facts, _, log = self.job(script)
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(["train.py", "validation.py"], re.findall(r"^word: (\w+\.py)$", log, re.M))
        self.assertNotIn("--host", log)

    def test_a_step_that_fails_ends_it(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16", "--then", "validation")
        facts, _, log = self.job(script, TRAINING_ENDS_WITH="7")
        self.assertEqual(("FAILED", "7:0"), (facts["JobState"], facts["ExitCode"]))
        self.assertEqual(["train.py"], re.findall(r"^word: (\w+\.py)$", log, re.M))

    def test_more_than_a_host_has_is_refused(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16")
        self.assertIn("#SBATCH --gres=ipu:16\n", script)
        refused = subprocess.run(["sbatch", "--parsable"], input=script.replace("ipu:16", "ipu:17"),
                                 capture_output=True, text=True, check=False, env=self.env, cwd=self.at)
        self.assertEqual(1, refused.returncode)


class OneNode(ByHand):
    nodes = 1

    def test_a_job_of_one_host(self):
        facts, shown, log = self.job(self.script("--config", PRESET, "--target", "pod16"))
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertEqual(("1", "8"), (facts["NumNodes"], facts["NumTasks"]))
        self.assertRegex(shown, r"TresPerNode=gres:ipu:16\b")
        self.assertNotIn("--host", log)

    def test_four_hosts_would_wait_for_ever(self):
        """What Slurm takes all the same: so a wait is bounded, and the reason shown."""
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus")
        submitted = subprocess.run(["sbatch", "--parsable"], input=script, capture_output=True, text=True, check=True,
                                   env=self.env, cwd=self.at).stdout.strip()
        def reason():
            shown = subprocess.run(["squeue", "-h", "-j", submitted, "--Format=State:|,Reason:"], capture_output=True,
                                   text=True, check=True, env=self.env).stdout
            return re.search(r"^PENDING\|Partition(Node|Con)", shown)
        self.until(reason)
        subprocess.run(["scancel", submitted], check=True, env=self.env)


@unittest.skipUnless(shutil.which("mpirun"), "Open MPI is not installed")
class OpenMpi(ByHand):
    """A launcher that is the real mpirun, on several hosts: it takes hosts and slots from the job."""
    nodes = 8
    poprun = """#!/bin/sh
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
exec mpirun -np "$SLURM_NTASKS" sh -c 'echo "rank $OMPI_COMM_WORLD_RANK on $SLURMD_NODENAME"; exit ${RANKS_END_WITH:-0}'
"""

    def ranks(self, target, **variables):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus", "--target", target)
        facts, _, log = self.job(script, **variables)
        return facts, log, sorted((int(rank), node) for rank, node in re.findall(r"^rank (\d+) on (\w+)$", log, re.M))

    def test_four_and_eight_hosts(self):
        for target, hosts in (("pod64", 4), ("pod128", 8)):
            with self.subTest(hosts=hosts):
                facts, log, ranks = self.ranks(target)
                self.assertEqual("COMPLETED", facts["JobState"], log)
                self.assertEqual(list(range(8 * hosts)), [rank for rank, _ in ranks], log)
                nodes = [node for _, node in ranks]
                self.assertEqual({f"ipuhost{i}": 8 for i in range(1, hosts + 1)},
                                 {node: nodes.count(node) for node in nodes})

    def test_a_rank_that_fails_ends_the_job(self):
        facts, log, _ = self.ranks("pod64", RANKS_END_WITH="7")
        self.assertEqual(("FAILED", "7:0"), (facts["JobState"], facts["ExitCode"]), log)


SPANK_HEADER = pathlib.Path("/usr/include/slurm/spank.h")


@unittest.skipUnless(SPANK_HEADER.exists() and shutil.which("gcc"),
                     f"--ipus needs a plugin, which needs gcc and {SPANK_HEADER} (libslurm-dev)")
class IpusOption(ByHand):
    """Sites whose Slurm has an option of its own for IPUs: support/ipus_option.c is one like it."""
    plugin = TESTS / "support" / "ipus_option.c"
    poprun = POPRUN.replace("#!/bin/sh\n", '#!/bin/sh\necho "granted: $IPUS_GRANTED"\n')
    site = SITE.replace("gres-ipu", "ipus-option")

    def test_a_job_says_its_ipus(self):
        script = self.script("--config", PRESET, "--target", "pod16", site=self.site)
        self.assertIn("#SBATCH --ipus=16\n", script)
        facts, shown, log = self.job(script)
        self.assertEqual("COMPLETED", facts["JobState"], log)
        self.assertNotIn("gres:ipu", shown)
        self.assertIn("granted: 16\n", log)
        words = re.findall("^word: (.*)$", log, re.M)
        self.assertEqual(f"slurm_{facts['JobId']}", words[words.index("--vipu-partition") + 1])

    def test_all_ipus_of_several_hosts(self):
        script = self.script("--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus", site=self.site)
        self.assertIn("#SBATCH --ipus=64\n", script)
        facts, _, log = self.job(script)
        self.assertEqual(("COMPLETED", "4"), (facts["JobState"], facts["NumNodes"]), log)
        self.assertIn("granted: 64\n", log)

    def test_what_the_plugin_refuses_is_said(self):
        path = self.at / "refused.yml"
        path.write_text(self.site.replace("APP", str(self.at / "app"))
                        .replace("slurm: {", "slurm: {ipus: '6', ").replace("LOG", "unused"))
        made = subprocess.run([PROGRAM, "run", "--site", path, "--config", PRESET, "--target", "pod16", "--via", "slurm",
                               "--output", self.at / "refused"], capture_output=True, text=True, check=False, env=self.env,
                              cwd=self.at)
        self.assertEqual(3, made.returncode, made.stderr)
        self.assertIn("--ipus: a power of two is needed, not '6'", made.stderr)


class WithoutTheOption(ByHand):
    """The same on a Slurm that knows no --ipus."""
    nodes = 1

    def test_the_submission_fails_and_says_why(self):
        path = self.at / "plain.yml"
        path.write_text(SITE.replace("gres-ipu", "ipus-option").replace("APP", str(self.at / "app")).replace("LOG", "unused"))
        made = subprocess.run([PROGRAM, "run", "--site", path, "--config", PRESET, "--target", "pod16", "--via", "slurm",
                               "--output", self.at / "plain"], capture_output=True, text=True, check=False, env=self.env,
                              cwd=self.at)
        self.assertEqual(3, made.returncode, made.stderr)
        self.assertRegex(made.stderr, "unrecognized option '--ipus")


# A training that takes a time, prints the figure that proves it, and ends as it is told.
TRAINING = """#!/bin/sh
printf 'word: %s\\n' "$@"
echo 'to stderr' >&2
case "$*" in *validation.py*) echo validating; exit 0 ;; esac
case "$*" in *--shards*) 
    exec mpirun -np "$MPI_RANKS" sh -c 'echo "rank $OMPI_COMM_WORLD_RANK on $SLURMD_NODENAME"' ;;
esac
echo "script $PPID"
echo "begun ${SLURM_RESTART_COUNT:-0}"
[ "${SLURM_RESTART_COUNT:-0}" = 0 ] || TAKES=0
sleep "${TAKES:-0}"
[ -z "$KILLS_ITSELF" ] || kill -9 $$
for rate in 100.0 200.0 300.0; do echo "step: img/sec: $rate"; done
exit ${TRAINING_ENDS_WITH:-0}
"""


class Via(Cluster):
    """`run --via slurm`: each test has a folder of its own for its runs."""
    poprun = TRAINING

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Slurm looks at time limits once a minute: the last test waits for this one.
        if os.environ.get("IPUCNN_TEST_SIZE") == "full":
            cls.limited = cls.start("limited", "--detach", env={"TAKES": "300"},
                                    slurm={"time": "0:01", "partition": "urgent"})

    @classmethod
    def words(cls, name, words, slurm):
        site = SITE.replace("APP", str(cls.at / "app")).replace("LOG", str(cls.at / "unused.log"))
        path = cls.at / f"{name}.yml"
        path.write_text(re.sub(r"slurm: .*", "slurm: " + json.dumps(slurm or {}), site))
        return [PROGRAM, "run", "--site", path, "--config", PRESET, "--target", "pod16", "--via", "slurm", *words]

    @classmethod
    def start(cls, name, *words, env=None, slurm=None):
        """The folder of a run that was detached."""
        made = subprocess.run([*cls.words(name, words, slurm), "--output", cls.at / name], capture_output=True,
                              text=True, check=False, env={**cls.env, **(env or {})}, cwd=cls.at)
        if made.returncode != 0:
            raise AssertionError(made.stderr)
        return pathlib.Path(made.stdout.strip())

    def go(self, name, *words, env=None, slurm=None):
        """Runs it to its end: the status, what it said, and the folder of the run."""
        made = subprocess.run([*self.words(name, words, slurm), "--output", self.at / name], capture_output=True,
                              text=True, check=False, env={**self.env, **(env or {})}, cwd=self.at, timeout=60)
        folder, = (self.at / name).iterdir()
        return made.returncode, made, folder

    def runs(self, what, folder, *words):
        return subprocess.run([PROGRAM, "runs", what, folder, *words], capture_output=True, text=True, check=False,
                              env=self.env, cwd=self.at, timeout=200)

    def record(self, folder):
        return json.loads((folder / "record.json").read_text())

    def slurm_id(self, folder, step="train", number="1"):
        """As soon as it has one."""
        def known():
            told = [one["submitted"] for one in self.record(folder)["handed"] if one["step"] == step]
            told += [json.loads(path.read_text())["submitted"]
                     for path in (folder / step / number).glob("record.json")]
            return next((text.split()[1] for text in told if text and text.split()[1] != "-"), None)
        return self.until(known)

    def facts(self, number):
        shown = subprocess.run(["scontrol", "show", "job", "-o", number], capture_output=True, text=True, check=True,
                               env=self.env).stdout
        return dict(re.findall(r"(\w+)=(\S*)", shown))

    def until_begun(self, folder):
        return self.until(lambda: (folder / "train" / "1" / "stdout.log").is_file()
                          and "begun" in (folder / "train" / "1" / "stdout.log").read_text())

    def followers(self, folder):
        return self.record(folder)["writer"]["pid"]

    def lose_follower(self, folder):
        pid = self.followers(folder)
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not pathlib.Path(f"/proc/{pid}").exists()
                   or ") Z " in pathlib.Path(f"/proc/{pid}/stat").read_text())

    def test_it_submits_the_bytes_of_the_dry_run(self):
        dry = subprocess.run([*self.words("bytes", ["--dry-run"], {"comment": "ours"})], capture_output=True,
                             text=True, check=True, env=self.env, cwd=self.at).stdout
        status, said, folder = self.go("bytes", slurm={"comment": "ours"})
        self.assertEqual(0, status, said.stderr)
        self.assertEqual(dry, (folder / "job.sbatch").read_text())
        number = self.slurm_id(folder)
        written = subprocess.run(["scontrol", "write", "batch_script", number, "-"], capture_output=True, text=True,
                                 check=True, env=self.env).stdout
        self.assertEqual(dry, written.rstrip("\0\n") + "\n")
        self.assertRegex(self.facts(number)["Comment"], "^ours$")
        comment = subprocess.run(["squeue", "-h", "--states=all", "-j", number, "-O", "Comment:"], check=True,
                                 capture_output=True, text=True, env=self.env).stdout.strip()
        self.assertRegex(comment, rf"^ours ipucnn:{folder.name}/train/1:[0-9a-f]{{12}}$")

    def test_what_is_kept(self):
        status, said, folder = self.go("kept")
        self.assertEqual(0, status, said.stderr)
        place = folder / "train" / "1"
        self.assertEqual(said.stdout, (place / "stdout.log").read_text())
        self.assertEqual("to stderr\n", (place / "stderr.log").read_text())
        number = self.slurm_id(folder)
        self.assertIn(f"word: slurm_{number}\n", said.stdout)
        run = self.record(folder)
        self.assertEqual(("done", "slurm", []), (run["state"], run["scheduler"], run["handed"]))
        self.assertEqual(250.0, run["figures"][0]["mean"])
        of_try = json.loads((place / "record.json").read_text())
        self.assertEqual(("done", f"slurm {number} {place}"), (of_try["state"], of_try["submitted"]))
        self.assertRegex(of_try["where"], "^ipuhost[1-4]$")
        rows = (place / "samples.csv").read_text().splitlines()
        self.assertEqual(["100.0", "200.0", "300.0"], [row.split(",")[-1] for row in rows[1:] if "throughput" in row])
        last = [row.split(",") for row in (place / "times.csv").read_text().splitlines() if ",stdout," in row][-1]
        self.assertEqual((place / "stdout.log").stat().st_size, int(last[2]) + int(last[3]))
        ended = dict(line.split("=", 1) for line in (place / "ended").read_text().splitlines())
        self.assertEqual(("0", ""), (ended["status"], ended["signal"]))
        self.assertEqual({"record.json", "samples.csv", "times.csv", "slurm.log", "started", "ended", "submission",
                          "stdout.log", "stderr.log"}, {path.name for path in place.iterdir()})
        self.assertEqual(0, self.runs("clean", folder, "--delete").returncode)
        self.assertFalse(folder.exists())

    def test_filters_of_the_environment_are_for_people(self):
        """What a user's squeue and scancel are told to leave out is not left out here."""
        env = {"SQUEUE_PARTITION": "urgent", "SQUEUE_ACCOUNT": "x", "SQUEUE_NAMES": "x", "SQUEUE_QOS": "x",
               "SQUEUE_STATES": "PENDING", "SQUEUE_USERS": "nobody", "SCANCEL_STATE": "PENDING", "SCANCEL_NAME": "x",
               "SBATCH_WAIT": "1"}
        status, said, _ = self.go("filters", env=env)
        self.assertEqual(0, status, said.stderr)
        folder = self.start("filters_cancel", "--detach", env={**env, "TAKES": "60"})
        self.until_begun(folder)
        cancelled = subprocess.run([PROGRAM, "runs", "cancel", folder], capture_output=True, text=True, check=False,
                                   env={**self.env, **env}, cwd=self.at, timeout=60)
        self.assertEqual((0, "CANCELLED"), (cancelled.returncode, self.facts(self.slurm_id(folder))["JobState"]))

    def test_an_sbatch_that_greets(self):
        """The id does not stand where it should, as behind a site's own lines: the queue has it."""
        tools = self.at / "greeting"
        tools.mkdir()
        (tools / "sbatch").write_text('#!/bin/sh\necho "Welcome to the pod"\nexec /usr/bin/sbatch "$@"\n')
        (tools / "sbatch").chmod(0o755)
        status, said, folder = self.go("greeted", env={"PATH": f"{tools}:{self.env['PATH']}"})
        self.assertEqual((0, "done"), (status, self.record(folder)["state"]), said.stderr)

    def test_a_job_that_fails(self):
        status, said, folder = self.go("fails", env={"TRAINING_ENDS_WITH": "7"})
        self.assertEqual(3, status)
        self.assertEqual(("failed", 7), (self.record(folder)["state"], self.record(folder)["exit_status"]))
        self.assertIn("failed: exit status 7", said.stderr)

    def test_a_launcher_that_is_killed(self):
        status, _, folder = self.go("killed", env={"KILLS_ITSELF": "1"})
        self.assertEqual(3, status)
        self.assertEqual(("failed", 137), (self.record(folder)["state"], self.record(folder)["exit_status"]))

    def test_a_job_that_is_killed_with_its_script(self):
        folder = self.start("whole", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        script, = re.findall("^script (.*)", (folder / "train" / "1" / "stdout.log").read_text(), re.M)
        os.kill(int(script), signal.SIGKILL)
        self.assertEqual(3, self.runs("wait", folder).returncode)
        self.assertEqual(("failed", 9), (self.record(folder)["state"], self.record(folder)["signal"]))
        self.assertFalse((folder / "train" / "1" / "ended").exists())

    def test_somebody_else_cancels_it(self):
        folder = self.start("cancelled", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        subprocess.run(["scancel", self.slurm_id(folder)], check=True, env=self.env)
        waited = self.runs("wait", folder)
        self.assertEqual((3, "cancelled"), (waited.returncode, self.record(folder)["state"]), waited.stderr)
        self.assertIn("signal=TERM", (folder / "train" / "1" / "ended").read_text())

    def test_runs_cancel(self):
        folder = self.start("stopped", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        self.assertEqual(0, self.runs("cancel", folder).returncode)
        self.assertEqual("interrupted", self.record(folder)["state"])
        self.assertEqual("CANCELLED", self.facts(self.slurm_id(folder))["JobState"])

    def test_an_interrupt_cancels_it(self):
        process = subprocess.Popen([*self.words("interrupt", [], None), "--output", self.at / "interrupt"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**self.env, "TAKES": "60"}, cwd=self.at)
        folder, = self.until(lambda: list((self.at / "interrupt").glob("*")) if (self.at / "interrupt").is_dir()
                             else [])
        self.until_begun(folder)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual((130, "interrupted"), (process.returncode, self.record(folder)["state"]))
        self.assertEqual("CANCELLED", self.facts(self.slurm_id(folder))["JobState"])

    def test_a_job_that_would_pend_for_ever(self):
        status, said, folder = self.go("pends", "--max-pending", "4s", slurm={"nodes": "9"})
        self.assertEqual(3, status)
        run = self.record(folder)
        self.assertEqual(("timed out", "pending", "it waited in the queue for 4 s"),
                         (run["state"], run["phase"], run["reason"]))
        self.assertIn("train: queued: PartitionConfig", said.stderr)
        self.assertEqual("CANCELLED", self.facts(self.slurm_id(folder))["JobState"])

    def test_the_queue_is_asked_ever_more_seldom(self):
        log = self.at / "questions"
        folder = self.at / "counting"
        folder.mkdir()
        (folder / "squeue").write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec /usr/bin/squeue "$@"\n')
        (folder / "squeue").chmod(0o755)
        self.go("seldom", "--max-pending", "12s", slurm={"nodes": "9"},
                env={"PATH": f"{folder}:{self.env['PATH']}"})
        self.assertLess(len(log.read_text().splitlines()), 12)

    def test_what_slurm_refuses(self):
        status, said, folder = self.go("refused", slurm={"gres": "ipu:17"})
        self.assertEqual((3, "not started"), (status, self.record(folder)["state"]))
        self.assertIn("Requested node configuration is not available", said.stderr)

    def test_a_second_step_waits_for_the_first(self):
        folder = self.start("two", "--then", "validation", "--set", f"logs_path={self.at}/two_logs", "--detach",
                            env={"TAKES": "3"})
        self.until_begun(folder)
        first, second = self.slurm_id(folder), self.slurm_id(folder, "validation")
        self.assertIn(f"afterok:{first}", self.facts(second)["Dependency"])
        waited = self.runs("wait", folder)
        self.assertEqual(3, waited.returncode)  # the stand-in validates nothing
        states = [(one["step"], one["state"]) for one in self.record(folder)["tries"]]
        self.assertEqual([("train", "done"), ("validation", "silent")], states)
        self.assertIn("validating\n", (folder / "validation" / "1" / "stdout.log").read_text())

    def test_a_second_step_is_taken_back(self):
        status, _, folder = self.go("back", "--then", "validation", "--set", f"logs_path={self.at}/back_logs",
                                    env={"TRAINING_ENDS_WITH": "1"})
        self.assertEqual((3, "failed"), (status, self.record(folder)["state"]))
        self.assertFalse((folder / "validation" / "1" / "started").exists())
        queued = subprocess.run(["squeue", "-h", "--Format=Comment:200"], capture_output=True, text=True, check=True,
                                env=self.env).stdout
        self.assertNotIn(folder.name, queued)

    def test_its_end_is_found_when_ipucnn_is_gone(self):
        folder = self.start("gone", "--detach", env={"TAKES": "2"})
        self.until_begun(folder)
        self.lose_follower(folder)
        self.until(lambda: (folder / "train" / "1" / "ended").exists())
        # Slurm may see the end a moment after the script has told of it.
        self.until(lambda: re.search(r"^state +done", self.runs("show", folder).stdout, re.M))
        self.assertEqual("done", self.record(folder)["state"])
        self.assertEqual(250.0, self.record(folder)["figures"][0]["mean"])
        self.assertEqual(0, self.runs("wait", folder).returncode)

    def test_a_job_that_the_queue_has_forgotten(self):
        """Its script was killed, and told nothing of its end. There is no accounting here: sacct is a stand-in, and
        so is a squeue that has forgotten."""
        folder = self.start("forgotten", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        self.lose_follower(folder)
        number = self.slurm_id(folder)
        script, = re.findall("^script (.*)", (folder / "train" / "1" / "stdout.log").read_text(), re.M)
        os.kill(int(script), signal.SIGKILL)
        tools = self.at / "forgetful"
        tools.mkdir()
        (tools / "squeue").write_text('#!/bin/sh\necho "slurm_load_jobs error: Invalid job id specified" >&2\nexit 1\n')
        (tools / "sacct").write_text(f'#!/bin/sh\ncase "$*" in *--jobs={number}*) ;; *) exit 1 ;; esac\n'
                                     f'echo "{number}|OUT_OF_MEMORY|0:125|UNLIMITED"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)
        waited = subprocess.run([PROGRAM, "runs", "wait", folder], capture_output=True, text=True, check=False,
                                env={**self.env, "PATH": f"{tools}:{self.env['PATH']}"}, cwd=self.at, timeout=60)
        self.assertEqual((3, "failed"), (waited.returncode, self.record(folder)["state"]), waited.stderr)
        of_try = json.loads((folder / "train" / "1" / "record.json").read_text())
        self.assertEqual(["slurm_out_of_memory"], [one["id"] for one in of_try["messages"]])

    def test_attach_goes_on_where_ipucnn_was_killed(self):
        folder = self.start("attached", "--detach", env={"TAKES": "4"})
        self.until(lambda: self.record(folder)["state"] == "running")
        self.lose_follower(folder)
        self.assertRegex(self.runs("show", folder).stdout, r"(?m)^state +running: slurm has its job")
        attached = self.runs("attach", folder)
        self.assertEqual(0, attached.returncode, attached.stderr)
        self.assertEqual((folder / "train" / "1" / "stdout.log").read_text(), attached.stdout)
        self.assertEqual(3, (folder / "train" / "1" / "samples.csv").read_text().count("throughput"))

    def test_cancel_reaches_a_job_that_nobody_follows(self):
        folder = self.start("unfollowed", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        self.lose_follower(folder)
        cancelled = self.runs("cancel", folder)
        self.assertEqual((0, "cancelled"), (cancelled.returncode, self.record(folder)["state"]), cancelled.stderr)

    def test_a_submission_is_found_by_its_comment(self):
        """ipucnn is killed when sbatch has submitted and before it has said the id."""
        tools = self.at / "killing"
        tools.mkdir()
        (tools / "sbatch").write_text('#!/bin/sh\n/usr/bin/sbatch "$@" > /dev/null\nkill -9 $PPID\n')
        (tools / "sbatch").chmod(0o755)
        killed = subprocess.run([*self.words("lost_id", [], None), "--output", self.at / "lost_id"],
                                capture_output=True, check=False, cwd=self.at,
                                env={**self.env, "PATH": f"{tools}:{self.env['PATH']}", "TAKES": "1"})
        self.assertEqual(-signal.SIGKILL, killed.returncode)
        folder, = (self.at / "lost_id").iterdir()
        self.assertRegex(self.record(folder)["handed"][0]["submitted"], "^slurm - ")
        attached = self.runs("attach", folder)
        self.assertEqual((0, "done"), (attached.returncode, self.record(folder)["state"]), attached.stderr)

    def test_a_controller_that_is_restarted(self):
        folder = self.start("controller", "--detach", env={"TAKES": "6"})
        self.until_begun(folder)
        cluster = self.at / "cluster"
        pid = int((cluster / "run" / "slurmctld.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        self.until(lambda: not pathlib.Path(f"/proc/{pid}").exists())
        subprocess.run(["slurmctld", "-f", cluster / "slurm.conf"], check=True, env=self.env,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waited = self.runs("wait", folder)
        self.assertEqual((0, "done"), (waited.returncode, self.record(folder)["state"]), waited.stderr)

    def preempt(self, folder):
        """A job that wants the node of this one."""
        node = self.facts(self.slurm_id(folder))["NodeList"]
        subprocess.run(["sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", f"--nodelist={node}",
                        "--wrap", "sleep 1"], check=True, env=self.env, cwd=self.at, capture_output=True)

    def test_a_job_that_is_preempted_and_begun_again(self):
        folder = self.start("requeued", "--detach", env={"TAKES": "60"})
        self.until_begun(folder)
        self.preempt(folder)
        waited = self.runs("wait", folder)
        self.assertEqual((0, "done"), (waited.returncode, self.record(folder)["state"]), waited.stderr)
        of_try = json.loads((folder / "train" / "1" / "record.json").read_text())
        self.assertEqual(["slurm_requeued"], [one["id"] for one in of_try["messages"]])
        log = (folder / "train" / "1" / "stdout.log").read_text()
        self.assertEqual(["begun 0", "begun 1"], re.findall("^begun .*", log, re.M))

    def test_a_job_that_is_preempted_for_good(self):
        folder = self.start("preempted", "--detach", env={"TAKES": "60"}, slurm={"partition": "cheap"})
        self.until_begun(folder)
        self.preempt(folder)
        waited = self.runs("wait", folder)
        self.assertEqual((3, "preempted"), (waited.returncode, self.record(folder)["state"]), waited.stderr)

    def test_a_node_that_fails(self):
        folder = self.start("node", "--detach", env={"TAKES": "60"}, slurm={"no-requeue": ""})
        self.until_begun(folder)
        node = self.facts(self.slurm_id(folder))["NodeList"]
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=down", "reason=test"], check=True,
                       env=self.env)
        waited = self.runs("wait", folder)
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"], check=False, env=self.env,
                       capture_output=True)  # it may be back already
        self.assertEqual((3, "lost"), (waited.returncode, self.record(folder)["state"]), waited.stderr)
        self.assertIn("a node of the job failed", waited.stderr)

    @unittest.skipUnless(shutil.which("mpirun"), "Open MPI is not installed")
    def test_open_mpi_takes_its_slots_from_the_job(self):
        status, said, folder = self.go(
            "mpi", "--ipus", "16", "--shards", "1",
            env={"MPI_RANKS": "8", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
        self.assertEqual((3, "silent"), (status, self.record(folder)["state"]), said.stderr)  # no figure is printed
        self.assertEqual(list(range(8)), sorted(map(int, re.findall(r"^rank (\d) on ipuhost", said.stdout, re.M))))

    @unittest.skipUnless(os.environ.get("IPUCNN_TEST_SIZE") == "full", "a time limit takes two minutes")
    def test_zz_a_time_limit(self):
        waited = self.runs("wait", self.limited)
        run = self.record(self.limited)
        self.assertEqual((3, "timed out", "it took longer than 1 m"), (waited.returncode, run["state"], run["reason"]))
        of_try = json.loads((self.limited / "train" / "1" / "record.json").read_text())
        self.assertEqual(["slurm_time_limit"], [one["id"] for one in of_try["messages"]])


# Each of Slurm's programs with its calls kept, a line each, behind the time.
COUNTED = """#!/bin/sh
echo "$(date +%s.%N) $*" >> CALLS/NAME
exec /usr/bin/NAME "$@"
"""
# The same of sbatch, and slow enough that a kill falls into a submission: before it, or before its id is told.
SUBMITS = """#!/bin/sh
echo "$(date +%s.%N) $(/usr/bin/squeue --noheader | wc -l) $*" >> CALLS/sbatch
sleep $((${SLOWLY:-0} / 2)).$((${SLOWLY:-0} * 5 % 10))
id=$(/usr/bin/sbatch "$@") || exit
for word; do case $word in --comment=*) echo "$id ${word#*=}" >> CALLS/submitted ;; esac; done
sleep $((${SLOWLY:-0} / 2)).$((${SLOWLY:-0} * 5 % 10))
echo "$id"
"""
# Says that it was begun, works, and prints its figure.
WORK = """echo "$1 $SLURM_JOB_ID" >> "$BEGUN"
sleep "${2:-0}"
case " $FAILING " in *" $1 "*) exit 4 ;; esac
for rate in 10 20 30; do echo "figure $rate"; done
"""


class Campaign(Cluster):
    """`bench` and sweeps through Slurm: each test has a folder of its own."""
    poprun = TRAINING

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.at))
        self.calls = self.folder / "calls"
        tools = self.folder / "tools"
        for folder in (self.calls, tools):
            folder.mkdir()
        for name in ("sbatch", "squeue", "scancel", "scontrol"):
            text = (SUBMITS if name == "sbatch" else COUNTED).replace("CALLS", str(self.calls)).replace("NAME", name)
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        self.begun = self.folder / "begun"
        self.variables = {**self.env, "PATH": f"{tools}:{self.env['PATH']}", "BEGUN": str(self.begun)}
        (self.folder / "work.sh").write_text(WORK)
        site = SITE.replace("APP", str(self.at / "app"))
        (self.folder / "pod.yml").write_text(re.sub(r"slurm: .*", "slurm: {}", site))

    def entries(self, names, seconds=0):
        (self.folder / "b.yml").write_text("".join(
            f"{name}:\n  cmd: bash work.sh {name} {seconds}\n  data: {{figure: {{regexp: 'figure (\\S+)'}}}}\n"
            for name in names))

    def words(self, *words):
        return [PROGRAM, "bench", "b.yml", "--site", "pod.yml", "--via", "slurm", *words]

    def start(self, *words, files=None, **env):
        def more_files():
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        return subprocess.Popen(self.words(*words), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, text=True, env={**self.variables, **env},
                                preexec_fn=more_files if files else None)

    def bench(self, *words, expect=0, timeout=120, **more):
        process = self.start("--format", "json", *words, **more)
        out, err = process.communicate(timeout=timeout)
        self.assertEqual(expect, process.returncode, out + err)
        return {job["name"]: job for job in json.loads(out)["jobs"]}, err

    def lines(self, name):
        path = self.calls / name
        return path.read_text().splitlines() if path.exists() else []

    def ran(self):
        """How often each entry was begun, by its name."""
        names = [line.split()[0] for line in self.begun.read_text().splitlines()]
        return {name: names.count(name) for name in names}

    def queue(self):
        return subprocess.run(["squeue", "--noheader", "--array", "--Format=Comment:200"], capture_output=True, text=True,
                              check=True, env=self.env).stdout.count("ipucnn:")

    def interrupted(self, in_flight):
        """What a suite prints that is interrupted when so many of its starts have begun."""
        process = self.start("--in-flight", str(in_flight))
        self.until(lambda: self.begun.exists() and len(self.ran()) == in_flight)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(130, process.returncode, err)
        return out


class Suites(Campaign):
    """Jobs of which each is submitted by itself."""

    def test_some_are_in_flight_at_a_time(self):
        self.entries("abcdef", 1)
        jobs, err = self.bench("--in-flight", "2", FAILING="c e", expect=3)
        self.assertEqual({"a": "done", "b": "done", "c": "failed", "d": "done", "e": "failed", "f": "done"},
                         {name: job["state"] for name, job in jobs.items()})
        self.assertEqual([20.0], [figure["value"] for figure in jobs["a"]["figures"]])
        self.assertIn("c: failed: exit status 4", err)
        self.assertEqual(dict.fromkeys("abcdef", 1), self.ran())
        before = [int(line.split()[1]) for line in self.lines("sbatch")]
        self.assertEqual((6, 1), (len(before), max(before)))
        suite, = (self.folder / "runs").glob("*-bench-suite")
        self.assertEqual(jobs, {job["name"]: job for job in json.loads((suite / "results.json").read_text())["jobs"]})
        # What failed is run again, and nothing else.
        jobs, _ = self.bench("--resume")
        self.assertEqual({"done"}, {job["state"] for job in jobs.values()})
        self.assertEqual({**dict.fromkeys("abdf", 1), "c": 2, "e": 2}, self.ran())

    def test_documented_benchmarks_are_played(self):
        """Graphcore's own entries through Slurm: a rehearsal in place of IPUs, and their report."""
        group = benchmarks.entries()["3.2"]["pytorch/train"]
        (self.folder / "b.yml").write_text(benchmarks.spec_text(group))
        (self.folder / "pod.yml").write_text("sites: {pod: {extends: rehearsal, resources: none, slurm: {}}}\n")
        jobs, err = self.bench("--app", "pytorch_cnns@3.2", DATASETS_DIR="/data", REHEARSAL_SECONDS="0.2")
        wanted = {name for name in group if "_conv" not in name}
        self.assertEqual((wanted, {"done"}, {"REHEARSAL"}),
                         (set(jobs), {job["state"] for job in jobs.values()}, {job["label"] for job in jobs.values()}), err)
        for name, job in jobs.items():
            self.assertEqual(set(group[name]["metrics"]), {one["metric"] for one in job["figures"] if one["value"]}, name)
        suite, = (self.folder / "runs").glob("*-bench-suite")
        page = (suite / "results.html").read_text()
        self.assertTrue(all(name in page for name in wanted))

    def test_dry_run_prints_the_scripts(self):
        self.entries("ab")
        dry = subprocess.run(self.words("--dry-run"), capture_output=True, text=True, check=True, cwd=self.folder,
                             env=self.variables).stdout
        self.bench()
        scripts = re.findall(r"# [ab]\nsbatch <<'END_OF_SCRIPT'\n(.*?)END_OF_SCRIPT\n", dry, re.S)
        runs = {json.loads((path.parent / "record.json").read_text())["job"]: path.read_text()
                for path in (self.folder / "runs").glob("*/job.sbatch")}
        self.assertEqual(scripts, [runs["a"], runs["b"]])

    def test_after_some_failures_nothing_more_is_begun(self):
        self.entries("abcdef")
        jobs, err = self.bench("--in-flight", "1", "--max-failures", "2", FAILING="a b c d e f", expect=3)
        self.assertEqual(["failed"] * 2 + ["waiting"] * 4, [job["state"] for job in jobs.values()])
        self.assertIn("4 runs are not begun", err)

    def test_an_interrupt_cancels_all_at_once(self):
        self.entries("abcdefgh", 60)
        out = self.interrupted(6)
        self.assertEqual(6, len(re.findall(r"(?m)^[a-h] +interrupted", out)), out)
        self.assertEqual(1, len(self.lines("scancel")))
        self.assertEqual(0, self.queue())

    def test_limits_hold_for_each(self):
        self.entries("abc", 60)
        jobs, _ = self.bench("--timeout", "2s", "--grace", "1s", expect=3)
        self.assertEqual({"timed out"}, {job["state"] for job in jobs.values()})
        self.assertEqual(0, self.queue())

    def test_killed_at_random_moments(self):
        """kill -9, again and again, and --resume: no job is submitted twice, and none is lost."""
        seed = int(os.environ.get("IPUCNN_SEED", time.time_ns() % 100000))
        rng = random.Random(seed)
        kills = 40 if os.environ.get("IPUCNN_TEST_SIZE") == "full" else 8
        names = [f"j{i}" for i in range(kills * 2)]
        self.entries(names, 1)
        killed = 0
        while True:
            process = self.start("--resume", "--in-flight", "4", SLOWLY="1")
            try:
                out, err = process.communicate(timeout=rng.uniform(0.3, 2.5) if killed < kills else 300)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                killed += 1
                continue
            self.assertEqual(0, process.returncode, f"seed {seed}\n{out}{err}")
            break
        self.assertGreater(killed, 3, f"seed {seed}")
        self.assertEqual(dict.fromkeys(names, 1), self.ran(), f"seed {seed}")
        submitted = [line.split()[0] for line in self.lines("submitted")]
        self.assertEqual(len(names), len(set(submitted)), f"seed {seed}")
        self.assertEqual(0, self.queue())
        suite, = [path for path in (self.folder / "runs").glob("*-bench-suite") if (path / "results.json").exists()]
        jobs = json.loads((suite / "results.json").read_text())["jobs"]
        self.assertEqual([(name, "done") for name in names], [(job["name"], job["state"]) for job in jobs])

    def leave_a_submission(self, *, submits):
        """ipucnn is killed while it submits, and what it left says that this was on another host, whose processes
        nobody sees here. The place of its try; sbatch goes on when `submits` says so."""
        self.entries("a")
        tools = self.folder / "late"
        tools.mkdir()
        (tools / "sbatch").write_text(f'#!/bin/sh\nkill -9 $PPID\nuntil [ -e {submits} ]; do sleep 0.05; done\n'
                                      f'exec {self.folder}/tools/sbatch "$@"\n')
        (tools / "sbatch").chmod(0o755)
        killed = self.start(PATH=f"{tools}:{self.variables['PATH']}")
        killed.wait(60)
        killed.stdout.close()  # sbatch holds on to them
        killed.stderr.close()
        self.assertEqual(-signal.SIGKILL, killed.returncode)
        record, = (self.folder / "runs").glob("*-a/record.json")
        place = record.parent / "benchmark" / "1"
        journal, = (self.folder / "runs").glob("*/journal.jsonl")
        for path in (record, journal, place / "submission"):
            text = path.read_text()
            self.assertIn(BOOT, text)
            path.write_text(text.replace(BOOT, "0" * len(BOOT)).replace(HOST, "elsewhere"))
        return place

    def test_an_sbatch_that_outlived_its_ipucnn_on_another_host(self):
        goes_on = self.folder / "goes_on"
        self.leave_a_submission(submits=goes_on)
        # Many others are queued: more than one MiB of them.
        squeue = self.folder / "tools" / "squeue"
        squeue.write_text(squeue.read_text().replace(
            "exec ", "case $* in *--user=*) seq -f '%.0f|RUNNING|None|0|0|n1|UNLIMITED|of somebody else' 900000 930000 ;; "
                     "esac\nexec "))
        process = self.start("--resume", "--format", "json")
        self.until(lambda: any("--user=" in line for line in self.lines("squeue")))
        self.assertEqual([], self.lines("submitted"))
        goes_on.touch()
        out, err = process.communicate(timeout=120)
        self.assertEqual((0, ["done"]), (process.returncode, [job["state"] for job in json.loads(out)["jobs"]]), err)
        self.assertEqual((1, {"a": 1}), (len(self.lines("submitted")), self.ran()))

    def test_one_that_comes_when_nobody_waits_any_more_is_not_begun(self):
        goes_on = self.folder / "goes_on"
        place = self.leave_a_submission(submits=goes_on)
        os.utime(place / "submission", (time.time() - 3600,) * 2)
        jobs, _ = self.bench("--resume")
        self.assertEqual({"a": "done"}, {name: job["state"] for name, job in jobs.items()})
        goes_on.touch()
        self.until(lambda: (place / "ended").exists())
        self.assertIn("withdrawn=yes", (place / "ended").read_text())
        self.assertEqual((2, {"a": 1}), (len(self.lines("submitted")), self.ran()))

    def test_a_queue_that_cannot_be_asked_does_not_say_that_there_is_nothing(self):
        """The controller is restarted, say, while a suite is resumed."""
        self.entries("ab", 3)
        process = self.start()
        self.until(lambda: len(self.lines("submitted")) == 2)
        process.kill()
        process.communicate()
        deaf = self.folder / "deaf"
        squeue = self.folder / "tools" / "squeue"
        squeue.write_text(squeue.read_text().replace(
            "exec ", f"[ ! -e {deaf} ] || {{ echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; }}\nexec "))
        # The ids were told in time or not: both are looked for.
        for record in (self.folder / "runs").glob("*/record.json"):
            if record.parent.name.endswith("-a"):
                record.write_text(re.sub(r'slurm \d+ ', 'slurm - ', record.read_text()))
        for started in (self.folder / "runs").glob("*-a/benchmark/1/started"):
            started.unlink()
        deaf.touch()
        asked = len(self.lines("squeue"))
        process = self.start("--resume", "--format", "json")
        self.until(lambda: len(self.lines("squeue")) > asked + 1)
        deaf.unlink()
        out, err = process.communicate(timeout=120)
        self.assertEqual((0, ["done"] * 2), (process.returncode, [job["state"] for job in json.loads(out)["jobs"]]), err)
        self.assertEqual((2, {"a": 1, "b": 1}), (len(self.lines("submitted")), self.ran()))

    def test_an_answer_of_the_controller_that_did_not_come(self):
        """sbatch fails, and Slurm has the job all the same, or not."""
        self.entries("ab")
        sbatch = self.folder / "tools" / "sbatch"
        sbatch.write_text(sbatch.read_text().replace("id=$(", "case $* in *-b/*) lost; esac\nid=$(").replace(
            'echo "$id"', "lost").replace("#!/bin/sh\n", "#!/bin/sh\nlost() { echo 'sbatch: error: Batch job submission failed: "
                                          "Socket timed out on send/recv operation' >&2; exit 1; }\n"))
        jobs, err = self.bench(expect=3)
        self.assertEqual({"a": "done", "b": "not started"}, {name: job["state"] for name, job in jobs.items()})
        self.assertIn("b: not started: sbatch: error: Batch job submission failed: Socket timed out", err)
        self.assertEqual((1, {"a": 1}), (len(self.lines("submitted")), self.ran()))

    def test_many_jobs_cost_no_more_questions(self):
        """Of Slurm's controller: a submission each, and questions by the time that it takes."""
        many = 200 if os.environ.get("IPUCNN_TEST_SIZE") == "full" else 40
        self.entries([f"j{i}" for i in range(many)], 1)
        from_time = time.monotonic()
        jobs, _ = self.bench("--in-flight", str(many), files=4096, timeout=600)
        seconds = time.monotonic() - from_time
        self.assertEqual({"done"}, {job["state"] for job in jobs.values()})
        calls = {name: len(self.lines(name)) for name in ("sbatch", "squeue", "scancel", "scontrol")}
        self.assertEqual((many, 0, 0), (calls["sbatch"], calls["scancel"], calls["scontrol"]))
        self.assertLess(calls["squeue"], 2 * seconds + 3)
        print(f"{many} jobs in {seconds:.0f} s: {calls['squeue']} questions", file=sys.stderr)


# As WORK, and says when it was at it.
TIMED = """echo "$1 $SLURM_JOB_ID $SLURM_ARRAY_JOB_ID" >> "$BEGUN"
[ "${SLURM_RESTART_COUNT:-0}" = 0 ] || set -- "$1" 0
echo "$(date +%s.%N) 1" >> "$BEGUN.times"
sleep "${2:-0}"
echo "$(date +%s.%N) -1" >> "$BEGUN.times"
case " $FAILING " in *" $1 "*) exit 4 ;; esac
for rate in 10 20 30; do echo "figure $rate"; done
"""


class Arrays(Campaign):
    """Points of one entry that ask Slurm for the same: they are tasks of one array."""

    def setUp(self):
        super().setUp()
        (self.folder / "work.sh").write_text(TIMED)

    def points(self, **seconds):
        """A sweep over points that take so long."""
        (self.folder / "b.yml").write_text(
            "p:\n  cmd: bash work.sh {n} {s}\n  data: {figure: {regexp: 'figure (\\S+)'}}\n  parameters:\n  - [n, s]\n"
            + "".join(f"  - [{name}, {time}]\n" for name, time in seconds.items()))

    def states(self, jobs):
        return {re.search(r"n=(\w+)", name)[1]: job["state"] for name, job in jobs.items()}

    def submitted(self):
        """Each array that was submitted: its number and its script's line."""
        return [(line.split()[0], pathlib.Path(line.split()[-3]).read_text()) for line in self.lines("sbatch")
                if line.split()[-3].endswith("/array.sbatch")]

    def most_at_once(self):
        changes = sorted((float(line.split()[0]), int(line.split()[1]))
                         for line in pathlib.Path(f"{self.begun}.times").read_text().splitlines())
        at_work = [sum(change for _, change in changes[:i + 1]) for i in range(len(changes))]
        return max(at_work)

    def test_a_sweep_is_one_array(self):
        """Six points, two at a time: one fails, one is ended at its limit. What is not done is the next array."""
        self.points(a=1, b=1.5, c=1, d=60, e=1, f=1)
        dry = subprocess.run(self.words("--dry-run", "--in-flight", "2"), capture_output=True, text=True, check=True,
                             cwd=self.folder, env=self.variables).stdout
        jobs, err = self.bench("--in-flight", "2", "--timeout", "6s", "--grace", "2s", FAILING="c", expect=3)
        self.assertEqual({"a": "done", "b": "done", "c": "failed", "d": "timed out", "e": "done", "f": "done"},
                         self.states(jobs), err)
        self.assertEqual(dict.fromkeys("abcdef", 1), self.ran())
        self.assertEqual(2, self.most_at_once())
        begun = [line.split() for line in self.begun.read_text().splitlines()]
        self.assertEqual((6, 1), (len({one[1] for one in begun}), len({one[2] for one in begun})))
        (_, script), = self.submitted()
        self.assertEqual(1, len(self.lines("sbatch")))
        self.assertIn("#SBATCH --array=0-5%2\n", script)
        # What was submitted are the bytes of the dry run, which a shell writes into files and submits.
        by_hand = self.folder / "by_hand"
        by_hand.mkdir()
        made = subprocess.run(["sh"], input=dry, capture_output=True, text=True, check=False, cwd=by_hand,
                              env={**self.variables, "BEGUN": str(self.folder / "by_hand_begun")})
        self.assertEqual(0, made.returncode, made.stderr)
        self.assertEqual(script, (by_hand / "array-1" / "array.sbatch").read_text())
        number = made.stdout.split()[-1]
        for task in range(6):
            place, = (path for path in (self.folder / "runs").glob(f"*-bench-suite/array-1/{task}"))
            folder = place.resolve().parent.parent
            self.assertEqual((by_hand / "array-1" / f"{task}.sbatch").read_text(), (folder / "job.sbatch").read_text())
            array = begun[0][2]
            self.assertEqual(f"slurm {array}_{task} {place.resolve()}",
                             json.loads((place / "record.json").read_text())["submitted"])
            self.assertIn(f"job={array}_{task}\n", (place / "started").read_text())
            self.assertTrue((place / "slurm.log").is_file())
        subprocess.run(["scancel", number], check=True, env=self.env)
        for path in [by_hand / "array-1" / "array.sbatch", by_hand / "array-1" / "0.sbatch"]:
            self.assertEqual(0, subprocess.run(["bash", "-n", path], check=False).returncode)
            if shutil.which("shellcheck"):
                subprocess.run(["shellcheck", "-s", "bash", path], check=True)
        # Of those that are left, which are begun again, and nothing else.
        self.points(a=1, b=1.5, c=1, d=60, e=1, f=1)
        jobs, err = self.bench("--resume", "--in-flight", "2", "--timeout", "3s", "--grace", "1s", expect=3)
        self.assertEqual({"d": "timed out", **dict.fromkeys("abcef", "done")}, self.states(jobs), err)
        self.assertEqual({**dict.fromkeys("abef", 1), "c": 2, "d": 2}, self.ran())
        self.assertEqual(2, len(self.submitted()))
        self.assertIn("#SBATCH --array=0-1%2\n", self.submitted()[-1][1])
        self.assertEqual(0, self.queue())

    def test_an_interrupt_cancels_the_array_once(self):
        self.points(**dict.fromkeys("abcdefgh", 60))
        out = self.interrupted(3)
        self.assertEqual(3, len(re.findall(r"(?m)^p\S* +interrupted +figure", out)), out)
        self.assertEqual(5, len(re.findall(r"(?m)^p\S* +cancelled +figure", out)), out)
        cancelled, = self.lines("scancel")
        self.assertRegex(cancelled, r" \d+_\[0-7\]$")
        self.assertEqual((0, 3), (self.queue(), len(self.ran())))

    def test_after_some_failures_the_rest_is_cancelled(self):
        self.points(a=0, b=30, c=30, d=30, e=30)
        jobs, err = self.bench("--in-flight", "1", "--max-failures", "1", FAILING="a", expect=3)
        self.assertIn("4 runs are not begun", err)
        self.assertEqual({"a": "failed", **dict.fromkeys("bcde", "cancelled")}, self.states(jobs))
        self.assertEqual(0, self.queue())

    def test_a_sweep_of_a_preset(self):
        words = [PROGRAM, "run", "--site", "pod.yml", "--config", PRESET, "--target", "pod16", "--via", "slurm",
                 "--sweep", "batch_size=4,8,16", "--in-flight", "2"]
        made = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120,
                              env={**self.variables, "TAKES": "1"})
        self.assertEqual(0, made.returncode, made.stderr)
        self.assertEqual(["4", "8", "16"], re.findall(r"(?m)batch_size=(\d+) +done .* 250\.0", made.stdout), made.stdout)
        (_, script), = self.submitted()
        self.assertIn("#SBATCH --array=0-2%2\n", script)
        self.assertEqual((1, 3), (len(self.lines("sbatch")), len(list((self.folder / "runs").glob("*/job.sbatch")))))

    def test_points_of_two_sizes_are_two_arrays(self):
        words = [PROGRAM, "run", "--site", "pod.yml", "--config", PRESET, "--target", "pod16", "--via", "slurm",
                 "--sweep", "batch_size=4,8", "--sweep", "instances=4,8", "--in-flight", "2"]
        made = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120,
                              env={**self.variables, "TAKES": "1"})
        self.assertEqual(0, made.returncode, made.stderr)
        self.assertEqual(4, len(re.findall(r"(?m) done .* 250\.0", made.stdout)), made.stdout)
        scripts = [script for _, script in self.submitted()]
        self.assertEqual(["4", "8"], sorted(re.search("ntasks-per-node=(.*)", script)[1] for script in scripts))
        self.assertTrue(all("#SBATCH --array=0-1%2\n" in script for script in scripts), scripts)

    def test_a_site_with_small_arrays(self):
        """What the site allows is asked for, and runs that may be tried again are jobs of their own."""
        self.points(**dict.fromkeys("abcde", 0))
        scontrol = self.folder / "tools" / "scontrol"
        scontrol.write_text(scontrol.read_text().replace(
            "exec ", "case $* in 'show config') echo 'MaxArraySize            = 3'; exit ;; esac\nexec "))
        jobs, err = self.bench()
        self.assertEqual(dict.fromkeys("abcde", "done"), self.states(jobs), err)
        self.assertEqual(["0-2%3", "0-1%2"],
                         [re.search("array=(.*)", script)[1] for _, script in self.submitted()])
        self.bench("--retries", "1", "--name", "again")
        self.assertEqual(2 + 5, len(self.lines("sbatch")))

    def test_an_array_that_is_refused(self):
        self.points(a=0, b=0)
        site = self.folder / "pod.yml"
        site.write_text(site.read_text().replace("slurm: {}", "slurm: {partition: none}"))
        jobs, err = self.bench(expect=3)
        self.assertEqual(dict.fromkeys("ab", "not started"), self.states(jobs))
        self.assertIn("invalid partition specified: none", err)
        self.assertEqual(1, len(self.lines("sbatch")))

    def test_a_task_that_is_preempted_and_begun_again(self):
        self.points(a=60, b=0)
        process = self.start("--in-flight", "1", "--format", "json")
        self.until(lambda: self.begun.exists())
        _, _, array = self.begun.read_text().split()
        shown = subprocess.run(["scontrol", "show", "job", "-o", f"{array}_0"], capture_output=True, text=True, check=True,
                               env=self.env).stdout
        node = re.search(r" NodeList=(\S+)", shown)[1]
        subprocess.run(["sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", f"--nodelist={node}",
                        "--wrap", "sleep 1"], check=True, env=self.env, cwd=self.at, capture_output=True)
        out, err = process.communicate(timeout=120)
        self.assertEqual(0, process.returncode, out + err)
        self.assertEqual(dict.fromkeys("ab", "done"),
                         self.states({job["name"]: job for job in json.loads(out)["jobs"]}))
        self.assertEqual({"a": 2, "b": 1}, self.ran())
        place, = (self.folder / "runs").glob("*-bench-suite/array-1/0")
        self.assertEqual(["slurm_requeued"],
                         [one["id"] for one in json.loads((place / "record.json").read_text())["messages"]])

    def leave_an_array(self, script):
        """ipucnn is killed by this sbatch, on another host as far as its files tell: the folder of the array."""
        self.points(**dict.fromkeys("abcd", 0.5))
        tools = self.folder / "late"
        tools.mkdir()
        (tools / "sbatch").write_text(f"#!/bin/sh\n{script}\n")
        (tools / "sbatch").chmod(0o755)
        killed = self.start("--in-flight", "2", PATH=f"{tools}:{self.variables['PATH']}")
        killed.wait(60)
        killed.stdout.close()  # sbatch holds on to them
        killed.stderr.close()
        self.assertEqual(-signal.SIGKILL, killed.returncode)
        array, = (self.folder / "runs").glob("*/array-1")
        records = list((self.folder / "runs").glob("*/record.json"))
        self.assertEqual(4, len(records))
        for path in (*records, array.parent / "journal.jsonl", array / "submission"):
            text = path.read_text()
            self.assertIn(BOOT, text)
            path.write_text(text.replace(BOOT, "0" * len(BOOT)).replace(HOST, "elsewhere"))
        return array

    def test_an_array_whose_id_was_not_told(self):
        array = self.leave_an_array(f'{self.folder}/tools/sbatch "$@" > /dev/null; kill -9 $PPID')
        self.assertFalse((array / "answer").exists())
        # What has begun tells its name itself; what has not is in the queue.
        self.until(lambda: len(self.lines("submitted")) == 1)
        jobs, err = self.bench("--resume", "--in-flight", "2")
        self.assertEqual(dict.fromkeys("abcd", "done"), self.states(jobs), err)
        self.assertEqual((1, dict.fromkeys("abcd", 1)), (len(self.lines("submitted")), self.ran()))

    def test_an_array_that_comes_when_nobody_waits_any_more(self):
        goes_on = self.folder / "goes_on"
        array = self.leave_an_array(f'kill -9 $PPID\nuntil [ -e {goes_on} ]; do sleep 0.05; done\n'
                                    f'exec {self.folder}/tools/sbatch "$@"')
        process = self.start("--resume", "--in-flight", "2", "--format", "json")
        # Two minutes it is waited for.
        self.until(lambda: any("--user=" in line for line in self.lines("squeue")))
        self.assertEqual([], self.lines("submitted"))
        os.utime(array / "submission", (time.time() - 3600,) * 2)
        out, err = process.communicate(timeout=120)
        self.assertEqual(0, process.returncode, out + err)
        self.assertEqual(dict.fromkeys("abcd", 1), self.ran())
        goes_on.touch()
        self.until(lambda: all((array / str(task) / "ended").exists() for task in range(4)))
        for task in range(4):
            self.assertIn("withdrawn=yes", (array / str(task) / "ended").read_text())
        self.assertEqual(dict.fromkeys("abcd", 1), self.ran())

    def test_killed_at_random_moments(self):
        """kill -9, again and again, and --resume: no point runs twice, and none is lost."""
        seed = int(os.environ.get("IPUCNN_SEED", time.time_ns() % 100000))
        rng = random.Random(seed)
        full = os.environ.get("IPUCNN_TEST_SIZE") == "full"
        killed = 0
        for around in range(5 if full else 2):
            self.points(**{f"r{around}n{i}": 0.5 for i in range(12)})
            name = f"s{around}"
            for moment in range(5):
                process = self.start("--resume", "--name", name, "--in-flight", "4", SLOWLY="1")
                try:
                    out, err = process.communicate(timeout=rng.uniform(0.2, 3) if moment < 4 else 200)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    killed += 1
                    continue
                self.assertEqual(0, process.returncode, f"seed {seed}\n{out}{err}")
            names = [f"r{around}n{i}" for i in range(12)]
            ran = self.ran()
            self.assertEqual(dict.fromkeys(names, 1), {one: ran.get(one) for one in names}, f"seed {seed}")
            suite, = [path for path in (self.folder / "runs").glob(f"*-bench-{name}") if (path / "results.json").exists()]
            jobs = json.loads((suite / "results.json").read_text())["jobs"]
            self.assertEqual({"done"}, {job["state"] for job in jobs}, f"seed {seed}")
        self.assertGreater(killed, 3, f"seed {seed}")
        self.assertEqual(0, self.queue())
        print(f"arrays: {killed} kills, {len(self.lines('submitted'))} submissions, seed {seed}", file=sys.stderr)


class Shells(unittest.TestCase):
    def test_shells_and_shellcheck_take_them(self):
        made = sorted((TESTS / "golden").glob("run_sbatch_*/stdout"))
        scripts = [path for path in made if path.read_text().startswith("#!/bin/bash\n")]
        self.assertGreater(len(scripts), 3)
        for path in scripts:
            self.assertEqual(0, subprocess.run(["bash", "-n", path], check=False).returncode, path)
            subprocess.run(["shellcheck", "-s", "bash", path], check=True)
        of_array, = (path for path in made if path.read_text().startswith("set -e\n"))
        subprocess.run(["shellcheck", "-s", "sh", of_array], check=True)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
