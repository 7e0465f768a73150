#!/usr/bin/python3
"""What bash starts of a text is read as a command, or there is a finding at its place: once.

usage: places_test.py PROGRAM BATCH [CASES|all]

Scripts of CASES forms each are gone through by bash, with stand-ins for launchers, interpreters and the
programs that start others. Each command bears a mark, so that it can be told which of them were started.
"""
import contextlib
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import program  # noqa: E402
from support.batch import Batch  # noqa: E402

BATCH = sys.argv.pop(2)
CASES = sys.argv.pop(2) if len(sys.argv) > 2 else "40"

RECORD = """#!/bin/bash
printf '%s\\n' "$@" | grep -o 'm[0-9][0-9]*m' >> "$RECORD"
exit 0
"""
# Goes behind its own words up to a program that is known, or takes its input for commands.
START = """#!/bin/bash
while [ $# -gt 0 ]; do
  case $1 in
    --wrap=*) exec bash -c "${1#--wrap=}" ;;
    *' '*) exec bash -c "$*" ;;
  esac
  case ${1##*/} in
    poprun|mpirun|mpiexec|horovodrun|python3|bash|sh|env) exec "$@" ;;
    --wrap|-c) exec bash -c "$2" ;;
  esac
  shift
done
exec bash
"""
RECORDED = ("poprun", "mpirun", "mpiexec", "horovodrun", "python3")
STARTERS = ("ssh", "docker", "sbatch", "srun", "sudo", "conda", "singularity", "screen", "tmux", "su", "kubectl",
            "flock", "numactl", "gc-docker", "script", "watch", "uv", "poetry", "bsub", "oarsub", "qsub", "condor_run",
            "systemd-run", "doas")

