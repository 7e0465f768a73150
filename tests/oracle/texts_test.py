#!/usr/bin/python3
"""How people write commands down: the same command in many spellings, commands that cannot be read, and
commands with a fault.

usage: texts_test.py PROGRAM BATCH [CASES|all]

CASES is how many commands each test takes (a fixed sample).
"""
import contextlib
import json
import pathlib
import random
import re
import shlex
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import benchmarks, program  # noqa: E402
from support.batch import Batch  # noqa: E402

BATCH = sys.argv.pop(2)
CASES = sys.argv.pop(2) if len(sys.argv) > 2 else "6"

APPLICATIONS = {"tf1-cnn": "tensorflow1_cnns", "pytorch-cnn": "pytorch_cnns", "nvcnn": "nvcnn_hvd"}
COMMANDS = json.loads((program.DATA / "seed_commands.json").read_text(encoding="utf-8"))
BENCHMARKS = json.loads((program.DATA / "benchmark_commands.json").read_text(encoding="utf-8"))


def words_of(command):
    """Assignments and words of a documented command, its first of several values put in."""
    words = list(command["argv_corrected"])
    for option, values in {**(command["sweep"] or {}), **(command["alternatives"] or {})}.items():
        for i, word in enumerate(words):
            if word.startswith(option + "="):
                words[i] = f"{option}={values[0]}"
            elif i and words[i - 1] == option:
                words[i] = values[0]
    return words


def accepted():
    """(application, words) of each command that documents and benchmark lists of the releases hold."""
    found = [(APPLICATIONS[command["app"]], words_of(command)) for command in COMMANDS]
    found += [(command["application"], command["cmd"]) for command in BENCHMARKS]
    return found + benchmarks.accepted_commands()


def sample(cases):
    return cases if CASES == "all" else random.Random(3).sample(cases, min(int(CASES), len(cases)))


def double(word):
    return '"' + re.sub(r'([\\"$`])', r"\\\1", word) + '"'


def dollar(word):
    return "$'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


def indented(text, by):
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def quoted(word):
    """As a shell has to be given it; a variable stays one."""
    return '"' + re.sub(r'([\\"`])', r"\\\1", word) + '"' if "$" in word else shlex.quote(word)


def plain(words):
    return " ".join(map(quoted, words))


def lines(words):
    return " \\\n    ".join(map(quoted, words))


def as_read(words):
    """Words as an import has them, in which a variable is the environment's."""
    return [re.sub(r"\$\{?(\w+)\}?", r"${env:\1}", word) for word in words]


def notebook(*cells):
    """A notebook of code cells, as Jupyter writes it."""
    return json.dumps({"cells": [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "source": cell.splitlines(True),
         "outputs": [{"name": "stdout", "output_type": "stream", "text": ["$ poprun python3 train.py --epochs x\n"]}]}
        for cell in cells], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 4},
        indent=1)


def here(text, words, end="'EOF'"):
    return f"{text}\n{plain(words)}\n{end.strip(chr(39))}\n"


def escaped(words):
    """A here-document whose word is not quoted takes the backslashes in front of these."""
    return [re.sub(r"([\\`])", r"\\\1", word) for word in words]


# Of words in which a variable stands for itself.
LITERAL = {"in single quotes", "in double quotes", "in dollar quotes", "behind backslashes", "in a manifest"}


def block(text):
    return "|\n" + indented(text, 8)


