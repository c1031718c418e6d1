"""Fixing: a copy that differs in the fixed cells alone, no finding that was not there before, and a way back."""

import gzip
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from listingkit.cli import main
from listingkit.master.read import read
from listingkit.mend.delimited import TextFile
from listingkit.rules.engine import catalogue

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def run() -> Any:
    """The command line: exit status, output, errors."""
    import contextlib

    def run(*args: Any) -> tuple[Any, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit) as stop, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main([str(arg) for arg in args])
        return stop.value.code, out.getvalue(), err.getvalue()

    return run


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook with a lost zero, broken letters, formulas, merged cells, and what openpyxl itself would not keep."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["SKU", "UPC", "Title", "Colour", "Brand"])
    sheet.append(["AB-1", 36000291452, "Stoneware Mug", "GrÃ¼n", "Havnegade"])
    sheet.append(["AB-2", 4006381333931, "Stoneware Bowl", '="GrÃ¼"&"n"', "Havnegade"])
    sheet.append(["AB-3", "5903938801983", "Stoneware Plate", "GrÃ¼n & blue", "Havnegade"])
    sheet.merge_cells("E2:E4")
    sheet["D2"].font = Font(bold=True, color="FF0000")
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["C2"].comment = Comment("ask the factory", "buyer")
    made.save(tmp_path / "master.xlsx")
    with zipfile.ZipFile(tmp_path / "master.xlsx", "a") as package:
        package.writestr("xl/odd.bin", b"nobody knows this part")
    return tmp_path / "master.xlsx"


def test_a_fixed_workbook_differs_in_the_fixed_cells_alone(run: Any, book: Path) -> None:
    before = book.read_bytes()
    _, _, err = run("check", book, "-m", "US", "--fix", "--unsafe", "-q")
    assert book.read_bytes() == before
    fixed = book.with_name("master.fixed.xlsx")
    assert "listingkit undo" in err
    old, new = parts(book), parts(fixed)
    assert {name for name in old if old[name] != new[name]} == {SHEET, "xl/styles.xml"}
    log = [json.loads(line) for line in fixed.with_name("master.fixed.xlsx.log.jsonl").read_text("utf-8").splitlines()]
    assert {(entry["cell"], entry["old"], entry["new"]) for entry in log} == {
        ("B2", "36000291452", "036000291452"),
        ("D2", "GrÃ¼n", "Grün"),
        ("D4", "GrÃ¼n & blue", "Grün & blue"),
    }
    undone = new[SHEET]
    for entry in log:
        undone = undone.replace(entry["wrote"].encode(), entry["was"].encode())
    assert undone == old[SHEET]
    sheet = load_workbook(fixed).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["D2"].value) == ("036000291452", "@", "Grün")
    assert (sheet["D2"].font.b, sheet["D2"].number_format) == (True, "General")
    assert sheet["D3"].value == '="GrÃ¼"&"n"'
    assert sheet["C2"].comment.text == "ask the factory"


def test_a_formula_is_told_and_stays(run: Any, tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["SKU", "Title", "Colour"])
    sheet.append(["AB-1", "Mug", "x"])
    made.save(tmp_path / "m.xlsx")
    content = parts(tmp_path / "m.xlsx")
    cell = re.search(rb'<c r="C2".*?</c>', content[SHEET])
    assert cell is not None
    content[SHEET] = content[SHEET].replace(cell[0], '<c r="C2" t="str"><f>A9</f><v>GrÃ¼n</v></c>'.encode())
    with zipfile.ZipFile(tmp_path / "m.xlsx", "w") as package:
        for name, part in content.items():
            package.writestr(name, part)
    _, out, err = run("check", tmp_path / "m.xlsx", "-m", "US", "--diff")
    assert out == ""
    assert "1 fix is left for you: the cell is a formula" in err
    run("check", tmp_path / "m.xlsx", "-m", "US", "--fix", "-q")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.xlsx"]


def test_undo_gives_the_very_bytes_back_and_can_take_one_rule(run: Any, book: Path) -> None:
    run("check", book, "-m", "US", "--fix", "--unsafe", "-q")
    status, out, _ = run("undo", book.with_name("master.fixed.xlsx"))
    assert (status, out) == (0, "")
    undone = book.with_name("master.undone.xlsx")
    assert parts(undone)[SHEET] == parts(book)[SHEET]
    assert read(undone).frame.equals(read(book).frame)
    run("undo", book.with_name("master.fixed.xlsx"), "--select", "TXT", "-o", book.with_name("some.xlsx"))
    frame = read(book.with_name("some.xlsx")).frame
    assert (frame["B"][0], frame["D"][0]) == ("036000291452", "GrÃ¼n")


