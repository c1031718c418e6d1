"""The canonical forms, and that most texts may be left alone."""

import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.diff.sameness import EASY, FORMS, text

SPACES = re.compile(r"[\t-\r \x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+")  # White_Space and two that are invisible


def canonical(cell: str) -> str | None:
    """The form of a text, said once more in plain Python."""
    clean = SPACES.sub(" ", unicodedata.normalize("NFC", cell)).strip(" ")
    return clean.lower() if clean.lower() in ("true", "false") else clean or None


def test_the_easy_letters_are_their_own_form_beside_any_other() -> None:
    """No white space among them, nothing that normal form C changes, and nothing that it joins to a letter before."""
    easy = set(pl.Series([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]).str.extract(rf"([{EASY}])").drop_nulls())
    assert len(easy) > 20_000
    assert not [char for char in easy if unicodedata.normalize("NFC", char) != char or char.isspace()]
    joined = {
        chr(int(code, 16))
        for code_point in range(0x110000)
        if (parts := unicodedata.decomposition(chr(code_point))) and not parts.startswith("<")
        for code in parts.split()[1:]
    }
    jamo = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    assert not easy & (joined | jamo)
    assert not [char for char in easy if unicodedata.combining(char)]


pieces = st.text(
    st.sampled_from("aÄe\u0301\u212b \u00a0\u3000\t\u200bカ\u3099가\u1100\u1161") | st.characters(exclude_categories=["Cs"]), max_size=6
)


@settings(max_examples=300)
@given(st.lists(st.none() | pieces | st.sampled_from(["TRUE", " false ", "True!", ""]), max_size=8))
def test_texts_come_into_their_form(cells: list[str | None]) -> None:
    assert text(pl.Series(cells, dtype=pl.String)).to_list() == [None if cell is None else canonical(cell) for cell in cells]


@settings(max_examples=200)
@given(st.sampled_from(sorted(FORMS)), st.lists(st.none() | pieces | st.sampled_from(["+01,50", "1.0", "23.11.2026", "a > b (12)", "YES"])))
def test_a_form_of_a_form_is_itself(kind: str, cells: list[str | None]) -> None:
    given_ = pl.Series("cells", cells, dtype=pl.String)
    once = FORMS[kind](given_)
    assert FORMS[kind](once).to_list() == once.to_list()
    assert given_.to_list() == cells, "the cells themselves stay"


@pytest.mark.parametrize(
    ("kind", "cell", "form"),
    [
        ("number", "+019,90", "19.9"),
        ("number", "1,234", "1,234"),
        ("number", "-0.0", "0"),
        ("number", "about 3", "about 3"),
        ("gtin", "0360-0029 1452", "00036000291452"),
        ("gtin", "none", "none"),
        ("date", "23.11.2026", "2026-11-23"),
        ("date", "2026-11-23T00:00:00Z", "2026-11-23"),
        ("date", "3/4/2026", "3/4/2026"),
        ("choice", "Size/Color", "sizecolor"),
        ("choice", "/", "/"),
        ("id", "Home > Mugs (123)", "123"),
        ("id", "Home > Mugs", "Home > Mugs"),
        ("boolean", "Y", "true"),
        ("boolean", "maybe", "maybe"),
    ],
)
def test_forms_by_kind(kind: str, cell: str, form: str) -> None:
    assert FORMS[kind](pl.Series([cell, None])).to_list() == [form, None]
