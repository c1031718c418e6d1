"""Findings as JSON: one object a line (jsonl), or the same lines as one array (json)."""

from collections.abc import Iterable, Iterator
from json import JSONEncoder
from typing import TextIO

from listingkit.finding import Finding
from listingkit.report.escape import json_visible
from listingkit.report.report import Report

_encode = JSONEncoder(ensure_ascii=False).encode


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Each finding as JSON without a line end. No control, bidi or other invisible character stays raw in it."""
    return (json_visible(_encode(finding.to_dict())) for finding in findings)


def write(report: Report, stream: TextIO) -> None:
    """Write every finding on a line of its own."""
    stream.writelines(line + "\n" for line in lines(report.findings))


def write_array(report: Report, stream: TextIO) -> None:
    """Write every finding, one a line, as one JSON array."""
    before = "[\n  "
    for line in lines(report.findings):
        stream.write(before + line)
        before = ",\n  "
    stream.write("\n]\n" if report.findings else "[]\n")
