"""The scripts' own way from preset and command line to values, rebuilt from tests/data: argparse
with the options as they were read from their parsers, run twice, the preset as its defaults."""

import argparse
import json
import os

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APP = "tensorflow1_cnns@2.3"
# What exists before the model and the schedule are known.
FIRST = {"help", "config", "config_path", "model", "lr_schedule", "restore_path", "repeat",
         "inference"}
TYPES = {"int": int, "float": float, "str": str, "str_lower": lambda text: text.lower(),
         "str_upper": lambda text: text.upper(), "untyped": None, "python_bool": bool}


class Refused(Exception):
    """argparse ended the program with status 2."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)


def table():
    with open(os.path.join(ROOT, "tests", "data", "tensorflow1_cnns_2.3_options.json"),
              encoding="utf-8") as file:
        return json.load(file)


def contributes(names, model, schedule):
    for name in names:
        kind, _, rest = name.partition(" ")
        if kind == "model" and rest != model:
            continue
        if kind == "lr_schedule" and rest != schedule:
            continue
        return True
    return False


def variant_of(row, script, model, schedule):
    for variant in row["variants"]:
        if script in variant["scripts"] and contributes(variant["contributed_by"], model, schedule):
            return variant
    return None


def options(script, model=None, schedule=None):
    """(row, variant) of every option that exists; without a model only those of the first pass."""
    for row in table_rows:
        variant = variant_of(row, script, model, schedule)
        if variant and (model is not None or row["dest"] in FIRST):
            yield row, variant


def parser(script, model=None, schedule=None):
    made = Parser(add_help=False)
    for row, variant in options(script, model, schedule):
        kind = {"dest": row["dest"], "action": variant["action"]}
        if variant["action"] == "store":
            kind["type"] = TYPES[variant["type"]]
            if variant["nargs"] == "+":
                kind["nargs"] = "+"
            choices = variant.get("choices")
            if isinstance(choices, str):
                low, high = choices.split(" ")[1].split("..")
                kind["choices"] = range(int(low), int(high) + 1)
            elif choices:
                kind["choices"] = choices
            if variant.get("required"):
                kind["required"] = True
        default = None if row["dest"] == "config_path" else variant["default"]
        made.add_argument(row["flag"], default=default, **kind)
    return made


def resolve(script, preset, argv):
    """The script's values, and which of them exist as options."""
    first = parser(script)
    first.set_defaults(**preset)
    known, _ = first.parse_known_args(argv)
    model, schedule = known.model, getattr(known, "lr_schedule", None)
    full = parser(script, model, schedule)
    full.set_defaults(**preset)
    return vars(full.parse_args(argv)), {action.dest for action in full._actions}


def merged_presets():
    with open(os.path.join(ROOT, "configs", "presets", "tensorflow1_cnns.yml"),
              encoding="utf-8") as file:
        return yaml.full_load(file)["presets"][APP]


table_rows = table()
