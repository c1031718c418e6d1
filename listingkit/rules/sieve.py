"""Sieves: how the rows that a judge must see are found without walking them.

A pass over long texts is what checking costs. So a rule that looks for a pattern says so with `Holds`, and all patterns that are
looked for in one column are looked for together, in one pass; only the rows where that found something are asked for each pattern.
A rule whose exact sieve is dear says with `Staged` what a cheap one leaves over.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from msgspec import Struct

from listingkit.rules.task import Task


class Holds(Struct, frozen=True):
    """Rows whose text, in any of some columns, holds a pattern, as polars writes patterns. Meant for what few texts hold."""

    columns: pl.Expr | Sequence[pl.Expr]
    pattern: str

    @property
    def expressions(self) -> Sequence[pl.Expr]:
        return (self.columns,) if isinstance(self.columns, pl.Expr) else self.columns

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the frame; those that the sheet does not have hold nothing."""
        return tuple(name for column in self.expressions for name in column.meta.root_names())

    @property
    def expression(self) -> pl.Expr:
        return pl.any_horizontal(column.str.contains(self.pattern) for column in self.expressions)

    def __or__(self, other: Any) -> Any:
        if isinstance(other, Holds) and self.names == other.names:
            return Holds(self.columns, f"{self.pattern}|{other.pattern}")
        return self.expression | (other.expression if isinstance(other, Holds) else other)


class Staged(Struct, frozen=True):
    """A cheap sieve, and a dear one for the rows that it leaves."""

    first: pl.Expr
    then: pl.Expr


def sift(frame: pl.DataFrame, tasks: Sequence[Task]) -> list[pl.Series]:
    """Numbers of the rows that each task must judge."""
    together = _together(tasks)
    found = list(_rows(frame, [together[task.pattern[0]] if task.pattern else task.suspects for task in tasks]))
    unfinished: dict[int, list[int]] = {}
    for number, task in enumerate(tasks):
        if (task.pattern or task.then is not None) and len(found[number]):
            unfinished.setdefault(id(found[number]), []).append(number)
    for numbers in unfinished.values():
        finer = _finer(frame, found[numbers[0]], [tasks[number] for number in numbers])
        for number, rows in zip(numbers, finer, strict=True):
            found[number] = rows
    return found


def _together(tasks: Sequence[Task]) -> dict[tuple[str, ...], pl.Expr]:
    """For some columns whether they hold any of the patterns that are looked for in them."""
    patterns: dict[tuple[str, ...], dict[str, None]] = {}
    for task in tasks:
        if task.pattern:
            patterns.setdefault(task.pattern[0], {})[f"(?:{task.pattern[1]})"] = None
    return {columns: _holds(columns, "|".join(held)) for columns, held in patterns.items()}


def _holds(columns: Sequence[str], pattern: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).str.contains(pattern).fill_null(value=False) for column in columns)


def _finer(frame: pl.DataFrame, left: pl.Series, tasks: Sequence[Task]) -> Iterator[pl.Series]:
    """The rows among those left that each task must judge."""
    sieves = [_exact(task) for task in tasks]
    columns = dict.fromkeys(name for sieve in sieves for name in sieve.meta.root_names())
    part = frame.select(pl.col(column).gather(left) for column in columns) if len(left) < frame.height else frame
    for rows in _rows(part, sieves):
        yield left.gather(rows)


def _exact(task: Task) -> pl.Expr:
    if task.pattern:
        return task.suspects & _holds(*task.pattern)
    return task.suspects if task.then is None else task.then


def _rows(frame: pl.DataFrame, sieves: Sequence[pl.Expr]) -> Iterator[pl.Series]:
    """Row numbers where each sieve holds, all in one pass; equal sieves are asked once."""
    distinct: dict[bytes, int] = {}
    numbers = [distinct.setdefault(sieve.meta.serialize(), number) for number, sieve in enumerate(sieves)]
    masks = frame.lazy().select(sieves[number].alias(str(number)) for number in distinct.values()).collect()
    hit = masks.select(pl.all().any()).row(0)
    none = pl.Series([], dtype=pl.UInt32)
    rows = {number: masks[str(number)].arg_true() if any_ else none for number, any_ in zip(distinct.values(), hit, strict=True)}
    for number in numbers:
        yield rows[number]
