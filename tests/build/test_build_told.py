"""What a build says of the comparison: how far it could look, and what is dangerous by name."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from listingkit.build import Order, build
from listingkit.cli.built import told
from listingkit.errors import ListingkitError
from listingkit.job import Inputs

HEAD = "sku,product_type,brand,item_name,product_description,price,quantity,item_type_keyword,merchant_suggested_asin"
DAY = date(2026, 11, 1)


def master(path: Path, *rows: str, actions: Sequence[str] = ()) -> str:
    lines = (HEAD, *rows)
    if actions:
        lines = tuple(f"{line},{action}" for line, action in zip(lines, ("record_action", *actions), strict=True))
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def row(sku: str, description: str = "A mug for every day.", price: str = "9.90") -> str:
    return f"{sku},HOME,Havnegade,Havnegade Mug {sku},{description},{price},5,coffee-cups-mugs,B0ABCDEFG1"


def made(path: str, out: Path, *stores: str, **more: Any) -> Any:
    return build(Order(Inputs((path,)), out, DAY, stores or ("US",), policy="all", **more))


def lines(built: Any) -> list[str]:
    return [line.strip() for line in told(built).splitlines()]


def test_a_build_that_compares_with_nothing_says_so(tmp_path: Path) -> None:
    built = made(master(tmp_path / "a.csv", row("A")), tmp_path / "one")
    assert "compared with nothing: a full update erases what its cells leave blank; name what is live with --previous" in lines(built)
    both = made(master(tmp_path / "a.csv", row("A")), tmp_path / "two", "US", "UK", previous=(str(tmp_path / "one"),))
    assert [line for line in lines(both) if "compared" in line] == [
        "compared with nothing: the previous upload that was named has nothing for UK"
    ]


def test_the_dangerous_changes_are_named(tmp_path: Path) -> None:
    made(master(tmp_path / "a.csv", row("A"), row("B")), tmp_path / "one")
    built = made(master(tmp_path / "b.csv", row("A", ""), row("B", price="99.00")), tmp_path / "two", previous=(str(tmp_path / "one"),))
    said = lines(built)
    assert said[said.index("1 OPS001 blank-wipes-live-value") + 1] == "1 OPS012 price-jump"
    assert any(line.startswith("2 dangerous changes: look at */changes.html, then confirm exactly these with --confirm ") for line in said)


@pytest.mark.parametrize("large", [False, True])
def test_a_previous_upload_of_changes_alone_is_refused(large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows say nothing of the cells that they leave alone: what a full update erases could not be told."""
    made(master(tmp_path / "a.csv", row("A"), row("B")), tmp_path / "one")
    made(master(tmp_path / "b.csv", row("A", price="9.80"), row("B")), tmp_path / "two", previous=(str(tmp_path / "one"),))
    delta = str(tmp_path / "two" / "US" / "delta.txt")
    if large:
        monkeypatch.setattr("listingkit.build.worth_it", lambda _: True)
    wiped = master(tmp_path / "c.csv", row("A", "", "9.80"), row("B", ""))
    with pytest.raises(ListingkitError, match="the previous upload of US has partial updates, so it does not say what else is live"):
        made(wiped, tmp_path / "three", previous=(delta,))
    assert not (tmp_path / "three").exists()
    prices = master(tmp_path / "d.csv", row("A", "", "9.70"), actions=("partial_update",))
    assert made(prices, tmp_path / "prices", previous=(delta,)).made[0].changes.dangers() == {}
    built = made(wiped, tmp_path / "three", previous=(str(tmp_path / "one" / "US" / "upload.txt"), delta))
    assert built.made[0].changes.dangers() == {"OPS001": 2}
