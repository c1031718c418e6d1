"""Listings for other people's tests: whole ones are clean, broken ones have exactly what was broken."""

import contextlib
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import listingkit as lk
from listingkit.config import DEFAULT, Config
from listingkit.errors import ListingkitError, UnknownName
from listingkit.fields import parse
from listingkit.marketplace import marketplace
from listingkit.master.sheet import ROW
from listingkit.rules.engine import catalogue
from listingkit.schemas.category import load, names
from listingkit.testing import gtins, listings, rows, setting

AS_OF = date(2026, 11, 1)
STORES = ("US", "DE", "JP")
JUDGED = [code for code, rule in catalogue().items() if rule.scope != "given"]
# codes that no listing of this kind can break in a store, beyond those in force elsewhere only
NEVER = {("TTL005", "JP")}  # Japanese titles are not cut into words


def few(count: int) -> settings:
    return settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def found(made: Any, store: str, config: Config = DEFAULT) -> list[Any]:
    return list(lk.check(made, [store], as_of=AS_OF, config=config))


def breaks(code: str, store: str, category: str = "HOME") -> None:
    """What a strategy promises of its code; a code that is not in force here, or asked of no field, is refused."""
    rule = catalogue()[code]
    if (rule.stores and store not in rule.stores) or (rule.scope == "given" and code not in asked(category, store)):
        with pytest.raises(ListingkitError, match=f"can break {code}"):
            listings(category, store, code, as_of=AS_OF)
        return

    @few(1)
    @given(listings(category, store, code, as_of=AS_OF))
    def law(made: Any) -> None:
        assert {one.code for one in found(made, store, setting(code))} == {code}

    law()


def asked(category: str, store: str) -> set[str]:
    return {one.code for one in load(category).asks(marketplace(store), AS_OF)}


SCHEMA = ["REQ001", "REQ002", "REQ005", "VAL001", "VAL006", "VAL008", "VAL009", "VAL010", "VAL011"]
FIRST = {catalogue()[code].category: code for code in reversed([*JUDGED, *SCHEMA])}  # one of each subject, for a quick run


@pytest.mark.parametrize(("number", "code"), list(enumerate(FIRST.values())))
def test_a_broken_listing_has_exactly_what_was_broken(number: int, code: str) -> None:
    breaks(code, STORES[number % len(STORES)])


@pytest.mark.slow
@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("code", [*JUDGED, *SCHEMA])
def test_every_code_can_be_broken_in_every_store(code: str, store: str) -> None:
    if (code, store) in NEVER:
        with pytest.raises(ListingkitError, match="none of its examples does so alone"):
            breaks(code, store)
        return
    breaks(code, store)


@pytest.mark.parametrize("store", STORES)
def test_a_whole_listing_is_clean(store: str) -> None:
    @few(5)
    @given(listings("HOME", store, as_of=AS_OF))
    def law(made: Any) -> None:
        assert found(made, store) == []

    law()


@pytest.mark.slow
@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("category", names())
def test_every_category_has_whole_listings_or_says_what_they_lack(category: str, store: str) -> None:
    @few(1)
    @given(listings(category, store, as_of=AS_OF))
    def law(made: Any) -> None:
        assert found(made, store) == []

    with contextlib.suppress(ListingkitError):
        law()
        return
    with pytest.raises(ListingkitError, match=f"no listing of {category} is clean in {store} .*DOC001"):
        law()


def test_rows_are_the_same_as_dicts() -> None:
    @few(5)
    @given(listings("HOME", "DE", "VAR001", as_of=AS_OF))
    def law(made: Any) -> None:
        table = rows(made)
        assert len(table) == made.frame.height
        assert all(parse(name) and cell for row in table for name, cell in row.items())
        assert made.frame[ROW].to_list() == list(range(2, 2 + len(table)))
        assert pl.DataFrame(table)["sku"].to_list() == made.frame["sku"].to_list()

    law()


def test_listings_vary() -> None:
    seen = set()

    @few(12)
    @given(listings("HOME", "US", as_of=AS_OF))
    def collect(made: Any) -> None:
        seen.add(tuple(made.frame["sku"].to_list()))

    collect()
    assert len(seen) > 6
    assert {len(skus) for skus in seen} == {1, 3}


@pytest.mark.parametrize(
    ("code", "store", "why"),
    [
        ("FIL001", "US", "about how a file is read"),
        ("MAP002", "US", "about how columns are mapped"),
        ("REQ010", "US", "takes the seller's own template"),
        ("OPS001", "US", "compares an upload with the one before"),
        ("VAL012", "US", "its schema does not ask that of any field"),
        ("TXT004", "DE", "in force in JP only"),
        ("HLT001", "TR", "no limit title_differentiation.max_chars is in force there on 2026-11-01"),
    ],
)
def test_a_code_that_cannot_occur_is_refused_with_the_reason(code: str, store: str, why: str) -> None:
    with pytest.raises(ListingkitError, match=why):
        listings("HOME", store, code, as_of=AS_OF)


def test_rules_of_another_time_are_refused() -> None:
    with pytest.raises(ListingkitError, match="not in force on 2024-01-01"):
        listings("HOME", "US", "TTL005", as_of=date(2024, 1, 1))


def test_names_that_nobody_knows_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown rule .*did you mean GTN0"):
        listings("HOME", "US", "GTN0O1")
    with pytest.raises(UnknownName, match="unknown marketplace"):
        listings("HOME", "XX")
    with pytest.raises(UnknownName, match="unknown product type"):
        listings("HOMES", "US")


def test_the_package_gives_its_names() -> None:
    assert gtins is not None
    assert setting("GTN001") == Config()
    assert setting("GTN050").gs1
