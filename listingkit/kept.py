"""What only all rows together show, of rows that came part by part: packed, and of all of them never more than a few columns unpacked.

Rows that a rule compares meet in buckets of their hashed keys, as they do on a cluster; which bucket is noted while the part is there.
"""

import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple
from weakref import finalize

import polars as pl

from listingkit.ahead import ahead
from listingkit.checker import Checker, detached, moved, shifted
from listingkit.errors import Unwritable
from listingkit.mapping.listings import Listings, Source
from listingkit.packing import packed, unpacked
from listingkit.progress import tell
from listingkit.rules.findings import Batch
from listingkit.rules.groups import AT_ONCE, buckets_in, buckets_of
from listingkit.rules.sample import sample
from listingkit.rules.shuffle import Shuffle

IN_MEMORY = 256 << 20  # bytes of packed parts; more lie on disk
LOADED = 1 << 21  # rows of which the columns that are compared are in memory together
HASHES = 1 << 32  # what is kept of a key tells buckets, and nearly always whether another row has the same
_OFTEN = ("parent_sku", "parentage_level")  # what many rules read, besides what places a finding
_AT = "#at"  # number of a row among all


class _Part(NamedTuple):
    """Where a packed part lies, the number of its first row, and how many it has."""

    place: int
    size: int
    start: int
    height: int


class Kept:
    """The columns of all rows that rules compare or count as a whole."""

    def __init__(self, checker: Checker, like: Listings) -> None:
        """`like` are the listings without their rows."""
        self._checker, self._like = checker, like
        self._columns = checker.kept(like)
        self._shuffles = checker.shuffles(like)
        self._keys = {
            name: key
            for number, shuffle in enumerate(self._shuffles)
            for name, key in zip(_names(number, shuffle), shuffle.keys, strict=True)
        }
        self._samples: dict[str, list[bytes]] = {column: [] for column in checker.studied(like)}
        self._store = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the object
        finalize(self, self._store.close)
        self._parts: list[_Part] = []
        self._ready = pl.DataFrame()  # columns of all rows that every step needs, as long as rules are asked
        self.height = 0

    def add(self, part: pl.DataFrame) -> None:
        """Put the rows of the next part away. Raises `Unwritable`."""
        for column, samples in self._samples.items():
            samples.append(packed(sample(part[column]).to_frame()))
        content = packed(part.select(self._columns).hstack(buckets_in(part, self._keys, HASHES).cast(pl.UInt32)))
        place = self._parts[-1].place + self._parts[-1].size if self._parts else 0
        try:
            self._store.write(content)
        except OSError as error:
            why = f"the folder for temporary files cannot hold what is compared of so many rows ({error.strerror or error})"
            raise Unwritable(f"{why}; set TMPDIR to a larger place") from None
        self._parts.append(_Part(place, len(content), self.height, part.height))
        self.height += part.height

    def rows(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Some columns of all rows; without being named, all that are kept."""
        return pl.concat([self._part(part, self._columns if columns is None else columns) for part in self._parts])

    def _part(self, part: _Part, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of a part; what is ready is not unpacked again."""
        ready = [name for name in columns if name in self._ready.columns]
        there = self._ready.slice(part.start, part.height).select(ready)
        if len(ready) == len(columns):
            return there
        self._store.seek(part.place)
        rest = unpacked(self._store.read(part.size), [name for name in columns if name not in ready])
        return rest.hstack(there).select(columns) if ready else rest

    def batches(self, source: Source) -> Iterator[Batch]:
        """What the rules that see every row have found, as `Checker.whole` finds it. The source is that of all parts."""
        checker, like = self._checker, replace(self._like, sources=(source,))
        if self.height <= LOADED:
            self._ready = self.rows(checker.columns(like, _OFTEN))
        samples = {column: sample(pl.concat(map(unpacked, each)).to_series()) for column, each in self._samples.items()}
        proof, about = checker.proved(
            like, samples, lambda: self._listings(like, checker.columns(like, {column.partition("@")[0] for column in samples}))
        )
        yield from about
        needed = checker.proved_columns(like)
        for part in self._parts:
            rows = replace(like, frame=self._part(part, needed))
            yield from (detached(shifted(batch, part.start)) for batch in checker.proved_part(rows, like, proof))
        for number, shuffle in enumerate(self._shuffles):
            tell("checking across rows", self.height * number // len(self._shuffles), self.height)
            with closing(ahead(self._meeting(shuffle, _names(number, shuffle)))) as meetings:
                for bucket, meeting in meetings:
                    found = checker.across(replace(like, frame=meeting.drop(_AT)), like, shuffle.rules, bucket, proof)
                    yield from (detached(moved(batch, meeting[_AT])) for batch in found)
        for rule in checker.sheet_rules():
            columns = checker.columns(like, rule.names)
            if not checker.reads_rows(like, rule):
                yield from checker.sheet(like, like, rule)
            elif rule.look:
                looks = [checker.look(replace(like, frame=self._part(part, columns)), like, rule, part.start) for part in self._parts]
                graded_by = self._listings(like, checker.columns(like, ()))
                yield from checker.sheet(graded_by, like, rule, [look for some in looks for look in some])
            else:
                yield from checker.sheet(self._listings(like, columns), like, rule)

        self._ready = pl.DataFrame()

    def _listings(self, like: Listings, columns: Sequence[str]) -> Listings:
        return replace(like, frame=self.rows(columns))

    def _meeting(self, shuffle: Shuffle, names: Sequence[str]) -> Generator[tuple[tuple[int, int], pl.DataFrame]]:
        """Bucket by bucket the rows that a key brings there."""
        wanted = self._not_alone(names) if shuffle.several else pl.repeat(value=True, n=self.height, eager=True)
        count, rounds = (buckets_of(int(wanted.sum()), most) for most in (AT_ONCE, max(AT_ONCE, LOADED)))
        for turn in range(rounds):
            held = []
            for part in self._parts:
                mine = wanted.slice(part.start, part.height)
                if mine.any():
                    rows = self._part(part, [*shuffle.columns, *names]).with_row_index(_AT, part.start)
                    held.append(rows.filter(mine & _in_bucket(names, turn, rounds)))
            if not held:
                return
            together = pl.concat(held)
            for bucket in range(turn, count, rounds):
                yield (bucket, count), together.filter(_in_bucket(names, bucket, count)).drop(names)

    def _not_alone(self, names: Sequence[str]) -> pl.Series:
        """Whether a row shares the hash of a key with another."""
        hashes = self.rows(names)
        every = pl.concat([hashes[name] for name in names])
        twice = every.is_duplicated() & every.is_not_null()
        return pl.select(pl.any_horizontal(twice.slice(place * self.height, self.height) for place in range(len(names)))).to_series()


def _names(number: int, shuffle: Shuffle) -> list[str]:
    """The columns of the hashes of a shuffle's keys."""
    return [f"#{number}.{place}" for place in range(len(shuffle.keys))]


def _in_bucket(names: Sequence[str], bucket: int, count: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(name) % count == bucket for name in names)
