"""Write listingkit/data/gs1_prefixes.tsv from the GS1 prefix list that biip ships: `python scripts/gs1_prefixes.py`.

biip (Apache-2.0) carries https://www.gs1.org/standards/id-keys/company-prefix as a trie. What that page does not say is added here,
each with its source: which prefixes are too new for other systems, which organisations publish no licensed blocks, and the GTIN-8 table.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby, product
from pathlib import Path
from typing import Any

from biip.gs1_prefixes import _GS1_COMPANY_PREFIX_TRIE, GS1Prefix

TARGET = Path(__file__).parents[1] / "listingkit" / "data" / "gs1_prefixes.tsv"

USES = (  # words of the usage text -> what a number with this prefix is
    ("within a company", "restricted"),
    ("within a geographic region", "restricted"),
    ("collision with GTIN-8", "gtin8_padded"),
    ("reserved for future use", "reserved"),
    ("for future MO", "future"),
    ("General Manager Number", "manager_number"),
    ("demonstrations", "demo"),
    ("GTIN-8", "gtin8_pool"),
    ("ISSN", "issn"),
    ("Bookland", "bookland"),
    ("Refund", "refund"),
    ("coupon", "coupon"),
    ("GS1 Global Office", "global_office"),
)
# Missing in lists of January and June 2026 (pmigut/gtin-validator "verified on 2 Jan 2026", biip 5.0.0 of 2026-06-02).
NEW = ("381", "887")
# Company-internal numbers carried in UPC-E (General Specifications 26.0, 2.1.11.3, as quoted by brazilian-utils/javascript 563).
INTERNAL = ("0001000", "0007999")
# Organisations that publish no block, or so few that real codes fall outside (measured on Open Food Facts 2019-06-14).
SILENT = ("380", "381", "520", "594", "599", "632", "742", "743", "858", "867", "887")
SILENT_RANGES = (("640", "649"), ("700", "709"), ("760", "771"), ("868", "869"), ("940", "949"))
# General Specifications 26.0 table 1-5; other prefixes are those of the organisation.
GTIN8 = (
    ("000", "099", "restricted", ""),
    ("200", "299", "restricted", ""),
    ("960", "961", "organisation", "GS1 UK"),
    ("9620", "9624", "organisation", "GS1 UK"),
    ("9625", "9626", "organisation", "GS1 Poland"),
    ("9627", "9629", "organisation", "GS1 Global Office"),
    ("963", "969", "organisation", "GS1 Global Office"),
    ("977", "999", "reserved", ""),
)

HEAD = """\
# GS1 prefixes: what a number that starts with them is, and which organisation issued it. Made by scripts/gs1_prefixes.py.
# date: {date}
# source: gs1.org/standards/id-keys/company-prefix as shipped in biip {biip}; GTIN-8: GS1 General Specifications 26.0, table 1-5
# table 13: the number as 13 digits; table 8: GTIN-8, and what it does not name is as in table 13.
# blocks: whether the organisation publishes its company prefixes, and some of them start so.
table\tfirst\tlast\tuse\torganisation\tblocks"""


def use_of(usage: str) -> tuple[str, str]:
    """What a prefix is for, and the organisation behind it."""
    for words, use in USES:
        if words in usage:
            return use, "GS1 Global Office" if use == "global_office" else "GS1 US" if use == "reserved" else ""
    return "organisation", usage


def gtin13() -> Iterator[tuple[str, str, str]]:
    """Each prefix of three digits (of up to seven below 000) with its use and organisation."""
    for number in range(1, 1000):
        prefix = f"{number:03}"
        found = GS1Prefix.extract(prefix + "0000000000")
        use, organisation = use_of(found.usage) if found else ("unassigned", "")
        yield prefix, "new" if prefix in NEW else use, organisation
    seen: dict[str, tuple[str, str]] = {}
    for digits in product("0123456789", repeat=4):
        found = GS1Prefix.extract("000" + "".join(digits) + "000000")
        assert found is not None
        seen.setdefault(found.value, use_of(found.usage))
    for prefix, (use, organisation) in seen.items():
        yield prefix, use, organisation


def ranges() -> Iterator[tuple[str, str, str, str]]:
    """Neighbours of equal length, use, organisation and openness as ranges."""
    rows = sorted(gtin13(), key=lambda row: (row[0].startswith("000"), len(row[0]), row[0]))
    keyed = [((len(p), use, who, use == "organisation" and publishes(p), int(p) - n), p, use, who) for n, (p, use, who) in enumerate(rows)]
    for _, group in groupby(keyed, key=lambda row: row[0]):
        members = list(group)
        yield members[0][1], members[-1][1], members[0][2], members[0][3]


def publishes(prefix: str) -> bool:
    """Whether the organisation publishes its blocks, some of them below this prefix."""
    node: Any = _GS1_COMPANY_PREFIX_TRIE
    for digit in prefix[:3]:
        node = node.get(digit, 0) if isinstance(node, dict) else node
    return bool(node) and prefix not in SILENT and not any(low <= prefix <= high for low, high in SILENT_RANGES)


def main() -> int:
    lines = [HEAD.format(date=datetime.now(tz=UTC).date(), biip=version("biip"))]
    for first, last, use, organisation in ranges():
        blocks = ("yes" if publishes(first) else "no") if use == "organisation" else ""
        lines.append(f"13\t{first}\t{last}\t{use}\t{organisation}\t{blocks}")
    lines.append("\t".join(("13", *INTERNAL, "internal", "GS1 US", "")))
    lines += ["\t".join(("8", *row, "")) for row in GTIN8]
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
