"""The pool: unused numbers of a company prefix, handed out once and written down for good.

The ledger is a text file that only grows: one number a line, a tab, the day, a tab, a note. It is locked while numbers are taken,
and they are on the disk before anybody sees them, so that a crash may waste numbers but never hands one out twice.
"""

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from msgspec import Struct

from listingkit.errors import BadProfile, ListingkitError, Unreadable, Unwritable
from listingkit.gtin.check_digit import complete
from listingkit.gtin.prefixes import Prefixes, prefixes

_RECORD = re.compile(r"(\d{0,14})(?:\t[\d-]{0,10}(?:\t.*)?)?")
_HEAD = b"# GTINs handed out by listingkit: number, day, note. Only add to this file.\n"


class Allocation(Struct, frozen=True):
    """Numbers that nobody had before, and what is left of the prefix."""

    gtins: tuple[str, ...]  # 13 digits, or 12 where the prefix starts with a zero
    capacity: int
    left: int

    @property
    def nearly_used_up(self) -> bool:
        """Whether less than a fifth is left."""
        return 5 * self.left < self.capacity


def capacity(prefix: str) -> int:
    """How many numbers a company prefix holds."""
    return int(10 ** (12 - len(prefix)))


def allocate(
    prefix: str,
    count: int,
    ledger: str | Path,
    *,
    used: Iterable[str] = (),
    note: str = "",
    today: date,
    table: Prefixes | None = None,
) -> Allocation:
    """Take the `count` lowest unused numbers of a company prefix and write them into the ledger.

    `prefix` is written as in a 13-digit number, so a UPC prefix has its zero in front (0614141). `used` are numbers that are taken
    though the ledger does not know them: the master, earlier uploads, the licence export with its inactive entries.
    Raises `ListingkitError` for a bad prefix or too few numbers left (nothing is taken then), `BadProfile` for a damaged ledger.
    """
    _check(prefix, count, table or prefixes())
    path = Path(ledger)
    taken = {int(code) // 10 for code in used if code.isascii() and code.isdecimal()}
    with _locked(path) as file:
        text = _read(file)
        taken |= {int(code) // 10 for code in _numbers(text, str(path))}
        first, size = int(prefix) * capacity(prefix), capacity(prefix)
        free = (payload for payload in range(first, first + size) if payload not in taken)
        chosen = [payload for payload, _ in zip(free, range(count), strict=False)]
        left = size - sum(first <= payload < first + size for payload in taken)
        if len(chosen) < count:
            raise ListingkitError(f"prefix {prefix} has {left} of {size} numbers left, {count} were asked for; none was taken")
        gtins = tuple(complete(f"{payload:012}") for payload in chosen)
        line = f"\t{today.isoformat()}\t{' '.join(note.split())}\n"
        start = b"" if text.endswith(b"\n") else b"\n" if text else _HEAD
        _append(file, start + "".join(gtin + line for gtin in gtins).encode(), path)
    return Allocation(tuple(gtin.removeprefix("0") for gtin in gtins), size, left - count)


def numbers_in(path: str | Path) -> set[str]:
    """Every run of 8 to 14 digits in a text file: numbers that are taken, whatever the file says about them."""
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            return {run for line in file for run in re.findall(r"(?<![0-9])[0-9]{8,14}(?![0-9])", line)}
    except OSError as error:
        raise Unreadable(f"cannot read the used numbers in {path}: {error.strerror or error}") from error


def _check(prefix: str, count: int, table: Prefixes) -> None:
    if not (prefix.isascii() and prefix.isdecimal() and 4 <= len(prefix) <= 12):
        raise ListingkitError(f"{prefix!r} is no company prefix: it has 4 to 12 digits, a UPC prefix with its zero in front (0614141)")
    if count < 1:
        raise ListingkitError(f"{count} numbers cannot be taken; ask for one or more")
    found = table.of13(prefix.ljust(13, "0"))
    if found.closed or found.reason == "future-prefix":
        hint = f"; a UPC prefix is written with its zero: 0{prefix}" if not table.of13(f"0{prefix}".ljust(13, "0")).closed else ""
        raise ListingkitError(f"no company has the prefix {prefix} ({found.use.replace('_', ' ')}){hint}")


def _numbers(text: bytes, name: str) -> Iterator[str]:
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BadProfile(name, text[: error.start].count(b"\n") + 1, "the ledger is not UTF-8 text: restore it from a copy") from error
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        found = _RECORD.fullmatch(line)
        if not found:
            raise BadProfile(name, number, f"not a record of the ledger, {line[:40]!r}: restore it from a copy")
        if len(found[1]) >= 12:  # fewer digits are what a crash left of a number that nobody was given
            yield found[1]


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The ledger, open and ours alone until we leave; made where there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
    except OSError as error:
        raise Unwritable(f"cannot open the ledger {path}: {error.strerror or error}") from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Unwritable(f"cannot use {path} as the ledger: it is not a regular file")
        _lock(file)
        yield file
        if new:
            _sync_folder(path.parent)
    finally:
        os.close(file)  # which also unlocks it


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


def _read(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _append(file: int, record: bytes, path: Path) -> None:
    try:
        while record:
            record = record[os.write(file, record) :]
        os.fsync(file)
    except OSError as error:
        raise Unwritable(f"cannot write the ledger {path}: {error.strerror or error}; no number was taken") from error


def _sync_folder(folder: Path) -> None:
    """A new file outlives a crash only when its folder is on the disk too; not every system can say so."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
