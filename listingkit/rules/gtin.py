"""Numbers that must not be uploaded: wrong, not a GTIN at all, or from a range that no product has."""

import polars as pl

from listingkit.config import Config
from listingkit.finding import Flaw
from listingkit.gtin.evidence import Seen
from listingkit.master.sheet import Evidence
from listingkit.rules.engine import column, rule
from listingkit.rules.gtin_cell import CELLS, CHECKED, cells, cut_short, doubtful, study, told, verdict_of


@rule(
    "GTN001",
    fields=CELLS,
    fix="ask",
    good=[cells("036000291452"), cells("4006381333931"), cells("036000291453", "ASIN"), cells("036000291453", None, "Parent")],
    bad={
        cells("036000291453"): "036000291452",
        cells("4006381333932", "EAN"): "4006381333931",
        cells("14006381333931"): None,
    },
    why="Amazon and every other marketplace refuse the number; a person must say which digit is wrong.",
    source="GS1 General Specifications 26.0, 7.9.1",
    checked=CHECKED,
    errors=("8560", "5505"),
    suspects=doubtful,
    study=study,
)
def gtin_check_digit(product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config) -> Flaw | None:
    """The last digit of a GTIN is the check digit of the digits before it.

    Nearly always a typing slip. Any digit may be the wrong one, so that the repair is only offered. In a column of EANs that all
    lack their check digit, GTN010 speaks instead.
    """
    if cut_short(product_id, seen):
        return None
    return told("GTN001", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN002",
    fields=CELLS,
    fix="ask",
    good=[cells("96385074"), cells("036000291452")],
    bad={cells("4006381333"): None, cells("36000291453"): "360002914539", cells("123456789012345"): None},
    why="Amazon refuses the row: the value is not a valid EAN, invalid length.",
    source="GS1 General Specifications 26.0, 2.1",
    checked=CHECKED,
    errors=("5505", "90225"),
    suspects=doubtful,
)
def gtin_length(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN has 8, 12, 13 or 14 digits."""
    return told("GTN002", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN003",
    fields=CELLS,
    good=[cells("4006381333931"), cells("any", "PZN")],
    bad=[cells("SP-00123"), cells("see box")],
    why="Amazon refuses the row: not a valid identifier.",
    source="Amazon 5505; eBay 21919302",
    checked=CHECKED,
    errors=("5505",),
    suspects=doubtful,
)
def gtin_not_a_number(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN has only digits."""
    return told("GTN003", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN004",
    fields=CELLS,
    good=[cells("00000017", None, "Parent"), cells("4006381333931")],
    bad=[cells("000000000000"), cells("00000000")],
    why="Zeros pass every check digit test, and the marketplace answers weeks later that the product does not exist.",
    source="GS1 General Specifications 26.0, 2.1",
    checked=CHECKED,
    errors=("8560", "8572"),
    suspects=doubtful,
)
def gtin_all_zeros(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN is not all zeros."""
    return told("GTN004", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN005",
    fields=CELLS,
    good=[cells("4006381333931")],
    bad=[cells("2001234567893"), cells("0000000123457"), cells("20123451")],
    why="Shops print such numbers themselves, so that they mean something else in every shop; marketplaces block them.",
    source="GS1 General Specifications 26.0, 2.1.11 and table 1-4; Google Merchant 6286293; Allegro 5810",
    checked=CHECKED,
    errors=("8572",),
    suspects=doubtful,
    study=study,
)
def gtin_restricted(product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config) -> Flaw | None:
    """A GTIN is not from a range of restricted circulation (02, 04, 2, in-store and in-company numbers)."""
    if cut_short(product_id, seen):
        return None
    return told("GTN005", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN006",
    fields=CELLS,
    good=[cells("4006381333931"), cells("96385074")],
    bad=[cells("9811234567891"), cells("9801234567892"), cells("95212340"), cells("9601234567898"), cells("9511234567890")],
    why="Coupons, refunds, demonstrations and reserved ranges are never on products; marketplaces block them.",
    source="GS1 General Specifications 26.0, tables 1-4 to 1-6; Google Merchant 6286302",
    checked=CHECKED,
    errors=("8572",),
    suspects=doubtful,
    study=study,
)
def gtin_not_for_products(
    product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config
) -> Flaw | None:
    """A GTIN is not from a range for coupons, refunds, demonstrations, tags or the future."""
    if cut_short(product_id, seen):
        return None
    return told("GTN006", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN007",
    fields=CELLS,
    good=[cells("4006381333931"), cells("6801234500175")],
    bad=[cells("1401234567892"), cells("9851234567897")],
    why="No GS1 organisation issues such a prefix, so that the number cannot have been licensed; Amazon checks it against GS1.",
    source="GS1 prefix list, https://www.gs1.org/standards/id-keys/company-prefix; 0.26 % of real codes have one",
    checked=CHECKED,
    errors=("8572",),
    suspects=doubtful,
    study=study,
)
def gtin_unassigned_prefix(
    product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config
) -> Flaw | None:
    """A GTIN starts with a prefix that a GS1 organisation issues."""
    if cut_short(product_id, seen):
        return None
    return told("GTN007", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN014",
    fields=CELLS,
    fix="ask",
    good=[cells("B00MARS7N2", "ASIN"), cells("PZN-04324188", "PZN")],
    bad={
        cells("B00MARS7N2", "EAN"): "ASIN",
        cells("B00MARS7N2"): None,
        cells("X001ABC123"): None,
        cells("340123450000000017"): None,
        cells("0045-0449-10"): "300450449108",
        cells("PZN-04324188", "EAN"): "PZN",
    },
    why="Amazon refuses an identifier of another kind, and matches the row to nothing.",
    source="Amazon 5505; id types of Amazon templates 2025-11 and 2026-02 (PZN: German template)",
    checked=CHECKED,
    errors=("5505",),
    suspects=doubtful,
)
def gtin_other_number(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """The GTIN cell holds no ASIN, FNSKU, SSCC, drug number or other code.

    The message says what the code looks like and where it belongs. Where an id type is stated, the offered fix is the right type.
    """
    found = told("GTN014", product_id, product_id_type, parentage_level, config)
    named = {"asin": "ASIN", "pzn": "PZN"}.get(verdict_of(product_id, config).rule)
    if found and named and product_id_type:
        return Flaw(found.message, fix=named, field="product_id_type")
    return found


@rule(
    "GTN017",
    fields=CELLS,
    good=[cells("14006381333938"), cells("04006381333931")],
    bad=[cells("12001234567890"), cells("94006381333934")],
    why="No till and no marketplace takes such a number for something that a person buys.",
    source="GS1 General Specifications 26.0, 2.1.2, 2.1.3 and 2.1.10",
    checked=CHECKED,
    suspects=doubtful,
)
def gtin_packaging_unusable(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN-14 has no indicator 9 and is not built on a restricted number."""
    return told("GTN017", product_id, product_id_type, parentage_level, config)


@column(
    "GTN030",
    fields=("product_id",),
    good=[["4006381333931", "036000291452", "96385074", "9780306406157", "SP-1"], ["SP-1", "SP-2"], ["B00MARS7N2"] * 6],
    bad=[["SP-1", "SP-2", "SP-3", "SP-4", "SP-5"], ["4.00638E+12", "3.60003E+11", "8.71234E+12", "5.90123E+12", "4.01234E+12"]],
    why="Suppliers fill the barcode column with their own article numbers; one look at the column says more than a finding on every row.",
    source="ikas and Shopify sample exports 2026: 401 barcodes, none a GTIN",
    checked=CHECKED,
    errors=("5505",),
    supersedes=("GTN",),
)
def gtin_column_without_gtins(values: pl.Series, evidence: Evidence | None) -> Flaw | None:
    """A column of GTINs holds GTINs."""
    seen = study(values, evidence)
    return Flaw(seen.no_barcodes) if seen.no_barcodes else None