def test_undo_of_a_copy_that_was_worked_on(run: Any, book: Path) -> None:
    """Another program has saved it: values come back, and a cell that a person changed is left alone."""
    run("check", book, "-m", "US", "--fix", "--unsafe", "-q")
    fixed = book.with_name("master.fixed.xlsx")
    worked = load_workbook(fixed)
    sheet = worked.active
    assert sheet is not None
    sheet["D4"] = "Petrol"
    worked.save(fixed)
    status, out, _ = run("undo", fixed)
    assert status == 1
    assert out == "Sheet D4 was changed since and stays: it was 'GrÃ¼n & blue'\n"
    sheet = load_workbook(book.with_name("master.undone.xlsx")).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["D2"].value, sheet["D4"].value) == (36000291452, "GrÃ¼n", "Petrol")


def test_undo_of_what_was_never_fixed(run: Any, book: Path) -> None:
    status, _, err = run("undo", book)
    assert status == 2
    assert "master.xlsx.log.jsonl, which tells what was fixed" in err
    book.with_name("master.xlsx.log.jsonl").write_text("[1]\n")
    assert run("undo", book)[0] == 2
    assert run("undo", book, "-o", book)[0] == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"was": ', '"is": '),
        ('"sheet": "Sheet"', '"sheet": []'),
        ('"row": 2', '"row": 1e999'),
        ('"row": 2', '"rov": 2'),
        ('"old": "', '"old": "\\ud800'),
        ('"was": "<c ', '"was": "<d '),
        ('</c>", "wrote"', '<c>", "wrote"'),
        ('"was": "<c r=\\"D2\\"', '"was": "<c r=\\"D3\\"'),
        ('"was": "', '"was": 7, "": "'),
        ("{", "[" * 100_000),
    ],
)
def test_a_log_that_is_damaged_makes_no_broken_copy(run: Any, book: Path, old: str, new: str) -> None:
    run("check", book, "-m", "US", "--fix", "-q")
    fixed = book.with_name("master.fixed.xlsx")
    log = fixed.with_name(fixed.name + ".log.jsonl")
    assert old in log.read_text("utf-8")
    log.write_text(log.read_text("utf-8").replace(old, new, 1), "utf-8")
    status, out, err = run("undo", fixed)
    assert (status, out) == (2, "")
    assert re.search(r"log\.jsonl, line \d is not as a fix was logged: restore the log, or make the copy again", err)
    assert not book.with_name("master.undone.xlsx").exists()


