"""The word about being one of a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import ClassVar

import polars as pl

from listingkit.finding import Flaw, Safety, Severity
from listingkit.schemas.words.word import NO_COLUMNS, NOTHING, Example, fold, letters, spoken


@dataclass(frozen=True)
class OneOf:
    """Must be one of these values, or one of their labels. An `open` list may be longer than ours: then it is a warning."""

    values: tuple[str, ...]
    open: bool = False
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)  # what a person picks -> the value
    elsewhere: Mapping[str, str] = field(default_factory=dict, hash=False)  # labels of other marketplaces -> the value
    deprecated: frozenset[str] = frozenset()  # still listed, no longer taken for new listings
    code: ClassVar[str] = "VAL001"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not self.values or "" in self.values:
            raise ValueError("a list of values needs at least one value, and none may be blank")

    @cached_property
    def _taken(self) -> frozenset[str]:
        return (frozenset(self.values) | frozenset(self.labels)) - self.deprecated

    @cached_property
    def _by_fold(self) -> dict[str, str]:
        known = {fold(label): value for label, value in (*self.elsewhere.items(), *self.labels.items())}
        return known | {fold(value): value for value in self.values}

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        if not value or value in self._taken:
            return None
        if value in self.deprecated:
            return Flaw(f"{value!r} is deprecated: new listings are refused with it", severity=Severity.WARNING)
        near = self._by_fold.get(fold(value))
        if near is not None and near not in self.deprecated:
            return Flaw(f"{value!r} is written {near!r}", fix=near, safety=Safety.SAFE)
        from difflib import get_close_matches

        severity = Severity.WARNING if self.open else None
        close = get_close_matches(fold(value), self._by_fold, n=1, cutoff=0.75) if len(value) <= 100 else []  # slow on long texts
        text = f"{value[:60]!r} is not among the {'known' if self.open else 'accepted'} values"
        if close and self._by_fold[close[0]] not in self.deprecated:
            near = self._by_fold[close[0]]
            return Flaw(f"{text}, {near!r} is close", fix=near, safety=Safety.ASK, severity=severity)
        return Flaw(f"{text}: {spoken(sorted(set(self.values) - self.deprecated))}", severity=severity)

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return column.is_not_null() & (column != "") & ~column.is_in(sorted(self._taken))

    def sentence(self) -> str:
        kept = [value for value in self.values if value not in self.deprecated]
        return f"{'is usually' if self.open else 'must be'} {spoken(kept)}"

    def good(self, draw: Random) -> Example:
        return Example(draw.choice([value for value in self.values if value not in self.deprecated] or [""]))

    def bad(self, draw: Random) -> Example:
        value = letters(draw, 12)
        return Example(value if value not in self._taken else value + "~")
