"""One piece of checking work, and what a check looks at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl
from msgspec import Struct, field

from listingkit.config import Config
from listingkit.finding import Flaw, Safety, Severity
from listingkit.mapping.listings import SOURCE, Listings, View
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Context
from listingkit.rules.sample import sample


class Task(Struct, frozen=True):
    """One judge on one set of columns, for the marketplaces where it comes to the same."""

    code: str
    name: str
    severity: Severity
    safety: Safety
    plain: tuple[str, ...]  # plain field names, aligned with `columns`
    columns: tuple[str | None, ...]  # of the frame; None where the sheet has none
    judge: Callable[[tuple[Any, ...]], Flaw | None]
    suspects: pl.Expr
    stores: tuple[str, ...]
    shown: tuple[str | None, ...]
    whole: bool = False  # where the sheet has no such column, one finding speaks for all rows
    pattern: tuple[tuple[str, ...], str] | None = None  # of the suspects, those of which one of these columns holds this pattern
    then: pl.Expr | None = None  # of the suspects, those for which this holds
    about: str = ""  # the product type whose schema asks
    names: bool = False  # of the rows that miss the column the first is named: not every row needs it


class Silence(NamedTuple):
    """What a rule said about a whole column: it speaks for the rules there whose codes have this prefix, wherever it is not off itself."""

    by: str
    prefix: str
    column: str

    def concerns(self, code: str, columns: Collection[str | None]) -> bool:
        """Whether a rule that reads these columns is spoken for."""
        return code.startswith(self.prefix) and self.column in columns


class Run(Struct, frozen=True):
    """What one check looks at."""

    listings: Listings
    views: Mapping[str, View]  # by marketplace code; "" for a neutral check
    contexts: Mapping[str, Context]
    config: Config
    samples: dict[tuple[int, str], pl.Series] = field(default_factory=dict)  # by source and column; made when they are asked for
    bucket: tuple[int, int] | None = None  # (number, count): the frame has every row of the keys whose hash falls into this bucket
    among: pl.Series | None = None  # hashes of keys: the frame has every row of these, and others that are to be left alone
    elsewhere: Collection[tuple[str, str]] = ()  # product types by marketplace that Amazon's own files judge ("": all, by a template)
    folded: Mapping[tuple[str, Any], str] = field(default_factory=dict)  # columns of keys, with hashes beside: by column and `normal`

    def sample(self, source: int, column: str) -> pl.Series:
        """What the whole column of one sheet is judged by."""
        if (source, column) not in self.samples:
            mine = self.frame if len(self.listings.sources) == 1 else self.frame.filter(pl.col(SOURCE) == source)
            self.samples[source, column] = sample(mine[column])
        return self.samples[source, column]

    @property
    def frame(self) -> pl.DataFrame:
        return self.listings.frame

    def shown(self, stores: Sequence[str], *, specific: bool) -> tuple[str | None, ...]:
        """How findings name the marketplaces: not at all where the flaw is the same everywhere."""
        everywhere = len(stores) == len(self.views)
        if everywhere and (not specific or len(stores) > 1):
            return (None,)
        return tuple(code or None for code in stores)


def start(listings: Listings, stores: Sequence[Marketplace], *, as_of: date, config: Config) -> Run:
    """Choose the columns that each marketplace sees."""
    if stores:
        views = {store.code: listings.view(store) for store in stores}
        return Run(listings, views, {store.code: Context(store, as_of, config) for store in stores}, config)
    neutral: dict[str, str] = {}
    for name, column in zip(listings.names, _fields(listings.frame), strict=True):
        if name.qualifier is None or name.plain not in neutral:
            neutral[name.plain] = column
    return Run(listings, {"": View(None, neutral)}, {"": Context(None, as_of, config)}, config)


def _fields(frame: pl.DataFrame) -> list[str]:
    return [column for column in frame.columns if column not in (ROW, SOURCE)]


def kept(run: Run) -> pl.Expr:
    """Rows that do not delete a listing."""
    if "record_action" not in run.frame.columns:
        return pl.lit(value=True)
    return pl.col("record_action").ne_missing("delete")
