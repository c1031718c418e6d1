"""What rules about the whole sheet saw of each part: left in one file by the part, put together by whoever judges."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from listingkit.checker import Checker
from listingkit.distributed.store import Spread, read_frames_of, write_frames
from listingkit.mapping.listings import Listings
from listingkit.rules.sheetwide import Look, together

_AT = "#at"  # number of a row in its part


class Looked(NamedTuple):
    """The looks of one part. The first frame in its file has the rows that they name, each of the others the places of one look."""

    file: Spread
    looks: tuple[tuple[int, tuple[Any, ...], int], ...]  # number of the rule, what it is about, of how many
    rows: int  # that are named


class Looks:
    """The looks of one part, gathered piece by piece."""

    def __init__(self, checker: Checker, like: Listings) -> None:
        self._checker, self._like = checker, like
        self._looks: list[list[Look]] = [[] for _ in checker.sheet_rules()]
        columns = checker.columns(like, ())
        self._named = [like.frame.select(pl.lit(0, pl.UInt32).alias(_AT), *columns).clear()]

    def take(self, rows: Listings, start: int) -> None:
        """Look at rows that begin at `start` of the part."""
        found = self._checker.looks(rows, self._like, start)
        for known, looks in zip(self._looks, found, strict=True):
            known[:] = together([*known, *looks])
        named = [look.places["index"] for looks in found for look in looks if "index" in look.places.columns]
        if any(map(len, named)):
            at = pl.concat(named).unique().sort().alias(_AT)
            self._named.append(rows.frame[at - start].select(at, *self._named[0].columns[1:]))

    def left(self, url: str) -> Looked:
        """Leave them in a file."""
        looks = [(number, look) for number, same in enumerate(self._looks) for look in same]
        named = pl.concat(self._named)
        file = write_frames(url, [named, *(look.places for _, look in looks)])
        return Looked(file, tuple((number, look.about, look.of) for number, look in looks), named.height)


def put_together(looked: Sequence[Looked], rules: int) -> tuple[pl.DataFrame, list[list[Look]]]:
    """The rows that the looks of all parts name, and the looks by rule, in the order of the parts. Raises `Unreadable`."""
    rows: list[pl.DataFrame] = []
    looks: list[list[Look]] = [[] for _ in range(rules)]
    start = 0
    for one in looked:
        named, *places = read_frames_of(one.file)
        numbers = named.select(_AT, pl.int_range(start, start + named.height, dtype=pl.UInt32).alias("index"))
        for (rule, about, of), frame in zip(one.looks, places, strict=True):
            looks[rule].append(Look(about, of, _renumbered(frame, numbers)))
        rows.append(named.drop(_AT))
        start += named.height
    return pl.concat(rows, how="diagonal"), looks


def _renumbered(places: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    if "index" not in places.columns:
        return places
    return places.rename({"index": _AT}).join(numbers, on=_AT, how="left", maintain_order="left").select(places.columns)
