"""Raw cells taken apart into marks and values, by column and not by cell.

A mark is what a cell's tag says after its address, up to `>`, as in ` s="3" t="s">`: its style and its type.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

_BEFORE = re.compile(r"([^>]*+>)(?:<v>|<is><t(?: [^>]*+)?+>)")
_APART = r"^(?P<mark>[^>]*>)(?P<formula><f[^>]*>(?:[^<]*</f>)?)?(?:<v>|<is><t[^>]*>)?(?P<value>[^<]*)$"


@dataclass(frozen=True, slots=True)
class Marked:
    """One column of cells. `marks` is None where all filled cells have the one `mark`. Values of blank cells are ""."""

    values: pl.Series
    mark: str = ""
    marks: pl.Series | None = None
    formulas: pl.Series | None = None  # whether a cell has a formula

    def counts(self, start: int = 0) -> Mapping[str, int]:
        """How many cells have each mark, from a row of the block on."""
        if self.marks is None:
            values = self.values.slice(start)
            filled = int((values != "").sum())
            return {self.mark: filled} if filled else {}
        counted = self.marks.slice(start).drop_nulls().value_counts()
        return dict(zip(counted.to_series(0).to_list(), counted.to_series(1).to_list(), strict=True))

    def where(self, marks: Iterable[str]) -> pl.Series:
        """Places of the cells with one of these marks."""
        assert self.marks is not None
        return self.marks.is_in(list(marks)).fill_null(value=False).arg_true()


def taken_apart(raw: pl.Series) -> Marked:
    """Marks and values of a column of raw cells. Most columns have one mark, which is tried first."""
    filled = raw != ""
    first = filled.arg_max()
    if first is None or not filled[first]:
        return Marked(raw)
    match = _BEFORE.match(raw[first])
    if match and int(raw.str.starts_with(match[0]).sum()) == int(filled.sum()):
        return Marked(raw.str.strip_prefix(match[0]), match[1])
    parts = raw.str.extract_groups(_APART).struct
    formula = parts.field("formula").is_not_null()
    return Marked(parts.field("value").fill_null(""), marks=parts.field("mark"), formulas=formula if formula.any() else None)
