"""Checking a master part by part: memory holds one part, the columns that rows are compared by, and the findings."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.checker import Checker, detached, joined, shifted
from listingkit.config import DEFAULT, Config
from listingkit.defined import NOTHING, Definitions
from listingkit.holding import FAMILY
from listingkit.inventory.template import Template
from listingkit.job import named_marketplaces, stores_of
from listingkit.kept import Kept
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW
from listingkit.outputs import PRODUCTS, products_of, report_of
from listingkit.parts import Parts
from listingkit.report.report import Product, Report
from listingkit.rules.capped import MOST, Cap
from listingkit.rules.exceptions import accept, exceptions
from listingkit.rules.findings import Batch, Findings


class Question(Struct, frozen=True):
    """What is asked of a master."""

    marketplaces: tuple[str, ...]
    as_of: date
    config: Config = DEFAULT
    templates: Sequence[Template] = ()
    definitions: Definitions = field(default_factory=lambda: NOTHING)
    most: int = MOST  # findings of one rule that are kept


class _Pass(Struct):
    """What one pass over the parts gathers."""

    checker: Checker
    cap: Cap
    batches: list[Batch]
    kept: Kept
    products: list[Product]
    first: Listings  # without its rows


def check_parts(parts: Parts, question: Question) -> tuple[Report, Findings]:
    """Check every part by itself, then what only all rows together show. Same findings as of the whole at once."""
    done = _pass(parts, question)
    while not parts.settled:
        done = _pass(parts, question)
    together = list(done.cap(done.kept.batches(parts.source)))
    asked = (ROW, "product_id", *FAMILY)  # what reports ask for, and exceptions
    told = [name for name in done.first.frame.columns if name in asked]
    whole = replace(done.first, frame=done.kept.rows(told), sources=(parts.source,), notes=parts.notes)
    notes = [*done.checker.notes(parts.notes), *done.cap.notes()]
    found = Findings([*together, *joined(done.batches)], whole.sources, notes)
    found = accept(found, whole, done.checker.stores, question.config, as_of=question.as_of)
    findings = Findings(found.batches, found.sources, found.notes, found.accepted, done.cap.rest())
    report = report_of(parts.read, whole, findings, done.checker.stores, as_of=question.as_of, products=done.products)
    return report, findings


def _pass(parts: Parts, question: Question) -> _Pass:
    done: _Pass | None = None
    at = 0
    with closing(iter(parts)) as coming:
        for part in coming:
            done = done or _started(part, question)
            found = done.checker.part(part)
            left = PRODUCTS - len(done.products)
            if left > 0:
                done.products += list(products_of(part, found, done.checker.stores, min(left, part.frame.height - 1)))
            done.batches += map(detached, done.cap(shifted(batch, at) for batch in found))
            done.kept.add(part)
            at += part.frame.height
            del part  # its memory is free while the next one is waited for
    assert done is not None  # there is always one part
    return done


def _started(part: Listings, question: Question) -> _Pass:
    stores: tuple[Marketplace, ...] = stores_of(question.marketplaces, part, question.templates, question.config)
    checker = Checker(
        stores or named_marketplaces(part),
        as_of=question.as_of,
        config=question.config,
        templates=question.templates,
        definitions=question.definitions,
    )
    first = replace(part, frame=part.frame.clear())
    family = [name for name in FAMILY if name in first.frame.columns]
    cap = Cap(question.most, free=tuple(one.rule for one in exceptions(question.config.exceptions)))
    return _Pass(checker, cap, [], Kept(checker, first, list(dict.fromkeys([*checker.compared(first), *family]))), [], first)
