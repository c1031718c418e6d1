"""Which cells of the masters the fixes of findings change."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from listingkit.finding import Finding, Safety
from listingkit.job import display
from listingkit.master.sheet import Master
from listingkit.rules.findings import Findings


class Edit(Struct, frozen=True):
    """One cell of a master that a fix changes. `file` is the path of the master."""

    file: str
    sheet: str | None
    cell: str
    row: int
    letter: str
    old: str
    new: str
    code: str


def edits(findings: Findings, masters: Sequence[Master], *, unsafe: bool = False) -> Iterator[Edit]:
    """The edits that the fixes of findings ask for, one a cell: safe ones, with `unsafe` also those that ask and have no rival.

    A value that mapping rewrote (a decimal comma, a unit) is left alone: the fix speaks of what was read, not of what the cell holds.
    """
    paths = [master.file for master in masters]
    by_name = {(display(master.file, paths), master.sheet): master for master in masters}
    cells = {key: CellText(master) for key, master in by_name.items()}
    proposed: dict[tuple[str, str | None, str], dict[Safety, dict[str, Finding]]] = {}
    for finding in findings:
        key = (finding.file or "", finding.sheet)
        if finding.fix is not None and finding.cell is not None and finding.row is not None and key in by_name:
            by_safety = proposed.setdefault((*key, finding.cell), {})
            by_safety.setdefault(finding.fix.safety, {}).setdefault(finding.fix.value, finding)
    for (file, sheet, cell), by_safety in proposed.items():
        safe, ask = by_safety.get(Safety.SAFE, {}), by_safety.get(Safety.ASK, {}) if unsafe else {}
        chosen = next(iter(safe.values()), None) or (next(iter(ask.values())) if len(ask) == 1 else None)
        if chosen is None or chosen.row is None or chosen.fix is None:
            continue
        letter = cell.rstrip("0123456789")
        old = cells[file, sheet](chosen.row, letter)
        if old is not None and old.strip() == (chosen.value or "").strip() and old != chosen.fix.value:
            yield Edit(by_name[file, sheet].file, sheet, cell, chosen.row, letter, old, chosen.fix.value, chosen.code)


class CellText:
    """The text of a master's cell by row and letter."""

    def __init__(self, master: Master) -> None:
        self.frame = master.frame
        self.places = {row: place for place, row in enumerate(master.frame["#row"].to_list())}

    def __call__(self, row: int, letter: str) -> str | None:
        if row not in self.places or letter not in self.frame.columns:
            return None
        text: str | None = self.frame[letter][self.places[row]]
        return text
