"""One self-contained page: no request leaves it, and nothing in a cell is ever obeyed."""

import hashlib
from base64 import b64encode
from typing import TextIO

import jinja2

from listingkit.report.escape import visible
from listingkit.report.report import Report
from listingkit.report.words import summary
from listingkit.resources import shared


def write(report: Report, stream: TextIO) -> None:
    """Write the page."""
    folder = shared("templates") / "report"
    style = (folder / "report.css").read_text("utf-8")
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined)
    pages.filters["visible"] = visible
    policy = f"default-src 'none'; style-src 'sha256-{_hash(style)}'; base-uri 'none'; form-action 'none'"
    page = pages.get_template("report.html.j2")
    stream.writelines(page.stream(report=report, tally=report.tally, summary=list(summary(report)), style=style, policy=policy))


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()
