"""How a SKU is written: characters that get lost, and what spreadsheets make of one."""

import re
import unicodedata
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.marks import INVISIBLE

CHECKED = date(2026, 9, 30)
_DATE = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]00:00:00)?|[0-9]{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2}|[0-9](?:\.[0-9]+)?E\+[0-9]+"
)


@rule(
    "SKU005",
    fields=("sku",),
    good=["AB-1", "ab_1.2/3", "A\u200b"],
    bad={"AB 1": None, "ＡＢ－１": "AB-1", "MØ-1": None},
    why="Spaces, full-width and accented characters are lost or changed on the way through other programs: then it is another SKU.",
    source="ERP guides on SKUs (splitforge, acceltools); Amazon templates: letters, digits and - _ . are advised",
    checked=CHECKED,
    severity="warning",
    fix="ask",
    suspects=lambda sku: sku.str.contains("[^!-~]"),
)
def sku_character(sku: str) -> Flaw | None:
    """A SKU has letters, digits and signs of ASCII, and no space."""
    visible = re.sub(rf"[{INVISIBLE}\ufffd]", "", sku).strip()
    odd = sorted(set(re.findall(r"[^!-~]", visible)))
    if not odd:
        return None
    plain = unicodedata.normalize("NFKC", visible)
    fix = plain if plain != visible and re.fullmatch("[!-~]+", plain) else None
    return Flaw(f"SKU has {', '.join('a space' if char.isspace() else char for char in odd)}", fix=fix)


@rule(
    "SKU006",
    fields=("sku",),
    good=["AB-1", "2026-01-02-A", "JAN-2026", "45000"],
    bad=["2026-01-02", "2-Jan", "Jan-02", "1.23E+11"],
    why="Excel reads 1-2 as the second of January, and long numbers as powers of ten: the SKU that was meant is gone.",
    source="ERP guides on SKUs (splitforge): SKUs that became dates",
    checked=CHECKED,
    severity="warning",
    suspects=lambda sku: sku.str.contains(rf"^(?:{_DATE})$"),
)
def sku_became_a_date(sku: str) -> Flaw | None:
    """A SKU is not what a spreadsheet makes of one: a date or a power of ten."""
    if not re.fullmatch(_DATE, sku):
        return None
    return Flaw(f"{sku} looks like a {'number' if 'E' in sku else 'date'} that a spreadsheet made of a SKU: look into the source")
