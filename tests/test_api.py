"""The Python interface of the README."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

import listingkit as lk


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.csv"
    path.write_text(f"sku,item_name,price\nAB-1,Mug,9.90\n{'B' * 41},Bowl,free\n")
    return path


def test_the_line_in_python(master: Path) -> None:
    listings = lk.map_columns(lk.read(master))
    found = lk.check(listings, ["US"])
    assert {(one.cell, one.code) for one in found} >= {("A3", "SKU002"), ("C3", "OFR001")}
    stream = io.StringIO()
    lk.report(found, "json", stream)
    assert len(json.loads(stream.getvalue())) == len(found)


def test_render_and_diff_are_functions_and_packages(master: Path) -> None:
    import listingkit.diff.compare
    import listingkit.render.rows
    import listingkit.report.formats  # noqa: F401

    listings = lk.map_columns(lk.read(master))
    upload = lk.render(listings, "US")
    assert upload.frame.height == 2
    assert lk.diff(upload, upload).counts()["changed"] == 0


def test_an_upload_is_for_one_marketplace(master: Path) -> None:
    several: Any = ["US", "DE"]
    with pytest.raises(lk.ListingkitError, match=r"for one marketplace, named as 'DE', not \['US', 'DE'\]"):
        lk.render(lk.map_columns(lk.read(master)), several)


def test_public_names_are_there() -> None:
    for name in lk.__all__:
        assert getattr(lk, name) is not None
    assert "SKU001" in lk.RULES
    assert not hasattr(lk, "nothing")


def test_errors_are_one_family(tmp_path: Path) -> None:
    with pytest.raises(lk.ListingkitError, match="gone"):
        lk.read(tmp_path / "gone.csv")
