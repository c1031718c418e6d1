"""What every task of a run knows, and what tasks tell the driver: never rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.checker import Checker, Proof
from listingkit.config import DEFAULT, Config
from listingkit.defined import Definitions
from listingkit.distributed.looked import Looked
from listingkit.distributed.meeting import Left
from listingkit.distributed.reading import Reading
from listingkit.distributed.store import PartFile, Space, Spread
from listingkit.errors import ListingkitError
from listingkit.finding import Finding, Severity
from listingkit.holding import Policy
from listingkit.inventory.template import Template
from listingkit.job import with_product_type
from listingkit.mapping.apply import Plan, map_part
from listingkit.mapping.assign import Assignment
from listingkit.mapping.glance import Glance
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.mapping.values import Seen
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import Master
from listingkit.rules.exceptions import Use
from listingkit.rules.findings import Batch

Counts = Mapping[tuple[str, Severity], int]

_CHECKERS: dict[str, Checker] = {}


class Asked(Struct, frozen=True):
    """What is asked of the listings; travels to the workers."""

    stores: tuple[Marketplace, ...]
    as_of: date
    config: Config = DEFAULT
    templates: tuple[Template, ...] = ()
    definitions: Definitions = field(default_factory=dict)
    policy: Policy = "hold"  # rows with errors: hold them back, ship nothing at all, ship them too

    def checker(self) -> Checker:
        """Put it to listings."""
        return Checker(self.stores, as_of=self.as_of, config=self.config, templates=self.templates, definitions=self.definitions)


class Job(Struct, frozen=True):
    """What every task knows."""

    asked: Asked
    plan: Plan  # with the styles of the whole columns, as assumed
    proof: Proof  # of what the whole columns say, as assumed
    like: Listings  # the listings without rows
    headers: tuple[str, ...]  # of every part
    names: tuple[str, ...]  # of the parts
    space: Space
    most: int  # findings of one rule that a task lists
    buckets: int
    number: str  # of this round, unlike every other's
    reading: Reading = field(default_factory=Reading)
    category: str | None = None  # product type of rows that state none
    fixing: bool = False  # leave the safe fixes
    silent: bool = False  # list no findings: it is only asked which rows are still wrong

    @property
    def checker(self) -> Checker:
        """The checker of this round; one a process."""
        if self.number not in _CHECKERS:
            _CHECKERS.clear()
            _CHECKERS[self.number] = self.asked.checker()
        return _CHECKERS[self.number]

    @property
    def round(self) -> str:
        """The name of the folder of what the tasks of this round leave for each other."""
        return f"_shuffle/{self.number}"


class Whole(NamedTuple):
    """What some rows say once of a column."""

    batch: Batch
    rows: int | None  # of these rows that it is said of, which may be none in one part; None: it is said of no row anywhere


class Told(Struct, frozen=True):
    """What a task tells of its rows: all that the whole needs, and never the rows."""

    counts: Counts
    errors: str = ""  # the file of rows that are wrong
    fixes: str = ""  # the file of cells that safe fixes change
    fixed: Mapping[str, int] = field(default_factory=dict)  # how many there are by marketplace ("": in every one)
    more: Mapping[str, int] = field(default_factory=dict)  # findings by code that are counted and not listed
    uses: Mapping[int, Use] = field(default_factory=dict)  # what exceptions came to


class PartTold(Told, frozen=True):
    """What the check of one part tells."""

    rows: int = 0
    seen: Mapping[Assignment, Seen] = field(default_factory=dict)
    samples: Mapping[str, pl.Series] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)  # sampled column -> cells that are not blank
    whole: Sequence[Whole] = ()
    notes: Sequence[Finding] = ()  # on the mapping of columns
    source: Source | None = None
    kinds: frozenset[str] = frozenset()  # product types
    fixes_made: int = 0  # cells that were changed before the rows were judged
    compared: Sequence[Left] = ()  # with the rows of other parts
    families: Sequence[Spread] = ()  # children by the bucket of their parent
    looked: Looked | None = None  # what the rules about the whole sheet saw


def listings_of(master: Master, plan: Plan, name: str, category: str | None = None, known: Glance | None = None) -> Listings:
    """A batch of the part of this name, mapped as planned; what is `known` of it need not be asked again."""
    mapped = map_part(replace(master, file=name), plan, known)
    listings = replace(mapped.listings(plan.profile), notes=mapped.notes)
    return with_product_type(listings, category)


def same_columns(master: Master, job: Job, part: PartFile) -> None:
    """Raise `ListingkitError` where a part has other columns than the first."""
    headers = [column.header for column in master.columns]
    if headers != list(job.headers):
        odd = [header for header in headers if header not in job.headers] or [header for header in job.headers if header not in headers]
        what = f"column {odd[0]!r} is not in both" if odd else "their order differs"
        raise ListingkitError(f"{part.url}: its columns are not those of the first part ({what}); parts of one master have the same header")


def numbered(listings: Listings, part: PartFile) -> pl.DataFrame:
    """The rows with the number of their part."""
    return listings.frame.with_columns(pl.lit(part.number, pl.UInt16).alias(SOURCE))
