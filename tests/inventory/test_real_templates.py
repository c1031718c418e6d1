"""The five real templates, against what was counted in them by hand and by other tools."""

import time
from collections import Counter
from pathlib import Path

import pytest

from listingkit.inventory.formula_text import parse
from listingkit.inventory.read import read_template
from listingkit.inventory.workbook import Workbook

NAMES = {
    "us_unified_auto_part_prefilled_2025": ("unified", ("US",), 244, 8, "full_update"),
    "de_unified_food_storage_blank_2025": ("unified", ("DE",), 366, 7, "full_update"),
    "it_unified_listing_loader_blank_2026": ("unified", ("IT",), 156, 7, "partial_update"),
    "uk_multistore_coat_blank_2026": (
        "multistore",
        ("UK", "US", "CA", "MX", "DE", "FR", "IT", "ES", "NL", "AE", "BE", "SE", "PL", "IE"),
        372,
        4,
        "full_update",
    ),
    "uk_legacy_sweatshirt_filled_2024": ("legacy", ("UK",), 140, 4, "full_update"),
}


@pytest.mark.parametrize("name", NAMES)
def test_each_reads_in_under_a_second(name: str, real_files: Path) -> None:
    before = time.process_time()
    found = read_template(real_files / "templates" / f"{name}.xlsm")
    assert time.process_time() - before < 1
    assert (found.generation, found.marketplaces, len(found.columns), found.data_row, found.default_action) == NAMES[name]
    assert all(column.requirement for column in found.columns)
    assert not any("rules could not be read" in oddity for oddity in found.oddities)


def test_types_and_lists_of_the_german_one(real_files: Path) -> None:
    found = read_template(real_files / "templates" / "de_unified_food_storage_blank_2025.xlsm")
    assert Counter(column.type for column in found.columns) == {"text": 284, "integer": 20, "decimal": 52, "date": 10}
    closed = Counter(next(iter(column.values.values())).closed for column in found.columns if column.values)
    assert closed == {True: 117, False: 62}
    assert sum(column.hidden for column in found.columns) == 206


@pytest.mark.parametrize(("name", "untold"), [("us_unified_auto_part_prefilled_2025", 5), ("it_unified_listing_loader_blank_2026", 0)])
def test_labels_have_wire_values(name: str, untold: int, real_files: Path) -> None:
    found = read_template(real_files / "templates" / f"{name}.xlsm")
    listed = [(column, label) for column in found.columns if column.aliases for held in column.values.values() for label in held.labels]
    assert len(listed) > 1000
    assert sum(label not in column.aliases for column, label in listed) <= untold


@pytest.mark.parametrize("name", [name for name in NAMES if "unified" in name])
def test_every_rule_name_parses(name: str, real_files: Path) -> None:
    with Workbook(real_files / "templates" / f"{name}.xlsm") as book:
        rules = [formula for rule, formula in book.names.items() if "PTList" in rule or formula.startswith("AND(")]
    assert len(rules) > 150
    for formula in rules:
        parse(formula)