SPELLINGS = {
    "as it is": ("sh", plain),
    "over several lines": ("sh", lines),
    "in single quotes": ("sh", lambda w: " ".join(f"'{word}'" for word in w)),
    "in double quotes": ("sh", lambda w: " ".join(map(double, w))),
    "in dollar quotes": ("sh", lambda w: w[0] + " " + " ".join(map(dollar, w[1:]))),
    "behind backslashes": ("sh", lambda w: " ".join(re.sub(r"([^\w./=-])", r"\\\1", word) for word in w)),
    "behind time": ("sh", lambda w: "time " + plain(w)),
    "behind nohup and in the background": ("sh", lambda w: "nohup " + plain(w) + " > log 2>&1 &"),
    "behind env": ("sh", lambda w: "env A=1 " + plain(w)),
    "behind stdbuf": ("sh", lambda w: "stdbuf -oL " + plain(w)),
    "behind numactl": ("sh", lambda w: "numactl --interleave=all " + plain(w)),
    "behind timeout": ("sh", lambda w: "timeout 5h " + plain(w)),
    "in a container": ("sh", lambda w: "docker run --rm -v /d:/d image " + plain(w)),
    "in singularity": ("sh", lambda w: "singularity exec --bind /d image.sif " + plain(w)),
    "in an environment": ("sh", lambda w: "conda run -n tf " + plain(w)),
    "into tee": ("sh", lambda w: plain(w) + " 2>&1 | tee log.txt"),
    "in a list": ("sh", lambda w: "A=(" + plain(w[1:]) + ")\n" + w[0] + ' "${A[@]}"'),
    "whole in a list": ("sh", lambda w: "A=(" + plain(w) + ')\n"${A[@]}"'),
    "in a function": ("sh", lambda w: f'f() {{ local N=1; {w[0]} "$@"; }}\nf {plain(w[1:])}'),
    "as the script's words": ("sh", lambda w: f'set -- {plain(w[1:])}\n{w[0]} "$@"'),
    "the last word in a variable": ("sh", lambda w: f'V={quoted(w[-1])}\n{plain(w[:-1])} "$V"'),
    "the program in a variable": ("sh", lambda w: f"P={w[0]}\n$P {plain(w[1:])}"),
    "in an if": ("sh", lambda w: f"if [ -d x ]; then\n  {plain(w)}\nfi"),
    "in an else": ("sh", lambda w: f"if [ -d x ]; then :; else {plain(w)}; fi"),
    "in a case": ("sh", lambda w: f"case $1 in\n  a|b) {plain(w)} ;;\nesac"),
    "in a loop of one": ("sh", lambda w: f"for X in one; do {plain(w)}; done"),
    "in a subshell": ("sh", lambda w: f"( {plain(w)} )"),
    "in a group": ("sh", lambda w: f"{{ {plain(w)}; }}"),
    "behind a test": ("sh", lambda w: f"[ -d x ] && {plain(w)}"),
    "negated": ("sh", lambda w: f"if ! {plain(w)}; then exit 1; fi"),
    "by eval": ("sh", lambda w: "eval " + shlex.quote(plain(w))),
    "in a shell of its own": ("sh", lambda w: "bash -c " + shlex.quote(plain(w))),
    "as a job of Slurm": ("sh", lambda w: "sbatch -N 1 --wrap " + shlex.quote(plain(w))),
    "on another host": ("sh", lambda w: "ssh host " + shlex.quote(plain(w))),
    "behind what is no word": ("sh", lambda w: "#!/bin/bash\nset -e\ncat <<EOF\n'\"\nEOF\n" + plain(w)
                                               + " # it's done\n"),
    "handed to a shell": ("sh", lambda w: here("bash <<'EOF'", w)),
    "handed to a shell with variables": ("sh", lambda w: here("bash -e -s <<EOF", escaped(w))),
    "handed to a shell behind tabs": ("sh", lambda w: f"if true; then\n\tbash <<-'EOF'\n\t\t{plain(w)}\n\tEOF\nfi"),
    "handed to another host": ("sh", lambda w: here("ssh -p 22 user@host <<'EOF'", w)),
    "handed to a container": ("sh", lambda w: here("docker exec -i box bash <<'EOF'", w)),
    "handed to Slurm": ("sh", lambda w: here("sbatch <<'EOF'", ["cd", "/x"]).replace(
        "EOF\n", "", 0).replace("\nEOF", f"\n#SBATCH -N 1\n{plain(w)}\nEOF", 1)),
    "as a shell's word": ("sh", lambda w: f"bash <<< {shlex.quote(plain(w))}"),
    "printed into a shell": ("sh", lambda w: f"echo {shlex.quote(plain(w))} | bash"),
    "written by cat into a shell": ("sh", lambda w: f"cat <<'EOF' | bash\n{plain(w)}\nEOF\n"),
    "written to a script": ("sh", lambda w: here("cat > run.sh <<'EOF'", w) + "bash run.sh\n"),
    "written to a script by tee": ("sh", lambda w: here("sudo tee /usr/local/bin/run <<'EOF'", ["#!/bin/sh"]).replace(
        "'#!/bin/sh'", f"#!/bin/sh\n{plain(w)}", 1)),
    "printed to a script": ("sh", lambda w: f"echo {shlex.quote(plain(w))} >> run.sh"),
    "in a shell of a container": ("sh", lambda w: "docker run --rm image bash -c " + shlex.quote(plain(w))),
    "in a folder of another host": ("sh", lambda w: "ssh host " + shlex.quote("cd ${HOME} && " + plain(w))),
    "in a cell": ("ipynb", lambda w: notebook("import os\n", "x = {'a': 1}\n!" + plain(w) + "\nprint(x)\n")),
    "in a cell over lines": ("ipynb", lambda w: notebook("if True:\n    !" + lines(w) + "\n")),
    "in a cell of bash": ("ipynb", lambda w: notebook("%%bash\n" + plain(w) + "\n")),
    "in a cell that keeps its output": ("ipynb", lambda w: notebook("%%time\nout = !" + plain(w) + "\n")),
    "written by a cell": ("ipynb", lambda w: notebook("%%writefile run.sh\n" + plain(w) + "\n", "!bash run.sh\n")),
    "in a marked fence": ("md", lambda w: f"Run:\n\n```bash\n{plain(w)}\n```\n"),
    "in a fence of nothing": ("md", lambda w: f"Run:\n\n~~~\n{lines(w)}\n~~~\n"),
    "behind a prompt": ("md", lambda w: f"```console\n$ {plain(w)}\nEpoch 1: it's \"done\n```\n"),
    "indented": ("md", lambda w: f"Run:\n\n{indented(lines(w), 4)}\n"),
    "in a list of points": ("md", lambda w: f"1. Run\n   ```sh\n{indented(plain(w), 3)}   ```\n"),
    "beside Python": ("md", lambda w: f"```python\nx = 'poprun\n```\n```sh\n{plain(w)}\n```\n"),
    "in a literal block": ("rst", lambda w: f"Run::\n\n{indented(lines(w), 4)}\nDone.\n"),
    "in a directive": ("rst", lambda w: f".. code-block:: bash\n   :linenos:\n\n{indented(plain(w), 3)}\n"),
    "in a benchmark list": ("yml", lambda w: f"a:\n  b:\n      cmd: {block(plain(w))}"),
    "folded": ("yml", lambda w: "a:\n  b:\n      cmd: >-\n" + indented("\n".join(map(quoted, w)), 8)),
    "in a workflow": ("yml", lambda w: "on: push\njobs:\n  a:\n    steps:\n    - name: x\n"
                                       f"      run: {block(plain(w))}"),
    "in a manifest": ("yml", lambda w: "apiVersion: v1\nkind: Job\nspec:\n  launcher:\n    command:\n"
                                       + "".join(f"    - {json.dumps(word)}\n" for word in w)),
    "in the second document": ("yml", lambda w: "apiVersion: v1\nkind: Service\nspec: {}\n---\napiVersion: v1\n"
                                                "kind: Pod\nspec:\n  command: [bash, -c]\n"
                                                f"  args:\n  - |\n{indented(plain(w), 4)}---\nkind: Secret\n"),
    "in a list of lines": ("yml", lambda w: "train:\n  script:\n    - cd x\n    - " + json.dumps(plain(w)) + "\n"),
    "in a script of a map": ("yml", lambda w: "apiVersion: v1\nkind: ConfigMap\ndata:\n  run.sh: "
                                              + block("#!/bin/sh\n" + plain(w))),
    "in a manifest's shell": ("yml", lambda w: "apiVersion: v1\nkind: Pod\nspec:\n  command: [/bin/bash, -c]\n"
                                               f"  args: [{json.dumps(plain(w))}]\n"),
}


