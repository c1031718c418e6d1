"""An upload as tab-delimited text: every header row of its template, then the data."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import polars as pl

from listingkit.atomic import replacing
from listingkit.errors import Unwritable
from listingkit.inventory.encodings import encoding_of
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import Upload
from listingkit.inventory.wire import dictionary, to_label
from listingkit.master.sheet import letter
from listingkit.render.values import BREAKS, one_line, with_breaks

_BREAKS = frozenset(BREAKS)
_STEP = 1_000_000  # cells at a time


def write(upload: Upload, path: Path | str, *, encoding: str | None = None) -> None:
    """Write the text of an upload, wholly or not at all. Raises `Unwritable`."""
    with replacing(Path(path)) as stream:
        for piece in pieces(upload, encoding=encoding):
            stream.write(piece)


class Stack:
    """A text that grows by uploads of one template, one below the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.rows = 0  # below the header

    def add(self, upload: Upload) -> None:
        """Put the rows of an upload below those that are there. Raises `Unwritable`."""
        for piece in _pieces(upload, encoding_of(upload.template, upload.store), self.rows, header=not self._stream.tell()):
            self._stream.write(piece)
        self.rows += upload.frame.height


@contextmanager
def stacked(path: Path | str) -> Iterator[Stack]:
    """A text to put uploads into, written wholly or not at all. Raises `Unwritable`."""
    with replacing(Path(path)) as stream:
        yield Stack(stream)


def text(upload: Upload, *, encoding: str | None = None) -> bytes:
    """The text of an upload in one piece, see `pieces`."""
    return b"".join(pieces(upload, encoding=encoding))


def sizes(upload: Upload) -> tuple[int, list[int]]:
    """The bytes of the header rows, and of each data row."""
    written = pieces(upload)
    header = len(next(written))
    return header, [len(line) + 1 for piece in written for line in piece.split(b"\n")[:-1]]


def pieces(upload: Upload, *, encoding: str | None = None) -> Iterator[bytes]:
    """The upload as text: one line a row, tabs between, nothing quoted, LF; labels in the template's header language.

    `encoding` overrides the one of the template's generation and marketplace. Raises `Unwritable`, naming the cell, when a
    character does not fit.
    """
    yield from _pieces(upload, encoding or encoding_of(upload.template, upload.store), 0, header=True)


def _pieces(upload: Upload, encoding: str, before: int, *, header: bool) -> Iterator[bytes]:
    """The rows below so many others."""
    template, frame = upload.template, upload.frame
    width = max(1, *(column.index + 1 for column in template.columns), *(len(row) for row in template.header))
    names = [letter(index) for index in range(width)]
    if header:
        yield _encoded(_header(template, names), 1, encoding)
    first = {column.path: column for column in reversed(template.columns) if column.path in frame.columns}
    by_name = {letter(column.index): column for column in first.values()}
    broken = () if upload.on_lines else with_breaks(frame)
    blank = pl.lit(None, pl.String)
    cells = [(_labelled(by_name[name], upload, broken) if name in by_name else blank).alias(name) for name in names]
    step = max(1, _STEP // width)
    for start in range(0, frame.height, step):
        yield _encoded(frame.slice(start, step).with_columns(cells).select(names), template.data_row + before + start, encoding)


def _header(template: Template, names: Sequence[str]) -> pl.DataFrame:
    cells = {name: [row[at] if at < len(row) else None for row in template.header] for at, name in enumerate(names)}
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String)).select(one_line(pl.all()))


def _encoded(table: pl.DataFrame, first_row: int, encoding: str) -> bytes:
    """The lines of a part of the sheet: String columns named by their letters, the first row with this number."""
    body = BytesIO()
    table.write_csv(body, include_header=False, separator="\t", quote_style="never", null_value="")
    if encoding == "utf-8":
        return body.getvalue()
    try:
        return body.getvalue().decode().encode(encoding)
    except UnicodeEncodeError as error:
        raise Unwritable(_misfit(table, first_row, error.object[error.start], encoding)) from error


def _labelled(column: TemplateColumn, upload: Upload, broken: Collection[str]) -> pl.Expr:
    told = dictionary(column, upload.template.generation, upload.template.header_language)
    written = to_label(pl.col(column.path), told)
    return one_line(written) if column.path in broken or not _BREAKS.isdisjoint("".join(told)) else written


def _misfit(table: pl.DataFrame, first_row: int, char: str, encoding: str) -> str:
    """Where a character that does not fit stands."""
    holds = table.select(pl.all().str.contains(char, literal=True).fill_null(value=False))
    name = next(name for name in holds.columns if holds[name].any())
    return (
        f"cell {name}{first_row + (holds[name].arg_max() or 0)} holds {char!r}, which this template's encoding {encoding} does not have: "
        "replace the character, fill the workbook instead, or choose --encoding utf-8"
    )
