"""Fifteen defects that every catalog manager knows, each in one cell of 10,000 clean rows: 15 of 15, one finding each, nothing else."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from books import write_book
from generate import DEFECTS, clean

import listingkit as lk
from listingkit.master.sheet import letter

AS_OF = date(2026, 11, 1)
ROWS = 10_000
STORES = ("US", "DE", "JP")
TERMS = "küche " + " ".join(f"begriff{n:02}" for n in range(24)) + " end"
FIRST, APART = 103, 205  # rows that are children, far from each other

# what a person would call it: (code, column, value or how the good value becomes bad, marketplace where it is not the same everywhere)
SEEDED: dict[str, tuple[str, str, Any, str | None]] = {
    "sci-notation GTIN": ("GTN011", "product_id", "4.26001E+12", None),
    "wrong check digit": ("GTN001", "product_id", DEFECTS["GTN001"][1], None),
    "lost zero": ("GTN009", "product_id", "36000291452", None),
    "duplicate SKU": ("SKU003", "sku", lambda c: c.shift(1), None),
    "title over the limit": ("TTL001", "item_name@en_US", lambda c: c + " " + TERMS[:180], "US"),
    "banned character": ("TTL003", "item_name@de_DE", lambda c: c + "!", "DE"),
    "search terms of exactly 250 bytes": ("KWD001", "generic_keyword@de_DE", TERMS, "DE"),
    "Drive URL": ("IMG003", "other_product_image_locator_1", "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/view", None),
    "orphan": ("VAR001", "parent_sku", "HG-NOWHERE", None),
    "ambiguous date": ("DAT001", "sale_start_date", "11/12/2026", None),
    "price $19,99": ("OFR001", "price@US", "$19,99", "US"),
    "HTML": ("DSC001", "product_description@en_US", lambda c: "<b>" + c + "</b>", "US"),
    "emoji bullet": ("BUL005", "bullet_point_2@en_US", lambda c: "☕ " + c, "US"),
    "mojibake": ("TXT006", "bullet_point_2@de_DE", lambda c: "FÃ¼r jeden Tag, " + c, "DE"),
    "negative quantity": ("OFR003", "quantity", "-4", None),
}  # fmt: skip


def rows() -> pl.DataFrame:
    """Clean rows with the columns that the benchmarks' master does not need."""
    child = pl.col("parentage_level") == "Child"
    number = pl.int_range(pl.len()).cast(pl.String)
    return clean(ROWS).with_columns(
        ("keramik tasse geschenk los" + number).alias("generic_keyword@de_DE"),
        ("stoneware cup gift lot" + number).alias("generic_keyword@en_US"),
        pl.when(child).then(pl.lit("4.50")).alias("sale_price@US"),
        pl.when(child).then(pl.lit("2026-11-20")).alias("sale_start_date"),
        pl.when(child).then(pl.lit("2026-12-20")).alias("sale_end_date"),
    )


def seeded() -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows with one defect each, and the row of the frame that each stands in."""
    frame, at = rows(), {}
    for number, (name, (_, column, spoil, _)) in enumerate(SEEDED.items()):
        at[name] = FIRST + APART * number
        bad = spoil(pl.col(column)) if callable(spoil) else pl.lit(spoil)
        frame = frame.with_columns(pl.when(pl.int_range(pl.len()) == at[name]).then(bad).otherwise(pl.col(column)).alias(column))
    return frame, at


def write(frame: pl.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        frame.write_csv(path)
        return path
    write_book(path, frame.columns, frame.iter_rows(), digits=0)
    return path


def findings(path: Path) -> Any:
    return lk.check(lk.map_columns(lk.read(path)), STORES, as_of=AS_OF)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_is_found_on_clean_rows(kind: str, tmp_path: Path) -> None:
    assert list(findings(write(rows(), tmp_path / f"clean.{kind}"))) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fifteen_of_fifteen_each_as_one_finding_in_its_cell(kind: str, tmp_path: Path) -> None:
    assert len(TERMS.encode()) == 250
    frame, at = seeded()
    found = findings(write(frame, tmp_path / f"seeded.{kind}"))
    letters = {column: letter(position) for position, column in enumerate(frame.columns)}
    wanted = {name: (code, f"{letters[column]}{at[name] + 2}", store) for name, (code, column, _, store) in SEEDED.items()}
    assert sorted((one.code, one.cell, one.marketplace) for one in found) == sorted(wanted.values())
    (twice,) = (one for one in found if one.code == "SKU003")
    first = at["duplicate SKU"] + 1
    assert f"rows {first} and {first + 1}" in twice.message
    assert found.error_rows("JP") >= {first - 2, first - 1}, "which of the two is right only a person knows"
