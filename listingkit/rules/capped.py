"""A cap on the findings that are kept: the rest is counted, and keeps its rows out of uploads all the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.finding import Finding, Severity
from listingkit.rules.engine import catalogue, given
from listingkit.rules.findings import Batch, Rest

MOST = 10_000  # findings of one rule that a report lists

given(
    "CAP001",
    "more-findings-than-listed",
    "A report lists every finding of a rule, up to a number that people can still use.",
    category="report",
    why="Thousands of findings of one rule have one cause; all of them count and hold their rows back, the first ones are listed.",
    source="listingkit: the report stays usable whatever the sheet holds; --max-findings sets the number",
    checked=date(2026, 11, 27),
    severity="info",
)


class _Key(Struct, frozen=True):
    code: str
    severity: Severity
    stores: tuple[str, ...]
    marketplaces: tuple[str | None, ...]


Counted = Mapping[_Key, pl.Series]  # rows of findings that were counted and not kept


class Cap:
    """Lets through the first `most` findings of each rule, in the order in which they come; of the `free` codes or prefixes all."""

    def __init__(self, most: int = MOST, free: tuple[str, ...] = ()) -> None:
        self.most, self.free = most, free
        self._kept: Counter[str] = Counter()
        self._rest: dict[_Key, list[pl.Series]] = {}

    def __call__(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches, cut where their rule has had its share."""
        for batch in batches:
            room = self.most - self._kept[batch.code]
            if batch.covers is not None or len(batch.flaws) <= room or batch.code.startswith(self.free):
                self._kept[batch.code] += len(batch.flaws)
                yield batch
                continue
            room = max(0, room)
            self._kept[batch.code] += room
            self._count(batch, room)
            if room:
                also = tuple((row, place) for row, place in batch.also if place < room)
                yield replace(batch, places=batch.places.head(room), flaws=batch.flaws[:room], also=also)

    def _count(self, batch: Batch, room: int) -> None:
        severities = [batch.severity_of(flaw) for flaw in batch.flaws[room:]]
        rows = batch.places["index"].slice(room)
        for severity in dict.fromkeys(severities):
            hit = rows.filter(pl.Series([one is severity for one in severities]))
            key = _Key(batch.code, severity, batch.stores, batch.marketplaces)
            self._rest.setdefault(key, []).append(hit)
        others = [row for row, place in batch.also if place >= room and severities[place - room] is Severity.ERROR]
        if others:
            key = _Key(batch.code, Severity.ERROR, batch.stores, ())
            self._rest.setdefault(key, []).append(pl.Series(others, dtype=pl.UInt32))

    def counted(self) -> Counted:
        """What was not kept, for the cap of all parts to `count`."""
        return {key: pl.concat(rows) for key, rows in self._rest.items()}

    def count(self, counted: Counted, by: int) -> None:
        """Count too what the cap of a part did not keep, whose rows begin so much lower."""
        for key, rows in counted.items():
            self._rest.setdefault(key, []).append(rows + by)

    def rest(self) -> tuple[Rest, ...]:
        """What was counted and not kept."""
        return tuple(
            Rest(key.code, key.severity, key.stores, len(key.marketplaces), pl.concat(rows).drop_nulls().unique(), sum(map(len, rows)))
            for key, rows in self._rest.items()
        )

    def notes(self) -> Iterator[Finding]:
        """One note a rule that says how many findings are not listed."""
        left: Counter[str] = Counter()
        for one in self.rest():
            left[one.code] += one.count
        return more_notes(left)


def more_notes(left: Mapping[str, int]) -> Iterator[Finding]:
    """One note a rule (by its code) of which so many findings are not listed."""
    for code, count in sorted(left.items()):
        if count:
            message = f"{code} {catalogue()[code].name}: {count:,} more findings are counted and not listed; --max-findings lists more"
            yield Finding("CAP001", "more-findings-than-listed", Severity.INFO, message)
