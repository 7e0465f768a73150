#!/usr/bin/python3
"""Every preset of every application on every target it can run on: the figures of its plan are held to
tests/data/plans.txt, and to what must hold for any plan.

usage: plans_test.py BATCH       IPUCNN_UPDATE_GOLDENS=1 writes tests/data/plans.txt anew
"""
import argparse
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import configs, program  # noqa: E402
from support.batch import Batch  # noqa: E402

TABLE = program.DATA / "plans.txt"
HEAD = """\
# A preset and a purpose, and below them for each target, or several alike: the launcher, instances x
# hosts; micro batch x accumulation x replicas = global batch; IPUs = replicas x IPUs each. Or the
# errors that refuse it. - is unknown or without meaning.
"""
IPUS_PER_DOMAIN = 64


APPS = configs.section("apps", "applications")
# Further releases are held to their own parsers by releases_test.py.
RELEASES = ("tensorflow1_cnns@2.2", "tensorflow1_cnns@2.3", "pytorch_cnns@2.0", "nvcnn_hvd@1.1",
            "tensorflow2_cnns@")
PRESETS = {owner: presets for owner, presets in configs.section("presets", "presets").items()
           if owner.startswith(RELEASES)}
TARGETS = configs.section("targets", "targets")
WHOLE = {app: configs.whole(APPS, app) for app in APPS}


def field(app, name):
    return WHOLE[app][name]


def cases():
    for owner, presets in PRESETS.items():
        app, _, group = owner.partition("/")
        runs_on = field(app, "generations")
        targets = [name for name, target in TARGETS.items()
                   if target["generation"] in runs_on or name == "none"]
        for purpose, spec in field(app, "purposes").items():
            figures = spec.get("preset", True) and spec.get("figures", True)
            if not figures or spec.get("presets", "") != group or purpose == "inference" and not group:
                continue
            for preset in presets:
                for target in targets:
                    yield app, preset, purpose, target


def run(batch, case):
    app, preset, purpose, target = case
    words = ["--config", f"{app}:{preset}", "--purpose", purpose, "--target", target]
    for quantity, value in (("data_dir", "/data"), ("restore_path", "/checkpoints")):
        if takes(app, purpose, quantity):
            words += ["--set", f"{place(app, quantity)}={value}"]
    return case, batch.ipucnn("run", *words, "--dry-run", "--format", "json")


def place(app, quantity):
    return field(app, "quantities")[quantity]


def takes(app, purpose, quantity):
    spec = field(app, "purposes")[purpose]
    if quantity == "restore_path" and quantity not in spec.get("needs", []):
        return False
    return spec["script"] in configs.options_of(APPS, app)[place(app, quantity)]["scripts"]


def shown(value):
    return "-" if value is None else str(value)


def figures(done):
    if done.returncode:
        errors = sorted({word.split("]")[0] for word in done.stderr.decode().split("error[")[1:]})
        return "refused: " + " ".join(errors)
    step = json.loads(done.stdout)["steps"][0]
    g = {key: shown(value) for key, value in step["geometry"].items()}
    launcher = step["argv"][0] if step["argv"][0] in ("poprun", "mpiexec", "mpirun") else "none"
    return (f"{launcher} {g['instances']} x {g['hosts']}; {g['micro_batch']} x "
            f"{g['accumulation']} x {g['replicas']} = {g['global_batch']}; "
            f"{g['ipus']} = {g['replicas']} x {g['ipus_per_replica']}")


def table(results):
    """The text of the table: targets with equal figures on one line."""
    rows = {}
    for (app, preset, purpose, target), done in results:
        alike = rows.setdefault(f"{app}:{preset} {purpose}", {})
        alike.setdefault(figures(done), []).append(target)
    text = HEAD
    for head, alike in rows.items():
        text += f"\n{head}\n"
        text += "".join(f"  {' '.join(targets)}: {line}\n" for line, targets in alike.items())
    return text


