"""A filled template as listings: master and template in one file."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.fields import parse, plain_names
from listingkit.inventory.filled_rows import DataRows
from listingkit.inventory.paths import place
from listingkit.inventory.read import read_whole
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import dictionary, to_wire
from listingkit.mapping.listings import SOURCE, Listings, Lost, Source
from listingkit.mapping.words import read_words
from listingkit.master.sheet import ROW, Column, Master, letter


class Filled(Struct, frozen=True):
    """A filled template: its rows as they stand, and as listings in the same order."""

    template: Template
    rows: DataRows
    listings: Listings
    names: Mapping[str, str]  # path -> column of the listings' frame, for those that hold a field

    @property
    def master(self) -> Master:
        """The same rows as a master: columns by their letters, as they stand in the file."""
        columns = self.template.by_path.values()
        letters = {column.path: letter(column.index) for column in columns}
        return Master(
            file=self.template.name,
            sheet=self.template.sheet or None,
            frame=self.rows.frame.rename({path: letters[path] for path in self.rows.frame.columns if path in letters}),
            columns=tuple(_origin(column) for column in columns),
            header_row=self.template.label_row,
            kind="xlsx" if self.template.sheet else "txt",
            delimiter=None if self.template.sheet else "\t",
            evidence={letters[path]: found for path, found in self.rows.evidence.items()},
        )


def read_filled_template(path: Path | str) -> Filled:
    """Read a filled template. Raises `Unreadable`."""
    template, rows = read_whole(path)
    names = _names(template)
    columns = template.by_path
    values = [_value(columns[path_], template).alias(name) for path_, name in names.items()]
    cells = rows.frame.select(*values, pl.col(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    frame = cells.with_columns(read_words(cells[name], parse(name).field).alias(name) for name in names.values())
    frame = frame.with_columns(_actions(frame, template))
    origins = {names.get(path_, path_): _origin(column) for path_, column in columns.items()}
    evidence = {names[path_]: found for path_, found in rows.evidence.items() if path_ in names}
    source = Source(template.name, template.sheet or None, origins, evidence)
    by_letter = {column.letter: name for name, column in origins.items()}
    lost = tuple(Lost(0, by_letter[cell.letter or ""], matters=True, cell=cell) for cell in rows.spoilt)
    return Filled(template, rows, Listings(frame, (source,), template.language or None, lost=lost), names)


def _actions(frame: pl.DataFrame, template: Template) -> tuple[pl.Expr, ...]:
    """What the rows do that say nothing, where this is not a full update, which a blank action means in listings."""
    if template.default_action == "full_update":
        return ()
    default = pl.lit(template.default_action)
    return ((pl.col("record_action").fill_null(default) if "record_action" in frame.columns else default).alias("record_action"),)


def _names(template: Template) -> dict[str, str]:
    """The listings' column of each path: the field's own, or one of a language or marketplace where the template has several."""
    claimed: dict[str, str] = {}
    for column in template.columns:
        found = place(column.path)
        if found is None or column.path in claimed:
            continue
        field = plain_names()[found.plain][0]
        qualifier = found.language if field.localized else found.store if field.regional else None
        for name in (found.plain, f"{found.plain}@{qualifier}"):
            if name not in claimed.values() and _is_name(name) and not (name == found.plain and _several(template, found.plain)):
                claimed[column.path] = name
                break
    return claimed


def _several(template: Template, plain: str) -> bool:
    """Whether several marketplaces or languages have a column of this field."""
    field = plain_names()[plain][0]
    places = {found for column in template.columns if (found := place(column.path)) and found.plain == plain}
    return (field.regional or field.localized) and len({(found.store, found.language) for found in places}) > 1


def _is_name(name: str) -> bool:
    try:
        parse(name)
    except UnknownName:
        return False
    return True


def _value(column: TemplateColumn, template: Template) -> pl.Expr:
    """A column's labels as wire values."""
    return to_wire(pl.col(column.path), dictionary(column, template.generation, template.header_language))


def _origin(column: TemplateColumn) -> Column:
    return Column(letter(column.index), column.label or column.path, column.path, column.hidden)
