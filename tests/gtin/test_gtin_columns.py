"""A column is only many values: what polars calls clean, triage calls valid."""

from pathlib import Path

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from listingkit.gtin import triage
from listingkit.gtin.check_digit import complete, holds
from listingkit.gtin.columns import as14, check_digit_holds, surely_clean, triage_column
from listingkit.gtin.prefixes import load

digits = st.one_of(
    st.integers(7, 17).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)).map(complete),
    st.text("0123456789", max_size=20),
    st.tuples(
        st.sampled_from(["000", "0614141", "3456", "0001", "952", "977", "962", "1111", "6101"]),
        st.text("0123456", min_size=3, max_size=10),
    )
    .map("".join)
    .map(complete),
)
cells = st.one_of(digits, st.text("0123456789 +-.eE\u0664\uff14x", max_size=16), st.none())


@given(st.lists(cells, max_size=30))
@example(["+400638133393", "-400638133393", " 40063813339", "４００６３８１３３３９３１", "12345678901234567"])
def test_surely_clean_is_never_more_generous_than_triage(codes: list[str | None]) -> None:
    clean = pl.Series("code", codes, pl.String).to_frame().select(surely_clean(pl.col("code")))["code"]
    for code, sure in zip(codes, clean, strict=True):
        assert not sure or triage(code).status == "valid"


def test_ordinary_codes_are_surely_clean() -> None:
    codes = ["4006381333931", "036000291452", "0036000291452", "96385074", "9780306406157", "885909950805"]
    assert pl.DataFrame({"code": codes}).select(surely_clean(pl.col("code")))["code"].to_list() == [True] * len(codes)


@given(st.lists(cells, max_size=30))
def test_a_column_gets_the_verdicts_of_its_values(codes: list[str | None]) -> None:
    found = triage_column(pl.Series("anything", codes, pl.String))
    assert [(*row[:4], tuple(row[4])) for row in found.iter_rows()] == [tuple(triage(code)) for code in codes]


@given(st.lists(st.text("0123456789", min_size=8, max_size=18), max_size=30))
def test_the_check_digit_of_a_column_is_that_of_its_values(codes: list[str]) -> None:
    held = pl.Series("code", codes, pl.String).to_frame().select(check_digit_holds(pl.col("code")))["code"]
    assert held.to_list() == [holds(code) for code in codes]


@given(st.lists(cells, max_size=30))
def test_numbers_compare_as_14_digits(codes: list[str | None]) -> None:
    wide = pl.Series("code", codes, pl.String).to_frame().lazy().select(as14(pl.col("code"))).collect()["code"]
    assert wide.to_list() == [gtin.zfill(14) if (gtin := triage(code).gtin) else None for code in codes]


def test_a_table_of_the_user_decides_columns_too(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("13\t4001\t4001\trestricted\t\t\n13\t140\t140\torganisation\tX\t\n", "utf-8")
    table = load(own)
    codes = [complete("400127364582"), complete("140227364582"), complete("401227364582")]
    assert triage_column(pl.Series(codes), table)["status"].to_list() == ["reject", "valid", "valid"]
    assert pl.DataFrame({"code": codes}).select(surely_clean(pl.col("code"), table))["code"].to_list() == [False, True, True]
