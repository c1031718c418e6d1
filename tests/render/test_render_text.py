"""Uploads as tab-delimited text, and back."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.errors import Unreadable, Unwritable
from listingkit.inventory.builtin import layouts, template
from listingkit.inventory.upload import LISTING
from listingkit.inventory.upload_read import read_upload
from listingkit.mapping.listings import Listings
from listingkit.marketplace import marketplace, marketplaces
from listingkit.render.rows import render
from listingkit.render.text import text, write

Listed = Callable[..., Listings]
VALUES = st.one_of(
    st.none(),
    st.sampled_from(['"a, b"', '"', "new_new", "Delete", "Ł"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)


@st.composite
def columns(draw: st.DrawFn) -> dict[str, list[str | None]]:
    height = draw(st.integers(0, 4))
    names = draw(
        st.sets(
            st.sampled_from(
                [
                    "item_name@en_US",
                    "brand",
                    "price",
                    "price@JP",
                    "product_id",
                    "color",
                    "condition_type",
                    "condition_note",
                    "record_action",
                ]
            )
        )
    )
    cells = st.lists(VALUES, min_size=height, max_size=height)
    made: dict[str, list[str | None]] = {name: draw(cells) for name in sorted(names)}
    return {"sku": [f"S{row}" for row in range(height)], **made}


@settings(max_examples=80)
@given(columns=columns(), code=st.sampled_from(sorted(marketplaces())), layout=st.sampled_from(layouts()))
def test_an_upload_reads_back_as_it_was(
    listed: Listed, tmp_path_factory: pytest.TempPathFactory, columns: dict[str, list[str | None]], code: str, layout: str
) -> None:
    """Only the inventory loader, a file without a word of its own, leaves open whether quotes around a value are Excel's."""
    store = marketplace(code)
    quoted = [value for cells in columns.values() for value in cells if value and value[0] == value[-1] == '"']
    assume(layout != "inventory_loader" or not quoted)
    upload = render(listed(columns), store, template(layout, store))
    path = tmp_path_factory.mktemp("upload") / "upload.txt"
    write(upload, path, encoding="utf-8")
    again = read_upload(path, store)
    written = upload.frame.drop(LISTING)
    assert again.frame.select(written.columns).equals(written)
    others = again.frame.drop(written.columns)
    assert others.null_count().sum_horizontal().sum() == others.height * others.width
    assert text(again, encoding="utf-8") == path.read_bytes()
    assert again.store == code


@settings(max_examples=60)
@given(columns=columns())
def test_every_row_is_one_line_of_as_many_cells_as_the_header(listed: Listed, columns: dict[str, list[str | None]]) -> None:
    store = marketplace("US")
    made = template("unified_full", store)
    lines = text(render(listed(columns), store, made)).decode().removesuffix("\n").split("\n")
    assert len(lines) == made.data_row - 1 + len(columns["sku"])
    assert {line.count("\t") for line in lines} == {len(made.columns) - 1}


@given(brand=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6))
def test_values_put_into_a_rendered_upload_are_on_one_line_too(listed: Listed, brand: str) -> None:
    store = marketplace("US")
    upload = render(listed({"sku": ["A", "B"], "brand": ["Havnegade", None]}), store, template("unified_full", store))
    assert upload.on_lines
    path = next(name for name in upload.frame.columns if name.startswith("brand"))
    other = replace(upload, frame=upload.frame.with_columns(pl.Series(path, [brand, None])))
    assert not other.on_lines
    lines = text(other).decode().removesuffix("\n").split("\n")
    assert len(lines) == upload.template.data_row + 1
    assert {line.count("\t") for line in lines} == {len(upload.template.columns) - 1}


def test_text_has_neither_byte_order_mark_nor_carriage_returns_nor_quotes_of_its_own(listed: Listed) -> None:
    store = marketplace("DE")
    written = text(render(listed({"sku": ["A"], "item_name@de_DE": ['Topf 5" "rund"']}), store, template("unified_full", store)))
    assert written.startswith(b"settings=AttributeDefaultValues=")
    assert b"\r" not in written
    assert '\tTopf 5" "rund"\t' in written.decode()


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(listed: Listed, tmp_path: Path) -> None:
    store = marketplace("US")
    upload = render(listed({"sku": ["A"]}), store, template("unified_full", store))
    path = tmp_path / "deep" / "upload.txt"
    write(upload, path)
    path.write_text("old")
    write(upload, path)
    assert path.read_bytes() == text(upload)
    assert [file.name for file in path.parent.iterdir()] == ["upload.txt"]


def test_a_place_that_cannot_be_written_is_one_sentence(listed: Listed, tmp_path: Path) -> None:
    store = marketplace("US")
    upload = render(listed({"sku": ["A"]}), store, template("unified_full", store))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unwritable, match=r"cannot write .*upload\.txt.*choose another place"):
        write(upload, tmp_path / "file" / "upload.txt")
    (tmp_path / "upload.txt").mkdir()
    with pytest.raises(Unwritable, match="cannot write"):
        write(upload, tmp_path / "upload.txt")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "upload.txt"]


def test_a_character_that_does_not_fit_is_named_with_its_cell(listed: Listed) -> None:
    store = marketplace("PL")
    upload = render(listed({"sku": ["A", "B"], "item_name@pl_PL": ["Kubek", "Łyżka"]}), store, template("unified_full", store))
    row = upload.template.data_row + 1
    with pytest.raises(Unwritable, match=rf"cell H{row} holds 'Ł'.*cp1252"):
        text(upload, encoding="cp1252")


def test_what_is_no_upload_is_said(tmp_path: Path) -> None:
    path = tmp_path / "upload.txt"
    path.write_text("name\tsize\nMug\t1\n")
    with pytest.raises(Unreadable, match="is it an inventory file"):
        read_upload(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        read_upload(tmp_path / "nothing.txt")


@pytest.mark.parametrize("layout", layouts())
def test_an_upload_without_rows_is_its_header(listed: Listed, layout: str) -> None:
    store = marketplace("US")
    made = template(layout, store)
    upload = render(listed({"sku": ["A"]}), store, made, keep=pl.Series([False]))
    assert text(upload).count(b"\n") == made.data_row - 1
