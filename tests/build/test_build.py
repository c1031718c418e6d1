"""What a build ships, holds back, fixes and compares; and that it is the old output or the new one, whatever happens."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masters import EANS, family, master, row
from openpyxl import load_workbook

from listingkit.build import Order, build
from listingkit.holding import with_children
from listingkit.inventory.upload_read import read_upload
from listingkit.job import Inputs
from listingkit.mapping.listings import Listings
from listingkit.rules.findings import marked

SKU = "contribution_sku#1.value"
DAY = date(2026, 11, 1)


def run(path: Any, out: Any, **options: Any) -> Any:
    return build(Order(Inputs((str(path),)), out, DAY, marketplaces=("US",), **options))


def shipped(out: Any) -> Any:
    return read_upload(out / "US" / "upload.txt").frame[SKU].to_list()


def test_clean_rows_ship_and_rows_with_errors_are_held(tmp_path: Any) -> None:
    path = master(tmp_path / "m.csv", row("A"), row("B", product_id=EANS[1], price="free"))
    built = run(path, tmp_path / "out")
    assert built.status == 1
    assert shipped(tmp_path / "out") == ["A"]
    sheet = load_workbook(tmp_path / "out" / "held.xlsx").active
    (held,) = list(sheet.iter_rows(min_row=2, values_only=True))
    assert held[:5] == ("m.csv", None, 3, "B", "US")
    assert "OFR001" in held[5]


def test_a_held_parent_holds_its_children(tmp_path: Any) -> None:
    parent, *children = family()
    path = master(tmp_path / "m.csv", {**parent, "item_name": "T" * 201}, *children, row("S", product_id=EANS[2]))
    run(path, tmp_path / "out")
    assert shipped(tmp_path / "out") == ["S"]


SKUS = st.one_of(st.none(), st.sampled_from([f"S{number}" for number in range(12)]))


@given(rows=st.lists(st.tuples(SKUS, SKUS, st.booleans()), max_size=30))
def test_children_are_held_however_deep(rows: Any) -> None:
    """As the plain definition has it; also where lines are long, form rings, or a SKU stands twice."""
    schema = {"sku": pl.String, "parent_sku": pl.String, "held": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    held = [wrong for _, _, wrong in rows]
    for _ in rows:
        skus = {sku for (sku, _, _), one in zip(rows, held, strict=True) if one and sku}
        held = [one or parent in skus for (_, parent, _), one in zip(rows, held, strict=True)]
    assert with_children(Listings(frame, ()), frame["held"]).to_list() == held


def test_a_long_line_of_parents_takes_no_pass_over_all_rows_for_each_of_them() -> None:
    line = pl.DataFrame({"sku": [f"S{number}" for number in range(50_000)]}).with_columns(parent_sku=pl.col("sku").shift(1))
    began = time.process_time()
    assert with_children(Listings(line, ()), marked([0], line.height)).all()
    assert time.process_time() - began < 10


def test_strict_ships_nothing_while_there_are_errors(tmp_path: Any) -> None:
    path = master(tmp_path / "m.csv", row("A"), row("B", product_id=EANS[1], price="free"))
    run(path, tmp_path / "out", policy="strict")
    assert shipped(tmp_path / "out") == []


def test_errors_may_ship_where_somebody_says_so(tmp_path: Any) -> None:
    path = master(tmp_path / "m.csv", row("A"), row("B", product_id=EANS[1], price="free"))
    run(path, tmp_path / "out", policy="all")
    assert shipped(tmp_path / "out") == ["A", "B"]


def test_every_cell_of_the_upload_can_be_traced_to_the_sheet(tmp_path: Any) -> None:
    path = master(tmp_path / "m.csv", *family())
    built = run(path, tmp_path / "out")
    sheet = pl.read_csv(path, infer_schema=False)
    known = {cell.casefold() for column in sheet.iter_columns() for cell in column.drop_nulls()}
    derived = {"ean", "full_update"}
    upload = read_upload(tmp_path / "out" / "US" / "upload.txt").frame
    assert {cell.casefold() for column in upload.iter_columns() for cell in column.drop_nulls()} <= known | derived
    assert built.made[0].shipped == 3


def test_the_second_build_is_compared_with_the_first(tmp_path: Any) -> None:
    parent, first, second = family()
    run(master(tmp_path / "one.csv", parent, first, second), tmp_path / "one")
    path = master(tmp_path / "two.csv", parent, {**first, "price": "10.90"}, row("N", product_id=EANS[2]))
    built = run(path, tmp_path / "two", previous=(str(tmp_path / "one"),))
    counts = built.made[0].changes.counts()
    assert (counts["added"], counts["changed"], counts["vanished"], counts["unchanged"]) == (1, 1, 1, 1)
    changes = [json.loads(line) for line in (tmp_path / "two" / "US" / "changes.jsonl").read_text("utf-8").splitlines()]
    (price,) = [change for change in changes if change["field"] == "price"]
    assert (price["sku"], price["old"], price["new"]) == ("C1", "9.9", "10.9") or (price["old"], price["new"]) == ("9.90", "10.90")
    assert set(read_upload(tmp_path / "two" / "US" / "delta.txt").frame[SKU]) == {"C1", "N"}


def test_a_listing_that_is_held_back_is_no_difference(tmp_path: Any) -> None:
    run(master(tmp_path / "one.csv", row("A"), row("B", product_id=EANS[1])), tmp_path / "one")
    path = master(tmp_path / "two.csv", row("A"), row("B", product_id=EANS[1], price="free"))
    built = run(path, tmp_path / "two", previous=(str(tmp_path / "one"),))
    assert built.made[0].changes.counts()["vanished"] == 0


def test_the_output_may_be_the_previous_upload(tmp_path: Any) -> None:
    """`--previous out -o out`: read before it is replaced."""
    out = tmp_path / "out"
    run(master(tmp_path / "m.csv", row("A")), out)
    built = run(master(tmp_path / "m.csv", row("A", price="12.00")), out, previous=(str(out),))
    assert built.made[0].changes.counts()["changed"] == 1


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
@pytest.mark.parametrize("kills", [12, pytest.param(100, marks=pytest.mark.slow)])
def test_kill_leaves_the_old_output_or_the_new(tmp_path: Any, kills: int) -> None:
    out = tmp_path / "out"
    paths = [master(tmp_path / f"{price}.csv", *(row(f"S{n}", price=f"{price}.00") for n in range(50))) for price in (10, 20)]
    script = (
        "import sys, pathlib; from datetime import date; from listingkit.build import Order, build; from listingkit.job import Inputs\n"
        "print(flush=True)\n"
        "while True:\n"
        "  for path in sys.argv[2:]:\n"
        "    build(Order(Inputs((path,)), pathlib.Path(sys.argv[1]), date(2026, 11, 1), marketplaces=('US', 'DE'), policy='all'))\n"
    )
    run(paths[0], out, policy="all")
    for moment in range(kills):
        with subprocess.Popen([sys.executable, "-c", script, out, *paths], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(0.84 * moment / kills + 0.1)
            os.kill(writer.pid, signal.SIGKILL)
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        for name, digest in manifest["outputs"].items():
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_a_build_leaves_nothing_beside_its_folder(tmp_path: Any) -> None:
    run(master(tmp_path / "m.csv", row("A")), tmp_path / "out")
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == ["m.csv", "out"]