class Spellings(unittest.TestCase):
    def test_of_an_accepted_command_have_its_words_and_no_error(self):
        self.assertGreaterEqual(len(SPELLINGS), 20)
        count = 0
        with contextlib.closing(Batch(BATCH, "import")) as batch:
            for application, words in sample(accepted()):
                for name, (ending, write) in SPELLINGS.items():
                    if name in LITERAL and any("$" in word for word in words):
                        continue
                    with self.subTest(name, words=words):
                        text = write(words).rstrip("\n") + "\n"
                        read = batch.ask({"name": f"a.{ending}", "text": text, "app": application})
                        self.assertEqual([command["words"] for command in read["commands"]], [as_read(words)],
                                         text)
                        errors = [f for f in read["findings"] if f["severity"] == "error"]
                        self.assertEqual(errors, [], text)
                        count += 1
        print(f"spellings: {count}")


# Lines that a shell starts something of ours by, each at its first word or deeper; read or said, once.
PLACES = [
    "poprun --num-replicas 2 --num-instances 2 python3 train.py --generated-data",
    "python3 train.py --model resnet --model-size 50",
    "python train.py --epochs 3",
    "mpirun -np 2 ./a.out",
    "mpirun hostname",
    "mpiexec -npernode 8 python3 nvcnn_hvd.py --model=resnet50",
    "orterun -np 8 python3 nvcnn_hvd.py --model=resnet50",
    "horovodrun -np 8 python3 nvcnn_hvd.py",
    "$PYTHON train.py --epochs 3",
    "${PYTHON} -u train.py",
    "$LAUNCHER python3 train.py",
    "$(which python3) train.py",
    "`which python3` train.py",
    "python3 -m train --epochs 3",
    "poprun $OPTIONS python3 train.py",
    "poprun --num-replicas 2; true",
    "T=poprun --num-replicas 2 python3 train.py",
    "xargs -n 1 python3 train.py --lr",
    "parallel python3 train.py --lr ::: 1 2",
    "docker run image python3 train.py",
    "singularity exec x.sif python3 other.py --a | cat && poprun x.sh",
    "conda run -n a python3 train.py",
    "gc-docker -- -ti image python3 train.py",
    "screen -dm poprun python3 train.py",
    "tmux new -d 'python3 train.py'",
    "sbatch --wrap 'python3 train.py'",
    "ssh a 'cd x && python3 train.py'",
    "if python3 train.py; then :; fi",
    "while ! python3 train.py; do sleep 1; done",
    "x=$(python3 train.py)",
    "diff <(python3 train.py) y",
    "bash -c 'python3 train.py'",
    "eval \"python3 train.py $X\"",
    "./train.py --epochs 1",
    "/usr/bin/python3 /w/train.py",
    "nohup time python3 train.py &",
    "CUDA=1 python3 validation.py",
    "torchrun --nproc 8 train.py",
]
SILENT = [
    "echo poprun python3 train.py",
    "# poprun python3 train.py",
    "which poprun python3",
    "ls train.py",
    "grep -n poprun train.py",
    "cp train.py validation.py /tmp",
    "python3 -c 'print(1)'",
    "python3 other.py --epochs 1",
    "pip3 install -r requirements.txt",
    "cat <<EOF\npoprun python3 train.py\nEOF",
    "git add train.py",
    "X='poprun python3 train.py'",
    "poprun --version",
    "pkill -f train.py",
    "black train.py",
]
SAYS = {"L040", "L056", "L060", "L072"}


