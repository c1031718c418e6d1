"""What workers do with one part or one bucket. Everything is computed from files and may be done again anywhere."""

from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from pathlib import Path

import polars as pl
from msgspec import Struct
from msgspec.structs import asdict, replace

from listingkit import fixing
from listingkit.checker import shifted
from listingkit.distributed.job import Counts, Job, PartTold, Told, Whole, listings_of, numbered, same_columns
from listingkit.distributed.looked import Looked, Looks, put_together
from listingkit.distributed.meeting import Compared, Left, by_shuffle, met, place, taken
from listingkit.distributed.reading import batches
from listingkit.distributed.store import (
    PartFile,
    Spread,
    joined,
    read_bucket,
    read_frames,
    write,
    write_buckets,
    write_frame,
    write_through,
)
from listingkit.finding import Finding, Safety
from listingkit.holding import FAMILY, UNWRITABLE
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.kept import Keys
from listingkit.mapping.assign import Assignment
from listingkit.mapping.glance import Glance
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.mapping.pieces import look_at
from listingkit.mapping.values import Seen, glance_at
from listingkit.master.sheet import ROW, Master
from listingkit.render import text
from listingkit.render.rows import render
from listingkit.report import lines
from listingkit.report.report import Report
from listingkit.rules.capped import Cap
from listingkit.rules.exceptions import Use, weighed
from listingkit.rules.findings import Batch, Cell, Findings, marked
from listingkit.rules.graded import graded_notes
from listingkit.rules.groups import bucket_of
from listingkit.rules.sample import sample

ERRORS = {"store": pl.String, SOURCE: pl.UInt16, ROW: pl.UInt32, "sku": pl.String, "ships": pl.Boolean}  # whether it does all the same
HELD = {name: kind for name, kind in ERRORS.items() if name != "ships"}
FIXES = {"store": pl.String, SOURCE: pl.UInt16, ROW: pl.UInt32, "column": pl.String, "value": pl.String}
AT_ONCE = 1_000_000  # rows whose compared columns a worker holds before it writes them


class Fixes(Struct, frozen=True):
    """Safe fixes that the uploads of some marketplaces get: files of cells, and the marketplace ("": what holds in every one)."""

    store: str = ""
    urls: Sequence[str] = ()

    def of(self, part: PartFile) -> pl.DataFrame:
        """The cells of a part that they change, each once: of two for the same cell the first holds."""
        mine = [one.filter((pl.col(SOURCE) == part.number) & pl.col("store").is_in(["", self.store])) for one in read_frames(self.urls)]
        return pl.concat([pl.DataFrame(schema=FIXES), *mine]).unique([ROW, "column"], keep="first", maintain_order=True)


def check_part(part: PartFile, fixes: Fixes, job: Job) -> PartTold:
    """Check the rows of one part, leave its findings, and its compared columns in the buckets of every shuffle."""
    job.space.go_on()
    work, cells = _Part(part, job), fixes.of(part)
    for master in batches(part, job.reading):
        same_columns(master, job, part)
        known = glance_at(master.frame, job.plan.assignments)
        work.look(master, known)
        work.check(fixed(listings_of(master, job.plan, part.name, job.category, known), cells), master.header_row)
    return replace(work.told(), fixes_made=cells.height)


