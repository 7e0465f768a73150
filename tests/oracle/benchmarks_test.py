#!/usr/bin/python3
"""Holds what `bench`, `check` and `import` make of every published benchmark entry to a second reader of it.

usage: benchmarks_test.py PROGRAM

The second reader is PyYAML with the rules of examples_utils (tests/support/benchmarks.py). Prints how many commands
of how many entries come out with the published words, and how many mean the same.
"""
import collections
import json
import pathlib
import re
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import benchmarks, program  # noqa: E402

# Errors that are the recipe's own, by release, entry and finding.
FAULTS = {
    ("3.0", "tf1_efficientnet_b4_g16_train_real_pod256_conv", "L056"): "--num=ilds for --num-ilds",
    ("3.0", "G16_EfficientNet_B4_pipelined_validation_convergence", "K061"):
        "its preset holds micro_batch_size: the script's own parser stops",
    ("3.0", "tf1_efficientnet_b4_batchnorm_train_real_pod64_conv", "L021"):
        "POPLAR_RUNTIME_OPTIONS is set, and -x hands on all others",
}
# Warnings that are true of the recipe.
DOUBTS = {
    "L021": "PYTORCH_CACHE_DIR does not reach the other hosts, and nothing there is known to read it",
    "L061": "the preset is none of the release's",
    "L062": "no --no-validation in a training by poprun, which the documents ask for",
    "M012": "send_request.py prints `Latencies - avg:`, and no `latency avg:`",
    "M014": "taken for generated data by the letters of its name",
    "P023": "32 instances, and no other host is named",
    "K063": "stable_norm false of the preset counts as unset",
    "Y010": "output: shows a batch size or a latency that the entry does not have",
    "D005": "a part of the data set by two options",
}
# A script that TensorFlow 2 has as well.
UNKNOWN_REQUESTS = ("tensorflow1_cnns", "send_request.py")
SAME = {"3.3": "3.2", "3.4": "3.2"}  # releases that a descriptor has under another name


class Published(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.specs = {}
        for release, groups in benchmarks.entries().items():
            for group, entries in groups.items():
                path = cls.folder / f"{release}-{group.replace('/', '-')}.yml"
                path.write_text(benchmarks.spec_text(entries), encoding="utf-8")
                cls.specs[release, group] = path

    def each(self):
        for (release, group), path in self.specs.items():
            yield release, benchmarks.application_of(group), path

    def entry_of(self, path, line):
        """The entry that a line of the file belongs to."""
        lines = path.read_text(encoding="utf-8").splitlines()[:line]
        return next(text[:-1] for text in reversed(lines) if re.fullmatch(r"\S+:", text))

    def run_on(self, command, path, application, release, *words):
        return program.ipucnn(command, path.name, "--app", f"{application}@{release}", *words, cwd=self.folder)

    def test_every_command_is_the_published_one(self):
        entries = commands = exact = 0
        left_out = []
        for release, application, path in self.each():
            done = self.run_on("bench", path, application, release, "*", "--dry-run", "--format", "json")
            plans = json.loads(done.stdout)
            planned = {plan["name"]: plan["steps"][0] for plan in plans.get("plans", [plans])}
            expected = list(benchmarks.expanded(path.read_text(encoding="utf-8")))
            entries += len({name for name, *_ in expected})
            for name, values, env, words in expected:
                commands += 1
                title = name + "".join(f"{',' if i else ':'}{key}={value}" for i, (key, value) in
                                       enumerate(values.items()))
                if title not in planned:
                    left_out.append((release, name))
                    continue
                step = planned.pop(title)
                self.assertEqual(benchmarks.meaning(step["argv"], step["env"], application), benchmarks.meaning(words, env, application),
                                 (release, title))
                exact += [benchmarks.plain(word) for word in words] == step["argv"]
            self.assertEqual(planned, {}, "nobody asked for these")
        print(f"{commands - len(left_out)} of {commands} commands of {entries} entries mean what is published, "
              f"{exact} of them word for word; left out, as they cannot run: {len(left_out)}")
        self.assertEqual(set(left_out), {(release, name) for release, name, _ in FAULTS})
        self.assertEqual((entries, commands), (178, 585))

    def test_check_finds_the_faults_and_no_others(self):
        faults, doubts = set(), collections.defaultdict(set)
        checked = 0
        for release, application, path in self.each():
            done = self.run_on("check", path, application, release, "--format", "json")
            for finding in json.loads(done.stdout)["findings"]:
                of = (release, self.entry_of(path, finding["line"]), finding["id"])
                if finding["severity"] == "error":
                    faults.add(of)
                elif finding["severity"] == "warning":
                    doubts[finding["id"]].add(of[:2])
            done = self.run_on("check", path, application, release)
            text = (done.stdout + done.stderr).decode()
            checked += int(re.search(r"^ipucnn: (\d+) command", text, re.M)[1])
            self.assertNotIn("not checked", text)
        print(f"{checked} commands checked, {len(faults)} faults, {sum(map(len, doubts.values()))} doubts")
        self.assertEqual(faults, set(FAULTS))
        self.assertEqual(set(doubts), set(DOUBTS), dict(doubts))

    def test_lines_of_readmes_before_it(self):
        checked = faults = 0
        for release, path, number, command in benchmarks.readme_commands():
            application = benchmarks.application_of(path.replace("/cnns/", "/"))
            if benchmarks.UNKNOWN_SCRIPTS.intersection(command["cmd"]):
                continue
            name = f"{release}-{path.replace('/', '-')}-{number}.sh"
            text = "".join(f"export {key}='{value}'\n" for key, value in command.get("env", {}).items())
            line = " ".join(map(benchmarks.shell_word, command["cmd"])).replace("{batchsize}", "4")
            (self.folder / name).write_text(f"{text}{line}\n", encoding="utf-8")
            done = self.run_on("check", self.folder / name, application, release, "--format", "json")
            found = json.loads(done.stdout)["findings"]
            # The scripts of 2.5 refuse these for their presets, and take some of their options no longer.
            refused = release in command.get("accepted", {})
            self.assertEqual("L061" in [one["id"] for one in found], refused, name)
            self.assertTrue({one["id"] for one in found if one["severity"] == "error"} <=
                            ({"K007"} if refused else set()), (name, found))
            checked += 1
            faults += refused
        print(f"{checked} lines of README_Benchmarks.md checked: no error, {faults} with a preset that is not there")
        self.assertEqual((checked, faults), (97, 8))

    def test_import_has_a_job_for_every_command_of_a_known_application(self):
        jobs = 0
        for release, application, path in self.each():
            expected = [words for name, _, _, words in benchmarks.expanded(path.read_text(encoding="utf-8"))
                        if not benchmarks.UNKNOWN_SCRIPTS.intersection(words) and
                        not (application, words[1]) == UNKNOWN_REQUESTS and
                        not any(key[:2] == (release, name) for key in FAULTS)]
            done = self.run_on("import", path, application, release)
            found = yaml.load(done.stdout, yaml.CSafeLoader)["jobs"]
            self.assertEqual(len(found), len(expected))
            self.assertEqual({job["application"] for job in found.values()}, {f"{application}@{SAME.get(release, release)}"})
            jobs += len(found)
        print(f"{jobs} commands as jobs")


if __name__ == "__main__":
    program.main()
