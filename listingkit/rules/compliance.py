"""What the law asks of a listing and a sheet can show: composition, origin, batteries, dangerous goods, who answers in the EU."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from listingkit.finding import Flaw
from listingkit.resources import data
from listingkit.rules.engine import given, rule
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, located, once, sheetwide
from listingkit.rules.sieve import Holds
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
_OLD = date(2026, 9, 30)
EU = ("DE", "FR", "IT", "ES", "NL", "SE", "PL", "BE", "IE")
_GPSR = date(2024, 12, 13)
_SHARE = r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?%"
_YES, _NO = ("true", "yes"), ("false", "no")


@rule(
    "CMP001",
    fields=("fabric_type",),
    good=[
        "100% Cotton",
        "75% Cotton, 15% Nylon, 10% Wool",
        "Cotton",
        "60 % Baumwolle, 40 % Polyester",
        "Shell: 100% Cotton; Lining: 100% Polyester",
    ],
    bad=["75% Cotton, 15% Nylon", "60% Cotton, 50% Polyester"],
    why="The law asks that the shares of a textile add up to 100 %; Amazon suppresses what does not.",
    source="Regulation (EU) 1007/2011; Amazon templates DE and US: percent and fibre, comma separated, 100 % in total",
    checked=_OLD,
    suspects=lambda fabric_type: Holds(fabric_type, "%"),
)
def composition_not_100(fabric_type: str) -> Flaw | None:
    """The shares of a composition add up to 100 % for each part of the product."""
    shares = [Decimal(share.replace(",", ".")) for share in re.findall(_SHARE, fabric_type)]
    total = sum(shares, Decimal(0))
    if not shares or (total % 100 == 0 and total > 0):
        return None
    return Flaw(f"the shares add up to {total} %")


@cache
def _countries() -> frozenset[str]:
    lines = data("countries.tsv").read_text("utf-8").splitlines()
    return frozenset(line.split("\t")[0] for line in lines if not line.startswith(("#", "code")))


@rule(
    "CMP002",
    fields=("country_of_origin",),
    good=["PT", "CN"],
    bad=["Portugalia", "ZZ"],
    why="Amazon takes the country as an ISO code or a name of its list; customs rely on it.",
    source="Amazon templates 2026: country_of_origin; ISO 3166-1",
    checked=_OLD,
    errors=("90244",),
    suspects=lambda country_of_origin: ~country_of_origin.is_in(sorted(_countries())),
)
def unknown_country(country_of_origin: str) -> Flaw | None:
    """A country of origin is a country that we know by code."""
    return None if country_of_origin in _countries() else Flaw(f"{country_of_origin!r} is no country code")


@rule(
    "CMP003",
    fields=("fabric_type",),
    stores=EU,
    good=["75% Cotton, 25% Nylon", "50% Cotton, 50% Linen", "Shell: 20% Silk; Lining: 100% Cotton", "Cotton", "10% Wool, 80% Cotton"],
    bad={"25% Nylon, 75% Cotton": "75% Cotton, 25% Nylon", "15 % Nylon, 85 % Baumwolle": "85 % Baumwolle, 15 % Nylon"},
    why="The EU asks that fibres are named in descending order of weight.",
    source="Regulation (EU) 1007/2011, article 9; templates DE 2025: percent and fibre, descending",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda fabric_type: fabric_type.str.count_matches("%", literal=True) > 1,
)
def composition_not_descending(fabric_type: str) -> Flaw | None:
    """The fibres of a composition stand in descending order of their share.

    Asked where the whole cell is one list whose shares add up to 100 %; parts of a product have a list each.
    """
    parts = fabric_type.split(", ")
    shares = [re.fullmatch(_SHARE + r" [^0-9%:;,]+", part) for part in parts]
    if not all(shares):
        return None
    amounts = [Decimal(share[1].replace(",", ".")) for share in shares if share]
    if sum(amounts) != 100 or amounts == sorted(amounts, reverse=True):
        return None
    ordered = sorted(zip(amounts, parts, strict=True), key=lambda pair: -pair[0])
    return Flaw("fibres are not in descending order of their share", fix=", ".join(part for _, part in ordered))


def _said(column: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    return column.str.to_lowercase().is_in(words)


@rule(
    "CMP004",
    fields=("batteries_required", "batteries_included", "battery_cell_composition", "num_batteries"),
    good=[
        ("true", "true", "alkaline", "2"),
        ("true", "false", None, None),
        ("false", "false", None, "0"),
        ("false", None, "alkaline", "2"),
    ],
    bad=[("false", "true", "alkaline", "2"), ("false", "false", "lithium_ion", None), ("no", "no", None, "2")],
    why="Amazon blocks stock whose battery information contradicts itself until somebody has classified it.",
    source="Seller Central 201371860 (dangerous goods: inaccurate or conflicting information blocks a product)",
    checked=CHECKED,
    severity="warning",
    suspects=lambda batteries_required: _said(batteries_required, _NO),
)
def battery_contradiction(
    batteries_required: str, batteries_included: str | None, battery_cell_composition: str | None, num_batteries: str | None
) -> Flaw | None:
    """What a row says of its batteries agrees with itself."""
    if batteries_required.lower() not in _NO:
        return None
    if (batteries_included or "").lower() in _YES:
        return Flaw("batteries are included, and the product is said to need none", field="batteries_included")
    if (batteries_included or "").lower() not in _NO:
        return None
    if battery_cell_composition:
        return Flaw(f"{battery_cell_composition} cells, and the product is said to have no battery", field="battery_cell_composition")
    if re.fullmatch("0*[1-9][0-9]*", num_batteries or ""):
        return Flaw(f"{num_batteries} batteries, and the product is said to have none", field="num_batteries")
    return None


@rule(
    "CMP005",
    fields=("supplier_declared_dg_hz_regulation", "hazmat", "ghs_class"),
    good=[("transportation", "UN3481", None), ("ghs", None, "flammable"), ("not_applicable", None, None), ("ghs", "UN1950", "flammable")],
    bad=[("not_applicable", "UN3481", None), ("not_applicable", None, "flammable")],
    why="A UN number or hazard class on goods that are said to be harmless is the conflict that blocks stock.",
    source="Seller Central 201371860 (dangerous goods: inaccurate or conflicting information blocks a product)",
    checked=CHECKED,
    severity="warning",
    suspects=lambda supplier_declared_dg_hz_regulation, hazmat, ghs_class: (
        (supplier_declared_dg_hz_regulation.str.to_lowercase() == "not_applicable") & (hazmat.is_not_null() | ghs_class.is_not_null())
    ),
)
def dangerous_goods_contradiction(supplier_declared_dg_hz_regulation: str, hazmat: str | None, ghs_class: str | None) -> Flaw | None:
    """Goods that are said to be harmless have neither UN number nor hazard class."""
    if supplier_declared_dg_hz_regulation.lower() != "not_applicable" or not (hazmat or ghs_class):
        return None
    return Flaw(f"dangerous goods regulations do not apply, and the row says {hazmat or ghs_class}")


given(
    "CMP006",
    "eu-responsible-person-missing",
    "Goods made outside the EU name the person who answers for them in the EU.",
    category="compliance",
    why="Without a responsible person in the EU, goods whose maker sits outside may not be offered there since 13 December 2024.",
    source="Regulation (EU) 2023/988 (GPSR), article 16; Amazon changelog on GPSR attributes. Only the origin hints at the maker's seat",
    checked=CHECKED,
    severity="info",
    good=["origin PT", "origin CN with an EU responsible person, or with the safety attestation"],
    bad=["origin CN and no EU responsible person: said once, as information, because the maker may sit in the EU"],
)


@cache
def _members() -> tuple[str, ...]:
    """Countries where EU product law holds."""
    return tuple(tomllib.loads(data("unions.toml").read_text("utf-8"))["eea"]["members"])


def _asking(run: Run) -> list[str]:
    return [code for code, at in run.contexts.items() if code in EU and at.as_of >= _GPSR]


def _outside(run: Run) -> Iterator[Look]:
    """How many rows are made outside the EU and name nobody, and one of each origin."""
    stores = _asking(run)
    held: Mapping[str, str] = run.views[stores[0]].columns if stores else {}
    if "country_of_origin" not in held:
        return
    origin = held["country_of_origin"]
    outside = pl.col(origin).is_in(_members()).not_() & kept(run)
    for field in ("dsa_responsible_party_address", "gpsr_safety_attestation"):
        if field in held:
            outside &= pl.col(held[field]).is_null() | (pl.col(held[field]) == "false")
    made = run.frame.select(outside.fill_null(value=False).arg_true()).to_series()
    one_each = made.filter(run.frame[origin].gather(made).is_first_distinct())
    yield Look((), len(made), located(run, one_each, origin))


@sheetwide("CMP006", fields=lambda: ("country_of_origin", "dsa_responsible_party_address", "gpsr_safety_attestation"), look=_outside)
def eu_responsible_person(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding for all rows and stores."""
    for _, made, found in looks:
        if made:
            origins = listed(found["value"].unique().sort().to_list(), 4)
            rows = "1 listing made outside the EU names" if made == 1 else f"{made} listings made outside the EU name"
            flaw = Flaw(f"{rows} no EU responsible person (made in {origins}): needed where the maker sits outside, too")
            yield once(run, "CMP006", _asking(run), flaw, column="dsa_responsible_party_address")
