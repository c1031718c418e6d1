"""`check` as people use it: fixes into a copy, fixes shown, Amazon's definitions, a filled template, the config."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from listingkit.cli import main

ROWS = [
    ["SKU", "Title", "Bullet 1", "Colour"],
    ["AB-1", "Stoneware Mug", "Glazed stoneware, fired twice", "GrÃ¼n"],
    ["AB-2", "Stoneware Bowl", "Stacks with the others", "Blue"],
]


@pytest.fixture
def run(capfd: Any) -> Any:
    def run(*args: Any) -> Any:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return stop.value.code, out, err

    return run


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    sheet["A2"].number_format = "@"
    sheet.column_dimensions["B"].width = 44
    book.save(tmp_path / "master.xlsx")
    return tmp_path / "master.xlsx"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "master.csv"
    path.write_bytes("\r\n".join(";".join(row) for row in ROWS).encode("cp1252") + b"\r\n")
    return path


def test_safe_fixes_go_into_a_copy_of_the_workbook(run: Any, workbook: Path) -> None:
    before = workbook.read_bytes()
    run("check", workbook, "-m", "US", "--fix", "-q")
    assert workbook.read_bytes() == before
    sheet = load_workbook(workbook.with_name("master.fixed.xlsx")).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["AB-1", "Stoneware Mug", "Glazed stoneware, fired twice", "Grün"]
    assert sheet.column_dimensions["B"].width == 44
    log = [json.loads(line) for line in workbook.with_name("master.fixed.xlsx.log.jsonl").read_text("utf-8").splitlines()]
    assert {(edit["cell"], edit["old"], edit["new"]) for edit in log} >= {("D2", "GrÃ¼n", "Grün")}


def test_safe_fixes_go_into_a_copy_of_the_text(run: Any, text: Path) -> None:
    run("check", text, "-m", "US", "--fix", "-q", "--encoding", "cp1252")
    fixed = text.with_name("master.fixed.csv").read_bytes().decode("cp1252")
    assert fixed == text.read_bytes().decode("cp1252").replace("GrÃ¼n", "Grün")


@pytest.mark.parametrize("name", ["workbook", "text"])
def test_fixes_never_make_a_new_finding(run: Any, name: str, request: pytest.FixtureRequest) -> None:
    master = request.getfixturevalue(name)
    how = ["--encoding", "cp1252"] if name == "text" else []
    _, before, _ = run("check", master, "-m", "US", "--format", "jsonl", "--fix", *how)
    fixed = next(path for path in master.parent.glob("master.fixed.*") if path.suffix in (".xlsx", ".csv"))
    _, after, _ = run("check", fixed, "-m", "US", "--format", "jsonl", *how)

    def codes(report: str) -> set[tuple[str, str]]:
        return {(finding["code"], finding["cell"]) for finding in map(json.loads, report.splitlines())}

    assert codes(after) < codes(before)
    assert "TXT006" not in {code for code, cell in codes(after)}


def test_a_diff_shows_the_fixes_and_writes_nothing(run: Any, workbook: Path) -> None:
    _, out, _ = run("check", workbook, "-m", "US", "--diff")
    assert "- GrÃ¼n\n+ Grün\n" in out
    assert sorted(path.name for path in workbook.parent.iterdir()) == ["master.xlsx"]


def test_the_nearest_config_is_used_and_the_command_line_goes_over_it(run: Any, text: Path, monkeypatch: Any) -> None:
    (text.parent / "listingkit.toml").write_text('marketplaces = ["US"]\n[rules]\nselect = ["TXT006"]\nseverity = { TXT006 = "warning" }\n')
    (text.parent / "below").mkdir()
    monkeypatch.chdir(text.parent / "below")
    status, out, _ = run("check", text, "--encoding", "cp1252", "--format", "jsonl")
    assert [(one["code"], one["severity"]) for one in map(json.loads, out.splitlines())] == [("TXT006", "warning")]
    assert status == 0
    _, out, _ = run("check", text, "--encoding", "cp1252", "--format", "jsonl", "--select", "MAP")
    assert {one["code"][:3] for one in map(json.loads, out.splitlines())} <= {"MAP"}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("marketplace = []\n", 1, "did you mean marketplaces?"),
        ("[rules]\nselect = [\n", 3, "TOML"),
        ('[rules]\nseverity = { SKU = "bad" }\n', 2, "error, warning, info, off"),
        ('marketplaces = "US"\n', 1, "a list"),
    ],
)
def test_a_config_with_a_mistake(run: Any, text: Path, content: str, line: int, words: str) -> None:
    (text.parent / "bad.toml").write_text(content)
    status, _, err = run("check", text, "--config", text.parent / "bad.toml")
    assert status == 2
    assert words in err
    assert f"line {line}" in err or "TOML" in words
    assert len(err.strip().splitlines()) == 1


def test_amazons_definition_is_asked_in_place_of_our_schema(run: Any, tmp_path: Path) -> None:
    definition = {
        "$schema": "https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1",
        "$id": "https://schemas.amazon.com/selling-partners/definitions/product-types/schema/v1/HOME",
        "type": "object",
        "required": ["brand", "lid_material"],
        "properties": {
            name: {
                "title": name,
                "type": "array",
                "minItems": 1,
                "selectors": ["marketplace_id"],
                "items": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}, "marketplace_id": mine}},
            }
            for mine in [{"$ref": "#/$defs/marketplace_id"}]
            for name in ("brand", "item_name", "lid_material")
        },
        "$defs": {
            "marketplace_id": {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["ATVPDKIKX0DER"]}], "default": "ATVPDKIKX0DER"}
        },
    }
    (tmp_path / "HOME.json").write_text(json.dumps(definition))
    (tmp_path / "m.csv").write_text("sku,product_type,item_name,brand\nAB-1,HOME,Mug,Havnegade\n")
    status, out, err = run(
        "check", tmp_path / "m.csv", "-m", "US", "--schema", tmp_path / "HOME.json", "--select", "REQ", "--format", "jsonl"
    )
    found = [json.loads(line) for line in out.splitlines()]
    assert status == 1, err
    assert [(one["code"], one["sku"]) for one in found] == [("REQ001", "AB-1")]
    assert "lid_material" in found[0]["message"]
    (tmp_path / "listingkit.toml").write_text('schemas = ["."]\n[rules]\nselect = ["REQ"]\n')
    status, told, err = run("check", tmp_path / "m.csv", "-m", "US", "--config", tmp_path / "listingkit.toml", "--format", "jsonl")
    assert (status, told) == (1, out), err


def test_a_filled_template_is_master_and_template_at_once(run: Any, tmp_path: Path) -> None:
    import polars as pl

    from listingkit.inventory import builtin
    from listingkit.inventory.upload import Upload
    from listingkit.marketplace import marketplace
    from listingkit.render import text as rendered

    template = builtin.template("unified_full", marketplace("US"), product_types=("HOME",))
    sku, name = "contribution_sku#1.value", "item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value"
    rendered.write(Upload(template, pl.DataFrame({sku: ["AB-1"], name: ["T" * 201]}), "US"), tmp_path / "filled.txt")
    status, out, _ = run("check", tmp_path / "filled.txt", "--format", "jsonl", "--select", "TTL001")
    (found,) = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert (found["sku"], found["marketplace"], found["row"]) == ("AB-1", None, 7) or found["marketplace"] == "US"
