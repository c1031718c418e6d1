"""What only all rows together show, of rows that came part by part.

While a part is there, the rules about the whole sheet look at it, and rules across rows sieve its groups. Its compared columns are
packed, with the hashes of the keys: in the end only groups that are suspicious or stand in several parts are taken out again.
"""

import pickle
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import reduce
from operator import or_
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


class Keys:
    """What the rows of a part are compared by: the keys of every rule across rows, their hashes, and which groups look suspicious."""

    def __init__(self, checker: Checker, like: Listings) -> None:
        """`like` are the listings without their rows."""
        self._checker, self._like = checker, like
        self.shuffles = checker.shuffles(like)
        folds = dict.fromkeys(fold for shuffle in self.shuffles for fold in shuffle.folds)
        self.names = {fold: f"#key{number}" for number, fold in enumerate(folds)}

    def hashes(self, shuffle: Shuffle) -> list[str]:
        """The columns with the hashes of the keys of a shuffle."""
        return [self.names[fold] + HASHED for fold in shuffle.folds]

    def sieved(self, part: Listings) -> tuple[pl.DataFrame, list[pl.Series]]:
        """The hashes of the keys of every row, and for each shuffle those of its suspicious groups."""
        keys = part.frame.select(folded(fold).alias(name) for fold, name in self.names.items())
        hashed = keys.select(hash_of(pl.col(name)).alias(name + HASHED) for name in keys.columns)
        with_keys = replace(part, frame=pl.concat([part.frame, keys, hashed], how="horizontal"))
        return hashed, self._checker.suspected(with_keys, self._like, self.shuffles, self.names)


class Looked(NamedTuple):
    """What is kept of a part: nothing in it holds the part in memory, and all of it travels."""

    samples: Mapping[str, bytes]  # by column
    looks: Sequence[Sequence[Look]]  # by rule about the whole sheet; rows are those of the part
    suspected: Sequence[pl.Series]  # by shuffle the hashes of suspicious groups
    proved: bytes  # batches of what is wrong if the whole columns prove what is assumed, pickled
    columns: bytes
    hashes: bytes
    height: int


class Looking:
    """What is looked at in each part, by itself: how rows are compared, and what the rules about the whole sheet see of them."""

    def __init__(self, checker: Checker, like: Listings, columns: Sequence[str], samples: Mapping[str, pl.Series]) -> None:
        """`like` are the listings without their rows; the columns are those that are kept beside the compared ones.

        What the samples of some rows prove (`checker.samples`) is assumed of all.
        """
        self.checker, self.like = checker, like
        self.columns = list(dict.fromkeys([*checker.compared(like), *columns]))
        self.assumed = checker.proved(like, samples)[0]
        self.keys = Keys(checker, like)

    def __call__(self, part: Listings) -> Looked:
        """Look at the rows of a part."""
        frame = part.frame
        samples = {column: packed(values.to_frame()) for column, values in self.checker.samples(part).items()}
        looks = [[look._replace(places=_of_its_own(look.places)) for look in each] for each in self.checker.looks(part, self.like)]
        hashed, suspected = self.keys.sieved(part)
        proved = pickle.dumps(list(map(detached, self.checker.proved_part(part, self.like, self.assumed))), pickle.HIGHEST_PROTOCOL)
        return Looked(samples, looks, suspected, proved, packed(frame.select(self.columns)), packed(hashed), frame.height)


