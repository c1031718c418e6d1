"""Changes as one self-contained page: no request leaves it, and nothing in a cell is ever obeyed."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple, TextIO

import jinja2
import polars as pl

from listingkit.diff import keys
from listingkit.diff.changes import Change, Changes
from listingkit.diff.risks import risks
from listingkit.report.changes_text import groups, summary
from listingkit.report.escape import visible
from listingkit.report.wordmarks import Part, marks
from listingkit.resources import shared

SHOWN = 5000  # changes on the page, dangerous ones first; a browser has its limits
LONG = 4000  # characters of a value that are shown


class Row(NamedTuple):
    """One change as the page shows it."""

    change: Change
    family: str  # the parent's SKU, or its own
    name: str
    old: list[Part]
    new: list[Part]


def write(changes: Changes, stream: TextIO) -> None:
    """Write the page."""
    folder = shared("templates") / "report"
    style, script = ((folder / name).read_text("utf-8") for name in ("diff.css", "diff.js"))
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined)
    pages.filters |= {"visible": visible, "legible": _legible}
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    stream.writelines(
        pages.get_template("diff.html.j2").stream(
            summary=summary(changes),
            groups=[(group.title, group.risk, group.dangerous, group.changes.height) for group in groups(changes)],
            advice=[(risks()[code], len(skus)) for code, skus in changes.advice.items()],
            notes=changes.notes,
            rows=rows(changes),
            names=sorted(
                {name for change in changes.frame.select("field", "path").unique().iter_rows() if (name := change[0] or change[1])}
            ),
            left=max(0, len(changes) - SHOWN),
            style=style,
            script=script,
            policy=policy,
        )
    )


def rows(changes: Changes) -> Iterator[Row]:
    """What the page shows: families together, in the order of their parents."""
    shown = changes.frame.sort("dangerous", descending=True, maintain_order=True).head(SHOWN)
    family = _families(changes)
    parents = pl.col("sku").replace(family) if family else pl.col("sku")
    for *cells, parent in shown.with_columns(family=parents).sort("family", maintain_order=True).iter_rows():
        change = Change(*cells)
        old, new = marks(change.old[:LONG], change.new[:LONG]) if change.old and change.new else _whole(change)
        yield Row(change, parent, change.field or change.path or change.kind, old, new)


def _whole(change: Change) -> tuple[list[Part], list[Part]]:
    old, new = ([Part(text[:LONG], marked=True)] if text else [] for text in (change.old, change.new))
    return old, new


def _families(changes: Changes) -> dict[str, str]:
    """The parent of each child, as it was or as it will be."""
    found: dict[str, str] = {}
    for side in (changes.old, changes.new):
        if keys.PARENT in side.frame.columns:
            pairs = pl.DataFrame({"sku": side.sku, "parent": side.frame.get_column(keys.PARENT)}).drop_nulls()
            found |= dict(pairs.iter_rows())
    return found


def _legible(text: str) -> str:
    """The text with its line breaks, and other invisible characters spelled out."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