class _Part:
    """What the check of one part gathers."""

    def __init__(self, part: PartFile, job: Job) -> None:
        self.part, self.job = part, job
        self.rows = self.held = 0
        self.source = Source(part.name, None, {}, {})
        self.judged = _Judged(job, f"part-{part.number:05}")
        self.seen: dict[Assignment, Seen] = {}
        self.samples: dict[str, list[pl.Series]] = {name: [] for name in job.proof.samples}
        self.filled = dict.fromkeys(job.proof.samples, 0)
        self.notes: dict[Finding, None] = {}  # on columns
        self.whole: list[Whole] = []
        self.kinds: set[str] = set()
        self.compared = Compared(job.checker, job.like, part.number, job.buckets)
        self.children: dict[int, list[pl.DataFrame]] = {}
        self.left: list[Left] = []
        self.families: list[Spread] = []
        self.looks = Looks(job.checker, job.like)

    def look(self, master: Master, known: Glance) -> None:
        """See how the columns are written."""
        self.judged.notes |= dict.fromkeys(graded_notes(master.notes, self.job.asked.config))
        look_at(self.seen, master.frame, self.job.plan, known)

    def check(self, listings: Listings, header_row: int) -> None:
        """Judge the rows of a piece of the part."""
        job = self.job
        for note in listings.notes:
            if note.row not in (None, header_row):
                self.judged.notes |= dict.fromkeys(graded_notes([note], job.asked.config))
            elif note not in job.plan.notes:
                self.notes[note] = None
        batch = [*job.checker.proved(listings, job.proof.samples)[1], *job.checker.part(listings, job.proof)]
        frame = numbered(listings, self.part)
        self.whole += self.judged.take(batch, frame, listings.sources, self.rows, once=True)
        for name, held in self.samples.items():
            if name in frame.columns:
                held.append(sample(frame[name]))
                self.filled[name] += frame.height - frame[name].null_count()
        if "product_type" in frame.columns:
            self.kinds |= set(frame["product_type"].drop_nulls().unique().to_list())
        rows = replace(listings, frame=frame)
        self.looks.take(rows, self.rows)
        self.compared.take(rows)
        self._spread(frame)
        source = listings.sources[0]
        self.rows, self.source = self.rows + frame.height, replace(source, unused={**self.source.unused, **source.unused})

    def _spread(self, frame: pl.DataFrame) -> None:
        """Put children into the buckets of their parents, and write where many rows are held."""
        if set(FAMILY) <= set(frame.columns):
            named = frame.select(SOURCE, ROW, "sku", "parent_sku").drop_nulls("parent_sku")
            placed = named.with_columns(bucket_of(pl.col("parent_sku"), self.job.buckets).alias("#bucket"))
            for (bucket,), rows in placed.partition_by("#bucket", as_dict=True, include_key=False).items():
                self.children.setdefault(int(bucket), []).append(rows)
        self.held += frame.height
        if self.held >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        """Write what is held of the rows."""
        if self.held:
            self.left.append(self.compared.left(self._file("rows", len(self.left)), self._file("groups", len(self.left))))
        if self.children:
            self.families.append(write_buckets(self._file("families", len(self.families)), self.children, self.job.buckets))
            self.children.clear()
        self.held = 0

    def _file(self, folder: str, piece: int) -> str:
        return joined(self.job.space.out, self.job.round, folder, f"part-{self.part.number:05}-{piece}.arrow")

    def told(self) -> PartTold:
        """Leave what was found, and tell the rest."""
        self._flush()
        return PartTold(
            **asdict(self.judged.told([self.source])),
            rows=self.rows,
            seen=self.seen,
            samples={name: sample(pl.concat(held)) for name, held in self.samples.items() if held},
            filled=self.filled,
            whole=self.whole,
            notes=list(self.notes),
            source=self.source,
            kinds=frozenset(self.kinds),
            compared=self.left,
            families=self.families,
            looked=self.looks.left(self._file("sheet", 0)),
        )


