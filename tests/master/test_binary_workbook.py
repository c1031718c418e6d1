"""xlsb and xls as another program writes them read like the same workbook as xlsx: every kind of cell, and how the sheets are built."""

import contextlib
import json
import os
import random
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from listingkit.errors import Unreadable
from listingkit.master.binary_workbook import made_plain, records
from listingkit.master.compound_workbook import MAGIC, built_of
from listingkit.master.read import read, read_all
from listingkit.master.sheet import Master, letter

MODULES = Path(os.environ.get("LISTINGKIT_NODE_MODULES", ""))
LETTERS = "aZ09 ,;|\"'<&>éÜß家具ナ한€😀\n"
SHEETJS = pytest.mark.skipif(not (MODULES / "xlsx").is_dir(), reason="LISTINGKIT_NODE_MODULES has no xlsx")


def cell(value: Any, kind: str = "s", **more: Any) -> Mapping[str, Any]:
    return {"t": kind, "v": value, **more}


def sheet(rows: list[list[Any]], top: int = 3, left: int = 2) -> dict[str, Any]:
    placed = {f"{letter(left + x)}{top + y}": one for y, cells in enumerate(rows) for x, one in enumerate(cells) if one}
    return {"!ref": f"A1:{letter(left + 12)}{top + len(rows)}", **placed}


def books(folder: Path, *sheets: Any) -> None:
    order = json.dumps({"kinds": ["xlsb", "xlsx", "xls"], "sheets": sheets})
    subprocess.run(["node", str(Path(__file__).with_name("write_books.js")), str(MODULES), str(folder)], input=order.encode(), check=True)


def comparable(master: Master) -> Any:
    evidence = {name: replace(one, formats={}) for name, one in master.evidence.items()}  # calamine does not tell formats
    notes = sorted((note.code, note.row or 0, note.cell or "", note.value or "", note.message) for note in master.notes)
    return master.sheet, master.header_row, master.columns, master.frame.rows(), evidence, notes, sorted(master.spoilt)


@pytest.mark.slow
@SHEETJS
def test_every_kind_of_cell_at_its_address(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [cell(text) for text in ("SKU", "EAN", "Preis", "Datum", "Ja", "Fehler", "Text")],
        [
            cell("A-1"), cell(4006381333931, "n", z="0"), cell(19.99, "n", z="0.00"), cell(45292, "n", z="yyyy-mm-dd"),
            cell(value=True, kind="b"), cell(0x2A, "e"), cell("家具 ü\nx"),
        ],
        [
            cell("A-2"), cell(36000291452, "n"), cell(-0.1, "n"), cell(45292.5, "n", z="d/m/yy h:mm"), cell(value=False, kind="b"),
            cell(0x07, "e", f="1/0"), cell(" <b>&amp; "),
        ],
        [cell("00123"), None, cell(1e15, "n"), cell(0.5, "n", z="h:mm"), None, None, cell(3, "n", f="1+2")],
        [None, cell("012345678905"), None, None, None, cell(0x17, "e")],
    ]  # fmt: skip
    built = {
        "!merges": [{"s": {"r": 5, "c": 8}, "e": {"r": 5, "c": 9}}],
        "!rows": [{}] * 5 + [{"hidden": True}],
        "!cols": [{}] * 3 + [{"hidden": True}],
    }
    books(tmp_path, ["Waren", {**sheet(rows), **built}, 0], ["Listen", sheet(rows), 1], ["Mehr", sheet(rows[:2]), 0])
    binary, plain = read(tmp_path / "book.xlsb", sheet="Waren"), read(tmp_path / "book.xlsx", sheet="Waren")
    assert (binary.kind, plain.kind) == ("xlsb", "xlsx")
    assert comparable(binary) == comparable(plain)
    assert sorted((note.code, note.cell or "") for note in binary.notes) == [("FIL009", ""), ("FIL009", "D3"), ("FIL009", "I6")]
    assert sorted((cell.code, cell.letter, cell.row) for cell in binary.spoilt) == [
        ("FIL008", "H", 4),
        ("FIL008", "H", 5),
        ("FIL008", "H", 7),
        ("XLS003", "E", 6),
    ]
    old = read(tmp_path / "book.xls", sheet="Waren")
    told = sorted((note.code, note.cell or "", note.value) for note in plain.notes if note.cell)  # it writes no hidden rows
    assert sorted((note.code, note.cell or "", note.value) for note in old.notes) == told
    assert sorted(old.spoilt) == sorted(plain.spoilt)
    assert old.frame.drop("F").rows() == plain.frame.drop("F").rows()  # of the formats of dates this writer declares, calamine knows few
    assert [master.sheet for master in read_all(tmp_path / "book.xlsb", sheets="*")] == ["Waren", "Mehr"]


@pytest.mark.slow
@SHEETJS
def test_a_table_of_text_and_gaps_reads_back_equal(tmp_path: Path) -> None:
    chance = random.Random(11)
    header = [f"Header {number}" for number in range(9)]
    table = [["".join(chance.choices(LETTERS, k=chance.randrange(12))).strip() for _ in header] for _ in range(400)]
    books(tmp_path, ["S", sheet([[cell(text) if text else None for text in row] for row in (header, *table)], top=1, left=0), 0])
    wanted = [(number, *(text or None for text in row)) for number, row in enumerate(table, 2) if any(row)]
    assert read(tmp_path / "book.xlsb").frame.rows() == read(tmp_path / "book.xlsx").frame.rows() == wanted


@pytest.mark.slow
@SHEETJS
def test_a_damaged_one_is_read_or_refused(tmp_path: Path) -> None:
    books(tmp_path, ["S", sheet([[cell("SKU"), cell("Title")], [cell("A"), cell("b")]]), 0])
    path = tmp_path / "book.xlsb"
    whole, chance = path.read_bytes(), random.Random(3)
    for _ in range(12):
        broken = BytesIO()
        with zipfile.ZipFile(BytesIO(whole)) as book, zipfile.ZipFile(broken, "w") as copy:
            for info in book.infolist():
                data = bytearray(book.read(info))
                if "sheet" in info.filename or "workbook.bin" in info.filename:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                copy.writestr(info.filename, bytes(data))
        path.write_bytes(broken.getvalue())
        with contextlib.suppress(Unreadable):  # nothing else may be raised
            read(path)


def test_records_that_are_cut_off() -> None:
    assert list(records(b"\x00\x02ab\x81\x01\x00")) == [(0, 0, 2, 4), (129, 4, 7, 7)]
    for cut in (b"\x00", b"\x00\x05ab", b"\x81", b"\x00\xff\xff\xff\xff\xff\xff"):
        with pytest.raises(IndexError):
            list(records(cut))
    content, built = made_plain(BytesIO(b"PK"))
    assert (content.read(), built) == (b"PK", {})


def test_containers_that_run_in_a_circle_or_end_early() -> None:
    head = bytearray(MAGIC + bytes(504))
    head[30] = 9
    head[48:52] = (0).to_bytes(4, "little")
    head[68:72] = (0xFFFFFFFE).to_bytes(4, "little")
    head[76:512] = (0).to_bytes(4, "little") + b"\xff" * 432
    assert built_of(bytes(head) + bytes(512)) == {}  # sector 0 follows itself
    assert built_of(bytes(head)) == {}
    assert built_of(bytes(head[:40])) == {}
    assert built_of(b"PK") == {}