COMMANDS = [
    "python3 train.py --config mk2_resnet50_gn_16ipus --name-suffix {}",
    "poprun --num-replicas 16 --num-instances 8 python3 train.py --config mk2_resnet50_gn_16ipus --name-suffix {}",
    "mpirun -np 8 python3 nvcnn_hvd.py --model=resnet50 --log_name={}",
    "horovodrun -np 8 python3 nvcnn_hvd.py --model=resnet50 --log_name={}",
    "mpiexec -np 2 ./a.out {}",
]
# {c} is a command, {p} and {w} its program and the other words.
FORMS = [
    "{c}", "{c} > log 2>&1", "{c} &\nwait", "{c} | tee log", "! {c}", "time {c}", "command {c}", "env A=1 {c}",
    "A=1 {c}", "nohup {c}", "timeout 5 {c}", "nice -n 5 {c}", "setsid -w {c}", "stdbuf -oL {c}", "sudo -u x {c}",
    "srun -N 1 {c}", "numactl -N 0 {c}", "docker run --rm -it image {c}", "singularity exec x.sif {c}",
    "conda run -n a {c}", "screen -dm {c}", "flock /tmp/x.lock {c}", "gc-docker -- -ti image {c}", "ssh host {c}",
    "if {c}; then :; fi", "if ! {c}; then :; fi", "if false; then :; else {c}; fi", "while ! {c}; do break; done",
    "until {c}; do break; done", "for i in 1; do {c}; done", "for ((i = 0; i < 1; i++)); do {c}; done",
    "case x in\n  y) ;;\n  x) {c} ;;\nesac", "{{ {c}; }}", "( {c} )", "( cd / && {c} )", "[[ -n x ]] && {c}",
    "[ -z x ] || {c}", "f() {{ {c}; }}\nf", "function g {{\n  {c}\n}}\ng", "run() {{ \"$@\"; }}\nrun {c}",
    "log() {{ echo \"$@\"; \"$@\"; }}\nlog {c}", "x=$({c})", "x=`{c}`", "echo \"$({c})\"", "test \"$({c})\"",
    ": $({c})", "export X=$({c})", "cat <({c})", "T='{c}'\n$T", "T='{c}'\neval $T", "T='{c}'\neval \"$T\"",
    "T=\"{p}\"\n$T {w}", "T='{p}'\nT+=' {w}'\n$T", "T=({c})\n\"${{T[@]}}\"", "T=({w})\n{p} \"${{T[@]}}\"",
    "T='{w}'\n{p} $T", "eval '{c}'", "bash -c '{c}'", "sh -ec '{c}'", "bash -ec \"{c}\"", "bash <<'X'\n{c}\nX",
    "bash -euo pipefail -c '{c}'", "bash -c -- '{c}'", "bash -cx '{c}'", "sh -c -e '{c}'",
    "bash <<X\n{c}\nX", "bash -s <<-X\n\t{c}\n\tX", "sh <<< '{c}'", "echo '{c}' | bash", "printf '%s\\n' '{c}' | sh",
    "cat <<X | bash\n{c}\nX", "cat > run.sh <<X\n{c}\nX\nbash run.sh", "cat <<'X' > run.sh\n#!/bin/sh\n{c}\nX\nsh run.sh",
    "tee run.sh > log <<X\n{c}\nX\nsh ./run.sh", "echo '{c}' > run.sh\nbash run.sh", "ssh host '{c}'",
    "ssh -p 22 host 'cd / && {c}'", "ssh host <<X\n{c}\nX", "ssh host bash -s <<'X'\n{c}\nX", "sbatch --wrap '{c}'",
    "sbatch --wrap=\"{c}\"", "sbatch -N 1 <<X\n#!/bin/bash\n{c}\nX", "docker run image bash -c '{c}'",
    "docker exec -i box sh <<X\n{c}\nX", "su user -c '{c}'", "sudo bash -c '{c}'", "script -q -c '{c}' log",
    "kubectl exec pod -- {c}", "tmux new -d '{c}'", "source <(echo '{c}')", ". /dev/stdin <<X\n{c}\nX",
    "( trap '{c}' EXIT )", "echo x | xargs {c}", "echo x | xargs -n 1 {c}",
    "find . -maxdepth 0 -exec {c} \\;", "coproc {c}\nwait", "while read -r L; do eval \"$L\"; done <<X\n{c}\nX",
    "while read -r L; do $L; done <<< '{c}'", "read -r T <<X\n{c}\nX\n$T", "mapfile -t T <<X\n{c}\nX\neval \"${{T[0]}}\"",
    "T=$(echo '{c}')\n$T", "$(echo '{p}') {w}", "T=$(command -v {p})\n$T {w}", "\"$(command -v {p})\" {w}",
    "case $UNSET in\n  y) T=echo ;;\n  *) T='{p}' ;;\nesac\n$T {w}", "{p} \\\n  {w}", "\\{p} {w}", "'{p}' {w}",
    "{p} {w}  # it's done", "x=1; {c}; y=2", "true && {c} || false", "echo a\n\n{c}\n\necho b",
    "cat <<X\n'\"\nX\n{c}", "cat <<X\n$({c})\nX", "declare -a T=({c})\n\"${{T[@]}}\"", "set -- {c}\n\"$@\"",
    "[[ -n $({c}) ]]", "(( 1 + $({c}; echo 1) ))", "x=$(( 1 + `{c}` ))", ": \"${{UNSET:-$({c})}}\"",
    "case $({c}) in\n  *) ;;\nesac", "case x in\n  $({c})) ;;\nesac", "flock /tmp/x.lock -c '{c}'", "uv run {c}",
    "poetry run {c}", "while read -r X; do :; done < <({c})", "read -r X < <({c})", "mapfile -t X < <({c})",
    "echo x | while read -r L; do {c}; done", "while read -r L; do {c}; done < <(echo x)",
    "echo x | {{ read -r L; {c}; }}", "for i in 1; do {c}; done < <(echo x)", "diff <({c}) <(echo x) > log",
    "bsub -n 4 '{c}'", "bsub -n 4 {c}", "oarsub -l nodes=1 '{c}'", "qsub -b y '{c}'", "condor_run '{c}'",
    "systemd-run --scope {c}", "doas {c}", "printf '%s\\n' '#!/bin/sh' '{c}' > run.sh\nsh run.sh",
    "printf '#!/bin/sh\\n%s %s\\n' '{p}' '{w}' > run.sh\nsh run.sh", "echo -e '#!/bin/sh\\n{c}' > run.sh\nsh run.sh",
    "shopt -s expand_aliases\nalias t='{c}'\nt",
    "set -- {w}\n{p} \"$@\"", "X=${{UNSET:-{p}}}\n$X {w}", "${{UNSET:-{p}}} {w}", "cd /\n{c}\ncd - > log",
]
# What nothing starts.
QUIET = [
    "printf '%s\\n' '{c}' > notes.txt", "alias t='vim {c}'",
    "echo {c}", "echo '{c}' > notes.txt", "# {c}", "cat <<X\n{c}\nX", "X='{c}'", "printf '%s\\n' '{c}'",
    "f_unused=1 # {c}", "cat > notes.md <<X\n{c}\nX", ": '{c}'", "which {p}", "if [ -n '{c}' ]; then :; fi",
    "[[ -n '{c}' ]]", ": ${{UNSET:-'$({c})'}}", "x='$(( $({c}) ))'",
]
SAYS = {"L040", "L051", "L056", "L060", "L072"}


