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


def whole(apps, app):
    """An application laid over all it extends: mappings key by key, null takes a key away."""
    def over(base, changes):
        for key, value in changes.items():
            if value is None:
                base.pop(key, None)
            elif isinstance(value, dict) and isinstance(base.get(key), dict):
                base[key] = over(dict(base[key]), value)
            else:
                base[key] = value
        return base
    body = apps[app]
    return over(whole(apps, body["extends"]), body) if "extends" in body else dict(body)


def options_of(apps, app):
    """The options of an application with those that it inherits, and for scripts those of scripts
    whose options they take as well."""
    body = whole(apps, app)
    heirs = {}
    for script, said in body["scripts"].items():
        if "takes" in said:
            heirs.setdefault(said["takes"], []).append(script)
    def taken(scripts):
        return scripts + [heir for script in scripts for heir in heirs.get(script, [])]
    return {key: {**option, **({"scripts": taken(option["scripts"])} if "scripts" in option else {})}
            for key, option in body["options"].items()}
