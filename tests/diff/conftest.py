"""Uploads by hand: rows as dicts of our field names."""

from collections.abc import Callable, Sequence
from functools import cache

import polars as pl
import pytest

from listingkit.fields import path, plain_names
from listingkit.inventory.builtin import template
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.marketplace import marketplace

Make = Callable[..., Upload]


def make(rows: Sequence[dict[str, str | None]], store: str = "DE", layout: str = "unified_full", language: str | None = None) -> Upload:
    """An upload of a built-in layout; keys that are no field names are taken as paths."""
    known = _template(layout, store, language)
    wanted = list(dict.fromkeys(name for row in rows for name in row)) or ["sku"]
    columns = {name: name if "#" in name else _column(name, known, store, language) for name in wanted}
    frame = pl.DataFrame(
        {columns[name]: [row.get(name) for row in rows] for name in wanted}, schema=dict.fromkeys(columns.values(), pl.String)
    )
    return Upload(known, frame, store)


@cache
def _template(layout: str, store: str, language: str | None) -> Template:
    return template(layout, marketplace(store), language=language)


def _column(name: str, known: Template, store: str, language: str | None) -> str:
    if known.generation != "legacy":
        return path(name, marketplace(store), language)
    field, slot = plain_names()[name]
    return field.legacy.format(n=slot)


@pytest.fixture(scope="session")
def upload() -> Make:
    return make
