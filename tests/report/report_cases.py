"""Findings that the tests of the report share, and where its test tools are."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from listingkit.finding import Finding, Fix, Safety, Severity
from listingkit.report.formats import FORMATS, write
from listingkit.report.report import Report

CHECK_DIGIT = Finding(
    code="GTN001",
    name="gtin-check-digit",
    severity=Severity.ERROR,
    message="check digit is 3, the other digits need 2",
    file="master.xlsx",
    sheet="Products",
    row=17,
    column="UPC",
    cell="F17",
    field="product_id",
    sku="AB-1",
    marketplace="DE",
    value="036000291453",
    fix=Fix("036000291452", Safety.ASK),
)
LONG_TITLE = replace(
    CHECK_DIGIT,
    code="TTL001",
    name="title-too-long",
    severity=Severity.WARNING,
    message="214 characters, 200 are allowed",
    column="Title",
    cell="C17",
    field="item_name@de_DE",
    value="T" * 214,
    fix=None,
)
BARE = Finding("MAP001", "column-unmapped", Severity.INFO, "nothing was read from this file")

HOSTILE = {
    "script": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "ansi": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "rtl": "photo\u202egnp.exe\u2066x\u2069",
    "breaks": "one\ntwo\r\nthree\tfour\u2028five",
    "long": "x" * 32_767,
    "control": "nul\x00 bell\x07 del\x7f lone \ud800",
    "markup": "]]> & \" ' <!-- --> {{ 7*7 }} {0} [link](1) ${7*7} %0A::error::x",
}


def hostile(value: str) -> Report:
    """A report in which everything that comes from a sheet is this value."""
    finding = replace(
        CHECK_DIGIT,
        message=f"not good: {value}",
        file=f"{value[:60]}.xlsx",
        sheet=value[:60],
        column=value,
        sku=value,
        value=value,
        fix=Fix(value, Safety.SAFE),
    )
    return Report([finding, replace(finding, severity=Severity.WARNING)], rows=1, unmapped=[value])


def written(report: Report, name: str, **options: object) -> str:
    stream = io.StringIO(newline="")
    write(report, name, stream, **options)
    return stream.getvalue()


TEXT_FORMATS = [name for name, style in FORMATS.items() if not style.binary]


def node_modules(package: str) -> Path:
    """The folder of an npm package under $LISTINGKIT_NODE_MODULES; skips the test where there is none."""
    folder = os.environ.get("LISTINGKIT_NODE_MODULES")
    if not folder:
        pytest.skip("LISTINGKIT_NODE_MODULES is not set")
    return Path(folder) / package
