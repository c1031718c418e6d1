r"""Patterns that cannot run away: what counts is a length check, the rest runs in linear time.

A pattern is searched for anywhere in the value (JSON Schema's rule), `\\d` and `\\w` are ASCII, `$` is the very end.
Python's engine is used only where it cannot backtrack; everything else goes to the finite automata that polars brings.
"""

import re
import warnings
from collections.abc import Callable
from functools import cache, lru_cache
from re import _constants as op  # type: ignore[attr-defined]  # the parse tree is the only way to know a pattern's shape
from re import _parser as tree  # type: ignore[attr-defined]
from typing import Any

import polars as pl

LONGEST = 2_000  # characters of a pattern
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
STARTS = (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
ENDS = (op.AT_END, op.AT_END_STRING)
ASCII = {r"\d": "[0-9]", r"\D": "[^0-9]", r"\w": "[0-9A-Za-z_]", r"\W": "[^0-9A-Za-z_]"}


@cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether the pattern is found in a value. Raises ValueError, in one sentence, for what is refused."""
    bounds = counted(pattern)
    if bounds:
        low, high, newlines = bounds
        return lambda value: low <= len(value) and (high is None or len(value) <= high) and (newlines or "\n" not in value)
    if _straight(pattern):
        found = re.compile(_python(pattern), re.ASCII).search
        return lambda value: found(value) is not None
    linear = automaton(pattern)

    @lru_cache(maxsize=10_000)
    def found_by_automaton(value: str) -> bool:
        whole = value.encode("utf-8", "replace").decode()  # JSON can hold halves of characters, a column cannot
        return bool(pl.Series([whole]).str.contains(linear)[0])

    return found_by_automaton


def suspect(pattern: str, column: pl.Expr) -> pl.Expr:
    """True where a filled value does not have the pattern."""
    bounds = counted(pattern)
    if not bounds:
        return column.is_not_null() & ~column.str.contains(automaton(pattern))
    low, high, newlines = bounds
    length = column.str.len_chars()
    outside = (length < low) | (length > high) if high is not None else length < low
    return column.is_not_null() & (outside if newlines else outside | column.str.contains("\n", literal=True))


@cache
def automaton(pattern: str) -> str:
    """The pattern as polars' engine takes it. Raises ValueError for what no finite automaton can do."""
    _parse(pattern)
    linear = re.sub(r"\\[dDwW]", lambda match: _ascii(match, pattern), pattern)
    try:
        pl.Series([""]).str.contains(linear)
    except pl.exceptions.PolarsError:
        raise ValueError(f"the pattern {pattern[:60]!r} needs look-around, back references or too large counts") from None
    return linear


@cache
def counted(pattern: str) -> tuple[int, int | None, bool] | None:
    """For a pattern that only counts characters (`^.{3,2000}$`): least, most, and whether line breaks may occur."""
    items = list(_parse(pattern))
    if len(items) != 3 or items[0][0] != op.AT or items[0][1] not in STARTS or items[2][0] != op.AT or items[2][1] not in ENDS:
        return None
    if items[1][0] not in REPEATS:
        return None
    low, high, body = items[1][1]
    if list(body) == [(op.ANY, None)]:
        return low, None if high == op.MAXREPEAT else high, False
    everything = ([(op.CATEGORY, op.CATEGORY_SPACE), (op.CATEGORY, op.CATEGORY_NOT_SPACE)],)
    if len(body) == 1 and body[0][0] == op.IN and sorted(map(str, body[0][1])) in [sorted(map(str, kind)) for kind in everything]:
        return low, None if high == op.MAXREPEAT else high, True
    return None


def _ascii(match: re.Match[str], pattern: str) -> str:
    before = pattern[: match.start()]
    if (len(before) - len(before.rstrip("\\"))) % 2:
        return match.group()  # an escaped backslash, then a letter
    inside = before.rfind("[") > before.rfind("]") and match.group().islower()
    return ASCII[match.group()].strip("[]") if inside else ASCII[match.group()]


def _python(pattern: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\Z", pattern) if "[" not in pattern else pattern


@cache
def _parse(pattern: str) -> Any:
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern of {len(pattern)} characters is too long, at most {LONGEST} are taken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tree.parse(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError(f"the pattern {pattern[:60]!r} cannot be read: {wrong}") from None


def _straight(pattern: str) -> bool:
    """Whether Python's engine has nothing to go back to: anchored or free of repetition, no class that means `$` literally."""
    items = list(_parse(pattern))
    if "[" in pattern and "$" in pattern:
        return False
    repeats = [item for item in _walk(items) if item[0] in REPEATS and item[1][1] > 1]
    risky = any(item[0] in (op.GROUPREF, op.GROUPREF_EXISTS, op.ASSERT, op.ASSERT_NOT) for item in _walk(items))
    anchored = bool(items) and items[0][0] == op.AT and items[0][1] in STARTS
    return not risky and (not repeats or (anchored and len(repeats) == 1 and repeats[0][1][1] <= 1000))


def _walk(items: Any) -> Any:
    for item in items:
        yield item
        arguments = item[1]
        for part in arguments if isinstance(arguments, (tuple, list)) else ():
            if isinstance(part, tree.SubPattern):
                yield from _walk(part)
            elif isinstance(part, list):
                for branch in part:
                    if isinstance(branch, tree.SubPattern):
                        yield from _walk(branch)
