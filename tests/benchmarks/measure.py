"""One command in a process of its own: CPU seconds of it and all it started, wall seconds, peak memory.

This module and all that start commands import nothing heavy: a child's peak counts the memory of its parent until it runs.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK = 0.03  # seconds between two looks at the memory of all processes


@dataclass(frozen=True)
class Run:
    """What one run took. Memory in MB: `peak` of the biggest process, `together` of all at once (shared pages counted in each)."""

    cpu: float
    wall: float
    peak: float
    together: float
    status: int  # of the process; negative for a signal
    told: str  # the end of what it wrote to standard error, or to standard output
    late: bool = False  # it was ended at its time limit


def run(command: Sequence[str], folder: Path, seconds: float = 600) -> Run:
    """Run a command in `folder`, which holds `stdout` and `stderr` afterwards; end it and all it started after `seconds`."""
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        watch = _Watch(process.pid, seconds)
        watch.start()
        _, state, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        watch.done.set()
        watch.join()
    process.returncode = os.waitstatus_to_exitcode(state)
    peak = used.ru_maxrss / 1024
    told = _end(folder / "stderr") or _end(folder / "stdout")
    return Run(used.ru_utime + used.ru_stime, wall, peak, max(watch.together, peak), process.returncode, told, watch.late)


class _Watch(threading.Thread):
    """Looks at the memory of a process and its descendants, and ends them when their time is up."""

    def __init__(self, pid: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.deadline = pid, time.monotonic() + seconds
        self.done = threading.Event()
        self.together = 0.0
        self.late = False

    def run(self) -> None:
        while not self.done.wait(LOOK):
            self.together = max(self.together, sum(_resident(pid) for pid in _tree(self.pid)) * PAGE / 2**20)
            if time.monotonic() > self.deadline and not self.late:
                self.late = True
                os.killpg(self.pid, signal.SIGKILL)  # the group that `run` began


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:  # it has just ended, or the system has no /proc
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    """Pages of a process in memory."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def _end(path: Path) -> str:
    """The last line of a text file that is not blank."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4_000))
        lines = stream.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
