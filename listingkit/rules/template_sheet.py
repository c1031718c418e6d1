"""Rows of a template as its rules see them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl
from msgspec import Struct

from listingkit.finding import Flaw
from listingkit.inventory.requirements import TYPE_PATHS
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import dictionary
from listingkit.inventory.wording import words

ACTION_PATHS = ("::record_action", "update_delete", "record_action#1.value")
SKU_PATHS = ("contribution_sku#1.value", "item_sku", "vendor_sku#1.value")
THEME_PATHS = ("variation_theme#1.name", "variation_theme")


class Flawed(Struct, frozen=True):
    """The flaws of one rule in one column: positions in the frame, with a flaw each."""

    code: str
    path: str
    positions: Sequence[int]
    flaws: Sequence[Flaw]


class Sheet(Struct, frozen=True, dict=True):
    """Rows of a template: one String column a path, labels as a person picks them, blank null.

    `texts` names, for columns of numbers and dates, the rows (by `#row`) whose cell was typed as text.
    """

    template: Template
    frame: pl.DataFrame
    texts: Mapping[str, frozenset[int]]

    @cached_property
    def columns(self) -> Mapping[str, TemplateColumn]:
        """The template's columns that the frame has, the first of each path."""
        held = set(self.frame.columns)
        return {path: column for path, column in self.template.by_path.items() if path in held}

    def first(self, paths: Sequence[str]) -> str | None:
        """The first of these paths that the frame has."""
        return next((path for path in paths if path in self.columns), None)

    @cached_property
    def actions(self) -> pl.Series:
        """What each row does, as a wire value."""
        path = self.first(ACTION_PATHS)
        if path is None:
            return pl.Series([self.template.default_action]).new_from_index(0, self.frame.height)
        told = dictionary(self.columns[path], self.template.generation, self.template.header_language)
        folded = {label.casefold(): wire for label, wire in told.items()} | {wire: wire for wire in told.values()}
        folded |= words("default_action")
        known = self.frame[path].str.to_lowercase().replace_strict(folded, default=None, return_dtype=pl.String)
        return known.fill_null(self.template.default_action)

    @cached_property
    def kinds(self) -> pl.Series:
        """Each row's product type as the template spells it; null where the template has none such."""
        path = self.first(TYPE_PATHS)
        if path is None:
            only = self.template.product_types[0] if len(self.template.product_types) == 1 else None
            return pl.Series([only], dtype=pl.String).new_from_index(0, self.frame.height)
        known = {kind.lower(): kind for kind in self.template.product_types}
        return self.frame[path].str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)


def said(code: str, path: str, wrong: pl.Series, flaw: Callable[[int], Flaw]) -> Iterator[Flawed]:
    """The flaws of the rows that a mask says are wrong."""
    if wrong.any():
        places = wrong.fill_null(value=False).arg_true().to_list()
        yield Flawed(code, path, places, [flaw(place) for place in places])


def number(text: str) -> float | None:
    """The number that a cell says; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e15 and "_" not in text else None
