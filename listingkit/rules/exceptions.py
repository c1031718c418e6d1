"""Exceptions: findings that somebody has looked at and accepted, for a reason and until a day.

    [[exceptions]]
    sku = "AB-*"              # * stands for any characters, ? for one; a lone * is every SKU and what has none
    rule = "TTL002"           # a code or a prefix
    marketplace = "DE"        # optional: only there
    reason = "the brand name alone has 60 characters"
    expires = 2026-12-31      # the last day on which it holds

What is accepted is no finding any more: it fails nothing, holds nothing back and is not fixed. It is counted, and told to programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct

from listingkit.config import Config
from listingkit.finding import Finding, Severity
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace, marketplace
from listingkit.rules.engine import catalogue, given
from listingkit.rules.findings import Accepted, Batch, Findings
from listingkit.rules.graded import graded_notes
from listingkit.rules.split import of_covered, of_rows, of_stores

_SOURCE = "design of listingkit: what was accepted is looked at again"
CHECKED = date(2026, 11, 27)

given(
    "CFG001",
    "exception-expired",
    "An exception of listingkit.toml holds until its day of expiry; the findings that it accepted then count again.",
    category="config",
    why="What was right for a while is not right for ever: somebody looks at it again, renews the exception or fixes the listing.",
    source=_SOURCE,
    checked=CHECKED,
    severity="warning",
    good=["expires = 2026-12-31, as of 2026-12-31"],
    bad=["expires = 2026-12-31, as of 2027-01-01"],
)
given(
    "CFG002",
    "exception-unused",
    "An exception of listingkit.toml accepts at least one finding.",
    category="config",
    why="An exception that nobody needs any more would hide the same mistake when it comes back.",
    source=_SOURCE,
    checked=CHECKED,
    severity="warning",
    good=['sku = "AB-1", rule = "TTL002", and the title of AB-1 is too long'],
    bad=['sku = "AB-1", rule = "TTL002", and the title of AB-1 is short enough'],
)


class Entry(Struct, frozen=True):
    """One entry of the config."""

    number: int  # as it stands in the config, from 0
    sku: str
    rule: str
    store: str  # "": in every marketplace
    reason: str
    expires: date

    @property
    def everything(self) -> bool:
        """Whether it is for every SKU, and for findings without one."""
        return self.sku == "*"

    def covers(self, skus: pl.Series) -> pl.Series:
        """A mask of the SKUs that it is for."""
        if self.everything:
            return pl.Series([True] * skus.len(), dtype=pl.Boolean)
        return skus.str.contains(self.pattern).fill_null(value=False)

    @property
    def pattern(self) -> str:
        """The SKUs as a regular expression of polars."""
        signs = {"*": ".*", "?": "."}
        parts = (signs.get(char) or rf"\x{{{ord(char):x}}}" for char in self.sku)
        return f"(?s)^{''.join(parts)}$"

    def __str__(self) -> str:
        where = f" in {self.store}" if self.store else ""
        return f"the exception for {self.rule} of {'every SKU' if self.everything else f'SKU {self.sku}'}{where}"


def exceptions(entries: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    """The entries of a checked config."""
    for number, entry in enumerate(entries):
        until = entry["expires"]
        store = marketplace(entry["marketplace"]).code if entry.get("marketplace") else ""
        day = date.fromisoformat(until) if isinstance(until, str) else until
        yield Entry(number, entry["sku"], entry["rule"].strip().upper(), store, entry["reason"].strip(), day)


class Use(Struct, frozen=True):
    """What one entry came to in some rows."""

    known: bool = False  # whether it is for a SKU among them
    findings: int = 0  # about single rows, and notes
    columns: frozenset[tuple[object, ...]] = frozenset()  # findings about columns and the sheet, by what they are: said once of all rows

    def __add__(self, other: "Use") -> "Use":
        return Use(self.known or other.known, self.findings + other.findings, self.columns | other.columns)

    @property
    def count(self) -> int:
        """Findings."""
        return self.findings + len(self.columns)


def accept(findings: Findings, listings: Listings, stores: Sequence[Marketplace], config: Config, *, as_of: date) -> Findings:
    """The findings without what exceptions accept; with what is to be said of the exceptions themselves."""
    if not config.exceptions:
        return findings
    frame = listings.frame
    skus = frame["sku"] if "sku" in frame.columns else pl.Series([None] * frame.height, dtype=pl.String)
    left, uses = weighed(findings, skus, config, as_of=as_of)
    notes = [*left.notes, *remarks(uses, stores, config, as_of=as_of)]
    return Findings(left.batches, left.sources, notes, accepted=left.accepted, rest=left.rest)


def weighed(findings: Findings, skus: pl.Series, config: Config, *, as_of: date) -> tuple[Findings, dict[int, Use]]:
    """The findings of some rows without what exceptions accept, and what each entry came to there, by its number.

    `skus` are those of the rows that the findings' indices mean. `remarks` says what all rows together make of the entries.
    """
    batches, notes = list(findings.batches), list(findings.notes)
    accepted: list[Accepted] = []
    uses: dict[int, Use] = {}
    for one in exceptions(config.exceptions):
        if one.expires < as_of:
            continue
        parted = [_parted(batch, one, skus) for batch in batches]
        batches = [part for kept, _ in parted for part in kept]
        mine = [part for _, taken in parted for part in taken]
        own = [note for note in notes if _is_for(note, one)]
        notes = [note for note in notes if not _is_for(note, one)]
        if mine or own:
            accepted.append(Accepted(one.reason, one.expires, Findings(mine, findings.sources, own)))
        uses[one.number] = _use(one, mine, own, skus)
    return Findings(batches, findings.sources, notes, accepted=accepted, rest=findings.rest), uses


def _use(one: Entry, batches: Sequence[Batch], notes: Sequence[Finding], skus: pl.Series) -> Use:
    rows = sum(len(batch.flaws) * len(batch.marketplaces) for batch in batches if not batch.whole)
    columns = frozenset(
        (batch.code, batch.column, batch.absent, store, flaw.message if batch.covers is None else "")
        for batch in batches
        if batch.whole
        for store in batch.marketplaces
        for flaw in batch.flaws
    )
    known = bool(batches or notes) or bool(one.covers(skus).any())
    return Use(known, rows + len(notes), columns)


def remarks(uses: Mapping[int, Use], stores: Sequence[Marketplace], config: Config, *, as_of: date) -> Iterator[Finding]:
    """What is to be said of the exceptions: those that are over, and those that accept nothing in all rows together."""
    for one in exceptions(config.exceptions):
        use = uses.get(one.number, Use())
        if one.expires < as_of:
            message = f"{one} expired on {one.expires} ({one.reason}): look at it again, then renew or remove it"
            yield from _note(config, one, "CFG001", Severity.WARNING, message)
        elif not use.count and _could_be_used(one, stores, config):
            yield from _unused(config, one, known=use.known)


def _parted(batch: Batch, one: Entry, skus: pl.Series) -> tuple[list[Batch], list[Batch]]:
    """What stays of a batch, and what is accepted of it."""
    if not batch.code.startswith(one.rule) or (one.store and one.store not in batch.stores):
        return [batch], []
    here: Batch | None = batch
    kept: list[Batch | None] = []
    if one.store:
        here = of_stores(batch, [one.store])
        kept.append(of_stores(batch, [store for store in batch.stores if store != one.store]))
    assert here is not None
    if one.everything:
        taken: Batch | None = here
    elif here.covers is not None:
        mask = one.covers(skus.gather(here.covers))
        taken = of_covered(here, mask, skus)
        kept.append(of_covered(here, ~mask, skus))
    else:
        mask = one.covers(here.places["sku"])
        taken = of_rows(here, mask)
        kept.append(of_rows(here, ~mask))
    return [part for part in kept if part is not None], [taken] if taken is not None else []


def _is_for(note: Finding, one: Entry) -> bool:
    if not note.code.startswith(one.rule) or note.code.startswith("CFG") or one.store not in ("", note.marketplace):
        return False
    return bool(one.covers(pl.Series([note.sku], dtype=pl.String))[0])


def _could_be_used(one: Entry, stores: Sequence[Marketplace], config: Config) -> bool:
    """Whether this run looked for what it accepts."""
    if one.store and one.store not in {store.code for store in stores}:
        return False
    return any(config.wanted(code) for code in catalogue() if code.startswith(one.rule))


def _unused(config: Config, one: Entry, *, known: bool) -> Iterator[Finding]:
    if known:
        yield from _note(config, one, "CFG002", Severity.WARNING, f"{one} accepts no finding any more ({one.reason}): remove it")
    else:
        yield from _note(config, one, "CFG002", Severity.INFO, f"{one} is for no SKU of this master ({one.reason})")


def _note(config: Config, one: Entry, code: str, severity: Severity, message: str) -> Iterator[Finding]:
    file = Path(config.source.file).name if config.source else None
    line = config.line("exceptions", one.number)
    yield from graded_notes([Finding(code, catalogue()[code].name, severity, message, file=file, row=line)], config)
