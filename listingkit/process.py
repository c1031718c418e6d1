"""How a process that is ours alone deals with memory and cores, and how it ends."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

SELDOM = (200_000, 20, 20)  # the collector looks after so many new objects: what a run makes hardly ever goes round in circles
KEPT = 5_000  # ms that memory which polars let go waits to be taken again; to give it back sooner costs more than a tenth of a run
SHARE = 32 << 20  # bytes of text for each thread: one alone reads so much as soon as two do, which need a tenth more of CPU
PACKED = {".gz": 8, ".zip": 8, ".ods": 3, ".xlsb": 3, ".xlsm": 3, ".xlsx": 3}  # how many times its size of text such a file is worth
BUILT = 4  # a build has so much to do that is for one thread: two are worth while only where it reads this many times as much of text
ENTRIES = 1_000  # of a folder, beyond which nobody counts


def settle(words: Sequence[str] = ()) -> None:
    """Set it up, before polars is loaded. `words` are those of the command, among them the files that it reads."""
    gc.set_threshold(*SELDOM)
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{_arenas()},dirty_decay_ms:{KEPT}")  # read when polars is loaded
    threads = 1 + _size(words) // SHARE
    if threads < (os.cpu_count() or 1):
        os.environ.setdefault("POLARS_MAX_THREADS", str(threads))  # `--jobs` overrules it


def leave(end: SystemExit) -> None:
    """End as asked, without taking every object apart first, which is a twentieth of a small run. Where someone traces it, raises `end`."""
    if sys.gettrace() or sys.getprofile():
        raise end
    atexit._run_exitfuncs()  # noqa: SLF001 - as the interpreter would at its end
    sys.stdout.flush()
    with suppress(OSError):  # what nobody hears
        sys.stderr.flush()
    os._exit(end.code if isinstance(end.code, int) else 1)


def _size(words: Sequence[str]) -> int:
    """How much text the files among the words hold, about. More than any share where that does not show."""
    build = words[:1] == ["build"]
    found = [size for word in words if (size := _bytes(word, build=build)) is not None]
    return sum(found) if found else 1 << 62


def _bytes(word: str, *, build: bool) -> int | None:
    if word == "-" or "://" in word or "*" in word:
        return 1 << 62
    try:
        if os.path.isdir(word):  # noqa: PTH112 - words may be no paths at all, at which Path raises
            return None if build else _inside(word)  # of a build it holds what was uploaded before, or what is made
        size = os.path.getsize(word)  # noqa: PTH202
    except (OSError, ValueError):
        return None
    if times := PACKED.get(os.path.splitext(word)[1].lower()):  # noqa: PTH122
        return size * times
    return size // BUILT if build else size


def _inside(folder: str) -> int:
    """The size of the files in a folder and in the folders in it, such as those of a build."""
    size = count = 0
    for place in (folder, *(entry.path for entry in os.scandir(folder) if entry.is_dir())):
        for entry in os.scandir(place):
            count += 1
            size += entry.stat().st_size if entry.is_file() else 0
            if count > ENTRIES:
                return 1 << 62
    return size


def _arenas() -> int:
    """Pools of memory: few, so that one thread's pieces are filled again by the other."""
    return max(1, (os.cpu_count() or 1) // 2)
