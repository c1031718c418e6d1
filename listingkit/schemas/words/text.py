"""Words about texts: how long, in which form."""

from collections.abc import Mapping
from random import Random
from typing import ClassVar

import polars as pl
from msgspec import Struct

from listingkit.finding import Flaw
from listingkit.schemas import patterns
from listingkit.schemas.words.word import NO_COLUMNS, NOTHING, Example, letters


class MaxChars(Struct, frozen=True):
    """At most so many characters (code points, as Amazon's schemas count)."""

    most: int
    code: ClassVar[str] = "VAL008"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        at_least_one(self.most)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        if not value or len(value) <= self.most:
            return None
        return Flaw(f"has {len(value)} characters, at most {self.most} are accepted")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return column.str.len_chars() > self.most

    def sentence(self) -> str:
        return f"at most {self.most} characters"

    def good(self, draw: Random) -> Example:
        return Example(letters(draw, draw.randint(min(1, self.most), min(self.most, 60))))

    def bad(self, draw: Random) -> Example:
        return Example("x" * (self.most + draw.randint(1, 10)))


class MinChars(Struct, frozen=True):
    """At least so many characters."""

    least: int
    code: ClassVar[str] = "VAL009"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        at_least_one(self.least)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        if not value or len(value) >= self.least:
            return None
        return Flaw(f"has {len(value)} characters, at least {self.least} are needed")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return (column.str.len_chars() < self.least) & (column != "")

    def sentence(self) -> str:
        return f"at least {self.least} characters"

    def good(self, draw: Random) -> Example:
        return Example(letters(draw, self.least + draw.randint(0, 10)))

    def bad(self, draw: Random) -> Example:
        return Example("x" * draw.randint(1, max(1, self.least - 1)) if self.least > 1 else None)


class MaxBytes(Struct, frozen=True):
    """At most so many bytes in UTF-8: an umlaut takes two, a Chinese character three, an emoji four."""

    most: int
    code: ClassVar[str] = "VAL010"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        at_least_one(self.most)

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        size = len(value.encode("utf-8", "surrogatepass")) if value else 0
        if not value or size <= self.most:
            return None
        return Flaw(f"takes {size} bytes ({len(value)} characters), at most {self.most} bytes are accepted")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return column.str.len_bytes() > self.most

    def sentence(self) -> str:
        return f"at most {self.most} bytes"

    def good(self, draw: Random) -> Example:
        return Example(letters(draw, draw.randint(0, min(self.most // 4, 60))))

    def bad(self, draw: Random) -> Example:
        return Example("ä" * (self.most // 2 + draw.randint(1, 5)))


class Matches(Struct, frozen=True):
    """Must have this form; `means` says it in words. See `patterns` for what is refused."""

    pattern: str
    means: str = ""
    examples: tuple[str, ...] = ()
    code: ClassVar[str] = "VAL011"
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        patterns.matcher(self.pattern)
        wrong = [example for example in self.examples if not patterns.matcher(self.pattern)(example)]
        if wrong:
            raise ValueError(f"the example {wrong[0]!r} does not match {self.pattern!r}")

    def flaw(self, value: str | None, row: Mapping[str, str | None] = NOTHING) -> Flaw | None:  # noqa: ARG002
        if not value or patterns.matcher(self.pattern)(value):
            return None
        return Flaw(f"{value[:60]!r} is not {self._form()}")

    def suspects(self, column: pl.Expr, others: Mapping[str, pl.Expr] = NO_COLUMNS) -> pl.Expr:  # noqa: ARG002
        return patterns.suspect(self.pattern, column) & (column != "")

    def sentence(self) -> str:
        return f"must be {self._form()}"

    def _form(self) -> str:
        example = f", such as {self.examples[0]}" if self.examples else ""
        return (self.means or f"of the form {self.pattern}") + example

    def good(self, draw: Random) -> Example:
        return Example(draw.choice(self.examples) if self.examples else None)

    def bad(self, draw: Random) -> Example:
        holds = patterns.matcher(self.pattern)
        for value in ("~", "\x7f~", letters(draw, 30), "-1e", "0" * 5000):
            if not holds(value):
                return Example(value)
        raise ValueError(f"nothing simple breaks {self.pattern!r}")


def at_least_one(limit: int) -> None:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise ValueError(f"a limit is a whole number of at least 1, not {limit!r}")