class _Judged:
    """The findings of one task: weighed against the exceptions, capped, left; with the rows that they hold back and what they fix."""

    def __init__(self, job: Job, name: str) -> None:
        self.job, self.name = job, name
        self.cap = Cap(job.most)
        self.found: list[Batch] = []
        self.notes: dict[Finding, None] = {}  # on rows, or on the sheet
        self.errors = [pl.DataFrame(schema=ERRORS)]
        self.fixes = [pl.DataFrame(schema=FIXES)]
        self.uses: dict[int, Use] = {}

    def take(
        self, judged: Sequence[Batch], frame: pl.DataFrame, sources: Sequence[Source], at: int = 0, *, once: bool = False
    ) -> list[Whole]:
        """Take the findings of some rows, `at` rows below the first. With `once`, what is said of all rows is handed back instead."""
        skus = frame["sku"] if "sku" in frame.columns else pl.Series("sku", [None] * frame.height, dtype=pl.String)
        findings = Findings(judged, sources)
        if self.job.asked.config.exceptions:
            findings, uses = weighed(findings, skus, self.job.asked.config, as_of=self.job.asked.as_of)
            self._use(uses)
        places = pl.DataFrame({SOURCE: frame[SOURCE], ROW: frame[ROW], "sku": skus})
        for store in self.job.asked.stores:
            rows = findings.error_rows(store.code)
            ships = rows - findings.error_rows(store.code, UNWRITABLE) if self.job.asked.policy == "all" else frozenset[int]()
            wrong = places.with_columns(pl.lit(store.code).alias("store"), marked(ships, places.height).alias("ships"))
            self.errors.append(wrong[sorted(rows)].select(*ERRORS))
        if self.job.fixing:
            self.fixes += [_fixes(one, places) for one in findings.batches]
        whole = [one for one in findings.batches if once and one.whole]
        self.found += self.cap(shifted(one, at) for one in findings.batches if not (once and one.whole))
        return [Whole(replace(one, covers=None, of=None), None if one.covers is None else len(one.covers)) for one in whole]

    def _use(self, uses: dict[int, Use]) -> None:
        for number, use in uses.items():
            self.uses[number] = self.uses.get(number, Use()) + use

    def told(self, sources: Sequence[Source]) -> Told:
        """Leave the findings, the rows that are wrong and the fixes, and tell where."""
        config = self.job.asked.config
        findings = Findings(self.found, sources, list(self.notes), rest=self.cap.rest())
        if config.exceptions and self.notes:
            noted, uses = weighed(Findings([], sources, findings.notes), pl.Series([], dtype=pl.String), config, as_of=self.job.asked.as_of)
            self._use(uses)
            findings = Findings(self.found, sources, noted.notes, rest=findings.rest)
        if not self.job.silent:
            leave(findings, joined(self.job.space.out, "findings", f"{self.name}.jsonl"))
        fixes = pl.concat(self.fixes)
        more: dict[str, int] = {}
        for rest in findings.rest:
            more[rest.code] = more.get(rest.code, 0) + rest.count
        return Told(
            findings.counts(),
            write_frame(self._file("errors"), pl.concat(self.errors).unique()),
            write_frame(self._file("fixes"), fixes) if fixes.height else "",
            dict(fixes.group_by("store").len().iter_rows()),
            more,
            self.uses,
        )

    def _file(self, folder: str) -> str:
        return joined(self.job.space.out, self.job.round, folder, f"{self.name}.arrow")


def _fixes(batch: Batch, places: pl.DataFrame) -> pl.DataFrame:
    """The cells that safe fixes of a batch change, once for each marketplace that they concern ("": every one)."""
    safe = [
        (index, flaw.fix)
        for index, flaw in zip(batch.places["index"].to_list(), batch.flaws, strict=True)
        if flaw.fix is not None and index is not None and (flaw.safety or batch.safety) is Safety.SAFE
    ]
    at = places[[index for index, _ in safe]]
    cells = at.select(SOURCE, ROW, pl.lit(batch.column).alias("column"), pl.Series("value", [fix for _, fix in safe], pl.String))
    return pl.concat([cells.select(pl.lit(store).alias("store"), pl.all()) for store in batch.stores or ("",)])


def fixed(listings: Listings, cells: pl.DataFrame) -> Listings:
    """The rows with these cells changed."""
    if not cells.height:
        return listings
    here = cells.join(listings.frame.select(ROW).with_row_index("index"), on=ROW, maintain_order="left")
    return fixing.apply(listings, [Cell(*cell) for cell in here.select("index", "column", "value").iter_rows()])


def meet(bucket: int, groups: Sequence[Spread], job: Job) -> Spread:
    """Leave which groups of a bucket must be judged, by part and all of them."""
    job.space.go_on()
    found = met(read_bucket(groups, bucket), len(job.names))
    return write_buckets(joined(job.space.out, job.round, "met", f"bucket-{bucket:05}.arrow"), found, len(job.names) + 1)


