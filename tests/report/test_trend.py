"""Earlier runs: carried from build to build, and through the ledger."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from listingkit.build import Order, build
from listingkit.cli import main
from listingkit.job import Inputs
from listingkit.render.folder import MARK
from listingkit.report import trend
from listingkit.report.report import Run

HEAD = "sku,product_id,item_name,price,quantity\n"
BAD = "A-1,4006381333932,Mug,5.00,1\nA-2,4006381333931,Cup,6.00,1\n"
GOOD = "A-1,4006381333931,Mug,5.00,1\nA-2,4006381333948,Cup,6.00,1\n"


def built(folder: Path, name: str, rows: str, month: int, **more: Any) -> Path:
    master = folder / f"{name}.csv"
    master.write_text(HEAD + rows, "utf-8")
    build(Order(Inputs((str(master),)), folder / name, date(2026, month, 1), marketplaces=("US",), **more))
    return folder / name


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / MARK).read_text("utf-8"))
    return found


def test_a_build_carries_the_runs_before_it(tmp_path: Path) -> None:
    one = built(tmp_path, "one", BAD, 9)
    assert manifest(one)["earlier"] == []
    assert manifest(one)["findings"]["rules"]["GTN001"] == 1
    two = built(tmp_path, "two", GOOD, 10, previous=(str(one),))
    three = built(tmp_path, "three", GOOD, 11, previous=(str(two),))
    assert [run["label"] for run in manifest(three)["earlier"]] == ["2026-09-01", "2026-10-01"]
    assert manifest(three)["earlier"][0]["errors"] == manifest(one)["findings"]["errors"] > 0
    page = (two / "report.html").read_text("utf-8")
    assert "Compared with the run of 2026-09-01" in page
    assert '<a href="US/changes.html">' in page
    assert (two / "US" / "changes.html").is_file()


def test_the_ledger_knows_the_runs_that_were_sent(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    for number, rows in enumerate((BAD, GOOD), 1):
        out = built(tmp_path, f"out{number}", rows, number)
        for _ in range(2):  # said twice, noted once
            with pytest.raises(SystemExit) as ended:
                main(["sent", str(out), "--ledger", str(home)])
            assert ended.value.code == 0
    runs = trend.of_ledger(home)
    assert [run.label for run in runs] == ["2026-01-01", "2026-02-01"]
    third = built(tmp_path, "out3", GOOD, 3, ledger=home)
    assert [run["label"] for run in manifest(third)["earlier"]] == ["2026-01-01", "2026-02-01"]


def test_a_torn_line_loses_no_other(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    home.mkdir()
    first = {"label": "2026-01-01", "errors": 1, "warnings": 2, "rules": {"GTN001": 1}}
    (home / trend.LINES).write_text(json.dumps(first) + '\n{"label": "2026-0', "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / MARK).write_text(json.dumps({"as_of": "2026-03-01", "findings": {"errors": 0, "warnings": 0, "rules": {}}}), "utf-8")
    trend.record(home, out, MARK)
    assert trend.of_ledger(home) == (Run("2026-01-01", 1, 2, {"GTN001": 1}), Run("2026-03-01", 0, 0, {}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": 3}', '{"findings": {"errors": "x"}}', '{"findings": {}, "earlier": 7}'])
def test_a_manifest_of_others_tells_of_no_run(text: str, tmp_path: Path) -> None:
    (tmp_path / MARK).write_text(text, "utf-8")
    assert trend.of_folders([tmp_path], MARK) == ()