class Places(unittest.TestCase):
    def test_are_read_or_said_once(self):
        rng = random.Random(5)
        count = 200 if CASES == "all" else 12
        places = 0
        with contextlib.closing(Batch(BATCH, "import")) as batch:
            for _ in range(count):
                chosen = [(rng.choice(PLACES), 1) if rng.random() < 0.6 else (rng.choice(SILENT), 0)
                          for _ in range(6)]
                text, wanted = "", {}
                for line, is_place in chosen:
                    if is_place:
                        wanted[text.count("\n") + 1] = line
                    text += line + "\n"
                read = batch.ask(text)
                met = [command["line"] for command in read["commands"]]
                met += [f["line"] for f in read["findings"] if f["id"] in SAYS]
                with self.subTest(text):
                    self.assertEqual(sorted(met), sorted(wanted), read)
                places += len(wanted)
        print(f"places: {places}")


# Lines that mean the same; the first is the documents' spelling.
SAME = {
    "nvcnn_hvd.py --model=resnet50 --batch_size=64": (
        "mpiexec -np 8 python3", "mpirun -np 8 python3", "mpirun -n 8 python3", "mpirun --np 8 python3",
        "mpirun -c 8 python3", "mpiexec --n 8 python3", "orterun -np 8 python3", "mpirun.openmpi -np 8 python3",
        "/opt/openmpi/bin/mpirun -np 8 python3", "mpirun -npernode 8 python3", "mpiexec -N 8 python3",
        "mpirun --npernode 8 python3", "mpirun --map-by ppr:8:node python3"),
    "nvcnn_hvd.py --model=resnet50 --batch_size=64 ": (
        "mpiexec -np 8 -mca pml ob1 -x NCCL_DEBUG=INFO -x PATH --allow-run-as-root python3",
        "mpirun -np 8 --mca pml ob1 --x NCCL_DEBUG=INFO --x PATH -allow-run-as-root python3",
        "orterun -mca pml ob1 -x NCCL_DEBUG=INFO -x PATH --allow-run-as-root -n 8 python3"),
    "validation.py --model resnet --model-size 50 --dataset imagenet --batch-size 1 --generated-data": (
        "mpirun --tag-output --np 4 python3", "mpiexec -tag-output -n 4 python3", "orterun --tag-output -c 4 python3"),
    "train.py --config mk2_resnet50_gn_16ipus --no-validation": (
        "poprun --num-instances 8 --num-replicas 16 python3", "poprun --num-instances=8 --num-replicas=16 python3",
        "poprun --num-ilds 1 --num-instances 8 --num-replicas 16 --ipus-per-replica 1 python3",
        "poprun --num-replicas 16 --num-instances 8 --vipu-server-port 8090 --update-partition no python3",
        "poprun --vipu-server-timeout=120 --remove-partition yes --num-instances=8 --num-replicas 16 python3"),
    "train.py --config mk2_resnet50_gn_16ipus --no-validation ": (
        "poprun -vv --numa-aware 1 --num-instances 8 --num-replicas 16 python3",
        "poprun --vv --numa-aware yes --num-instances 8 --num-replicas 16 python3",
        "poprun --vv --numa-aware=On --num-instances 8 --num-replicas 16 python3",
        "poprun -vv --numa-aware TRUE --num-instances 8 --num-replicas 16 python3"),
}


