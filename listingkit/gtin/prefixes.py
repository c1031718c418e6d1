"""The GS1 prefix table: what a number is by its first digits, and which organisation issued it. Dated data, open to a user's own rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from listingkit.errors import BadProfile, Unreadable
from listingkit.gtin.reasons import reasons
from listingkit.resources import data

REASONS: Mapping[str, str] = {
    "organisation": "",
    "bookland": "",
    "issn": "issn",
    "future": "future-prefix",
    "new": "new-prefix",
    "internal": "internal",
    "global_office": "global-office",
    "restricted": "restricted",
    "coupon": "coupon",
    "refund": "refund",
    "demo": "demo",
    "manager_number": "manager-number",
    "gtin8_pool": "gtin8-pool",
    "gtin8_padded": "restricted",
    "reserved": "reserved",
    "unassigned": "unassigned",
}
"""What a use of prefixes means for a number that has one: the reason that triage gives ("": none)."""

_SPECIAL = {
    "bookland": "International ISBN Agency",
    "issn": "ISSN International Centre",
    "unassigned": "nobody",
}


@dataclass(frozen=True, slots=True)
class Prefix:
    """One range of prefixes, `first` to `last` (digits of equal length)."""

    first: str
    last: str
    use: str
    organisation: str
    blocks: bool  # the organisation publishes which company prefixes it licensed below these
    reason: str  # of triage, by the use; "" where nothing speaks against the number
    closed: bool  # no product has such a number

    @property
    def owner(self) -> str:
        """Who issues these numbers, in words."""
        return self.organisation or _SPECIAL.get(self.use, "")

    def members(self) -> Iterator[str]:
        """Every prefix of the range."""
        return map(f"{{:0{len(self.first)}}}".format, range(int(self.first), int(self.last) + 1))


@dataclass(frozen=True, eq=False)
class Prefixes:
    """The table. `date` and `source` say how fresh it is; rows of a user's file come last and win."""

    rows13: Mapping[str, Prefix]  # by 3 digits, below 000 by up to 7
    rows8: Mapping[str, Prefix]  # by 3 or 4 digits
    date: str
    source: str
    overridden: str = ""  # the user's file
    split: frozenset[str] = field(default=frozenset())  # 3-digit prefixes that have longer rows

    def of13(self, code: str) -> Prefix:
        """The prefix of a number written with 13 digits (a UPC with one zero in front)."""
        head = code[:3]
        if head in self.split:
            for length in range(12, 3, -1):
                found = self.rows13.get(code[:length])
                if found is not None:
                    return found
        return self.rows13[head]

    def of8(self, code: str) -> Prefix:
        """The prefix of a GTIN-8: never padded before it is looked up."""
        found = self.rows8.get(code[:4]) or self.rows8.get(code[:3])
        return found or self.rows13[code[:3]]

    def of(self, code: str) -> Prefix:
        """The prefix of a GTIN of 8, 12, 13 or 14 digits."""
        if len(code) == 8:
            return self.of8(code)
        if len(code) == 14:
            code = code[1:]
        code = code.zfill(13)
        return self.of8(code[5:]) if code.startswith("00000") and self.of13(code).use == "gtin8_padded" else self.of13(code)


@cache
def prefixes() -> Prefixes:
    """The table that came with this release."""
    lines = data("gs1_prefixes.tsv").read_text("utf-8").splitlines()
    notes = dict(line[2:].split(": ", 1) for line in lines if line.startswith(("# date: ", "# source: ")))
    return _table(_rows(lines, "gs1_prefixes.tsv"), notes["date"], notes["source"])


def load(path: str | Path) -> Prefixes:
    """The table with the rows of a user's file over it.

    The file has the columns of listingkit/data/gs1_prefixes.tsv, separated by tabs: table (13 or 8), first, last, use, organisation,
    blocks. Raises `Unreadable` and `BadProfile`.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"cannot read the prefix table {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"the prefix table {path} is not UTF-8 text: save it as UTF-8") from error
    shipped = prefixes()
    own = list(_rows(text.splitlines(), str(path)))
    return _table(own, shipped.date, shipped.source, shipped, overridden=str(path))


def _rows(lines: Iterable[str], file: str) -> Iterator[tuple[str, Prefix]]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(("#", "table\t")):
            continue
        cells = [*line.split("\t"), "", "", "", "", "", ""]
        table, first, last, use, organisation, blocks = (cell.strip() for cell in cells[:6])
        longest = 4 if table == "8" else 12
        if table not in ("13", "8"):
            raise BadProfile(
                file, number, f"the first column is {table!r}; it is 13 or 8, followed by first, last, use, organisation, blocks"
            )
        if not (first + last).isdecimal() or not (first + last).isascii() or len(first) != len(last) or not 3 <= len(first) <= longest:
            raise BadProfile(file, number, f"{first!r} to {last!r} are not prefixes of 3 to {longest} digits of equal length")
        if not first <= last <= first[:-4] + "9" * min(4, len(first)):
            raise BadProfile(file, number, f"{first} to {last} is not a range, or too wide")
        if use not in REASONS:
            raise BadProfile(file, number, f"use {use!r} is none of {', '.join(REASONS)}")
        yield table, _prefix(first, last, use, organisation, blocks == "yes")


def _prefix(first: str, last: str, use: str, organisation: str = "", blocks: bool = False) -> Prefix:
    reason = REASONS[use]
    closed = bool(reason) and reasons()[reason].status == "reject"
    return Prefix(first, last, use, organisation, blocks, reason, closed)


def _table(rows: Iterable[tuple[str, Prefix]], date: str, source: str, base: Prefixes | None = None, overridden: str = "") -> Prefixes:
    tables: dict[str, dict[str, Prefix]] = {"13": dict(base.rows13) if base else {}, "8": dict(base.rows8) if base else {}}
    for table, row in rows:
        tables[table].update(dict.fromkeys(row.members(), row))
    rows13 = tables["13"]
    split = frozenset(prefix[:3] for prefix in rows13 if len(prefix) > 3)
    for head in split:
        rows13.setdefault(head, _prefix(head, head, "unassigned"))
    return Prefixes(rows13, tables["8"], date, source, overridden, split)
