"""Findings as a comma-separated table that opens in Excel as it is."""

import csv
import re
from typing import TextIO

from listingkit.report.escape import visible
from listingkit.report.report import Report

COLUMNS = (
    *("severity", "code", "name", "sku", "marketplace", "file", "sheet", "row", "cell", "column", "field"),
    *("message", "value", "fix", "fix_safety"),
)
LONGEST = 32_000  # characters; Excel takes 32,767 in a cell
_STARTS_FORMULA = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20|%\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*%?")


def write(report: Report, stream: TextIO) -> None:
    """Write with a byte order mark (Excel reads UTF-8 by it) and CRLF; cells that Excel would calculate start with an apostrophe."""
    stream.write("\ufeff")
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    for finding in report.findings:
        row = finding.to_dict()
        fix = row.pop("fix") or {}
        row |= {"fix": fix.get("value"), "fix_safety": fix.get("safety")}
        table.writerow([_cell(row[column]) for column in COLUMNS])


def _cell(value: str | int | None) -> str | int | None:
    if not isinstance(value, str):
        return value
    shown = visible(value, LONGEST)
    return f"'{shown}" if _STARTS_FORMULA.match(value) and not _NUMBER.fullmatch(value) else shown
