import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.mapping.headers import amazon_column, clean, key, keys, parse_header, qualifier


@pytest.mark.parametrize(
    ("text", "bare", "meaning"),
    [
        ("*产品标题\n（必填）", "产品标题", {"required": True}),
        ("*长（cm）", "长", {"required": True, "unit": "centimeters"}),
        ("Gewicht in kg", "gewicht", {"unit": "kilograms"}),
        ("Weight (lbs)", "weight", {"unit": "pounds"}),
        ("weight_g", "weight", {"unit": "grams"}),
        ("Net weight, g", "netweight", {"unit": "grams"}),
        ("Height [in]", "height", {"unit": "inches"}),
        ("Preis (€)", "preis", {"currency": "EUR"}),
        ("Price GBP", "price", {"currency": "GBP"}),
        ("Title DE", "title", {"language": "de_DE", "marketplace": "DE"}),
        ("title_de", "title", {"language": "de_DE", "marketplace": "DE"}),
        ("Price UK", "price", {"language": "en_GB", "marketplace": "UK"}),
        ("UK Price", "price", {"language": "en_GB", "marketplace": "UK"}),
        ("Price amazon.co.uk", "price", {"language": "en_GB", "marketplace": "UK"}),
        ("Bezeichnung (FR)", "bezeichnung", {"language": "fr_FR", "marketplace": "FR"}),
        ("Title EN", "title", {"language": "en", "marketplace": None}),
        ("Title - German", "title", {"language": "de", "marketplace": None}),
        ("Titre [français]", "titre", {"language": "fr", "marketplace": None}),
        ("德语标题", "标题", {"language": "de"}),
        ("item_name@de_DE", "itemname", {"language": "de_DE"}),
        ("Bullet Point 3", "bulletpoint", {"number": 3}),
        ("附图三", "附图", {"number": 3}),
        ("Image URL #2", "imageurl", {"number": 2}),
        ("Quantity (UK, DE, FR)", "quantity", {"marketplaces": ("UK", "DE", "FR")}),
        ("\ufeffSKU\u00a0", "sku", {}),
        ("ＳＫＵ", "sku", {}),
    ],
)
def test_a_header_is_taken_apart_and_nothing_of_it_is_lost(text: str, bare: str, meaning: dict[str, object]) -> None:
    header = parse_header(text)
    assert bare in [reading.key for reading in header.readings]
    assert {name: getattr(header, name) for name in meaning} == meaning


@pytest.mark.parametrize("text", ["Made in", "Description de", "Size", "Body (HTML)", "Prix HT", "Titre du produit"])
def test_words_that_look_like_codes_are_not_taken_for_languages(text: str) -> None:
    header = parse_header(text)
    assert header.language is None
    assert header.marketplace is None


@pytest.mark.parametrize("text", ["", "   ", "***", "()", "\n", "（必填）"])
def test_a_header_may_say_nothing(text: str) -> None:
    assert parse_header(text).readings == ()


@given(st.text(max_size=400))
def test_any_text_can_be_a_header(text: str) -> None:
    header = parse_header(text)
    assert len({reading.key for reading in header.readings}) == len(header.readings)
    assert all(reading.key for reading in header.readings)


@given(st.text(max_size=60))
def test_comparing_knows_neither_case_nor_white_space(text: str) -> None:
    assert key(f"  {clean(text).lower()}\n") == key(clean(text).lower())


def test_literal_readings_come_first() -> None:
    assert next(reading.key for reading in parse_header("Bild 1 (URL)").readings) == "bild1url"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value", ("item_name", 1, "en_US", "US")),
        ("bullet_point[marketplace_id=A1PA6795UKMFR9][language_tag=de_DE]#3.value", ("bullet_point", 3, "de_DE", "DE")),
        ("other_image_url4", ("other_product_image_locator", 4, None, None)),
        ("::record_action", ("record_action", 1, None, None)),
        ("item_weight#1.unit", ("item_weight_unit", 1, None, None)),
        ("package_weight_unit_of_measure", ("package_weight_unit", 1, None, None)),
        (
            "purchasable_offer[marketplace_id=A1F83G8C2ARO7P]#1.our_price#1.schedule#1.value_with_tax",
            ("price", 1, None, "UK"),
        ),
        ("fulfillment_availability#2.quantity", ("quantity", 1, None, None)),
    ],
)
def test_amazons_own_names(text: str, expected: tuple[str, int, str | None, str | None]) -> None:
    found = amazon_column(text)
    assert found is not None
    assert (found[0].name, *found[1:]) == expected


@pytest.mark.parametrize("text", ["", "title", "fur_description", "nothing#1.value", "purchasable_offer[marketplace_id=X"])
def test_other_names_are_not_amazons(text: str) -> None:
    assert amazon_column(text) is None


@pytest.mark.parametrize(
    ("text", "loose", "expected"),
    [
        ("DE", False, ("de_DE", "DE")),
        ("de", False, None),
        ("de", True, ("de_DE", "DE")),
        ("GB", False, ("en_GB", "UK")),
        ("fr-CA", True, ("fr_CA", "CA")),
        ("Deutsch", False, ("de", None)),
        ("英文", False, ("en", None)),
        ("XX", True, None),
        ("A1PA6795UKMFR9", False, ("de_DE", "DE")),
    ],
)
def test_codes_and_names_of_languages(text: str, loose: bool, expected: tuple[str, str | None] | None) -> None:
    assert qualifier(text, loose=loose) == expected


@pytest.mark.parametrize(("traditional", "simplified"), [("貨號（必填）", "货号（必填）"), ("產品標題", "产品标题"), ("售價", "售价")])
def test_traditional_characters_mean_what_simplified_ones_mean(traditional: str, simplified: str) -> None:
    assert parse_header(traditional).readings[0].key == parse_header(simplified).readings[0].key


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n")), min_size=1))
def test_many_headers_have_the_keys_that_each_has(texts: list[str]) -> None:
    assert keys(texts) == [key(text) for text in texts]