@pytest.mark.parametrize("was", ['"open', "a,b", "a\\nb", "other", '\\"GrÃ¼n\\" '])
def test_a_damaged_log_of_a_text_makes_no_broken_copy(run: Any, tmp_path: Path, was: str) -> None:
    (tmp_path / "m.csv").write_text("sku,title,colour\nA-1,Mug,GrÃ¼n\n", "utf-8")
    run("check", tmp_path / "m.csv", "-m", "US", "--fix", "-q")
    log = tmp_path / "m.fixed.csv.log.jsonl"
    entry = {**json.loads(log.read_text("utf-8")), "was": was}
    log.write_text(json.dumps(entry), "utf-8")
    status, _, err = run("undo", tmp_path / "m.fixed.csv")
    assert status == 2
    assert "line 1 is not as a fix was logged" in err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_fixed_text_differs_in_the_fixed_cells_alone(run: Any, tmp_path: Path, encoding: str) -> None:
    """Quotes, line ends and the byte order mark stay; undoing gives the very bytes back."""
    text = 'SKU;Title;Colour\r\n"AB-1";"Stoneware ""blue"" Mug";"GrÃ¼n"\r\nAB-2;Bowl;GrÃ¼n\n\r\n AB-3 ;"Two; parts";red'
    content = (b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding)
    (tmp_path / "m.csv").write_bytes(content)
    how = ["--encoding", "cp1252"] if encoding == "cp1252" else []
    run("check", tmp_path / "m.csv", "-m", "US", "--fix", "-q", "--select", "TXT", *how)
    fixed = (tmp_path / "m.fixed.csv").read_bytes()
    assert fixed == content.replace(
        "GrÃ¼n".encode(encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le"),
        "Grün".encode(encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le"),
    )
    if encoding != "cp1252":
        assert run("undo", tmp_path / "m.fixed.csv")[0] == 0
        assert (tmp_path / "m.undone.csv").read_bytes() == content


def test_several_masters_each_get_their_copy(run: Any, book: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("sku,item_name,color\nCD-1,Mug,GrÃ¼n\n", "utf-8")
    (tmp_path / "clean.csv").write_text("sku,item_name,color\nEF-1,Mug,Blue\n", "utf-8")
    run("check", book, tmp_path / "other.csv", tmp_path / "clean.csv", "-m", "US", "--fix", "-q")
    assert {path.name for path in tmp_path.glob("*.fixed.*")} == {
        *("master.fixed.xlsx", "master.fixed.xlsx.log.jsonl", "other.fixed.csv", "other.fixed.csv.log.jsonl")
    }
    assert (tmp_path / "other.fixed.csv").read_text("utf-8") == "sku,item_name,color\nCD-1,Mug,Grün\n"


@pytest.mark.parametrize("kind", ["xlsx", "txt"])
def test_a_filled_template_is_fixed_like_a_master(run: Any, tmp_path: Path, templates: ModuleType, kind: str) -> None:
    import polars as pl

    from listingkit.inventory import builtin
    from listingkit.inventory.read import read_template
    from listingkit.inventory.upload import Upload
    from listingkit.marketplace import marketplace
    from listingkit.render import text, workbook

    path = tmp_path / f"filled.{kind}"
    if kind == "txt":
        template = builtin.template("unified_full", marketplace("DE"), product_types=("HOME",))
    else:
        templates.build(templates.unified("DE", "de_DE"), tmp_path / "blank.xlsx")
        template = read_template(tmp_path / "blank.xlsx")
    name = next(column.path for column in template.columns if column.path.startswith("item_name"))
    sku = next(column.path for column in template.columns if "sku" in column.path)
    upload = Upload(template, pl.DataFrame({sku: ["AB-1"], name: ["Becher in GrÃ¼n"]}), "DE")
    if kind == "txt":
        text.write(upload, path)
    else:
        workbook.fill(upload, template, path)
    run("check", path, "--fix", "-q")
    fixed = path.with_name(f"filled.fixed.{kind}")
    _, out, _ = run("check", fixed, "--format", "jsonl")
    assert "TXT006" not in {json.loads(line)["code"] for line in out.splitlines()}
    _, _, err = run("undo", fixed)
    assert "1 cell in" in err
    if kind == "txt":
        assert path.with_name("filled.undone.txt").read_bytes() == path.read_bytes()


def test_masters_that_cannot_be_copied_are_one_sentence(run: Any, tmp_path: Path) -> None:
    (tmp_path / "m.csv.gz").write_bytes(gzip.compress("sku,item_name,color\nAB-1,Mug,GrÃ¼n\n".encode()))
    status, _, err = run("check", tmp_path / "m.csv.gz", "-m", "US", "--fix", "-q")
    assert status == 2
    assert "unpack it first" in err
    (tmp_path / "m.html").write_text(
        "<table><tr><th>SKU</th><th>Title</th><th>Colour</th></tr><tr><td>A-1</td><td>Mug</td><td>GrÃ¼n</td></tr></table>"
    )
    status, _, err = run("check", tmp_path / "m.html", "-m", "US", "--fix", "-q")
    assert status == 2
    assert "save it as xlsx first" in err


def pool() -> dict[str, list[str]]:
    """For each field, the example values of every rule that begins with it."""
    found: dict[str, set[str]] = {}
    for rule in catalogue().values():
        for example in (*rule.bad_examples, *rule.good) if rule.scope == "row" else ():
            cells = (example,) if isinstance(example, str) else example if isinstance(example, tuple) else ()
            for spec, cell in zip(rule.fields, cells, strict=False):
                if isinstance(cell, str) and len(cell) < 300 and "\x00" not in cell:
                    found.setdefault(spec.rstrip("*"), set()).add(cell)
    return {name: sorted(values) for name, values in sorted(found.items())}


POOL = pool()
FIELDS = [name for name in POOL if name not in ("sku", "parent_sku", "bullet_point")][:24]
MASTERS = st.lists(st.fixed_dictionaries({name: st.sampled_from(["", *POOL[name]]) for name in FIELDS}), min_size=1, max_size=12)


def found(run: Any, path: Path) -> Counter[tuple[Any, ...]]:
    status, out, err = run("check", path, "-m", "US", "-m", "DE", "--format", "jsonl")
    assert status in (0, 1), err
    return Counter((one["code"], one["row"], one["cell"], one["marketplace"]) for one in map(json.loads, out.splitlines()))


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(MASTERS, st.sampled_from(["csv", "xlsx"]), st.booleans())
def test_fixes_never_make_a_finding(run: Any, tmp_path_factory: Any, rows: list[dict[str, str]], kind: str, unsafe: bool) -> None:
    folder = tmp_path_factory.mktemp("law")
    path = folder / f"m.{kind}"
    table = [["Seller SKU", *FIELDS], *([f"AB-{number}", *row.values()] for number, row in enumerate(rows))]
    if kind == "csv":
        import csv

        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(table)
    else:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in table:
            sheet.append([value if book.active and not value.startswith("=") else f"'{value}" for value in row])
        book.save(path)
    before = found(run, path)
    run("check", path, "-m", "US", "-m", "DE", "-q", "--fix", *(["--unsafe"] if unsafe else []))
    fixed = folder / f"m.fixed.{kind}"
    if fixed.exists():
        assert found(run, fixed) - before == Counter()
        assert run("undo", fixed)[0] == 0
        assert read(folder / f"m.undone.{kind}").frame.equals(read(path).frame)


def quoted(cell: str, *, always: bool) -> str:
    return '"' + cell.replace('"', '""') + '"' if always or set(cell) & set('";\r\n') else cell


CELLS = st.text(st.sampled_from('ab"; \t\r\né'), max_size=5)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=4), st.data(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_one_cell_of_a_text_is_rewritten_and_nothing_else(
    tmp_path_factory: Any, rows: list[list[str]], data: Any, always: bool, end: str
) -> None:
    import csv

    lines = [";".join(quoted(cell, always=always) for cell in row) + end for row in rows]
    before = "".join(lines).encode()
    path = tmp_path_factory.mktemp("text") / "m.csv"
    path.write_bytes(before)
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[at]) - 1))
    new = data.draw(CELLS)
    text = TextFile(path, "utf-8", ";")
    place = (at + 1, "ABC"[column])
    seen: list[tuple[str, str]] = []

    def rewrite(_: Any, raw: str, value: str) -> str:
        seen.append((raw, value))
        return text.written(new, raw)

    made = text.rewritten({place: rewrite})
    wanted = [[*row] for row in rows]
    wanted[at][column] = new
    assert seen == [(seen[0][0], rows[at][column])]
    assert [row or [""] for row in csv.reader(io.StringIO(made.decode(), newline=""), delimiter=";")] == wanted
    path.write_bytes(made)
    assert TextFile(path, "utf-8", ";").rewritten({place: lambda *_: seen[0][0]}) == before


