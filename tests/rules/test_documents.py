"""The register of documents: what it takes, what it covers, what runs out."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.config import Config, load
from listingkit.errors import BadProfile
from listingkit.fields import fields
from listingkit.finding import Severity
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplaces, select
from listingkit.master.sheet import ROW
from listingkit.rules.document_register import asks, kinds, register
from listingkit.rules.run import check

DAY = date(2026, 11, 27)
CPC = {"document": "CPC", "product_type": "TOYS_AND_GAMES", "reference": "4711"}
REPORT = {**CPC, "document": "test report"}


def listings(**columns: Any) -> Listings:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    return Listings(frame, (Source("toys.csv", None, {}, {}),))


TOYS = listings(sku=["A", "B", "P"], product_type=["TOYS_AND_GAMES"] * 3, parentage_level=["child", None, "parent"])


def found(table: Listings, *documents: Any, stores: Any = ("US",), day: date = DAY) -> list[Any]:
    return list(check(table, select(stores), as_of=day, config=Config(select=("DOC",), documents=documents)))


def test_without_a_register_it_is_information_and_said_once_a_document() -> None:
    told = found(TOYS)
    assert [(one.code, one.severity, one.row, one.marketplace) for one in told] == [("DOC001", Severity.INFO, None, "US")] * 2
    assert "asks for CPC, and 2 listings (A, B)" in told[0].message


def test_with_a_register_what_is_missing_is_a_warning() -> None:
    (one,) = found(TOYS, CPC)
    assert one.severity is Severity.WARNING
    assert "test report" in one.message
    assert found(TOYS, CPC, REPORT) == []


def test_an_entry_for_one_sku_leaves_the_others() -> None:
    (one,) = found(TOYS, {**CPC, "product_type": "", "sku": ["A"]}, REPORT)
    assert "1 listing (B) has no valid entry" in one.message


def test_an_entry_of_another_marketplace_covers_nothing_here() -> None:
    told = found(TOYS, {**CPC, "marketplace": "DE"}, REPORT)
    assert [one.code for one in told] == ["DOC001"]


@pytest.mark.parametrize(("days", "codes"), [(-1, ["DOC001"]), (0, ["DOC002"]), (29, ["DOC002"]), (30, [])])
def test_what_runs_out_is_told_in_time(days: int, codes: list[str]) -> None:
    assert [one.code for one in found(TOYS, {**CPC, "valid_until": DAY + timedelta(days)}, REPORT)] == codes


def test_a_document_that_follows_silences_the_end_of_the_old_one() -> None:
    ending = {**CPC, "valid_until": DAY + timedelta(3)}
    assert found(TOYS, ending, {**CPC, "valid_until": DAY + timedelta(300)}, REPORT) == []


def test_an_attribute_asks_in_every_marketplace_and_says_so_once() -> None:
    table = listings(sku=["A", "B"], supplier_declared_dg_hz_regulation=["ghs", "not_applicable"])
    (one,) = found(table, stores=("US", "DE", "JP"))
    assert one.marketplace is None
    assert "SDS or exemption sheet, and 1 listing (A)" in one.message
    assert found(table, {"document": "sds", "sku": "A", "file": __file__}) == []


def test_a_row_that_deletes_needs_no_document() -> None:
    assert found(listings(sku=["A"], product_type=["TOYS_AND_GAMES"], record_action=["delete"])) == []


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "listingkit.toml").write_text(
        '[[documents]]\ndocument = "CPC"\nsku = "A"\nfile = "papers/cpc.pdf"\nissuer = "Lab"\nvalid_until = 2099-01-01\n', "utf-8"
    )
    config = load(tmp_path / "listingkit.toml")
    (one,) = check(TOYS, select(["US"]), as_of=DAY, config=Config(select=("DOC003",), documents=config.documents))
    assert "no file cpc.pdf" in one.message
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "cpc.pdf").touch()
    assert list(check(TOYS, select(["US"]), as_of=DAY, config=Config(select=("DOC003",), documents=config.documents))) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, "document"),
        ({"document": "CPV", "sku": "A", "file": "x"}, "did you mean CPC"),
        ({"document": "CPC", "file": "x"}, "sku or product_type"),
        ({"document": "CPC", "sku": "A"}, "file or reference"),
        ({"document": "CPC", "sku": 7, "file": "x"}, "text or a list of texts"),
        ({"document": "CPC", "sku": "A", "file": 7}, "file is a text"),
        ({"document": "CPC", "sku": "A", "file": "x", "valid_until": "soon"}, "2027-03-31"),
        ({"document": "CPC", "sku": "A", "file": "x", "valid_until": 2027}, "2027-03-31"),
        ({"document": "CPC", "sku": "A", "file": "x", "marketplace": "ZZ"}, "marketplace"),
        ({"document": "CPC", "sku": "A", "file": "x", "owner": "me"}, "not owner"),
    ],
)
def test_a_bad_entry_is_one_sentence(entry: Any, told: str) -> None:
    with pytest.raises(BadProfile, match=told) as raised:
        register([entry])
    assert "[[documents]] number 1" in str(raised.value)


@given(
    st.dictionaries(
        st.sampled_from(["document", "sku", "product_type", "file", "valid_until"]),
        st.sampled_from(["CPC", "sds", "A", "", "2027-01-01"]) | st.integers(),
    )
)
def test_any_entry_is_taken_or_refused(entry: Any) -> None:
    try:
        (one,) = register([entry])
    except BadProfile:
        return
    assert one.document in kinds()


@pytest.mark.parametrize("ask", asks(), ids=lambda ask: f"{ask.any_of[0]}-{'-'.join(sorted(ask.marketplaces))[:12]}")
def test_every_ask_is_dated_sourced_and_speaks_of_known_things(ask: Any) -> None:
    assert set(ask.any_of) <= set(kinds())
    assert ask.product_types or ask.when
    assert {field for field, _ in ask.when} <= set(fields())
    assert ask.marketplaces <= set(marketplaces())
    assert ask.source
    assert ask.why
    assert ask.effective_from <= ask.checked <= DAY
    assert ask.confidence in {"official", "secondary", "unconfirmed"}
