"""How the number is written: what can be undone without loss, and what needs a person's yes."""

from listingkit.config import Config
from listingkit.finding import Flaw, Safety
from listingkit.gtin.check_digit import complete
from listingkit.gtin.evidence import Seen
from listingkit.gtin.verdict import Verdict
from listingkit.rules.engine import rule
from listingkit.rules.gtin_cell import CELLS, CHECKED, cells, cut_short, doubtful, is_gtin_cell, study, told, verdict_of


def _wanted_so(found: Verdict, product_id: str, product_id_type: str | None) -> bool:
    """Zeros in front of 14 digits are right where the id type is GTIN."""
    return found.rule == "padded" and len(product_id) == 14 and (product_id_type or "").casefold() == "gtin"


@rule(
    "GTN008",
    fields=CELLS,
    fix="safe",
    good=[cells("4006381333931"), cells("0036000291452"), cells("00036000291452", "GTIN")],
    bad={
        cells("4006381-333931"): "4006381333931",
        cells("EAN: 4006381333931"): "4006381333931",
        cells("4006381333931.0"): "4006381333931",
        cells("00036000291452"): "036000291452",
        cells("0-306-40615-2"): "9780306406157",
    },
    why="The marketplace takes digits only; what stands around them is refused or, worse, cut.",
    source="GS1 General Specifications 26.0, 3.3.2",
    checked=CHECKED,
    errors=("5505", "90225"),
    suspects=doubtful,
)
def gtin_written_oddly(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN is written with its digits and nothing else.

    Spaces, hyphens, invisible signs, labels, quotes, decimals, exact scientific notation and padding are undone without loss.
    """
    if _wanted_so(verdict_of(product_id, config), product_id, product_id_type):
        return None
    return told("GTN008", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN009",
    fields=CELLS,
    fix="ask",
    good=[cells("036000291452"), cells("0306406152", "ASIN")],
    bad={cells("36000291452"): "036000291452", cells("6000291455"): "006000291455", cells("306406152"): "9780306406157"},
    why="Excel drops the zeros in front of a number; the marketplace refuses the length.",
    source="Open Food Facts 2019-06-14: of 11-digit codes whose check digit is right 68 % lost a zero, the others pass by chance",
    checked=CHECKED,
    errors=("5505", "90225"),
    suspects=doubtful,
    study=study,
)
def gtin_zeros_lost(product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config) -> Flaw | None:
    """A GTIN keeps the zeros in front.

    For one value a right check digit is weak evidence. Where the whole column or the cells' number format proves the loss, the
    repair is safe.
    """
    found = told("GTN009", product_id, product_id_type, parentage_level, config)
    if found is None or found.fix is None or not seen.zeros_lost:
        return found
    return Flaw(f"{found.message}; {seen.zeros_lost}", fix=found.fix, safety=Safety.SAFE)


@rule(
    "GTN010",
    fields=CELLS,
    fix="ask",
    good=[cells("4006381333931")],
    bad={cells("400638133393"): "4006381333931", cells("590393880198"): "5903938801983"},
    why="Lists of article numbers often end before the check digit; the marketplace takes the number for another one or refuses it.",
    source="Allegro 12314: GS1 does not assign GTINs that start with 59 (12 digits of a Polish EAN)",
    checked=CHECKED,
    errors=("5505", "90225"),
    suspects=lambda product_id, seen, config: (
        doubtful(product_id, config) | (product_id.str.len_bytes() == 12) if seen.check_digits_missing else doubtful(product_id, config)
    ),
    study=study,
)
def gtin_check_digit_missing(
    product_id: str, product_id_type: str | None, parentage_level: str | None, seen: Seen, config: Config
) -> Flaw | None:
    """A GTIN ends with its check digit.

    Where a whole column of EANs lacks it, also the tenth of them that pass for UPCs by chance are told.
    """
    if not cut_short(product_id, seen):
        return told("GTN010", product_id, product_id_type, parentage_level, config)
    if not is_gtin_cell(product_id_type, parentage_level):
        return None
    longer = verdict_of(complete(product_id), config)
    return Flaw(f"12 digits; {seen.check_digits_missing}", fix=longer.gtin) if longer.gtin else None


@rule(
    "GTN011",
    fields=CELLS,
    fix="ask",
    good=[cells("4.006381333931E+12"), cells("4006381333931")],
    bad={cells("4.00638E+12"): None, cells("4006380000000"): None, cells("9.78043902348e+12"): "9780439023481"},
    why="The digits are gone for good; guessing them lists the product under somebody else's number.",
    source="goodbooks-10k: of 9,272 ISBNs shown with 12 digits the truth was among the candidates in 9,256",
    checked=CHECKED,
    errors=("5505", "8572"),
    suspects=doubtful,
)
def gtin_digits_lost(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN keeps all its digits: no scientific notation, no rounding.

    Where 12 of 13 digits are left, the one or two numbers that they can stand for are offered.
    """
    return told("GTN011", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN012",
    fields=CELLS,
    fix="ask",
    good=[cells("4006381333931"), cells("4OO6381333932", None, "Parent")],
    bad={cells("4OO6381333931"): "4006381333931", cells("*4006381333931*"): "4006381333931", cells("400638l333931"): "4006381333931"},
    why="Somebody retyped the number, or a scanner font was copied; the marketplace refuses letters and signs.",
    source="supplier sheets 2026-09",
    checked=CHECKED,
    errors=("5505",),
    suspects=doubtful,
)
def gtin_look_alikes(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN has no letters, raised digits or signs in place of digits or around them."""
    return told("GTN012", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN013",
    fields=CELLS,
    fix="ask",
    good=[cells("4006381333931")],
    bad={
        cells("4006381333931; 4006381333948"): None,
        cells("4006381333931 4006381333931"): "4006381333931",
        cells("9780306406157 51299"): "9780306406157",
    },
    why="A listing takes one number; of several the marketplace takes none.",
    source="Amazon externally_assigned_product_identifier takes one value a type",
    checked=CHECKED,
    errors=("5505", "90225"),
    suspects=doubtful,
)
def gtin_several(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A cell holds one GTIN, without an add-on."""
    return told("GTN013", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN015",
    fields=CELLS,
    fix="ask",
    good=[cells("042100005264"), cells("9770317847001")],
    bad={cells("04252614"): "042100005264", cells("0317-8471"): "9770317847001", cells("M-2600-0043-8"): "9790260000438"},
    why="Short forms mean a longer number; the marketplace takes the longer one.",
    source="GS1 General Specifications 26.0, 5.2.2.4 (UPC-E); ISO 3297 (ISSN); ISO 10957 (ISMN)",
    checked=CHECKED,
    errors=("5505",),
    suspects=doubtful,
)
def gtin_short_form(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A UPC-E, an ISSN or an old ISMN is written as the GTIN that it stands for."""
    return told("GTN015", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN022",
    fields=CELLS,
    fix="safe",
    good=[cells("4006381333931"), cells("exempt", "GTIN Exempt")],
    bad={cells("N/A"): "", cells("does not apply"): "", cells("暂无"): "", cells("-"): ""},
    why="The word itself would be uploaded as the product id, and refused.",
    source="words for none in twelve languages: supplier sheets 2026-09, eBay's Does not apply",
    checked=CHECKED,
    errors=("5505",),
    suspects=doubtful,
)
def gtin_none_word(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """Where there is no GTIN, the cell is blank."""
    found = told("GTN022", product_id, product_id_type, parentage_level, config)
    return Flaw(found.message, fix="", safety=Safety.SAFE) if found else None
