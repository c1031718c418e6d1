"""Numbered slots that only changed places: a moved bullet point is one change, not five."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import polars as pl

from listingkit.diff import keys
from listingkit.diff.cells import cells_of, kind_of
from listingkit.diff.sameness import FORMS
from listingkit.diff.side import PARTIAL, Side


class Line(NamedTuple):
    """One change inside a family of slots; a moved one names the first slot and holds one value a line."""

    key: str
    old: str | None
    new: str | None
    kind: str


class Slot(NamedTuple):
    """One numbered slot before and after: the texts, and the forms that are compared."""

    key: str
    old: str | None
    new: str | None
    old_form: str | None
    new_form: str | None


def reordered(cells: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """The differing cells with a column `kind` (changed or moved), families of slots told in as few changes as possible."""
    told = cells.with_columns(kind=pl.lit("changed"))
    for members in keys.families([*after.frame.columns, *before.frame.columns]).values():
        rows = (
            cells.filter(pl.col("key").is_in(members))
            .group_by("new_row", maintain_order=True)
            .agg(pl.col("old_row").first(), pl.len().alias("differing"))
            .filter(pl.col("differing") > 1)
        )
        shorter = [
            (old_row, new_row, *line)
            for old_row, new_row, slots in _families(rows, members, before, after)
            if len(lines := fewest(slots)) < sum(slot.old_form != slot.new_form for slot in slots)
            for line in lines
        ]
        if shorter:
            fewer = pl.DataFrame(shorter, schema={**cells.schema, "kind": pl.String}, orient="row")
            replaced = pl.col("key").is_in(members) & pl.col("new_row").is_in(fewer.get_column("new_row").unique().to_list())
            told = pl.concat([told.filter(~replaced), fewer])
    return told


def _families(rows: pl.DataFrame, members: Sequence[str], before: Side, after: Side) -> Iterator[tuple[int, int, list[Slot]]]:
    """For each row that may be told in fewer changes its slots, as they are and as they would be."""
    if not rows.height:
        return
    olds, news = rows.get_column("old_row"), rows.get_column("new_row")
    merges = after.action.gather(news) == PARTIAL
    columns = []
    for at, key in enumerate(members):
        old, new = cells_of(before, key, olds), cells_of(after, key, news)
        if merges.any():
            new = new.zip_with(~merges.fill_null(value=False) | new.is_not_null(), old)
        form = FORMS[kind_of(key, before, after)]
        columns += [old.alias(f"old{at}"), new.alias(f"new{at}"), form(old).alias(f"was{at}"), form(new).alias(f"will{at}")]
    table = pl.DataFrame([olds.alias("old_row"), news.alias("new_row"), *columns]).filter(_may_be_shorter(len(members)))
    for old_row, new_row, *cells in table.iter_rows():
        yield old_row, new_row, [Slot(key, *cells[4 * at : 4 * at + 4]) for at, key in enumerate(members)]


def _may_be_shorter(count: int) -> pl.Expr:
    """Whether a value stands in another slot than before, or one slot was filled and another emptied: else each slot is its own change."""
    slots = range(count)
    differs = [pl.col(f"was{at}").ne_missing(pl.col(f"will{at}")) for at in slots]
    moved = [differs[at] & differs[to] & (pl.col(f"was{at}") == pl.col(f"will{to}")) for at in slots for to in slots if at != to]
    filled = pl.any_horizontal(pl.col(f"was{at}").is_null() & differs[at] for at in slots)
    emptied = pl.any_horizontal(pl.col(f"will{at}").is_null() & differs[at] for at in slots)
    return pl.any_horizontal(*moved, filled & emptied).fill_null(value=False)


def fewest(slots: Sequence[Slot]) -> list[Line]:
    """What happened to a family of slots: values replaced, added and gone, and at most one change for the order of the rest."""
    gone, come = _exchanged(slots)
    stayed = [slot.old_form for slot in slots if slot.old_form and slot not in gone]
    moved = stayed != [slot.new_form for slot in slots if slot.new_form and slot not in come]
    if moved and (in_order := _in_order(slots, len(come))):
        moved, (gone, come) = False, in_order
    lines = [Line(new.key, old.old, new.new, "changed") for old, new in zip(gone, come, strict=False)]
    lines += [Line(slot.key, slot.old, None, "changed") for slot in gone[len(come) :]]
    lines += [Line(slot.key, None, slot.new, "changed") for slot in come[len(gone) :]]
    if moved or not lines:
        lines.append(Line(slots[0].key, _lines(slot.old for slot in slots), _lines(slot.new for slot in slots), "moved"))
    return lines


def _exchanged(slots: Sequence[Slot]) -> tuple[list[Slot], list[Slot]]:
    """The slots whose values are gone, and those whose values are new; of equal values the first in slots that differ."""
    lost = Counter(slot.old_form for slot in slots if slot.old_form) - Counter(slot.new_form for slot in slots if slot.new_form)
    won = Counter(slot.new_form for slot in slots if slot.new_form) - Counter(slot.old_form for slot in slots if slot.old_form)
    gone, come = [], []
    for slot in slots:
        if slot.old_form == slot.new_form:
            continue
        if slot.old_form and lost[slot.old_form] > 0:
            lost[slot.old_form] -= 1
            gone.append(slot)
        if slot.new_form and won[slot.new_form] > 0:
            won[slot.new_form] -= 1
            come.append(slot)
    return gone, come


def _in_order(slots: Sequence[Slot], come: int) -> tuple[list[Slot], list[Slot]] | None:
    """Slots gone and new (so many) that leave the others in their order, where some choice among equal values does."""
    old, new = [slot for slot in slots if slot.old_form], [slot for slot in slots if slot.new_form]
    if len({slot.old_form for slot in old}) == len(old) and len({slot.new_form for slot in new}) == len(new):
        return None
    longest: list[list[list[tuple[Slot, Slot]]]] = [[[] for _ in range(len(new) + 1)] for _ in range(len(old) + 1)]
    for at in reversed(range(len(old))):
        for to in reversed(range(len(new))):
            if old[at].old_form == new[to].new_form:
                longest[at][to] = [(old[at], new[to]), *longest[at + 1][to + 1]]
            else:
                longest[at][to] = max(longest[at + 1][to], longest[at][to + 1], key=len)
    common = longest[0][0]
    if len(common) != len(new) - come:
        return None
    stayed, stays = {slot.key for slot, _ in common}, {slot.key for _, slot in common}
    return [slot for slot in old if slot.key not in stayed], [slot for slot in new if slot.key not in stays]


def _lines(texts: Iterable[str | None]) -> str:
    return "\n".join(text for text in texts if text)
