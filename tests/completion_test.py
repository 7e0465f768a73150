#!/usr/bin/python3
"""Presses TAB in real shells, with what `ipucnn completion` prints.

usage: completion_test.py PROGRAM SHELL     status 77 when the shell is not there
"""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

# What is typed, and what stands there after TAB. A blank at the end is part of it.
PRESET = "ipucnn run --config mk2_resnet50_gn_16ipus "
CASES = [
    ("ipucnn expl", "ipucnn explain "),
    ("./ipucnn expl", "./ipucnn explain "),
    ("ipucnn run --launch-p", "ipucnn run --launch-profile "),
    ("ipucnn run --config mk2_resnet50_gn_1", "ipucnn run --config mk2_resnet50_gn_16ipus "),
    ("ipucnn run --config=mk2_resnet50_gn_1", "ipucnn run --config=mk2_resnet50_gn_16ipus "),
    ("ipucnn run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_1",
     "ipucnn run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus "),
    ("ipucnn run --config nvcn", "ipucnn run --config nvcnn_"),
    (PRESET + "--set batch_si", PRESET + "--set batch_size="),
    (PRESET + "--set=batch_si", PRESET + "--set=batch_size="),
    (PRESET + "--set optimiser=mom", PRESET + "--set optimiser=momentum "),
    (PRESET + "--optimiser mom", PRESET + "--optimiser momentum "),
    (PRESET + "--optimiser=mom", PRESET + "--optimiser=momentum "),
    (PRESET + "--gradient-acc", PRESET + "--gradient-accumulation-count "),
    (PRESET + "--color al", PRESET + "--color always "),
    (PRESET + "--format=js", PRESET + "--format=json "),
    (PRESET + "--launch verb", PRESET + "--launch verbosity="),
    (PRESET + "--launch tag_output=lo", PRESET + "--launch tag_output=local "),
    (PRESET + "--launch=numa_aware=y", PRESET + "--launch=numa_aware=yes "),
    ("ipucnn report la", "ipucnn report last "),
    (PRESET + "--allow U0", PRESET + "--allow U001 "),
    ("ipucnn run --target m20", "ipucnn run --target m2000 "),
    ("ipucnn run --target mine", "ipucnn run --target mine"),
    ("ipucnn check mine", "ipucnn check mine.yml "),
    ("ipucnn run --presets mine", "ipucnn run --presets mine.yml "),
    ("ipucnn run --presets=mine", "ipucnn run --presets=mine.yml "),
]
# fish and zsh go further than a common beginning: they show a list.
ONE_ANSWER = [case for case in CASES if not case[1].endswith("_")]


class Terminal:
    """A shell at a terminal; its lines are read back with a key that prints what is typed."""

    def __init__(self, words, setup, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            env = {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": folder, "TERM": "dumb",
                   "LC_ALL": "C.UTF-8", "PS1": "$ "}
            os.execve(words[0], words, env)
        for line in setup:
            self.write(line + "\n")
        self.write("echo rea''dy\n")
        self.read_until(r"ready\r?\n")

    def write(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, pattern):
        text = ""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if select.select([self.fd], [], [], 1)[0]:
                text += os.read(self.fd, 65536).decode(errors="replace")
                if found := re.search(pattern, text):
                    return found
        raise AssertionError(f"no {pattern} in {text!r}")

    def complete(self, typed):
        self.write(typed + "\t")
        time.sleep(0.1)
        self.write("\x18p")
        line = self.read_until(r"<<(.*?)>>").group(1)
        self.write("\x15")  # takes the line away
        return line

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Completion(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        folder = pathlib.Path(self.folder)
        (folder / "bin").mkdir()
        (folder / "bin" / "ipucnn").symlink_to(PROGRAM)
        (folder / "ipucnn").symlink_to(PROGRAM)
        (folder / "mine.yml").touch()

    def hold(self, shell, cases):
        self.addCleanup(shell.close)
        for typed, expected in cases:
            with self.subTest(typed):
                self.assertEqual(shell.complete(typed), expected)

    def test_bash(self):
        self.hold(Terminal(["/bin/bash", "--norc", "--noprofile", "-i"],
                           ["bind 'set bell-style none'",
                            """bind -x '"\\C-xp": printf "<""<%s>>\\n" "$READLINE_LINE"'""",
                            "source <(ipucnn completion bash)"], self.folder), CASES)

    def test_zsh(self):
        self.hold(Terminal([shutil.which("zsh"), "-f", "-i"],
                           ["setopt no_beep no_list_ambiguous; unsetopt zle_bracketed_paste",
                            "autoload -Uz compinit; compinit -u",
                            "source <(ipucnn completion zsh)",
                            "show() { print -r -- '<'\"<$BUFFER>>\"; zle reset-prompt }",
                            "zle -N show; bindkey '^Xp' show; bindkey '^U' kill-whole-line"],
                           self.folder), ONE_ANSWER)

    def test_fish(self):
        env = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": self.folder,
               "LC_ALL": "C.UTF-8"}
        for typed, expected in ONE_ANSWER:
            with self.subTest(typed):
                text = subprocess.run(
                    [shutil.which("fish"), "--no-config", "-c",
                     "ipucnn completion fish | source; complete -C $argv[1]", typed],
                    cwd=self.folder, env=env, capture_output=True, text=True, check=True).stdout
                found = [line.split("\t")[0] for line in text.splitlines()]
                # fish answers with whole words, and adds the blank when one is chosen.
                last = expected.rstrip(" ").rsplit(" ", 1)[1]
                self.assertEqual(found, [] if typed == expected else [last])


if __name__ == "__main__":
    PROGRAM, SHELL = os.path.abspath(sys.argv[1]), sys.argv[2]
    if shutil.which(SHELL) is None:
        print(f"{SHELL} is not installed")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], f"Completion.test_{SHELL}"])
