"""What a number tells about itself: its kind, the organisation that issued it, its company prefix."""

from dataclasses import dataclass

from listingkit.gtin.blocks import Blocks
from listingkit.gtin.prefixes import Prefixes, prefixes


@dataclass(frozen=True, slots=True)
class Gtin:
    """A usable GTIN (see `triage`) and what is known about it."""

    code: str  # as wide as it is written: 8, 12, 13 or 14 digits
    kind: str  # GTIN-8, GTIN-12, GTIN-13, GTIN-14, ISBN-13, ISMN-13 or ISSN-13
    organisation: str  # that issues these numbers; it says nothing about where the product comes from
    company_prefix: str | None = None  # where a list of licensed blocks was given and knows it

    @property
    def as14(self) -> str:
        """The number with 14 digits: the form in which numbers are compared."""
        return self.code.zfill(14)


def kind_of(code: str, table: Prefixes | None = None) -> str:
    """The kind of a usable GTIN. ISMN is asked before ISBN, whose prefix 979 it shares."""
    if len(code) == 13:
        use = (table or prefixes()).of13(code).use
        if use == "issn":
            return "ISSN-13"
        if use == "bookland":
            return "ISMN-13" if code.startswith("9790") else "ISBN-13"
    return f"GTIN-{len(code)}"


def describe(code: str, *, table: Prefixes | None = None, blocks: Blocks | None = None) -> Gtin:
    """What is known about a usable GTIN."""
    table = table or prefixes()
    prefix = blocks.company_prefix(code[-13:].zfill(13)) if blocks and len(code) > 8 else None
    return Gtin(code, kind_of(code, table), table.of(code).owner, prefix)
