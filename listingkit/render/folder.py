"""An output folder that is the old one or the new one, never half of each.

The new folder is made beside the old one and the two change places in one step where the system can (Linux, macOS), else
by two renames that the next run completes if the first was the last thing that happened.
"""

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from listingkit.errors import Unwritable

DAY = 24 * 3600  # a run may be at work beside us: only what is older than this is swept
MARK = "manifest.json"  # a folder that holds it is ours to replace


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A folder to fill that takes `out`'s place when the block ends well. Raises `Unwritable`.

    Files in `out` that the last run did not write (a person's notes) move along.
    """
    out = out.resolve()
    check_ours(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _complete(out)
    except OSError as error:
        raise _unwritable(out, error) from error
    part = out.with_name(f".{out.name}.{token_hex(4)}.next")
    try:
        part.mkdir()  # in here, so that a Ctrl-C right after it finds it swept
        yield part
        if out.exists():
            _keep_strangers(out, part)
        _sync(part)
        _swap(part, out)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_ours(out: Path) -> None:
    """Refuse a place that is no folder of ours: nothing that others wrote is ever replaced. Raises `Unwritable`."""
    if out.is_file():
        raise Unwritable(f"{out} is a file; choose a folder for the output")
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARK).is_file():
            raise Unwritable(f"{out} holds files that listingkit did not write; choose an empty or new folder")
        _written(out / MARK)


def _keep_strangers(out: Path, part: Path) -> None:
    written = _written(out / MARK)
    for path in sorted(out.rglob("*")):
        relative = path.relative_to(out)
        if path.is_file() and relative not in written and not (part / relative).exists():
            (part / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, part / relative)


def _written(mark: Path) -> set[Path]:
    """What the last run wrote, by its manifest. Raises `Unwritable` for one that does not tell."""
    import json

    try:
        return {Path(name) for name in json.loads(mark.read_text("utf-8")).get("outputs", ())} | {Path(MARK)}
    except (ValueError, TypeError, AttributeError, RecursionError):
        said = f"{mark} is damaged and does not tell which files of {mark.parent} are the last build's"
        raise Unwritable(f"{said}: choose another output folder, or remove this one") from None


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _swap(part: Path, out: Path) -> None:
    if not out.exists():
        part.rename(out)
    elif _exchange(part, out):
        shutil.rmtree(part)
    else:
        old = out.with_name(f".{out.name}.old")
        part = part.rename(out.with_name(f".{out.name}.ready"))
        out.rename(old)
        part.rename(out)
        shutil.rmtree(old)


def _complete(out: Path) -> None:
    """Finish what a run that died between two renames began, and sweep what dead runs left."""
    old, ready = out.with_name(f".{out.name}.old"), out.with_name(f".{out.name}.ready")
    if not out.exists() and ready.exists():
        ready.rename(out)
    forgotten = [path for path in out.parent.glob(f".{out.name}.*.next") if time.time() - path.stat().st_mtime > DAY]
    for left in (old, ready, *forgotten):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    here = -100  # AT_FDCWD
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return bool(library.renameat2(here, os.fsencode(one), here, os.fsencode(other), 2) == 0)  # RENAME_EXCHANGE
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(os.fsencode(one), os.fsencode(other), 2) == 0)  # RENAME_SWAP
    return False


def _unwritable(out: Path, error: OSError) -> Unwritable:
    return Unwritable(f"cannot write {out}: {error.strerror or error}; choose another output folder or free the place")