def test_a_fix_that_would_break_a_rule_nobody_selected_is_left(run: Any, tmp_path: Path) -> None:
    """Without its tags the second title is the same as the first: only all rules together see it."""
    (tmp_path / "m.csv").write_text("sku,item_name,color\nAB-1,Blue Mug,GrÃ¼n\nAB-2,Blue\u200b Mug,Red\n", "utf-8")
    _, out, err = run("check", tmp_path / "m.csv", "-m", "US", "--diff", "--select", "TXT")
    assert "+ Grün\n" in out
    _, every, _ = run("check", tmp_path / "m.csv", "-m", "US", "--diff")
    assert out == every
    assert ("+ Blue Mug" in out) == ("left for you" not in err)


def test_a_baseline_does_not_stop_a_fix(run: Any, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("sku,item_name,color\nAB-1,Mug,GrÃ¼n\n", "utf-8")
    run("check", tmp_path / "m.csv", "-m", "US", "--write-baseline", tmp_path / "known.json")
    _, out, _ = run("check", tmp_path / "m.csv", "-m", "US", "--baseline", tmp_path / "known.json", "--diff")
    assert out == "m.csv C2  TXT006\n- GrÃ¼n\n+ Grün\n"


def test_the_numbers_of_a_fix_add_up(run: Any, tmp_path: Path) -> None:
    """Two safe fixes of the keywords, one of the colour: one of the keywords waits, and what is left is what a check of the copy finds."""
    (tmp_path / "m.csv").write_text('sku,item_name,generic_keyword,color\nAB-1,Mug,"mug, tea mug",GrÃ¼n\n', "utf-8")
    _, out, err = run("check", tmp_path / "m.csv", "-m", "US", "--fix", "-q")
    assert "3 fixes can be applied with --fix." in out
    assert "2 cells fixed in " in err
    assert "1 more fix is for a cell that another fix changes first: " in err
    _, copy, again = run("check", tmp_path / "m.fixed.csv", "-m", "US", "--fix", "-q")
    told = re.search(r"checked again with the fixes: (\d+ errors?) and (\d+ warnings?) left", err)
    assert told is not None
    assert copy.startswith((f"{told[1]} and {told[2]} ", f"{told[1]}, {told[2]} "))
    assert "1 fix can be applied with --fix." in copy
    assert "1 cell fixed in " in again
