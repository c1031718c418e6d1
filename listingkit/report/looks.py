"""How the cells of a review workbook look."""

from copy import copy
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl.styles import Alignment, Font, PatternFill

from listingkit.finding import Severity


def ink(**look: Any) -> Font:
    """A font of ours."""
    return Font(**{"name": "Calibri", "size": 11, **look})


FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFFFC9C4"),
    Severity.WARNING: PatternFill("solid", fgColor="FFFFE7AE"),
    Severity.INFO: PatternFill("solid", fgColor="FFD6E8FA"),
}
INKS = {
    Severity.ERROR: ink(color="FF9B1C10"),
    Severity.WARNING: ink(color="FF7A4B00"),
    Severity.INFO: ink(color="FF0B4F8A"),
}
FIGURE = ink(size=16, bold=True)
FIGURE_INKS = {severity: ink(size=16, bold=True, color=shown.color.rgb) for severity, shown in INKS.items()}
OURS = frozenset(fill.fgColor.rgb for fill in FILLS.values())

TITLE = Font(name="Calibri", size=18, bold=True, color="FF1B2A41")
SECTION = Font(name="Calibri", size=13, bold=True, color="FF1B2A41")
HEAD = ink(bold=True, color="FFFFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="FF1B2A41")
ISSUES_FILL = PatternFill("solid", fgColor="FFE4EAF3")
ISSUES_HEAD = ink(bold=True, color="FF0B57D0", underline="single")
PLAIN = ink()
MUTED = ink(color="FF5B6675")
LINK = ink(color="FF0B57D0", underline="single")
TOP = Alignment(vertical="top")
LEFT = Alignment(vertical="center", horizontal="left")
NUMBER = Alignment(vertical="top", horizontal="right", indent=1)
WRAP = Alignment(vertical="top", wrap_text=True)
CLIPPED = Alignment(horizontal="fill", vertical="top")  # a text longer than its cell ends there; a shorter one would be repeated
NONE = PatternFill()

_WORN: WeakKeyDictionary[Any, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


def wear(cell: Any, *, font: Font | None = None, fill: PatternFill | None = None, alignment: Alignment | None = None) -> None:
    """Give a cell looks of this module: openpyxl compares every attribute of a look anew, so what was worn once is remembered."""
    known = _WORN.setdefault(cell.parent.parent, {})
    worn = cell._style  # noqa: SLF001 - the numbers of a cell's looks
    key = worn.tobytes() if worn else b"", id(font), id(fill), id(alignment)
    if key not in known:
        for name, look in (("font", font), ("fill", fill), ("alignment", alignment)):
            if look is not None:
                setattr(cell, name, look)
        known[key] = copy(cell._style)  # noqa: SLF001
    cell._style = copy(known[key])  # noqa: SLF001
