"""The register of documents: which certificate, test report or data sheet there is for which listings, and until when.

[[documents]]
document = "CPC"                 # a name of data/documents.toml: CPC, test report, FDA, CE DoC, SDS, exemption sheet ...
sku = "HG-TOY-1"                 # or a list of SKUs; or product_type = "TOYS_AND_GAMES"
marketplace = "US"               # optional: valid only there
file = "certificates/cpc.pdf"    # from the config's own folder; or reference = "report no. 4711"
issuer = "Example Laboratories"
valid_until = 2027-03-31         # optional: without it the entry does not expire
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

import polars as pl
from msgspec import Struct

from listingkit.errors import BadProfile, UnknownName
from listingkit.marketplace import marketplace, marketplaces
from listingkit.resources import data

_KEYS = ("document", "sku", "product_type", "marketplace", "file", "reference", "issuer", "valid_until")


class Document(Struct, frozen=True):
    """One entry of the register."""

    number: int  # as it stands in the config, from 1
    document: str
    skus: frozenset[str]
    product_types: frozenset[str]
    marketplace: str
    file: str
    reference: str
    issuer: str
    valid_until: date | None

    @property
    def title(self) -> str:
        """How a message names it: the document, who issued it and where it is."""
        return ", ".join(filter(None, (self.document, self.issuer, self.reference or self.file)))

    def valid(self, day: date) -> bool:
        return self.valid_until is None or self.valid_until >= day

    def covers(self, sku: pl.Expr, product_type: pl.Expr) -> pl.Expr:
        """The rows that it is for."""
        return pl.any_horizontal(
            sku.is_in(sorted(self.skus)) if self.skus else pl.lit(value=False),
            product_type.str.to_uppercase().is_in(sorted(self.product_types)) if self.product_types else pl.lit(value=False),
        ).fill_null(value=False)


class Ask(Struct, frozen=True):
    """Who asks for which documents of which listings. `layer` of trust: see data/documents.toml."""

    any_of: tuple[str, ...]
    product_types: tuple[str, ...]
    when: tuple[tuple[str, tuple[str, ...]], ...]  # field, values
    marketplaces: frozenset[str]
    effective_from: date
    why: str
    source: str
    checked: date
    confidence: Literal["official", "secondary", "unconfirmed"]

    def in_force(self, store: str, day: date) -> bool:
        return self.effective_from <= day and (not self.marketplaces or store in self.marketplaces)

    def is_type(self, kind: str) -> bool:
        """Whether it is about this product type, in any case."""
        return any(kind.upper().startswith(name[:-1]) if name.endswith("*") else kind.upper() == name for name in self.product_types)

    def concerns(self, product_type: pl.Expr, cells: Mapping[str, pl.Expr]) -> pl.Expr:
        """The rows that it asks documents of; `cells` holds the columns of its `when`."""
        kind = product_type.str.to_uppercase()
        exact = [name for name in self.product_types if not name.endswith("*")]
        parts = [cells[field].str.to_lowercase().is_in([value.lower() for value in values]) for field, values in self.when]
        if self.product_types:
            begins = [kind.str.starts_with(name[:-1]) for name in self.product_types if name.endswith("*")]
            parts.append(pl.any_horizontal(kind.is_in(exact), *begins))
        return pl.all_horizontal(parts).fill_null(value=False)


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(data("documents.toml").read_text("utf-8"))


@cache
def kinds() -> Mapping[str, str]:
    """What the register may hold: name and meaning."""
    return dict(_file()["documents"])


@cache
def asks() -> tuple[Ask, ...]:
    """Everything that asks for documents, whether in force or not."""
    return tuple(
        Ask(
            any_of=tuple(row["any_of"]),
            product_types=tuple(row.get("product_types", ())),
            when=tuple((field, tuple(values)) for field, values in row.get("when", {}).items()),
            marketplaces=frozenset(row.get("marketplaces", ())),
            **{key: row[key] for key in ("effective_from", "why", "source", "checked", "confidence")},
        )
        for row in _file()["ask"]
    )


def register(entries: Iterable[Mapping[str, Any]]) -> tuple[Document, ...]:
    """The entries of the config. Raises `BadProfile` that says which entry, what is wrong and what it takes."""
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _entry(number: int, entry: Mapping[str, Any]) -> Document:
    where = f"[[documents]] number {number}"
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise BadProfile(where, None, f"takes {', '.join(_KEYS)}, not {', '.join(unknown)}")
    names = {name.casefold(): name for name in kinds()}
    said = _text(entry, "document", where)
    if said.casefold() not in names:
        raise BadProfile(where, None, str(UnknownName("document", said, list(kinds()))))
    skus, types = _texts(entry, "sku", where), _texts(entry, "product_type", where)
    if not skus and not types:
        raise BadProfile(where, None, "says for what it is: sku or product_type")
    if not entry.get("file") and not entry.get("reference"):
        raise BadProfile(where, None, "says where the document is: file or reference")
    store = _text(entry, "marketplace", where)
    try:
        code = marketplace(store).code if store else ""
    except UnknownName:
        raise BadProfile(where, None, str(UnknownName("marketplace", store, marketplaces()))) from None
    return Document(
        number=number,
        document=names[said.casefold()],
        skus=skus,
        product_types=frozenset(kind.upper() for kind in types),
        marketplace=code,
        file=_text(entry, "file", where),
        reference=_text(entry, "reference", where),
        issuer=_text(entry, "issuer", where),
        valid_until=_day(entry.get("valid_until"), where),
    )


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise BadProfile(where, None, f"{key} is a text, not {value!r}")
    return value.strip()


def _texts(entry: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    value = entry.get(key, [])
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        raise BadProfile(where, None, f"{key} is a text or a list of texts, not {value!r}")
    return frozenset(one.strip() for one in several if one.strip())


def _day(value: Any, where: str) -> date | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise BadProfile(where, None, f"valid_until {value!r} is not a day such as 2027-03-31") from None
    if isinstance(value, datetime):
        return value.date()
    if value is not None and not isinstance(value, date):
        raise BadProfile(where, None, f"valid_until is a day such as 2027-03-31, not {value!r}")
    return value
