"""What is odd about how a sheet is built: hidden and merged cells, headers twice or in the wrong letters."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from listingkit.finding import Severity
from listingkit.master.header import Header, Range
from listingkit.master.mojibake import repaired
from listingkit.master.notes import Notebook
from listingkit.master.sheet import Column, letter

NAMED = 12  # hidden ranges that a message lists


def with_repaired_headers(columns: Sequence[Column], row: int, notes: Notebook) -> tuple[Column, ...]:
    """The columns with mojibake in their headers undone, each noted."""
    sound = []
    for column in columns:
        fixed = repaired(column.header)
        if fixed is not None:
            notes.add("FIL002", f"the header was read as {fixed!r}", row=row, letter=column.letter, value=column.header, fix=fixed)
            column = Column(column.letter, fixed, column.code, hidden=column.hidden)  # noqa: PLW2901 -- the sound one takes its place
        sound.append(column)
    return tuple(sound)


def tell(notes: Notebook, found: Header, columns: Sequence[Column], merged: Iterable[Range], hidden_rows: Sequence[int]) -> None:
    """Note duplicate headers, hidden rows and columns, and merged ranges below the header."""
    _tell_duplicates(notes, found, columns)
    if hidden_rows:
        count = f"{len(hidden_rows)} hidden rows" if len(hidden_rows) > 1 else "1 hidden row"
        notes.add(
            "FIL009", f"{count} with data ({_ranges(hidden_rows)}): read like the others; delete what is not meant", row=hidden_rows[0]
        )
    for column in columns:
        if column.hidden:
            notes.add("FIL009", "the column is hidden; it is read like the others", row=found.row, letter=column.letter)
    for top, left, bottom, right in merged:
        if bottom > found.last:
            first = f"{letter(left)}{top}"
            message = f"{first}:{letter(right)}{bottom} is merged: only {first} has the value, the others are read as blank"
            notes.add("FIL009", message, row=top, letter=letter(left))


def _tell_duplicates(notes: Notebook, found: Header, columns: Sequence[Column]) -> None:
    first: dict[tuple[str, str], str] = {}
    for column in columns:
        key = (column.header.casefold(), column.code)
        if not any(key):
            continue
        if key in first:
            message = f"the header {column.header or column.code!r} stands over column {first[key]} too"
            notes.add("FIL006", message, row=found.row, letter=column.letter, value=column.header, severity=Severity.WARNING)
        first.setdefault(key, column.letter)


def _ranges(rows: Sequence[int]) -> str:
    parts = list(_runs(rows))
    return ", ".join(parts[:NAMED]) + (" ..." if len(parts) > NAMED else "")


def _runs(rows: Sequence[int]) -> Iterator[str]:
    start = rows[0]
    for row, following in pairwise([*rows, -1]):
        if following != row + 1:
            yield str(start) if start == row else f"{start}-{row}"
            start = following
