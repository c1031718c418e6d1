"""Moving a filled template into another one: columns by path, by field, or by the names that took the place of legacy ids."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.fields import plain_names
from listingkit.inventory.filled import Filled
from listingkit.inventory.paths import place
from listingkit.inventory.requirements import TYPE_PATHS
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import Upload
from listingkit.inventory.wire import dictionary, to_wire
from listingkit.mapping.words import fold, known_words
from listingkit.marketplace import marketplaces
from listingkit.resources import data

How = Literal["same path", "same field", "renamed", "by its form"]

_BRACKETS = re.compile(r"\[[^\]]*\]")


class Move(Struct, frozen=True):
    """Where a filled column went, and why."""

    old: TemplateColumn
    new: TemplateColumn
    how: How
    cells: int


class Migration(Struct, frozen=True):
    """Rows of the old file as an upload of the new template, and what found no home."""

    upload: Upload
    moves: tuple[Move, ...]
    homeless: tuple[tuple[TemplateColumn, int, str], ...]  # filled columns that did not move, their filled cells, and why
    foreign: tuple[tuple[str, str, int], ...]  # new path, value that its closed list does not have, rows

    def to_dict(self) -> dict[str, Any]:
        """For json."""
        return {
            "rows": self.upload.frame.height,
            "moved": [{"from": move.old.path, "to": move.new.path, "how": move.how, "cells": move.cells} for move in self.moves],
            "homeless": [{"path": column.path, "label": column.label, "cells": cells, "why": why} for column, cells, why in self.homeless],
            "foreign": [{"path": path, "value": value, "rows": rows} for path, value, rows in self.foreign],
        }


def migrate(filled: Filled, new: Template) -> Migration:
    """Move the rows of a filled template into another template's columns, as wire values."""
    frame = filled.rows.frame
    old_columns = filled.template.by_path
    moves: dict[str, Move] = {}
    homeless = []
    finder = _Finder(new, filled.template)
    for path, column in old_columns.items():
        cells = frame.height - frame[path].null_count()
        if not cells:
            continue
        found = finder.home(column)
        if found is None or found[0].path in moves:
            homeless.append((column, cells, "found no home"))
        elif other := _other_currency(column, filled.template, found[0], new):
            homeless.append((column, cells, other))
        else:
            moves[found[0].path] = Move(column, found[0], found[1], cells)
    values = [_moved(move, filled.template, new).alias(path) for path, move in moves.items()]
    store = new.marketplaces[0] if new.marketplaces else ""
    upload = Upload(new, frame.select(values) if values else pl.DataFrame(), store)
    translated = {(path, value): label for path, value, _ in _foreign(upload) if (label := _same_meaning(value, moves[path].new))}
    for (path, value), label in translated.items():
        upload = replace(upload, frame=upload.frame.with_columns(pl.col(path).replace(value, label)))
    return Migration(upload, tuple(moves.values()), tuple(homeless), tuple(_foreign(upload)))


def _other_currency(old: TemplateColumn, its: Template, new: TemplateColumn, other: Template) -> str | None:
    """Why a price stays behind: nobody converts it."""
    was, will = _currency(old, its), _currency(new, other)
    return f"stayed behind: prices in {was}, and the new template takes {will}" if was and will and was != will else None


def _currency(column: TemplateColumn, template: Template) -> str | None:
    """The currency of a price column; None for other columns and where the template names no marketplace."""
    found = place(column.path)
    code = (found and found.store) or next(iter(template.marketplaces), None)
    return marketplaces()[code].currency if found and code and plain_names()[found.plain][0].kind == "price" else None


def _moved(move: Move, old: Template, new: Template) -> pl.Expr:
    wire = to_wire(pl.col(move.old.path), dictionary(move.old, old.generation, old.header_language))
    if move.new.path not in TYPE_PATHS:
        return wire
    kinds = {_folded(kind): kind for kind in new.product_types}
    return pl.coalesce(
        wire.str.to_lowercase().str.replace_all(r"[^a-z0-9]", "").replace_strict(kinds, default=None, return_dtype=pl.String), wire
    )


def _same_meaning(value: str, column: TemplateColumn) -> str | None:
    """The label of the column's lists that means what a label of another language or template means."""
    found = place(column.path)
    for table in (known_words(name) for name in ("boolean", "country", found.plain if found else "") if name):
        wire = table.get(fold(value))
        labels = (label for held in column.values.values() for label in held.labels)
        same = next((label for label in labels if wire is not None and table.get(fold(label)) == wire), None)
        if same is not None:
            return same
    return None


def _folded(kind: str) -> str:
    return "".join(char for char in kind.lower() if char.isascii() and char.isalnum())


def _foreign(upload: Upload) -> Iterator[tuple[str, str, int]]:
    """Values that no closed list of their column has, whatever the product type."""
    template = upload.template
    for path in upload.frame.columns:
        column = template.column(path)
        if column is None or not column.values or not all(held.closed for held in column.values.values()):
            continue
        told = dictionary(column, template.generation, template.header_language)
        known = {label for held in column.values.values() for label in held.labels}
        known |= {wire for label, wire in told.items() if label in known}
        counted = upload.frame[path].drop_nulls().value_counts(sort=True)
        yield from ((path, value, rows) for value, rows in counted.iter_rows() if value not in known)


class _Finder:
    """Finds the column of a template that holds what an old column held."""

    def __init__(self, new: Template, old: Template) -> None:
        self._by_path = new.by_path
        self._by_key: dict[str, TemplateColumn] = {}
        self._by_place: dict[tuple[str, str | None], TemplateColumn] = {}
        for column in new.columns:
            self._by_key.setdefault(_key(column.path), column)
            if found := place(column.path):
                self._by_place.setdefault((found.plain, found.store), column)
                self._by_place.setdefault((found.plain, None), column)
        self._single = len(old.marketplaces) <= 1

    def home(self, column: TemplateColumn) -> tuple[TemplateColumn, How] | None:
        """The new column and how it was found."""
        if column.path in self._by_path:
            return self._by_path[column.path], "same path"
        if found := place(column.path):
            at = self._by_place.get((found.plain, found.store if not self._single else None)) or (
                self._by_place.get((found.plain, None)) if found.store is None else None
            )
            if at:
                return at, "same field"
        for path, how in _successors(column.path):
            if at := self._by_key.get(_key(path)):
                return at, how
        return None


def _key(path: str) -> str:
    """A path without marketplace, language and audience, and without the number of a first slot."""
    return re.sub(r"#1(?=\.|$)", "", _BRACKETS.sub("", path))


def _successors(legacy: str) -> Iterator[tuple[str, How]]:
    """Paths that may have taken the place of a legacy id, the surest first."""
    name, number = re.fullmatch(r"(.*?)(\d*)", legacy.partition("[")[0]).groups()  # type: ignore[union-attr]
    table = _renamed()
    if legacy in table:
        yield table[legacy], "renamed"
    for mark in ("{n}", "{nn}"):
        if name + mark in table:
            yield table[name + mark].replace(mark, number or "1"), "renamed"
    base, unit, _ = legacy.partition("_unit_of_measure")
    if unit:
        for path, how in _successors(base):
            yield path.removesuffix(".value").removesuffix("#1") + ".unit", how
        return
    yield f"{name}#{int(number) if number else 1}.value", "by its form"
    yield f"{legacy}#1.value", "by its form"
    yield legacy, "by its form"


@cache
def _renamed() -> Mapping[str, str]:
    lines = data("legacy_to_unified.tsv").read_text("utf-8").splitlines()[2:]
    return {line.partition("\t")[0]: line.partition("\t")[2] for line in lines if line}
