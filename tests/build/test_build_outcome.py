"""What people are told of what ships and what is held back: the numbers add up, and nothing with errors looks ready."""

from pathlib import Path
from typing import Any

import pytest
from masters import EANS, family, master, row
from openpyxl import load_workbook
from test_build import DAY

from listingkit import build_parts
from listingkit.build import Built, Order, build, report_on
from listingkit.job import Inputs
from listingkit.report import phrases, words


@pytest.fixture(params=["whole", "parts"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Build a master of these rows."""

    def of(*rows: Any, stores: tuple[str, ...] = ("US",), **asked: Any) -> Built:
        path = master(tmp_path / "m.csv", *rows)
        order = Order(Inputs((str(path),)), tmp_path / "out", DAY, stores, **asked)
        return build(order) if request.param == "whole" else build_parts.build(order, rows=2)

    return of


def page(built: Built, language: str = "en") -> str:
    """What report.html says of the outcome."""
    return " ".join(phrases.summary(report_on(built), phrases.language(language), None))


def text(built: Built) -> str:
    """What every other format says of it."""
    return " ".join(words.summary(report_on(built)))


def reasons(built: Built) -> list[str]:
    """The last column of held.xlsx."""
    sheet = load_workbook(built.order.out / "held.xlsx").active
    return [str(line[5]) for line in sheet.iter_rows(min_row=2, values_only=True)]


def test_children_of_held_parents_are_counted_apart(made: Any) -> None:
    parent, *children = family()
    built = made({**parent, "item_name": "T" * 201}, *children, row("S", product_id=EANS[2]))
    why = "1 with an error of its own, 2 only because their parent is held back"
    assert f"3 rows held back from at least one marketplace until the errors are fixed: {why}." in page(built)
    assert f"3 rows held back: {why}." in text(built)
    assert reasons(built)[1:] == ["its parent is held back"] * 2


def test_a_row_that_is_held_for_an_error_alone_needs_no_reason(made: Any) -> None:
    built = made(row("A"), row("B", product_id=EANS[1], price="free"))
    assert "1 row held back." in text(built)
    assert "1 row held back from at least one marketplace until the errors are fixed." in page(built)


def test_errors_of_columns_and_of_other_rows_are_reasons(made: Any) -> None:
    twice = row("A")
    built = made(twice, {**twice, "item_name": "Havnegade Jug"}, row("B", product_id=EANS[1]), stores=("UK",))
    why = "1 with an error of its own, 1 only because an error of another row names it, 1 only for an error of a whole column"
    assert f" in 1 of 3 rows. 3 rows held back: {why}." in text(built)
    assert f"3 rows held back from at least one marketplace until the errors are fixed: {why}." in page(built)


def test_strict_is_the_reason_where_nothing_else_is(made: Any) -> None:
    built = made(row("A"), row("B", product_id=EANS[1], price="free"), policy="strict")
    assert "2 rows held back: 1 with an error of its own, 1 only because of --strict." in text(built)
    assert reasons(built)[0] == "nothing ships while there are errors (--strict)"


def test_errors_without_a_row_are_in_no_row(made: Any) -> None:
    built = made(row("A", bullet_point_1="Glazed stoneware, fired twice at 1200 degrees"), stores=("UK",))
    assert page(built).startswith("1 error")
    assert " 0 of " not in page(built)
