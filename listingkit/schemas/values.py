"""`values.tsv` of a category schema: the values of its lists, with labels, marketplaces and what is deprecated.

# source: product type definitions HOME of seven marketplaces
# checked: 2026-09-30
# confidence: confirmed
field	value	label	marketplaces	deprecated
power_plug_type	type_f_2pin_de	Type F - 2 pin (DE)	DE FR UK
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from listingkit.errors import BadProfile, UnknownName
from listingkit.fields import fields, plain_names
from listingkit.inventory.wire import known_values
from listingkit.marketplace import marketplaces
from listingkit.schemas.words import OneOf

COLUMNS = ["field", "value", "label", "marketplaces", "deprecated"]
LARGEST = 5_000_000  # bytes


class Value(Struct, frozen=True):
    """One value of a list; `marketplaces` is empty where it is taken everywhere."""

    field: str
    value: str
    label: str
    marketplaces: frozenset[str]
    deprecated: bool


class Values(Struct, frozen=True):
    """The lists of one schema folder."""

    file: str
    source: str
    checked: date
    confidence: str
    rows: tuple[Value, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a list here."""
        return frozenset(row.field for row in self.rows)

    def one_of(self, field: str, store: str | None, *, open_list: bool) -> OneOf | None:
        """The list of a field as this marketplace takes it, with its labels in English and in the marketplace's language."""
        every = [row for row in self.rows if row.field == field]
        rows = [row for row in every if not row.marketplaces or store in row.marketplaces]
        values = tuple(dict.fromkeys(row.value for row in rows))
        if not values:
            return None
        languages = ["en", marketplaces()[store].language] if store else ["en"]
        spoken = {label: wire for language in languages for label, wire in known_values(field, language).items() if wire in values}
        labels = spoken | {row.label: row.value for row in rows if row.label}
        elsewhere = {row.label: row.value for row in every if row.label and row.label not in labels and row.value in values}
        return OneOf(values, open_list, labels, elsewhere, frozenset(row.value for row in rows if row.deprecated))


def read_values(path: Path) -> Values:
    """Read a list file. Raises `BadProfile` with file and line."""
    if path.stat().st_size > LARGEST:
        raise BadProfile(str(path), None, f"a list of values is at most {LARGEST:,} bytes long")
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise BadProfile(str(path), None, "is not UTF-8 text; save it as UTF-8") from None
    margin = _margin(path, lines)
    if len(lines) <= len(margin) or lines[len(margin)].split("\t") != COLUMNS:
        raise BadProfile(str(path), len(margin) + 1, f"the header is {', '.join(COLUMNS)}, separated by tabs")
    try:
        checked = date.fromisoformat(margin["checked"])
    except ValueError:
        raise BadProfile(str(path), list(margin).index("checked") + 1, "checked is a date such as 2026-09-30") from None
    if margin["confidence"] not in ("confirmed", "unconfirmed"):
        raise BadProfile(str(path), list(margin).index("confidence") + 1, "confidence is confirmed or unconfirmed")
    rows = tuple(_rows(path, lines, len(margin) + 1))
    return Values(str(path), margin["source"], checked, margin["confidence"], rows)


def _margin(path: Path, lines: list[str]) -> dict[str, str]:
    margin = {}
    for line in lines:
        if not line.startswith("#"):
            break
        key, _, value = line[1:].partition(":")
        margin[key.strip()] = value.strip()
    for needed in ("source", "checked", "confidence"):
        if needed not in margin:
            raise BadProfile(str(path), 1, f"say '# {needed}: ...' at the top")
    return margin


def _rows(path: Path, lines: list[str], start: int) -> Iterator[Value]:
    known = {**plain_names(), **fields()}
    for number, line in enumerate(lines[start:], start + 1):
        cells = line.split("\t")
        if len(cells) > len(COLUMNS):
            raise BadProfile(str(path), number, f"has {len(cells)} cells, the header has {len(COLUMNS)}")
        name, value, label, stores, deprecated = cells + [""] * (len(COLUMNS) - len(cells))
        if name not in known:
            raise BadProfile(str(path), number, str(UnknownName("field", name, known)))
        if not value:
            raise BadProfile(str(path), number, "the value is blank")
        for code in stores.split():
            if code not in marketplaces():
                raise BadProfile(str(path), number, str(UnknownName("marketplace", code, marketplaces())))
        if deprecated not in ("", "yes"):
            raise BadProfile(str(path), number, f"deprecated is yes or blank, not {deprecated!r}")
        yield Value(name, value, label, frozenset(stores.split()), bool(deprecated))
