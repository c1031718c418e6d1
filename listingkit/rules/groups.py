"""Rows that share a key: rules with the same keys group the rows once, and only suspicious groups are looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Rule, call
from listingkit.rules.task import Run, kept

KEY = "#key"  # what the rows of a group share
INDEX = "#index"  # of the row in the listings' frame
ROLE = "#role"  # the key field that brought the row into the group
AT_ONCE = 125_000  # rows that are grouped together: grouping takes several times the memory of the rows
NUMBER = "#number"  # how messages name the row beside others
HASHES = 1 << 32  # what is kept of a key tells buckets, and nearly always whether another row has the same
HASHED = "#hash"  # ends the name of a column that has the hashes of another
Fold = tuple[str, Callable[[pl.Expr], pl.Expr] | None]  # a column of keys, and how a rule folds it


class Grouping(Struct, frozen=True):
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
    for sharing in _sharing(groupings):
        rows = _members(run, sharing)
        sieves = _sieves(sharing)
        marks = _marks(rows, sieves)
        for n, one in enumerate(sharing):
            if n in sieves and not marks[str(n)].any():
                continue
            found = rows.select(KEY, INDEX, ROLE, ROW, SOURCE, *one.held)
            if n in sieves:
                found = found.join(marks.filter(pl.col(str(n))).select(KEY), on=KEY, how="semi")
            if found.height:
                named = found.sort(KEY, INDEX, ROLE).with_columns(_name(run).alias(NUMBER))
                yield one, named.select(KEY, INDEX, ROLE, NUMBER, *one.held)


def suspected(run: Run, groupings: Sequence[Grouping]) -> pl.Series:
    """The hashes of the keys of all groups that any rule must look at."""
    found = [pl.DataFrame(schema={KEY: pl.String})]
    for sharing in _sharing(groupings):
        rows = _members(run, sharing)
        sieves = _sieves(sharing)
        if len(sieves) < len(sharing):
            found.append(rows.select(KEY))
        elif rows.height:
            found.append(_marks(rows, sieves).filter(pl.any_horizontal(pl.exclude(KEY))).select(KEY))
    return pl.concat(found).select(hash_of(pl.col(KEY))).to_series().unique()


def _sharing(groupings: Sequence[Grouping]) -> Iterator[list[Grouping]]:
    together: dict[tuple[object, ...], list[Grouping]] = {}
    for grouping in groupings:
        together.setdefault(grouping.shared, []).append(grouping)
    yield from together.values()


def _sieves(sharing: Sequence[Grouping]) -> dict[int, pl.Expr]:
    """By the number of the grouping."""
    held = [frozenset(plain for plain, column in one.held.items() if column) for one in sharing]
    return {n: call(one.rule.suspects, {"held": held[n]}) for n, one in enumerate(sharing) if one.rule.suspects}


def _marks(rows: pl.DataFrame, sieves: Mapping[int, pl.Expr]) -> pl.DataFrame:
    """For every group, by its key, what each sieve says of it."""
    return rows.lazy().group_by(KEY).agg(sieve.fill_null(value=True).alias(str(n)) for n, sieve in sieves.items()).collect()


def _members(run: Run, sharing: Sequence[Grouping]) -> pl.DataFrame:
    """Every row once for each of the keys that it has, but for rows that are alone where no rule speaks of these."""
    first = sharing[0]
    rule = first.rule
    held = {plain: column for one in sharing for plain, column in one.held.items()}
    base = run.frame.lazy().with_row_index(INDEX)
    if not rule.deletes:
        base = base.filter(kept(run))
    cells = [(pl.col(column) if column else pl.lit(None, pl.String)).alias(plain) for plain, column in held.items()]
    roles = pl.Enum(sorted(rule.keys))
    folds: list[tuple[str, Fold]] = [(key, (column, rule.normal)) for key in rule.keys if (column := first.held[key]) is not None]
    many = all(one.rule.several for one in sharing)
    if many and len(folds) == 1 and folds[0][1] in run.folded:
        base = base.filter(pl.col(run.folded[folds[0][1]] + HASHED).is_duplicated())
    parts = [
        base.select(INDEX, ROW, SOURCE, *cells, pl.lit(key, roles).alias(ROLE), _folded(run, fold).alias(KEY)).filter(
            pl.col(KEY).is_not_null() & in_bucket(pl.col(KEY), run.bucket) & _is_among(pl.col(KEY), run.among)
        )
        for key, fold in folds
    ]
    rows = pl.concat(parts)
    return (rows.filter(pl.col(KEY).is_duplicated()) if many else rows).collect()


def folded(fold: Fold) -> pl.Expr:
    """A column of keys, as a rule compares them."""
    column, normal = fold
    return normal(pl.col(column)) if normal else pl.col(column)


def _folded(run: Run, fold: Fold) -> pl.Expr:
    return pl.col(run.folded[fold]) if fold in run.folded else folded(fold)


def _is_among(key: pl.Expr, among: pl.Series | None) -> pl.Expr:
    return pl.lit(value=True) if among is None else hash_of(key).is_in(among.implode())


def buckets_of(rows: int, most: int = AT_ONCE) -> int:
    """How many buckets so many rows are grouped in: a power of two, so that a bucket of few is some of many."""
    return 1 << max(0, -(-rows // most) - 1).bit_length()


def bucket_of(key: pl.Expr, count: int) -> pl.Expr:
    """The bucket, of so many, in which the rows with this key meet; null where there is no key."""
    return pl.when(key.is_not_null()).then(key.hash(seed=0) % count)


def hash_of(key: pl.Expr) -> pl.Expr:
    """What is kept of a key; null where there is none. Its bucket, of so many as a power of two, is the rest of a division by it."""
    return pl.when(key.is_not_null()).then(key.hash(seed=0) % HASHES).cast(pl.UInt32)


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
