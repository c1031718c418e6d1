"""A build into the seller's own template: rows it already has, texts it cannot write, files cut to size."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from listingkit.build import Built, Order, build
from listingkit.cli import build as build_command
from listingkit.cli import diff as diff_command
from listingkit.cli import sent as sent_command
from listingkit.diff import ledger, live
from listingkit.diff.compare import compare
from listingkit.diff.split import Split
from listingkit.errors import ListingkitError, Unwritable
from listingkit.inventory.read import read_template
from listingkit.inventory.upload_read import read_upload
from listingkit.job import Inputs
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.parts import Parts

HEAD = "sku,product_type,brand,product_id,product_id_type,item_name,price,record_action"
ACTION = "::record_action"
SKU = "contribution_sku#1.value"


def master(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
    return path


def made(path: Path, template: Path, out: Path, **options: Any) -> Built:
    return build(Order(Inputs((str(path),)), out, date(2026, 11, 1), templates=(str(template),), policy="all", **options))


@pytest.fixture
def legacy(templates: ModuleType, tmp_path: Path) -> Path:
    built: Path = templates.build(templates.legacy(), tmp_path / "legacy.xlsm")
    return built


def test_what_no_text_file_can_hold_is_a_finding_and_never_ships(legacy: Path, tmp_path: Path) -> None:
    path = master(tmp_path / "m.csv", "A,MUG,Acme,,,Kubek Łódź,5,", "B,MUG,Acme,,,Café,5,")
    built = made(path, legacy, tmp_path / "out")
    (found,) = [finding for finding in built.findings if finding.code == "FIL011"]
    assert (found.cell, found.sku, found.marketplace, found.severity.value) == ("F2", "A", "UK", "error")
    assert found.message.startswith("'Ł' does not exist in cp1252")
    for name in ("upload.txt", "upload.xlsm"):
        assert read_upload(tmp_path / "out" / "UK" / name).frame["item_sku"].to_list() == ["B"]
    with pytest.raises(Unwritable, match=r"cell G4 holds 'Ł', which this template's encoding cp1252 does not have"):
        made(path, legacy, tmp_path / "off", config=replace(built.order.config, ignore=("FIL011",)))
    assert not (tmp_path / "off").exists()


def test_what_the_template_has_no_column_for_is_told(templates: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("sku,product_type,item_name,pattern,item_name@de_DE\nA,MUG,Mug,Dots,Becher\nB,MUG,Mug 2,,\n", "utf-8")
    template = templates.build(templates.unified(), tmp_path / "t.xlsm")
    built = made(path, template, tmp_path / "out")
    told = [(one.column, one.field, one.marketplace, one.row, one.message) for one in built.findings if one.code == "TPL013"]
    assert told == [("pattern", "pattern", "US", None, "t.xlsm has no column for pattern: what the sheet holds there is not uploaded")]
    parts = Parts(Inputs((str(path),)), rows=1)
    _, found = check_parts(parts, Question((), date(2026, 11, 1), templates=[read_template(template)]))
    assert [one.code for one in found].count("TPL013") == 1


def test_a_blank_that_the_template_has_no_column_for_is_no_flaw_of_its_marketplace_beside_others(
    templates: ModuleType, tmp_path: Path
) -> None:
    template = templates.build(templates.unified(), tmp_path / "us.xlsm")
    path = master(tmp_path / "m.csv", "A,MUG,Acme,4006381333931,EAN,Mug,9.50,")
    alone, beside = (
        [
            (one.field, one.marketplace)
            for one in made(path, template, tmp_path / "out", marketplaces=stores).findings
            if one.code == "REQ001" and one.field == "country_of_origin"
        ]
        for stores in (("US",), ("US", "DE"))
    )
    assert (alone, beside) == ([], [("country_of_origin", "DE")])


@pytest.mark.parametrize(
    ("default", "action", "asked"), [("partial_update", "", 0), ("full_update", "", 1), ("partial_update", "full_update", 1)]
)
def test_a_blank_cell_of_a_partial_update_is_no_flaw(default: str, action: str, asked: int, templates: ModuleType, tmp_path: Path) -> None:
    template = templates.build(replace(templates.unified(), default_action=default), tmp_path / "us.xlsm")
    path = master(tmp_path / "m.csv", f"A,MUG,,4006381333931,EAN,Mug,9.50,{action}")
    found = made(path, template, tmp_path / "out").findings
    assert sum(one.field == "brand" and one.severity.value == "error" for one in found) == asked


def test_a_template_that_no_marketplace_would_use_is_refused(templates: ModuleType, tmp_path: Path) -> None:
    path = master(tmp_path / "m.csv", "A,MUG,Acme,,,Mug,5,")
    one, other = (str(templates.build(templates.unified(), tmp_path / f"{name}.xlsm")) for name in ("one", "other"))
    for stores, given, told in (
        (("FR",), (one,), "one.xlsm is a template for US, and FR is asked for"),
        ((), (one, other), "one.xlsm and other.xlsm are both for US"),
    ):
        with pytest.raises(ListingkitError, match=told):
            build(Order(Inputs((str(path),)), tmp_path / "out", date(2026, 11, 1), stores, templates=given))
    assert not (tmp_path / "out").exists()


def test_unified_text_holds_every_letter(templates: ModuleType, tmp_path: Path) -> None:
    template = templates.build(templates.unified(), tmp_path / "t.xlsm")
    built = made(master(tmp_path / "m.csv", "A,MUG,Acme,,,Kubek Łódź 杯,5,"), template, tmp_path / "out")
    assert [finding for finding in built.findings if finding.code == "FIL011"] == []
    assert read_upload(tmp_path / "out" / "US" / "upload.txt").frame.height == 1


def test_a_template_may_be_text(templates: ModuleType, tmp_path: Path) -> None:
    template = templates.build(templates.unified(), tmp_path / "t.txt")
    made(master(tmp_path / "m.csv", "A,MUG,Acme,,,Mug,5,"), template, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out" / "US").iterdir()) == ["upload.txt"]
    header, given = (
        [line.rstrip("\t") for line in path.read_text("utf-8").splitlines()[:6]] for path in (tmp_path / "out/US/upload.txt", template)
    )
    assert header == given


@pytest.mark.parametrize(
    ("existing", "expected", "said"),
    [
        ("replace", [("A", "Ours"), ("C", "Ours")], "2 rows of the template replaced"),
        ("append", [("A", "Theirs"), ("B", "Theirs"), ("A", "Ours"), ("C", "Ours")], "1 SKU twice, in a row of the template and in ours"),
        ("keep", [("A", "Theirs"), ("B", "Theirs"), ("C", "Ours")], "1 row left out, of which the template has the SKU"),
    ],
)
def test_rows_that_the_template_already_has(
    templates: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], existing: str, expected: list[tuple[str, str]], said: str
) -> None:
    name = "item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value"
    theirs = [{SKU: sku, "product_type#1.value": "MUG", name: "Theirs"} for sku in "AB"]
    template = templates.build(replace(templates.unified(), rows=theirs), tmp_path / "t.xlsm")
    path = master(tmp_path / "m.csv", "A,MUG,Acme,,,Ours,5,", "C,MUG,Acme,,,Ours,5,")
    words = ["--template", str(template), "-o", str(tmp_path / "out"), "--include-errors", "--existing-rows", existing]
    build_command.build.main([str(path), *words], standalone_mode=False)
    assert said in capsys.readouterr().out
    for file in ("upload.txt", "upload.xlsm"):
        frame = read_upload(tmp_path / "out" / "US" / file).frame
        assert list(zip(frame[SKU], frame[name], strict=True)) == expected, file
    told = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert told["marketplaces"]["US"]["shipped"] == 2, "only our own rows are counted"


def test_kept_rows_are_no_difference(templates: ModuleType, tmp_path: Path) -> None:
    theirs = [{SKU: "B", "product_type#1.value": "MUG", "amzn1.volt.ca.product_id_type": "EAN"}]
    template = templates.build(replace(templates.unified(), rows=theirs), tmp_path / "t.xlsm")
    path = master(tmp_path / "m.csv", "A,MUG,Acme,,,Ours,5,")
    made(path, template, tmp_path / "one", existing="keep")
    again = made(path, template, tmp_path / "two", existing="keep", previous=(str(tmp_path / "one"),))
    assert again.made[0].changes is not None
    assert again.made[0].changes.counts() | {"unchanged": 2} == dict.fromkeys(again.made[0].changes.counts(), 0) | {"unchanged": 2}
    assert again.made[0].changes.unchanged.to_list() == ["A", "B"]


def test_a_split_build_is_recorded_file_by_file(
    templates: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    template = templates.build(templates.unified(), Path("t.xlsm"))
    rows = [f"{kind[0]}{n},{kind},Acme,,,Thing {n},5," for n in range(3) for kind in ("MUG", "PLATE")]
    words = ["--template", str(template), "--include-errors", "--split-by", "product-type", "--max-rows", "2"]
    build_command.build.main([str(master(Path("m.csv"), *rows)), *words, "-o", "one"], standalone_mode=False)
    parts = Path("one/US/parts")
    told = json.loads(Path("one/manifest.json").read_text("utf-8"))
    names = ["upload-01-MUG.txt", "upload-02-MUG.txt", "upload-03-PLATE.txt", "upload-04-PLATE.txt"]
    assert [(part["file"], part["rows"]) for part in told["marketplaces"]["US"]["parts"]] == list(zip(names, (2, 1, 2, 1), strict=True))
    assert {f"US/parts/{name}" for name in names} <= told["outputs"].keys()
    assert read_upload(parts / "upload-03-PLATE.xlsm").frame[SKU].to_list() == ["P0", "P1"], "filled templates, too"
    sent_command.sent.main(["one"], standalone_mode=False)
    sent_command.sent.main(["one"], standalone_mode=False)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("uploads in one/*/parts; ") for line in lines), "the summary says what to upload"
    assert [line.partition("/parts/")[2] for line in lines if "recorded one" in line] == [
        f"{name} as upload {n}" for n, name in enumerate(names, 1)
    ]
    assert sum("nothing to add" in line for line in lines) == 4
    whole = read_upload("one/US/upload.txt")
    state = live.state(Path(ledger.NAME), "US")
    assert state is not None
    assert list(compare(state, whole)) == []

    rows[0] = rows[0].replace(",5,", ",6,")
    rows[5] = rows[5].replace(",5,", ",6,")
    build_command.build.main([str(master(Path("m.csv"), *rows)), *words, "-o", "two"], standalone_mode=False)
    assert sorted(path.name for path in Path("two/US/parts").glob("*.txt")) == ["delta-01-MUG.txt", "delta-02-PLATE.txt"]
    sent_command.sent.main(["two"], standalone_mode=False)
    state = live.state(Path(ledger.NAME), "US")
    assert state is not None
    assert list(compare(state, read_upload("two/US/upload.txt"))) == []
    build_command.build.main([str(master(Path("m.csv"), *rows)), *words, "-o", "three", "--previous", "two"], standalone_mode=False)
    assert json.loads(Path("three/manifest.json").read_text("utf-8"))["marketplaces"]["US"]["changes"]["unchanged"] == 6


def test_several_previous_files_of_one_marketplace_are_taken_together(templates: ModuleType, tmp_path: Path) -> None:
    template = templates.build(templates.unified(), tmp_path / "t.xlsm")
    path = master(tmp_path / "m.csv", *(f"M{n},MUG,Acme,,,Thing {n},5," for n in range(4)))
    made(path, template, tmp_path / "one", split=Split(rows=2))
    parts = tuple(str(path) for path in sorted((tmp_path / "one" / "US" / "parts").glob("*.txt")))
    changes = made(path, template, tmp_path / "two", previous=parts).made[0].changes
    assert changes is not None
    assert (len(parts), len(changes), len(changes.unchanged)) == (2, 0, 4)


def test_the_delta_of_two_files_as_filled_templates(templates: ModuleType, tmp_path: Path) -> None:
    template = templates.build(templates.unified(), tmp_path / "t.xlsm")
    for name, price in (("one", "5"), ("two", "5.5")):
        made(master(tmp_path / "m.csv", *(f"M{n},MUG,Acme,,,Thing,{price}," for n in range(3))), template, tmp_path / name)
    old, new = str(tmp_path / "one/US/upload.txt"), str(tmp_path / "two/US/upload.xlsm")
    words = ["--delta", str(tmp_path / "delta.xlsm"), "--max-rows", "2", "-o", str(tmp_path / "told.txt")]
    diff_command.diff.main([old, new, *words], standalone_mode=False)
    found = [read_upload(tmp_path / f"delta-0{n}.xlsm").frame for n in (1, 2)]
    assert [frame[SKU].to_list() for frame in found] == [["M0", "M1"], ["M2"]]
    assert {word for frame in found for word in frame[ACTION]} == {"partial_update"}
    with pytest.raises(Unwritable, match=r"is no workbook"):
        diff_command.diff.main([old, str(tmp_path / "two/US/upload.txt"), *words], standalone_mode=False)
    words += ["--template", str(template)]
    diff_command.diff.main([old, str(tmp_path / "two/US/upload.txt"), *words], standalone_mode=False)
    with pytest.raises(Unwritable, match=r"is of another kind: name it \*.xlsm"):
        diff_command.diff.main([old, new, "--delta", str(tmp_path / "delta.xlsx"), "-o", str(tmp_path / "told.txt")], standalone_mode=False)


@pytest.mark.parametrize(("text", "size"), [("10MB", 10_000_000), ("5 MiB", 5 << 20), ("2000", 2000), ("1.5k", 1500)])
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    from listingkit.cli.options import Bytes

    assert Bytes().convert(text, None, None) == size
