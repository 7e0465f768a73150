#!/usr/bin/python3
"""Holds `import` to the commands that `run` prints, to published lines, and to bash.

usage: import_test.py PROGRAM BATCH [CASES|all]

CASES is how many plans of presets, machines, purposes and emissions are read back (a fixed sample), and a
tenth of how many quotings are held to bash. BATCH is the program ipucnn_batch.
"""
import contextlib
import itertools
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.batch import Batch  # noqa: E402
from support.normalise import normal_form  # noqa: E402

BATCH = sys.argv.pop(2)
CASES = sys.argv.pop(2) if len(sys.argv) > 2 else "60"

APPLICATIONS = {"tf1-cnn": "tensorflow1_cnns@2.3", "pytorch-cnn": "pytorch_cnns@2.0", "nvcnn": "nvcnn_hvd"}
COMMANDS = json.loads((program.DATA / "seed_commands.json").read_text(encoding="utf-8"))
# Published texts with faults: the lines of a document, the finding of each fault and its line. The
# three of the benchmark page are put together from its words, faults in their lines.
DEFECTIVE = json.loads((program.DATA / "defective_texts.json").read_text(encoding="utf-8"))
FAULTS = {f"L0{n}" for n in range(40, 60)}
PURPOSES = ["train", "validation", "inference"]


def sample(all_cases):
    if CASES == "all" or len(all_cases) <= int(CASES):
        return all_cases
    return random.Random(6).sample(all_cases, int(CASES))


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def imported(self, text, *words, name="line.sh"):
        return program.output("import", self.write(name, text), *words, cwd=self.folder)

    def found(self, text, name, *words):
        done = program.ipucnn("check", self.write(name, text), *words, "--format", "json", cwd=self.folder)
        return [(f["id"], f["line"]) for f in json.loads(done.stdout)["findings"]]


class RoundTrip(Folder):
    """import(emit(plan)) is the plan."""

    def planned(self):
        """Words of a run that can be planned, and its plan."""
        presets = [f"{preset['application']}:{preset['name']}" for preset in
                   json.loads(program.output("show", "presets", "--format", "json"))["presets"]]
        targets = [target["name"] for target in
                   json.loads(program.output("show", "targets", "--format", "json"))["targets"]]
        cases = list(itertools.product(presets, [None, *targets], PURPOSES, [(), ("--flat",)]))
        for preset, target, purpose, form in sample(cases):
            words = ["--config", preset, "--purpose", purpose, *form,
                     *(["--target", target] if target else [])]
            done = program.ipucnn("run", *words, "--data-dir", "/data", "--dry-run",
                                  "--format", "json")
            if done.returncode == 0:
                yield [*words, "--data-dir", "/data"], json.loads(done.stdout)

    def test_of_every_plan(self):
        count = 0
        for words, plan in self.planned():
            with self.subTest(" ".join(words)):
                step, = plan["steps"]
                text = program.output("run", *words, "--dry-run").decode()
                jobs = self.imported(text, "--app", f"{plan['application']}@{plan['release']}").decode()
                (self.folder / "jobs.yml").write_text(jobs)
                name = jobs.splitlines()[1].strip(" :\"")
                again = program.plan("--presets", "jobs.yml", "--job", name, cwd=self.folder)
                self.assertEqual(again["steps"][0]["argv"], step["argv"])
                self.assertEqual(again["steps"][0]["env"], step["env"])
                count += 1
        print(f"read back: {count} plans")
        self.assertGreater(count, 10)


