"""Read any spreadsheet as text, remembering where every cell stood."""

from pathlib import Path

from listingkit.errors import Unreadable
from listingkit.master.delimited import DelimitedSheet
from listingkit.master.kind import kind_of
from listingkit.master.reading import whole
from listingkit.master.sheet import Master
from listingkit.master.source import opened
from listingkit.master.workbook import Workbook


def read(
    source: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> Master:
    """Read one sheet: the named one, else the widest visible one.

    `source` is a path, or `-` for stdin; `header_row` is its number as Excel shows it. Raises Unreadable, UnknownName.
    """
    return read_all(source, sheets=sheet, encoding=encoding, delimiter=delimiter, header_row=header_row)[0]


def read_all(
    source: str | Path,
    *,
    sheets: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> tuple[Master, ...]:
    """Read every sheet whose name is `sheets` or matches it as a pattern (`*` for all); without one, as `read` does."""
    with opened(source) as file:
        kind = kind_of(file.stream, file.name, file.suffix)
        if kind == "text":
            if sheets not in (None, "*"):
                raise Unreadable(f"{file.name}: is a text file and has no sheet {sheets!r}")
            return (whole(DelimitedSheet(file.stream, file.name, encoding=encoding, delimiter=delimiter), header_row),)
        with Workbook(file.stream, file.name, kind) as book:
            return tuple(whole(book.sheet(name), header_row) for name in book.chosen(sheets))
