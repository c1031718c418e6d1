"""Limits that are about to change: told before they do, once a limit and marketplace."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from listingkit.fields import fields
from listingkit.finding import Flaw
from listingkit.mapping.listings import View
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.limits import Limit, coming, in_force, limits
from listingkit.rules.sheetwide import Look, once, sheetwide
from listingkit.rules.task import Run

given(
    "LIM001",
    "limit-about-to-change",
    "No limit changes within 60 days of the day that is checked for.",
    category="limits",
    why="A listing that passes today is refused or cut on that day; there is time to rewrite it now.",
    source="data/limits.toml: each limit with the day it begins and its source",
    checked=date(2026, 11, 27),
    severity="info",
    good=["--as-of 2026-11-27: nothing changes until January"],
    bad=["--as-of 2026-07-01: from 2026-07-27 a title may have 75 characters (200 today); 12 of 40 have more"],
)
_LABELS = {"bullet_points": "all bullet points together"}


def _fields() -> set[str]:
    """Fields whose limit was new or still to come when it was last read: only for these may a day be asked that lies before it."""
    recent = {limit.name.partition(".")[0] for limit in limits() if (limit.checked - limit.effective_from).days < 366}
    return {name if name in fields() else name.removesuffix("s") for name in recent}


def _changes(run: Run) -> Iterator[tuple[str, Limit, Limit | None, list[str]]]:
    """Marketplace, the limit to come, the one of today, and the columns that they are about."""
    for code, view in run.views.items():
        at = run.contexts[code]
        for limit in coming(at.as_of):
            columns = _columns(limit, view)
            if at.store is None or not columns or not limit.covers(at.store, next(iter(sorted(limit.groups)), "")):
                continue
            now = in_force(limit.name, at.store, at.as_of)
            if now is None or now.value != limit.value:
                yield code, limit, now, columns


def _beyond(run: Run) -> Iterator[Look]:
    """How many rows there are, and how many have more than a limit to come."""
    about = dict.fromkeys((limit, tuple(columns)) for _, limit, _, columns in _changes(run) if _is_most(limit))
    if about:
        yield Look((None,), run.frame.height)
    for limit, columns in about:
        sizes = [pl.col(column).str.len_bytes() if limit.unit == "bytes" else pl.col(column).str.len_chars() for column in columns]
        size = pl.sum_horizontal(sizes) if limit.name.partition(".")[0] in _LABELS else pl.max_horizontal(sizes)
        yield Look((limit, columns), int(run.frame.select((size > limit.value).sum()).item()))


@sheetwide("LIM001", fields=_fields, look=_beyond)
def limit_about_to_change(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding for each limit, with the marketplaces where it comes to the same."""
    counts = {look.about: look.of for look in looks}
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, limit, now, columns in _changes(run):
        said[columns[0], _message(limit, now, columns, counts)].append(code)
    for (column, message), codes in said.items():
        yield once(run, "LIM001", codes, Flaw(message), column=column)


def _columns(limit: Limit, view: View) -> list[str]:
    """The columns that a limit is about: a field, or all places of a family (`bullet_points`)."""
    name = limit.name.partition(".")[0]
    known = fields().get(name) or fields().get(name.removesuffix("s"))
    return [view.columns[plain] for plain in known.names if plain in view.columns] if known else []


def _is_most(limit: Limit) -> bool:
    return limit.name.partition(".")[2].startswith(("max", "policy", "search"))


def _message(limit: Limit, now: Limit | None, columns: list[str], counts: Mapping[tuple[object, ...], int]) -> str:
    name, _, kind = limit.name.partition(".")
    what = _LABELS.get(name) or fields()[name].label
    least = kind.startswith("min")
    before = f"{now.value} today" if now else "no limit today"
    told = f"from {limit.effective_from} {what} {'needs' if least else 'may have'} {limit.value} {limit.unit} ({before})"
    if limit.groups:
        told += f", for {', '.join(sorted(limit.groups))}"
    if not _is_most(limit):
        return told
    over = counts[limit, tuple(columns)]
    return f"{told}; {over} of {counts[None,]} {'has' if over == 1 else 'have'} more"
