"""Numbers that can be uploaded, and that somebody should look at first."""

from listingkit.config import Config
from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.gtin_cell import CELLS, CHECKED, cells, doubtful, told


@rule(
    "GTN016",
    fields=CELLS,
    severity="warning",
    fix="ask",
    good=[cells("4006381333931"), cells("04006381333931")],
    bad={cells("14006381333938"): "4006381333931", cells("10036000291459"): "036000291452"},
    why="A carton's number on a single piece makes buyers and warehouses count cartons.",
    source="GS1 General Specifications 26.0, 2.1; unconfirmed: whether Amazon refuses them",
    checked=CHECKED,
    suspects=doubtful,
)
def gtin_packaging_level(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A listing has the number of the unit that people buy, not the GTIN-14 of its carton."""
    return told("GTN016", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN018",
    fields=CELLS,
    severity="warning",
    good=[cells("4006381333931"), cells("714532191586")],
    bad=[cells("614141123452"), cells("4012345678901"), cells("123457000000"), cells("5901234123457"), cells("4008888888884")],
    why="Invented numbers and numbers from manuals pass the check digit and are found out when the listing is live.",
    source="measured on 704,618 real codes (Open Food Facts 2019-06-14): at most 0.03 % look like this",
    checked=CHECKED,
    errors=("8572",),
    suspects=doubtful,
)
def gtin_looks_invented(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN is not a sample number, a run of digits or a rounded one."""
    return told("GTN018", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN019",
    fields=CELLS,
    severity="warning",
    good=[cells("4006381333931")],
    bad=[cells("6101234567896"), cells("3810000123459"), cells("001234567895"), cells("9501234567891")],
    why="Marketplaces keep their own copies of GS1's prefix list, and an older copy refuses what a newer one takes.",
    source="GS1 prefix list of 2026 against lists of 2026-01-02 and 2026-06-02",
    checked=CHECKED,
    errors=("8572",),
    suspects=doubtful,
)
def gtin_dubious_prefix(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN starts with a prefix that is in ordinary use."""
    return told("GTN019", product_id, product_id_type, parentage_level, config)


@rule(
    "GTN021",
    fields=CELLS,
    severity="warning",
    good=[cells("9780306406157"), cells("4006381333931")],
    bad=[cells("9770317847001")],
    why="977 is for newspapers and magazines; on anything else it is a mistake, and single issues are hardly ever listed.",
    source="GS1 General Specifications 26.0, table 1-4",
    checked=CHECKED,
    suspects=doubtful,
)
def gtin_serial(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A number that starts with 977 is on a newspaper or a magazine."""
    return told("GTN021", product_id, product_id_type, parentage_level, config)
