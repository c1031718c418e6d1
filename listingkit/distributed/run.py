"""The driver: plan by the first part, check every part and every bucket, and once more where the whole says something else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.distributed.store import PartFile, batches, files, gathered, has_files, joined, part_files, read_frames, remove, write
from listingkit.distributed.work import (
    Asked,
    Counts,
    Job,
    Told,
    added,
    check_part,
    judge_bucket,
    judge_sheet,
    leave,
    listings_of,
    render_part,
    together,
)
from listingkit.errors import ListingkitError
from listingkit.finding import Severity
from listingkit.inventory import builtin
from listingkit.inventory.template import Template
from listingkit.job import named_marketplaces, stores_of
from listingkit.mapping.apply import complain, plan
from listingkit.mapping.listings import SOURCE, Source
from listingkit.mapping.pieces import needs_every_row
from listingkit.mapping.profile import Profile, load
from listingkit.mapping.values import look, style_of
from listingkit.master.sheet import ROW, Master
from listingkit.rules.capped import MOST
from listingkit.rules.findings import Findings
from listingkit.rules.sample import sample

LARGEST_SHEET = 20_000_000  # rows up to which one worker can say what is true of the whole sheet


@dataclass(frozen=True)
class Done:
    """What a run found. Findings and uploads lie in the output folder, one file a part."""

    rows: int
    counts: Counts  # findings by code and severity
    held: Mapping[str, int]  # rows with an error, by marketplace
    shipped: Mapping[str, int]  # rows in the uploads, by marketplace
    kinds: tuple[str, ...]  # product types
    job: Job

    @property
    def errors(self) -> int:
        """Findings at severity error."""
        return sum(count for (_, severity), count in self.counts.items() if severity is Severity.ERROR)


@contextmanager
def cluster(workers: int = 2, scheduler: str | None = None) -> Iterator[Any]:
    """A client of a given scheduler (`tcp://...`), or of a cluster of so many worker processes on this machine."""
    from distributed import Client, LocalCluster

    if scheduler:
        with Client(scheduler) as client:
            yield client
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0") as local,
        Client(local) as client,
    ):
        yield client


def check(
    urls: str | list[str],
    out: str,
    *,
    client: Any,
    marketplaces: Sequence[str] = (),
    profile: str | Profile | None = None,
    as_of: date | None = None,
    config: Config = DEFAULT,
    templates: Sequence[Template] = (),
    most: int = MOST,
) -> Done:
    """Check the parts of a master; findings lie in `out`/findings, one jsonl file a part and a bucket, and `out`/summary.json.

    `urls` are addresses or patterns of csv or parquet files with the same header, of any file system of fsspec. Raises what
    `listingkit check` raises, and `ListingkitError` where the profile makes rows depend on each other.
    """
    done = _checked(urls, out, client, marketplaces, profile, as_of, config, templates, most)
    remove(done.job.shuffled)
    return done


def render(urls: str | list[str], out: str, *, client: Any, **asked: Any) -> Done:
    """Check as `check` does, then write the uploads: `out`/MARKETPLACE/part-00000.txt, one a part, without rows that are held back.

    A held parent holds its children. Fixes are not applied: rows that a safe fix would mend are held back too, as `build --no-fix` does.
    """
    every = {"marketplaces": (), "profile": None, "as_of": None, "config": DEFAULT, "templates": (), "most": MOST, **asked}
    done = _checked(urls, out, client, **every)
    parts = part_files(urls)
    shipped: dict[str, int] = {}
    try:
        for store in done.job.asked.stores:
            held = _held(done.job, store.code)
            given = next((one for one in done.job.asked.templates if store.code in one.marketplaces), None)
            template = given or builtin.template("unified_full", store, product_types=done.kinds or ("PRODUCT",))
            futures = [client.submit(render_part, part, store.code, template, _of_part(held, part), done.job, pure=False) for part in parts]
            shipped[store.code] = sum(gathered(client, futures, f"rendering {store.code}"))
    finally:
        remove(done.job.shuffled)
    return replace(done, shipped=shipped)


def _checked(
    urls: str | list[str],
    out: str,
    client: Any,
    marketplaces: Sequence[str],
    profile: str | Profile | None,
    as_of: date | None,
    config: Config,
    templates: Sequence[Template],
    most: int,
) -> Done:
    if config.exceptions:
        raise ListingkitError("exceptions are weighed over the whole master: use listingkit check, or leave [[exceptions]] out")
    if has_files(joined(out, "findings")):
        raise ListingkitError(f"{out} holds the findings of an earlier run: name another folder, or remove it")
    parts = part_files(urls)
    day = as_of or datetime.now(UTC).date()
    assumed = _assumed(parts, out, marketplaces, profile or Profile(), day, config, tuple(templates), most)
    while True:
        told = gathered(client, [client.submit(check_part, part, assumed, pure=False) for part in parts], "checking parts")
        known = _known(assumed, told)
        if known is None:
            break
        remove(assumed.shuffled)
        remove(joined(out, "findings"))
        assumed = known
    places: dict[tuple[int, int], tuple[int, ...]] = {}
    for one in told:
        for place, numbers in one.held.items():
            places[place] = (*places.get(place, ()), *numbers)
    source = told[0].source or Source("", None, {}, {})
    futures = [
        client.submit(judge_bucket, *place, tuple(sorted(numbers)), source, assumed, pure=False) for place, numbers in places.items()
    ]
    rows = sum(one.rows for one in told)
    if rows <= LARGEST_SHEET:
        futures.append(client.submit(judge_sheet, source, assumed, pure=False))
    judged = gathered(client, futures, "checking across rows")
    whole = _whole(assumed, told, source)
    counts = added([*(one.counts for one in told), *judged, whole.counts()])
    rows_held = {store.code: _held(assumed, store.code).height for store in assumed.asked.stores}
    kinds = sorted({kind for one in told for kind in one.kinds})
    done = Done(rows, counts, rows_held, {}, tuple(kinds), assumed)
    _leave_summary(done)
    return done


def _assumed(
    parts: Sequence[PartFile],
    out: str,
    codes: Sequence[str],
    profile: str | Profile,
    day: date,
    config: Config,
    templates: tuple[Template, ...],
    most: int,
) -> Job:
    first = next(batches(parts[0]))
    job = assumed(replace(first, file=parts[0].name), codes, profile, day, config, templates)
    return replace(job, names=tuple(part.name for part in parts), out=out, most=most, buckets=buckets_for(len(parts)))


def buckets_for(parts: int) -> int:
    """How many buckets a shuffle has: few for few parts, for every bucket costs a task; some 400,000 rows each of many."""
    return min(parts, 4 + parts // 8)


def assumed(
    first: Master, codes: Sequence[str], profile: str | Profile, day: date, config: Config, templates: tuple[Template, ...] = ()
) -> Job:
    """What the first rows say about all of them. Raises what mapping raises."""
    profile = load(profile) if isinstance(profile, str) else profile
    complain([first], profile)
    planned = plan(first, profile)
    if needs_every_row(planned):
        raise ListingkitError(
            "the profile fills rows from other rows (fill_down, or a language a row): that needs the master on one machine"
        )
    seen = {one: looked for one in planned.assignments if (looked := look(first.frame[one.column.letter], one)) is not None}
    evidence = first.evidence
    styles = {one: style_of(looked, one, planned.profile, evidence.get(one.column.letter)) for one, looked in seen.items()}
    planned = replace(planned, styles=styles)
    listings = listings_of(first, planned, first.file)
    stores = stores_of(codes, listings, templates, config) or named_marketplaces(listings)
    asked = Asked(tuple(stores), day, config, templates)
    checker = asked.checker()
    like = replace(listings, frame=listings.frame.clear())
    samples = {column: sample(listings.frame[column]) for column in checker.studied(listings)}
    headers = tuple(column.header for column in first.columns)
    return Job(asked, planned, checker.proved(like, samples)[0], like, headers, (first.file,), "", MOST, 1, uuid4().hex)


def _known(assumed: Job, told: Sequence[Told]) -> Job | None:
    """What all parts together say, where it is not what was assumed."""
    seen: dict[Any, Any] = {}
    for one in told:
        for assignment, looked in one.seen.items():
            seen[assignment] = seen[assignment] + looked if assignment in seen else looked
    styles = {one: style_of(looked, one, assumed.plan.profile) for one, looked in seen.items()}
    columns = {column for one in told for column in one.samples}
    samples = {column: sample(pl.concat([one.samples[column] for one in told if column in one.samples])) for column in sorted(columns)}
    checker = assumed.asked.checker()
    proof = checker.proved(assumed.like, samples)[0]
    same = styles == assumed.plan.styles and checker.studies(assumed.like, samples) == checker.studies(assumed.like, assumed.proof.samples)
    if same and proof.silent == assumed.proof.silent:
        return None
    planned = replace(assumed.plan, styles=styles)
    return replace(assumed, plan=planned, proof=proof, number=uuid4().hex)


def _whole(job: Job, told: Sequence[Told], source: Source) -> Findings:
    """What is said once, of columns that the sheet lacks, of whole columns, of the mapping; left beside the rest."""
    columns = job.asked.checker().proved(job.like, job.proof.samples)[1]
    absent = together([one for part in told for one in part.absent])
    findings = Findings([*absent, *columns], [source], job.asked.checker().notes(job.plan.notes))
    leave(findings, joined(job.out, "findings", "whole.jsonl"))
    return findings


def _held(job: Job, store: str) -> pl.DataFrame:
    """Rows with an error in this marketplace, as parts and buckets left them, each once."""
    frames = read_frames(files(joined(job.shuffled, "errors")))
    return pl.concat(frames).filter(pl.col("store") == store).unique([SOURCE, ROW])


def _of_part(held: pl.DataFrame, part: PartFile) -> pl.DataFrame:
    """The rows of one part, and the SKUs of all: a parent may stand in another part."""
    mine = pl.when(pl.col(SOURCE) == part.number).then(ROW).alias(ROW)
    return held.select(mine, "sku")


def _leave_summary(done: Done) -> None:
    job = done.job
    told = {
        "rows": done.rows,
        "held": dict(done.held),
        "as_of": job.asked.as_of.isoformat(),
        "parts": list(job.names),
        "whole_sheet_judged": done.rows <= LARGEST_SHEET,
        "findings": [{"code": code, "severity": severity, "count": count} for (code, severity), count in done.counts.items()],
    }
    write(joined(job.out, "summary.json"), (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())
