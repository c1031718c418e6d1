"""Rules across rows of many parts: which groups of rows that share a key must be judged, and the rows of these.

Every part sieves its own groups, and leaves its compared columns and the hashes of its keys, those of suspicious groups twice. Where
the hashes of all parts meet, a group that is there twice must be judged: it is suspicious, or stands in several pieces. Only the rows
of such groups are taken out of the parts again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from listingkit.checker import Checker
from listingkit.distributed.store import Spread, read_bucket, write_buckets, write_frames
from listingkit.kept import Keys
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.rules.groups import HASHES
from listingkit.rules.shuffle import BUCKET, buckets

HASH = "hash"
SHUFFLE = "shuffle"  # by its number
GROUPS = {SOURCE: pl.UInt16, SHUFFLE: pl.UInt8, HASH: pl.UInt32}  # a part has rows with keys of this hash


class Left(NamedTuple):
    """What some pieces of a part leave to be compared."""

    rows: Spread  # piece by piece the columns that rules across rows read, and the hashes of the keys
    groups: Spread  # by bucket


class Compared:
    """The rows of some pieces of a part, as they are compared with others."""

    def __init__(self, checker: Checker, like: Listings, part: int, count: int) -> None:
        """`like` are the listings without rows; groups meet in `count` buckets."""
        self._keys, self._part, self._count = Keys(checker, like), part, count
        read = {column for shuffle in self._keys.shuffles for column in shuffle.columns}
        self._columns = [column for column in like.frame.columns if column in read]
        self._rows: list[pl.DataFrame] = []
        self._groups: dict[int, list[pl.DataFrame]] = {}

    def take(self, rows: Listings) -> None:
        """Sieve the groups of a piece."""
        hashes, suspected = self._keys.sieved(rows)
        groups = pl.concat([pl.DataFrame(schema=GROUPS), *self._twice(hashes, suspected)])
        placed = groups.with_columns(_bucket(HASH, self._count).alias(BUCKET))
        for (bucket,), mine in placed.partition_by(BUCKET, as_dict=True, include_key=False).items():
            self._groups.setdefault(int(bucket), []).append(mine)
        self._rows.append(rows.frame.select(*self._columns).hstack(hashes))

    def _twice(self, hashes: pl.DataFrame, suspected: Sequence[pl.Series]) -> Iterator[pl.DataFrame]:
        """The groups of every shuffle, the suspicious ones twice."""
        for number, (shuffle, suspicious) in enumerate(zip(self._keys.shuffles, suspected, strict=True)):
            there = pl.concat([hashes[name].alias(HASH) for name in self._keys.hashes(shuffle)]).drop_nulls().unique()
            groups = pl.concat([there, suspicious.alias(HASH)]).to_frame()
            yield groups.select(pl.lit(self._part, pl.UInt16).alias(SOURCE), pl.lit(number, pl.UInt8).alias(SHUFFLE), HASH)

    def left(self, rows: str, groups: str) -> Left:
        """Leave them in two files, and begin anew."""
        left = Left(write_frames(rows, self._rows), write_buckets(groups, self._groups, self._count))
        self._rows, self._groups = [], {}
        return left


def met(groups: Sequence[pl.DataFrame], parts: int) -> dict[int, list[pl.DataFrame]]:
    """The groups that must be judged, of all groups of a bucket: by part those that it has rows of, behind the last part all of them."""
    every = pl.concat([pl.DataFrame(schema=GROUPS), *groups])
    twice = pl.concat([every.clear(), *(one.filter(pl.col(HASH).is_duplicated()).unique() for one in every.partition_by(SHUFFLE))])
    once = twice.unique([SHUFFLE, HASH]).with_columns(pl.lit(parts, pl.UInt16).alias(SOURCE))
    return {int(part): [mine] for (part,), mine in pl.concat([twice, once]).partition_by(SOURCE, as_dict=True).items()}


def by_shuffle(groups: Sequence[pl.DataFrame]) -> dict[int, pl.Series]:
    """The hashes of groups by the number of their shuffle."""
    found = pl.concat([pl.DataFrame(schema=GROUPS), *groups]).partition_by(SHUFFLE, as_dict=True)
    return {int(number): mine[HASH] for (number,), mine in sorted(found.items())}


def taken(left: Sequence[Spread], wanted: Mapping[int, pl.Series], keys: Keys, count: int) -> dict[int, list[pl.DataFrame]]:
    """The rows that a part left and that stand in wanted groups, by their `place`; a piece at a time is in memory."""
    found: dict[int, list[pl.DataFrame]] = {}
    for piece in (piece for file in left for number in range(len(file.ends)) for piece in read_bucket([file], number)):
        for number, hashes in wanted.items():
            names = keys.hashes(keys.shuffles[number])
            inside = [pl.when(pl.col(name).is_in(hashes.implode())).then(_bucket(name, count)).alias(name) for name in names]
            numbers = piece.select(inside)
            here = numbers.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
            for bucket, rows in buckets(piece.select(keys.shuffles[number].columns).filter(here), numbers.filter(here)):
                found.setdefault(place(number, bucket, count), []).append(rows)
    return found


def place(number: int, bucket: int, count: int) -> int:
    """Where the rows for a bucket of a shuffle lie in the file of their part."""
    return number * count + bucket


def _bucket(name: str, count: int) -> pl.Expr:
    """The bucket, of so many, in which a hash meets its like."""
    return pl.col(name) // -(-HASHES // count)
