"""What a report is about: the findings of a run, and whatever else the run knows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import asdict

from listingkit.finding import Finding
from listingkit.report.tally import Tally, tally


class RuleCard(Struct, frozen=True):
    """What a report says of a rule."""

    code: str
    name: str
    doc: str  # what is asked, one sentence
    why: str = ""  # why the marketplace cares
    source: str = ""
    category: str = ""  # the subject: gtin, title, variation ...


class Input(Struct, frozen=True):
    """One sheet that was read."""

    file: str
    sheet: str | None = None
    rows: int | None = None
    encoding: str | None = None
    profile: str | None = None  # the profile or preset that mapped it


class Product(Struct, frozen=True):
    """A listing as a shopper meets it. `titles` by marketplace, where they differ from `title`."""

    sku: str
    title: str | None = None
    image: str | None = None  # URL of the main image; never fetched
    parent: str | None = None  # SKU of its variation parent
    titles: Mapping[str, str] = field(default_factory=dict)
    brand: str | None = None
    price: str | None = None


class ChangeCount(Struct, frozen=True):
    """The diff of one marketplace against its previous upload; counts of SKUs, `dangerous` of changes."""

    marketplace: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    dangerous: int = 0
    vanished: int = 0
    page: str | None = None  # the page of these changes, seen from the report


class Held(Struct, frozen=True):
    """Why rows are held back, or would be; each is counted once, for the first of these reasons."""

    errors: int = 0  # it has an error itself
    named: int = 0  # an error of another row names it
    columns: int = 0  # an error of a whole column concerns it
    parents: int = 0  # its parent is held back
    strict: int = 0  # nothing ships while there are errors
    fixes: int = 0  # an error that is there only when safe fixes are applied

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(asdict(self).values())

    @property
    def reasons(self) -> dict[str, int]:
        """Those that there are, with their rows; nothing where every row has an error itself."""
        told = {reason: rows for reason, rows in asdict(self).items() if rows}
        return {} if set(told) <= {"errors"} else told


class Run(Struct, frozen=True):
    """An earlier run, for the trend; `label` is how people call it (a date)."""

    label: str
    errors: int
    warnings: int
    rules: Mapping[str, int] | None = None  # findings by code, where somebody counted them


class Report(Struct, frozen=True, dict=True):
    """What there is to report. Only the findings are needed; each format shows what it is given.

    `findings` may be iterated more than once. Counts are rows of the master.
    """

    findings: Collection[Finding]
    rows: int | None = None  # read
    held: int | None = None  # from at least one marketplace: see listingkit.holding
    held_for: Held = Held()
    shipped: Mapping[str, int] = field(default_factory=dict)  # rows in the upload, by marketplace
    wrong: Mapping[str, int] = field(default_factory=dict)  # of these with errors, where it was asked to ship them, by marketplace
    wrong_for: Held = Held()  # why; rows that are shipped with errors to at least one marketplace
    mended: int = 0  # rows that are no longer wrong or held back anywhere, because safe fixes were applied
    freeing: bool = True  # a row whose errors are fixed ships: not so where it ships anyway, or waits for all others (--strict)
    inputs: Sequence[Input] = ()
    marketplaces: Sequence[str] = ()
    as_of: date | None = None
    tables: Sequence[str] = ()  # dated data that was judged by, such as "GS1 prefix table of 2026-11-23"
    version: str = ""
    unmapped: Sequence[str] = ()  # headers of columns that nothing was read from
    rules: Mapping[str, RuleCard] = field(default_factory=dict)
    products: Sequence[Product] = ()
    changes: Sequence[ChangeCount] = ()
    accepted: Sequence[tuple[Finding, str]] = ()  # not among the findings: what exceptions of the config accept, and why
    known: Sequence[Finding] | None = None  # not among the findings: what the baseline knows; None without a baseline
    gone: int = 0  # entries of the baseline that are findings no more
    paths: Mapping[str, str] = field(default_factory=dict)  # how the findings name a file -> its path from the working folder
    trend: Sequence[Run] = ()  # oldest first, this run left out

    @cached_property
    def tally(self) -> Tally:
        """The counts that every format needs, from one pass over the findings."""
        return tally(self.findings)

    def path(self, file: str) -> str:
        """Where a file of the findings lies, for programs that open it."""
        return self.paths.get(file, file)

    def rule(self, code: str) -> RuleCard | None:
        """The card of a rule, where one was given."""
        return self.rules.get(code)
