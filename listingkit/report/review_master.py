"""The sheets of a review with every value of the masters as text, marked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

import polars as pl

from listingkit.master.review_marks import AUTHOR, FINDINGS, ISSUES, SUMMARY, our_column, our_sheet
from listingkit.master.sheet import ROW, Master, index, letter
from listingkit.report import lean, looks
from listingkit.report.escape import visible
from listingkit.report.grid import Grid
from listingkit.report.notes import COMMENTS, Marks, box, comment, issues, worst, worst_first
from listingkit.report.report import RuleCard
from listingkit.report.review_sheets import LINKS, Styled
from listingkit.report.sheet import Column, Link, Note, Sheet, place

WIDEST = 48  # characters of a column; a longer text ends where its cell does
ISSUES_WIDTH = 34
_CELL = 80  # bytes around a text
_LARGE = 2_000_000_000  # bytes of a part that might grow beyond what a plain package holds

Own = dict[str, dict[int, int]]  # style numbers of marked cells by column letter and row


def clean(masters: Sequence[Master], by_master: Sequence[Marks], rules: Mapping[str, RuleCard], styled: Styled) -> list[Sheet]:
    """A sheet a master, with comments for the worst cells as far as they go."""
    made: list[Sheet] = []
    budget = COMMENTS
    for master, mine in zip(masters, by_master, strict=True):
        notes = list(_notes(mine, _issues_letter(master), rules, budget))
        budget -= len(notes)
        made.append(_sheet(master, mine, notes, _title(master, [sheet.title for sheet in made]), styled))
    return made


def _notes(marks: Marks, letters: str, rules: Mapping[str, RuleCard], budget: int) -> Iterator[Note]:
    loose = ((f"{letters}{row}", [line for line in found if line.cell is None]) for row, found in marks.rows.items())
    said = [*worst_first(marks.cells, budget), *((cell, found) for cell, found in loose if found)]
    for cell, found in said[:budget]:
        text = comment(found, rules)
        yield Note(cell, text, *box(text))


def _sheet(master: Master, marks: Marks, notes: Sequence[Note], title: str, styled: Styled) -> Sheet:
    last, letters, head = _last_row(master), _issues_letter(master), master.header_row
    links = [Link(f"{letters}{head}", place(SUMMARY, "A1"), "to the summary")]
    for row, found in list(marks.rows.items())[:LINKS]:
        links.append(Link(f"{letters}{row}", place(FINDINGS, f"A{found[0].number}"), "to the list of findings"))
    own = _own(marks, letters, styled)
    size = master.frame.estimated_size() + _CELL * master.frame.height * master.frame.width
    return Sheet(
        title,
        _rows(master, marks, letters, own, styled),
        {**_columns(master, styled), letters: Column(ISSUES_WIDTH, styled(looks.TEXT))},
        f"{letters}{last}",
        frozen=f"A{head + 1}",
        filtered=f"A{head}:{letters}{last}",
        repeated=head,
        texts=True,
        links=links,
        notes=notes,
        author=AUTHOR,
        large=size > _LARGE,
    )


def _own(marks: Marks, letters: str, styled: Styled) -> Own:
    own: Own = {letters: {row: styled(looks.ISSUES[worst(found)]) for row, found in marks.rows.items()}}
    for cell, found in marks.cells.items():
        name = cell.rstrip("0123456789")
        look = looks.marked(worst(found), long=len(found[0].finding.value or "") > WIDEST)
        own.setdefault(name, {})[int(cell[len(name) :])] = styled(look)
    return own


def _rows(master: Master, marks: Marks, letters: str, own: Own, styled: Styled) -> Iterator[bytes]:
    """The header, the codes below it where they were read as such, then the rows."""
    yield from _above(master, letters, own, styled)
    names = [name for name in (letter(number) for number in range(index(letters))) if name in master.frame.columns]
    told = pl.DataFrame(
        {ROW: list(marks.rows), letters: [issues(found) for found in marks.rows.values()]}, schema={ROW: pl.UInt32, letters: pl.String}
    )
    frame = master.frame.select(ROW, *names).join(told, on=ROW, how="left", maintain_order="left")
    marked = frame.select(ROW).with_row_index("at").filter(pl.col(ROW).is_in({row for rows in own.values() for row in rows}))
    at = dict(zip(marked[ROW], marked["at"], strict=True))
    plain, long = styled(looks.TEXT), styled(looks.CLIPPED)
    columns, styles = [], []
    for name in (*names, letters):
        clipped = pl.when(pl.col(name).str.len_chars() > WIDEST).then(pl.lit(long, pl.UInt32))
        mine = {at[row]: style for row, style in own.get(name, {}).items() if row in at}
        styles.append(frame.select(clipped.alias(f"{name} look")).to_series().scatter(list(mine), list(mine.values())))
        columns.append(lean.Texts(name, name, plain, f"{name} look"))
    yield from lean.rows(frame.with_columns(styles), columns)


def _above(master: Master, letters: str, own: Own, styled: Styled) -> Iterator[bytes]:
    grid, head = Grid(), master.header_row
    heads = sorted((index(column.letter), column.header) for column in master.columns if index(column.letter) < index(letters))
    for number, text in heads:
        grid.put(head, number + 1, text, own.get(letter(number), {}).get(head, styled(looks.TEXT_HEAD)))
    grid.put(head, index(letters) + 1, ISSUES, styled(looks.ISSUES_HEAD))
    codes = [(index(column.letter), column.code) for column in master.columns if column.code]
    if head + 1 not in master.frame[ROW]:
        for number, text in sorted(codes):
            grid.put(head + 1, number + 1, text, styled(looks.TEXT))
    yield from grid.rows()


def _columns(master: Master, styled: Styled) -> dict[str, Column]:
    found = {}
    for column in master.columns:
        texts = master.frame[column.letter] if column.letter in master.frame.columns else None
        usual = texts.str.len_chars().quantile(0.9) if texts is not None else None
        found[column.letter] = Column(min(max(len(column.header) + 4, int(usual or 0) + 2, 8), WIDEST), styled(looks.TEXT))
    return found


def _issues_letter(master: Master) -> str:
    """The column of issues: right of all others, those of an earlier review left out."""
    return letter(max((index(column.letter) + 1 for column in master.columns if not our_column(column.header)), default=0))


def _last_row(master: Master) -> int:
    last = master.frame[ROW].max()
    return max(int(last) if isinstance(last, int) else 0, master.header_row)


def _title(master: Master, taken: Sequence[str]) -> str:
    """A sheet title that Excel takes and that is free: the sheet's own name, or the file's."""
    wanted = re.sub(r"[\[\]:*?/\\]", " ", visible(master.sheet or PurePath(master.file).stem)).strip(" '")[:31] or "master"
    title, number = ("master" if our_sheet(wanted) or wanted.casefold() == "history" else wanted), 1
    while title.casefold() in {other.casefold() for other in taken}:
        number += 1
        title = f"{wanted[:27]} {number}"
    return title
