"""ipucnn_batch (tests/oracle/batch.cpp): many questions to one process, which under the sanitizers
takes longer to start than to answer."""
import json
import subprocess
import types


class Batch:
    """A process that answers in one mode, for as long as this object lives."""

    def __init__(self, path, mode):
        self.process = subprocess.Popen([path, mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError(f"ended with status {self.process.wait()} at {question}")
        return json.loads(answer)

    def ipucnn(self, *words):
        """What a process of the program would give for these words; needs the mode `run`."""
        answer = self.ask(words)
        return types.SimpleNamespace(returncode=answer["status"], stdout=answer["out"].encode(),
                                     stderr=answer["err"].encode())

    def close(self):
        """Ends the process, which has to end well."""
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait() != 0:
            raise AssertionError(f"ended with status {self.process.returncode}")
