"""The sheets that a review adds: a summary first, and the list of findings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath

import polars as pl

from listingkit.finding import Severity
from listingkit.master.review_marks import FINDINGS, SUMMARY
from listingkit.master.sheet import ROW, letter
from listingkit.report import lean, looks
from listingkit.report.escape import visible
from listingkit.report.grid import Grid
from listingkit.report.looks import Look
from listingkit.report.notes import Line, issues, worst
from listingkit.report.report import Report
from listingkit.report.sheet import Column, Link, Sheet, place
from listingkit.report.words import summary

LINKS = 60_000  # a sheet; Excel takes 65,530
LINES = 100_000  # of the list; the json formats have all
SKUS = 5_000  # of the summary
LINE = 70  # characters of a wrapped line, with some room
TEXT = 2_000  # characters of a value in the list
FORMULA = tuple("=+-@")  # what Excel would calculate when the cell is edited
WIDTHS = {"A": 12, "B": 12, "C": 64, "D": 11, "E": 12, "F": 40}
LIST = {
    "Severity": 10,
    "Rule": 10,
    "SKU": 22,
    "Cell": 10,
    "Column": 20,
    "Message": 62,
    "Value": 30,
    "Proposed": 30,
    "Marketplaces": 18,
    "Sheet": 24,
}

Styled = Callable[[Look], int]  # the number of a look


class Summary:
    """The first sheet while it is written."""

    def __init__(self, report: Report, found: Sequence[Line], titles: Mapping[int, str], styled: Styled) -> None:
        self._report, self._found, self._titles, self._styled = report, found, titles, styled
        self._grid = Grid()
        self._links: list[Link] = []
        self._merged: list[str] = []

    def sheet(self, advice: Sequence[str]) -> Sheet:
        """The sheet, with this advice under its first lines."""
        files = ", ".join(dict.fromkeys(visible(PurePath(shown.file).name) for shown in self._report.inputs))
        self._line(1, f"Review of {files}" if files else "Review", looks.TITLE)
        self._line(2, " ".join(summary(self._report)), looks.WRAP)
        for row, text in enumerate(advice, 3):
            self._line(row, text, looks.ADVICE)
        row = self._totals(4 + len(advice))
        row = self._by_rule(row + 1)
        self._by_sku(row + 1)
        columns = {name: Column(width) for name, width in WIDTHS.items()}
        grid = self._grid
        return Sheet(SUMMARY, grid.rows(), columns, grid.last, gridlines=False, merged=self._merged, links=self._links)

    def _put(self, row: int, column: int, value: str | float | None, look: Look = looks.PLAIN) -> None:
        if isinstance(value, str):
            look = looks.quoted(look) if value.startswith(FORMULA) else look
            value = visible(value, TEXT)
        self._grid.put(row, column, value, self._styled(look))

    def _line(self, row: int, text: str, look: Look) -> None:
        self._put(row, 1, text, look)
        self._merged.append(f"A{row}:F{row}")
        self._grid.heights[row] = 28 if row == 1 else 16 * (1 + len(text) // 120)

    def _head(self, row: int, title: str, columns: Sequence[str]) -> int:
        self._put(row, 1, title, looks.SECTION)
        for number, text in enumerate(columns, 1):
            self._put(row + 1, number, text, looks.HEAD)
        return row + 2

    def _totals(self, row: int) -> int:
        tally = self._report.tally
        counted: list[tuple[str, int | None, Severity | None]] = [
            ("Errors", tally.errors, Severity.ERROR),
            ("Warnings", tally.warnings, Severity.WARNING),
            ("Rows read", self._report.rows, None),
            ("Held back", self._report.held, None),
            ("Proposals", tally.safe + tally.ask, None),
        ]
        if self._report.wrong_for.rows:
            counted.append(("Shipped with errors", self._report.wrong_for.rows, Severity.ERROR))
        row = self._head(row, "Totals", [name for name, _, _ in counted])
        for column, (_, number, severity) in enumerate(counted, 1):
            self._put(row, column, number, looks.FIGURES[severity] if severity and number else looks.FIGURE)
        self._grid.heights[row] = 26
        return row + 1

    def _by_rule(self, row: int) -> int:
        first: dict[str, Line] = {}
        places: dict[str, int] = {}
        for line in self._found:
            code = line.finding.code
            if code not in first or (line.cell and not first[code].cell):
                first[code] = line
            places[code] = places.get(code, 0) + 1
        row = self._head(row, "By rule", ("Severity", "Rule", "What is asked", "Findings", "First at", "Category"))
        tally = self._report.tally
        for code in sorted(tally.codes, key=lambda code: (tally.worst[code].rank, -places[code], code)):
            card = self._report.rule(code)
            asked = card.doc if card and card.doc else tally.names[code]
            self._put(row, 1, tally.worst[code].value, looks.SEVERITIES[tally.worst[code]])
            self._put(row, 2, code)
            self._put(row, 3, asked, looks.WRAP)
            needed = 1 + len(visible(asked, TEXT)) // LINE
            if needed > 1:
                self._grid.heights[row] = lean.LINE_HEIGHT * min(needed, lean.LINES)
            self._put(row, 4, places[code], looks.NUMBER)
            self._jump(row, first[code], "list")
            self._put(row, 6, card.category.replace("_", " ") if card else None)
            row += 1
        return row

    def _by_sku(self, row: int) -> None:
        by_sku: dict[tuple[str, int | None, int | None], list[Line]] = {}
        for line in self._found:
            if line.finding.row is not None:
                by_sku.setdefault((line.finding.sku or "", line.master, line.finding.row), []).append(line)
        ranked = sorted(by_sku.items(), key=lambda item: (worst(item[1]).rank, item[0][1] or 0, item[0][2] or 0))
        row = self._head(row, "By SKU", ("Severity", "Row", "SKU", "Findings", "Go to", "Rules"))
        for (sku, _, number), mine in ranked[:SKUS]:
            self._put(row, 1, worst(mine).value, looks.SEVERITIES[worst(mine)])
            self._put(row, 2, number, looks.NUMBER)
            self._put(row, 3, sku or "(no SKU)")
            self._put(row, 4, len(mine), looks.NUMBER)
            best = next((line for line in sorted(mine, key=lambda line: line.finding.severity.rank) if line.cell), mine[0])
            self._jump(row, best, "row")
            self._put(row, 6, issues(mine).partition(": ")[2], looks.MUTED)
            row += 1
        if len(ranked) > SKUS:
            self._put(row, 1, f"... and {len(ranked) - SKUS:,} more SKUs: see the sheet {FINDINGS}", looks.MUTED)

    def _jump(self, row: int, line: Line, otherwise: str) -> None:
        self._put(row, 5, line.cell or otherwise, looks.LINK)
        self._links.append(Link(f"E{row}", jump(line, self._titles) or place(FINDINGS, f"A{line.number}")))


def jump(line: Line, titles: Mapping[int, str]) -> str | None:
    """Where a line of ours leads: the cell, else the row's column of issues is found by its row."""
    if line.master is None:
        return None
    cell = line.cell or (f"A{line.finding.row}" if line.finding.row else None)
    return place(titles[line.master], cell) if cell else None