def take(part: int, left: Sequence[Spread], groups: Sequence[Spread], job: Job) -> Spread:
    """Leave the rows of a part that are in groups to be judged, by shuffle and bucket."""
    job.space.go_on()
    keys = Keys(job.checker, job.like)
    found = taken(left, by_shuffle(read_bucket(groups, part)), keys, job.buckets)
    return write_buckets(joined(job.space.out, job.round, "taken", f"part-{part:05}.arrow"), found, len(keys.shuffles) * job.buckets)


def judge_bucket(number: int, bucket: int, rows: Sequence[Spread], groups: Sequence[Spread], told: Source, job: Job) -> Told:
    """Judge the groups of one bucket of one shuffle, and leave their findings."""
    job.space.go_on()
    frames = read_bucket(rows, place(number, bucket, job.buckets))
    among = by_shuffle(read_bucket([groups[bucket]], len(job.names)))[number]
    checker = job.checker

    def judge(rows: Listings) -> Sequence[Batch]:
        return checker.across(rows, job.like, checker.shuffles(job.like)[number].rules, job.proof, bucket=(0, 1), among=among)

    return _judged(frames, judge, f"across-{number}-{bucket:05}", told, job)


def judge_sheet(looked: Sequence[Looked], told: Source, job: Job) -> Told:
    """Say once what is true of many rows, and leave it."""
    job.space.go_on()
    rules = job.checker.sheet_rules()
    named, looks = put_together(looked, len(rules))

    def judge(rows: Listings) -> Sequence[Batch]:
        return [one for rule, seen in zip(rules, looks, strict=True) for one in job.checker.sheet(rows, job.like, rule, seen)]

    return _judged([named], judge, "sheet", told, job)


def _judged(frames: list[pl.DataFrame], judge: Callable[[Listings], Sequence[Batch]], name: str, told: Source, job: Job) -> Told:
    """Judge rows of several parts together."""
    frame = pl.concat(frames, how="diagonal")  # in the order of the parts, as they were given
    frames.clear()
    sources = tuple(replace(told, file=part) for part in job.names)
    judged = _Judged(job, name)
    judged.take(judge(replace(job.like, frame=frame, sources=sources)), frame, sources)
    return judged.told(sources)


def held_children(bucket: int, parents: pl.DataFrame, families: Sequence[Spread], job: Job) -> pl.DataFrame:
    """The rows of one bucket whose parent is among these (`store`, `parent_sku`), once for each marketplace."""
    job.space.go_on()
    found = [frame.join(parents, on="parent_sku").select(*HELD) for frame in read_bucket(families, bucket)]
    return pl.concat([pl.DataFrame(schema=HELD), *found])


def render_part(part: PartFile, store: str, template: Template, held: pl.Series | None, fixes: Fixes, job: Job) -> int:
    """Write the upload of one part for one marketplace, without its held rows (by number; None: all); says how many rows it has."""
    job.space.go_on()
    place = next(one for one in job.asked.stores if one.code == store)
    cells = fixes.of(part)
    uploads = (
        render(listings, place, template, keep=_kept(listings.frame[ROW], held))
        for master in batches(part, job.reading)
        for listings in [fixed(listings_of(master, job.plan, part.name, job.category), cells)]
    )
    url = joined(job.space.out, store, f"part-{part.number:05}.txt")
    return write_through(url, lambda path: _stacked(uploads, path))


def _stacked(uploads: Iterable[Upload], path: Path) -> int:
    """Write uploads one below the other: how many rows there are."""
    with text.stacked(path) as stack:
        for upload in uploads:
            stack.add(upload)
        return stack.rows


def _kept(rows: pl.Series, held: pl.Series | None) -> pl.Series:
    return pl.repeat(value=False, n=len(rows), eager=True) if held is None else ~rows.is_in(held.to_list())


def leave(findings: Findings, url: str) -> None:
    """Write findings as jsonl."""
    stream = StringIO()
    lines.write(Report(findings=findings), stream)
    write(url, stream.getvalue().encode())


def added(counts: Sequence[Counts]) -> Counts:
    """The counts of several tasks together, by code and severity."""
    keys = sorted({key for one in counts for key in one})
    return {key: sum(one.get(key, 0) for one in counts) for key in keys}
