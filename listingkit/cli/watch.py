"""`check --watch`: the same command again whenever a file that it reads is saved."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from listingkit.errors import ListingkitError

INTERVAL = 0.5  # seconds between two looks; a look costs one stat a file

State = tuple[tuple[int, int, int] | None, ...]


def watched(once: Callable[[], int], files: Sequence[Path]) -> int:
    """Call `once`, and again after each change of one of the files, until Ctrl-C; the exit status is then 130.

    What cannot be read is told and waited for: an office program replaces a file while saving it.
    """
    click.echo(f"watching {', '.join(str(path) for path in files)}; Ctrl-C ends it", err=True)
    try:
        while True:
            before = _state(files)
            try:
                once()
            except ListingkitError as error:
                click.echo(f"listingkit: {error}", err=True)
            sys.stdout.flush()
            changed = _next(files, before)
            click.echo(f"\n-- {time.strftime('%H:%M:%S')} {', '.join(path.name for path in changed)} changed", err=True)
    except KeyboardInterrupt:
        return 130


def _next(files: Sequence[Path], before: State) -> list[Path]:
    """Wait until a file differs and has been left alone for one look; which ones differ."""
    while (now := _state(files)) == before:
        time.sleep(INTERVAL)
    while True:
        time.sleep(INTERVAL)
        later = _state(files)
        if later == now and None not in later:
            return [path for path, one, other in zip(files, before, now, strict=True) if one != other] or list(files)
        now = later


def _state(files: Sequence[Path]) -> State:
    return tuple(_look(path) for path in files)


def _look(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved; None while there is none. A folder's own time says which files it holds."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
