#!/usr/bin/python3
"""Holds every plan and finding to what it was: each preset x purpose x target, each job, and what
`check` says of each preset.

usage: rails_test.py BATCH
       rails_test.py BATCH --record "ROW: why"    a change that is meant: writes what differs below
                                                  that heading of tests/data/rails_intended.txt
       rails_test.py BATCH --against OTHER        shows what another ipucnn_batch prints instead

tests/data/rails.txt is what the program printed before its stages were put together anew; it is never
written again. A line of rails_intended.txt stands for the line of the same case. The numbers of lines
of built-in files do not count: who adds an option moves them.
"""
import difflib
import hashlib
import json
import re
import sys

from support import program
from support.batch import Batch

BASE = program.ROOT / "tests/data/rails.txt"
INTENDED = program.ROOT / "tests/data/rails_intended.txt"
PLACE = re.compile(r"(<built-in>/\S+?\.yml):\d+:\d+")
GUTTER = re.compile(r"^( *)\d+ \|", re.M)
FOUND = re.compile(r"^.*?(?:error|warning|note)\[([A-Z]\d+)\]|^.*?\b([A-Z]\d{3})\b", re.M)


def normal(err):
    """Findings without the places that only say where our own files hold something."""
    return GUTTER.sub(r"\1|", PLACE.sub(r"\1", err.decode()))


def digest(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:8]


def listed(batch, what, key):
    return json.loads(batch.ipucnn("show", what, "--format", "json").stdout)[key]


def cases(batch):
    """(name, words) of every case, in a fixed order."""
    targets = [t["name"] for t in listed(batch, "targets", "targets")]
    purposes = {f"{a['name']}@{a['release']}": a["purposes"]
                for a in listed(batch, "apps", "applications")}
    presets = [(p["application"], p["name"]) for p in listed(batch, "presets", "presets")]
    for application, name in dict.fromkeys(presets):
        application = application.split("/")[0]
        preset = f"{application}:{name}"
        yield f"check {preset}", ["check", "--config", preset, "--format", "json"]
        for purpose in purposes[application]:
            for target in targets:
                yield (f"{preset} {purpose} {target}",
                       ["run", "--config", preset, "--purpose", purpose, "--target", target,
                        "--dry-run"])
    for job in listed(batch, "jobs", "jobs"):
        yield f"job {job['name']}", ["run", "--job", job["name"], "--dry-run"]


def outcome(done, name):
    """What is held: status, the printed plan, the findings; their ids for people."""
    if name.startswith("check "):
        found = json.loads(done.stdout)["findings"]
        told = sorted(f"{f['id']} {f['severity']} {f['message']} {f['help']}" for f in found)
        ids = sorted({f["id"] for f in found})
        return f"{done.returncode} - {digest(json.dumps(told))} {','.join(ids)}".rstrip()
    err = normal(done.stderr)
    ids = sorted({a or b for a, b in FOUND.findall(err)})
    return f"{done.returncode} {digest(done.stdout)} {digest(err)} {','.join(ids)}".rstrip()


def read(path):
    """Case -> outcome; headings and blank lines do not count."""
    table = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line and not line.startswith("#"):
            name, _, value = line.partition(" = ")
            table[name] = value
    return table


def record(reason, changed):
    """The new outcomes stand below the heading; an older one of the same case goes."""
    old = INTENDED.read_text().splitlines() if INTENDED.exists() else []
    kept = [line for line in old if line.partition(" = ")[0] not in changed]
    heading = f"# {reason}"
    lines = [f"{name} = {value}" for name, value in changed.items()]
    if heading in kept:
        at = kept.index(heading) + 1
        kept[at:at] = lines
    else:
        kept += [heading, *lines]
    # A heading without cases says nothing any more.
    kept = [line for i, line in enumerate(kept)
            if not line.startswith("# ") or (i + 1 < len(kept) and not kept[i + 1].startswith("#"))]
    INTENDED.write_text("\n".join(kept) + "\n")


def show(name, words, new, other):
    for stream in ("stderr", "stdout"):
        texts = [normal(getattr(b.ipucnn(*words), stream)).splitlines() for b in (other, new)]
        for line in difflib.unified_diff(*texts, "before", "now", lineterm="", n=1):
            print(f"    {line}")


def main():
    batch = Batch(sys.argv[1], "run")
    options = dict(zip(sys.argv[2::2], sys.argv[3::2]))
    other = Batch(options["--against"], "run") if "--against" in options else None
    now, words_of = {}, {}
    for name, words in cases(batch):
        words_of[name] = words
        now[name] = outcome(batch.ipucnn(*words), name)
    base = read(BASE)
    expected = {**base, **read(INTENDED)}
    # What was added to configs/ since has nothing to be held to.
    changed = {name: now.get(name, "gone") for name in expected
               if now.get(name, "gone") != expected[name]}
    if "--record" in options and changed:
        record(options["--record"], changed)
        changed = {}
    for name, value in list(changed.items())[:40]:
        print(f"{name}: was {expected[name]}; is {value}")
        if other and name in now:
            show(name, words_of[name], batch, other)
    print(f"rails: {len(expected)} cases, {len(changed)} differ, {len(read(INTENDED))} meant to")
    batch.close()
    return 1 if changed else 0


sys.exit(main())
