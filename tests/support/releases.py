"""What the scripts of every release take, and what their configs.yml hold: tests/data/releases, rebuilt.

The data are a copy of what was read from the scripts' own parsers and from PyYAML, never made of configs/.
"""
import copy
import json

import yaml

from support import program

DATA = program.DATA / "releases"
TF1, PYTORCH = "tensorflow1_cnns", "pytorch_cnns"


def load(name):
    return yaml.load((DATA / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


def apply_options(table, change):
    """`table` (dest -> option) with what a release took away, added and changed."""
    gone = change.get("removed", [])
    table = {dest: option for dest, option in table.items() if option["flag"] not in gone}
    table.update({option["dest"]: option for option in change.get("added", [])})
    for dest, fields in change.get("changed", {}).items():
        table[dest] = {**table[dest], **fields}
    return table


def apply_presets(presets, change):
    presets = {name: copy.deepcopy(preset) for name, preset in presets.items() if name not in change.get("removed", [])}
    presets.update(copy.deepcopy(change.get("added") or {}))
    for name, fields in (change.get("changed") or {}).items():
        preset = presets[name]
        for key in fields.get("unset", []):
            del preset["values"][key]
        preset["values"].update(fields.get("set", {}))
        preset.update({key: value for key, value in fields.items() if key not in ("set", "unset")})
    return presets


def in_order(differences, known, make):
    """Adds each release as soon as its base is known."""
    left = dict(differences)
    while left:
        for release, change in list(left.items()):
            if change["base"] in known:
                known[release] = make(known[change["base"]], change)
                del left[release]
    return known


def expect_count(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: {found}, and the reference counts {expected}")


def pytorch_options():
    """release -> script -> dest -> option"""
    data = load("pytorch_options.yml")
    known = {release: {f"{script}.py": {option["dest"]: option for option in options}
                       for script, options in scripts.items()} for release, scripts in data["full"].items()}

    def make(base, change):
        scripts = {script: apply_options(table, change["scripts"].get(script[:-3], {}))
                   for script, table in base.items()}
        expect_count({script[:-3]: len(table) for script, table in scripts.items()}, change["count"], change["base"])
        return scripts
    return in_order(data["differences"], known, make)


def pytorch_presets():
    """release -> group -> name -> preset"""
    data = load("pytorch_presets.yml")

    def make(base, change):
        groups = {group: apply_presets(base[group], change.get(group, {})) for group in base}
        expect_count({group: len(presets) for group, presets in groups.items()}, change["count"], change["base"])
        return groups
    return in_order(data["differences"], dict(data["full"]), make)


def tensorflow1_options():
    """release -> dest -> rows of {scripts, contributed_by, type, nargs, default, choices, required}; those of 2.3 as
    they stand in its own file, further ones in its form."""
    rows = json.loads((program.DATA / "tensorflow1_cnns_2.3_options.json").read_text(encoding="utf-8"))
    known = {"2.3": {row["dest"]: {"flag": row["flag"], "dest": row["dest"], "variants": row["variants"]}
                     for row in rows}}

    def variants(option):
        found = option.get("variants") or [option]
        return [{"contributed_by": ["main"], **{key: variant.get(key) for key in
                                                ("scripts", "type", "nargs", "default", "choices", "required", "const")}}
                for variant in found]

    def make(base, change):
        table = {dest: copy.deepcopy(option) for dest, option in base.items()
                 if option["flag"] not in change.get("removed", [])}
        for option in change.get("added", []):
            table[option["dest"]] = {"flag": option["flag"], "dest": option["dest"], "variants": variants(option)}
        for dest, fields in change.get("changed", {}).items():
            if "variants" in fields:
                table[dest]["variants"] = variants({"variants": fields["variants"]})
            for variant in table[dest]["variants"]:
                variant.update({key: value for key, value in fields.items() if key == "default"})
        expect_count(len(table), change["count"], change["base"])
        return table
    return in_order(load("tensorflow1_options.yml")["differences"], known, make)


def tensorflow1_presets():
    """release -> name -> preset"""
    data = load("tensorflow1_presets.yml")
    flat = yaml.load((program.DATA / "tensorflow1_cnns_2.3_reference.yml").read_text(), yaml.FullLoader)
    known = {"2.3": {name: {"values": values} for name, values in flat.items()}, **data["full"]}

    def make(base, change):
        presets = apply_presets(base, change)
        expect_count(len(presets), change["count"], change["base"])
        return presets
    return in_order(data["differences"], known, make)
