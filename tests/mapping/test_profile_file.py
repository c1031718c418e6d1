from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import BadProfile
from listingkit.mapping.profile import Derived, FillDown, From, load, loads

WHOLE = """
language = "de_DE"
decimal = ","
lend = true
ignore = ["Sortierung"]

[columns]
sku = "Artikelnummer"
"item_name@fr_FR" = "Bezeichnung (FR)"
item_weight = { column = "Gewicht", unit = "grams", decimal = "." }
bullet_point = { column = "Merkmale", separator = ";" }
main_product_image_locator = { letter = "F", base_url = "https://img.example.com/x" }

[constants]
brand = "ACME"

[derived]
item_name = "{{ brand }} {{ model_name }}"
"price@UK" = "{{ (price | number) * 0.9 | fixed }}"

[fill_down]
by = "handle"
fields = ["item_name", "brand"]

[header]
columns = ["Artikelnummer", "Gewicht"]
"""


def test_a_profile_says_everything() -> None:
    profile = loads(WHOLE, "p.toml")
    assert (profile.language, profile.decimal, profile.lend, profile.ignore) == ("de_DE", ",", True, ("Sortierung",))
    assert profile.columns["item_weight"] == From(column="Gewicht", unit="grams", decimal=".", line=10)
    assert profile.columns["bullet_point"].separator == ";"
    assert profile.columns["main_product_image_locator"].letter == "F"
    assert profile.constants == {"brand": "ACME"}
    assert profile.derived["item_name"] == Derived("{{ brand }} {{ model_name }}", 18)
    assert profile.fill_down == FillDown("handle", ("item_name", "brand"))
    assert profile.header == ("Artikelnummer", "Gewicht")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("language = ", 1, "is not TOML"),
        ('[columns]\nsku = "A"\nsku = "B"', 3, "is not TOML"),
        ('\n[colums]\nsku = "A"', 2, "did you mean columns"),
        ('[columns]\n\nskuu = "A"', 3, "did you mean sku"),
        ("[columns]\nsku = 5", 2, "must be a header in quotes"),
        ('[columns]\nsku = { colum = "A" }', 2, "did you mean column"),
        ("[columns]\nsku = { keep = true }", 2, "needs either column"),
        ('[columns]\nsku = { column = "A", letter = "B" }', 2, "needs either column"),
        ('[columns]\nsku = { column = "A", keep = "yes" }', 2, "must be true or false"),
        ('[columns]\nitem_weight = { column = "A", unit = "kilo" }', 2, "unknown unit"),
        ('[columns]\nprice = { column = "A", currency = "EURO" }', 2, "did you mean EUR"),
        ('[columns]\nprice = { column = "A", decimal = ";" }', 2, "must be one of"),
        ('[columns]\nsale_start_date = { column = "A", date = "us" }', 2, "must be one of"),
        ('[columns]\n"price@XX" = "A"', 2, "qualifier of price"),
        ('[derived]\n"item_name@german" = "A"', 2, "qualifier of item_name"),
        ("[constants]\nbrand = 1", 2, "must be text"),
        ("[derived]\nbrand = ['x']", 2, "must be text"),
        ("columns = 3", 1, "must be a table"),
        ("ignore = 'x'", 1, "must be a list"),
        ("lend = 1", 1, "must be true or false"),
        ('decimal = "point"', 1, "must be one of"),
        ('language = "german"', 1, "no language tag"),
        ('[fill_down]\nby = "handel"', 2, "did you mean handle"),
        ('[fill_down]\nby = "handle"\nfeilds = []', 3, "did you mean fields"),
        ('x = """\n\n', 2, "is not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(BadProfile, match=message) as caught:
        loads(text, "p.toml")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"p.toml, line {line}: ")


def test_files_that_are_no_profile(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(BadProfile, match="cannot be read: Is a directory"):
        load(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadProfile, match="not UTF-8"):
        load(binary)
    for text in ("decimal = " + "9" * 5000, "[columns]\nsku = " + "[" * 100_000):
        binary.write_text(text, "utf-8")
        with pytest.raises(BadProfile, match="nested too deeply, or has a number of thousands of digits"):
            load(binary)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 2_000_001)
    with pytest.raises(BadProfile, match="larger than 2 MB"):
        load(huge)


def test_deep_nesting_is_no_crash() -> None:
    with pytest.raises(BadProfile):
        loads("a = " + "[" * 100_000, "p.toml")


@given(st.text(max_size=200))
def test_any_text_is_a_profile_or_a_bad_one(text: str) -> None:
    with suppress(BadProfile):
        assert loads(text, "p.toml").file == "p.toml"
