#!/usr/bin/python3
"""Plays scripts/setup.sh with an apt, a sudo and a cmake of its own: what a person sees where packages are
missing, where the network is, and while it builds.

usage: setup_test.py ROOT
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
NOBODY = 65534

FAKES = {
    # Nothing is installed.
    "dpkg-query": "exit 1",
    "apt-get": """
echo "$*" >>"$CALLS"
case $1 in
  update)
    [ -z "$NO_NETWORK" ] || { echo "Err:1 http://deb"; echo "E: Temporary failure resolving 'deb.debian.org'"; exit 100; } ;;
  install)
    [ -z "$NO_NETWORK" ] || { echo "E: Unable to locate package cmake"; exit 100; }
    echo "dlstatus:1:50:fetching"; echo "pmstatus:cmake:50:unpacking"; sleep 3 ;;
esac
""",
    "sudo": '[ -n "$MAY_SUDO" ] || exit 1\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec "$@"',
    "cmake": """
echo "cmake $*" >>"$CALLS"
case "$*" in
  *--build*) echo "[1/4] one"; echo "[2/4] two"; sleep 3
    [ -z "$BROKEN" ] || { echo "x.cpp:1:1: error: no such thing"; exit 1; } ;;
esac
""",
    "ninja": "exit 0",
}


class SetUp(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.folder.chmod(0o777)
        shutil.copytree(ROOT / "scripts", self.folder / "scripts")
        for name in ("configs", "include", "src", "bin"):
            (self.folder / name).mkdir()
        for name in ("CMakeLists.txt", "CMakePresets.json"):
            (self.folder / name).write_text("")
        for name, text in FAKES.items():
            path = self.folder / "bin" / name
            path.write_text("#!/bin/sh\n" + text)
            path.chmod(0o755)
        self.calls = self.folder / "calls"

    def run_it(self, script, as_nobody=False, **env):
        words = ["bash", "-c", f'set -euo pipefail; root={self.folder}; . "$root/scripts/setup.sh"; {script}', "test"]
        if as_nobody and os.geteuid() == 0:
            words = ["setpriv", f"--reuid={NOBODY}", "--clear-groups", *words]
        return subprocess.run(words, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              cwd="/", env={"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(self.folder),
                                            "CALLS": str(self.calls), "MAY_SUDO": "1", "NO_NETWORK": "", "BROKEN": "",
                                            **env})

    def test_packages_are_installed_in_a_few_lines(self):
        done = self.run_it("ensure_packages build")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual("", done.stdout)
        lines = done.stderr.splitlines()
        self.assertIn("test: installing ", done.stderr)
        self.assertTrue(lines[-1].startswith("test: installing packages: "), lines)
        self.assertLessEqual(len(lines), 4, lines)
        calls = self.calls.read_text().splitlines()
        self.assertTrue(calls[0].startswith("update"))
        self.assertTrue(calls[1].startswith("install -y --no-install-recommends "))

    def test_a_slow_machine_does_not_swallow_the_first_line(self):
        done = self.run_it("percent_of_apt() { sleep 1.2; echo 50; }; ensure_packages build")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("test: installing packages: 50 %, 0:0", done.stderr)

    def test_who_may_not_install_gets_the_whole_line(self):
        done = self.run_it("ensure_packages build", as_nobody=True, MAY_SUDO="")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"    sudo apt-get update && sudo apt-get install -y --no-install-recommends \w")
        self.assertIn("only root may install them: run the line above, then try again", done.stderr)
        self.assertFalse(self.calls.exists())

    def test_a_network_that_is_not_there_is_said_as_such(self):
        done = self.run_it("ensure_packages build", NO_NETWORK="1")
        self.assertEqual(2, done.returncode)
        self.assertIn("apt-get update failed: E: Temporary failure resolving 'deb.debian.org'", done.stderr)
        self.assertIn("E: Unable to locate package cmake", done.stderr)
        self.assertIn("installing packages failed; all of its output is in ", done.stderr)

    def test_a_build_shows_how_far_it_is_and_only_what_broke_it(self):
        done = self.run_it("build_preset release ipucnn")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("test: building release, which takes minutes the first time: ", done.stderr)
        self.assertNotIn("one", done.stderr)
        self.assertIn("--target ipucnn", self.calls.read_text())
        done = self.run_it("build_preset release ipucnn", BROKEN="1")
        self.assertEqual(2, done.returncode)
        self.assertIn("x.cpp:1:1: error: no such thing", done.stderr)
        self.assertRegex(done.stderr, "building release, .* failed; all of its output is in ")

    def test_a_terminal_gets_one_line_that_is_written_anew(self):
        if shutil.which("script") is None:
            self.skipTest("there is no script(1)")
        done = self.run_it(f"script -qec 'bash -c \"set -euo pipefail; root={self.folder}; . {self.folder}/scripts/setup.sh; "
                           "build_preset release ipucnn\" test' /dev/null")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"building release, which takes minutes the first time: 50 %, 0:0\d")
        self.assertEqual("", done.stdout.replace("\r", "").split("\n")[-1].split("\x1b[K")[-1])


if __name__ == "__main__":
    unittest.main()
