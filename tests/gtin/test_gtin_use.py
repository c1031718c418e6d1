"""Numbers on rows: the hand-judged table of uses, and what a whole column proves."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.config import Config
from listingkit.errors import UnknownName
from listingkit.fields import parse
from listingkit.finding import Finding, Safety
from listingkit.gtin.check_digit import complete
from listingkit.gtin.evidence import look
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW, Column, Evidence
from listingkit.rules.run import check
from listingkit.testing import gtins

TABLE = Path(__file__).parent / "cases_use.tsv"
UPCS = [complete(f"0{3 + n % 2 * 3}{n * 7919 % 10**9:09}") for n in range(40)]
EANS = [complete(f"590{n * 7919 * 31 % 10**9:09}") for n in range(1, 41)]


def cases() -> list[list[str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def listings(rows: list[Mapping[str, str]], evidence: Evidence | None = None) -> Listings:
    names = list(dict.fromkeys(["sku", "product_id", *(name for row in rows for name in row)]))
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String))
    frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    origins = {name: Column("A", name) for name in names}
    return Listings(frame, (Source("master.xlsx", None, origins, {"product_id": evidence} if evidence else {}),))


def found(rows: list[Mapping[str, str]], evidence: Evidence | None = None) -> list[Finding]:
    return list(check(listings(rows, evidence), [marketplaces()["US"]], as_of=date(2026, 11, 24), config=Config(select=("GTN",))))


def column(codes: list[str], evidence: Evidence | None = None) -> list[Finding]:
    return found([{"sku": f"S{n}", "product_id": code} for n, code in enumerate(codes)], evidence)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}-{case[3]}")
def test_a_use_is_judged_as_by_hand(case: list[str]) -> None:
    rows: list[Mapping[str, str]] = [dict(cell.split("=") for cell in row.split(" ")) for row in case[1].split(" / ")]
    told = [f"{one.code} {one.severity.value} {one.row}" for one in found(rows)]
    assert " ".join(told) == ("" if case[2] == "-" else case[2])


def test_one_number_serves_every_marketplace() -> None:
    """G42: our product id has no marketplace of its own, so that nobody can give a product a new number in each."""
    with pytest.raises(UnknownName):
        parse("product_id@DE")


def test_lost_zeros_are_a_question_for_one_value() -> None:
    (one,) = column(["36000291452", "4006381333931"])
    assert (one.code, one.fix and one.fix.safety) == ("GTN009", Safety.ASK)


def test_lost_zeros_are_safe_where_the_column_proves_them() -> None:
    told = column([upc.lstrip("0") for upc in UPCS] + EANS)
    assert {one.code for one in told} == {"GTN009"}
    assert {one.fix.safety for one in told if one.fix} == {Safety.SAFE}
    assert [one.fix.value for one in told if one.fix] == UPCS
    assert "40 of the 40 different short numbers" in told[0].message


def test_lost_zeros_are_safe_where_the_number_format_shows_them() -> None:
    (one,) = column(["36000291452", "714532191586"], Evidence(numeric=2, formats={"000000000000": 2}))
    assert one.fix is not None
    assert (one.fix.value, one.fix.safety) == ("036000291452", Safety.SAFE)
    assert "shown with 12 digits" in one.message


def test_a_general_number_format_proves_nothing() -> None:
    (one,) = column(["36000291452", "714532191586"], Evidence(numeric=2, formats={"General": 2}))
    assert one.fix is not None
    assert one.fix.safety is Safety.ASK


def test_a_column_without_check_digits_is_told_for_every_value() -> None:
    told = column([ean[:-1] for ean in EANS])
    assert {one.code for one in told} == {"GTN010"}
    assert [one.fix.value for one in told if one.fix] == EANS
    assert {one.fix.safety for one in told if one.fix} == {Safety.ASK}


def test_a_column_of_skus_is_one_finding() -> None:
    (one,) = column([f"SP-{n:05}" for n in range(400)])
    assert one.code == "GTN030"
    assert "none of the 400 different values is a GTIN" in one.message


def test_a_column_of_ruined_numbers_is_one_finding() -> None:
    (one,) = column([f"{1 + n % 9}.{n:05}E+12" for n in range(50)])
    assert one.code == "GTN030"
    assert "scientific notation" in one.message


@given(st.lists(st.integers(10**10, 10**11 - 1).map(str), min_size=30, max_size=60, unique=True))
def test_random_numbers_prove_no_lost_zeros(codes: list[str]) -> None:
    assert not look(codes).zeros_lost


@given(st.lists(gtins(lengths=(12, 13)), min_size=5, max_size=30, unique=True), st.lists(st.text(max_size=5), max_size=10))
def test_real_numbers_are_never_a_column_of_skus(codes: list[str], others: list[str]) -> None:
    seen = look([*codes, *others])
    assert not seen.no_barcodes
    assert not seen.check_digits_missing


@given(st.lists(gtins(lengths=(12,), prefixes=("0036", "0076", "0089")), min_size=4, max_size=12, unique=True))
def test_real_loss_is_always_proved(codes: list[str]) -> None:
    assert look([code[1:] for code in codes]).zeros_lost


def test_a_longer_run_than_chance_allows_is_needed() -> None:
    right = UPCS[0][1:]
    assert not look([right]).zeros_lost
    assert not look([right, "36000291453", "36000291454", "36000291455"]).zeros_lost
    assert not look(["12345678901", "SP-1", *EANS[:3]]).zeros_lost


def test_evidence_counts_only_what_it_is_about() -> None:
    seen = look(["N/A", "", "B00MARS7N2", "PZN-04324188"])
    assert (seen.no_barcodes, seen.zeros_lost, seen.check_digits_missing) == ("", "", "")


def test_a_number_is_told_once() -> None:
    """One flaw, one finding: what triage rejects for its check digit is not told by another rule."""
    for value in (
        "4006381333932",
        "EAN 4006381333932",
        "N/A",
        "2001234567893",
        "36000291452",
        "4.00638E+12",
        "B00MARS7N2",
        "14006381333938",
    ):
        assert len(column([value, "4006381333931"])) == 1, value
