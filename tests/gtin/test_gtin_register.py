"""What `listingkit.toml` says about numbers, through a whole check: owners, blocks, exemptions, own prefixes."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from listingkit.config import Config
from listingkit.errors import BadProfile
from listingkit.finding import Finding
from listingkit.gtin.check_digit import complete
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW, Column
from listingkit.rules.run import check


def found(rows: Sequence[Mapping[str, str]], stores: list[str], *codes: str, **config: object) -> list[Finding]:
    names = list(dict.fromkeys(["sku", "product_id", *(name for row in rows for name in row)]))
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String))
    frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    listings = Listings(frame, (Source("master.xlsx", None, {name: Column("A", name) for name in names}, {}),))
    return list(check(listings, select(stores), as_of=date(2026, 11, 24), config=Config(select=codes, **config)))  # type: ignore[arg-type]


def test_a_bought_number_is_told_once_for_all_marketplaces() -> None:
    """G39: the same in every store, so one finding without a marketplace."""
    rows = [{"brand": "Example Brand", "product_id": "4006381333931"}, {"brand": "Example Brand", "product_id": "614141000036"}]
    (one,) = found(rows, ["US", "DE", "JP"], "GTN05", gs1={"brands": {"Example Brand": {"prefixes": ["0614141"]}}})
    assert (one.code, one.row, one.marketplace) == ("GTN050", 1, None)


def test_the_export_spells_the_brand(tmp_path: Path) -> None:
    """G40: case and spelling of the licence, number by number."""
    export = tmp_path / "hub.csv"
    export.write_text("GTIN,BrandName\n00614141000036,Example Brand\n00614141000043,EXAMPLE\n", "utf-8")
    rows = [{"brand": "Example brand", "product_id": "614141000036"}, {"brand": "Example Brand", "product_id": "614141000036"}]
    (one,) = found(rows, ["US"], "GTN05", gs1={"brands": {"Example Brand": {"exports": [str(export)]}}})
    assert (one.code, one.fix and one.fix.value) == ("GTN051", "Example Brand")


def test_numbers_outside_licensed_blocks() -> None:
    """G11: a warning where the list is named, nothing where it is not."""
    rows = [{"product_id": "4090219294730"}, {"product_id": "4006381333931"}]
    (one,) = found(rows, ["US", "DE"], "GTN", gs1={"gcp": "biip"})
    assert (one.code, one.severity.value, one.row) == ("GTN020", "warning", 1)
    assert "GS1 Germany" in one.message
    assert found(rows, ["US"], "GTN") == []


def test_an_exemption_is_asked_in_each_marketplace() -> None:
    """G36: approved for one store, claimed in two."""
    register = ({"brand": "Example Brand", "product_type": "HOME", "marketplace": "US", "case": "1"},)
    rows = [{"brand": "Example Brand", "product_type": "HOME", "product_id_type": "exempt"}]
    (one,) = found(rows, ["US", "DE"], "GTN06", exemptions=register)
    assert (one.code, one.marketplace, one.field) == ("GTN060", "DE", "product_id_type")
    assert found(rows, ["US", "DE"], "GTN06") == []


def test_own_rows_of_the_prefix_table_hold_in_a_check(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("13\t140\t140\torganisation\tGS1 Somewhere\t\n13\t4006\t4006\trestricted\t\t\n", "utf-8")
    rows = [{"product_id": complete("140927364582")}, {"product_id": "4006381333931"}]
    (before,) = found(rows, ["US"], "GTN")
    (after,) = found(rows, ["US"], "GTN", gs1={"prefix_table": str(own)})
    assert (before.code, before.row) == ("GTN007", 1)
    assert (after.code, after.row) == ("GTN005", 2)


def test_a_wrong_section_stops_the_run() -> None:
    with pytest.raises(BadProfile, match="takes prefixes and exports"):
        found([{"brand": "B", "product_id": "4006381333931"}], ["US"], "GTN05", gs1={"brands": {"B": {"prefix": []}}})
