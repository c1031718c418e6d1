"""Progress on standard error: step, rows, rows a second, time left. Only on a terminal, for work that takes over a second."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any

from listingkit.progress import listening

PATIENCE = 1.0  # seconds that people wait without being told why


@contextmanager
def shown(stream: Any = None) -> Iterator[None]:
    """Show what the work inside tells."""
    stream = stream or sys.stderr
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    line = _Line(stream)
    try:
        with listening(line.hear):
            yield
    finally:
        line.stop()


class _Line:
    """The line; it appears when the patience is over, and goes without a trace."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.step: tuple[str, int, int | None] = ("starting", 0, None)
        self.bar: Any = None
        self.task: Any = None
        self.lock = Lock()
        self.over = False
        self.timer = Timer(PATIENCE, self._appear)
        self.timer.daemon = True
        self.timer.start()

    def hear(self, step: str, done: int, total: int | None) -> None:
        with self.lock:
            before, self.step = self.step, (step, done, total)
            if self.bar is None or self.over:
                return
            if before[0] != step:
                self.bar.remove_task(self.task)
                self.task = self.bar.add_task(step, completed=done, total=total)
            else:
                self.bar.update(self.task, completed=done, total=total)

    def stop(self) -> None:
        self.timer.cancel()
        with self.lock:
            self.over = True
            if self.bar is not None:
                self.bar.stop()

    def _appear(self) -> None:
        bar = _bar(self.stream)  # imported by this thread, while the work goes on
        with self.lock:
            if self.over:
                return
            step, done, total = self.step
            self.bar, self.task = bar, bar.add_task(step, completed=done, total=total)
            bar.start()


def _bar(stream: Any) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
    from rich.text import Text

    class Rows(ProgressColumn):
        """Rows done, how many a second, and the time that is left; where nobody counts rows, the time that went by."""

        def render(self, task: Task) -> Text:
            if not task.completed:
                return Text(f"{int(task.elapsed or 0)} s", "dim")
            said = [f"{int(task.completed):,}{f'/{int(task.total):,}' if task.total else ''} rows"]
            if speed := task.finished_speed or task.speed:
                said.append(f"{int(speed):,}/s")
            if task.time_remaining:
                said.append(f"{int(task.time_remaining)} s left")
            return Text(", ".join(said))

    return Progress(
        SpinnerColumn("line"),  # the others need characters that not every console has
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        Rows(),
        console=Console(file=stream),
        transient=True,
        refresh_per_second=4,
    )