class Published(Folder):
    @staticmethod
    def shell_text(command):
        """The line with its variables for a shell to put in."""
        def quoted(word):
            if "$" not in word:
                return shlex.quote(word)
            return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
        env = "".join(f"{name}={shlex.quote(value)} " for name, value in command["env"].items())
        words = list(command["argv_corrected"])
        for option, values in {**(command["sweep"] or {}), **(command["alternatives"] or {})}.items():
            for i, word in enumerate(words):
                if word.startswith(option + "="):
                    words[i] = f"{option}={values[0]}"
                elif i and words[i - 1] == option:
                    words[i] = values[0]
        return env + " ".join(quoted(word) for word in words) + "\n"

    def test_lines_mean_the_same_as_what_was_read(self):
        exact = 0
        for command in COMMANDS:
            with self.subTest(command["id"]):
                text = self.shell_text(command)
                wanted = normal_form(shlex.split(text.replace("\\\n", ""))[len(command["env"]):],
                                     command["env"])
                # A word alone, as `--model`, does not tell whose train.py it is.
                plan = json.loads(self.imported(text, "--plan", "--format", "json",
                                                "--app", APPLICATIONS[command["app"]]))
                step, = plan["steps"]
                self.assertEqual(normal_form(step["argv"], step["env"]), wanted)
                exact += 1
        print(f"published lines: {exact} of {len(COMMANDS)}")

    def test_nothing_is_wrong_with_the_shell_words_of_a_right_line(self):
        for command in COMMANDS:
            with self.subTest(command["id"]):
                found = self.found("```\n" + self.shell_text(command) + "```\n", "a.md",
                                   "--app", APPLICATIONS[command["app"]])
                self.assertEqual([f for f in found if f[0] in FAULTS], [])

    def test_every_fault_of_a_published_text_is_found_at_its_line(self):
        self.assertEqual(len(DEFECTIVE), 12)
        for case in DEFECTIVE:
            for name, fence in (("a.md", "```"), ("a.sh", "# ")):
                with self.subTest(case["id"], name=name):
                    text = "\n" * (case["line"] - 2) + f"{fence}\n{case['text']}\n{fence}\n"
                    release = ["--app", APPLICATIONS["tf1-cnn"]] if case["id"].startswith("tf1-efficientnet") else []
                    found = {f for f in self.found(text, name, *release) if f[0] in FAULTS}
                    self.assertEqual(sorted(found), sorted(map(tuple, case["findings"])))


class FurtherWords(Folder):
    """Options that no document of ours uses are kept where they stand, and a plan has all of them."""
    MPI = ["--bind-to none", "--map-by node", "--rank-by slot", "--report-bindings", "--oversubscribe",
           "--nooversubscribe", "--display-map", "-q", "--output-filename out", "--hostfile machines",
           "--mca a 1", "-x A=1", "--allow-run-as-root", "--tag-output", "--bind-to=core", "-rf ranks"]
    POPRUN = ["--host-subnet 10.0.0.0/8", "--allow-run-as-root yes", "--instance-mpi-local-args '0:-x A'",
              "--instance-mpi-local-args '1:-x A'", "--synchronise-python-venv /venv", "--distribute-ssh-key k",
              "--synchronise-poplar-sdk=/sdk", "--numa-aware 1", "--vipu-partition p"]
    PYTHON = ["-u", "-O", "-B", "-W ignore", "-X dev", "-Wdefault"]
    # Asked for once, whatever the spelling.
    SAME = {"--bind-to none": "--bind-to=core", "--oversubscribe": "--nooversubscribe"}

    def some(self, rng, words, without=()):
        taken = [word for word in words if word not in without and rng.random() < 0.4]
        rng.shuffle(taken)
        return [word for word in taken if self.SAME.get(word) not in taken]

    def lines(self, rng, count):
        program_words = "train.py --config mk2_resnet50_gn_16ipus --no-validation --data-dir /d"
        for i in range(count):
            python = " ".join(["python3", *self.some(rng, self.PYTHON), program_words])
            if i % 3 == 0:
                once = ("--hostfile machines", "--tag-output")  # of poprun's words these are global
                yield (f"poprun {' '.join(self.some(rng, self.POPRUN))} --num-instances 8 --num-replicas 16 "
                       f"--ipus-per-replica 1 --mpi-global-args=\"{' '.join(self.some(rng, self.MPI, ['-x A=1']))}\" "
                       f"--mpi-local-args=\"{' '.join(self.some(rng, self.MPI, [*once, '--mca a 1']))}\" {python}")
            elif i % 3 == 1:
                python = python.replace("train.py", "validation.py").replace(" --no-validation", "")
                yield f"mpirun {' '.join(self.some(rng, self.MPI))} -np 2 {python} --replicas 1 --shards 1"
            else:
                yield python

    def test_are_in_the_plan(self):
        rng = random.Random(8)
        for line in self.lines(rng, 600 if CASES == "all" else 30):
            with self.subTest(line):
                words = [word for word in shlex.split(line)]
                empty = [w for w in words if w in ("--mpi-global-args=", "--mpi-local-args=")]
                wanted = normal_form([word for word in words if word not in empty], {})
                line = " ".join(w for w in line.split(" ") if w not in ('--mpi-global-args=""',
                                                                        '--mpi-local-args=""'))
                plan = json.loads(self.imported(line + "\n", "--plan", "--format", "json"))
                step, = plan["steps"]
                self.assertEqual(normal_form(step["argv"], {}), wanted)
                lost = {"L048", "L052", "L053", "L062", "L025"}
                self.assertEqual([f for f in self.found(line + "\n", "line.sh") if f[0] in lost], [])


