from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.fields import fields, plain_names
from listingkit.mapping.propose import Proposal, propose
from listingkit.mapping.synonyms import ambiguities, synonyms
from listingkit.master.sheet import Master

Sheet = Callable[..., Master]
GTINS = ["4006381333931", "4012345678901", "5901234123457", "9780201379624"]
FULL_HEADERS = (
    "SKU",
    "EAN",
    "Titel",
    "Marke",
    "Preis",
    "Bestand",
    "Farbe",
    "Größe (cm)",
    "Gewicht netto (g)",
    "Bild 1",
    "Bild 2",
    "Notiz",
    "Hersteller",
)


def mapped(proposal: Proposal) -> dict[str, str | None]:
    accepted = {guess.column.letter for guess in proposal.accepted()}
    return {guess.column.header: guess.field if guess.column.letter in accepted else None for guess in proposal.guesses}


@pytest.mark.parametrize(
    ("headers", "fields_"),
    [
        (["sku", "item_name@de_DE", "bullet_point_2", "price@UK"], ["sku", "item_name@de_DE", "bullet_point_2", "price@UK"]),
        (["Artikel-Nr.", "Bezeichnung", "EAN-Code", "VK brutto"], ["sku", "item_name", "product_id", "price"]),
        (["SKU", "Title DE", "Title UK", "Price DE", "Price UK"], ["sku", "item_name@de_DE", "item_name@en_GB", "price@DE", "price@UK"]),
        (["SKU", "Bullet 1", "Bullet 2", "Bullet 3"], ["sku", "bullet_point_1", "bullet_point_2", "bullet_point_3"]),
        (
            ["SKU", "Image 1", "Image 2", "Image 3"],
            ["sku", "main_product_image_locator", "other_product_image_locator_1", "other_product_image_locator_2"],
        ),
        (
            ["SKU", "主图", "附图1", "附图2"],
            ["sku", "main_product_image_locator", "other_product_image_locator_1", "other_product_image_locator_2"],
        ),
        (["SKU", "商品图片2", "商品图片3"], ["sku", "other_product_image_locator_1", "other_product_image_locator_2"]),
        (["Référence", "Désignation", "Prix de vente", "Couleur"], ["sku", "item_name", "price", "color"]),
        (["Codigo", "Titulo", "Numero de modelo"], ["sku", "item_name", "model_number"]),
        (["品番", "商品名", "販売価格", "在庫数"], ["sku", "item_name", "price", "quantity"]),
        (["MSKU", "SKU", "标题"], ["sku", "erp_sku", "item_name"]),
        (["Artikelnummer", "HAN", "Titel"], ["sku", "part_number", "item_name"]),
        (["Höhe", "Pakethöhe", "SKU"], ["item_height", "package_height", "sku"]),
        (["SKU", "Titel", "Title", "Titre"], ["sku", "item_name@de", "item_name@en", "item_name@fr"]),
        (["SKU", "Desciption"], ["sku", None]),
        (["SKU", "Produkttitle"], ["sku", None]),
    ],
)
def test_headers_are_understood(sheet: Sheet, headers: list[str], fields_: list[str | None]) -> None:
    assert list(mapped(propose(sheet(headers))).values()) == fields_


def test_codes_in_the_second_row_count_more_than_labels(sheet: Sheet) -> None:
    master = sheet(
        ["Angebotsaktion", "Name", "Titel"], codes=["::record_action", "item_name[language_tag=de_DE]#1.value", "unheard_of#1.value"]
    )
    assert list(mapped(propose(master)).values()) == ["record_action", "item_name@de_DE", None]


def test_labels_of_amazons_sheets_are_not_trusted(sheet: Sheet) -> None:
    codes = ["item_sku", "item_name", "external_product_id", "brand_name", "standard_price", "main_image_url", "parent_child", "size_name"]
    master = sheet(
        ["SKU", "Title", "EAN", "Brand", "Price", "Image", "Parentage", "Size", "Fur Description", "Model"],
        codes=[*codes, "fur_description", "model"],
    )
    assert list(mapped(propose(master)).values())[-2:] == [None, "model_number"]


def test_an_ambiguous_header_asks(sheet: Sheet) -> None:
    (guess,) = [guess for guess in propose(sheet(["SKU", "Gewicht"])).guesses if guess.column.header == "Gewicht"]
    assert guess.field is None
    assert set(guess.alternatives) == {"item_weight", "package_weight"}
    assert "may be" in guess.why


@pytest.mark.parametrize("header", sorted({name for name, known in ambiguities().items() if not known.prefer}))
def test_no_ambiguous_header_is_guessed_alone(sheet: Sheet, header: str) -> None:
    (guess,) = [guess for guess in propose(sheet(["SKU", header])).guesses if guess.column.header == header]
    languages = {entry.language for entry in synonyms().get(header, ())}
    assert guess.field is None or "sku" in guess.alternatives or len(languages) > 1


