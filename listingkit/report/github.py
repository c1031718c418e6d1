"""Findings as annotations of a GitHub workflow run."""

from typing import TextIO

from listingkit.finding import Severity
from listingkit.report.escape import visible
from listingkit.report.place import Lines, headline, path, proposal
from listingkit.report.report import Report
from listingkit.report.words import summary

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report, stream: TextIO) -> None:
    """Write one workflow command a finding, the worst first: GitHub shows only the first ten of a level in each step."""
    line = Lines(report)
    for finding in sorted(report.findings, key=lambda finding: finding.severity.rank):
        said = ". ".join(part for part in (headline(finding), proposal(finding)) if part)
        place = f"file={_property(path(report.path(finding.file)))},line={line(finding)}," if finding.file else ""
        title = _property(f"{finding.code} {finding.name}")
        stream.write(f"::{_LEVEL[finding.severity]} {place}title={title}::{_data(said)}\n")
    stream.write(f"::notice title=listingkit::{_data(' '.join(summary(report)))}\n")


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
