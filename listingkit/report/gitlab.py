"""Findings as a GitLab Code Quality report."""

from json import JSONEncoder
from typing import TextIO

from listingkit.finding import Severity
from listingkit.report.escape import visible
from listingkit.report.fingerprint import unique
from listingkit.report.place import Lines, headline, path, proposal
from listingkit.report.report import Report

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_encode = JSONEncoder(ensure_ascii=False).encode


def write(report: Report, stream: TextIO) -> None:
    """Write one JSON array; the fingerprint of a finding stays the same when its row moves."""
    before, line = "[\n", Lines(report)
    for finding, mark in unique(report.findings):
        said = ". ".join(part for part in (headline(finding), proposal(finding)) if part)
        entry = {
            "description": said,
            "check_name": finding.code,
            "fingerprint": mark,
            "severity": _SEVERITY[finding.severity],
            "location": {"path": visible(path(report.path(finding.file or ""))) or "master", "lines": {"begin": line(finding)}},
        }
        stream.write(before + _encode(entry))
        before = ",\n"
    stream.write("\n]\n" if report.findings else "[]\n")