def test_the_only_column_that_can_be_the_sku_is_it(sheet: Sheet) -> None:
    unique = sheet(["Artikelnummer", "Titel"], [["A1", "x"], ["A2", "y"]])
    twice = sheet(["Artikelnummer", "Titel"], [["A1", "x"], ["A1", "y"]])
    assert mapped(propose(unique))["Artikelnummer"] == "sku"
    assert mapped(propose(twice))["Artikelnummer"] is None


def test_values_vote_where_headers_say_nothing(sheet: Sheet) -> None:
    rows = [[f"S{at}", gtin, f"https://img.example.com/{at}.jpg"] for at, gtin in enumerate(GTINS)]
    proposal = propose(sheet(["SKU", "Nummer zwei", "Spalte drei"], rows))
    assert mapped(proposal) == {"SKU": "sku", "Nummer zwei": "product_id", "Spalte drei": "main_product_image_locator"}
    assert proposal.guesses[1].confidence < 0.9


def test_two_columns_of_gtins_are_not_chosen_between(sheet: Sheet) -> None:
    rows = [[f"S{at}", gtin, GTINS[-at - 1]] for at, gtin in enumerate(GTINS)]
    assert list(mapped(propose(sheet(["SKU", "Nr 1", "Nr 2"], rows))).values()) == ["sku", None, None]


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("EAN", "red", None),
        ("Preis", "on request", None),
        ("Bild", "yes", None),
        ("Type", "T-shirt", None),
        ("Type", "SHIRT", "product_type"),
        ("Hazmat", "UN3481", "hazmat"),
        ("EAN", "4006381333930", "product_id"),
        ("Preis", "19,99 €", "price"),
    ],
)
def test_values_may_contradict_a_header(sheet: Sheet, header: str, value: str, field: str | None) -> None:
    assert mapped(propose(sheet(["SKU", header], [["A", value], ["B", value]])))[header] == field


@pytest.mark.parametrize("name", [name for name in plain_names() if "_" in name])
def test_our_own_names_are_never_ambiguous(sheet: Sheet, name: str) -> None:
    (guess,) = propose(sheet([name])).guesses
    assert (guess.field, guess.confidence) == (name, 1.0)


def test_two_columns_for_one_field_are_both_left_out(sheet: Sheet) -> None:
    proposal = propose(sheet(["SKU", "Produktname", "Artikelname"]))
    assert [guess.field for guess in proposal.guesses] == ["sku", None, None]
    assert "would both be item_name" in proposal.guesses[1].why
    assert proposal.guesses[1].alternatives == ("item_name",)


def test_our_own_name_wins_over_a_synonym_and_says_so(sheet: Sheet) -> None:
    proposal = propose(sheet(["sku", "item_name", "Artikelname2"]))
    assert [guess.field for guess in proposal.guesses][:2] == ["sku", "item_name"]


def test_lists_in_one_cell_are_seen(sheet: Sheet) -> None:
    (_, guess) = propose(sheet(["SKU", "Bullet Points"], [["A", "one; two; three"], ["B", "four; five"]])).guesses
    assert (guess.field, guess.separator) == ("bullet_point", ";")


def test_a_family_has_only_so_many_places(sheet: Sheet) -> None:
    proposal = propose(sheet(["SKU", *(f"Bullet {number}" for number in range(1, 13))]))
    assert [guess.field for guess in proposal.guesses][-3:] == ["bullet_point_10", None, None]
    assert "only 10 places" in proposal.guesses[-1].why


def test_every_header_of_the_table_is_understood_or_known_to_be_ambiguous(sheet: Sheet) -> None:
    lost = []
    for entries in synonyms().values():
        meant = {entry.field for entry in entries}
        for header in {entry.header for entry in entries}:
            (guess,) = propose(sheet([header])).guesses
            field = next((name for name in meant if guess.field and guess.field.startswith(name)), None)
            if field is None and not meant & set(guess.alternatives) and guess.confidence < 1.0 and not header[-1].isdigit():
                lost.append((header, meant, guess.field, guess.why))
    assert lost == []


@settings(max_examples=12)
@given(st.permutations(FULL_HEADERS))
def test_mapping_does_not_depend_on_the_order_of_columns(sheet: Sheet, headers: list[str]) -> None:
    assert mapped(propose(sheet(headers))) == {header: mapped(propose(sheet(FULL_HEADERS)))[header] for header in headers}


def test_synonyms_name_fields_that_exist() -> None:
    assert {entry.field for entries in synonyms().values() for entry in entries} <= set(fields())


def test_a_code_row_tells_what_the_label_does_not(sheet: Sheet) -> None:
    guesses = propose(sheet(["Article SKU", "Titel"], [["A", "x"]], codes=["sku", "item_name"])).guesses
    assert [guess.field for guess in guesses] == ["sku", "item_name"]
