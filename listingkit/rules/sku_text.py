"""How a SKU is written: characters that get lost on the way."""

import re
import unicodedata
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.marks import INVISIBLE
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)


@rule(
    "SKU005",
    fields=("sku",),
    good=["AB-1", "ab_1.2/3", "A\u200b", "DEF-HOODIE-Heather grey"],
    bad={"ＡＢ－１": "AB-1", "MØ-1": None, "AB\u30001": "AB 1"},
    why="Full-width and accented characters are lost or changed on the way through other programs: then it is another SKU.",
    source="ERP guides on SKUs (splitforge, acceltools); Amazon templates: letters, digits and - _ . are advised",
    checked=CHECKED,
    severity="warning",
    fix="ask",
    suspects=lambda sku: Holds(sku, "[^ -~]"),
)
def sku_character(sku: str) -> Flaw | None:
    """A SKU has letters, digits and signs of ASCII."""
    visible = re.sub(rf"[{INVISIBLE}\ufffd]", "", sku).strip()
    odd = sorted({char for char in re.findall(r"[^ -~]", visible) if char == "\u3000" or not char.isspace()})
    if not odd:
        return None
    plain = unicodedata.normalize("NFKC", visible)
    fix = plain if plain != visible and re.fullmatch("[ -~]+", plain) else None
    return Flaw(f"SKU has {', '.join('a wide space' if char.isspace() else char for char in odd)}", fix=fix)