class _Part(NamedTuple):
    """Where what was proved of a part, its columns and its hashes lie, the number of its first row, and how many it has."""

    proved: Place
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

    def __init__(self, looking: Looking) -> None:
        self._checker, self._like = looking.checker, looking.like
        self._keys, self._assumed = looking.keys, looking.assumed
        self._suspected: list[list[pl.Series]] = [[] for _ in self._keys.shuffles]
        self._looks: list[list[Look]] = [[] for _ in self._checker.sheet_rules()]
        self._samples: dict[str, pl.Series] = {}
        self._shelf = Shelf()
        self._parts: list[_Part] = []
        self.height = 0

    def add(self, looked: Looked) -> None:
        """Put away what was seen of the next part. Raises `Unwritable`."""
        for column, content in looked.samples.items():
            one = unpacked(content).to_series()
            self._samples[column] = sample(pl.concat([self._samples[column], one])) if column in self._samples else one
        for seen, looks in zip(self._looks, looked.looks, strict=True):
            seen.extend(look.moved(self.height) for look in looks)
        for suspected, hashes in zip(self._suspected, looked.suspected, strict=True):
            suspected.append(hashes)
        lie = [self._shelf.put(content) for content in (looked.proved, looked.columns, looked.hashes)]
        self._parts.append(_Part(lie[0], lie[1], lie[2], self.height, looked.height))
        self.height += looked.height

    def rows(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Some columns of all rows; without being named, all that are kept."""
        return pl.concat([self._shelf.get(part.columns, columns) for part in self._parts])

    def batches(self, source: Source) -> Iterator[Batch]:
        """What the rules that see every row have found, as `Checker.whole` finds it. The source is that of all parts."""
        checker, like, samples = self._checker, replace(self._like, sources=(source,)), self._samples
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            meetings = pool.map(self._meeting, range(len(self._keys.shuffles)))  # found meanwhile
            proof, about = checker.proved(
                like, samples, lambda: self._listings(like, checker.columns(like, {column.partition("@")[0] for column in samples}))
            )
            yield from about
            yield from self._proved(like, proof)
            yield from self._across(like, proof, [one for one in meetings if one.rows])
        graded_by = self._listings(like, checker.columns(like, ())) if checker.grades_rows else like
        for rule, looks in zip(checker.sheet_rules(), self._looks, strict=True):
            yield from checker.sheet(graded_by, like, rule, looks)

    def _listings(self, like: Listings, columns: Sequence[str]) -> Listings:
        return replace(like, frame=self.rows(columns))

    def _proved(self, like: Listings, proof: Proof) -> Iterator[Batch]:
        """What is wrong with single rows as far as it depends on the proof: as the parts say, where they were judged by the same."""
        checker = self._checker
        if checker.proves_the_same(like, proof, self._assumed):
            for part in self._parts:
                found: list[Batch] = pickle.loads(self._shelf.content(part.proved))  # noqa: S301 -- from `Looking`
                yield from (shifted(batch, part.start) for batch in found)
            return
        needed = checker.proved_columns(like)
        for part in self._parts:
            rows = replace(like, frame=self._shelf.get(part.columns, needed))
            yield from (detached(shifted(batch, part.start)) for batch in checker.proved_part(rows, like, proof))

    def _across(self, like: Listings, proof: Proof, meetings: Sequence[_Meeting]) -> Iterator[Batch]:
        """What the groups show. Where their rows are few, one pass gathers all of them."""
        room, near = LOADED, set[int]()
        for number, one in enumerate(meetings):
            if one.rows <= room:
                near.add(number)
                room -= one.rows
        together = self._gathered([meetings[number] for number in sorted(near)])
        for number, one in enumerate(meetings):
            tell("checking across rows", self.height * number // len(meetings), self.height)
            found = _bucketed(one, together) if number in near else self._spread(one)
            with closing(ahead(found)) as buckets:
                for bucket, frame in buckets:
                    rows = replace(like, frame=frame.drop(_AT))
                    batches = self._checker.across(rows, like, one.shuffle.rules, proof, bucket=bucket, among=one.among)
                    yield from (detached(moved(batch, frame[_AT])) for batch in batches)

    def _gathered(self, meetings: Sequence[_Meeting]) -> pl.DataFrame:
        """The rows of some meetings, with the columns by which any of these are judged."""
        columns = list(dict.fromkeys(name for one in meetings for name in one.shuffle.columns))
        names = list(dict.fromkeys(name for one in meetings for name in one.names))
        wanted = reduce(or_, (one.wanted for one in meetings), pl.repeat(value=False, n=self.height, dtype=pl.Boolean, eager=True))
        found = [packed(rows) for rows in self._rows_of(wanted, columns, names)]  # as they are, they would hold all parts in memory
        return pl.concat(map(unpacked, found)) if found else pl.DataFrame()

    def _rows_of(self, wanted: pl.Series, columns: Sequence[str], names: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Part by part those of its rows that are wanted, with their numbers."""
        for part in self._parts:
            mine = wanted.slice(part.start, part.height)
            if mine.any():
                frame = self._shelf.get(part.columns, columns).hstack(self._shelf.get(part.hashes, names))
                yield frame.with_row_index(_AT, part.start).filter(mine)

    def _spread(self, meeting: _Meeting) -> Generator[tuple[tuple[int, int], pl.DataFrame]]:
        """Bucket by bucket the rows that meet, where all of them are too many to be in memory together."""
        count, rounds = (buckets_of(meeting.rows, most) for most in (AT_ONCE, max(AT_ONCE, LOADED)))
        for turn in range(rounds):
            every = self._rows_of(meeting.wanted, meeting.shuffle.columns, meeting.names)
            together = pl.concat([rows.filter(_in_bucket(meeting.names, turn, rounds)) for rows in every])
            for bucket in range(turn, count, rounds):
                yield (bucket, count), together.filter(_in_bucket(meeting.names, bucket, count)).drop(meeting.names)

    def _meeting(self, number: int) -> _Meeting:
        """The groups of a shuffle that its rules must look at: suspicious in their part, or with rows in several parts."""
        shuffle = self._keys.shuffles[number]
        names = self._keys.hashes(shuffle)
        hashes = [self._shelf.get(part.hashes, names) for part in self._parts]
        every = pl.concat([pl.concat(list(one)).drop_nulls().unique() for one in map(_columns, hashes)]).sort()
        among = pl.concat([every.filter(every == every.shift(1)), *self._suspected[number]]).unique()
        if among.is_empty():
            return _Meeting(shuffle, names, among, among, 0)
        meets = pl.any_horizontal(pl.col(name).is_in(among.implode()) for name in names).fill_null(value=False)
        wanted = pl.concat([one.select(meets.alias("wanted"))["wanted"] for one in hashes])
        return _Meeting(shuffle, names, among, wanted, int(wanted.sum()))


def _of_its_own(places: pl.DataFrame) -> pl.DataFrame:
    return unpacked(packed(places)) if places.height else places.clear()


def _columns(frame: pl.DataFrame) -> list[pl.Series]:
    return [column.alias("hash") for column in frame.get_columns()]


def _bucketed(meeting: _Meeting, gathered: pl.DataFrame) -> Generator[tuple[tuple[int, int], pl.DataFrame]]:
    """Bucket by bucket the rows that meet, of all that were gathered."""
    mine = gathered.filter(meeting.wanted.gather(gathered[_AT])).select(_AT, *meeting.shuffle.columns, *meeting.names)
    count = buckets_of(mine.height)
    for bucket in range(count):
        rows = mine if count == 1 else mine.filter(_in_bucket(meeting.names, bucket, count))
        yield (bucket, count), rows.drop(meeting.names)


def _in_bucket(names: Sequence[str], bucket: int, count: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(name) % count == bucket for name in names)
