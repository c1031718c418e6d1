"""What workers do with one part or one bucket. Everything is computed from files and may be done again anywhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO

import polars as pl

from listingkit.checker import Checker, Proof, shifted
from listingkit.config import DEFAULT, Config
from listingkit.distributed.store import PartFile, batches, files, joined, read_frames, write, write_frame
from listingkit.errors import ListingkitError
from listingkit.finding import Finding, Severity
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.mapping.apply import Plan, map_part
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.mapping.values import Seen, look
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW, Master
from listingkit.render import text
from listingkit.render.rows import render
from listingkit.report import lines
from listingkit.report.report import Report
from listingkit.rules.capped import Cap
from listingkit.rules.findings import Batch, Findings, missing
from listingkit.rules.sample import sample
from listingkit.rules.shuffle import buckets

Counts = Mapping[tuple[str, Severity], int]
ERRORS = {"store": pl.String, SOURCE: pl.UInt16, ROW: pl.UInt32, "sku": pl.String}


_CHECKERS: dict[str, Checker] = {}


@dataclass(frozen=True)
class Asked:
    """What is asked of the listings; travels to the workers."""

    stores: tuple[Marketplace, ...]
    as_of: date
    config: Config = DEFAULT
    templates: tuple[Template, ...] = ()

    def checker(self) -> Checker:
        """Put it to listings."""
        return Checker(self.stores, as_of=self.as_of, config=self.config, templates=self.templates)


@dataclass(frozen=True)
class Job:
    """What every task knows."""

    asked: Asked
    plan: Plan  # with the styles of the whole columns, as assumed
    proof: Proof  # of what the whole columns say, as assumed
    like: Listings  # the listings without rows
    headers: tuple[str, ...]  # of every part
    names: tuple[str, ...]  # of the parts
    out: str
    most: int  # findings of one rule that a task lists
    buckets: int
    number: str  # of this job, unlike every other's

    @property
    def checker(self) -> Checker:
        """The checker of this job; one a process."""
        if self.number not in _CHECKERS:
            _CHECKERS.clear()
            _CHECKERS[self.number] = self.asked.checker()
        return _CHECKERS[self.number]

    @property
    def shuffled(self) -> str:
        return joined(self.out, "_shuffle")


@dataclass(frozen=True)
class Told:
    """What a task tells of its part: all that the whole needs, and never its rows."""

    rows: int
    counts: Counts
    seen: Mapping[Assignment, Seen] = field(default_factory=dict)
    samples: Mapping[str, pl.Series] = field(default_factory=dict)
    absent: Sequence[tuple[Batch, int]] = ()  # columns that the sheet lacks, with the number of rows that miss them
    source: Source | None = None
    kinds: frozenset[str] = frozenset()  # product types
    held: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)  # (shuffle, bucket) -> parts that filled it


def check_part(part: PartFile, job: Job) -> Told:
    """Check the rows of one part, leave its findings, and its compared columns in the buckets of every shuffle."""
    cap = Cap(job.most)
    found: list[Batch] = []
    seen: dict[Assignment, Seen] = {}
    samples: dict[str, list[pl.Series]] = {name: [] for name in job.proof.samples}
    spread: dict[tuple[int, int], list[pl.DataFrame]] = {}
    errors = [pl.DataFrame(schema=ERRORS)]
    rows, source = 0, Source(part.name, None, {}, {})
    notes: dict[Finding, None] = {}
    kinds: set[str] = set()
    sheet: list[pl.DataFrame] = []
    for master in batches(part):
        _same_columns(master, job, part)
        for assignment in job.plan.assignments:
            looked = look(master.frame[assignment.column.letter], assignment)
            if looked is not None:
                seen[assignment] = seen[assignment] + looked if assignment in seen else looked
        listings = listings_of(master, job.plan, part.name)
        batch = job.checker.part(listings, job.proof)
        notes |= dict.fromkeys(master.notes)
        errors += list(_errors(batch, listings, job.checker, part.number))
        found += cap(shifted(one, rows) for one in batch)
        for name, held in samples.items():
            if name in listings.frame.columns:
                held.append(sample(listings.frame[name]))
        if "product_type" in listings.frame.columns:
            kinds |= set(listings.frame["product_type"].drop_nulls().unique().to_list())
        _spread(spread, listings, part, job)
        sheet.append(_numbered(listings, part).select(job.checker.sheet_columns(job.like)))
        rows, source = rows + listings.frame.height, listings.sources[0]
    for (number, bucket), frames in spread.items():
        write_frame(_bucket_file(job, number, bucket, part.number), pl.concat(frames))
    write_frame(joined(job.shuffled, "errors", f"part-{part.number:05}.arrow"), pl.concat(errors))
    write_frame(joined(job.shuffled, "sheet", f"part-{part.number:05}.arrow"), pl.concat(sheet))
    findings = Findings([one for one in found if one.absent is None], [source], list(notes), rest=cap.rest())
    leave(findings, joined(job.out, "findings", f"part-{part.number:05}.jsonl"))
    return Told(
        rows,
        findings.counts(),
        seen,
        {name: sample(pl.concat(held)) for name, held in samples.items() if held},
        [(replace(one, covers=None), len(one.covers)) for one in found if one.absent is not None and one.covers is not None],
        source,
        frozenset(kinds),
        dict.fromkeys(spread, (part.number,)),
    )


def judge_bucket(number: int, bucket: int, parts: tuple[int, ...], told: Source, job: Job) -> Counts:
    """Judge the groups of one bucket of one shuffle, and leave their findings."""
    frame = pl.concat(read_frames([_bucket_file(job, number, bucket, part) for part in parts]), how="diagonal")
    sources = [replace(told, file=name) for name in job.names]
    checker = job.checker
    rows = replace(job.like, frame=frame, sources=tuple(sources))
    batches = checker.across(rows, job.like, checker.shuffles(job.like)[number].rules, (bucket, job.buckets), job.proof)
    cap = Cap(job.most)
    findings = Findings(list(cap(batches)), sources, rest=cap.rest())
    leave(findings, joined(job.out, "findings", f"across-{number}-{bucket:05}.jsonl"))
    places = pl.DataFrame({SOURCE: frame[SOURCE], ROW: frame[ROW], "sku": frame["sku"]})
    held = [_error_rows(findings, store.code, places) for store in job.checker.stores]
    write_frame(joined(job.shuffled, "errors", f"across-{number}-{bucket:05}.arrow"), pl.concat([pl.DataFrame(schema=ERRORS), *held]))
    return findings.counts()


def judge_sheet(told: Source, job: Job) -> Counts:
    """Say once what is true of many rows, and leave it."""
    frame = pl.concat(read_frames(files(joined(job.shuffled, "sheet"))), how="diagonal")
    sources = tuple(replace(told, file=name) for name in job.names)
    batches = job.checker.sheet(replace(job.like, frame=frame, sources=sources), job.like)
    cap = Cap(job.most)
    findings = Findings(list(cap(batches)), sources, rest=cap.rest())
    leave(findings, joined(job.out, "findings", "sheet.jsonl"))
    skus = frame["sku"] if "sku" in frame.columns else pl.Series([None], dtype=pl.String)
    places = pl.DataFrame({SOURCE: frame[SOURCE], ROW: frame[ROW]}).with_columns(skus.alias("sku"))
    held = [_error_rows(findings, store.code, places) for store in job.checker.stores]
    write_frame(joined(job.shuffled, "errors", "sheet.arrow"), pl.concat([pl.DataFrame(schema=ERRORS), *held]))
    return findings.counts()


def render_part(part: PartFile, store: str, template: Template, held: pl.DataFrame, job: Job) -> int:
    """Write the upload of one part for one marketplace, without its held rows; says how many rows it has."""
    place = next(one for one in job.checker.stores if one.code == store)
    uploads = []
    for master in batches(part):
        listings = listings_of(master, job.plan, part.name)
        kept = listings.frame.select(~pl.col(ROW).is_in(held[ROW].to_list())).to_series()
        if "parent_sku" in listings.frame.columns:
            kept &= ~listings.frame["parent_sku"].is_in(held["sku"].drop_nulls().to_list()).fill_null(value=False)
        uploads.append(render(listings, place, template, keep=kept))
    upload = Upload(template, pl.concat([one.frame for one in uploads], how="diagonal"), store)
    write(joined(job.out, store, f"part-{part.number:05}.txt"), text.text(upload))
    return upload.frame.height


def listings_of(master: Master, plan: Plan, name: str) -> Listings:
    """A batch of the part of this name, mapped as planned."""
    mapped = map_part(replace(master, file=name), plan)
    frame = mapped.frame.with_columns(pl.lit(0, pl.UInt16).alias(SOURCE)).select(ROW, SOURCE, pl.exclude(ROW, SOURCE))
    return Listings(frame, (mapped.source,), plan.profile.language, (), plan.profile.lend, mapped.currencies, mapped.lost)


def _same_columns(master: Master, job: Job, part: PartFile) -> None:
    headers = [column.header for column in master.columns]
    if headers != list(job.headers):
        odd = [header for header in headers if header not in job.headers] or [header for header in job.headers if header not in headers]
        what = f"column {odd[0]!r} is not in both" if odd else "their order differs"
        raise ListingkitError(f"{part.url}: its columns are not those of the first part ({what}); parts of one master have the same header")


def _numbered(listings: Listings, part: PartFile) -> pl.DataFrame:
    """The rows with the number of their part."""
    return listings.frame.with_columns(pl.lit(part.number, pl.UInt16).alias(SOURCE))


def _spread(spread: dict[tuple[int, int], list[pl.DataFrame]], listings: Listings, part: PartFile, job: Job) -> None:
    frame = _numbered(listings, part)
    for number, shuffle in enumerate(job.checker.shuffles(job.like)):
        for bucket, rows in buckets(frame, shuffle, job.buckets):
            spread.setdefault((number, bucket), []).append(rows)


def _bucket_file(job: Job, number: int, bucket: int, part: int) -> str:
    return joined(job.shuffled, f"{number}-{bucket:05}", f"part-{part:05}.arrow")


def _errors(batches: Sequence[Batch], listings: Listings, checker: Checker, part: int) -> list[pl.DataFrame]:
    findings = Findings(batches, listings.sources)
    skus = listings.frame["sku"] if "sku" in listings.frame.columns else pl.Series([None], dtype=pl.String)
    places = pl.DataFrame({ROW: listings.frame[ROW], "sku": skus}).with_columns(pl.lit(part, pl.UInt16).alias(SOURCE))
    return [_error_rows(findings, store.code, places) for store in checker.stores]


def _error_rows(findings: Findings, store: str, places: pl.DataFrame) -> pl.DataFrame:
    rows = sorted(findings.error_rows(store))
    return places[rows].select(pl.lit(store).alias("store"), SOURCE, ROW, "sku")


def leave(findings: Findings, url: str) -> None:
    """Write findings as jsonl."""
    stream = StringIO()
    lines.write(Report(findings=findings), stream)
    write(url, stream.getvalue().encode())


def together(absent: Sequence[tuple[Batch, int]]) -> list[Batch]:
    """What is absent in every part, said once with the number of all rows that miss it."""
    counted: dict[tuple[object, ...], tuple[Batch, int]] = {}
    for batch, rows in absent:
        key = batch.code, batch.severity, batch.column, batch.stores, batch.absent
        first, before = counted.get(key, (batch, 0))
        counted[key] = first, before + rows
    return [
        replace(batch, absent=None, flaws=[replace(batch.flaws[0], message=missing(batch.field, batch.flaws[0], rows, batch.first))])
        for batch, rows in counted.values()
    ]


def added(counts: Sequence[Counts]) -> dict[tuple[str, Severity], int]:
    """The counts of several tasks together."""
    total: Counter[tuple[str, Severity]] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))
