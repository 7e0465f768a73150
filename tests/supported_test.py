#!/usr/bin/python3
"""Holds README.md's table of what is supported to the plans that the program makes.

usage: supported_test.py BATCH       IPUCNN_UPDATE_GOLDENS=1 writes the table anew
"""
import json
import os
import re
import unittest

from support import program
from support.batch import Batch

README = program.ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- supported -->\n)(?:\|.*\n)+")
LAUNCHERS = ("poprun", "mpirun", "mpiexec", "none")
GENERATIONS = {"mk1": "Mk1", "mk2": "Mk2", "bow": "Bow", "gpu": "GPUs"}
# In place of a preset: a batch that any machine can divide, what no script starts without, and what
# a purpose is meaningless without.
NEEDED = {"tensorflow1_cnns": {"gradient_accumulation_count": "64", "restore_path": "c",
                               "data_dir": "imagenet", "filename": "f", "mode": "mean"},
          "pytorch_cnns": {"gradient_accumulation": "64", "checkpoint_path": "c",
                           "checkpoint_input_path": "c", "checkpoint_output_path": "c",
                           "imagenet_data_path": "d", "weight_avg_strategy": "mean"},
          "tensorflow2_cnns": {"gradient-accumulation-count": "64", "checkpoint-input-dir": "c"},
          "nvcnn_hvd": {"model": "resnet50", "data_dir": "d", "log_dir": "c"}}
# Words of a script that wants more than that, options of its own among them.
WORDS = {"sweep": "--config c --bn_momentum 1 --end_lr_ratio 1 --init_lr 1 --label_smoothing 1 --num_epochs 1 "
                  "--opt_momentum 1 --warmup_epochs 1",
         "mlperf-sweep": "--config c --abs_end_lr 1 --grad_accum 1 --init_lr 1 --label_smoothing 1 "
                         "--micro_batch_size 1 --num_epochs 1 --num_replicas 1 --warmup_epochs 1",
         "run-and-time": "--hosts a,b --ipus-per-replica 1 --num-instances 1 --num-replicas 1 --partition p "
                         "--vipu-host v"}
SECTIONS = {"apps": "applications", "targets": "targets"}


def listed(batch, what):
    return json.loads(batch.ipucnn("show", what, "--format", "json").stdout)[SECTIONS[what]]


def needed(batch, app, purpose):
    """Words that set what is needed; an option that the script lacks is left out."""
    words = []
    for key, value in NEEDED[app.split("@")[0]].items():
        if batch.ipucnn("explain", key, "--app", app, "--purpose", purpose).returncode == 0:
            words += ["--set", f"{key}={value}"]
    return words


def is_planned(batch, words, target, launcher, own):
    """Whether a command of this launcher comes out."""
    done = batch.ipucnn("run", *words, "--target", target, "--launch", f"launcher={launcher}",
                        "--dry-run", "--format", "json", "--", *own)
    return done.returncode == 0 and launcher_of(json.loads(done.stdout)) == launcher


def launcher_of(plan):
    first = plan["steps"][0]["argv"][0]
    return first if first in LAUNCHERS else "none"


def kinds(planned, targets):
    """The generations of the targets, in words; of each all targets are planned or none."""
    found = []
    for generation, name in GENERATIONS.items():
        members = {target for target, kind in targets.items() if kind == generation}
        assert members <= planned or not members & planned, (members, planned)
        found += [name] if members <= planned else []
    return ", ".join(found)


def rows(batch):
    targets = {target["name"]: target["generation"] for target in listed(batch, "targets")}
    one_of_each = {kind: target for target, kind in targets.items()}.values()
    for app in listed(batch, "apps"):
        name = f"{app['name']}@{app['release']}"
        for purpose in app["purposes"]:
            words = ["--app", name, "--purpose", purpose, *needed(batch, name, purpose)]
            own = WORDS.get(purpose, "").split()
            launchers = [launcher for launcher in LAUNCHERS
                         if any(is_planned(batch, words, target, launcher, own) for target in one_of_each)]
            planned = {target for target in targets
                       if any(is_planned(batch, words, target, launcher, own) for launcher in launchers)}
            yield [name, f"`{purpose}`",
                   ", ".join("plain python" if word == "none" else word for word in launchers),
                   kinds(planned, targets)]


def release_of(app):
    return [int(part) for part in app.split("@")[1].split(".")]


def heading(apps):
    releases = sorted((release_of(app), app.split("@")[1]) for app in apps)
    return f"`{apps[0].split('@')[0]}` {', '.join(text for _, text in releases)}"


def ordered(shared):
    """Applications as they are listed, the releases of each in their order."""
    names = list(dict.fromkeys(apps[0].split("@")[0] for apps, _ in shared))
    return sorted(shared, key=lambda row: (names.index(row[0][0].split("@")[0]), min(map(release_of, row[0]))))


def table(batch):
    merged = []
    for app, purpose, *rest in rows(batch):
        if merged and merged[-1][0] == app and merged[-1][2:] == rest:
            merged[-1][1] += f", {purpose}"
        else:
            merged.append([app, purpose, *rest])
    # Releases of one application that differ in nothing here share their rows.
    alike = {}
    for app, *rest in merged:
        alike.setdefault(app, []).append(rest)
    shared = []
    for app, rows_of_it in alike.items():
        name = app.split("@")[0]
        same = next((row for row in shared if row[0][0].split("@")[0] == name and row[1] == rows_of_it), None)
        if same:
            same[0].append(app)
        else:
            shared.append(([app], rows_of_it))
    head = ["application", "purpose", "launchers", "machines"]
    lines = [head, ["---"] * len(head), *([heading(apps), *row] for apps, rows_of_it in ordered(shared)
                                          for row in rows_of_it)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


class Readme(unittest.TestCase):
    def test_says_what_is_supported(self):
        text = README.read_text(encoding="utf-8")
        batch = Batch(program.PROGRAM, "run")
        self.addCleanup(batch.close)
        made = table(batch)
        if os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1":
            text = TABLE.sub(lambda _: made, text)
            README.write_text(text, encoding="utf-8")
        self.assertEqual(TABLE.findall(text), [made])


if __name__ == "__main__":
    program.main()