class Words(unittest.TestCase):
    """The words that we read are those that bash makes."""
    PIECES = ["a", "b-c", "--x=", "1", "'", '"', "\\", " ", "  ", "\t", "\\\n", "\\\\", "\\'", '\\"',
              "'a b'", '"a b"', "'\"'", '"\'"', '"\\"', "\"\\\\\"", '"\\a"', "$V/", "${V}", '"$V"',
              "'$V'", "\\$V", "${U:-d}", "=", "#", " #c\n", ";", "&&", "\n", "{", "}", "\u00e4", "%", "~/",
              "\"\\\n\"", "V=1 ", "@", ":", "!"]
    VARIABLES = {"V": "value", "U": "other"}

    def bash(self, text):
        """The words of each command, or None where bash refuses the text."""
        script = 'show() { printf "%s\\0" "$@" $#; printf "\\n\\0"; }\n' + text
        done = subprocess.run(["/bin/bash", "--posix", "--norc", "-c", script], capture_output=True, timeout=20,
                              env={"PATH": "", "LC_ALL": "C.UTF-8", "HOME": "/home/me", **self.VARIABLES})
        if done.stderr:
            return None
        commands = [[]]
        for word in done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            if word == "\n":
                commands[-1].pop()
                commands.append([])
            else:
                commands[-1].append(word)
        return commands[:-1]

    def texts(self, count):
        rng = random.Random(7)
        for _ in range(count):
            lines = ["show " + "".join(rng.choice(self.PIECES) for _ in range(rng.randint(1, 9)))
                     for _ in range(rng.randint(1, 2))]
            yield rng.choice(["; ", "\n", " && "]).join(lines) + "\n"

    def read(self, texts):
        batch = Batch(BATCH, "shell")
        self.addCleanup(batch.close)
        found = []
        for text in texts:
            commands = batch.ask(text)
            for name, value in {**self.VARIABLES, "HOME": "/home/me"}.items():
                commands = [[w.replace("${env:%s}" % name, value).replace("${env:%s:-d}" % name, value)
                             for w in words] for words in commands]
            found.append(commands)
        return found

    def test_are_those_of_bash(self):
        count = 4000 if CASES == "all" else min(4000, int(CASES) * 10)
        texts = list(self.texts(count))
        compared = 0
        for text, commands in zip(texts, self.read(texts)):
            # Blanks that were meant for a line's end, or for no word, are read as they were meant.
            if "\\ " in text or "\\\t" in text or "'" in text and "\\\n" in text:
                continue
            expected = self.bash(text)
            if expected is None:
                continue
            compared += 1
            with self.subTest(text):
                self.assertEqual([words[1:] for words in commands if words[0] == "show"], expected)
        print(f"as bash: {compared} of {count} texts")
        self.assertGreater(compared, count // 5)


class Scripts(Folder):
    """The commands read from a script are those that it starts, as stand-ins on PATH record them."""
    STAND_IN = '''#!/bin/sh
printf '%s\\0' "${0##*/}" "$@" >>"$RECORD"
printf '\\n\\0' >>"$RECORD"
'''
    WRAPPER = '''#!/bin/sh
while [ "${1#-}" != "$1" ] || [ "$1" -ge 0 ] 2>/dev/null; do shift; done
exec "$@"
'''
    # The folders of the scripts are nobody's here.
    BEFORE = '''cd() { :; }
source() { :; }
mkdir() { case $2 in /*) ;; *) command mkdir "$@" ;; esac; }
'''
    VARIABLES = {"DATASETS_DIR": "/datasets", "SLURM_SUBMIT_DIR": "/submit"}
    # The words of each start, and how many commands are read whole and how many with a part unread.
    STARTS = {
        "background.sh": ([[]], 1, 0),
        "batch_sweep.sh": ([[]], 3, 0),
        "folders.sh": ([[]], 3, 0),
        "grid.sh": ([[]], 7, 1),
        "options_in_an_array.sh": ([[]], 1, 1),
        "positional.sh": ([["mk2_resnet50_gn_16ipus", "4", "2"]], 0, 4),
        "retries.sh": ([[]], 2, 0),
        "several_hosts.sh": ([[]], 2, 0),
        "slurm_job.sh": ([[]], 2, 0),
        "text_in_text.sh": ([[]], 3, 1),
        "train_then_validate.sh": ([[]], 2, 0),
        "usage_and_case.sh": ([["train"], ["val"], ["bench"], []], 4, 0),
    }

    def setUp(self):
        super().setUp()
        for name in ("poprun", "python3"):
            self.write(name, self.STAND_IN)
        for name in ("srun", "numactl"):
            self.write(name, self.WRAPPER)
        for name in ("poprun", "python3", "srun", "numactl"):
            (self.folder / name).chmod(0o755)
        self.write("before", self.BEFORE)
        self.write("rates.txt", "0.1\n0.2\n")

    def started(self, script, words, variables):
        record = self.folder / "record"
        record.write_bytes(b"")
        subprocess.run(["/bin/bash", script, *words], cwd=self.folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20, check=False,
                       env={**variables, "PATH": f"{self.folder}:/usr/bin:/bin", "RECORD": str(record),
                            "BASH_ENV": str(self.folder / "before"), "LC_ALL": "C.UTF-8"})
        return [tuple(line.split("\0")[:-1]) for line in record.read_text().split("\n\0")[:-1]]

    @staticmethod
    def read(texts, unsure=()):
        """Of each text the commands, loops written out and variables put in; an unknown word has a `$`."""
        with contextlib.closing(Batch(BATCH, "import")) as batch:
            for text in texts:
                lines = []
                for command in batch.ask(text)["commands"]:
                    for values in itertools.product(*(values for _, values in command["loops"])):
                        words = "\0".join(command["words"])
                        for (use, _), value in zip(command["loops"], values):
                            words = words.replace(use, value)
                        words = re.sub(r"\$\{env:(\w+)(?::-([^}]*))?\}", lambda m: Scripts.VARIABLES.get(
                            m[1], m[0] if m[2] is None or m[1] in unsure else m[2]), words)
                        lines.append(tuple(words.split("\0")))
                yield lines

    def hold(self, read, started):
        """Returns how many of the lines are read whole, and how many with a part unread."""
        known = [line for line in read if "$" not in "".join(line)]
        forms = [re.compile("".join("(?:\n.*)?" if "$" in word else "\n" + re.escape(word) for word in line),
                            re.S) for line in read if line not in known]

        def is_open(line):
            return any(form.fullmatch("".join("\n" + word for word in line)) for form in forms)
        for line in started:
            self.assertTrue(line in known or is_open(line), f"started and not read: {line}")
        for line in known:
            self.assertIn(line, started, "read and not started")
        return len(known), len(forms)

    def test_start_what_was_read(self):
        self.assertEqual(sorted(os.listdir(program.DATA / "scripts")), sorted(self.STARTS))
        for script, (starts, whole, unread) in self.STARTS.items():
            with self.subTest(script):
                path = program.DATA / "scripts" / script
                read, = self.read([path.read_text(encoding="utf-8")])
                started = [line for words in starts for line in self.started(path, words, self.VARIABLES)]
                self.assertEqual(self.hold(read, started), (whole, unread))
                if unread == 0:  # a loop that only repeats a command is read once
                    self.assertEqual(list(dict.fromkeys(started)), read)

    class Writer:
        """Scripts that nobody would write, with every kind of block; each test is true and false once."""
        def __init__(self, rng):
            self.rng = rng
            self.tests = 0
            self.functions = 0

        def word(self):
            return self.rng.choice(["a", "b-1", "'c d'", "$A", '"$A"', "${B}x", '"${B:-n}"', '"${L[@]}"',
                                    "${L[1]}", '"$1"', '"$@"', "$I1", '"$I2"', "x=$I1", "$A/$B", "~"])

        def item(self):
            """A word that is one, whatever a variable holds."""
            return self.rng.choice(["a", "b-1", "'c d'", '"$A"', '"${B}x"', '"${B:-n}"', '"$1"', '"$@"', '"$I2"',
                                    '"$A/$B"', "~", '"${L[@]}"'])

        def value(self):
            return self.rng.choice(["a", "'b c'", '"$A y"', "$B", "${A:-z}", "$1", "$(echo q)", "p$I1"])

        def test(self):
            self.tests += 1
            return f'[ -n "$T{self.tests}" ]'

        def block(self, depth):
            return "\n".join(self.line(depth) for _ in range(self.rng.randint(1, 3)))

        def line(self, depth):
            name = self.rng.choice("AB")
            plain = [
                lambda: "python3 train.py --name-suffix " + self.word(),
                lambda: "poprun --num-replicas=2 python3 train.py --name-suffix=%s --restore-path %s"
                        % (self.word(), self.word()),
                lambda: f"{name}={self.value()}",
                lambda: f"{name}+={self.value()}",
                lambda: f"export {name}={self.value()}",
                lambda: f"L=({self.item()} {self.item()})",
                lambda: f"L+=({self.item()})",
                lambda: f"set -- {self.item()} {self.item()}",
                lambda: self.rng.choice(["shift", "unset A", ": ${B:=k}", "read A <<<r", "local A=l"]),
            ]
            inner = [
                lambda: f"if {self.test()}; then\n{self.block(depth - 1)}\nelse {self.block(depth - 1)}\nfi",
                lambda: f"if ! {self.test()}; then {self.block(depth - 1)}\nfi >log",
                lambda: f"case {self.test()[6:9]} in a|b) {self.block(depth - 1)} ;; *)\n{self.block(depth - 1)}\nesac",
                lambda: f"{{ {self.block(depth - 1)}\n}} | cat",
                lambda: f"( {self.block(depth - 1)} )",
                lambda: f"{self.test()} && {self.line(0)}",
                lambda: f"{self.test()} || {self.line(0)}",
                lambda: self.function(depth),
                lambda: f"eval python3 train.py --name-suffix {self.rng.choice(['a', '$A', '$B'])}",
                lambda: self.loop(depth),
                lambda: f"while {self.line(0)}; {self.test()} && [ $((N{self.tests} = 1 - N{self.tests})) = 1 ]; do "
                        f"{self.block(depth - 1)}\ndone",
            ]
            return self.rng.choice(plain if depth <= 0 or self.rng.random() < 0.5 else inner)()

        def function(self, depth):
            self.functions += 1
            name = f"f{self.functions}"
            return f"{name}() {{\n{self.block(depth - 1)}\n}}\n{name} {self.item()} s\n{name} t"

        def loop(self, depth):
            name = self.rng.choice(["I1", "I2"])
            values = self.rng.choice(["1 2", "u v w", "'g h' i", "only", "$A j"])
            return f"for {name} in {values}; do\n{self.block(depth - 1)}\ndone"

    def test_that_are_made_up_start_what_was_read(self):
        rng = random.Random(11)
        texts = []
        while len(texts) < (2000 if CASES == "all" else int(CASES) // 2):
            writer = self.Writer(rng)
            text = "\n".join(writer.block(3) for _ in range(3)) + "\n"
            if writer.tests <= 3 and "train.py" in text:
                texts.append((text, writer.tests))
        whole = unread = 0
        for (text, tests), read in zip(texts, self.read([text for text, _ in texts], "AB")):
            path = self.folder / self.write("script.sh", text)
            home = {"HOME": "${env:HOME}"}
            started = [line for values in itertools.product(["", "a"], repeat=tests)
                       for line in self.started(path, [], {**home, **{f"T{i + 1}": value for i, value in
                                                                      enumerate(values)}})]
            with self.subTest(text):
                counts = self.hold(read, started)
                whole += counts[0]
                unread += counts[1]
        print(f"scripts: {whole} commands read whole, {unread} with a part unread")
        self.assertGreater(whole, len(texts) // 3)


if __name__ == "__main__":
    program.main()
