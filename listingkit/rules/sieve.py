"""Sieves: how the rows that a judge must see are found without walking them.

A pass over long texts is what checking costs. So a rule that looks for a pattern says so with `Holds`, and all patterns that are
looked for in one column are looked for together, in one pass; only the rows where that found something are asked for each pattern.
A rule whose exact sieve is dear says with `Staged` what a cheap one leaves over.

The rows of a family stand one below the other and share most of their texts; other columns say the same in every row. So what
reads only columns that are steady in this way is asked once for each run of rows that are equal there.
"""

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
from msgspec import Struct

from listingkit.master.sheet import ROW
from listingkit.rules.task import Task

_SAMPLE = 2000  # rows that tell which columns are steady
_CHANGES = 0.25  # part of these rows that may begin a run, for asking runs to pay


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


class Sieve:
    """The rows that tasks must judge. What is asked is planned once, for all frames with the same columns."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tuple(tasks)
        self._reads = [_reads(task) for task in tasks]
        self._columns = sorted(frozenset().union(*self._reads))
        self._parted: dict[frozenset[str], tuple[_Pass, _Pass]] = {}

    def rows(self, frame: pl.DataFrame) -> list[pl.Series]:
        """Numbers of the rows that each task must judge."""
        steady = _steady(frame.head(_SAMPLE), self._columns)
        if steady not in self._parted:
            self._parted[steady] = self._part(steady)
        by_run, by_row = self._parted[steady]
        found = dict(zip(by_row.numbers, by_row.rows(frame), strict=True))
        if by_run.numbers:
            begins = frame.select(_begins(steady).alias("begins"))["begins"]
            runs = begins.cum_sum() - 1
            first = frame.select(ROW, *steady).filter(begins)
            for number, rows in zip(by_run.numbers, by_run.rows(first), strict=True):
                found[number] = runs.is_in(rows.implode()).arg_true() if len(rows) else rows
        return [found[number] for number in range(len(self.tasks))]

    def _part(self, steady: Collection[str]) -> "tuple[_Pass, _Pass]":
        """Tasks that read steady columns alone, and the others."""
        by_run = [number for number, names in enumerate(self._reads) if names.issubset(steady)] if steady else []
        by_row = sorted(set(range(len(self.tasks))).difference(by_run))
        return _Pass(self.tasks, by_run), _Pass(self.tasks, by_row)


class _Pass:
    """Some of the tasks, and what one pass over a frame asks for them."""

    def __init__(self, tasks: Sequence[Task], numbers: Sequence[int]) -> None:
        self.numbers = numbers
        self._tasks = [tasks[number] for number in numbers]
        together = _together(self._tasks)
        self._asked = _Asked([together[task.pattern[0]] if task.pattern else task.suspects for task in self._tasks])

    def rows(self, frame: pl.DataFrame) -> list[pl.Series]:
        """Numbers of the rows that each of these tasks must judge."""
        found = self._asked.rows(frame)
        unfinished: dict[int, list[int]] = {}
        for number, task in enumerate(self._tasks):
            if (task.pattern or task.then is not None) and len(found[number]):
                unfinished.setdefault(id(found[number]), []).append(number)
        for numbers in unfinished.values():
            finer = _finer(frame, found[numbers[0]], [self._tasks[number] for number in numbers])
            for number, rows in zip(numbers, finer, strict=True):
                found[number] = rows
        return found


class _Asked:
    """Sieves that are asked in one pass, equal ones once."""

    def __init__(self, sieves: Sequence[pl.Expr]) -> None:
        distinct: dict[bytes, int] = {}
        self._names = [str(distinct.setdefault(sieve.meta.serialize(), len(distinct))) for sieve in sieves]
        self._masks = [sieve.alias(name) for name, sieve in dict(zip(self._names, sieves, strict=True)).items()]

    def rows(self, frame: pl.DataFrame) -> list[pl.Series]:
        """Row numbers where each sieve holds."""
        if not self._masks:
            return []
        masks = frame.lazy().select(self._masks).collect()
        self._masks.reverse()  # polars keeps the last 32 patterns that it compiled: the next frame is asked for these first
        hit = masks.select(pl.all().any()).row(0, named=True)
        none = pl.Series([], dtype=pl.UInt32)
        rows = {name: masks[name].arg_true() if any_ else none for name, any_ in hit.items()}
        return [rows[name] for name in self._names]


def _reads(task: Task) -> frozenset[str]:
    """The columns that tell whether a task must judge a row."""
    sieves = [task.suspects, *([] if task.then is None else [task.then])]
    names = {name for sieve in sieves for name in sieve.meta.root_names()}
    return frozenset(names.union(task.pattern[0] if task.pattern else ())) - {ROW}  # which number a row has, no sieve asks


def _steady(rows: pl.DataFrame, columns: Collection[str]) -> frozenset[str]:
    """The columns that together change seldom from one of these rows to the next."""
    changes = rows.select(pl.col(columns).ne_missing(pl.col(columns).shift(1)))
    begins = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    steady = []
    for column in sorted(changes.iter_columns(), key=lambda column: column.sum()):
        begins |= column
        if begins.sum() > _CHANGES * rows.height:
            break
        steady.append(column.name)
    return frozenset(steady)


def _begins(columns: Collection[str]) -> pl.Expr:
    """Whether a row differs from the one above it."""
    return pl.any_horizontal(pl.int_range(pl.len()) == 0, *(pl.col(column).ne_missing(pl.col(column).shift(1)) for column in columns))


def _together(tasks: Sequence[Task]) -> dict[tuple[str, ...], pl.Expr]:
    """For some columns whether they hold any of the patterns that are looked for in them."""
    patterns: dict[tuple[str, ...], dict[str, None]] = {}
    for task in tasks:
        if task.pattern:
            patterns.setdefault(task.pattern[0], {})[f"(?:{task.pattern[1]})"] = None
    return {columns: _holds(columns, "|".join(held)) for columns, held in patterns.items()}


def _holds(columns: Sequence[str], pattern: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).str.contains(pattern).fill_null(value=False) for column in columns)


def _finer(frame: pl.DataFrame, left: pl.Series, tasks: Sequence[Task]) -> list[pl.Series]:
    """The rows among those left that each task must judge."""
    sieves = [_exact(task) for task in tasks]
    columns = dict.fromkeys(name for sieve in sieves for name in sieve.meta.root_names())
    part = frame.select(pl.col(column).gather(left) for column in columns) if len(left) < frame.height else frame
    return [left.gather(rows) for rows in _Asked(sieves).rows(part)]


def _exact(task: Task) -> pl.Expr:
    if task.pattern:
        return task.suspects & _holds(*task.pattern)
    return task.suspects if task.then is None else task.then
