"""A build part by part leaves the files that a build of the whole leaves."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import master, write

from listingkit import build as whole
from listingkit import build_parts
from listingkit.build import Order, report_on
from listingkit.cli.built import told
from listingkit.config import Config
from listingkit.diff import lines
from listingkit.errors import Unwritable
from listingkit.job import Inputs
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.parts import Parts
from listingkit.rules.capped import MOST

AS_OF = date(2026, 11, 1)
SAME = (
    "US/upload.txt",
    "DE/upload.txt",
    "US/delta.txt",
    "DE/delta.txt",
    "US/changes.jsonl",
    "DE/changes.jsonl",
    "findings.jsonl",
    "held.xlsx",
)


def order(path: Path, out: Path, **more: Any) -> Order:
    return Order(Inputs((str(path),)), out, AS_OF, ("US", "DE"), **more)


def built(path: Path, folder: Path, **more: Any) -> tuple[Any, Any]:
    one = whole.build(order(path, folder / "whole", **more))
    other = build_parts.build(order(path, folder / "parts", **more), rows=97)
    return one, other


def alike(folder: Path, names: Any = SAME) -> None:
    for name in names:
        assert (folder / "parts" / name).read_bytes() == (folder / "whole" / name).read_bytes(), name


@pytest.mark.parametrize("given", ["build", "folder", "files"])
def test_the_files_are_the_same_with_a_previous_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setattr(lines, "SMALL", 0)
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    write(400, before)
    frame = master(400)
    rows = frame.with_row_index("n")
    changed = rows.with_columns(price=rows["price@US"]).drop("price")
    changed = changed.with_columns((changed["price@US"].str.replace("9", "8")).alias("price@US")).filter(changed["n"] % 41 != 3).drop("n")
    changed.write_csv(after)
    whole.build(order(before, tmp_path / "previous", policy="all"))
    previous = [tmp_path / "previous"]
    if given != "build":
        (tmp_path / "previous" / "manifest.json").unlink()
    if given == "files":
        previous = [tmp_path / "previous" / store / "upload.txt" for store in ("DE", "US")]
    one, other = built(after, tmp_path, previous=tuple(map(str, previous)))
    alike(tmp_path)
    assert [made.shipped for made in one.made] == [made.shipped for made in other.made]
    assert [made.changes.counts() for made in one.made] == [made.changes.counts() for made in other.made]
    assert one.gate.token == other.gate.token
    assert one.status == other.status


@pytest.mark.parametrize("policy", ["hold", "strict", "all"])
def test_fixes_and_held_families_are_the_same(tmp_path: Path, policy: Any) -> None:
    path = tmp_path / "master.csv"
    frame = master(300)
    spoiled = frame.with_row_index("n").with_columns(
        product_id=frame["product_id"].str.replace("^4", " 4"),
    )
    for column, at in (("brand", 100), ("item_name@en_US", 205)):
        spoiled = spoiled.with_columns(spoiled[column].to_frame().select(column).to_series().scatter(at, None).alias(column))
    spoiled.drop("n").write_csv(path)
    one, other = built(path, tmp_path, policy=policy)
    alike(tmp_path, [name for name in SAME if "delta" not in name and "changes" not in name])
    assert [made.fixed for made in one.made] == [made.fixed for made in other.made]
    assert [made.held.to_list() for made in one.made] == [made.held.to_list() for made in other.made]
    assert one.made[0].fixed > 0


def test_no_room_for_the_listings_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    write(20, path)
    part = next(iter(Parts(Inputs((str(path),)))))
    with pytest.raises(Unwritable, match=r"cannot hold the listings.*TMPDIR"):
        build_parts.spilled(part.frame, tmp_path / "gone" / "spill")


def test_rules_that_see_every_row_are_capped_and_told_too(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    rows = "".join(f"A-{number},4006381333930,Mug {number}\n" for number in range(MOST + 5))
    path.write_text(f"SKU,EAN,Title\n{rows}", "utf-8")
    built = build_parts.build(Order(Inputs((str(path),)), tmp_path / "out", AS_OF, ("US",)))
    assert any(note.code == "CAP001" and "GTN001" in note.message and "5 more" in note.message for note in built.findings.notes)
    assert "too large for a copy" in told(built)


def test_few_rules_leave_reports_and_held_families_what_they_need(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    frame = master(200)
    untyped = pl.when(pl.col("parentage_level") == "Parent").then(None).otherwise("brand").alias("brand")
    frame.with_columns(untyped).write_csv(path)
    one, other = built(path, tmp_path, config=Config(select=("REQ", "SKU")))
    alike(tmp_path, [name for name in SAME if "delta" not in name and "changes" not in name])
    assert [made.held.to_list() for made in one.made] == [made.held.to_list() for made in other.made]
    report, _ = check_parts(Parts(one.order.inputs, 97), Question(("US", "DE"), AS_OF, one.order.config))
    assert any("GTINs issued by" in table for table in report.tables)
    assert report.held == report_on(one).held
    assert report.held_for.parents > 0
