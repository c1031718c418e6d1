"""Findings as SARIF 2.1.0, the format of code scanning services."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from json import JSONEncoder
from typing import Any, TextIO

from listingkit.finding import Finding, Severity
from listingkit.report.escape import json_visible, visible
from listingkit.report.fingerprint import unique
from listingkit.report.place import Lines, uri
from listingkit.report.report import Report
from listingkit.report.tally import tally as counted

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_encode = JSONEncoder(ensure_ascii=False).encode


def write(report: Report, stream: TextIO) -> None:
    """Write one run. A row is the line on which it begins; the sheet and the cell are the logical location."""
    others = [*(report.known or ()), *(finding for finding, _ in report.accepted)]
    codes = dict.fromkeys([*report.tally.codes, *(finding.code for finding in others)])
    order = {code: number for number, code in enumerate(codes)}
    driver: dict[str, Any] = {"name": "listingkit", "rules": [_rule(report, code, others) for code in order]}
    if report.version:
        driver["version"] = report.version
    stream.write(f'{{"$schema": {_encode(SCHEMA)}, "version": "2.1.0", "runs": [{{"tool": {{"driver": {_json(driver)}}},\n')
    stream.write('"columnKind": "unicodeCodePoints", "results": [')
    before, line = "\n", Lines(report)
    for (finding, mark), state in _results(report):
        location = _location(report, finding, line)
        stream.write(before + _json(_result(finding, mark, order) | ({"locations": [location]} if location else {}) | state))
        before = ",\n"
    stream.write("\n]}]}\n")


def _results(report: Report) -> Iterator[tuple[tuple[Finding, str], dict[str, Any]]]:
    """Every result with its fingerprint and its state: new or known to the baseline, accepted and why."""
    reasons = {id(finding): reason for finding, reason in report.accepted}
    known = {id(finding) for finding in report.known or ()}
    every = chain(report.findings, report.known or (), (finding for finding, _ in report.accepted))
    for finding, mark in unique(every):
        state: dict[str, Any] = {}
        if id(finding) in reasons:
            state["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _text(reasons[id(finding)])}]
        elif report.known is not None:
            state["baselineState"] = "unchanged" if id(finding) in known else "new"
        yield (finding, mark), state


def _json(value: object) -> str:
    return json_visible(_encode(value))


def _rule(report: Report, code: str, others: Sequence[Finding]) -> dict[str, Any]:
    card = report.rule(code)
    tally = report.tally if code in report.tally.codes else counted(finding for finding in others if finding.code == code)
    rule: dict[str, Any] = {
        "id": code,
        "name": tally.names[code],
        "shortDescription": {"text": _text(card.doc if card and card.doc else tally.names[code])},
        "defaultConfiguration": {"level": _LEVEL[tally.worst[code]]},
    }
    if card and card.why:
        rule["fullDescription"] = {"text": _text(card.why)}
    if card and card.source:
        rule["help"] = {"text": _text(f"Source: {card.source}")}
    if card and card.category:
        rule["properties"] = {"tags": [card.category]}
    return rule


def _location(report: Report, finding: Finding, line: Lines) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.file:
        location["physicalLocation"] = {"artifactLocation": {"uri": uri(report.path(finding.file))}, "region": {"startLine": line(finding)}}
    if finding.cell or finding.sheet:
        address = "!".join(part for part in (finding.sheet, finding.cell) if part)
        location["logicalLocations"] = [{"fullyQualifiedName": address, "kind": "element"}]
    return location


def _result(finding: Finding, mark: str, order: Mapping[str, int]) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": order[finding.code],
        "level": _LEVEL[finding.severity],
        "message": {"text": _text(finding.message)},
        "partialFingerprints": {"listingkit/v1": mark},
        "properties": {
            key: value
            for key, value in finding.to_dict().items()
            if value is not None and key in ("sku", "marketplace", "column", "field", "cell", "value", "fix")
        },
    }


def _text(text: str) -> str:
    """A plain text message: what SARIF would read as a placeholder or a link is escaped (3.11.5, 3.11.6)."""
    return _LINK.sub(r"\\[", _PLACEHOLDER.sub(r"{{\1}}", visible(text)))
