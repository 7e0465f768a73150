#!/usr/bin/python3
"""A stand-in of kubectl for tests: no cluster is behind it. It records how it was called in $KUBE/calls, starts the
words of a created IPUJob as a process of this host, and answers get, logs and delete from that process's files. What
the job is told of images, volumes and IPUs comes to nothing.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import yaml

KUBE = pathlib.Path(os.environ["KUBE"])


def job_folder(name):
    return KUBE / name


def worker(name):
    return name.removesuffix("-worker-0")


def create(path):
    job = yaml.safe_load(pathlib.Path(path).read_text())
    name = job["metadata"]["name"]
    folder = job_folder(name)
    if folder.exists():
        sys.exit(f'Error from server (AlreadyExists): ipujobs.graphcore.ai "{name}" already exists')
    if os.environ.get("KUBE_REFUSES"):
        sys.exit("error: the server says no")
    lost = "Error from server (Timeout): the request timed out"
    if os.environ.get("KUBE_LOSES") == "question":
        sys.exit(lost)
    folder.mkdir()
    container = job["spec"]["workers"]["template"]["spec"]["containers"][0]
    env = {one["name"]: one["value"] for one in container["env"]}
    (folder / "job.json").write_text(json.dumps(job))
    if os.environ.get("KUBE_PENDS"):
        return
    # The shell keeps the status where `get` finds it.
    script = 'echo $$ > pid; "$@" > log 2>&1; echo $? > status.tmp; mv status.tmp status'
    subprocess.Popen(["sh", "-c", script, "sh", *container["command"], *container["args"]], cwd=folder,
                     env={**os.environ, **env}, start_new_session=True, stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if os.environ.get("KUBE_LOSES") == "answer":
        sys.exit(lost)
    print(f"ipujob.graphcore.ai/{name} created")


def state(name):
    folder = job_folder(name)
    if (folder / "status").exists():
        code = int((folder / "status").read_text())
        return {"terminated": {"exitCode": code, "reason": os.environ.get("KUBE_REASON", "Completed")}}
    if (folder / "pid").exists():
        return {"running": {"startedAt": "2026-11-21T03:38:00Z"}}
    return {"waiting": {"reason": "ContainerCreating"}}


def containers(name):
    its = {"name": "worker", "state": state(name)}
    beside = {"name": "istio-proxy", "state": {"running": {"startedAt": "2026-11-21T03:38:00Z"}}}
    return [beside, its] if os.environ.get("KUBE_SIDECAR") else [its]


def get(names):
    items = []
    for kind, name in (word.split("/") for word in names):
        if not job_folder(worker(name)).exists():
            continue
        if kind == "ipujobs.graphcore.ai":
            items.append({"kind": "IPUJob", "metadata": {"name": name},
                          "status": {"launcherStatus": "Pending", "lastMessage": "waiting for 16 IPUs"}})
        elif not os.environ.get("KUBE_PENDS"):
            items.append({"kind": "Pod", "metadata": {"name": name}, "spec": {"nodeName": "node-7"},
                          "status": {"containerStatuses": containers(worker(name))}})
    print(json.dumps({"kind": "List", "items": items}))


def logs(name):
    folder = job_folder(worker(name))
    with open(folder / "log", "rb") as log:
        while True:
            over = (folder / "status").exists() or not folder.exists()
            piece = log.read()
            os.write(1, piece)
            if over and not piece:
                return
            time.sleep(0.02)


def delete(name):
    folder = job_folder(name)
    if (folder / "pid").exists() and not (folder / "status").exists():
        os.killpg(int((folder / "pid").read_text()), signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)


def main():
    with open(KUBE / "calls", "a", encoding="utf-8") as calls:
        calls.write(" ".join(sys.argv[1:]) + "\n")
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if (KUBE / "deaf").exists():
        sys.exit("The connection to the server localhost:8080 was refused")
    if words[0] == "create":
        if os.environ.get("KUBE_KILLS"):
            os.kill(os.getppid(), signal.SIGKILL)
            while not (KUBE / "goes_on").exists():
                time.sleep(0.05)
        create(next(word for word in sys.argv if word.startswith("--filename=")).removeprefix("--filename="))
    elif words[0] == "get":
        get(words[1:])
    elif words[0] == "logs":
        logs(words[1])
    elif words[0] == "delete":
        delete(words[1].split("/")[1])


main()
