"""What templates ask of each cell."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.inventory.read import read_template
from listingkit.inventory.requirements import rules_of, states
from listingkit.inventory.template import Template

AT = "[marketplace_id=ATVPDKIKX0DER]"
LEVEL, PARENT = f"parentage_level{AT}#1.value", f"child_parent_sku_relationship{AT}#1.parent_sku"
CHANNEL, QUANTITY = "fulfillment_availability#1.fulfillment_channel_code", "fulfillment_availability#1.quantity"
WIDTH, UNIT = f"item_dimensions{AT}#1.width.value", f"item_dimensions{AT}#1.width.unit"
KIND, IDENTITY = "product_type#1.value", "amzn1.volt.ca.product_id_value"


@pytest.fixture(scope="module")
def unified(templates: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return read_template(templates.build(templates.unified(), tmp_path_factory.mktemp("t") / "t.xlsx"))


def state(template: Template, path: str, **cells: str) -> str:
    known = {"kind": KIND, "level": LEVEL, "channel": CHANNEL, "width": WIDTH, "unit": UNIT, "type": "amzn1.volt.ca.product_id_type"}
    row = {known[name]: text for name, text in cells.items()}
    found = states(template, pl.DataFrame({path_: [text] for path_, text in row.items()} or {KIND: [None]}), [path])
    return str(found[path][0])


@pytest.mark.parametrize(
    ("path", "cells", "expected"),
    [
        ("contribution_sku#1.value", {}, "optional"),
        ("contribution_sku#1.value", {"kind": "MUG"}, "required"),
        ("contribution_sku#1.value", {"kind": "mug"}, "required"),
        ("contribution_sku#1.value", {"kind": "CHAIR"}, "not_applicable"),
        (f"glaze{AT}[language_tag=en_US]#1.value", {"kind": "PLATE"}, "not_applicable"),
        (f"glaze{AT}[language_tag=en_US]#1.value", {"kind": "MUG"}, "optional"),
        (PARENT, {"kind": "MUG", "level": "Child"}, "required"),
        (PARENT, {"kind": "MUG", "level": "Parent"}, "leave_empty"),
        (IDENTITY, {"kind": "MUG"}, "leave_empty"),
        (IDENTITY, {"kind": "MUG", "type": "EAN"}, "required"),
        (IDENTITY, {"kind": "MUG", "type": "EAN", "level": "Parent"}, "leave_empty"),
        (QUANTITY, {"kind": "MUG", "channel": "DEFAULT"}, "required"),
        (QUANTITY, {"kind": "MUG", "channel": "AMAZON_NA"}, "leave_empty"),
        (WIDTH, {"kind": "MUG", "unit": "Inches"}, "required"),
        (UNIT, {"kind": "MUG", "width": "3"}, "required"),
        (UNIT, {"kind": "MUG", "width": "3", "unit": "Inches"}, "filled"),
    ],
)
def test_unified(path: str, cells: dict[str, str], expected: str, unified: Template) -> None:
    assert state(unified, path, **cells) == expected


words = st.sampled_from([None, "MUG", "PLATE", "Parent", "Child", "DEFAULT", "AMAZON_NA", "EAN", "x"])


@settings(max_examples=30)
@given(table=st.lists(st.lists(words, min_size=19, max_size=19), min_size=1, max_size=4))
def test_rows_and_columns_agree(table: list[list[str | None]], unified: Template) -> None:
    paths = [column.path for column in unified.columns]
    found = states(unified, pl.DataFrame(table, schema=dict.fromkeys(paths, pl.String), orient="row"))
    for rules in rules_of(unified):
        assert found[rules.path].to_list() == [rules.state(dict(enumerate(row))) for row in table]


@pytest.mark.parametrize(
    ("path", "cells", "expected"),
    [
        ("item_name", {"feed_product_type": "mug"}, "required"),
        ("item_name", {"feed_product_type": "mug", "item_name": "Mug"}, "filled"),
        ("item_name", {}, "optional"),
        ("color_name", {"feed_product_type": "mug"}, "recommended"),
        ("lamp_wattage", {"feed_product_type": "mug"}, "not_applicable"),
        ("external_product_id", {"feed_product_type": "mug"}, "required"),
        ("external_product_id", {"feed_product_type": "mug", "parent_child": "Parent"}, "optional"),
        ("standard_price", {"feed_product_type": "mug", "parent_child": "Parent"}, "optional"),
        ("parent_sku", {"feed_product_type": "mug", "parent_child": "child"}, "required"),
        ("relationship_type", {"feed_product_type": "mug", "parent_child": "Child"}, "required"),
        ("variation_theme", {"feed_product_type": "mug", "parent_child": "Parent"}, "required"),
        ("parent_sku", {"feed_product_type": "mug", "parent_child": "Parent"}, "optional"),
    ],
)
@pytest.mark.parametrize("generation", ["legacy", "multistore"])
def test_legacy_matrix(generation: str, path: str, cells: dict[str, str], expected: str, templates: ModuleType, tmp_path: Path) -> None:
    template = read_template(templates.build(templates.legacy(generation), tmp_path / "l.xlsx"))
    frame = pl.DataFrame({name: [text] for name, text in cells.items()} or {"item_sku": ["A"]})
    assert states(template, frame, [path])[path].to_list() == [expected]


def test_a_legacy_file_without_its_matrix_asks_nothing(templates: ModuleType, tmp_path: Path) -> None:
    template = read_template(templates.build(replace(templates.legacy(), matrix=False), tmp_path / "l.xlsx"))
    assert set(states(template, pl.DataFrame({"feed_product_type": ["mug"]})).row(0)) == {"optional"}
    assert all(column.requirement == "" for column in template.columns if column.path != "feed_product_type")


def test_vendor_formulas_stand_in_the_formats(templates: ModuleType, tmp_path: Path) -> None:
    template = read_template(templates.build(templates.vendor(), tmp_path / "v.xlsx"))
    assert states(template, pl.DataFrame({KIND: ["MUG"]}))["vendor_sku#1.value"].to_list() == ["required"]


def test_the_prefilled_row_of_a_real_template(real_files: Path) -> None:
    """Counted by hand in Excel: 21 red and 43 grey cells."""
    from listingkit.inventory.read import read_rows

    path = real_files / "templates" / "us_unified_auto_part_prefilled_2025.xlsm"
    template = read_template(path)
    found = states(template, read_rows(path, template)).row(0)
    assert (found.count("required"), found.count("leave_empty"), found.count("filled")) == (21, 43, 14)
