"""The command line of train.py and validation.py as argparse has it, built from the options file.

The scripts parse in two rounds, the first with few options to learn model and schedule. In each round a
preset is the namespace of one parse, and what that gives are the defaults of another.
"""
import argparse
import json

from support import program

OPTIONS = json.loads((program.DATA / "tensorflow1_cnns_2.3_options.json").read_text())
FIRST_ROUND = {"main", "configurations.py"}
TYPES = {"int": int, "float": float, "str": str, "str_lower": lambda word: str.lower(word),
         "str_upper": lambda word: str.upper(word), "python_bool": bool}
PARTS = {"train.py": ("model", "lr_schedule"), "validation.py": ("model",)}


class Refused(Exception):
    """argparse would have ended the script with status 2."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)


def options_of(script, chosen):
    """Option and the variant of it that the script has with these models and schedules."""
    for option in OPTIONS:
        for variant in option["variants"]:
            made_by = set(variant["contributed_by"])
            apart = {maker for maker in made_by if maker.startswith(("model ", "lr_schedule "))}
            if script in variant["scripts"] and (not apart or apart & chosen):
                yield option, variant


def build(script, chosen, first_round):
    parser = Parser(add_help=False)
    for option, variant in options_of(script, chosen):
        if first_round and not FIRST_ROUND & set(variant["contributed_by"]):
            continue
        how = {"dest": option["dest"], "default": variant["default"]}
        if variant["nargs"] == 0:
            how["action"] = variant["action"]
        else:
            how["type"] = TYPES.get(variant["type"])
            how["nargs"] = "+" if variant["nargs"] == "+" else None
            how["choices"] = variant.get("choices")
        parser.add_argument(option["flag"], **how)
    return parser


def apply(parser, words, preset, known_only):
    def parse(namespace=None):
        if known_only:
            return parser.parse_known_args(words, namespace=namespace)[0]
        return parser.parse_args(words, namespace=namespace)

    args = parse()
    if preset is not None:
        parser.set_defaults(**vars(parse(argparse.Namespace(**preset))))
        args = parse()
    return vars(args)


def parse(script, words, presets):
    """What the script has after parsing its words; `presets` are those of its configs.yml."""
    first = build(script, set(), True)
    name = vars(first.parse_known_args(words)[0])["config"]
    preset = presets[name] if name else None
    chosen = apply(first, words, preset, True)
    parts = {f"{part} {chosen[part]}" for part in PARTS[script]}
    return apply(build(script, parts, False), words, preset, False)
