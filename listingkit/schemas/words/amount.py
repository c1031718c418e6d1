"""Words about numbers. They judge what is a plain number and are silent about the rest, which `Number` is about."""

import re
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import ClassVar

import polars as pl
from msgspec import Struct

from listingkit.finding import Flaw
from listingkit.schemas.words.word import NO_COLUMNS, NOTHING, Example

NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"


class Number(Struct, frozen=True):
    """Must be a plain number: digits, at most one decimal point, no unit, no thousands separator."""

    code: ClassVar[str] = "VAL006"
    reads: ClassVar[tuple[str, ...]] = ()

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        return Flaw(f"{value[:60]!r} is not a plain number") if value and number(value) is None else None

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return (column != "") & (~column.str.contains(NUMBER) | (column.str.len_bytes() > LONGEST_NUMBER))

    def sentence(self) -> str:
        return "must be a number"

    def good(self, draw: Random) -> Example:
        return Example(draw.choice(["0", "12", "-3.5", "0.25", str(draw.randint(0, 10**9))]))

    def bad(self, draw: Random) -> Example:
        return Example(draw.choice(["1,5", "12 cm", "ten", "1e5", "NaN", "٣", "1.", ".5", "9" * 41]))


LONGEST_NUMBER = 40  # characters


def number(value: str) -> Decimal | None:
    """The number that a plain text of at most 40 characters stands for."""
    return Decimal(value) if len(value) <= LONGEST_NUMBER and re.fullmatch(NUMBER[1:-1], value) else None


def _bound(limit: Decimal) -> None:
    if not isinstance(limit, Decimal) or not limit.is_finite():
        raise TypeError(f"a bound is a finite Decimal, not {limit!r}")


class AtLeast(Struct, frozen=True):
    """Not smaller than this; `exclusive`: larger."""

    least: Decimal
    exclusive: bool = False
    code: ClassVar[str] = "VAL006"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        _bound(self.least)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        amount = number(value) if value else None
        if amount is None or amount > self.least or (amount == self.least and not self.exclusive):
            return None
        return Flaw(f"is {value}, {self.sentence()}")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        # rounding to a float keeps the order, so only a value that stays above the rounded bound is surely above it
        clean = column.cast(pl.Float64, strict=False) > float(self.least)
        return column.is_not_null() & ~clean.fill_null(value=False)

    def sentence(self) -> str:
        return f"must be more than {self.least}" if self.exclusive else f"must be at least {self.least}"

    def good(self, draw: Random) -> Example:
        return Example(plain(self.least + draw.randint(1 if self.exclusive else 0, 50)))

    def bad(self, draw: Random) -> Example:
        return Example(plain(self.least - draw.randint(0 if self.exclusive else 1, 50)))


class AtMost(Struct, frozen=True):
    """Not larger than this."""

    most: Decimal
    code: ClassVar[str] = "VAL006"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        _bound(self.most)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        amount = number(value) if value else None
        return Flaw(f"is {value}, {self.sentence()}") if amount is not None and amount > self.most else None

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        clean = column.cast(pl.Float64, strict=False) < float(self.most)
        return column.is_not_null() & ~clean.fill_null(value=False)

    def sentence(self) -> str:
        return f"must be at most {self.most}"

    def good(self, draw: Random) -> Example:
        return Example(plain(self.most - draw.randint(0, 50)))

    def bad(self, draw: Random) -> Example:
        return Example(plain(self.most + draw.randint(1, 50)))


class Decimals(Struct, frozen=True):
    """At most so many digits after the point; none makes it a whole number (`2.00` is whole)."""

    most: int
    code: ClassVar[str] = "VAL006"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.most, int) or isinstance(self.most, bool) or self.most < 0:
            raise ValueError(f"decimals are a whole number of at least 0, not {self.most!r}")

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        if not value or number(value) is None or len(value.partition(".")[2].rstrip("0")) <= self.most:
            return None
        return Flaw(f"is {value}, {self.sentence()}")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return column.str.contains(rf"\.[0-9]{{{self.most}}}[0-9]*[1-9]" if self.most < 40 else r"\.[0-9]")  # see LONGEST_NUMBER

    def sentence(self) -> str:
        return f"must have at most {self.most} decimals" if self.most else "must be a whole number"

    def good(self, draw: Random) -> Example:
        return Example(f"{draw.randint(0, 99)}.{'3' * self.most}" if self.most else str(draw.randint(0, 10**6)))

    def bad(self, draw: Random) -> Example:
        return Example(f"{draw.randint(0, 99)}.{'3' * min(self.most + 1, 30)}")


def plain(amount: Decimal) -> str:
    """A number as listings hold it: no exponent."""
    return f"{amount:f}"
