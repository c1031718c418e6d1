"""How the cells of our workbooks look."""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from listingkit.finding import Severity

_LINK = "FF0B57D0"
_NIGHT = "FF1B2A41"


class Look(Struct, frozen=True):
    """A look; colours are ARGB, None the program's own."""

    size: int = 11
    bold: bool = False
    underline: bool = False
    ink: str | None = None
    fill: str | None = None
    vertical: str | None = None
    horizontal: str | None = None
    wrap: bool = False
    indent: int = 0
    text: bool = False  # what is typed into the cell stays text
    quoted: bool = False  # as if typed behind an apostrophe: Excel does not calculate it when the cell is edited


FILLS: Mapping[Severity, str] = {Severity.ERROR: "FFFFC9C4", Severity.WARNING: "FFFFE7AE", Severity.INFO: "FFD6E8FA"}
INKS: Mapping[Severity, str] = {Severity.ERROR: "FF9B1C10", Severity.WARNING: "FF7A4B00", Severity.INFO: "FF0B4F8A"}
OURS = frozenset(FILLS.values())

PLAIN = Look(vertical="top")
WRAP = replace(PLAIN, wrap=True)
NUMBER = Look(vertical="top", horizontal="right", indent=1)
MUTED = replace(PLAIN, ink="FF5B6675")
ADVICE = replace(MUTED, wrap=True)
LINK = replace(PLAIN, ink=_LINK, underline=True)
HEAD = Look(bold=True, ink="FFFFFFFF", fill=_NIGHT, vertical="top")
CLIPPED = Look(text=True, horizontal="fill", vertical="top")  # a text longer than its cell ends there; a shorter one would be repeated
TITLE = Look(size=18, bold=True, ink=_NIGHT, vertical="top", wrap=True)
SECTION = Look(size=13, bold=True, ink=_NIGHT, vertical="top")
FIGURE = Look(size=16, bold=True, vertical="center", horizontal="left")
SEVERITIES: Mapping[Severity, Look] = {severity: replace(PLAIN, ink=INKS[severity], fill=FILLS[severity]) for severity in Severity}
FIGURES: Mapping[Severity, Look] = {severity: replace(FIGURE, ink=INKS[severity], fill=FILLS[severity]) for severity in Severity}

TEXT = Look(text=True)
TEXT_HEAD = Look(bold=True, ink="FFFFFFFF", fill=_NIGHT, text=True)
ISSUES: Mapping[Severity, Look] = {severity: Look(ink=INKS[severity], fill=FILLS[severity], text=True) for severity in Severity}
# light in any office program: they give links a dark blue, which a dark header would swallow
ISSUES_HEAD = Look(bold=True, underline=True, ink=_LINK, fill="FFE4EAF3", vertical="center", text=True)


@cache
def quoted(look: Look) -> Look:
    """The look for a text that Excel would calculate."""
    return replace(look, quoted=True)


@cache
def marked(severity: Severity, *, long: bool = False) -> Look:
    """The look of a cell with findings."""
    return replace(CLIPPED if long else TEXT, fill=FILLS[severity])
