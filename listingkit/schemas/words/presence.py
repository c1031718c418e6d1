"""Words about being there: required, required when, forbidden when."""

import re
from collections.abc import Mapping
from random import Random
from typing import ClassVar

import polars as pl
from msgspec import Struct

from listingkit.fields import plain_names
from listingkit.finding import Flaw, Safety
from listingkit.schemas.words.word import NO_COLUMNS, NOTHING, Example, fold, letters, spoken


class Required(Struct, frozen=True):
    """Must be filled."""

    code: ClassVar[str] = "REQ001"
    reads: ClassVar[tuple[str, ...]] = ()

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002  # every word takes a row
        return None if value else Flaw("required, but blank")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return column.is_null() | (column == "")

    def sentence(self) -> str:
        return "must be filled"

    def good(self, draw: Random) -> Example:
        return Example(letters(draw, draw.randint(1, 20)))

    def bad(self, draw: Random) -> Example:
        return Example(draw.choice([None, ""]))


class Condition(Struct, frozen=True):
    """Something about another field: filled (no `values`) or one of `values`; `negated` turns it round. Blank is none of them."""

    field: str
    values: tuple[str, ...] = ()
    negated: bool = False

    def holds(self, row: Mapping[str, str | None]) -> bool:
        value = row.get(self.field)
        met = bool(value) and (not self.values or fold(value or "") in {fold(wanted) for wanted in self.values})
        return met != self.negated

    def expression(self, others: Mapping[str, pl.Expr]) -> pl.Expr:
        """The same over columns; true where the column is not among `others`."""
        column = others.get(self.field)
        if column is None:
            return pl.lit(value=True)
        met = column.is_not_null() & (column != "")
        if self.values:
            met = column.str.contains(self._pattern())
            if self.negated:  # beyond ASCII, polars takes more for the same letter than `fold` does
                met = met & (column.str.len_bytes() == column.str.len_chars())
        return ~met.fill_null(value=False) if self.negated else met.fill_null(value=False)

    def _pattern(self) -> str:
        """What `fold` makes one of the values, as polars writes patterns."""
        wanted = ("[ _-]+".join(re.escape(part) for part in fold(value).split(" ")) for value in self.values)
        return f"^(?i:[ _-]*(?:{'|'.join(wanted)})[ _-]*)$"

    def turned(self) -> "Condition":
        """The opposite."""
        return Condition(self.field, self.values, negated=not self.negated)

    def sentence(self) -> str:
        name = _label(self.field)
        if not self.values:
            return f"{name} is {'blank' if self.negated else 'filled'}"
        return f"{name} is {'not ' if self.negated else ''}{spoken(self.values, 4)}"

    def example(self, draw: Random, *, met: bool) -> str | None:
        """A value of the other field for which the condition holds, or does not."""
        if met == self.negated:
            return None
        return draw.choice(self.values) if self.values else "x"


def _others(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(condition.field for condition in conditions))


def _holding(conditions: tuple[Condition, ...], others: Mapping[str, pl.Expr]) -> pl.Expr:
    return pl.all_horizontal([condition.expression(others) for condition in conditions])


def _label(name: str) -> str:
    known = plain_names().get(name)
    return known[0].label if known else name


def _because(conditions: tuple[Condition, ...]) -> str:
    """`because A is b, unless C is d`: what must be so, then what must not."""
    reasons = [condition.sentence() for condition in conditions if not condition.negated]
    exceptions = [condition.turned().sentence() for condition in conditions if condition.negated]
    parts = [f"because {' and '.join(reasons)}"] * bool(reasons) + [f"unless {' or '.join(exceptions)}"] * bool(exceptions)
    return ", ".join(parts)


def _where(conditions: tuple[Condition, ...]) -> str:
    return _because(conditions).replace("because ", "where ", 1)


def _consistent(conditions: tuple[Condition, ...]) -> None:
    if not conditions or len(_others(conditions)) != len(conditions):
        raise ValueError("a condition names each other field once, and at least one")


class RequiredWhen(Struct, frozen=True):
    """Must be filled where all conditions hold."""

    conditions: tuple[Condition, ...]
    says: str = ""  # the flaw in words of its own
    code: ClassVar[str] = "REQ002"

    def __post_init__(self) -> None:
        _consistent(self.conditions)

    @property
    def reads(self) -> tuple[str, ...]:
        return _others(self.conditions)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:
        if value or not all(condition.holds(row) for condition in self.conditions):
            return None
        return Flaw(self.says or f"required, {_because(self.conditions)}")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:
        return (column.is_null() | (column == "")) & _holding(self.conditions, others)

    def sentence(self) -> str:
        return f"must be filled {_where(self.conditions)}"

    def good(self, draw: Random) -> Example:
        if draw.random() < 0.5:
            return Example("x", {one.field: one.example(draw, met=True) for one in self.conditions})
        broken = draw.randrange(len(self.conditions))
        return Example(None, {one.field: one.example(draw, met=n != broken) for n, one in enumerate(self.conditions)})

    def bad(self, draw: Random) -> Example:
        return Example(None, {one.field: one.example(draw, met=True) for one in self.conditions})


class ForbiddenWhen(Struct, frozen=True):
    """Must be blank where all conditions hold."""

    conditions: tuple[Condition, ...]
    code: ClassVar[str] = "REQ005"

    def __post_init__(self) -> None:
        _consistent(self.conditions)

    @property
    def reads(self) -> tuple[str, ...]:
        return _others(self.conditions)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:
        if not value or not all(condition.holds(row) for condition in self.conditions):
            return None
        return Flaw(f"must be blank, {_because(self.conditions)}", fix="", safety=Safety.ASK)

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:
        return column.is_not_null() & (column != "") & _holding(self.conditions, others)

    def sentence(self) -> str:
        return f"must be blank {_where(self.conditions)}"

    def good(self, draw: Random) -> Example:
        return Example(None, self.bad(draw).row)

    def bad(self, draw: Random) -> Example:
        return Example("x", {one.field: one.example(draw, met=True) for one in self.conditions})
