"""A baseline: the findings that are known, so that a pipeline fails on new ones only.

A JSON file, one entry a line, sorted, for version control:

    {"listingkit": "baseline 1", "marketplaces": ["US", "DE"], "findings": [
    {"code": "TTL001", "sku": "AB-1", "field": "item_name", "marketplace": null, "count": 1, "fingerprint": "..."}
    ]}

An entry is found again by rule, SKU (the cell where there is none), field and value, wherever its row has moved. Its marketplace
null means all of those that the file names, so that a run for fewer marketplaces knows its findings, too.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct

from listingkit.errors import Unreadable
from listingkit.finding import Finding
from listingkit.report.escape import json_visible
from listingkit.report.fingerprint import fingerprint
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.split import of_rows, of_stores

FORM = "baseline 1"
ANYWHERE = ""  # a finding of a check without marketplaces


class Baseline(Struct, frozen=True):
    """How often each finding is known, by fingerprint and marketplace; `ANYWHERE` is known in every one."""

    entries: Counter[tuple[str, str]]
    marketplaces: tuple[str, ...]
    codes: dict[str, str]  # fingerprint -> code


class Compared(Struct, frozen=True):
    """A run against a baseline."""

    new: Findings
    known: Sequence[Finding]
    gone: int  # entries that this run looked for and did not find


def written(findings: Iterable[Finding], marketplaces: Sequence[str]) -> str:
    """The findings as a baseline file."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    for finding in findings:
        counted[finding.code, finding.sku or "", finding.field or "", finding.marketplace or "", _mark(finding)] += 1
    lines = [json_visible(json.dumps(_entry(*key, counted[key]), ensure_ascii=False)) for key in sorted(counted)]
    head = json.dumps({"listingkit": FORM, "marketplaces": list(marketplaces)})[:-1]
    return f'{head}, "findings": [\n' + ",\n".join(lines) + "\n]}\n"


def _entry(code: str, sku: str, field: str, store: str, mark: str, count: int) -> dict[str, Any]:
    return {"code": code, "sku": sku or None, "field": field or None, "marketplace": store or None, "count": count, "fingerprint": mark}


def read(path: Path) -> Baseline:
    """Read a baseline file. Raises `Unreadable`."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        said = f"cannot read the baseline {path}: {error.strerror or error}; make it with check --write-baseline {path}"
        raise Unreadable(said) from None
    except UnicodeDecodeError:
        raise _is_none(path) from None
    try:
        document = json.loads(text)
        form = document["listingkit"]
        stores = tuple(map(str, document["marketplaces"]))
        entries: Counter[tuple[str, str]] = Counter()
        codes = {}
        for one in document["findings"]:
            codes[str(one["fingerprint"])] = str(one["code"])
            for store in [one["marketplace"]] if one["marketplace"] else stores or (ANYWHERE,):
                entries[str(one["fingerprint"]), str(store)] += int(one["count"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise _is_none(path) from None
    if form != FORM:
        raise _is_none(path)
    return Baseline(entries, stores, codes)


def _is_none(path: Path) -> Unreadable:
    return Unreadable(f"{path} is no baseline of this version: make it anew with check --write-baseline {path}")


def compared(findings: Findings, baseline: Baseline, stores: Sequence[str], wanted: Callable[[str], bool]) -> Compared:
    """Part the findings of a run for these marketplaces; `wanted` says which codes the run looked for."""
    left = Counter(baseline.entries)
    known: list[Finding] = []
    new_notes: list[Finding] = []
    for note in findings.notes:
        (known if _take(left, note, stores) else new_notes).append(note)
    fresh: dict[int, dict[int, list[int]]] = {}  # batch -> number of the marketplace -> places
    for batch, place, store, finding in findings.located():
        if _take(left, finding, stores):
            known.append(finding)
        else:
            fresh.setdefault(batch, {}).setdefault(store, []).append(place)
    batches = [part for number, places in fresh.items() for part in _parts(findings.batches[number], places)]
    looked = {*(stores or baseline.marketplaces), ANYWHERE}
    gone = {mark for (mark, store), count in left.items() if count > 0 and store in looked and wanted(baseline.codes[mark])}
    return Compared(Findings(batches, findings.sources, new_notes, findings.accepted), known, len(gone))


def _take(left: Counter[tuple[str, str]], finding: Finding, stores: Sequence[str]) -> bool:
    """Whether the finding is known in each of its marketplaces; then it is used up there."""
    mark = _mark(finding)
    uses = []
    for store in [finding.marketplace] if finding.marketplace else stores or (ANYWHERE,):
        key = (mark, store) if left[mark, store] > 0 else (mark, ANYWHERE)
        if left[key] <= 0:
            return False
        uses.append(key)
    left.subtract(dict.fromkeys(uses, 1))
    return True


def _parts(batch: Batch, places: dict[int, list[int]]) -> Iterator[Batch]:
    """The parts of a batch that are new, marketplaces with the same places together."""
    together: dict[tuple[int, ...], list[int]] = {}
    for store, found in places.items():
        together.setdefault(tuple(found), []).append(store)
    for same, numbers in together.items():
        mask = pl.Series([False] * len(batch.flaws), dtype=pl.Boolean).scatter(list(same), values=True)
        part = of_rows(batch, mask)
        if part is not None and len(numbers) < len(batch.marketplaces):
            part = of_stores(part, [batch.stores[number] for number in numbers])
        if part is not None:
            yield part


def _mark(finding: Finding) -> str:
    return fingerprint(replace(finding, marketplace=None))
