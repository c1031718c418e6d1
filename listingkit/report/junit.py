"""Findings as a JUnit report: a suite a sheet, a test case a finding; errors fail, warnings are skipped tests with their message."""

from collections.abc import Sequence
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from listingkit.finding import Finding, Severity
from listingkit.report.escape import visible
from listingkit.report.place import MESSAGE, headline, proposal
from listingkit.report.report import Report


def write(report: Report, stream: TextIO) -> None:
    """Write the XML. A sheet without findings is one passed test."""
    sheets: dict[tuple[str | None, str | None], list[Finding]] = {(found.file, found.sheet): [] for found in report.inputs}
    for finding in report.findings:
        sheets.setdefault((finding.file, finding.sheet), []).append(finding)
    tally = report.tally
    clean = sum(not found for found in sheets.values()) or (not sheets)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    skipped = tally.total - tally.errors
    stream.write(f'<testsuites name="listingkit" tests="{tally.total + clean}" failures="{tally.errors}" skipped="{skipped}" errors="0">\n')
    for (file, sheet), found in (sheets or {(None, None): []}).items():
        _suite(" > ".join(part for part in (file, sheet) if part) or "master", found, stream)
    stream.write("</testsuites>\n")


def _suite(name: str, findings: Sequence[Finding], stream: TextIO) -> None:
    failures = sum(finding.severity is Severity.ERROR for finding in findings)
    attributes = f'tests="{len(findings) or 1}" failures="{failures}" skipped="{len(findings) - failures}" errors="0"'
    stream.write(f"  <testsuite name={_attribute(name)} {attributes}>\n")
    if not findings:
        stream.write(f'    <testcase classname={_attribute(name)} name="no findings"/>\n')
    for finding in findings:
        case = " ".join(part for part in (finding.code, finding.sku, finding.cell, finding.marketplace) if part)
        stream.write(f"    <testcase classname={_attribute(name)} name={_attribute(case)}>")
        body = "\n".join(part for part in (headline(finding), proposal(finding)) if part)
        if finding.severity is Severity.ERROR:
            message = f"message={_attribute(finding.message)} type={_attribute(finding.name)}"
            stream.write(f"<failure {message}>{escape(body)}</failure>")
        else:
            stream.write(f"<skipped message={_attribute(f'{finding.severity.value}: {headline(finding)}')}/>")
        stream.write("</testcase>\n")
    stream.write("  </testsuite>\n")


def _attribute(text: str) -> str:
    return quoteattr(visible(text, MESSAGE))
