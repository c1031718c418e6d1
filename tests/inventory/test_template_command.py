"""listingkit template: say what it is, what drifted, and move rows into another one."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from listingkit.cli.template import template
from listingkit.errors import UnknownName, Unreadable
from listingkit.inventory.describe import as_dict, sentence
from listingkit.inventory.drift import drift
from listingkit.inventory.filled import read_filled_template
from listingkit.inventory.migrate import migrate
from listingkit.inventory.read import read_rows, read_template
from listingkit.inventory.requirements import rules_of

AT = "[marketplace_id=ATVPDKIKX0DER]"


def run(*args: object) -> Result:
    return CliRunner().invoke(template, [str(arg) for arg in args], catch_exceptions=False, standalone_mode=False)


@pytest.fixture
def blank(templates: ModuleType, tmp_path: Path) -> Path:
    path: Path = templates.build(templates.unified(), tmp_path / "blank.xlsm")
    return path


def test_text(blank: Path) -> None:
    lines = run(blank).stdout.splitlines()
    assert lines[0].startswith("blank.xlsm: unified template (full-seller), version 2026.0901, ")
    assert lines[1:4] == [
        "for US in en_US, labels in en_US",
        "product types: MUG, PLATE; a blank action means full_update",
        "sheet 'Template', labels in row 4, attributes in row 5, data from row 7",
    ]
    assert "    H  Fulfillment Channel  [2 values]  fulfillment_availability#1.fulfillment_channel_code" in lines


def test_json_keeps_what_is_private(blank: Path) -> None:
    text = run(blank, "--format", "json").stdout
    found = json.loads(text)
    assert (found["generation"], found["marketplaces"], found["made"]) == ("unified", ["US"], "2026-09-01")
    quantity = found["columns"][8]
    assert (quantity["field"], quantity["type"]) == ("quantity", "integer")
    assert quantity["rules"] == [
        {"state": "leave_empty", "when": "Product Type is filled and not (Fulfillment Channel is one of 'DEFAULT')"},
        {"state": "required", "when": "Product Type is filled and Fulfillment Channel is one of 'DEFAULT'"},
    ]
    assert "SYNTHETIC" not in text


@pytest.mark.parametrize("column", ["B", "::record_action", "listing action", "record_action"])
def test_values_of_a_column(column: str, blank: Path) -> None:
    assert run(blank, "--values", column).stdout.splitlines() == [
        "Create or Replace (Full Update)\tfull_update",
        "Edit (Partial Update)\tpartial_update",
        "Delete\tdelete",
    ]


def test_values_by_product_type(blank: Path) -> None:
    found = json.loads(run(blank, "--values", "brand", "--format", "json").stdout)
    assert found[0] == {"product_type": "MUG", "label": "Löwen", "wire": "Löwen"}
    with pytest.raises(UnknownName, match="did you mean Quantity"):
        run(blank, "--values", "Quantiti")


def test_a_file_that_is_no_template(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        run(tmp_path / "nowhere.xlsm")


def test_drift(templates: ModuleType, blank: Path, tmp_path: Path) -> None:
    description = templates.unified()
    columns = list(description.columns)
    columns[7] = replace(columns[7], values={"": ["AMAZON_NA"]}, label="Channel")
    columns[4] = replace(columns[4], closed=True, word="Optional")
    columns[8] = replace(columns[8], rules=columns[8].rules[1:])
    columns[17] = replace(columns[17], path="finish#1.value")
    new = templates.build(replace(description, columns=columns, version="2026.1001"), tmp_path / "new.xlsm")
    found = drift(read_template(blank), read_template(new))
    assert {(change.kind, change.old, change.new) for change in found} == {
        ("setting", "2026.0901", "2026.1001"),
        ("column removed", "Optional", ""),
        ("column added", "", "Optional"),
        ("label", "Fulfillment Channel", "Channel"),
        ("value removed", "DEFAULT", ""),
        ("requirement", "Required", "Optional"),
        ("list closed", "", "MUG"),
        ("list closed", "", "PLATE"),
        ("rule", "leave_empty when Product Type is filled and not (Fulfillment Channel is one of 'DEFAULT')", ""),
    }
    result = run("diff", blank, new)
    assert result.return_value == 1
    assert run("diff", blank, blank).return_value == 0
    assert run("diff", blank, blank).stdout == ""
    assert len(json.loads(run("diff", blank, new, "--format", "json").stdout)) == len(found)


LEGACY: Sequence[dict[str, Any]] = (
    {
        "feed_product_type": "mug",
        "item_sku": "0012",
        "brand_name": "Acme",
        "update_delete": "Update",
        "external_product_id": "4006381333931",
        "external_product_id_type": "EAN",
        "item_name": "Mug",
        "standard_price": 9.5,
        "quantity": 3,
        "parent_child": "child",
        "parent_sku": "P-1",
        "relationship_type": "Variation",
        "variation_theme": "Color",
        "color_name": "Blue",
    },
)


def test_legacy_rows_move_into_a_unified_template(templates: ModuleType, blank: Path, tmp_path: Path) -> None:
    old = templates.build(replace(templates.legacy(), rows=LEGACY), tmp_path / "old.xlsx")
    out = tmp_path / "new.xlsm"
    found = migrate(read_filled_template(old), read_template(blank))
    row = found.upload.frame.row(0, named=True)
    assert row == {
        "product_type#1.value": "MUG",
        "contribution_sku#1.value": "0012",
        f"brand{AT}[language_tag=en_US]#1.value": "Acme",
        "::record_action": "full_update",
        "amzn1.volt.ca.product_id_value": "4006381333931",
        "amzn1.volt.ca.product_id_type": row["amzn1.volt.ca.product_id_type"],
        f"item_name{AT}[language_tag=en_US]#1.value": "Mug",
        "fulfillment_availability#1.quantity": "3",
        f"parentage_level{AT}#1.value": "child",
        f"child_parent_sku_relationship{AT}#1.parent_sku": "P-1",
        "variation_theme#1.name": "Color",
    }
    assert [(column.path, why) for column, _, why in found.homeless] == [
        ("standard_price", "stayed behind: prices in GBP, and the new template takes USD"),
        ("relationship_type", "found no home"),
        ("color_name", "found no home"),
    ]
    assert [(path, value) for path, value, _ in found.foreign] == [("variation_theme#1.name", "Color")]
    result = run("migrate", old, blank, "-o", out)
    assert result.return_value == 1
    assert "! color_name (Colour): 1 cells found no home" in result.stdout
    written = read_rows(out, read_template(out)).row(0, named=True)
    assert (written["contribution_sku#1.value"], written["::record_action"]) == ("0012", "Create or Replace (Full Update)")
    assert (written[f"parentage_level{AT}#1.value"], written["product_type#1.value"]) == ("Child", "MUG")


def test_moving_into_the_same_template_loses_nothing(templates: ModuleType, blank: Path, tmp_path: Path) -> None:
    rows = [
        {column.path: "x" for column in templates.unified().columns if not column.values and column.type == "text"}
        | {"product_type#1.value": "MUG"}
    ]
    old = templates.build(replace(templates.unified(), rows=rows), tmp_path / "old.xlsx")
    out = tmp_path / "new.txt"
    result = run("migrate", old, blank, "-o", out, "--format", "json")
    assert result.return_value == 0
    assert json.loads(result.stdout)["homeless"] == []
    before, after = read_rows(old, read_template(old)), read_rows(out, read_template(out))
    kept = [path for path in before.columns if before[path].null_count() == 0]
    assert after.select(kept).equals(before.select(kept))


def test_rules_in_words(blank: Path) -> None:
    found = read_template(blank)
    steps = {rules.path: rules.steps for rules in rules_of(found)}
    said = [f"{state}: {sentence(node, found)}" for state, node in steps["amzn1.volt.ca.product_id_value"]]
    assert said == [
        "leave_empty: Product Type is filled and (Parentage Level is 'Parent' or Product Id Type is blank)",
        "filled: Product Id is filled",
        "required: not (Product Id is filled) and Product Type is filled",
    ]


@pytest.mark.parametrize("name", ["legacy", "vendor"])
def test_every_generation_is_described(name: str, templates: ModuleType, tmp_path: Path) -> None:
    from datetime import date

    path = templates.build(getattr(templates, name)(), tmp_path / "t.xlsx")
    found = as_dict(read_template(path), date(2026, 11, 1))
    assert found["generation"] == name
    assert json.loads(json.dumps(found)) == found
