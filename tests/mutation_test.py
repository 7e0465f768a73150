#!/usr/bin/python3
"""Leaves every rule out in turn and expects a case of tests/err to change.

Rules in C++ are left out by a program that is made for it (tests/mutation/skipping_check.cpp); a rule of a
descriptor by a descriptor without it, which lies where the user's own files lie.

usage: mutation_test.py PROGRAM
"""
import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

import err_test

ROOT = pathlib.Path(__file__).resolve().parents[1]
CASES = sorted([*(ROOT / "tests" / "err").glob("*.cmd"), *(ROOT / "tests" / "err").glob("*.yml")])


# Of these, and of releases that extend another, every rule has a case of its own at each release: tests/data,
# tests/oracle/tensorflow2_test.py and releases_test.py.
HELD_BY_CASES = {"tensorflow2_cnns@3.2"}


def output(program, case, env):
    words = err_test.words_of(str(case))
    done = subprocess.run([program, *words], cwd=case.parent, capture_output=True, check=False,
                          timeout=60, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **env})
    found = done.stdout if words[0] == "check" else b""
    return f"exit {done.returncode}\n".encode() + found + done.stderr


def outputs(program, env, expected=None, likely=None):
    """Case and output, of all cases or only up to the first that is not as expected. The likely ones come first."""
    found = {}
    for case in sorted(CASES, key=likely or str):
        found[case] = output(program, case, env)
        if expected is not None and found[case] != expected[case]:
            return found, case
    return found, None


def likely_of_function(rule):
    """Cases of the findings that stand in a rule's function, then those of its family."""
    for path in sorted((ROOT / "src" / "check" / "rules").glob("*.cpp")):
        body = re.search(rf"(?ms)^void {rule}\(.*?^}}", path.read_text(encoding="utf-8"))
        if body:
            ids = tuple(re.findall(r"FindingId::(\w+)", body.group()))
            family = path.name[0].upper()
            return lambda case: (not case.name.startswith(ids or family), not case.name.startswith(family), case)
    return None


@functools.cache
def text_of(case):
    return case.read_text(encoding="utf-8", errors="replace").replace("_", "-")


def likely_of_descriptor(rule):
    """Cases in which the rule's option stands."""
    option = str(rule.get("option")).replace("_", "-")
    return lambda case: (option not in text_of(case), case)


def descriptors():
    """(name, file of the descriptor, number of the rule to leave out, the rule) for each, and the whole one first."""
    for path in sorted((ROOT / "configs" / "apps").glob("*.yml")):
        applications = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["applications"]
        for app, body in applications.items():
            if "extends" in body or len(applications) > 1 or app in HELD_BY_CASES or "rules" not in body:
                continue
            yield f"{app}, whole", path, None, None
            for number, rule in enumerate(body.get("rules", [])):
                text = yaml.safe_dump(rule, default_flow_style=True, width=1000).strip()
                yield f"{app} rule {number}: {text}", path, number, rule


def without_rule(path, number):
    """The file's text less one item of `rules:`; its own spelling stays, for it has types."""
    text = path.read_text(encoding="utf-8")
    head, rules = text.split("\n    rules:\n", 1)
    items = re.split(r"(?m)^(?=    - )", rules)
    first = 1 if not items[0].startswith("    - ") else 0
    if number is not None:
        del items[first + number]
    return head + "\n    rules:\n" + "".join(items)


def survivor_of_descriptor(program, name, path, number, expected, likely=None):
    with tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home) / ".config" / "ipucnn"
        folder.mkdir(parents=True)
        (folder / "app.yml").write_text(without_rule(path, number), encoding="utf-8")
        found, changed = outputs(program, {"HOME": home}, expected, likely)
    return found, name if changed is None else None


def main():
    program = os.path.abspath(sys.argv[1])
    rules = re.findall(r"^RULE\((\w+)\)", (ROOT / "src" / "check" / "rules.def").read_text(), re.M)
    survivors = []
    expected, _ = outputs(program, {})
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        skipped = {rule: pool.submit(outputs, program, {"IPUCNN_SKIP_RULE": rule}, expected,
                                     likely_of_function(rule))
                   for rule in rules if rule != "descriptor_rules"}
        survivors += [rule for rule, job in skipped.items() if job.result()[1] is None]
        everything = list(descriptors())
        whole = {path: survivor_of_descriptor(program, name, path, None, None)[0]
                 for name, path, number, _ in everything if number is None}
        jobs = [pool.submit(survivor_of_descriptor, program, name, path, number, whole[path],
                            likely_of_descriptor(rule))
                for name, path, number, rule in everything if number is not None]
        survivors += [name for job in jobs if (name := job.result()[1])]
    for name in survivors:
        print(f"no case misses {name}")
    print(f"mutation: {len(skipped)} rules in C++, {len(jobs)} of descriptors, {len(survivors)} survive")
    return 1 if survivors or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
