"""What a review says, cell by cell and row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct, field

from listingkit.finding import Finding, Severity
from listingkit.master.sheet import Master
from listingkit.report.escape import visible
from listingkit.report.report import Report, RuleCard
from listingkit.report.words import count

VALUE = 1_000  # characters of a proposed value in a comment
COMMENT = 4_000  # characters of a comment
COMMENTS = 10_000  # a workbook; Excel gets slow beyond


class Line(Struct):
    """One finding, for all the marketplaces that share it."""

    finding: Finding
    master: int | None  # which master it is about
    cell: str | None  # address to jump to
    marketplaces: list[str]
    number: int = 0  # row in the sheet of findings


class Marks(Struct):
    """The lines about one master, in the order of its rows."""

    cells: dict[str, list[Line]] = field(default_factory=dict)
    rows: dict[int, list[Line]] = field(default_factory=dict)


def lines(report: Report, masters: Sequence[Master]) -> list[Line]:
    """Every finding once, its marketplaces together, sheet by sheet and row by row."""
    known = {(name, master.sheet): number for number, master in reversed(list(enumerate(masters))) for name in _names(master.file)}
    headers = [{column.header: f"{column.letter}{master.header_row}" for column in reversed(master.columns)} for master in masters]
    merged: dict[tuple[object, ...], Line] = {}
    for finding in report.findings:
        key = (
            finding.code,
            finding.severity,
            finding.file,
            finding.sheet,
            finding.row,
            finding.cell,
            finding.sku,
            finding.message,
            finding.fix,
        )
        line = merged.get(key)
        if line is None:
            master = next((known[name, finding.sheet] for name in _names(finding.file) if (name, finding.sheet) in known), None)
            line = merged[key] = Line(finding, master, finding.cell, [])
            if line.cell is None and finding.row is None and master is not None and finding.column:
                line.cell = headers[master].get(finding.column)
        if finding.marketplace and finding.marketplace not in line.marketplaces:
            line.marketplaces.append(finding.marketplace)
    last = len(masters)
    found = sorted(merged.values(), key=lambda line: (last if line.master is None else line.master, line.finding.row or 0))
    for number, line in enumerate(found, 2):
        line.number = number
    return found


def _names(file: str | None) -> tuple[str, ...]:
    return (file, PurePath(file).name) if file else ()


def marks(found: Iterable[Line], masters: int) -> tuple[Marks, ...]:
    """The lines by master, then by cell and by row."""
    by_master = tuple(Marks() for _ in range(masters))
    for line in found:
        if line.master is None:
            continue
        mine = by_master[line.master]
        if line.cell:
            mine.cells.setdefault(line.cell, []).append(line)
        if line.finding.row is not None:
            mine.rows.setdefault(line.finding.row, []).append(line)
    return by_master


def worst(found: Iterable[Line]) -> Severity:
    """The worst severity of these lines."""
    return min((line.finding.severity for line in found), key=lambda severity: severity.rank)


def comment(found: Sequence[Line], rules: Mapping[str, RuleCard]) -> str:
    """What the comment on a cell says: message, why, proposed value."""
    parts = []
    for line in sorted(found, key=lambda line: line.finding.severity.rank):
        finding = line.finding
        stores = f" [{' '.join(line.marketplaces)}]" if line.marketplaces else ""
        said = [f"{finding.severity.value.upper()} {finding.code}{stores}", visible(finding.message, VALUE)]
        card = rules.get(finding.code)
        if card and card.why:
            said.append(f"Why: {card.why}")
        if finding.fix:
            said.append(f"Proposed: {visible(finding.fix.value, VALUE) or 'clear the cell'}")
        parts.append("\n".join(said))
    text = "\n\n".join(parts)
    return text if len(text) <= COMMENT else text[:COMMENT] + " ..."


def box(text: str) -> tuple[int, int]:
    """Width and height in pixels of the box that a comment is shown in."""
    return 340, min(60 + 17 * sum(1 + len(line) // 52 for line in text.split("\n")), 420)


def worst_first(cells: Mapping[str, list[Line]], budget: int) -> Iterable[tuple[str, list[Line]]]:
    """The marked cells, the worst first where not all of them can have a comment."""
    return sorted(cells.items(), key=lambda item: worst(item[1]).rank) if len(cells) > budget else cells.items()


def issues(found: Sequence[Line]) -> str:
    """What the column of issues says of a row: the worst first, with counts and codes."""
    counts = Counter(line.finding.severity for line in found)
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    said = ", ".join(count(counts[severity], words[severity]) for severity in Severity if counts[severity])
    codes = dict.fromkeys(line.finding.code for line in sorted(found, key=lambda line: line.finding.severity.rank))
    return f"{said}: {', '.join(codes)}"