class Places(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "bin").mkdir()
        (self.folder / "work").mkdir()
        for names, text in ((RECORDED, RECORD), (STARTERS, START)):
            for name in names:
                (self.folder / "bin" / name).write_text(text, encoding="utf-8")
                (self.folder / "bin" / name).chmod(0o755)

    def started(self, text):
        script, record = self.folder / "script.sh", self.folder / "record"
        script.write_text(text, encoding="utf-8")
        record.write_bytes(b"")
        subprocess.run(["/bin/bash", str(script)], cwd=self.folder / "work", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False,
                       env={"PATH": f"{self.folder}/bin:/usr/bin:/bin", "RECORD": str(record), "HOME": "/",
                            "LC_ALL": "C.UTF-8"})
        return set(record.read_text(encoding="utf-8").split())

    @staticmethod
    def write(form, rng, number):
        command = rng.choice(COMMANDS).format(f"m{number}m")
        first, rest = command.split(" ", 1)
        return form.format(c=command, p=first, w=rest)

    def hold(self, batch, forms, rng, counts):
        """One script of the forms: its marks that bash started, and those that were met."""
        text, lines, marks = "#!/bin/bash\n", {}, {}
        for number, form in enumerate(forms):
            part = self.write(form, rng, number)
            for line in range(part.count("\n") + 1):
                lines[text.count("\n") + 1 + line] = number
            marks[number] = form
            text += part + "\n"
        started = {int(mark[1:-1]) for mark in self.started(text)}
        read = batch.ask(text)
        met = {number: 0 for number in marks}
        for command in read["commands"]:
            found = re.findall(r"m(\d+)m", " ".join(command["words"]))
            self.assertEqual(len(found), 1, (command, text))
            met[int(found[0])] += 1
        for finding in read["findings"]:
            if finding["id"] in SAYS and finding["line"] in lines:
                met[lines[finding["line"]]] += 1
        for number, form in marks.items():
            with self.subTest(form=form, text=text):
                self.assertEqual(met[number], 1 if number in started else 0,
                                 (read["commands"], read["findings"]))
            counts[number in started] += 1

    def test_that_bash_starts_are_read_or_said_once(self):
        rng = random.Random(12)
        counts = [0, 0]
        with contextlib.closing(Batch(BATCH, "import")) as batch:
            for form in FORMS + QUIET:  # each alone, then among others
                self.hold(batch, [form], rng, counts)
            for _ in range(400 if CASES == "all" else int(CASES) // 4):
                self.hold(batch, rng.choices(FORMS + QUIET, k=6), rng, counts)
        self.assertGreaterEqual(counts[1], len(FORMS))
        print(f"started: {counts[1]}, not started: {counts[0]}")


if __name__ == "__main__":
    program.main()
