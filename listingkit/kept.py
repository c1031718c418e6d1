"""What only all rows together show, of rows that came part by part.

While a part is there, the rules about the whole sheet look at it, and rules across rows sieve its groups. Its compared columns are
packed, with the hashes of the keys: in the end only groups that are suspicious or stand in several parts are taken out again.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import polars as pl
from msgspec.structs import replace

from listingkit.ahead import ahead
from listingkit.checker import Checker, Proof, detached, moved, shifted
from listingkit.mapping.listings import Listings, Source
from listingkit.packing import Place, Shelf, packed, unpacked
from listingkit.progress import tell
from listingkit.rules.findings import Batch
from listingkit.rules.groups import AT_ONCE, HASHED, buckets_of, folded, hash_of
from listingkit.rules.sample import sample
from listingkit.rules.sheetwide import Look
from listingkit.rules.shuffle import Shuffle

LOADED = 1 << 20  # rows of which the columns that are compared are in memory together
_AT = "#at"  # number of a row among all


class _Part(NamedTuple):
    """Where the columns and the hashes of a part lie, the number of its first row, and how many it has."""

    columns: Place
    hashes: Place
    start: int
    height: int


class _Meeting(NamedTuple):
    """The rows of the groups that the rules of a shuffle must look at."""

    shuffle: Shuffle
    names: list[str]  # of the hashes of its keys
    among: pl.Series  # hashes of these groups
    wanted: pl.Series  # whether a row is in one of them, for every row of all parts
    rows: int


class Kept:
    """The columns of all rows that rules compare, and what the rules about the whole sheet saw of them."""

    def __init__(self, checker: Checker, like: Listings, columns: Sequence[str]) -> None:
        """`like` are the listings without their rows; the columns are those that `rows` gives, `checker.compared` at least."""
        self._checker, self._like, self._columns = checker, like, columns
        self._shuffles = checker.shuffles(like)
        folds = dict.fromkeys(fold for shuffle in self._shuffles for fold in shuffle.folds)
        self._folded = {fold: f"#key{number}" for number, fold in enumerate(folds)}
        self._suspected: list[list[pl.Series]] = [[] for _ in self._shuffles]  # hashes of suspicious groups
        self._looks: list[list[Look]] = [[] for _ in checker.sheet_rules()]
        self._samples: dict[str, list[bytes]] = {column: [] for column in checker.studied(like)}
        self._shelf = Shelf()
        self._parts: list[_Part] = []
        self.height = 0

    def add(self, part: Listings) -> None:
        """Look at the rows of the next part and put them away. Raises `Unwritable`."""
        checker, frame = self._checker, part.frame
        for column, samples in self._samples.items():
            samples.append(packed(sample(frame[column]).to_frame()))
        for seen, looks in zip(self._looks, checker.looks(part, self._like, self.height), strict=True):
            seen.extend(look._replace(places=_of_its_own(look.places)) for look in looks)
        keys = frame.select(folded(fold).alias(name) for fold, name in self._folded.items())
        hashed = keys.select(hash_of(pl.col(name)).alias(name + HASHED) for name in keys.columns)
        found = checker.suspected(
            replace(part, frame=pl.concat([frame, keys, hashed], how="horizontal")), self._like, self._shuffles, self._folded
        )
        for suspected, hashes in zip(self._suspected, found, strict=True):
            suspected.append(hashes)
        self._parts.append(_Part(self._shelf.put(frame.select(self._columns)), self._shelf.put(hashed), self.height, frame.height))
        self.height += frame.height

    def rows(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Some columns of all rows; without being named, all that are kept."""
        return pl.concat([self._shelf.get(part.columns, columns) for part in self._parts])

    def batches(self, source: Source) -> Iterator[Batch]:
        """What the rules that see every row have found, as `Checker.whole` finds it. The source is that of all parts."""
        checker, like = self._checker, replace(self._like, sources=(source,))
        samples = {column: sample(pl.concat(map(unpacked, each)).to_series()) for column, each in self._samples.items()}
        proof, about = checker.proved(
            like, samples, lambda: self._listings(like, checker.columns(like, {column.partition("@")[0] for column in samples}))
        )
        yield from about
        yield from self._across(like, proof)
        graded_by = self._listings(like, checker.columns(like, ())) if checker.grades_rows else like
        for rule, looks in zip(checker.sheet_rules(), self._looks, strict=True):
            yield from checker.sheet(graded_by, like, rule, looks)

    def _listings(self, like: Listings, columns: Sequence[str]) -> Listings:
        return replace(like, frame=self.rows(columns))

    def _across(self, like: Listings, proof: Proof) -> Iterator[Batch]:
        """What depends on the proof, row by row, and what the groups show. Where their rows are few, one pass gathers all of them."""
        checker, needed = self._checker, self._checker.proved_columns(like)
        meetings = [one for number in range(len(self._shuffles)) if (one := self._meeting(number)).rows]
        room, gathered = LOADED, dict[int, list[bytes]]()
        for number, one in enumerate(meetings):
            if one.rows <= room:
                gathered[number] = []
                room -= one.rows
        with closing(ahead(self._each(needed, [meetings[number] for number in gathered]))) as parts:
            for part, frame in parts:
                rows = replace(like, frame=frame.select(needed))
                yield from (detached(shifted(batch, part.start)) for batch in checker.proved_part(rows, like, proof))
                for number, held in gathered.items():
                    held.extend(_taken(meetings[number], part, frame))
        for number, one in enumerate(meetings):
            tell("checking across rows", self.height * number // len(meetings), self.height)
            found = self._spread(one) if number not in gathered else _bucketed(one, gathered.pop(number))
            with closing(ahead(found)) as buckets:
                for bucket, frame in buckets:
                    rows = replace(like, frame=frame.drop(_AT))
                    batches = checker.across(rows, like, one.shuffle.rules, proof, bucket=bucket, among=one.among)
                    yield from (detached(moved(batch, frame[_AT])) for batch in batches)

    def _each(self, needed: Sequence[str], meetings: Sequence[_Meeting]) -> Generator[tuple[_Part, pl.DataFrame]]:
        """Part by part the columns that are needed, and those by which the rows of some meetings are judged."""
        columns = list(dict.fromkeys([*needed, *(name for one in meetings for name in one.shuffle.columns)]))
        names = list(dict.fromkeys(name for one in meetings for name in one.names))
        for part in self._parts:
            yield part, self._shelf.get(part.columns, columns).hstack(self._shelf.get(part.hashes, names))

    def _spread(self, meeting: _Meeting) -> Generator[tuple[tuple[int, int], pl.DataFrame]]:
        """Bucket by bucket the rows that meet, where all of them are too many to be in memory together."""
        count, rounds = (buckets_of(meeting.rows, most) for most in (AT_ONCE, max(AT_ONCE, LOADED)))
        for turn in range(rounds):
            held = []
            for part in self._parts:
                mine = meeting.wanted.slice(part.start, part.height)
                if mine.any():
                    rows = self._shelf.get(part.columns, meeting.shuffle.columns).hstack(self._shelf.get(part.hashes, meeting.names))
                    held.append(rows.with_row_index(_AT, part.start).filter(mine & _in_bucket(meeting.names, turn, rounds)))
            together = pl.concat(held)
            for bucket in range(turn, count, rounds):
                yield (bucket, count), together.filter(_in_bucket(meeting.names, bucket, count)).drop(meeting.names)

    def _meeting(self, number: int) -> _Meeting:
        """The groups of a shuffle that its rules must look at: suspicious in their part, or with rows in several parts."""
        shuffle = self._shuffles[number]
        names = [self._folded[fold] + HASHED for fold in shuffle.folds]
        hashes = [self._shelf.get(part.hashes, names) for part in self._parts]
        every = pl.concat([pl.concat(list(one)).drop_nulls().unique() for one in map(_columns, hashes)]).sort()
        among = pl.concat([every.filter(every == every.shift(1)), *self._suspected[number]]).unique()
        if among.is_empty():
            return _Meeting(shuffle, names, among, among, 0)
        meets = pl.any_horizontal(pl.col(name).is_in(among.implode()) for name in names).fill_null(value=False)
        wanted = pl.concat([one.select(meets.alias("wanted"))["wanted"] for one in hashes])
        return _Meeting(shuffle, names, among, wanted, int(wanted.sum()))


def _taken(meeting: _Meeting, part: _Part, frame: pl.DataFrame) -> Iterator[bytes]:
    """The rows of a part that meet, packed: as they are, they would hold all of it in memory."""
    mine = meeting.wanted.slice(part.start, part.height)
    if mine.any():
        yield packed(frame.select(*meeting.shuffle.columns, *meeting.names).with_row_index(_AT, part.start).filter(mine))


def _of_its_own(places: pl.DataFrame) -> pl.DataFrame:
    return unpacked(packed(places)) if places.height else places.clear()


def _columns(frame: pl.DataFrame) -> list[pl.Series]:
    return [column.alias("hash") for column in frame.get_columns()]


def _bucketed(meeting: _Meeting, held: list[bytes]) -> Generator[tuple[tuple[int, int], pl.DataFrame]]:
    """Bucket by bucket the rows that meet."""
    together = pl.concat(map(unpacked, held))
    count = buckets_of(together.height)
    for bucket in range(count):
        rows = together if count == 1 else together.filter(_in_bucket(meeting.names, bucket, count))
        yield (bucket, count), rows.drop(meeting.names)


def _in_bucket(names: Sequence[str], bucket: int, count: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(name) % count == bucket for name in names)
