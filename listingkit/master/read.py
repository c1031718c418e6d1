"""Read any spreadsheet as text, remembering where every cell stood."""

from collections.abc import Iterator
from pathlib import Path

from listingkit.errors import Unreadable
from listingkit.master.kind import kind_of
from listingkit.master.reading import Blank, RawSheet, whole
from listingkit.master.sheet import Master
from listingkit.master.source import Opened, opened


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
    """Read every sheet whose name is `sheets` or matches it as a pattern (`*` for all); without one, as `read` does.

    Of several sheets those without any cell are passed over.
    """
    with opened(source) as file:
        raws = raw_sheets(file, sheets=sheets, encoding=encoding, delimiter=delimiter)
        read: list[Master] = []
        blank: Blank | None = None
        for raw in raws:
            try:
                read.append(whole(raw, header_row))
            except Blank as error:
                blank = blank or error
        if blank and not read:
            raise blank
        return tuple(read)


def raw_sheets(file: Opened, *, sheets: str | None, encoding: str | None, delimiter: str | None) -> Iterator[RawSheet]:
    """The sheets of an open file that a name or pattern means, each to be read before the next is asked for."""
    kind = kind_of(file.stream, file.name, file.suffix)
    if kind in {"xlsx", "xlsm"}:
        from listingkit.master.workbook import Workbook

        with Workbook(file.stream, file.name, kind) as book:
            yield from book.sheets(sheets)
    elif kind in {"xls", "xlsb", "ods"}:
        from listingkit.master.old_workbook import old_sheets

        yield from old_sheets(file.stream, file.name, kind, sheets)
    elif sheets not in (None, "*"):
        raise Unreadable(f"{file.name}: is a text file and has no sheet {sheets!r}")
    elif kind == "html":
        from listingkit.master.html_table import HtmlSheet

        yield HtmlSheet(file.stream, file.name, encoding=encoding)
    else:
        from listingkit.master.delimited import DelimitedSheet

        yield DelimitedSheet(file.stream, file.name, encoding=encoding, delimiter=delimiter)
