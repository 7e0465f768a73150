"""Folders that a test works in, whatever of its processes outlives it."""
import os
import pathlib
import signal
import tempfile
import time


def processes_in(folder):
    """The processes whose working directory is it or lies in it; a zombie has none."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            where = pathlib.Path(os.readlink(process / "cwd"))
        except OSError:
            continue
        if where == folder or folder in where.parents:
            found.append(int(process.name))
    return found


def end(processes):
    """Ends those that `processes()` names until it names none."""
    while left := processes():
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)


def working_folder(case, prefix=None):
    """An empty folder that goes when the test does. Before it the processes in it are ended: a guard whose ipucnn
    was killed still writes there."""
    temporary = tempfile.TemporaryDirectory(prefix=prefix)
    case.addCleanup(temporary.cleanup)
    folder = pathlib.Path(temporary.name).resolve()
    case.addCleanup(end, lambda: processes_in(folder))
    return folder
