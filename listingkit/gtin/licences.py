"""Whose number is it? Own company prefixes and licence exports, by brand, as the config names them. Nothing is sent anywhere.

    [gs1.brands."Example Brand"]
    prefixes = ["0614141", "4012345"]        # as in a 13-digit number
    exports = ["gs1_us_data_hub.csv"]        # the numbers licensed to the brand

Exports are GS1 US Data Hub files or any csv with a column of GTINs; a column with the brand is read where there is one.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from listingkit.errors import BadProfile, Unreadable
from listingkit.gtin.triage import triage

_MAX_BYTES = 256 * 1024 * 1024
_MOST_COLUMNS = 500
_GTIN_HEADERS = (
    "gtin",
    "gtin14",
    "gtin13ean",
    "gtin13",
    "gtin12upc",
    "gtin12",
    "gtin8",
    "ean",
    "ean13",
    "upc",
    "upca",
    "barcode",
    "globaltradeitemnumber",
)
_BRAND_HEADERS = ("brandname", "brand", "brandname1")
_PREFIX_HEADERS = ("gs1companyprefix", "companyprefix", "gcp")
_STATUS_HEADERS = ("status", "statuslabel", "gtinstatus")


class Entry(Struct, frozen=True):
    """One licensed number."""

    gtin: str  # 14 digits
    brand: str = ""  # as the licence spells it
    status: str = ""
    company_prefix: str = ""


class Brand(Struct, frozen=True):
    """What a brand owns."""

    name: str
    prefixes: tuple[str, ...]
    spellings: Mapping[str, str] = field(default_factory=dict)  # licensed number as 14 digits -> the brand as the licence spells it

    def owns(self, gtin14: str) -> bool:
        """Whether this number was licensed to the brand."""
        return gtin14 in self.spellings or (bool(self.prefixes) and gtin14[1:].startswith(self.prefixes))


class Licences(Struct, frozen=True):
    """Every brand of the config, by its folded name."""

    brands: Mapping[str, Brand]

    def brand(self, name: str) -> Brand | None:
        """The brand of this name, whatever its case and spacing."""
        return self.brands.get(folded(name))

    def owner(self, gtin14: str) -> Brand | None:
        """The brand that owns this number; None where the config knows none."""
        return next((brand for brand in self.brands.values() if brand.owns(gtin14)), None)


def folded(name: str) -> str:
    """A name without case and superfluous spaces."""
    return " ".join(name.casefold().split())


def licences(gs1: Mapping[str, Any]) -> Licences:
    """The licences of the config's `[gs1]` section, read once. Raises `BadProfile` and `Unreadable`."""
    return _licences(json.dumps(gs1.get("brands", {}), sort_keys=True, default=str))


@lru_cache(maxsize=8)
def _licences(brands: str) -> Licences:
    tables = json.loads(brands)
    if not isinstance(tables, dict):
        raise BadProfile("[gs1]", None, 'brands is a table of brands: [gs1.brands."Example Brand"]')
    return Licences({folded(name): _brand(name, table) for name, table in tables.items()})


def _brand(name: str, table: Any) -> Brand:
    where = f'[gs1.brands."{name}"]'
    unknown = set(table) - {"prefixes", "exports"} if isinstance(table, dict) else {str(table)}
    if unknown:
        raise BadProfile(where, None, f"takes prefixes and exports, not {', '.join(sorted(unknown))}")
    prefixes = tuple(str(prefix) for prefix in _texts(table.get("prefixes", []), where, "prefixes"))
    for prefix in prefixes:
        if not (prefix.isascii() and prefix.isdecimal() and 4 <= len(prefix) <= 12):
            raise BadProfile(where, None, f"{prefix!r} is no company prefix: 4 to 12 digits, a UPC prefix with its zero in front (0614141)")
    entries = [entry for path in _texts(table.get("exports", []), where, "exports") for entry in read(path)]
    return Brand(name, prefixes, {entry.gtin: entry.brand for entry in entries})


def _texts(value: Any, where: str, key: str) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadProfile(where, None, f"{key} is a list of texts")
    return value


def read(path: str | Path) -> tuple[Entry, ...]:
    """The licensed numbers in an export: csv in UTF-8 or Windows-1252, any delimiter, columns by header or by what they hold.

    Raises `Unreadable` where the file cannot be read or holds no column of GTINs.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"cannot read the licence export {name}: {error.strerror or error}") from error
    if len(content) > _MAX_BYTES:
        raise Unreadable(f"the licence export {name} is larger than {_MAX_BYTES // 2**20} MB")
    if content[:2] == b"PK":
        raise Unreadable(f"the licence export {name} is a workbook; save its sheet as csv")
    rows = _rows(content)
    for number, row in enumerate(rows[:20]):
        columns = _columns(row)
        if "gtin" in columns:
            return tuple(_entries(rows[number + 1 :], columns))
    column = _by_content(rows)
    if column is None:
        raise Unreadable(f"{name} has no column of GTINs: none is named GTIN, EAN or UPC, and in none nine of ten values are GTINs")
    return tuple(_entries(rows, {"gtin": column}))


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = text[:20_000]
    delimiter = max(",;\t|", key=head.count)
    lines = text.replace("\0", "").splitlines()
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in lines]  # a quote that never ends


def _columns(header: Iterable[str]) -> dict[str, int]:
    """Where the columns stand that this row names."""
    names = ["".join(sign for sign in cell.casefold() if sign.isalnum()) for cell in header]
    found = {}
    for key, headers in (("gtin", _GTIN_HEADERS), ("brand", _BRAND_HEADERS), ("prefix", _PREFIX_HEADERS), ("status", _STATUS_HEADERS)):
        places = [names.index(header) for header in headers if header in names]
        if places:
            found[key] = places[0]
    return found


def _by_content(rows: Sequence[Sequence[str]]) -> int | None:
    """The column in which at least nine of ten filled cells are GTINs."""
    sample = rows[1:500] or rows
    for column in range(min(_MOST_COLUMNS, max(map(len, sample), default=0))):
        cells = [row[column] for row in sample if column < len(row) and row[column].strip()]
        if cells and sum(triage(cell).usable for cell in cells) >= 0.9 * len(cells):
            return column
    return None


def _entries(rows: Iterable[Sequence[str]], columns: Mapping[str, int]) -> Iterable[Entry]:
    def cell(row: Sequence[str], key: str) -> str:
        place = columns.get(key, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    for row in rows:
        found = triage(cell(row, "gtin"))
        if found.gtin:
            yield Entry(found.gtin.zfill(14), cell(row, "brand"), cell(row, "status"), cell(row, "prefix"))
