"""What the engine promises: places, marketplaces, selection, severity, columns and groups."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from listingkit.config import Config
from listingkit.errors import UnknownName
from listingkit.finding import Severity
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW, Column
from listingkit.rules.engine import catalogue, find, wanted
from listingkit.rules.run import check

AS_OF = date(2026, 11, 1)


def listings(columns: Any, *, first_row: Any = 2, sheet: Any = "Products") -> Any:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.int_range(first_row, first_row + pl.len(), dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    origins = {name: Column("BCDEFG"[n], f"Header {name}") for n, name in enumerate(columns)}
    return Listings(frame, (Source("master.xlsx", sheet, origins, {}),))


def run(columns: Any, codes: Any = "", stores: Any = ("US", "DE"), **config: Any) -> Any:
    found = check(listings(columns, first_row=17), select(stores), as_of=AS_OF, config=Config(select=(codes,) if codes else (), **config))
    return list(found)


def test_a_finding_stands_where_a_person_sees_it() -> None:
    (found,) = run({"sku": ["AB-1", "A" * 41]}, "SKU002")
    assert (found.file, found.sheet, found.row, found.cell, found.column) == ("master.xlsx", "Products", 18, "B18", "Header sku")
    assert found.value == "A" * 41
    assert found.marketplace is None


def test_a_flaw_of_one_language_names_its_marketplace() -> None:
    (found,) = run({"sku": ["AB-1"], "item_name@de_DE": ["T" * 201], "item_name@en_US": ["Mug"]}, "TTL001")
    assert (found.marketplace, found.field, found.cell) == ("DE", "item_name@de_DE", "C17")


def test_a_flaw_that_is_the_same_everywhere_is_said_once() -> None:
    (found,) = run({"sku": ["AB-1"], "item_name": ["T" * 201]}, "TTL001")
    assert found.marketplace is None


def test_a_family_is_judged_slot_by_slot() -> None:
    found = run({"sku": ["AB-1"], "bullet_point_1": ["B" * 701], "bullet_point_3": ["C" * 701]}, "BUL001")
    assert [one.field for one in found] == ["bullet_point_1", "bullet_point_3"]


def test_rows_that_delete_are_only_asked_for_their_key() -> None:
    rows = {"sku": ["AB-1", "A" * 41], "price": ["none", "none"], "record_action": ["delete", "delete"]}
    assert [one.code for one in run(rows) if one.code != "SKU006"] == ["SKU002"]  # that they delete is told, too


def test_the_same_key_is_judged_once_and_located_everywhere() -> None:
    found = run({"sku": ["A", "B", "C"], "quantity": ["many", "3", "many"]}, "OFR003")
    assert [one.row for one in found] == [17, 19]


def test_held_rows_are_those_with_errors_for_that_marketplace() -> None:
    table = listings({"sku": ["A", "B"], "item_name@de_DE": ["T" * 201, "ok"], "item_name@en_US": ["ok", "T" * 80]})
    found = check(table, select(["US", "DE"]), as_of=AS_OF, config=Config(select=("TTL",)))
    assert found.error_rows("DE") == {0}
    assert found.error_rows("US") == set()


def test_counts_need_no_wording() -> None:
    found = check(listings({"sku": ["A", "A", None]}), select(["US"]), as_of=AS_OF, config=Config(select=("SKU",)))
    assert found.counts() == {("SKU001", Severity.ERROR): 1, ("SKU003", Severity.ERROR): 1}
    assert len(found) == 2
    assert [found[n].code for n in range(-2, 0)] == [one.code for one in found[:]]


def test_a_neutral_check_needs_no_marketplace() -> None:
    assert [one.code for one in run({"sku": ["A" * 41]}, "SKU002", stores=())] == ["SKU002"]


@pytest.mark.parametrize(
    ("select", "ignore", "code", "left"),
    [
        ((), (), "SKU001", True),
        (("SKU",), (), "SKU001", True),
        (("SKU",), (), "GTN001", False),
        (("SKU",), ("SKU001",), "SKU001", False),
        (("SKU001",), ("SKU",), "SKU001", True),
        ((), ("SKU",), "SKU001", False),
        (("SKU001",), ("SKU001",), "SKU001", False),
    ],
)
def test_the_longer_word_wins(select: Any, ignore: Any, code: Any, left: Any) -> None:
    assert wanted(code, Config(select=select, ignore=ignore)) is left


def test_the_config_may_say_how_bad_it_is() -> None:
    rows = {"sku": ["A", "A"]}
    assert {one.severity for one in run(rows, "SKU003", severity={"SKU": "info", "SKU003": "warning"})} == {Severity.WARNING}
    assert run(rows, "SKU003", severity={"SKU003": "off"}) == []


def test_a_rule_is_found_by_code_and_name() -> None:
    assert find("sku001") is find("sku-missing") is catalogue()["SKU001"]
    with pytest.raises(UnknownName, match="did you mean SKU001"):
        find("SKU0O1")


def test_a_column_that_the_schema_requires_and_the_sheet_lacks_is_one_finding() -> None:
    rows = {"sku": ["A", "B", "C"], "product_type": ["HOME"] * 3, "parentage_level": ["Parent", None, None]}
    table = listings(rows)
    found = check(table, select(["US"]), as_of=AS_OF, config=Config(select=("REQ001",)))
    (brand,) = [one for one in found if one.field == "brand"]
    assert brand.row is None
    assert "no brand" in brand.message
    assert "3 rows" in brand.message
    assert found.error_rows("US") == {0, 1, 2}


def test_types_that_no_schema_knows_are_asked_together() -> None:
    """A column of product types that are all misspelt costs no more than one type."""
    from listingkit.rules.asked import asked_tasks
    from listingkit.rules.task import start

    def tasks(kinds: list[str | None]) -> int:
        rows = listings({"sku": [f"A-{number}" for number in range(len(kinds))], "product_type": kinds, "item_name": ["Mug"] * len(kinds)})
        return len(list(asked_tasks(start(rows, select(("US", "DE")), as_of=AS_OF, config=Config()))))

    one = tasks(["NOBODY_KNOWS"])
    assert one == tasks(["NOBODY_KNOWS", "NOR_THIS", None, "OR_THIS"]) > 0
    assert tasks(["HOME", "NOBODY_KNOWS"]) > one
    found = run({"sku": ["A-1", "A-2"], "product_type": ["NOBODY_KNOWS", "NOR_THIS"], "item_name": [None, None]}, "REQ001")
    assert {one.row for one in found if one.field == "item_name"} == {17, 18}
