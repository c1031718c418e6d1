"""Findings for a terminal: by sheet, then what is wrong in many rows, then SKU by SKU."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TextIO

from listingkit.finding import Finding, Safety, Severity
from listingkit.report.cells import ranges
from listingkit.report.escape import encodable, visible
from listingkit.report.report import Report
from listingkit.report.words import count, summary

VALUE = 60  # characters of a cell value that are shown
MESSAGE = 500  # characters of a message that are shown
MANY = 5  # places with the very same flaw that are told one by one
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


class Paint:
    """Words in colour, or as they are."""

    def __init__(self, stream: TextIO, colour: bool | None = None) -> None:
        if colour is None:
            colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.on = colour

    def __call__(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.on and text else text

    def severity(self, severity: Severity, text: str) -> str:
        return self(text, _COLOURS[severity])


def write(report: Report, stream: TextIO, *, quiet: bool = False, statistics: bool = False, colour: bool | None = None) -> None:
    """Write for a person. `quiet`: the summary only; `statistics`: counts by rule; `colour` None: as the stream allows."""
    paint = Paint(stream, colour)
    encoding = getattr(stream, "encoding", None)
    if statistics:
        body: Iterable[str] = _statistics(report, paint)
    else:
        body = () if quiet else _body(report, paint)
    stream.writelines(encodable(line, encoding) + "\n" for line in body)
    stream.write(encodable(_closing(report, paint), encoding) + "\n")


def _closing(report: Report, paint: Paint) -> str:
    tally = report.tally
    worst = next((severity for severity in Severity if tally.severities[severity]), None)
    text = " ".join(summary(report))
    return paint(text, "1;" + _COLOURS[worst] if worst else "1;32")


def _statistics(report: Report, paint: Paint) -> Iterator[str]:
    tally = report.tally
    wide = max((len(f"{number:,}") for number in tally.codes.values()), default=0)
    for code, number in tally.codes.items():
        severity = tally.worst[code]
        card = report.rule(code)
        doc = card.doc if card else tally.names[code]
        yield f"{number:>{wide},}  {paint.severity(severity, f'{severity.value:<7}')}  {paint(code, '1')}  {visible(doc)}"
    if tally.codes:
        yield ""


def _body(report: Report, paint: Paint) -> Iterator[str]:
    ordered = sorted(report.findings, key=lambda finding: (finding.file or "", finding.sheet or ""))
    for (file, sheet), found in groupby(ordered, key=lambda finding: (finding.file, finding.sheet)):
        title = " > ".join(visible(part) for part in (file, sheet) if part) or "(no file)"
        yield paint(title, "1;4")
        yield from _sheet(list(found), paint)
        yield ""


def _sheet(findings: Sequence[Finding], paint: Paint) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.severity, finding.message, finding.column or "", finding.field or ""), []).append(finding)
    often = {key: group for key, group in groups.items() if len({finding.cell or finding.row for finding in group}) > MANY}
    for group in sorted(often.values(), key=lambda group: (group[0].severity.rank, -len(group))):
        yield ""
        yield from _repeated(group, paint)
    single = [finding for key, group in groups.items() if key not in often for finding in group]
    single.sort(key=lambda finding: (finding.row or 0, finding.sku or ""))
    for (row, sku), of_row in groupby(single, key=lambda finding: (finding.row, finding.sku)):
        yield ""
        yield "  " + paint(_who(row, sku), "1")
        yield from _listing(list(of_row), paint)


def _who(row: int | None, sku: str | None) -> str:
    place = f"row {row}" if row is not None else ""
    return ", ".join(part for part in (visible(sku, VALUE) if sku else "", place) if part) or "the whole sheet"


def _repeated(group: Sequence[Finding], paint: Paint) -> Iterator[str]:
    first = group[0]
    cells = list(dict.fromkeys(finding.cell or f"row {finding.row}" for finding in group))
    header = f"column {visible(first.column, VALUE)}: " if first.column else ""
    size = count(len(cells), "cell" if first.cell else "row")
    yield f"  {paint(header + size, '1')}"
    yield f"    {_severity(first, paint)}  {first.code}  {visible(first.message, MESSAGE)}{_stores(group)}"
    yield f"    {paint(ranges(cells, limit=8), '2')}"
    fixes = dict.fromkeys((finding.value or "", finding.fix.value) for finding in group if finding.fix)
    for old, new in list(fixes)[:3]:
        yield f"      {_change(old, new)}"
    if len(fixes) > 3:
        yield f"      ... and {count(len(fixes) - 3, 'more fix', 'more fixes')}"


def _listing(group: Sequence[Finding], paint: Paint) -> Iterator[str]:
    wide = max(len(finding.cell or "") for finding in group)
    same: dict[tuple[object, ...], list[Finding]] = {}
    for finding in group:
        same.setdefault((finding.cell, finding.code, finding.severity, finding.message, finding.fix), []).append(finding)
    for findings in same.values():
        first = findings[0]
        said = f"{visible(first.column, VALUE)}: " if first.column else ""
        said += visible(first.message, MESSAGE) + _stores(findings)
        yield f"    {first.cell or '':<{wide}}  {_severity(first, paint)}  {first.code}  {said}"
        if first.fix:
            question = "" if first.fix.safety is Safety.SAFE else "  (please confirm)"
            yield f"    {'':<{wide}}  {'':<7}  {'':<{len(first.code)}}  {_change(first.value or '', first.fix.value)}{question}"


def _severity(finding: Finding, paint: Paint) -> str:
    return paint.severity(finding.severity, f"{finding.severity.value:<7}")


def _stores(findings: Iterable[Finding]) -> str:
    codes = list(dict.fromkeys(finding.marketplace for finding in findings if finding.marketplace))
    return f" [{' '.join(codes)}]" if codes else ""


def _change(old: str, new: str) -> str:
    return f"{visible(old, VALUE) or '(blank)'} -> {visible(new, VALUE) or '(clear the cell)'}"