def parser_of(app, script, model, schedule):
    """An argparse parser with the options that the descriptor gives a script."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    known = {"model": model, "lr_schedule": schedule}
    for key, option in configs.options_of(APPS, app).items():
        if script not in option["scripts"]:
            continue
        if any(known.get(other) not in values for other, values in option.get("only_with", {}).items()):
            continue
        for variant in option.get("variants", []):
            if script in variant.get("scripts", [script]) and all(
                    known.get(o) in v for o, v in variant.get("only_with", {}).items()):
                option = {**option, **variant}
                break
        flags = [option["flag"]] + ([option["short"]] if "short" in option else [])
        if option["type"] == "switch":
            parser.add_argument(*flags, dest=key, action="store_true")
            if "negative" in option:
                parser.add_argument(option["negative"], dest=key, action="store_false")
            continue
        kind = {"int": int, "float": float}.get(option["type"], str)
        arity = "?" if option["type"] == "bool_word" or "alone" in option else option.get("arity")
        parser.add_argument(*flags, dest=key, type=kind, choices=option.get("choices"),
                            nargs=arity, required=option.get("required", False))
    return parser


class Plans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        batch = Batch(program.PROGRAM, "run")
        cls.addClassCleanup(batch.close)
        cls.results = [run(batch, case) for case in cases()]

    def made(self):
        for case, done in self.results:
            if not done.returncode:
                yield case, json.loads(done.stdout)

    def test_there_are_many(self):
        self.assertGreater(len(self.results), 900)
        self.assertGreater(sum(1 for _ in self.made()), 600)

    def test_every_figure_is_that_of_the_table(self):
        text = table(self.results)
        if os.environ.get("IPUCNN_UPDATE_GOLDENS") == "1":
            TABLE.write_text(text, encoding="utf-8")
        self.maxDiff = 4000
        self.assertEqual(text.splitlines(), TABLE.read_text(encoding="utf-8").splitlines())

    def test_a_refusal_is_an_error_of_ours(self):
        for case, done in self.results:
            if done.returncode:
                with self.subTest(case):
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(b"error[", done.stderr)

    def test_the_global_batch_is_the_presets_own(self):
        own = {}
        for (app, preset, purpose, target), plan in self.made():
            if target == "none":
                own[app, preset, purpose] = plan["steps"][0]["geometry"]["global_batch"]
        for (app, preset, purpose, target), plan in self.made():
            counts = "accumulation" in field(app, "quantities") and "accumulation" not in field(
                app, "purposes")[purpose].get("without", [])
            if counts and (app, preset, purpose) in own:
                with self.subTest(preset=preset, target=target):
                    self.assertEqual(plan["steps"][0]["geometry"]["global_batch"],
                                     own[app, preset, purpose])

    def test_processes_replicas_and_ipus_fit_each_other(self):
        for (app, preset, purpose, target), plan in self.made():
            g = plan["steps"][0]["geometry"]
            launcher = plan["steps"][0]["argv"][0]
            with self.subTest(preset=preset, purpose=purpose, target=target):
                self.assertEqual(g["global_batch"],
                                 g["micro_batch"] * (g["accumulation"] or 1) * g["replicas"])
                if g["ipus"] is not None:
                    self.assertEqual(g["ipus"], g["replicas"] * g["ipus_per_replica"])
                    self.assertLessEqual(g["ipus"], TARGETS[target]["ipus"] or g["ipus"])
                self.assertEqual(g["instances"] % g["hosts"], 0)
                if launcher != "poprun":
                    continue
                self.assertEqual(g["ipus"] & (g["ipus"] - 1), 0)
                self.assertEqual(g["replicas"] % g["instances"], 0)
                self.assertEqual(g["ilds"], max(1, g["ipus"] // IPUS_PER_DOMAIN))
                for figure in ("instances", "replicas", "hosts"):
                    self.assertEqual(g[figure] % g["ilds"], 0)

    def test_the_script_would_take_its_words(self):
        for (app, preset, purpose, target), plan in self.made():
            step = plan["steps"][0]
            script = field(app, "purposes")[purpose]["script"]
            file = field(app, "scripts")[script].get("program", script)
            at = next(i for i, word in enumerate(step["argv"]) if word.endswith(file))
            owner = next(o for o in PRESETS if o.split("/")[0] == app and preset in PRESETS[o])
            model = PRESETS[owner][preset].get("model", "resnet")
            schedule = PRESETS[owner][preset].get("lr_schedule", "stepped")
            with self.subTest(preset=preset, purpose=purpose, target=target):
                parsed, rest = parser_of(app, script, model, schedule).parse_known_args(
                    step["argv"][at + 1:])
                self.assertEqual(rest, [])
                if "preset_option" in WHOLE[app]:
                    self.assertEqual(parsed.config, preset)


if __name__ == "__main__":
    program.main()
