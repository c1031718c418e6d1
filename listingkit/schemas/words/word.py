"""What every word can do, and how an asked-for word is held."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from random import Random
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Protocol

import polars as pl
from msgspec import Struct

from listingkit.finding import Flaw, Severity

NOTHING: Mapping[str, str | None] = MappingProxyType({})
NO_COLUMNS: Mapping[str, pl.Expr] = MappingProxyType({})


class Example(NamedTuple):
    """A value with the other fields of its listing."""

    value: str | None
    row: Mapping[str, str | None] = NOTHING


class Word(Protocol):
    """What every word of the vocabulary can do."""

    code: ClassVar[str]

    @property
    def reads(self) -> tuple[str, ...]: ...
    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None: ...
    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr: ...
    def sentence(self) -> str: ...
    def good(self, draw: Random) -> Example: ...
    def bad(self, draw: Random) -> Example: ...


def fold(value: str) -> str:
    """The same word whatever its case, spaces, hyphens and underscores: `Lithium Ion` is `lithium_ion`."""
    return re.sub("[ _-]+", " ", value.lower()).strip(" ")


def spoken(values: Iterable[str], most: int = 8) -> str:
    """`a, b or c`, cut short with the number left out."""
    names = list(values)
    if len(names) > most:
        return f"{', '.join(names[:most])} ... ({len(names)} values)"
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nothing"


def letters(draw: Random, length: int) -> str:
    return "".join(draw.choice("abcdefghij ABCDEFGHIJ0123456789äéß漢字") for _ in range(length)).replace(" ", "x")


class Constraint(Struct, frozen=True):
    """A word about a field, and who says so.

    What nobody confirmed has `confidence` "unconfirmed" and is a warning. `marketplaces` is empty where it is asked everywhere.
    """

    field: str
    word: Word
    severity: Severity = Severity.ERROR
    source: str = ""
    marketplaces: frozenset[str] = frozenset()
    confidence: str = "confirmed"
    checked: date | None = None
    since: date | None = None
    until: date | None = None

    @property
    def code(self) -> str:
        """The rule of the catalogue that its findings carry."""
        return self.word.code

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields that must be at hand: its own first."""
        return (self.field, *self.word.reads)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:
        """What is wrong with one value, with this constraint's severity unless the word says less."""
        found = self.word.flaw(value, row)
        if found is None:
            return None
        mildest = max((found.severity or self.severity, self.severity), key=lambda severity: severity.rank)
        doubt = "" if self.confidence == "confirmed" else " (not confirmed)"
        return Flaw(found.message + doubt, found.fix, found.safety, mildest, found.field)

    def in_force(self, day: date) -> bool:
        """Whether it is asked on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)
