"""Reading an upload back: rendered text, text saved from a template, or a filled workbook."""

from pathlib import Path

import polars as pl
from msgspec.structs import replace

from listingkit.inventory.read import read_rows, read_template
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import Upload
from listingkit.inventory.wire import dictionary, to_wire
from listingkit.marketplace import Marketplace


def read_upload(path: Path | str, store: Marketplace | None = None) -> Upload:
    """Read an upload as wire values; wholly blank rows are left out. Raises `Unreadable`.

    `store` says of which marketplace it is where the file itself does not (loaders).
    """
    template = read_template(path)
    if store and not template.marketplaces:
        template = replace(template, marketplaces=(store.code,))
    return Upload(template, rows_as_wired(path, template), template.marketplaces[0] if template.marketplaces else "")


def rows_as_wired(path: Path | str, template: Template) -> pl.DataFrame:
    """The rows of an upload whose template is known, as wire values by path; wholly blank rows are left out. Raises `Unreadable`."""
    rows = read_rows(path, template)
    first = {column.path: column for column in reversed(template.columns) if column.path in rows.columns}
    return rows.select(_wire(column, template) for column in sorted(first.values(), key=lambda column: column.index))


def _wire(column: TemplateColumn, template: Template) -> pl.Expr:
    return to_wire(pl.col(column.path), dictionary(column, template.generation, template.header_language)).alias(column.path)
