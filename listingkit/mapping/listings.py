"""The listings: fields as columns, one row a SKU, each cell still knowing where it came from."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field

from listingkit.fields import Name, parse
from listingkit.finding import Finding
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW, Column, Evidence, Spoilt

SOURCE = "#source"  # frame column: index into `sources`, UInt16


class Source(Struct, frozen=True):
    """One sheet that listings came from."""

    file: str
    sheet: str | None
    origins: Mapping[str, Column]  # field name -> the column it was read from; derived fields are absent
    evidence: Mapping[str, Evidence]  # by field name
    unused: Mapping[str, Column] = field(default_factory=dict)  # `#` and its letter -> a column with spoilt cells that fills no field


class Lost(NamedTuple):
    """What reading could not take from a cell, or a row."""

    source: int
    column: str  # of the frame; `#` and a letter for a column that fills none, "" for a whole row
    matters: bool  # a listing needs it
    cell: Spoilt


class View(Struct, frozen=True):
    """What one marketplace sees: for each plain field name the column of the frame that fills it."""

    store: Marketplace | None  # None in a neutral check
    columns: Mapping[str, str]  # item_name -> item_name@de_DE
    missing: tuple[str, ...] = ()  # localized fields that exist only in other languages
    unlabelled: tuple[str, ...] = ()  # localized fields filled from a column whose language nobody stated
    foreign: tuple[str, ...] = ()  # prices that exist only in other currencies


class Listings(Struct, frozen=True, dict=True):
    """Masters after mapping.

    `frame` has one String column a field name (`sku`, `item_name@de_DE`, `price@UK` ...), blank cells null,
    numbers with a decimal point and no separators, plus `#row` (UInt32) and `#source` (UInt16).
    `language` is the tag of columns that carry none, where the profile states it.
    """

    frame: pl.DataFrame
    sources: tuple[Source, ...]
    language: str | None = None
    notes: tuple[Finding, ...] = ()  # from reading and mapping
    lend: bool = False  # the profile allows a text to stand in for a missing language
    currencies: Mapping[str, str] = field(default_factory=dict)  # column of a price -> its currency, where the sheet says it
    lost: tuple[Lost, ...] = ()

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The field columns of the frame, taken apart."""
        return tuple(parse(name) for name in self.frame.columns if name not in (ROW, SOURCE))

    def view(self, store: Marketplace) -> View:
        """Choose for each plain field the column that fills it in this marketplace.

        Order for localized fields: the marketplace's languages, the same language of another country, the column without a tag
        (as far as its stated language is one of these, or nobody stated one). For regional fields: the marketplace's own
        column, then the one without a code; a price whose currency is not the marketplace's fills nothing.
        Another language is lent only where the profile says so.
        """
        known = self._views.get(store.code)
        if known is None or known.store is not store:
            known = self._views[store.code] = self._viewed(store)
        return known

    @cached_property
    def _views(self) -> dict[str, View]:
        """The views that were asked for, by marketplace."""
        return {}

    def _viewed(self, store: Marketplace) -> View:
        held: dict[str, dict[str | None, str]] = {}
        for name, own in zip(self.names, (c for c in self.frame.columns if c not in (ROW, SOURCE)), strict=True):
            held.setdefault(name.plain, {})[name.qualifier] = own
        columns: dict[str, str] = {}
        missing: list[str] = []
        unlabelled: list[str] = []
        foreign: list[str] = []
        for plain, by_qualifier in held.items():
            if not parse(plain).field.localized:
                regional = by_qualifier.get(store.code) or by_qualifier.get(None)
                if regional and self.currencies.get(regional, store.currency) != store.currency:
                    foreign.append(plain)
                elif regional:
                    columns[plain] = regional
                continue
            tagged = {tag or self.language: name for tag, name in by_qualifier.items()}
            column = _by_language(tagged, store)
            if column is None and None in tagged:
                column = tagged[None]
                unlabelled.append(plain)
            if column is None and self.lend:
                column = next(iter(tagged.values()))
            if column is None:
                missing.append(plain)
            else:
                columns[plain] = column
        return View(store, columns, tuple(missing), tuple(unlabelled), tuple(foreign))


def _by_language(tagged: Mapping[str | None, str], store: Marketplace) -> str | None:
    for tag in store.languages:
        if tag in tagged:
            return tagged[tag]
    for tag in store.languages:
        for other, column in tagged.items():
            if other and other.split("_")[0] == tag.split("_")[0]:
                return column
    return None
