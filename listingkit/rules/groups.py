"""Rows that share a key: rules with the same keys group the rows once, and only suspicious groups are looked at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Rule
from listingkit.rules.task import Run, kept

KEY = "#key"  # what the rows of a group share
INDEX = "#index"  # of the row in the listings' frame
ROLE = "#role"  # the key field that brought the row into the group
AT_ONCE = 125_000  # rows that are grouped together: grouping takes several times the memory of the rows
NUMBER = "#number"  # how messages name the row beside others


@dataclass(frozen=True)
class Grouping:
    """One rule across rows, for the marketplaces that see the same columns."""

    rule: Rule
    held: Mapping[str, str | None]  # plain field -> column of the frame
    codes: Sequence[str]
    specific: bool  # other marketplaces see other columns

    @property
    def shared(self) -> tuple[object, ...]:
        """What groupings must have in common to group the rows once."""
        return self.rule.keys, self.rule.normal, self.rule.deletes, tuple(self.held[key] for key in self.rule.keys), tuple(self.codes)


def suspicious(run: Run, groupings: Sequence[Grouping]) -> Iterator[tuple[Grouping, pl.DataFrame]]:
    """The rows of every suspicious group, group by group: `#key`, `#index`, `#role`, `#number`, then the rule's fields."""
    together: dict[tuple[object, ...], list[Grouping]] = {}
    for grouping in groupings:
        together.setdefault(grouping.shared, []).append(grouping)
    for sharing in together.values():
        rows = _members(run, sharing)
        sieves = {n: one.rule.suspects() for n, one in enumerate(sharing) if one.rule.suspects}
        marks = rows.lazy().group_by(KEY).agg(sieve.fill_null(value=True).alias(str(n)) for n, sieve in sieves.items()).collect()
        for n, one in enumerate(sharing):
            if n in sieves and not marks[str(n)].any():
                continue
            found = rows.select(KEY, INDEX, ROLE, ROW, SOURCE, *one.held)
            if n in sieves:
                found = found.join(marks.filter(pl.col(str(n))).select(KEY), on=KEY, how="semi")
            if found.height:
                named = found.sort(KEY, INDEX, ROLE).with_columns(_name(run).alias(NUMBER))
                yield one, named.select(KEY, INDEX, ROLE, NUMBER, *one.held)


def _members(run: Run, sharing: Sequence[Grouping]) -> pl.DataFrame:
    """Every row once for each of the keys that it has."""
    first = sharing[0]
    rule = first.rule
    held = {plain: column for one in sharing for plain, column in one.held.items()}
    base = run.frame.lazy().with_row_index(INDEX)
    if not rule.deletes:
        base = base.filter(kept(run))
    cells = [(pl.col(column) if column else pl.lit(None, pl.String)).alias(plain) for plain, column in held.items()]
    roles = pl.Enum(sorted(rule.keys))
    parts = [
        base.select(INDEX, ROW, SOURCE, *cells)
        .with_columns(pl.lit(key, roles).alias(ROLE), (rule.normal(pl.col(key)) if rule.normal else pl.col(key)).alias(KEY))
        .filter(pl.col(KEY).is_not_null() & in_bucket(pl.col(KEY), run.bucket))
        for key in rule.keys
        if first.held[key] is not None
    ]
    return pl.concat(parts).collect()


def buckets_of(rows: int, most: int = AT_ONCE) -> int:
    """How many buckets so many rows are grouped in: a power of two, so that a bucket of few is some of many."""
    return 1 << max(0, -(-rows // most) - 1).bit_length()


def bucket_of(key: pl.Expr, count: int) -> pl.Expr:
    """The bucket, of so many, in which the rows with this key meet; null where there is no key."""
    return pl.when(key.is_not_null()).then(key.hash(seed=0) % count)


def buckets_in(frame: pl.DataFrame, keys: Mapping[str, pl.Expr], count: int) -> pl.DataFrame:
    """For every row the bucket, of so many, of each of some keys; null where a row has no key."""
    return frame.select(key.alias(name) for name, key in keys.items()).select(bucket_of(pl.col(name), count) for name in keys)


def in_bucket(key: pl.Expr, bucket: tuple[int, int] | None) -> pl.Expr:
    """Whether the rows with this key are judged here."""
    return pl.lit(value=True) if bucket is None or bucket[1] == 1 else bucket_of(key, bucket[1]) == bucket[0]


def _name(run: Run) -> pl.Expr:
    """By its number, of several sheets with the file's name."""
    number = pl.col(ROW).cast(pl.String)
    sources = run.listings.sources
    if len(sources) == 1:
        return number
    names = {place: source.file + (f" [{source.sheet}]" if source.sheet else "") for place, source in enumerate(sources)}
    return pl.format("{} of {}", number, pl.col(SOURCE).replace_strict(names, return_dtype=pl.String))
