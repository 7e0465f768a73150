"""The published benchmark entries and commands of every release: tests/data/releases, rebuilt and written out.

What a file means is said here a second time, from the description of examples_utils: braces are filled from a
variant's parameters, then `$NAME` from the entry's own env, then the text is split as a shell splits it.
"""
import copy
import itertools
import re
import shlex

import yaml

from support.normalise import is_option, normal_form
from support.releases import expect_count, in_order, load

SCHEDULERS = {"pytorch": "pytorch_cnns", "tensorflow1": "tensorflow1_cnns", "tensorflow2": "tensorflow2_cnns",
              "tensorflow": "tensorflow1_cnns"}


# Of poprun.
HOLDS_ANYWAY = [["--ipus-per-replica", "1"], ["--num-ilds", "1"]]


def application_of(group):
    """Of a group of entries, `pytorch/train`, or of a path of graphcore/examples."""
    return next(name for folder, name in SCHEDULERS.items() if folder in group.split("/"))


def entries():
    """release -> group -> name -> entry"""
    data = load("benchmarks.yml")

    def make(base, change):
        groups = copy.deepcopy(base)
        for group, changed in change["changed"].items():
            for name, fields in changed.items():
                entry = groups[group][name]
                entry.update({key: value for key, value in fields.items() if key != "removed"})
                for key in fields.get("removed", []):
                    del entry[key]
        expect_count({group: len(found) for group, found in groups.items()}, change["count"], change["base"])
        return groups
    known = in_order(data["differences"], dict(data["full"]), make)
    known.update({release: known[same] for release, same in data["same"].items()})
    return known


def readme_commands():
    """Rows of (release, path, number, command); a command has `cmd`, and `env`, `accepted` where there are any."""
    for file in load("readme_commands.yml")["files"]:
        for release in file["releases"]:
            for number, command in enumerate(file["commands"]):
                yield release, file["file"], number, command


def shell_word(word):
    """A word as a person writes it: variables stay variables, so only double quotes will do."""
    if re.search(r"[\s\"'`\\|&;<>()*?]", word):
        return '"' + re.sub(r'(["\\`])', r"\\\1", word) + '"'
    return word


def shell_text(entry):
    """The command as a text, an option and its values a line."""
    lines = []
    for word in entry["cmd"]:
        if lines and not word.startswith("-"):
            lines[-1] += " " + shell_word(word)
        else:
            lines.append(shell_word(word))
    return "\n".join(lines)


class _Dumper(yaml.SafeDumper):
    pass


class _Folded(str):
    pass


_Dumper.ignore_aliases = lambda self, data: True
_Dumper.add_representer(_Folded, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style=">"))


def spec_text(group):
    """A benchmarks.yml that holds the entries of a group: the same keys, the commands folded."""
    spec = {}
    for name, entry in group.items():
        body = {key: entry[key] for key in ("parameters", "env", "location", "pre_run_commands") if key in entry}
        body["cmd"] = _Folded(shell_text(entry))
        body["data"] = entry["metrics"]
        body["output"] = entry["output"]
        spec[name] = body
    return yaml.dump(spec, Dumper=_Dumper, sort_keys=False, width=110)


def variants(parameters):
    """The values of each run: every combination of a mapping, the rows of a list."""
    if parameters is None:
        return [{}]
    if isinstance(parameters, list):
        titles, *rows = parameters
        return [dict(zip(titles, map(str, row))) for row in rows]
    values = [[part.strip() for part in str(text).split(",")] for text in parameters.values()]
    return [dict(zip(parameters, row)) for row in itertools.product(*values)]


def own_variables(text, env):
    """`$NAME` and `${NAME}` of the entry's own env; others stay."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))",
                  lambda found: str(env.get(found[1] or found[2], found[0])), text)


def expanded(spec):
    """Rows of (entry, parameters, env, words) of a file's text, read by PyYAML."""
    for name, body in yaml.load(spec, yaml.CSafeLoader).items():
        env = body.get("env") or {}
        for values in variants(body.get("parameters")):
            kept = {variable: "{" + variable + "}" for variable in re.findall(r"\$\{(\w+)\}", body["cmd"])}
            text = body["cmd"].format(**values, **kept)
            yield name, values, env, shlex.split(own_variables(text, env))


def plain(word):
    """`${NAME}` as our plans spell it."""
    return re.sub(r"\$\{(\w+)\}", r"$\1", word)


def meaning(argv, env, application):
    """The normal form, with what the scripts and poprun take for the same.

    Under poprun the scripts ignore --replicas; a switch says no more when
    it stands twice; TensorFlow 2 takes a yes or no as a word in any spelling, and none is yes.
    """
    form = normal_form([plain(word) for word in argv], {name: plain(str(value)) for name, value in env.items()})
    words = form["argv"]
    options = []
    for word in words:
        if is_option(word) or not options or word.startswith("python"):
            options.append([word])
        else:
            options[-1].append(word)
    kept = []
    for name, *values in options:
        if application == "tensorflow2_cnns":
            values = [value.capitalize() if value.lower() in ("true", "false") else value for value in values]
            values = ["True"] if name == "--wandb" and not values else values
        silent = words[0] == "poprun" and (name == "--replicas" or [name, *values] in HOLDS_ANYWAY)
        if not silent and [name, *values] not in kept:
            kept.append([name, *values])
    return form["env"], kept


# Scripts of no application, and entries that stop at their own release.
UNKNOWN_SCRIPTS = {"inference_embedded.py", "run_benchmark_with_triton_server.py", "./rn50_pod64.sh"}
STOPPING = {"tf1_efficientnet_b4_g16_train_real_pod256_conv", "tf1_efficientnet_b4_batchnorm_train_real_pod64_conv",
            "G16_EfficientNet_B4_pipelined_validation_convergence", "tf1_resnet50_serving_infer_real_1ipu"}


def accepted_commands():
    """(application, words), each once: the first variant of each entry, and each line of a README, that the release's
    own parser takes and an application is known of."""
    found = []
    for release, groups in entries().items():
        for group, of_group in groups.items():
            known = {name: entry for name, entry in of_group.items() if name not in STOPPING}
            first = {}
            for name, _, _, words in expanded(spec_text(known)):
                first.setdefault(name, words)
            found += [(f"{application_of(group)}@{release}", words) for words in first.values()]
    for release, path, _, command in readme_commands():
        if release not in command.get("accepted", {}):
            found.append((f"{application_of(path.replace('/cnns/', '/'))}@{release}",
                          [word.replace("{batchsize}", "4") for word in command["cmd"]]))
    once = {}
    for application, words in found:
        if not UNKNOWN_SCRIPTS.intersection(words):
            once.setdefault(tuple(words), (application, words))
    return list(once.values())