class Meanings(unittest.TestCase):
    """Row A2: spellings of a launcher's line that mean the same are no finding, and count the same."""

    def test_are_one_however_they_are_spelled(self):
        count = 0
        with contextlib.closing(Batch(BATCH, "run")) as batch, tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.sh"
            for script, lines_of_it in SAME.items():
                figures = []
                for line in lines_of_it:
                    path.write_text(f"{line} {script}\n", encoding="utf-8")
                    with self.subTest(line):
                        done = batch.ipucnn("check", str(path), "--format", "json")
                        said = [f for f in json.loads(done.stdout)["findings"] if f["severity"] != "note"]
                        self.assertEqual(said, [])
                        plan = batch.ipucnn("import", str(path), "--plan", "--format", "json")
                        figures.append(json.loads(plan.stdout)["steps"][0]["geometry"])
                        self.assertEqual(figures[-1], figures[0])
                        count += 1
        print(f"spellings of launchers: {count}")


def misspell(word):
    return word[:-2] + word[-1] + word[-2] if word[-1] != word[-2] else word + "x"


def planted(words):
    """(kind, text) of each fault that is put into a command."""
    launcher = next((i for i, w in enumerate(words) if w.endswith(".py")), 0)
    for i, word in enumerate(words):
        if i == 0 or not word.startswith("--"):
            continue
        flag, equals, value = word.partition("=")
        kind = "program" if i > launcher else "launcher"
        yield f"misspelt {kind} option", plain(words[:i] + [misspell(flag) + equals + value] + words[i + 1:])
        if "-" in flag[2:] and i > launcher:
            yield "underscores", plain(words[:i] + ["--" + flag[2:].replace("-", "_") + equals + value]
                                       + words[i + 1:])
        if re.fullmatch(r"\d+", value):
            yield f"no number, {kind}", plain(words[:i] + [flag + "=x" + value] + words[i + 1:])
        elif not equals and i + 1 < len(words) and re.fullmatch(r"\d+", words[i + 1]):
            yield f"no number, {kind}", plain(words[:i + 1] + ["x" + words[i + 1]] + words[i + 2:])
            yield f"no number in a variable, {kind}", (
                f"N=x{words[i + 1]}\n{plain(words[:i + 1])} $N {plain(words[i + 2:])}")
        if flag == "--num-replicas" and equals and value.isdigit():
            yield "replicas that do not divide", plain(words[:i] + [f"{flag}={int(value) + 1}"] + words[i + 1:])
        if flag == "--config":
            name = value or words[i + 1]
            where = i if equals else i + 1
            yield "misspelt preset", plain(words[:where] + [(flag + "=" if equals else "") + misspell(name)]
                                           + words[where + 1:])
        yield "lost backslash", plain(words[:i]) + "\n  " + plain(words[i:])
        yield "blank behind backslash", plain(words[:i]) + " \\ \n  " + plain(words[i:])
        yield "quote never closed", plain(words[:i]) + ' "' + plain(words[i:])
        yield "no-break space", plain(words[:i]) + "\u00a0" + plain(words[i:])
    yield "line ends of DOS", " \\\r\n  ".join(map(shlex.quote, words)) + "\r"
    if launcher > 1:
        yield "no program", plain(words[:launcher - 1])
        yield "no script", plain(words[:launcher] + words[launcher + 1:])


