from collections.abc import Callable

import pytest

from listingkit.errors import BadProfile
from listingkit.mapping.apply import map_columns
from listingkit.mapping.presets import choose, presets, title
from listingkit.mapping.profile import Profile, loads
from listingkit.mapping.propose import propose
from listingkit.master.sheet import ROW, Master

Sheet = Callable[..., Master]
SHOPIFY = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
]
SHOPIFY += [
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Fulfillment Service",
    "Variant Price",
    "Image Src",
    "Variant Image",
    "Variant Weight Unit",
]
SHOPIFY_2025 = ["Title", "URL handle", "Description", "Vendor", "SKU", "Option1 name", "Option1 value", "Option2 name", "Option2 value"]
SHOPIFY_2025 += [
    "Option3 name",
    "Option3 value",
    "Price",
    "Compare-at price",
    "Weight value (grams)",
    "Weight unit for display",
    "Product image URL",
]


@pytest.mark.parametrize("name", sorted(presets()))
def test_a_preset_is_chosen_by_its_own_header(sheet: Sheet, name: str) -> None:
    preset = presets()[name]
    headers = list(preset.has) if name.startswith("amazon") else [source.column for source in preset.profile.columns.values()]
    found = choose(sheet([*headers, *preset.has]), Profile())
    assert found is not None
    assert found.name == name
    assert preset.source


@pytest.mark.parametrize(
    ("more", "generation"),
    [
        ([], "2017"),
        (["Cost per item"], "2019"),
        (["Cost per item", "Status"], "2020 to 2024"),
        (["Cost per item", "Status", "Option1 Linked To"], "2022"),
    ],
)
def test_generations_are_told_apart(sheet: Sheet, more: list[str], generation: str) -> None:
    master = sheet([*SHOPIFY, *more])
    preset = choose(master, Profile())
    assert preset is not None
    assert title(preset, master) == f"Shopify product export ({generation})"
    newest = choose(sheet(SHOPIFY_2025), Profile())
    assert newest is not None
    assert newest.name == "shopify-2025"


def test_a_shop_export_becomes_listings(sheet: Sheet) -> None:
    def row(*values: str) -> list[str | None]:
        return list(values)

    rows = [
        row(
            "mug",
            "Mug",
            "<p>Clay</p>",
            "ACME",
            "Cup",
            "Color",
            "Blue",
            "Size",
            "S",
            "",
            "",
            "M-B",
            "350",
            "manual",
            "9.90",
            "https://i/1.jpg",
            "https://i/b.jpg",
            "kg",
        ),
        row("mug", "", "", "", "", "", "Red", "", "L", "", "", "M-R", "360", "manual", "9.90", "https://i/2.jpg", "", "kg"),
        row("mug", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "https://i/3.jpg", "", ""),
        row("jug", "Jug", "Glass", "ACME", "Jug", "Title", "Default Title", "", "", "", "", "J", "0", "manual", "5", "", "", "kg"),
    ]
    listings = map_columns(sheet(SHOPIFY, rows))
    frame = listings.frame
    assert frame[ROW].to_list() == [2, 3, 5]
    assert frame["sku"].to_list() == ["M-B", "M-R", "J"]
    assert frame["item_name"].to_list() == ["Mug", "Mug", "Jug"]
    assert frame["product_description"].to_list() == ["Clay", "Clay", "Glass"]
    assert frame["color"].to_list() == ["Blue", "Red", None]
    assert frame["size"].to_list() == ["S", "L", None]
    assert frame["main_product_image_locator"].to_list() == ["https://i/1.jpg", "https://i/1.jpg", None]
    assert frame["other_product_image_locator_2"].to_list() == ["https://i/3.jpg", "https://i/3.jpg", None]
    assert frame["item_weight_unit"].to_list() == ["grams"] * 3
    assert "fulfillment_channel_code" not in frame.columns
    assert [(note.code, note.column) for note in listings.notes] == [
        ("MAP007", None),
        ("MAP005", "Body (HTML)"),
        ("MAP011", "Type"),
        ("MAP011", "Variant Image"),
    ]
    assert "Shopify product export (2017)" in listings.notes[0].message


