"""`listingkit schemas`: list, show, diff and new."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mug import document

from listingkit.cli.schemas import schemas
from listingkit.errors import BadProfile, UnknownName


def run(*words: str | Path) -> Result:
    result = CliRunner().invoke(schemas, [str(word) for word in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def files(folder: Path, **changes: Any) -> tuple[Path, Path]:
    """The definition, and one with these properties changed."""
    old, new = document(), document()
    new["properties"].update(changes)
    for name, content in (("old", old), ("new", new)):
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    return folder / "old.json", folder / "new.json"


def text_of(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": {"value": value}}}


def test_the_list_has_a_line_for_each_type_with_date_and_coverage() -> None:
    lines = run().stdout.splitlines()
    assert lines == run("list").stdout.splitlines()
    assert len(lines) >= 24
    home = next(line for line in lines if line.startswith("HOME "))
    assert "2026-09-30" in home
    assert "confirmed" in home
    listed = json.loads(run("list", "--format", "json").stdout)
    assert {"product_type", "checked", "asks", "confirmed"} <= set(listed[0])


def test_show_prints_what_is_asked() -> None:
    text = run("show", "home", "-m", "de", "--as-of", "2026-09-30").stdout
    assert "What is asked in DE on 2026-09-30" in text
    assert "Recommended Browse Nodes (recommended_browse_nodes)\n  error    must be filled" in text
    assert json.loads(run("show", "HOME", "--format", "json").stdout)["product_type"] == "HOME"
    assert "item_type_keyword" in run("show", "HOME", "-m", "US").stdout
    with pytest.raises(UnknownName, match="did you mean HOME"):
        run("show", "HOMER")
    with pytest.raises(UnknownName, match="marketplace"):
        run("show", "HOME", "-m", "XX")


def test_new_starts_a_schema_that_list_and_show_take(tmp_path: Path) -> None:
    made = run("new", "vase", "--like", "HOME", "--folder", tmp_path).stdout.splitlines()
    assert [Path(file).name for file in made] == ["schema.toml", "DE.toml", "values.tsv", "examples.toml"]
    assert "VASE" in run("list", "--folder", tmp_path).stdout
    assert run("show", "VASE", "--folder", tmp_path).stdout.startswith("VASE: Vase")


def test_diff_says_what_the_new_definition_asks(tmp_path: Path) -> None:
    brand = document()["properties"]["brand"]
    brand["items"]["properties"]["value"]["maxLength"] = 30
    style = document()["properties"]["style"]
    style["items"]["properties"]["value"]["anyOf"][1]["enum"] = ["Modern", "Sleek"]
    old, new = files(tmp_path, brand=brand, style=style, pattern=text_of({"type": "string"}))
    result = run("diff", old, new)
    assert result.return_value == 1
    assert result.stdout.splitlines() == [
        "asks more  Brand Name: at most 30 characters, was 50",
        "asks more  Style: no longer takes Rustic",
        "asks less  Style: also takes Sleek",
        "new        Pattern is new",
    ]
    assert [change["kind"] for change in json.loads(run("diff", old, new, "--format", "json").stdout)["changes"]] == [
        "limit",
        "values",
        "values",
        "attribute",
    ]


def test_diff_of_the_same_says_nothing(tmp_path: Path) -> None:
    old, _ = files(tmp_path)
    result = run("diff", old, old)
    assert (result.stdout, result.return_value) == ("", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda new: new["required"].append("style"), "asks more  Style is now required"),
        (lambda new: new["required"].remove("brand"), "asks less  Brand Name is no longer required"),
        (lambda new: new["properties"].pop("style"), "asks more  Style is no longer taken"),
        (lambda new: new["allOf"].pop(2), "asks less  condition gone: asks for Number of Batteries, depending on batteries_included"),
        (
            lambda new: new["properties"]["variation_theme"]["items"]["properties"]["name"]["$lifecycle"]["enumDeprecated"].append("SIZE"),
            "asks more  Variation Theme Name: deprecated now are SIZE",
        ),
        (
            lambda new: new["properties"]["number_of_items"]["items"]["properties"]["value"].update(type="number"),
            "asks more  Number of Items: type is number, was integer",
        ),
        (
            lambda new: new["properties"]["brand"]["items"]["properties"]["value"].update(enum=["A"]),
            "asks more  Brand Name: has a list of values now",
        ),
    ],
)
def test_every_kind_of_change_is_said(tmp_path: Path, change: Any, said: str) -> None:
    old, new = document(), document()
    change(new)
    for name, content in (("old", old), ("new", new)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    assert run("diff", tmp_path / "old.json", tmp_path / "new.json").stdout.splitlines() == [said]


def test_diff_names_the_listings_of_a_master_that_would_break(tmp_path: Path) -> None:
    brand = document()["properties"]["brand"]
    brand["items"]["properties"]["value"]["maxLength"] = 5
    old, new = files(tmp_path, brand=brand)
    master = tmp_path / "master.csv"
    master.write_text("SKU,Title,Brand,UPC,Country of Origin\nA-1,Mug,Acme,036000291452,PT\nA-2,Mug,Long Brand,714532191586,PT\n", "utf-8")
    result = run("diff", old, new, "--master", master)
    assert result.return_value == 1
    assert [line for line in result.stdout.splitlines() if line.startswith("breaks")] == [
        "breaks     A-2: Brand Name has 10 characters, at most 5 are accepted"
    ]
    assert run("diff", old, old, "--master", master).return_value == 0


def test_diff_refuses_what_is_no_definition(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", "utf-8")
    with pytest.raises(BadProfile, match="no properties"):
        run("diff", tmp_path / "a.json", tmp_path / "a.json")