class Faults(unittest.TestCase):
    """Faults that are put into accepted commands, and how many of them are found."""

    def test_that_are_planted_are_found(self):
        rng = random.Random(8)
        found, total, missed = {}, {}, []
        with contextlib.closing(Batch(BATCH, "run")) as batch, tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.sh"

            def said(text, application):
                path.write_bytes((text + "\n").encode())
                done = batch.ipucnn("check", str(path), "--format", "json", "--app", application)
                return {(f["id"], f["message"]) for f in json.loads(done.stdout)["findings"]
                        if f["severity"] != "note"}
            for application, words in sample(accepted()):
                before = said(plain(words), application)
                faults = list(planted(words))
                for kind, text in faults if CASES == "all" else rng.sample(faults, min(25, len(faults))):
                    total[kind] = total.get(kind, 0) + 1
                    if said(text, application) - before:
                        found[kind] = found.get(kind, 0) + 1
                    else:
                        missed.append((kind, text))
        for kind in sorted(total):
            print(f"planted: {kind}: {found.get(kind, 0)} of {total[kind]}")
        for kind, text in missed[:10]:
            print(f"not found: {kind}: {text!r}")
        rate = sum(found.values()) / sum(total.values())
        print(f"planted faults found: {sum(found.values())} of {sum(total.values())}")
        self.assertGreater(rate, LEAST_FOUND, missed[:10])


LEAST_FOUND = 0.99  # docs/numbers.md

if __name__ == "__main__":
    program.main()
