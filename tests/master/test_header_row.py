"""The header: below titles, over two rows, merged, in templates; and what is no header."""

from pathlib import Path

import openpyxl
import pytest

from listingkit.master.header import Row, find
from listingkit.master.read import read

DATA = ["A-1", "Messer", "19.99", "https://x.example/a.jpg"]


def rows(*cells: Row) -> dict[int, Row]:
    return dict(enumerate(cells, 1))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (rows(["SKU", "Titel", "Preis", "Bild"], DATA), 1),
        (rows(["Preisliste 2026"], [None, "Stand: 1.3."], ["SKU", "Titel", "Preis", "Bild"], DATA), 3),
        (rows(["Basis", None, "Preise", None], ["SKU", "Titel", "Preis", "UVP"], DATA), 2),
        (rows(["Title"], ["sku", "title"], ["1", "a"]), 2),
        (rows(["SKU", None, "Preis"], ["A-1", "Messer", "19.99"]), 1),
        (rows(["*SKU\n（必填）", "*标题\n（必填）"], ["A-1", "刀"]), 1),
        (rows(["only"]), 1),
        (rows(["SKU", "SKU", "SKU", "Titel"], DATA), 1),
    ],
)
def test_the_header_is_found(table: dict[int, Row], row: int) -> None:
    found = find(table)
    assert found is not None
    assert (found.row, found.last) == (row, row)


@pytest.mark.parametrize("table", [{}, rows(["1", "2"], ["3", "4"]), rows(["19.99", "https://x.example", "5 €"])])
def test_values_are_no_header(table: dict[int, Row]) -> None:
    assert find(table) is None


def test_codes_under_labels_are_codes() -> None:
    table = rows(["Offer SKU", "Product ID", "Offer Price"], ["sku", "product-id", "price"], ["A-1", "400", "5"])
    found = find(table)
    assert found is not None
    assert (found.row, found.last, found.codes) == (1, 2, ("sku", "product-id", "price"))


def test_data_that_looks_like_codes_is_data() -> None:
    for second in (["a-1", "red", "m"], ["a-1", "a-1", "a-2"], ["red", "blue", "green"]):
        found = find(rows(["sku_code", "colour_name", "size_name"], second))
        assert found is not None
        assert found.last == 1
    found = find(rows(["SKU", "Colour", "Size"], ["red", "blue", "green"], ["x", "y", "z"]))
    assert found is not None
    assert found.last == 1


def test_an_amazon_template_says_where_its_header_is() -> None:
    labels, codes = ["SKU", "Titel"], ["contribution_sku#1.value", "item_name[language_tag=de_DE]#1.value"]
    table = rows(
        ["settings=a=b&labelRow=4&", "settings2=attributeRow=5&dataRow=8&x=y"],
        ["Info"],
        ["Gruppe"],
        labels,
        codes,
        ["ABC", "Bsp"],
        ["!"],
        ["A-1", "Messer"],
    )
    found = find(table)
    assert found is not None
    assert (found.row, found.last, found.labels, found.codes) == (4, 7, tuple(labels), tuple(codes))


def test_a_wanted_row_is_taken_as_it_is() -> None:
    found = find(rows(["SKU", "Titel"], ["1", "2"], ["3", "4"]), wanted=2)
    assert found is not None
    assert (found.row, found.labels) == (2, ("1", "2"))
    assert find(rows(["SKU", "Titel"]), wanted=7) is None


def test_merged_and_broken_header_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, text in {
        "A1": "SKU",
        "B1": "Preis\n(EUR)",
        "D1": "Größe",
        "B2": "netto",
        "C2": "brutto",
        "D2": "netto",
        "E2": "brutto",
    }.items():
        sheet[address] = text
    for merged in ("A1:A2", "B1:C1", "D1:E1"):
        sheet.merge_cells(merged)
    for number in (3, 4):
        for place, text in enumerate([f"A-{number}", "1", "2", "3", "4"], 1):
            sheet.cell(number, place, text)
    book.save(tmp_path / "a.xlsx")
    master = read(tmp_path / "a.xlsx")
    assert [column.header for column in master.columns] == ["SKU", "Preis (EUR) netto", "Preis (EUR) brutto", "Größe netto", "Größe brutto"]
    assert master.header_row == 2
    assert not master.notes


@pytest.mark.parametrize(
    ("upper", "lower", "labels"),
    [
        (
            ["SKU", "Titel", "Maße", None, "Preis", None],
            [None, None, "Länge", "Breite", "US", "DE"],
            ("SKU", "Titel", "Maße Länge", "Maße Breite", "Preis US", "Preis DE"),
        ),
        (
            ["SKU", "Preis", None, "Titel", "Farbe", "UVP"],
            [None, "netto", "brutto"],
            ("SKU", "Preis netto", "Preis brutto", "Titel", "Farbe", "UVP"),
        ),
        (["SKU", "Preis", None, None, None, None], [None, "A", "B", "C", "D", "E"], ("SKU", *(f"Preis {one}" for one in "ABCDE"))),
    ],
)
def test_groups_over_labels_in_text_files_and_merged_cells_alike(
    upper: list[str | None], lower: list[str | None], labels: tuple[str, ...]
) -> None:
    data = [["A-1", "Messer", "3", "4", "5", "6"], ["A-2", "Gabel", "3", "4", "5", "6"]]
    found = find(rows(["Preisliste"], upper, lower, *data))
    assert found is not None
    assert (found.row, found.last, found.labels) == (3, 3, labels)


@pytest.mark.parametrize(
    "first",
    [
        [None, "Messer", "rot", "klein"],  # like the rows below
        [None, "Tasse", "12", "klein"],  # a value
        ["A-1", "Tasse", None, "mini"],
    ],
)
def test_a_row_of_data_under_a_header_with_a_gap_is_data(first: list[str | None]) -> None:
    found = find(rows(["SKU", "Titel", None, "Größe"], first, ["A-2", "Messer", "blau", "groß"], ["A-3", "Gabel", "rot", "groß"]))
    assert found is not None
    assert (found.row, found.last) == (1, 1)


def test_headers_twice_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("SKU,Price,price ,Note,,\n1,2,3,4,5,6\n", "utf-8")
    [note] = read(path).notes
    assert (note.code, note.cell, note.value) == ("FIL006", "C1", "price")


REAL = {
    "dianxiaomi_erp_export.xls": (1, 40), "dianxiaomi_temu_51_headers.csv": (1, 51), "dianxiaomi_tiktok_example.xlsx": (1, 35),
    "mirakl_offers_template.xlsx": (1, 18), "shopify_apparel_export.csv": (1, 46), "supplier_list_de.csv": (1, 7),
    "processing_report_fatal_header.txt": (5, 6), "processing_report_listings.txt": (5, 5),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_sheets(real_files: Path, name: str) -> None:
    row, columns = REAL[name]
    master = read(real_files / "sheets" / name)
    assert (master.header_row, len([column for column in master.columns if column.header])) == (row, columns)


@pytest.mark.parametrize("stem", ["de_unified", "it_unified", "uk_legacy", "uk_multistore", "us_unified"])
def test_real_templates(real_files: Path, stem: str) -> None:
    [path] = (real_files / "templates").glob(f"{stem}*")
    master = read(path)
    assert master.sheet in {"Template", "Vorlage", "Modello"}
    assert {"contribution_sku#1.value", "item_sku"} & {column.code for column in master.columns}
