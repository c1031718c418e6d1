"""What people are told of what ships and what is held back: the numbers add up, and nothing with errors looks ready."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masters import EANS, family, master, row
from msgspec.structs import replace
from openpyxl import load_workbook
from test_build import DAY

from listingkit import build_parts
from listingkit.build import Built, Order, build, report_on
from listingkit.cli.built import told
from listingkit.config import DEFAULT
from listingkit.gtin.check_digit import check_digit
from listingkit.inventory.upload_read import read_upload
from listingkit.job import Inputs, checked, listings_of, read_masters, stores_of
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.outputs import read_from, report_of
from listingkit.parts import Parts
from listingkit.report import phrases, words
from listingkit.report.report import Held, Report


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


def test_rows_that_ship_with_errors_are_told_wherever_the_outcome_is(made: Any) -> None:
    wrong = row("B", product_id=EANS[1], price="free")
    built = made(row("A"), wrong, {**wrong, "sku": "C", "product_id": EANS[2]}, policy="all")
    assert "  US: 3 shipped (2 with errors), 0 held back" in told(built).splitlines()
    assert "Shipped: US 3 (2 with errors), because --include-errors was asked for." in page(built)
    assert "Im Upload: US 3 (2 mit Fehlern), weil --include-errors verlangt wurde." in page(built, "de")
    assert "Shipped: US 3 (2 with errors), because --include-errors was asked for." in text(built)
    out = built.order.out
    shown = (out / "report.html").read_text("utf-8").partition("<script")[0]
    assert "Ready" not in shown
    assert '<span data-t="rows_wrong">Rows shipped with errors</span></dt><dd>2</dd>' in shown
    cells = [cell.value for line in load_workbook(out / "review.xlsx").worksheets[0].iter_rows() for cell in line]
    assert "Shipped with errors" in cells
    assert any("because --include-errors was asked for" in str(cell) for cell in cells)
    assert json.loads((out / "manifest.json").read_text("utf-8"))["marketplaces"]["US"]["with_errors"] == 2


def test_what_ships_without_an_error_is_ready_whatever_was_asked_for(made: Any) -> None:
    built = made(row("A"), row("B", product_id=EANS[1]), policy="all")
    assert "Ready to upload: US 2." in page(built)
    assert text(built).endswith("Shipped: US 2.")
    assert "  US: 2 shipped, 0 held back" in told(built).splitlines()


def test_whole_columns_may_be_wrong_in_one_marketplace_alone(made: Any) -> None:
    """A row without any error in its cells lacks what only the United Kingdom asks for."""
    built = made(row("A"), row("B", product_id=EANS[1]), stores=("US", "UK"), policy="all")
    shipped = "Shipped: US 2 (0 with errors), UK 2 (2 with errors), because --include-errors was asked for."
    assert f"{shipped} 2 rows shipped with errors: 2 only for errors of whole columns." in text(built)
    assert "US 2 (0 with errors) and UK 2 (2 with errors), because --include-errors was asked for. 2 rows shipped with" in page(built)


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


def test_strict_is_no_reason_for_children_of_held_parents(made: Any) -> None:
    parent, *children = family()
    built = made({**parent, "item_name": "T" * 201}, *children, row("S", product_id=EANS[2]), policy="strict")
    why = "1 with an error of its own, 2 only because their parent is held back, 1 only because of --strict"
    assert f"4 rows held back: {why}." in text(built)
    assert reasons(built)[1:] == ["its parent is held back"] * 2 + ["nothing ships while there are errors (--strict)"]


@pytest.mark.parametrize("policy", ["all", "strict"])
def test_a_fix_sets_nothing_free_where_nothing_waits_for_it(made: Any, policy: Any) -> None:
    built = made(row("A"), row("B", product_id=EANS[1], price="free"), policy=policy)
    shown = (built.order.out / "report.html").read_text("utf-8").partition("<script")[0]
    assert "Start with OFR001: fixing it alone leaves 1 listing without errors." in shown
    assert "In the order in which the most listings are left without errors." in shown
    assert "1 listing with this error; fixing it leaves 1 without errors, 1 of 1 so far." in shown
    assert " free" not in shown
    assert "uploadable" not in shown


def test_rows_whose_errors_were_mended_ship(made: Any) -> None:
    mended = row("A", product_id=f"{EANS[0][:-1]} {EANS[0][-1]}")
    built = made(mended, row("B", product_id=EANS[1], price="free"))
    assert " in 2 of 2 rows. 1 row held back. 1 row is in order only because safe fixes were applied. Shipped: US 1." in text(built)
    assert "1 row is in order only because safe fixes were applied. Ready to upload: US 1." in page(built)


def test_children_ship_with_a_parent_that_was_mended(made: Any) -> None:
    """The three rows that a check holds back are two that a build holds back and one that it mended."""
    parent, *children = family()
    built = made({**parent, "product_id": "4260735000 126"}, *children, row("S", product_id=f" {EANS[2][:-1]}0"))
    before = checked_as(built)
    report = report_on(built)
    assert (before.held, report.held, report.mended) == (4, 1, 3)
    assert "1 row held back. 3 rows are in order only because safe fixes were applied." in text(built)


def test_an_error_that_only_a_fix_shows_is_a_reason_of_its_own(made: Any) -> None:
    """Two SKUs that differ by a space alone are one when it is gone."""
    built = made(row("A "), row("A", product_id=EANS[1]), row("B", product_id=EANS[2], price="free"))
    why = "1 with an error of its own, 2 only for errors once safe fixes are applied"
    assert f"3 rows held back: {why}." in text(built)
    assert f"3 rows held back from at least one marketplace until the errors are fixed: {why}." in page(built)
    assert reasons(built)[:2] == ["it has an error once safe fixes are applied"] * 2
    assert checked_as(built).held == 1


def test_errors_without_a_row_are_in_no_row(made: Any) -> None:
    built = made(row("A", bullet_point_1="Glazed stoneware, fired twice at 1200 degrees"), stores=("UK",))
    assert page(built).startswith("1 error")
    assert " 0 of " not in page(built)


def checked_as(built: Built) -> Report:
    """What a check tells of the master of a build."""
    order = built.order
    listings = listings_of(order.inputs, masters := read_masters(order.inputs))
    stores = stores_of(order.marketplaces, listings, (), DEFAULT)
    return report_of(read_from(masters), listings, checked(listings, stores, as_of=DAY), stores, as_of=DAY)


def test_a_check_without_a_marketplace_counts_in_the_same_way(tmp_path: Path) -> None:
    inputs = Inputs((str(master(tmp_path / "m.csv", row("A"), row("B", product_id=EANS[1], price="free"))),))
    listings = listings_of(inputs, masters := read_masters(inputs))
    report = report_of(read_from(masters), listings, checked(listings, (), as_of=DAY), (), as_of=DAY)
    assert (report.held, report.held_for) == (1, Held(errors=1))


SEEDS: Any = {
    "clean": {},
    "own": {"price": "free"},
    "title": {"item_name": "T" * 201},
    "mended": {"product_id": " "},  # in the middle of the number
    "twice": {"sku": "P0"},
    "deeper": {"parent_sku": "C0-0"},
    "elsewhere": {"parent_sku": "P0"},
    "orphan": {"parent_sku": "nobody"},
}
FAMILIES = st.lists(
    st.tuples(st.sampled_from(["clean", "own", "title", "mended"]), st.lists(st.sampled_from(list(SEEDS)), max_size=4)),
    min_size=1,
    max_size=4,
)


def families_of(seeds: Any) -> Any:
    """Families with these seeds, and a row without one."""
    numbers = iter(payload + check_digit(payload) for payload in map(str, range(426073500100, 426073500200)))

    def spoiled(one: Any, seed: str) -> Any:
        number = next(numbers)
        cells = {**one, "product_id": number if "product_id" not in SEEDS[seed] else f"{number[:6]} {number[6:]}"}
        return {**cells, **{name: value for name, value in SEEDS[seed].items() if name != "product_id"}}

    parent, child, _ = family()
    for number, (seed, children) in enumerate(seeds):
        yield spoiled({**parent, "sku": f"P{number}"}, seed)
        for place, each in enumerate(children):
            yield spoiled({**child, "sku": f"C{number}-{place}", "parent_sku": f"P{number}", "color": f"{number}-{place}"}, each)
    yield spoiled(row("S"), "clean")


@settings(max_examples=25)
@given(seeds=FAMILIES, stores=st.sampled_from([("US",), ("UK",), ("DE", "UK")]), policy=st.sampled_from(["hold", "strict"]))
def test_a_build_holds_back_what_a_check_tells(tmp_path_factory: pytest.TempPathFactory, seeds: Any, stores: Any, policy: Any) -> None:
    """To the row, with the same reasons, whether either sees the master as a whole or in parts; and with safe fixes the numbers add up."""
    place = tmp_path_factory.mktemp("families")
    order = Order(Inputs((str(master(place / "m.csv", *families_of(seeds))),)), place / "plain", DAY, stores, policy=policy, fix=False)
    plain = build(order)
    told, one = checked_as(plain), report_on(plain)
    assert one.held is not None
    assert (one.held - one.held_for.strict, replace(one.held_for, strict=0)) == (told.held, told.held_for)
    parts = check_parts(Parts(order.inputs, 2), Question(stores, DAY))[0]
    assert (parts.held, parts.held_for) == (told.held, told.held_for)
    mended = report_on(build_parts.build(replace(order, out=place / "fixed", fix=True), rows=2))
    assert mended.held is not None
    assert mended.held + mended.mended - mended.held_for.fixes - mended.held_for.strict == told.held
    if policy == "hold" and len(stores) == 1:
        assert (told.rows or 0) - (told.held or 0) == plain.made[0].shipped


@pytest.mark.parametrize("how", [build, lambda order: build_parts.build(order, rows=3)], ids=["whole", "parts"])
def test_of_two_safe_fixes_of_a_cell_the_upload_has_the_same_one_in_every_row(how: Any, tmp_path: Path) -> None:
    codes = [payload + check_digit(payload) for payload in (f"4260735000{number}" for number in range(20, 36))]
    rows = [row(f"M{number}", product_id=code, generic_keyword="mug, stoneware mug") for number, code in enumerate(codes)]
    pl.DataFrame(rows).write_csv(tmp_path / "m.csv")
    built = how(Order(Inputs((str(tmp_path / "m.csv"),)), tmp_path / "out", DAY, ("US",)))
    assert {one.code for one in built.findings if one.field == "generic_keyword" and one.fix} == {"KWD002", "KWD003"}
    sent = read_upload(tmp_path / "out" / "US" / "upload.txt").frame
    (column,) = (name for name in sent.columns if name.startswith("generic_keyword"))
    assert sent[column].to_list() == ["mug stoneware mug"] * 16
    assert built.made[0].fixed == 16