def test_in_lingxing_sheets_the_sku_is_the_warehouses(sheet: Sheet) -> None:
    frame = map_columns(sheet(["MSKU", "SKU", "标题", "品名", "售价(总价)"], [["S1", "W1", "Mug", "杯子", "$9.90"]])).frame
    assert (frame["sku"][0], frame["erp_sku"][0], frame["item_name"][0], frame["product_name_internal"][0]) == ("S1", "W1", "Mug", "杯子")
    assert frame["price"][0] == "9.90"


def test_codes_choose_a_preset_too(sheet: Sheet) -> None:
    labels = ["Angebots-SKU", "Produkt-ID", "ID-Typ", "Status", "Aktion"]
    master = sheet(
        labels, [["A", "4006381333931", "EAN", "11", "UPDATE"]], codes=["sku", "product-id", "product-id-type", "state", "update-delete"]
    )
    frame = map_columns(master).frame
    assert frame.row(0)[2:] == ("A", "4006381333931", "EAN", "new_new", "full_update")


def test_the_profile_has_the_last_word(sheet: Sheet) -> None:
    master = sheet(SHOPIFY, [["mug", "Mug", "", "ACME", *[""] * 7, "M", "1", "", "9", "", "", ""]])
    none = map_columns(master, loads('preset = "none"'))
    assert "MAP007" not in [note.code for note in none.notes]
    assert "brand" not in none.frame.columns
    mine = map_columns(master, loads('[columns]\nmanufacturer = "Vendor"'))
    assert "brand" not in mine.frame.columns
    assert mine.frame["manufacturer"].to_list() == ["ACME"]
    with pytest.raises(BadProfile, match=r"p.toml, line 2: unknown preset 'shopfy': did you mean shopify\?"):
        map_columns(master, loads('\npreset = "shopfy"', "p.toml"))


def test_a_proposal_names_its_preset(sheet: Sheet) -> None:
    proposal = propose(sheet(SHOPIFY))
    assert proposal.preset == "Shopify product export (2017)"
    vendor, service = (guess for guess in proposal.guesses if guess.column.header in ("Vendor", "Variant Fulfillment Service"))
    assert (vendor.field, vendor.confidence) == ("brand", 1.0)
    assert (service.field, service.why) == (None, "the preset shopify leaves it out")


def test_a_preset_asks_for_nothing_that_the_sheet_lacks(sheet: Sheet) -> None:
    headers = ["Handle", "Title", "Body (HTML)", "Variant SKU", "Variant Price", "Color"]
    frame = map_columns(sheet(headers, [["mug", "Mug", "", "M", "9", "Blue"]])).frame
    assert frame["color"].to_list() == ["Blue"]
    assert "size" not in frame.columns


def test_a_mabang_import_template_becomes_listings(sheet: Sheet) -> None:
    headers = [
        "*库存sku编号",
        "*库存sku名称",
        "售价",
        "库存",
        "商品重量",
        "商品尺寸长(cm)",
        "是否带电池（0/1）",
        "库存图片地址",
        "质检标准",
    ]
    master = sheet(headers, [["A-1", "马克杯 蓝", "35.5", "12", "420", "9.5", "0", "https://x.cn/1.jpg", "x"]])
    listings = map_columns(master)
    assert [(note.code, note.column) for note in listings.notes] == [("MAP007", None), ("MAP011", "*库存sku名称")]
    assert "leaves out '质检标准'" in listings.notes[0].message
    assert listings.currencies == {"price": "CNY"}
    assert listings.frame.drop(ROW, "#source").rows(named=True) == [
        {
            "sku": "A-1",
            "product_name_internal": "马克杯 蓝",
            "price": "35.5",
            "quantity": "12",
            "item_weight": "420",
            "item_length": "9.5",
            "batteries_included": "false",
            "main_product_image_locator": "https://x.cn/1.jpg",
            "item_weight_unit": "grams",
            "item_length_unit": "centimeters",
        }
    ]


def test_an_option_that_no_field_takes_up_is_told(sheet: Sheet) -> None:
    headers = ["SKU", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"]
    derived = loads('[derived]\ncolor = "{{ option2_value }}"\n')
    rows = [["A", "Soap", "Scent", "Rose", "Color", "Red"], ["B", "Soap", None, "Default Title", "Color", "Blue"]]
    told = [note for note in map_columns(sheet(headers, rows), derived).notes if "options" in note.message]
    assert [(note.code, note.column) for note in told] == [("MAP011", "Option1 Value")]
