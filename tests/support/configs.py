"""The data of configs/, as PyYAML reads it."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def section(kind, name):
    """What the files of configs/KIND hold under a key."""
    found = {}
    for path in sorted((ROOT / "configs" / kind).glob("*.yml")):
        found.update(yaml.full_load(path.read_text(encoding="utf-8")).get(name) or {})
    return found


def options_of(apps, app):
    """The options of an application with those that it inherits."""
    body = apps[app]
    base = options_of(apps, body["extends"]) if "extends" in body else {}
    for key, option in body.get("options", {}).items():
        if option is None:
            del base[key]
        else:
            base[key] = {**base.get(key, {}), **option}
    return base
