"""The TensorFlow 2 image classification scripts, release by release, as tests/data/tensorflow2 has them
from the scripts themselves: options, presets, and their command line built with argparse."""
import argparse
import copy

import yaml

from support import program

FOLDER = program.DATA / "tensorflow2"
RELEASES = ("2.4", "2.5", "2.6", "3.0", "3.1", "3.2")
COMPLETE = ("2.6", "3.2")


def load(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def rebuilt(complete, differences, change):
    """Every release, from the complete ones and what the others have otherwise."""
    found = {release: complete(release) for release in COMPLETE}
    for tag, said in differences.items():
        base = copy.deepcopy(found[said["base"][1:4]])
        found[tag[1:4]] = base if said.get("same_as_base") else change(base, said)
    return found


def changed_options(base, said):
    for name in said.get("scripts_removed", []):
        del base[name]
    for name, script in said["scripts"].items():
        own = base[name]
        own["path"] = script.get("path", own["path"])
        rows = [row for row in own["options"] if row["flag"] not in script.get("removed", [])]
        for row in rows:
            row.update(script.get("changed", {}).get(row["dest"], {}))
        own["options"] = rows + script.get("added", [])
    return base


def changed_presets(base, said):
    for name in said.get("removed", []):
        del base[name]
    base.update(said.get("added", {}))
    for name, change in said.get("changed", {}).items():
        base[name]["values"].update(change.get("set", {}))
        base[name].update({key: change[key] for key in ("inherits", "derived") if key in change})
    return base


DIFFERENCES = load("options-differences.yml")["releases"]
SCRIPTS = rebuilt(lambda release: load(f"options-{release}.yml")["scripts"], DIFFERENCES,
                  changed_options)
COUNTS = {release: load(f"options-{release}.yml")["option_counts"] for release in COMPLETE}
COUNTS.update({tag[1:4]: said["option_counts"] for tag, said in DIFFERENCES.items()})
PRESETS = rebuilt(lambda release: load(f"presets-{release}.yml")["presets"],
                  load("presets-differences.yml")["releases"], changed_presets)


def options_of(release, script):
    """Every option that a script's command line takes."""
    own = SCRIPTS[release][script]
    inherited = options_of(release, own["inherits"]) if "inherits" in own else []
    return inherited + own["options"]


class Refused(Exception):
    """argparse would have ended the script with status 2."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)


def bool_word(word):
    if word.lower() in ("false", "f", "0", "no", "n", "off"):
        return False
    if word.lower() in ("true", "t", "1", "yes", "y", "on"):
        return True
    raise argparse.ArgumentTypeError("a boolean is needed")


def number_or_fraction(word):
    above, slash, below = word.partition("/")
    return float(above) / float(below) if slash else float(word)


def wide_loader():
    """The loader of configs.yml from v2.6.0 on: its own pattern of floats takes 1e-5, too."""
    class Wide(yaml.SafeLoader):
        pass

    import re
    Wide.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+"
                   r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?)$"), list("-+0123456789."))
    return Wide


def parser_of(release, script, wide=False):
    """`wide`: a file of presets was read before, which changes what a map of numbers becomes."""
    loader = wide_loader() if wide and release >= "2.6" else yaml.SafeLoader
    types = {"int": int, "float": float, "str": str, "bool_word": bool_word,
             "number_or_fraction": number_or_fraction,
             "yaml_map": lambda word: yaml.load(word, loader)}
    parser = Parser(add_help=True)
    for row in options_of(release, script):
        how = {"dest": row["dest"], "default": copy.deepcopy(row["default"])}
        if row["nargs"] == 0:
            how["action"] = "store_true"
        else:
            how.update(type=types[row["type"]], choices=row.get("choices"),
                       required=row.get("required", False))
            if row["nargs"] != 1:
                how["nargs"] = row["nargs"]
            if row["nargs"] == "?":
                how["const"] = row["const"]
        parser.add_argument(row["flag"], **how)
    return parser


def words_of(preset):
    """A preset as the scripts read it: keys are flags, and values are words."""
    words = []
    for key, value in preset.items():
        words.append(f"--{key}")
        words += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    return words


def parse(release, script, words, presets=None):
    """What the script has after both its steps; `presets` stand in for its configs.yml."""
    name = vars(parser_of(release, script).parse_args(words)).get("config")
    if presets is None or not name:
        return vars(parser_of(release, script).parse_args(words))
    parser = parser_of(release, script, wide=True)
    given = vars(parser.parse_args(words_of(presets[name])))
    del given["config"]
    parser.set_defaults(**given)
    return vars(parser.parse_args(words))
