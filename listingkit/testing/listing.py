"""Strategies for listings: some that no rule has anything to say about, and some in which exactly one rule finds its flaw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from listingkit.config import DEFAULT, Config
from listingkit.errors import ListingkitError
from listingkit.fields import plain_names
from listingkit.gtin.check_digit import complete
from listingkit.gtin.triage import triage
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.marketplace import marketplace as find_marketplace
from listingkit.master.sheet import ROW
from listingkit.rules.engine import find
from listingkit.schemas.category import load
from listingkit.testing.breaking import cases, impossible, refuse
from listingkit.testing.whole import LONGEST, THEME, Row, Where, another, child, numbered, parent, settle, start

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
VARIANTS = 3  # ways to break one rule; ways to be whole
_MADE: dict[tuple[str, ...], "_Cases"] = {}


def listings(
    category: str, marketplace: str, broken: str | None = None, *, as_of: date | None = None, config: Config = DEFAULT
) -> st.SearchStrategy[Listings]:
    """Listings of a product type for `listingkit.check(listings, [marketplace])`.

    Without `broken` the check finds nothing at all; with a rule's code (`GTN001`) it finds that code and no other. `as_of` is the
    day of the check, today by default. `config` is the client's, where it says what a listing needs (a register of documents,
    GTIN licences); for rules that speak only under a config of their own, `setting(code)` is taken, and the check must have it too.
    SKUs, GTINs, titles, prices and quantities vary. `rows(listings)` gives the same as dicts.

    Raises `UnknownName` for a category, marketplace or code that nobody knows, and `ListingkitError` with the reason for a code
    that no such listing can break, or a category that is never clean there without a config.
    """
    store, day = find_marketplace(marketplace), as_of or datetime.now(UTC).date()
    rule = find(broken) if broken else None
    evidence = {rule.fields[0]: rule.evidence} if rule and rule.evidence else {}
    where = Where(load(category), store, day, setting(rule.code) if rule and config is DEFAULT else config, evidence)
    if rule:
        refuse(rule, where)

    @st.composite
    def varied(draw: st.DrawFn) -> Listings:
        case = _known(rule.code if rule else None, where).at(draw(st.integers(0, VARIANTS - 1)))
        return where.listings(_vary(draw, case))

    return varied()


def setting(code: str) -> Config:
    """The config under which a rule speaks: the built-in one for nearly all, a register or licences for some."""
    return find(code).setting


def rows(made: Listings) -> list[dict[str, str]]:
    """Listings as plain dicts, blank cells left out: for a csv of your own, or an interface that takes rows."""
    table = made.frame.drop(ROW, SOURCE)
    return [{name: cell for name, cell in row.items() if cell is not None} for row in table.iter_rows(named=True)]


class _Cases:
    """Cases of a rule, or whole listings, looked for as they are asked for."""

    def __init__(self, found: Iterator[list[Row]], none: Callable[[], str]) -> None:
        self.left, self.none = found, none
        self.found: list[list[Row]] = []

    def at(self, number: int) -> list[Row]:
        """The case of this number; an earlier one where there are not so many. Raises `ListingkitError` where there is none."""
        while len(self.found) <= number and (case := next(self.left, None)) is not None:
            self.found.append(case)
        if not self.found:
            raise ListingkitError(self.none())
        return self.found[number % len(self.found)]


def _known(code: str | None, where: Where) -> _Cases:
    key = (code or "", where.schema.product_type, where.store.code, where.as_of.isoformat(), repr(where.config))
    if key not in _MADE:
        _MADE[key] = _broken(code, where) if code else _Cases(_whole(where), lambda: _never_clean(where))
    return _MADE[key]


def _never_clean(where: Where) -> str:
    found = where.findings([start(where)])
    told = "; ".join(f"{one.code} {one.message}" for one in found[:3])
    return f"no listing of {where.schema.product_type} is clean in {where.store.code} on {where.as_of} with this config: {told}"


def _whole(where: Where) -> Iterator[list[Row]]:
    plain = settle([start(where)], where)
    if plain is None:
        return
    yield plain
    (row,) = plain
    yield from filter(None, [settle([row, another(row, 1), another(row, 2)], where)])
    head = row.get("sku")
    family = [parent(row, head, THEME), *(child(row, head, THEME, number) for number in (1, 2))]
    yield from filter(None, [settle(family, where)])


def _broken(code: str, where: Where) -> _Cases:
    rule = find(code)
    (whole,) = _known(None, replace(where, evidence={})).at(0)
    return _Cases(cases(rule, whole, where), lambda: impossible(rule, where, "none of its examples does so alone"))


def _vary(draw: st.DrawFn, case: Sequence[Row]) -> list[Row]:
    made = [row.copy() for row in case]
    _rename(draw(st.text(_LETTERS, min_size=1, max_size=6)), made)
    number = draw(st.integers(2, 99))
    payloads = draw(st.lists(st.integers(0, 10**6 - 1), min_size=len(made), max_size=len(made), unique=True))
    for row, payload in zip(made, payloads, strict=True):
        if "product_id" not in row.kept and row.get("product_id").isdecimal():
            row.fill(product_id=_gtin(row.get("product_id"), payload))
        if row.get("item_name") and len(row.get("item_name")) <= LONGEST:
            row.fill(item_name=numbered(row.get("item_name"), number))
        if row.get("quantity"):
            row.fill(quantity=str(draw(st.integers(0, 999))))
        if [name for name in row.cells if row.get(name) and plain_names()[name][0].kind == "price"] == ["price"]:
            row.fill(price=str(draw(st.integers(1, 9999))))
    return made


def _rename(suffix: str, made: Sequence[Row]) -> None:
    """Another SKU for every row whose SKU is not what the case is about, the same for parents and their children."""
    held: dict[str, list[tuple[Row, str]]] = {}
    for row in made:
        for name in ("sku", "parent_sku"):
            if row.get(name):
                held.setdefault(row.get(name), []).append((row, name))
    for sku, places in held.items():
        if not any(name in row.kept for row, name in places):
            for row, name in places:
                row.cells[name] = f"{sku[:30]}-{suffix}"


def _gtin(code: str, payload: int) -> str:
    """Another number of the same kind and owner, if there is nothing odd about it."""
    made = complete(f"{code[:-7]}{payload:06}")
    return made if triage(made).status == "valid" else code
