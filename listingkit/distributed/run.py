"""The driver: plan by the first parts, check every part and every bucket, and once more where the whole says something else."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, partial
from itertools import product
from math import ceil
from typing import Any, NamedTuple
from uuid import uuid4

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.build import named
from listingkit.config import DEFAULT, Config
from listingkit.defined import NOTHING, Definitions
from listingkit.distributed.cluster import Tasks, all_or_nothing, readying
from listingkit.distributed.held import PLACE, held_rows, wrong_rows
from listingkit.distributed.job import Asked, Counts, Job, PartTold, Told, listings_of
from listingkit.distributed.meeting import place
from listingkit.distributed.reading import Reading, batches
from listingkit.distributed.store import PARQUET, PartFile, Space, Spread, joined, part_files, remove, write
from listingkit.distributed.whole import known, left_whole
from listingkit.distributed.work import Fixes, added, check_part, judge_bucket, judge_sheet, meet, render_part, take
from listingkit.errors import ListingkitError
from listingkit.finding import Severity
from listingkit.holding import Policy
from listingkit.inventory import builtin
from listingkit.inventory.template import Template
from listingkit.job import named_marketplaces, stores_of
from listingkit.mapping.apply import complain, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import SOURCE, Source
from listingkit.mapping.pieces import look_at, needs_every_row, styles_of
from listingkit.mapping.profile import Profile, load
from listingkit.mapping.values import Seen, glance_at
from listingkit.mapping.votes import LOOKED_AT
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW, Master
from listingkit.rules.capped import MOST
from listingkit.rules.exceptions import Use, exceptions
from listingkit.rules.sample import sample

LARGEST_SHEET = 5_000_000  # rows that one worker can hold to say what is true of the whole sheet; few are ever named
BUCKET = 500_000  # rows that meet in one bucket
SQUEEZED = 5  # times that parquet is smaller than its texts


class Done(Struct, frozen=True):
    """What a run found. Findings and uploads lie in the output folder, one file a part."""

    rows: int
    counts: Counts  # findings by code and severity
    held: Mapping[str, int]  # rows that are held back, by marketplace; after rendering those that the uploads lack
    shipped: Mapping[str, int]  # rows in the uploads, by marketplace
    kinds: tuple[str, ...]  # product types
    job: Job
    fixed: Mapping[str, int]  # cells that safe fixes change in the uploads, by marketplace
    uses: Mapping[int, Use]  # what the exceptions of the config came to, by number
    sheet: bool  # whether the rules about the whole sheet were asked
    wrong: Mapping[str, int] = {}  # rows in the uploads with errors, where it was asked to ship them, by marketplace

    @property
    def errors(self) -> int:
        """Findings at severity error."""
        return sum(count for (_, severity), count in self.counts.items() if severity == Severity.ERROR)


class Options(Struct, frozen=True):
    """What is asked of a master in many files; the words of `listingkit check` and `listingkit build`."""

    marketplaces: Sequence[str] = ()
    profile: str | Profile | None = None
    as_of: date | None = None  # None: today
    config: Config = DEFAULT
    templates: Sequence[Template] = ()
    definitions: Definitions = field(default_factory=dict)
    most: int = MOST  # findings of one rule that a task lists
    category: str | None = None  # product type of rows that state none
    encoding: str | None = None  # of text parts, as the next two, where detection is wrong
    delimiter: str | None = None
    header_row: int | None = None
    policy: Policy = "hold"  # of rendering: rows with errors are held back, nothing ships while there are any, or all ship
    fix: bool = True  # of rendering: apply safe fixes to the uploads

    @property
    def reading(self) -> Reading:
        """How text parts are read."""
        return Reading(self.encoding, self.delimiter, self.header_row)


def check(urls: str | Sequence[str], out: str, *, client: Any, **asked: Any) -> Done:
    """Check the parts of a master; findings lie in `out`/findings, one jsonl file a part and a bucket, and `out`/summary.json.

    `urls` are addresses or patterns of csv or parquet files with the same header, of any file system of fsspec; `asked` are
    `Options`. Raises what `listingkit check` raises, and `ListingkitError` where the profile makes rows depend on each other;
    then nothing is left in `out`.
    """
    options = Options(**asked)
    parts = part_files(urls)
    with readying(client):
        job = _assumed(parts, out, options)
    with all_or_nothing(client, job.space) as tasks:
        found = _round(tasks, parts, job)
        held = _held(tasks, found)
        done = replace(_done(found), held={one.code: held.filter(pl.col("store") == one.code).height for one in job.asked.stores})
        _leave_summary(done)
    return done


def render(urls: str | Sequence[str], out: str, *, client: Any, **asked: Any) -> Done:
    """Check as `check` does, then write the uploads as `build` does: `out`/MARKETPLACE/part-00000.txt, one a part.

    Safe fixes are applied and the rows judged again; rows that are still wrong are held back, and a held parent holds its children.
    """
    options = Options(**asked)
    parts = part_files(urls)
    with readying(client):
        job = _assumed(parts, out, options)
    stores = named(job.asked.stores)
    leaves = (*job.space.leaves, *(store.code for store in stores))
    job = replace(job, space=Space(out, leaves), fixing=options.fix)
    with all_or_nothing(client, job.space) as tasks:
        found = _round(tasks, parts, job)
        done = _done(found)
        mended: dict[str, _Round] = {}
        for store in stores:
            made = _rendered(tasks, parts, store, found, done, mended)
            done = replace(
                done,
                shipped={**done.shipped, store.code: made.shipped},
                held={**done.held, store.code: done.rows - made.shipped},
                fixed={**done.fixed, store.code: made.fixed},
                wrong={**done.wrong, store.code: made.wrong},
            )
        _leave_summary(done)
    return done


class _Round(Struct, frozen=True, dict=True):
    """What all tasks tell that judge every row once."""

    job: Job
    parts: Sequence[PartTold]
    judged: Sequence[Told]  # buckets and the sheet
    whole: Told
    sheet: bool  # whether the rules about the whole sheet were asked

    @property
    def told(self) -> list[Told]:
        """All of it."""
        return [*self.judged, *self.parts, self.whole]

    @cached_property
    def wrong(self) -> pl.DataFrame:
        """The rows with an error, once for each marketplace."""
        return wrong_rows([one.errors for one in self.told if one.errors])

    @property
    def fixed(self) -> dict[str, int]:
        """Cells that safe fixes change, by marketplace ("": in every one)."""
        return _summed([one.fixed for one in self.told])

    def fixes(self, store: str, part: PartFile) -> Fixes:
        """Those of one part. What rows show together comes first, as everywhere."""
        return Fixes(store, [one.fixes for one in (*self.judged, self.parts[part.number]) if one.fixes])


def _summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {key: sum(one.get(key, 0) for one in counts) for key in dict.fromkeys(key for one in counts for key in one)}


def _round(tasks: Tasks, parts: Sequence[PartFile], job: Job, fixes: Callable[[PartFile], Fixes] = lambda _: Fixes()) -> _Round:
    """Judge every row, as often as the whole says something else than what was assumed."""
    while True:
        shared = tasks.shared(job)
        told: list[PartTold] = tasks.do("checking parts", check_part, [(part, fixes(part)) for part in parts], shared=[shared])
        right = known(job, told)
        if right is None:
            break
        remove(joined(job.space.out, job.round))
        job = right
    source = next((one.source for one in told if one.source), Source("", None, {}, {}))
    looked = [one.looked for one in told if one.looked]
    few = sum(one.rows for one in looked) <= LARGEST_SHEET
    sheet = tasks.begun(judge_sheet, [(looked,)], shared=[source, shared]) if few else []
    judged = _across(tasks, told, sheet, source, shared, job)
    return _Round(job, told, judged, left_whole(job, told, judged, source), sheet=few)


def _across(tasks: Tasks, told: Sequence[PartTold], beside: Sequence[Any], source: Source, shared: Any, job: Job) -> list[Told]:
    """Judge the groups of rows that share a key; then what was begun beside it."""
    groups = tasks.shared([left.groups for one in told for left in one.compared])
    met: list[Spread] = tasks.do("comparing keys", meet, [(bucket,) for bucket in range(job.buckets)], shared=[groups, shared])
    where = tasks.shared(met)
    each = [(part, [left.rows for left in one.compared]) for part, one in enumerate(told) if any(bucket.holds(part) for bucket in met)]
    rows: list[Spread] = tasks.do("gathering rows", take, each, shared=[where, shared])
    numbers = range(len(job.asked.checker().shuffles(job.like)))
    places = product(numbers, range(job.buckets))
    full = [(number, bucket) for number, bucket in places if any(one.holds(place(number, bucket, job.buckets)) for one in rows)]
    return tasks.do("checking across rows", judge_bucket, full, shared=[tasks.shared(rows), where, source, shared], beside=beside)


def _done(found: _Round) -> Done:
    rows = sum(one.rows for one in found.parts)
    kinds = sorted({kind for one in found.parts for kind in one.kinds})
    uses: dict[int, Use] = {}
    for one in found.told:
        for number, use in one.uses.items():
            uses[number] = uses.get(number, Use()) + use
    return Done(rows, added([one.counts for one in found.told]), {}, {}, tuple(kinds), found.job, {}, uses, found.sheet)


def _held(tasks: Tasks, found: _Round, store: Marketplace | None = None) -> pl.DataFrame:
    """The rows that are held back, from this marketplace or from each."""
    families = [one for told in found.parts for one in told.families]
    wrong = found.wrong if store is None else found.wrong.filter(pl.col("store") == store.code)
    return held_rows(tasks, wrong, families, tasks.shared(found.job), found.job)


class _Upload(NamedTuple):
    """What was made for one marketplace."""

    shipped: int  # rows
    wrong: int  # of these with errors
    fixed: int  # cells


def _rendered(tasks: Tasks, parts: Sequence[PartFile], store: Marketplace, found: _Round, done: Done, mended: dict[str, _Round]) -> _Upload:
    """Write the uploads of one marketplace."""
    fixed = found.fixed
    own = store.code if fixed.get(store.code) else ""  # marketplaces without fixes of their own are judged again together
    cells = fixed.get("", 0) + fixed.get(store.code, 0)
    fixes = partial(found.fixes, own)
    if not cells:
        after = found
    else:
        if own not in mended:
            again = replace(found.job, silent=True, fixing=False, number=uuid4().hex)
            mended[own] = _round(tasks, parts, again, fixes)
        after = mended[own]
    shared = tasks.shared(after.job)
    held = _held(tasks, after, store)
    rows = {int(part): rows[ROW] for (part,), rows in held.partition_by(SOURCE, as_dict=True).items()}
    nothing = after.job.asked.policy == "strict" and any(_errors(one.counts) for one in after.told)
    given = next((one for one in after.job.asked.templates if store.code in one.marketplaces), None)
    template = tasks.shared(given or builtin.template("unified_full", store, product_types=done.kinds or ("PRODUCT",)))
    none = pl.Series([], dtype=pl.UInt32)
    each = [(part, store.code, template, None if nothing else rows.get(part.number, none), fixes(part)) for part in parts]
    shipped = sum(tasks.do(f"rendering {store.code}", render_part, each, shared=[shared]))
    wrong = after.wrong.filter((pl.col("store") == store.code) & pl.col("ships")).join(held, on=PLACE, how="anti").height
    return _Upload(shipped, wrong, sum(one.fixes_made for one in after.parts))


def _errors(counts: Counts) -> int:
    return sum(count for (_, severity), count in counts.items() if severity == Severity.ERROR)


def _assumed(parts: Sequence[PartFile], out: str, options: Options) -> Job:
    first = _first_rows(parts, options.reading)
    job = assumed(
        first,
        options.marketplaces,
        options.profile or Profile(),
        options.as_of or datetime.now(UTC).date(),
        options.config,
        tuple(options.templates),
        definitions=options.definitions,
        category=options.category,
    )
    return replace(
        job,
        asked=replace(job.asked, policy=options.policy),
        names=tuple(part.name for part in parts),
        space=Space(out, ("findings", "summary.json")),
        most=options.most,
        buckets=buckets_for(_estimated(parts, first)),
        reading=options.reading,
    )


def _first_rows(parts: Sequence[PartFile], how: Reading) -> Master:
    """The first part, with as many rows of the next ones as a plan looks at."""
    found: Master | None = None
    for part in parts:
        one = next(batches(part, how))
        if found is None:
            found = replace(one, file=part.name)
        elif [column.header for column in one.columns] == [column.header for column in found.columns]:
            found = replace(found, frame=pl.concat([found.frame, one.frame.head(LOOKED_AT)], how="diagonal_relaxed"))
        if found.frame.height >= LOOKED_AT:
            break
    assert found is not None
    return found


def _estimated(parts: Sequence[PartFile], first: Master) -> int:
    """About how many rows there are, by the texts of the first ones."""
    cells = first.frame.select(pl.exclude(ROW))
    if not cells.height or not cells.width:
        return 0
    each = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().fill_null(0).sum())).item() / cells.height + cells.width
    texts = sum(part.bytes * (SQUEEZED if part.url.endswith(PARQUET) else 1) for part in parts)
    return int(texts / each)


def buckets_for(rows: int) -> int:
    """How many buckets a shuffle has: every bucket costs a task, and holds all of its rows in memory."""
    return max(1, ceil(rows / BUCKET))


def assumed(
    first: Master,
    codes: Sequence[str],
    profile: str | Profile,
    day: date,
    config: Config,
    templates: tuple[Template, ...] = (),
    *,
    definitions: Definitions = NOTHING,
    category: str | None = None,
) -> Job:
    """What the first rows say about all of them. Raises what mapping raises."""
    profile = load(profile) if isinstance(profile, str) else profile
    complain([first], profile)
    planned = plan(first, profile)
    if needs_every_row(planned):
        raise ListingkitError(
            "the profile fills rows from other rows (fill_down, or a language a row): that needs the master on one machine"
        )
    seen: dict[Assignment, Seen] = {}
    glanced = glance_at(first.frame, planned.assignments)
    look_at(seen, first.frame, planned, glanced)
    planned = replace(planned, styles=styles_of(seen, planned, first.evidence))
    listings = listings_of(first, planned, first.file, category, glanced)
    stores = stores_of(codes, listings, templates, config) or named_marketplaces(listings)
    asked = Asked(tuple(stores), day, config, templates, dict(definitions))
    checker = asked.checker()
    like = replace(listings, frame=listings.frame.clear(), notes=(), lost=())
    samples = {column: sample(listings.frame[column]) for column in checker.studied(listings)}
    headers = tuple(column.header for column in first.columns)
    proof = checker.proved(like, samples)[0]
    return Job(asked, planned, proof, like, headers, (first.file,), Space("", ()), MOST, 1, uuid4().hex, category=category)


def _leave_summary(done: Done) -> None:
    job = done.job
    told = {
        "rows": done.rows,
        "held": dict(done.held),
        "shipped": dict(done.shipped),
        "with_errors": dict(done.wrong),
        "safe_fixes": dict(done.fixed),
        "as_of": job.asked.as_of.isoformat(),
        "parts": list(job.names),
        "whole_sheet_judged": done.sheet,
        "accepted": list(_accepted(done)),
        "findings": [{"code": code, "severity": severity, "count": count} for (code, severity), count in done.counts.items()],
    }
    write(joined(job.space.out, "summary.json"), (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def _accepted(done: Done) -> Iterator[dict[str, Any]]:
    """What the exceptions of the config accepted."""
    for one in exceptions(done.job.asked.config.exceptions):
        use = done.uses.get(one.number, Use())
        if use.count:
            yield {"rule": one.rule, "sku": one.sku, "reason": one.reason, "expires": one.expires.isoformat(), "count": use.count}
