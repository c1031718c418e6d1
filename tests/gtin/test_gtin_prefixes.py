"""The prefix table agrees with biip, reads a user's file, and says how fresh it is."""

import re
from pathlib import Path

import pytest
from biip.gs1_prefixes import GS1Prefix
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import BadProfile, Unreadable
from listingkit.gtin import triage
from listingkit.gtin.check_digit import complete
from listingkit.gtin.prefixes import REASONS, load, prefixes
from listingkit.gtin.reasons import reasons


@given(st.text("0123456789", min_size=13, max_size=13))
def test_organisations_are_those_of_biip(code: str) -> None:
    prefix = prefixes().of13(code)
    known = GS1Prefix.extract(code)
    assert (known is None) == (prefix.use == "unassigned")
    if known and prefix.use in ("organisation", "new"):
        assert prefix.organisation == known.usage


@given(st.text("0123456789", min_size=13, max_size=13))
def test_restricted_and_coupon_ranges_are_those_of_biip(code: str) -> None:
    known = GS1Prefix.extract(code)
    use = prefixes().of13(code).use
    assert (use == "restricted") == (known is not None and "Restricted Circulation" in known.usage)
    assert (use == "coupon") == (known is not None and "coupon" in known.usage)


def test_every_three_digits_have_a_row() -> None:
    assert all(prefixes().of13(f"{number:03}1234567890") for number in range(1000))


def test_every_use_has_a_reason_with_words() -> None:
    assert {name for name in REASONS.values() if name} <= set(reasons())
    assert all(reason.message and reason.source and reason.note for reason in reasons().values())


def test_the_table_says_its_date_and_source() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", prefixes().date)
    assert "gs1.org" in prefixes().source


def test_a_upc_is_looked_up_with_its_zero() -> None:
    assert prefixes().of("885909950805").owner == "GS1 US"
    assert prefixes().of("8850999009674").owner == "GS1 Thailand"


def test_a_gtin8_is_never_padded() -> None:
    assert prefixes().of("30056640").owner == "GS1 France"
    assert prefixes().of("0000030056640").owner == "GS1 France"
    assert prefixes().of("96250007").owner == "GS1 Poland"


def test_rows_of_a_file_win(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("table\tfirst\tlast\tuse\torganisation\tblocks\n13\t140\t142\torganisation\tGS1 Somewhere\tno\n", "utf-8")
    code = complete("140927364582")
    assert triage(code).rule == "unassigned"
    table = load(own)
    assert triage(code, table=table).status == "valid"
    assert table.of(code).owner == "GS1 Somewhere"
    assert table.of(complete("143927364582")).closed
    assert table.overridden == str(own)


def test_a_longer_prefix_of_a_file_splits_a_shorter_one(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("13\t4001\t4001\trestricted\t\t\n", "utf-8")
    table = load(own)
    assert triage(complete("400127364582"), table=table).rule == "restricted"
    assert triage(complete("400227364582"), table=table).status == "valid"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("14\t400\t400\torganisation\tX", "13 or 8"),
        ("13\t40\t40\torganisation\tX", "3 to 12 digits"),
        ("13\t400\t39\torganisation\tX", "3 to 12 digits"),
        ("13\t401\t400\torganisation\tX", "not a range"),
        ("13\t400\t400\tthing\tX", "use 'thing'"),
        ("13\t0000000\t9999999\torganisation\tX", "too wide"),
        ("13\t٤٠٠\t٤٠٠\torganisation\tX", "3 to 12 digits"),
    ],
)
def test_a_bad_row_names_its_line(tmp_path: Path, line: str, words: str) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("# own rows\n" + line + "\n", "utf-8")
    with pytest.raises(BadProfile, match="line 2") as caught:
        load(own)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        load(tmp_path / "none.tsv")
    (tmp_path / "bad.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match="UTF-8"):
        load(tmp_path / "bad.tsv")
