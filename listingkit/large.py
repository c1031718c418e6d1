"""Checking a master part by part: memory holds one part, the columns that rows are compared by, and the findings."""

from collections.abc import Callable
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from listingkit.checker import joined
from listingkit.holding import FAMILY
from listingkit.job import named_marketplaces, stores_of
from listingkit.judging import Judge, Judged, Judging, Question, Verdict, judging
from listingkit.mapping.listings import Listings
from listingkit.master.sheet import ROW
from listingkit.outputs import report_of
from listingkit.parts import Parts
from listingkit.report.report import Report
from listingkit.rules.exceptions import accept
from listingkit.rules.findings import Findings


class _Work(Struct, frozen=True):
    """What is done with every part."""

    judging: Judging

    def begin(self) -> Callable[[Listings], Judged]:
        """Get ready to judge parts."""
        judge = Judge(self.judging)
        return lambda part: judge(part)[1]


def check_parts(parts: Parts, question: Question) -> tuple[Report, Findings]:
    """Check every part by itself, then what only all rows together show. Same findings as of the whole at once."""
    done = _pass(parts, question)
    while not parts.settled:
        done = _pass(parts, question)
    together = list(done.cap(done.kept.batches(parts.source)))
    asked = (ROW, "product_id", *FAMILY)  # what reports ask for, and exceptions
    told = [name for name in done.like.frame.columns if name in asked]
    whole = replace(done.like, frame=done.kept.rows(told), sources=(parts.source,), notes=parts.notes)
    notes = [*done.checker.notes(parts.notes), *done.cap.notes()]
    found = Findings([*together, *joined(done.batches)], whole.sources, notes)
    found = accept(found, whole, done.checker.stores, question.config, as_of=question.as_of)
    findings = Findings(found.batches, found.sources, found.notes, found.accepted, done.cap.rest())
    report = report_of(parts.read, whole, findings, done.checker.stores, as_of=question.as_of, products=done.products)
    return report, findings


def _pass(parts: Parts, question: Question) -> Verdict:
    done: Verdict | None = None

    def work(part: Listings) -> _Work:
        nonlocal done
        how = _judging(question, part)
        done = Verdict(how)
        return _Work(how)

    with closing(parts.each(work)) as coming:
        for judged in coming:
            assert done is not None  # the first part made it
            done.take(judged)
    assert done is not None  # there is always one part
    return done


def _judging(question: Question, part: Listings) -> Judging:
    stores = stores_of(question.marketplaces, part, question.templates, question.config) or named_marketplaces(part)
    return judging(question, stores, part, FAMILY)