def listed(found: Sequence[Line], titles: Mapping[int, str], styled: Styled) -> Sheet:
    """The list: a line a finding, its cell a link."""
    shown = found[:LINES]
    links = [Link(f"D{line.number}", target) for line in shown if line.number < LINKS and (target := jump(line, titles))]
    last = f"{letter(len(LIST) - 1)}{len(shown) + 1}"
    return Sheet(
        FINDINGS,
        _rows(shown, titles, {link.cell for link in links}, styled),
        {letter(number): Column(width) for number, width in enumerate(LIST.values())},
        last,
        frozen="A2",
        filtered=f"A1:{last}" if shown else f"A1:{letter(len(LIST) - 1)}2",
        links=links,
    )


def _rows(found: Sequence[Line], titles: Mapping[int, str], linked: set[str], styled: Styled) -> Iterator[bytes]:
    head = Grid()
    for number, text in enumerate(LIST, 1):
        head.put(1, number, text, styled(looks.HEAD))
    yield from head.rows()
    cells = zip(*(_cells(line, titles) for line in found), strict=True)
    texts = dict(zip(LIST, cells, strict=True)) if found else dict.fromkeys(LIST, ())
    frame = pl.DataFrame(texts, schema=dict.fromkeys(LIST, pl.String))
    numbers = pl.Series(ROW, [line.number for line in found], pl.UInt32)
    frame = frame.with_columns(numbers, lean.height(pl.col("Message").str.len_chars() // LINE + 1))
    own: dict[str, list[int | None]] = {
        "Severity": [styled(looks.SEVERITIES[line.finding.severity]) for line in found],
        "Cell": [styled(looks.LINK) if f"D{line.number}" in linked else None for line in found],
    }
    columns = []
    for number, name in enumerate(LIST):
        look = looks.WRAP if name == "Message" else looks.PLAIN
        quoted = pl.when(pl.col(name).str.contains("^[=+@-]")).then(pl.lit(styled(looks.quoted(look)), pl.UInt32))
        styles = pl.lit(pl.Series(own[name], dtype=pl.UInt32)) if name in own else quoted
        frame = frame.with_columns(styles.alias(f"{name} look"))
        columns.append(lean.Texts(name, letter(number), styled(look), f"{name} look"))
    yield from lean.rows(frame, columns)


def _cells(line: Line, titles: Mapping[int, str]) -> tuple[str | None, ...]:
    """What the list says of a line."""
    finding = line.finding
    proposed = None if finding.fix is None else finding.fix.value or "(clear the cell)"
    where = titles.get(line.master) if line.master is not None else finding.file
    said = (
        *(finding.severity.value, finding.code, finding.sku, line.cell or (f"row {finding.row}" if finding.row else None)),
        *(finding.column, finding.message, finding.value, proposed, " ".join(line.marketplaces), where),
    )
    return tuple(visible(text, TEXT) if text else None for text in said)
