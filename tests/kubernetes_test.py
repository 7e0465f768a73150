#!/usr/bin/python3
"""Holds IPUJob manifests to PyYAML, to a schema of ours and to the words of the plan.

usage: kubernetes_test.py PROGRAM    (needs python3-jsonschema and python3-yaml; without them it is skipped)
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.folders import working_folder  # noqa: E402

PROGRAM = ""
SCHEMA = json.loads((pathlib.Path(__file__).resolve().parent / "data" / "schemas" / "ipujob-v1alpha1.json").read_text())
PRESET = ["--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--target", "pod16"]
SITE = {
    "app_dir": "/work/cnns", "data_dir": "/data/imagenet",
    "env": {"POPLAR_ENGINE_OPTIONS": '{"a":"$(not_one)","b":"$$"}', "LABEL": "on: 1é\t'\""},
    "kubernetes": {"namespace": "ml", "image": "registry/cnns:3.3", "cpu": 32, "memory": "200Gi", "shared_memory": "64Gi",
                   "service_account": "trainer", "volumes": {"/data/imagenet": "imagenet", "/work/cnns": "code"}},
}


def expanded(text, values):
    """As Kubernetes expands references: `$$` is a dollar sign, an unknown `$(NAME)` stays."""
    out = ""
    while text:
        if text.startswith("$$"):
            out, text = out + "$", text[2:]
        elif text.startswith("$(") and ")" in text:
            name, _, text = text[2:].partition(")")
            out += values.get(name, f"$({name})")
        else:
            out, text = out + text[0], text[1:]
    return out


class Kubernetes(unittest.TestCase):
    def setUp(self):
        self.at = working_folder(self, prefix="kube")

    def run_dry(self, form, *words, site=None, status=0):
        (self.at / "site.yml").write_text(yaml.safe_dump({"sites": {"cluster": site or SITE}}))
        made = subprocess.run([PROGRAM, "run", "--site", "site.yml", *words, "--dry-run", "--format", form],
                              capture_output=True, text=True, check=False, cwd=self.at)
        self.assertEqual(status, made.returncode, made.stderr)
        return made.stdout if status == 0 else made.stderr

    def jobs(self, *words, site=None):
        jobs = list(yaml.safe_load_all(self.run_dry("k8s", *words, site=site)))
        for job in jobs:
            jsonschema.validate(job, SCHEMA)
        return jobs

    def container(self, job):
        return job["spec"]["workers"]["template"]["spec"]["containers"][0]

    def test_it_is_a_valid_job_with_the_words_of_the_plan(self):
        job, = self.jobs(*PRESET)
        self.assertEqual(("mk2-resnet50-gn-16ipus", "ml"), (job["metadata"]["name"], job["metadata"]["namespace"]))
        self.assertEqual("16", job["spec"]["ipusPerJobInstance"])
        self.assertEqual({"type": "Never", "backOffLimit": 0}, job["spec"]["restartPolicy"])
        container = self.container(job)
        words = self.run_dry("argv", *PRESET).split("\0")[:-1]
        self.assertEqual(words, [expanded(word, {}) for word in container["command"] + container["args"]])
        self.assertNotIn("--host", words)
        values = {one["name"]: expanded(one["value"], {}) for one in container["env"]}
        for name, value in SITE["env"].items():
            self.assertEqual(value, values[name])
        self.assertEqual("1", values["OMPI_ALLOW_RUN_AS_ROOT"])
        self.assertEqual(["/dev/shm", "/data/imagenet", "/work/cnns"],
                         [one["mountPath"] for one in container["volumeMounts"]])
        self.assertEqual({"cpu": "32", "memory": "200Gi"}, container["resources"]["limits"])
        self.assertEqual("/work/cnns", container["workingDir"])

    def test_each_step_is_a_job(self):
        jobs = self.jobs(*PRESET, "--then", "validation")
        names = [job["metadata"]["name"] for job in jobs]
        self.assertEqual(2, len(set(names)))
        self.assertTrue(all(len(name) <= 27 for name in names), names)

    def test_the_names_of_steps_differ_whatever_the_preset_is_called(self):
        for preset in ("mk2_efficientnet_b4_g16_16ipus", "mk2_resnet50_gn_16ipus"):
            jobs = self.jobs("--config", f"tensorflow1_cnns@2.3:{preset}", "--then", "validation")
            names = [job["metadata"]["name"] for job in jobs]
            self.assertEqual(2, len(set(names)), names)
            self.assertTrue(names[1].endswith("-validation"), names)
            self.assertLessEqual(max(map(len, names)), 36 - 9)

    def test_a_restart_is_asked_for(self):
        site = {**SITE, "kubernetes": {**SITE["kubernetes"], "backoff_limit": 3, "clean_pods": "Workers"}}
        job, = self.jobs(*PRESET, site=site)
        self.assertEqual({"type": "OnFailure", "backOffLimit": 3}, job["spec"]["restartPolicy"])
        self.assertEqual("Workers", job["spec"]["cleanPodPolicy"])

    def test_a_secret_is_no_value(self):
        cluster = {**SITE["kubernetes"], "secrets": {"WANDB_API_KEY": "wandb"}}
        site = {**SITE, "kubernetes": cluster, "env": {"KEY_OF_RUN": "k=${env:WANDB_API_KEY}$"}}
        container = self.container(self.jobs(*PRESET, site=site)[0])
        by_name = {one["name"]: one for one in container["env"]}
        self.assertEqual({"secretKeyRef": {"name": "wandb", "key": "WANDB_API_KEY"}}, by_name["WANDB_API_KEY"]["valueFrom"])
        self.assertEqual("k=s3$", expanded(by_name["KEY_OF_RUN"]["value"], {"WANDB_API_KEY": "s3"}))
        self.assertLess(list(by_name).index("WANDB_API_KEY"), list(by_name).index("KEY_OF_RUN"))
        without = self.run_dry("k8s", *PRESET, site={**site, "kubernetes": SITE["kubernetes"]}, status=2)
        self.assertIn("the variable WANDB_API_KEY is not known in a cluster", without)

    def test_the_schema_refuses_the_documented_mistakes(self):
        def refused(change):
            job = json.loads(json.dumps(self.jobs(*PRESET)[0]))
            change(job)
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(job, SCHEMA)
        refused(lambda job: job["spec"].update(ipusPerJobInstance=16))
        refused(lambda job: job["spec"].update(restartPolicy="Never"))
        refused(lambda job: job["spec"].update(jobInstances="1"))
        refused(lambda job: job["spec"].update(cleanPodPolicy="Running"))
        refused(lambda job: job["spec"].update(worker=job["spec"].pop("workers")))
        refused(lambda job: job["spec"]["workers"].update(replicas=0))
        refused(lambda job: job["spec"].update(modelReplicas="2"))
        refused(lambda job: job["metadata"].update(name="a" * 37))


TRAINING = """#!/bin/sh
case "$*" in *validation.py*) echo validating; exit 0 ;; esac
echo begun
sleep "${TAKES:-0}"
for rate in 100.0 200.0 300.0; do echo "step: img/sec: $rate"; done
exit ${TRAINING_ENDS_WITH:-0}
"""


class AgainstARecordingStandInOfKubectl(unittest.TestCase):
    """No cluster is behind these: tests/support/recording_kubectl.py answers for one."""

    def setUp(self):
        self.at = working_folder(self, prefix="kube")
        tools = self.at / "bin"
        tools.mkdir()
        (tools / "kubectl").symlink_to(pathlib.Path(__file__).resolve().parent / "support" / "recording_kubectl.py")
        (tools / "poprun").write_text(TRAINING)
        (tools / "poprun").chmod(0o755)
        (self.at / "cluster").mkdir()
        self.env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "KUBE": str(self.at / "cluster")}
        site = {"data_dir": "/d", "kubernetes": {"namespace": "ml", "image": "registry/cnns:3.3"}}
        (self.at / "site.yml").write_text(yaml.safe_dump({"sites": {"cluster": site}}))

    def start(self, *words, **env):
        return subprocess.Popen([PROGRAM, "run", "--site", "site.yml", *PRESET, "--via", "kubernetes", *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.at,
                                env={**self.env, **env})

    def go(self, *words, **env):
        process = self.start(*words, **env)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def runs(self, what, *words):
        return subprocess.run([PROGRAM, "runs", what, "last", *words], capture_output=True, text=True, check=False,
                              cwd=self.at, env=self.env, timeout=60)

    def run_folder(self):
        return max((self.at / "runs").iterdir())

    def record(self):
        return json.loads((self.run_folder() / "record.json").read_text())

    def calls(self, word):
        return [line for line in (self.at / "cluster" / "calls").read_text().splitlines() if word in line.split()]

    def until(self, what):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if what():
                return
            time.sleep(0.05)
        self.fail("it did not come to be")

    def until_begun(self):
        self.until(lambda: list(self.at.glob("runs/*/train/1/stdout.log"))
                   and "begun" in (self.run_folder() / "train" / "1" / "stdout.log").read_text())

    def test_a_job_is_created_followed_and_deleted(self):
        status, out, err = self.go()
        self.assertEqual(0, status, err)
        place = self.run_folder() / "train" / "1"
        self.assertEqual("begun\n" + "".join(f"step: img/sec: {rate}.0\n" for rate in (100, 200, 300)), out)
        self.assertEqual(out, (place / "stdout.log").read_text())
        self.assertEqual(("done", "kubernetes"), (self.record()["state"], self.record()["scheduler"]))
        self.assertEqual(250.0, self.record()["figures"][0]["mean"])
        job = yaml.safe_load((place / "ipujob.yml").read_text())
        jsonschema.validate(job, SCHEMA)
        name = job["metadata"]["name"]
        self.assertRegex(name, "^mk2-resnet50-gn-16ipus-[0-9a-f]{8}$")
        self.assertEqual([f"create --filename={place}/ipujob.yml"], self.calls("create"))
        self.assertEqual([f"--namespace=ml logs --follow {name}-worker-0"], self.calls("logs"))
        self.assertEqual([f"--namespace=ml delete --wait=false --ignore-not-found ipujobs.graphcore.ai/{name}"],
                         self.calls("delete"))
        dry = subprocess.run([PROGRAM, "run", "--site", "site.yml", *PRESET, "--via", "kubernetes", "--dry-run"],
                             capture_output=True, text=True, check=True, cwd=self.at).stdout
        self.assertEqual(dry.replace('name: "mk2-resnet50-gn-16ipus"', f'name: "{name}"'),
                         (place / "ipujob.yml").read_text())

    def test_a_container_beside_the_worker_does_not_count(self):
        status, out, err = self.go(KUBE_SIDECAR="1")
        self.assertEqual((0, "done"), (status, self.record()["state"]), err)
        self.assertTrue(all("--container=worker" in call for call in self.calls("logs")))

    def test_a_job_that_fails(self):
        status, _, err = self.go(TRAINING_ENDS_WITH="7")
        self.assertEqual((3, 7), (status, self.record()["exit_status"]), err)

    def test_a_worker_out_of_memory(self):
        status, _, err = self.go(TRAINING_ENDS_WITH="137", KUBE_REASON="OOMKilled")
        self.assertEqual((3, 9), (status, self.record()["signal"]))
        self.assertIn("kubernetes_out_of_memory", err)

    def test_a_job_that_is_refused(self):
        status, _, err = self.go(KUBE_REFUSES="1")
        self.assertEqual((3, "not started"), (status, self.record()["state"]))
        self.assertIn("the server says no", err)

    def test_a_job_that_would_pend_for_ever(self):
        status, _, err = self.go("--max-pending", "2s", KUBE_PENDS="1")
        self.assertEqual((3, "timed out", "pending"), (status, self.record()["state"], self.record()["phase"]))
        self.assertIn("queued: waiting for 16 IPUs", err)
        self.assertEqual(1, len(self.calls("delete")))

    def test_an_interrupt_deletes_it(self):
        process = self.start(TAKES="60")
        self.until_begun()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual((130, "interrupted"), (process.returncode, self.record()["state"]))
        self.assertEqual(1, len(self.calls("delete")))

    def test_the_second_step_is_created_after_the_first(self):
        status, out, err = self.go("--then", "validation")
        self.assertEqual(3, status, err)  # the stand-in validates nothing
        self.assertEqual([("train", "done"), ("validation", "silent")],
                         [(one["step"], one["state"]) for one in self.record()["tries"]])
        self.assertTrue(out.endswith("validating\n"), out)
        order = [line for line in (self.at / "cluster" / "calls").read_text().splitlines()
                 if line.split()[0] == "create" or " delete " in line]
        self.assertEqual(["create", "delete", "create", "delete"],
                         ["create" if line.startswith("create") else "delete" for line in order])

    def test_attach_goes_on_where_ipucnn_was_killed(self):
        process = self.start(TAKES="3")
        self.until_begun()
        process.kill()
        process.communicate()
        attached = self.runs("attach")
        self.assertEqual((0, "done"), (attached.returncode, self.record()["state"]), attached.stderr)
        self.assertEqual((self.run_folder() / "train" / "1" / "stdout.log").read_text(), attached.stdout)
        self.assertEqual(3, attached.stdout.count("img/sec"))
        self.assertEqual(1, len(self.calls("create")))

    def test_an_answer_that_did_not_come(self):
        """The cluster has the job all the same, or not."""
        status, out, err = self.go(KUBE_LOSES="answer")
        self.assertEqual((0, "done"), (status, self.record()["state"]), err)
        self.assertEqual(3, out.count("img/sec"))
        status, _, err = self.go(KUBE_LOSES="question")
        self.assertEqual((3, "not started"), (status, self.record()["state"]))
        self.assertIn("request timed out", err)

    def suite(self, *words, **env):
        (self.at / "bin" / "poprun").write_text(TRAINING.replace("echo begun", 'echo a >> "$BEGUN"'))
        (self.at / "b.yml").write_text(
            "a: {cmd: poprun --num-instances 8 --num-replicas 16 --ipus-per-replica 1 python3 train.py --config "
            "mk2_resnet50_gn_16ipus --data-dir /d --no-validation}\nb: {cmd: bash work.sh}\n")
        return subprocess.Popen([PROGRAM, "bench", "b.yml", "a", "--site", "site.yml", "--via", "kubernetes", "--app",
                                 "tensorflow1_cnns@2.3", *words], cwd=self.at, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                env={**self.env, "BEGUN": str(self.at / "begun"), "TAKES": "1", **env})

    def test_a_command_of_no_known_application_is_refused(self):
        process = self.suite("b")
        out, err = process.communicate(timeout=60)
        self.assertEqual(1, process.returncode, err)
        self.assertIn("b: not run: an IPUJob says how many IPUs it needs", out)

    def test_a_suite_whose_cluster_does_not_answer_submits_nothing_again(self):
        process = self.suite()
        self.until((self.at / "begun").exists)
        process.kill()
        process.communicate()
        asked = len(self.calls("get"))
        (self.at / "cluster" / "deaf").touch()
        process = self.suite("--resume")
        self.until(lambda: len(self.calls("get")) > asked + 1)
        (self.at / "cluster" / "deaf").unlink()
        out, err = process.communicate(timeout=60)
        self.assertEqual(0, process.returncode, out + err)
        self.assertEqual(1, len(self.calls("create")))
        self.assertEqual("a\n", (self.at / "begun").read_text())

    def test_a_suite_that_was_killed_while_it_created(self):
        """kubectl goes on by itself: on this host it is seen, on another one waited for."""
        for elsewhere in (False, True):
            with self.subTest(elsewhere=elsewhere):
                self.tearDown()
                self.setUp()
                process = self.suite(KUBE_KILLS="1")
                process.wait(60)
                process.stdout.close()
                process.stderr.close()
                if elsewhere:
                    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
                    note, = self.at.glob("runs/*/*/1/submission")
                    note.write_text(note.read_text().replace(boot, "0").replace(os.uname().nodename, "elsewhere"))
                process = self.suite("--resume")
                self.until(lambda: self.calls("get"))
                (self.at / "cluster" / "goes_on").touch()
                out, err = process.communicate(timeout=60)
                self.assertEqual(0, process.returncode, out + err)
                self.assertEqual(1, len(self.calls("create")))
                self.assertEqual("a\n", (self.at / "begun").read_text())


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
