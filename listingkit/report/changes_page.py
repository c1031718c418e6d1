"""Changes as one self-contained page: no request leaves it, and nothing in a cell is ever obeyed."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TextIO

import jinja2
import polars as pl

from listingkit import __version__
from listingkit.diff import keys
from listingkit.diff.changes import Change, Changes
from listingkit.diff.risks import risks
from listingkit.diff.side import Side, place
from listingkit.report.changes_text import groups
from listingkit.report.escape import visible
from listingkit.report.phrases import ENGLISH, languages, told
from listingkit.report.phrases import language as named
from listingkit.report.policy import policy, script_json, stylesheet
from listingkit.report.wordmarks import Part, folded, marks
from listingkit.resources import shared

SHOWN = 5000  # changes on the page, dangerous ones first; a browser has its limits
LONG = 4000  # characters of what is new or gone
AROUND = 120  # characters that are shown before and after a change in a long text


class Row(NamedTuple):
    """One change as the page shows it."""

    change: Change
    family: str  # the parent's SKU, or its own
    name: str
    old: list[Part]
    new: list[Part]


def write(changes: Changes, stream: TextIO, *, language: str | None = None) -> None:
    """Write the page; it opens in this language (`en`, `de`, `zh`), else in the reader's where it knows it, and can be switched."""
    folder = shared("templates") / "report"
    style, script = stylesheet("diff.css"), (folder / "diff.js").read_text("utf-8")
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"visible": visible, "legible": _legible}
    found = groups(changes)
    stream.write(
        pages.get_template("diff.html.j2").render(
            say=named(language or ENGLISH),
            chosen=language,
            languages=languages(),
            phrases=script_json(told()),
            store=place(changes.new.upload)[0],
            old=changes.old.upload.template.name,
            new=_file(changes.new),
            version=__version__,
            counts=changes.counts(),
            groups=found,
            risky={group.risk.code: group.risk.name for group in found if group.risk},
            advice=[(risks()[code], len(skus)) for code, skus in changes.advice.items()],
            notes=changes.notes,
            families=groupby(rows(changes), key=attrgetter("family")),
            names=sorted(
                {name for change in changes.frame.select("field", "path").unique().iter_rows() if (name := change[0] or change[1])}
            ),
            left=max(0, len(changes) - SHOWN),
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )


def rows(changes: Changes) -> Iterator[Row]:
    """What the page shows: families together, in the order of their parents."""
    shown = changes.frame.with_row_index("#").sort("dangerous", descending=True, maintain_order=True).head(SHOWN).sort("#").drop("#")
    family = _families(changes)
    parents = pl.col("sku").replace(family) if family else pl.col("sku")
    for *cells, parent in shown.with_columns(family=parents).sort("family", maintain_order=True).iter_rows():
        change = Change(*cells)
        old, new = (folded(side, AROUND, LONG) for side in marks(change.old, change.new)) if change.old and change.new else _whole(change)
        yield Row(change, parent, change.field or change.path or change.kind, old, new)


def _file(side: Side) -> str:
    """The name of a side's file; "" for rows that no file holds yet."""
    template = side.upload.template
    return template.name if template.file or "." in template.name else ""


def _whole(change: Change) -> tuple[list[Part], list[Part]]:
    old, new = (folded([Part(text, marked=True)], AROUND, LONG) if text else [] for text in (change.old, change.new))
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
