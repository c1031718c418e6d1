"""Encodings: found on short sheets, verified strictly, said, overridable; mojibake."""

import codecs
import re
from pathlib import Path

import polars as pl
import pytest
from ftfy.bad_codecs import search_function
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import UnknownName, Unreadable
from listingkit.master.mojibake import repaired, suspects
from listingkit.master.read import read

SHEETS = [
    ("cp1252", "SKU;Titel\nA-1;Küchenmesser für Profis, groß – 5,99 €\nA-2;Töpfe und Pfannen\n"),
    ("cp1252", "SKU;Titre\nA-1;Théière émaillée réglable\nA-2;Étagère à épices en chêne\n"),
    ("cp1250", "SKU;Tytuł\nA-1;Nóż kuchenny ze stali nierdzewnej, łańcuszek\nA-2;Kołdra dziecięca żółta\n"),
    ("cp1251", "SKU;Название\nA-1;Кухонный нож из нержавеющей стали\nA-2;Детское одеяло\n"),
    ("cp1254", "SKU;Başlık\nA-1;Çelik mutfak bıçağı ve şişe\nA-2;Güneş gözlüğü çocuk için\n"),
    ("cp1254", "SKU;Ürün adı\nA-1;Çelik mutfak bıçağı büyük şık ürün 1\nA-2;Çelik mutfak bıçağı büyük şık ürün 2\n"),
    ("cp932", "SKU,商品名\nA-1,ステンレス製キッチンナイフ 三徳包丁\nA-2,子供用ブランケット\n"),
    ("gb18030", "SKU,产品标题\nA-1,不锈钢厨房刀具套装\nA-2,儿童毛毯 纯棉\n"),
    ("big5", "SKU,產品標題\nA-1,不鏽鋼廚房刀具套裝\nA-2,兒童毛毯 純棉\n"),
    ("cp949", "SKU,상품명\nA-1,스테인리스 주방 칼 세트\nA-2,어린이 담요 순면\n"),
    ("utf-16", "SKU\tTitel\nA-1\tKüche\n"),
    ("utf-16-le", "SKU,产品标题\nA-1,不锈钢厨房刀具套装\nA-2,儿童毛毯 纯棉 100%\n"),
    ("utf-8-sig", "SKU,产品标题\nA-1,不锈钢\n"),
]


@pytest.mark.parametrize(("encoding", "text"), SHEETS, ids=[f"{encoding}-{text[4:9]}" for encoding, text in SHEETS])
def test_encodings_of_short_sheets(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    master = read(path)
    lines = text.splitlines()
    assert [column.header for column in master.columns] == re.split("[;,\t]", lines[0])
    assert master.frame["B"].to_list() == [line[4:] for line in lines[1:]]
    assert [note.code for note in master.notes] == ([] if encoding in {"utf-16", "utf-8-sig"} else ["FIL001"])


def test_a_named_encoding_is_taken_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes("sku;t\n1;ł\n".encode("cp1250"))
    assert read(path, encoding="cp1250").frame["B"].to_list() == ["ł"]
    assert read(path, encoding="latin-1").frame["B"].to_list() == ["³"]
    with pytest.raises(Unreadable, match="is not utf-8"):
        read(path, encoding="utf-8")
    for nonsense in ("utf9", "zlib", "rot13"):
        with pytest.raises(UnknownName, match="unknown encoding"):
            read(path, encoding=nonsense)


def test_a_late_character_decides(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"sku;title\n" + b"1;plain text only\n" * 200_000 + "2;Küchenmesser für Anfänger, größer\n".encode("cp1252"))
    master = read(path)
    assert master.encoding == "cp1252"
    assert master.frame["B"][-1] == "Küchenmesser für Anfänger, größer"


@pytest.mark.parametrize("good", ["Küche", "Größe 5", "家具 für Kinder", "naïve façade", "Ã", "30 € – 40 €", "ＦＵＬＬ ﬁ “quoted”", "BÂLE"])
def test_sound_text_is_left_alone(good: str) -> None:
    assert repaired(good) is None


@pytest.mark.parametrize("meant", ["Küche", "für Größe XL", "don’t – 5 €", "Théière émaillée", "家具毛巾", "Łódź"])
@pytest.mark.parametrize("wrong", ["sloppy-windows-1252", "latin-1"])
def test_mojibake_is_undone_and_never_missed_by_its_suspects(meant: str, wrong: str) -> None:
    codec = search_function(wrong) or codecs.lookup(wrong)
    garbled, _ = codec.decode(meant.encode())
    assert repaired(garbled) == meant
    assert pl.select(suspects(pl.lit(garbled))).item()


@given(st.text(st.sampled_from("aäüß€’“家具éÃâ©¤¼¶ "), max_size=12))
def test_a_repair_is_final_and_suspected(text: str) -> None:
    fixed = repaired(text)
    if fixed is not None:
        assert repaired(fixed) is None
        assert pl.select(suspects(pl.lit(text))).item()


def test_headers_in_mojibake_are_read_as_meant(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("sku;GrÃ¶ÃŸe\n1;5\n", "utf-8")
    master = read(path)
    assert master.columns[1].header == "Größe"
    [note] = master.notes
    assert (note.code, note.cell, note.value) == ("FIL002", "B1", "GrÃ¶ÃŸe")
    assert note.fix is not None
    assert note.fix.value == "Größe"
