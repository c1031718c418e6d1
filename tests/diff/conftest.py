"""Uploads by hand: rows as dicts of our field names."""

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from listingkit.fields import path
from listingkit.inventory.builtin import template
from listingkit.inventory.upload import Upload
from listingkit.marketplace import marketplace

Make = Callable[..., Upload]


def make(rows: Sequence[dict[str, str | None]], store: str = "DE", layout: str = "unified_full", language: str | None = None) -> Upload:
    """An upload of a built-in layout; keys that are no field names are taken as paths."""
    place = marketplace(store)
    wanted = list(dict.fromkeys(name for row in rows for name in row)) or ["sku"]
    columns = {name: name if "#" in name else path(name, place, language) for name in wanted}
    frame = pl.DataFrame(
        {columns[name]: [row.get(name) for row in rows] for name in wanted}, schema=dict.fromkeys(columns.values(), pl.String)
    )
    return Upload(template(layout, place, language=language), frame, store)


@pytest.fixture(scope="session")
def upload() -> Make:
    return make
