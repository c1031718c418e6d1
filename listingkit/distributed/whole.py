"""What all parts together say: how the columns are written, what whole columns prove, and what is said once of the sheet."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import polars as pl
from msgspec import structs

from listingkit.distributed.job import Job, PartTold, Told, Whole
from listingkit.distributed.store import joined
from listingkit.distributed.work import leave
from listingkit.finding import Finding
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import Source
from listingkit.mapping.pieces import styles_of
from listingkit.mapping.values import Seen
from listingkit.rules.capped import more_notes
from listingkit.rules.exceptions import Use, remarks, weighed
from listingkit.rules.findings import Batch, Findings, missing, partly
from listingkit.rules.sample import sample


def known(assumed: Job, told: Sequence[PartTold]) -> Job | None:
    """What all parts together say, where it is not what was assumed."""
    seen: dict[Assignment, Seen] = {}
    for one in told:
        for assignment, looked in one.seen.items():
            seen[assignment] = seen[assignment] + looked if assignment in seen else looked
    styles = styles_of(seen, assumed.plan, {})
    columns = {column for one in told for column in one.samples}
    samples = {column: sample(pl.concat([one.samples[column] for one in told if column in one.samples])) for column in sorted(columns)}
    checker = assumed.asked.checker()
    proof = checker.proved(assumed.like, samples)[0]
    if styles == assumed.plan.styles and checker.proves_the_same(assumed.like, proof, assumed.proof):
        return None
    planned = structs.replace(assumed.plan, styles=styles)
    return structs.replace(assumed, plan=planned, proof=proof, number=uuid4().hex)


def left_whole(job: Job, parts: Sequence[PartTold], judged: Sequence[Told], source: Source) -> Told:
    """Leave what is said once: of columns, of the mapping, of the exceptions, and of how many findings are not listed."""
    checker, config = job.asked.checker(), job.asked.config
    columns = together([one for part in parts for one in part.whole], parts)
    notes = checker.notes([*job.plan.notes, *_once(parts, job.names[0])])
    uses: dict[int, Use] = {}
    if config.exceptions:
        noted, uses = weighed(Findings([], [source], notes), pl.Series([], dtype=pl.String), config, as_of=job.asked.as_of)
        every = dict(uses)
        for one in (*parts, *judged):
            every |= {number: every.get(number, Use()) + use for number, use in one.uses.items()}
        notes = [*noted.notes, *remarks(every, job.asked.stores, config, as_of=job.asked.as_of)]
    more: dict[str, int] = {}
    for told in (*parts, *judged):
        for code, count in told.more.items():
            more[code] = more.get(code, 0) + count
    findings = Findings(columns, [source], [*notes, *more_notes(more)])
    if not job.silent:
        leave(findings, joined(job.space.out, "findings", "whole.jsonl"))
    return Told(findings.counts(), uses=uses)


def _once(parts: Sequence[PartTold], name: str) -> list[Finding]:
    """What the parts say of how columns are read, each once."""
    return list(dict.fromkeys(replace(note, file=name) for part in parts for note in part.notes))


def together(found: Sequence[Whole], parts: Sequence[PartTold]) -> list[Batch]:
    """What the parts say of whole columns, said once with the number of all rows concerned."""
    counted: dict[tuple[object, ...], Whole] = {}
    for batch, rows in found:
        said = () if rows is not None else tuple(flaw.message for flaw in batch.flaws)
        key = batch.code, batch.severity, batch.column, batch.stores, batch.absent, said
        first, before = counted.get(key, (batch, 0))
        counted[key] = Whole(first, None if rows is None else (before or 0) + rows)
    return [_worded(one, sum(part.filled.get(one.batch.column, 0) for part in parts)) for one in counted.values()]


def _worded(one: Whole, of: int) -> Batch:
    batch, rows = one
    if rows is None:  # as it is
        return batch
    flaw = batch.flaws[0]
    message = partly(flaw, rows, of) if batch.absent is None else missing(batch.field, flaw, rows, batch.first)
    return structs.replace(batch, absent=None, flaws=[replace(flaw, message=message)])
