#!/usr/bin/python3
"""Opens files of ours in a real YAML language server, as an editor would: what `check` refuses it marks,
what is good it leaves alone, and it completes keys, choices and names.

usage: editor_test.py PROGRAM    (needs npm; without it it is skipped)
"""
import json
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from support import program

SERVER = "yaml-language-server@1.15.0"


class Server:
    """A language server, spoken to on its standard input and output."""

    def __init__(self, folder):
        main = folder / "node_modules/yaml-language-server/bin/yaml-language-server"
        self.process = subprocess.Popen(["node", main, "--stdio"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder)
        self.messages = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.number = 0
        self.diagnostics = {}
        settings = {"yaml": {"validate": True, "completion": True, "hover": True,
                             "schemaStore": {"enable": False}}}
        self.settings = settings["yaml"]
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(),
                                    "capabilities": {"workspace": {"configuration": True}}})
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": settings})

    def read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length is None:
                return
            self.messages.put(json.loads(stream.read(length)))

    def send(self, message):
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self.until(lambda m: m.get("id") == self.number and "method" not in m).get("result")

    def until(self, wanted):
        while True:
            message = self.messages.get(timeout=120)
            if message.get("method") == "workspace/configuration":
                self.send({"id": message["id"],
                           "result": [self.settings if item.get("section") == "yaml" else {}
                                      for item in message["params"]["items"]]})
            elif message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})
            if wanted(message):
                return message

    def open(self, path):
        """What the server marks in a file."""
        uri = path.as_uri()
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": "yaml", "version": 1, "text": path.read_text(encoding="utf-8")}})
        self.until(lambda m: m.get("method") == "textDocument/publishDiagnostics"
                   and m["params"]["uri"] == uri)
        return self.diagnostics[uri]

    def completions(self, path, line, column):
        found = self.request("textDocument/completion", {
            "textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}})
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"] for item in items}

    def close(self):
        self.process.kill()
        self.process.wait()


GOOD = """\
targets:
  ours: {extends: pod16, default_hosts: 1}
sites:
  room: {target: pod16, hosts: [10.1.3.101], network: 10.1.3.0/24, launcher: poprun, verbosity: 1}
presets:
  tensorflow1_cnns@2.3:
    mine: {extends: mk2_resnet50_gn_16ipus, batch_size: 4, optimiser: SGD}
jobs:
  night: {application: tensorflow1_cnns@2.3, preset: mine, site: room, allow: [D001]}
defaults: {site: room}
"""
# One fault each, all of which `check` refuses.
BAD = [
    ("default_hosts", "default_hots"),
    ("launcher: poprun", "launcher: popran"),
    ("verbosity: 1", "verbosity: 7"),
    ("verbosity: 1", "verbosity: much"),
    ("batch_size: 4", "batch_siez: 4"),
    ("optimiser: SGD", "optimiser: SGDD"),
    ("hosts: [10.1.3.101]", "hosts: {a: b}"),
    ("preset: mine", "perset: mine"),
    ("defaults:", "defualts:"),
]


class Editor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        got = subprocess.run(["npm", "install", "--no-audit", "--no-fund", SERVER], cwd=cls.folder,
                             capture_output=True, text=True, check=False)
        assert got.returncode == 0, got.stderr
        done = program.ipucnn("init", cwd=cls.folder)
        assert done.returncode == 0, done.stderr
        cls.first = (cls.folder / "ipucnn.yml").read_text()
        cls.comment = next(line for line in cls.first.split("\n") if "yaml-language-server" in line)
        cls.server = Server(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.temporary.cleanup()

    def write(self, name, text):
        path = self.folder / name
        path.write_text(f"{self.comment}\n{text}", encoding="utf-8")
        return path

    def test_the_file_of_init_is_good_with_and_without_its_comment_signs(self):
        self.assertEqual(self.server.open(self.folder / "ipucnn.yml"), [])
        live = "\n".join(line[1:] if line.startswith("#  ") else line for line in self.first.split("\n"))
        path = self.folder / "live.yml"
        path.write_text(live)
        self.assertEqual(self.server.open(path), [])

    def test_a_good_file_is_left_alone(self):
        self.assertEqual(self.server.open(self.write("good.yml", GOOD)), [])

    def test_what_check_refuses_is_marked_on_its_line(self):
        for number, (good, bad) in enumerate(BAD):
            self.assertEqual(GOOD.count(good), 1, good)
            text = GOOD.replace(good, bad)
            path = self.write(f"bad{number}.yml", text)
            with self.subTest(bad):
                self.assertNotEqual(program.ipucnn("check", path.name, cwd=self.folder).returncode, 0)
                marked = {d["range"]["start"]["line"] for d in self.server.open(path)}
                self.assertEqual(marked, {1 + text[:text.index(bad)].count("\n")})

    def test_keys_choices_and_names_are_completed(self):
        path = self.write("typing.yml", "targets:\n  ours:\n    ext\nsites:\n  room:\n    launcher: \n"
                                        "presets:\n  tensorflow1_cnns@2.3:\n    mine:\n      optimiser: \n"
                                        "      batch\n")
        self.server.open(path)
        self.assertIn("extends", self.server.completions(path, 3, 7))
        self.assertIn("poprun", self.server.completions(path, 6, 14))
        self.assertIn("momentum", self.server.completions(path, 10, 17))
        self.assertIn("batch_size", self.server.completions(path, 11, 11))


if __name__ == "__main__":
    for tool in ("npm", "node"):
        if not shutil.which(tool):
            print(f"{tool} is not installed")
            sys.exit(77)
    program.main()
