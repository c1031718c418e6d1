"""Changes for a terminal: one group a risk, the dangerous ones first."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, TextIO

import polars as pl

from listingkit.diff.changes import Change, Changes
from listingkit.diff.risks import Risk, risks
from listingkit.diff.side import place
from listingkit.report.escape import encodable, visible

SHOWN = 20  # changes of one group that are shown
VALUE = 60  # characters of a value that are shown
_KINDS = {
    "added": ("new listings", "group_added"),
    "changed": ("changes without a risk", "no_risk"),
    "moved": ("values that only changed places", "group_moved"),
}


class Group(NamedTuple):
    """Changes of one risk, or of one kind where there is no risk."""

    title: str
    risk: Risk | None
    dangerous: bool
    changes: pl.DataFrame
    key: str = ""  # of its title among the report's phrases, where there is no risk

    def first(self, number: int = SHOWN) -> Iterator[Change]:
        return (Change(*row) for row in islice(self.changes.iter_rows(), number))


def groups(changes: Changes) -> list[Group]:
    """The groups: dangerous risks, other risks, then what carries none."""
    found: list[Group] = []
    known = risks()
    for code, flag in changes.frame.drop_nulls("risk").select("risk", "dangerous").unique().sort("risk", "dangerous").iter_rows():
        part = changes.frame.filter((pl.col("risk") == code) & (pl.col("dangerous") == flag))
        found.append(Group(f"{code} {known[code].name}", known[code], flag, part))
    found.sort(key=lambda group: (not group.dangerous, group.risk.severity.rank if group.risk else 9, group.title))
    rest = changes.frame.filter(pl.col("risk").is_null())
    for kind, (title, key) in _KINDS.items():
        part = rest.filter(pl.col("kind") == kind)
        if part.height:
            found.append(Group(title, None, dangerous=False, changes=part, key=key))
    return found


def write(changes: Changes, stream: TextIO) -> None:
    """A table a group on a terminal, plain lines elsewhere."""
    if stream.isatty():
        _tables(changes, stream)
        return
    encoding = getattr(stream, "encoding", None)
    stream.writelines(encodable(text, encoding) + "\n" for text in lines(changes))


def lines(changes: Changes) -> Iterator[str]:
    """The plain lines."""
    for group in groups(changes):
        yield f"{group.title}: {_count(group.changes.height, 'change')}{', DANGEROUS' if group.dangerous else ''}"
        if group.risk:
            yield f"  {group.risk.sentence}"
        for change in group.first():
            yield f"    {visible(change.sku)}  {line(change)}"
        if group.changes.height > SHOWN:
            yield f"    ... and {group.changes.height - SHOWN:,} more (--format jsonl has them all)"
        yield ""
    for code, skus in changes.advice.items():
        yield f"{code} {risks()[code].name}: {_count(len(skus), 'row')}. {risks()[code].why}"
    for note in changes.notes:
        yield f"note: {visible(note)}"
    yield summary(changes)


def summary(changes: Changes) -> str:
    """One line: how many listings, how many cells, how much danger."""
    counts = changes.counts()
    store = place(changes.new.upload)[0]
    parts = [f"{counts[kind]:,} {word}" for kind, word in _WORDS.items() if counts[kind] or kind in ("added", "changed")]
    danger = _count(counts["dangerous"], "dangerous change") if counts["dangerous"] else "nothing dangerous"
    return f"{store + ': ' if store else ''}{', '.join(parts)}; {_count(counts['cells'], 'differing cell')}; {danger}"


_WORDS = {"added": "new", "changed": "changed", "removed": "deleted", "vanished": "vanished but still live", "unchanged": "unchanged"}


def line(change: Change) -> str:
    """What changed, on one line, without the SKU."""
    if change.path is None:
        return change.kind
    name = change.field or change.path
    return f"{visible(name)}: {_value(change.old)} -> {_value(change.new)}{' (moved)' if change.kind == 'moved' else ''}"


def _value(value: str | None) -> str:
    return "(blank)" if value is None else visible(value, VALUE)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _tables(changes: Changes, stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream)
    for group in groups(changes):
        style = "red" if group.dangerous else "yellow" if group.risk else "green"
        console.print(
            Text(f"{group.title}: {_count(group.changes.height, 'change')}{', dangerous' if group.dangerous else ''}", f"bold {style}")
        )
        if group.risk:
            console.print(Text(group.risk.sentence, "dim"))
        with_cells = group.changes.get_column("path").is_not_null().any()
        table = Table("SKU", *(("Field", "Old", "New") if with_cells else ()), box=None, pad_edge=True)
        for change in group.first():
            cells = [change.field or change.path or "", _value(change.old), _value(change.new)] if with_cells else []
            table.add_row(*(Text(visible(cell)) for cell in (change.sku, *cells)))
        console.print(table)
        if group.changes.height > SHOWN:
            console.print(Text(f"... and {group.changes.height - SHOWN:,} more", "dim"))
        console.print()
    for note in changes.notes:
        console.print(Text(f"note: {visible(note)}", "dim"))
    console.print(Text(summary(changes), "bold"))
