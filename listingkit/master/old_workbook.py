"""xls, xlsb and ods through calamine, in a process of its own: a damaged file may take that down, and it has little memory to fill."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Any

import polars as pl

from listingkit.errors import ListingkitError, UnknownName, Unreadable
from listingkit.master import header
from listingkit.master.notes import Notebook
from listingkit.master.numbers import KEPT_DIGITS
from listingkit.master.reading import Block
from listingkit.master.sheet import ROW, Evidence

LARGEST = 256 << 20  # bytes of file
SECONDS = 30
MEMORY = 750 << 20  # bytes that the process may hold
LOOK = 0.05  # seconds between two looks at it
PAGE = 4096
KINDS = ("", "text", "numeric", "dates", "booleans", "errors")


class OldSheet:
    """One sheet that calamine read."""

    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, name: str, kind: str, about: Mapping[str, Any], frame: pl.DataFrame, kinds: pl.DataFrame) -> None:
        self.kind = kind
        self.sheet: str | None = about["name"]
        self.notes = Notebook(name, self.sheet)
        self._merged = [(top + 1, left, bottom + 1, right) for top, left, bottom, right in about["merged"]]
        self._hidden_rows: list[int] = about["hidden_rows"]
        self._hidden_columns = frozenset(place for first, last in about["hidden_columns"] for place in range(first, last + 1))
        self._frame, self._kinds = frame, kinds
        if about["passed_over"]:
            self.notes.add("FIL013", about["passed_over"])
        for row, letter, value in about["errors"]:
            self.notes.spoil("FIL008", f"the cell holds the error {value}, not a value", row, letter, value)
        self._tell_lost_digits()

    def _tell_lost_digits(self) -> None:
        """Numbers of more digits than a workbook keeps."""
        for name in self._kinds.columns:
            numbers = self._kinds[name] == KINDS.index("numeric")
            large = self._frame[name].str.contains(rf"^-?[0-9]{{{KEPT_DIGITS + 1},}}$").fill_null(value=False)
            for place in (numbers & large).arg_true():
                value = self._frame[name][place]
                message = f"the number has {len(value.lstrip('-'))} digits, of which Excel keeps only {KEPT_DIGITS}"
                self.notes.spoil("XLS003", message, self._frame[ROW][place], name, value)

    def blocks(self) -> Iterator[Block]:
        """All rows at once."""
        yield Block(self._frame, self._counted)

    def _counted(self, start: int) -> Mapping[str, Mapping[str, int]]:
        counted: dict[str, Mapping[str, int]] = {}
        for column in self._kinds.slice(start).iter_columns():
            counts = column.value_counts()
            pairs = zip(counts.to_series(0).to_list(), counts.to_series(1).to_list(), strict=True)
            counted[column.name] = {KINDS[code]: times for code, times in pairs if code}
        return counted

    def evidence(self, marks: Mapping[str, int]) -> Evidence:
        """Counts by kind; calamine does not tell number formats."""
        return Evidence(
            numeric=marks.get("numeric", 0),
            text=marks.get("text", 0),
            dates=marks.get("dates", 0),
            booleans=marks.get("booleans", 0),
            errors=marks.get("errors", 0),
        )

    def merged(self) -> Sequence[header.Range]:
        return self._merged

    def hidden_rows(self) -> Sequence[int]:
        return self._hidden_rows

    def hidden_columns(self) -> frozenset[int]:
        return self._hidden_columns


def old_sheets(stream: IO[bytes], name: str, kind: str, pattern: str | None) -> Iterator[OldSheet]:
    """Read the sheets that a name or pattern means. Raises Unreadable, UnknownName."""
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable(f"{name}: is larger than {LARGEST >> 20} MB; save it as xlsx or csv")
    command = [sys.executable, "-P", "-m", "listingkit.master.calamine_child", kind, *([pattern] if pattern is not None else [])]
    answer = BytesIO(_answer(command, content, name))
    first = answer.readline()
    if not first:
        raise Unreadable(f"{name}: the {kind} workbook is damaged or too large; open it in Excel and save it as xlsx")
    about = json.loads(first)
    if problem := about.get("problem"):
        raise _worded(problem, name, pattern, about.get("names", ()))
    for sheet in about["sheets"]:
        frame, kinds = (pl.concat([pl.read_ipc(BytesIO(answer.read(size))) for size in sheet[part]]) for part in ("cells", "kinds"))
        yield OldSheet(name, kind, sheet, frame.with_columns(pl.col(ROW).cast(pl.UInt32)), kinds)


def _answer(command: Sequence[str], content: bytes, name: str) -> bytes:
    """What the process says, nothing where it died or grew too large. Raises Unreadable where it takes too long."""
    deadline = monotonic() + SECONDS
    with TemporaryFile() as book:
        book.write(content)
        book.seek(0)
        with subprocess.Popen(command, stdin=book, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # noqa: S603 -- our own module
            while True:
                try:
                    said, _ = child.communicate(timeout=LOOK)
                except subprocess.TimeoutExpired:
                    late = monotonic() > deadline
                    if late or _memory(child.pid) > MEMORY:
                        child.kill()
                    if late:
                        raise Unreadable(f"{name}: takes more than {SECONDS} seconds to read; save it as xlsx or csv") from None
                else:
                    return b"" if child.returncode else said


def _memory(process: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _worded(problem: str, name: str, pattern: str | None, names: Sequence[str]) -> ListingkitError:
    if problem == "password":
        return Unreadable(f"{name}: the workbook is protected by a password; remove it and save again")
    if problem == "unknown sheet":
        return UnknownName(f"sheet in {name}", pattern or "", names)
    return Unreadable(f"{name}: the workbook cannot be read ({problem[:100]}); open it in Excel and save it as xlsx")
