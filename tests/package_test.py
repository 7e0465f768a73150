#!/usr/bin/python3
"""Builds the packages of a static build and lives with them: installs, runs, changes, removes.

usage: package_test.py BUILD_FOLDER ROOT
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = ROOT = None
CLEAN = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
COMMAND = ["run", "--config", "tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", "--dry-run"]


def run(words, env=CLEAN, **options):
    return subprocess.run([str(word) for word in words], env=env, capture_output=True, text=True,
                          timeout=300, **options)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        made = run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.folder / "made"])
        assert made.returncode == 0, made.stdout + made.stderr
        cls.deb = next((cls.folder / "made").glob("ipucnn_*.deb"))
        cls.tar = next((cls.folder / "made").glob("ipucnn-*.tar.gz"))
        cls.version = run([BUILD / "bin/ipucnn", "--version"]).stdout.split()[1]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def as_a_user(self, program, root):
        """The README's tour with nothing but the program."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        env = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
        shown = run([program, "show", "presets"], env, cwd=home)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("mk2_resnet50_gn_16ipus", shown.stdout)
        planned = run([program, *COMMAND], env, cwd=home)
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertTrue(planned.stdout.startswith("poprun"), planned.stdout)
        self.assertEqual(run([program, "check", "--builtin"], env, cwd=home).stderr.count("error["), 0)
        version = run([program, "--version"], env, cwd=home).stdout
        self.assertTrue(version.startswith(f"ipucnn {self.version}\n"))
        self.assertTrue(root.is_dir())

    def unpacked(self):
        root = self.folder / "unpacked"
        if not root.exists():
            self.assertEqual(run(["dpkg-deb", "-x", self.deb, root]).returncode, 0)
        return root

    def test_version_is_that_of_the_changelog(self):
        heading = re.search(r"^## ([0-9.]+) \((.*)\)$", (ROOT / "docs/changelog.md").read_text(), re.M)
        self.assertEqual(self.version, heading.group(1))
        field = run(["dpkg-deb", "-f", self.deb, "Version"]).stdout.strip()
        self.assertEqual(field, self.version)
        kept = next(self.unpacked().rglob("changelog.gz"))
        told = run(["dpkg-parsechangelog", "-l", kept, "-S", "Version"])
        if told.returncode == 0:
            self.assertEqual(told.stdout.strip(), self.version)
        page = run(["zcat", next(self.unpacked().rglob("ipucnn-run.1.gz"))]).stdout
        self.assertIn(heading.group(2), page.split("\n")[0])

    def test_lintian_finds_no_error(self):
        found = run(["lintian", "--no-cfg", "--allow-root", self.deb])
        errors = [line for line in found.stdout.split("\n") if line.startswith("E:")]
        self.assertEqual(errors, [], found.stdout)

    def test_contents(self):
        held = files_below(self.unpacked())
        self.assertIn("usr/bin/ipucnn", held)
        self.assertIn("etc/ipucnn/site.yml", held)
        self.assertIn("usr/share/doc/ipucnn/examples/example.yml", held)
        for name in ("bash-completion/completions/ipucnn", "zsh/site-functions/_ipucnn",
                     "fish/vendor_completions.d/ipucnn.fish", "man/man5/ipucnn.yml.5.gz",
                     "man/man1/ipucnn.1.gz"):
            self.assertIn("usr/share/" + name, held)
        listed = run([BUILD / "bin/ipucnn", "--help"]).stdout
        for command in re.findall(r"^  ([a-z]+) ", listed.split("Commands:")[1].split("Options:")[0], re.M):
            self.assertIn(f"usr/share/man/man1/ipucnn-{command}.1.gz", held)
        conffiles = self.folder / "control"
        self.assertEqual(run(["dpkg-deb", "-e", self.deb, conffiles]).returncode, 0)
        self.assertEqual((conffiles / "conffiles").read_text().split(), ["/etc/ipucnn/site.yml"])
        program = self.unpacked() / "usr/bin/ipucnn"
        self.assertIn("statically linked", run(["file", program]).stdout.replace("static-pie", "statically"))
        self.assertIn(", stripped", run(["file", program]).stdout)

    def test_deb_is_installed_used_and_removed_without_traces(self):
        root = self.folder / "root"
        (root / "var/lib/dpkg/info").mkdir(parents=True)
        (root / "var/lib/dpkg/updates").mkdir()
        (root / "var/lib/dpkg/status").touch()
        before = files_below(root)
        as_root = [] if os.geteuid() == 0 else ["unshare", "-r"]
        dpkg = [*as_root, "dpkg", f"--root={root}", "--force-script-chrootless"]
        done = run([*dpkg, "-i", self.deb])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.as_a_user(root / "usr/bin/ipucnn", root)
        site = root / "etc/ipucnn/site.yml"
        site.write_text("defaults: {}\n")
        self.assertEqual(run([*dpkg, "-i", self.deb], input="n\n").returncode, 0)
        self.assertEqual(site.read_text(), "defaults: {}\n", "an operator's file was overwritten")
        self.assertEqual(run([*dpkg, "-r", "ipucnn"]).returncode, 0)
        self.assertTrue(site.exists())
        self.assertFalse((root / "usr/bin/ipucnn").exists())
        self.assertEqual(run([*dpkg, "-P", "ipucnn"]).returncode, 0)
        left = {name for name in files_below(root) - before if not name.startswith("var/")}
        self.assertEqual(left, set())

    def test_archive_runs_from_any_folder(self):
        folder = self.folder / "some where"
        folder.mkdir()
        self.assertEqual(run(["tar", "-xzf", self.tar, "-C", folder]).returncode, 0)
        program = next(folder.glob("*/bin/ipucnn"))
        self.as_a_user(program, folder)
        self.assertFalse(any("etc/" in name for name in files_below(folder)))
        pages = run(["man", "-M", program.parent.parent / "share/man", "-P", "cat", "ipucnn-run"])
        if pages.returncode == 0:
            self.assertIn("--dry-run", pages.stdout)

    def test_site_file_of_the_package_is_read(self):
        site = self.unpacked() / "etc/ipucnn/site.yml"
        checked = run([BUILD / "bin/ipucnn", "check", site], {**CLEAN, "HOME": str(self.folder)})
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        # Without its comment signs it says what it seems to.
        text = site.read_text().split("is in force.\n")[1]
        live = self.folder / "live.yml"
        live.write_text(re.sub(r"^# ?", "", text, flags=re.M))
        planned = run([BUILD / "bin/ipucnn", "run", "--presets", live, "--config",
                       "tensorflow1_cnns@2.3:mk2_resnet50_gn_64ipus", "--dry-run"],
                      {**CLEAN, "HOME": str(self.folder)}, cwd=self.folder)
        self.assertIn("--vipu-partition=p64", planned.stdout.replace("--vipu-partition p64",
                                                                     "--vipu-partition=p64"),
                      planned.stderr)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
    for needed in ("cpack", "dpkg-deb", "lintian"):
        if not shutil.which(needed):
            print(f"{needed} is not installed")
            sys.exit(77)
    unittest.main()
