"""Which field a template's column holds."""

from pathlib import Path

import pytest

from listingkit.fields import fields
from listingkit.inventory.paths import place
from listingkit.inventory.read import read_template

STYLE = ("closure_type", "collar_style", "fabric_type", "fit_type", "neck_style", "sleeve_type", "special_size_type")


@pytest.mark.parametrize("name", STYLE)
def test_a_legacy_id_that_is_spelled_like_the_field_is_its_column(name: str) -> None:
    found = place(name)
    assert found is not None
    assert found.plain == name


@pytest.mark.parametrize("name", ["uk_legacy_sweatshirt_filled_2024", "uk_multistore_coat_blank_2026"])
def test_no_column_of_a_real_legacy_template_is_overlooked_that_is_spelled_like_a_field(name: str, real_files: Path) -> None:
    found = read_template(real_files / "templates" / f"{name}.xlsm")
    rendered = {field.name for field in fields().values() if field.path or field.legacy}
    assert {column.path for column in found.columns if column.path in rendered and place(column.path) is None} == set()
