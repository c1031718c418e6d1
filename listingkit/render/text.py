"""An upload as tab-delimited text: every header row of its template, then the data."""

import tomllib
from functools import cache
from pathlib import Path

import polars as pl

from listingkit.errors import Unwritable
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import Upload
from listingkit.inventory.wire import dictionary, to_label
from listingkit.master.sheet import letter
from listingkit.render.atomic import write as write_atomic
from listingkit.render.values import one_line
from listingkit.resources import shared


def write(upload: Upload, path: Path | str, *, encoding: str | None = None) -> None:
    """Write the text of an upload, wholly or not at all. Raises `Unwritable`."""
    write_atomic(Path(path), text(upload, encoding=encoding))


def text(upload: Upload, *, encoding: str | None = None) -> bytes:
    """The upload as text: one line a row, tabs between, nothing quoted, LF; labels in the template's header language.

    `encoding` overrides the one of the template's generation and marketplace. Raises `Unwritable`, naming the cell, when a
    character does not fit.
    """
    table = sheet(upload)
    body = table.write_csv(include_header=False, separator="\t", quote_style="never", null_value="")
    encoding = encoding or encoding_of(upload.template, upload.store)
    if encoding == "utf-8":
        return body.encode()
    try:
        return body.encode(encoding)
    except UnicodeEncodeError as error:
        raise Unwritable(_misfit(table, error.object[error.start], encoding)) from error


def sheet(upload: Upload) -> pl.DataFrame:
    """Header rows and data as they stand in the file: String columns named by their letters, one line a cell."""
    template, frame = upload.template, upload.frame
    width = max(1, *(column.index + 1 for column in template.columns), *(len(row) for row in template.header))
    names = [letter(index) for index in range(width)]
    header = pl.DataFrame(
        {name: [row[at] if at < len(row) else None for row in template.header] for at, name in enumerate(names)},
        schema=dict.fromkeys(names, pl.String),
    ).select(one_line(pl.all()))
    first = {column.path: column for column in reversed(template.columns) if column.path in frame.columns}
    by_name = {letter(column.index): column for column in first.values()}
    cells = [(_labelled(by_name[name], template) if name in by_name else pl.lit(None, pl.String)).alias(name) for name in names]
    return pl.concat([header, frame.with_columns(cells).select(names)])


def _labelled(column: TemplateColumn, template: Template) -> pl.Expr:
    return one_line(to_label(pl.col(column.path), dictionary(column, template.generation, template.header_language)))


@cache
def _encodings() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads((shared("templates") / "encodings.toml").read_text("utf-8"))
    return table


def encoding_of(template: Template, store: str) -> str:
    """The encoding of text files of this generation in this marketplace."""
    by_store = _encodings()[template.generation]
    return by_store.get(store, by_store["default"])


def _misfit(table: pl.DataFrame, char: str, encoding: str) -> str:
    """Where the first character that does not fit stands."""
    for name in table.columns:
        row = table[name].str.contains(char, literal=True).fill_null(value=False).arg_max()
        if row is not None and char in (table[name][row] or ""):
            return (
                f"cell {name}{row + 1} holds {char!r}, which this template's encoding {encoding} does not have: "
                "replace the character, fill the workbook instead, or choose --encoding utf-8"
            )
    message = f"{char!r} does not fit {encoding} but stands nowhere"
    raise AssertionError(message)
