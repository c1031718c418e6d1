from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.errors import Unwritable
from listingkit.mapping.apply import map_columns
from listingkit.mapping.draft import draft, write
from listingkit.mapping.drift import drift
from listingkit.mapping.profile import Profile, load, loads
from listingkit.mapping.propose import propose
from listingkit.mapping.report import rows, table
from listingkit.master.sheet import Master

Sheet = Callable[..., Master]
HEADERS = ["Artikel-Nr.", "Titel DE", "Gewicht", "Sortierung", 'Bild "1"\n', "Bullet Points", "Text", "text"]
ROWS = [["A", "Tasse", "2,5", "1", "https://i/1.jpg", "a\nb", "x", "y"], ["B", "Krug", "3,5", "2", "https://i/2.jpg", "c\nd", "x", "y"]]


def test_a_draft_is_a_profile_that_maps_the_same(sheet: Sheet) -> None:
    master = sheet(HEADERS, ROWS)
    text = draft(propose(master))
    profile = loads(text)
    assert profile.header == tuple(HEADERS)
    assert {name: source.column for name, source in profile.columns.items()} == {
        "sku": "Artikel-Nr.",
        "item_name@de_DE": "Titel DE",
        "main_product_image_locator": 'Bild "1"\n',
        "bullet_point": "Bullet Points",
    }
    assert map_columns(master, profile).frame.equals(map_columns(master).frame.select(map_columns(master, profile).frame.columns))


def test_what_is_unsure_stands_in_it_as_a_comment(sheet: Sheet) -> None:
    lines = draft(propose(sheet(HEADERS, ROWS))).splitlines()
    assert '# item_weight = "Gewicht"' in lines
    assert '# package_weight = "Gewicht"' in lines
    assert any(line.startswith('# ignore = ["Sortierung"') for line in lines)
    assert any(line.startswith('"item_name@de_DE" = "Titel DE"  # 0.98 it is called so in German | such as Tasse, Krug') for line in lines)


def test_headers_that_stand_twice_are_named_by_letter(sheet: Sheet) -> None:
    master = sheet(["SKU", "Bullet", "Bullet"], [["A", "x", "y"]], codes=["", "bullet_point1", "bullet_point2"])
    profile = loads(draft(propose(master)))
    assert [source.letter for source in profile.columns.values()] == ["", "B", "C"]
    assert map_columns(master, profile).frame["bullet_point_2"].to_list() == ["y"]


@settings(max_examples=60)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.text(min_size=1, max_size=30))
def test_any_sheet_gives_a_profile_that_can_be_read(sheet: Sheet, headers: list[str], value: str) -> None:
    master = sheet(["SKU", *headers], [["A", *[value] * len(headers)]])
    profile = loads(draft(propose(master)))
    assert profile.header == tuple(column.header for column in master.columns)
    assert map_columns(master, profile).frame.height == 1


def test_a_profile_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write(tmp_path / "p.toml", "lend = true\n")
    assert load(tmp_path / "p.toml").lend
    assert [path.name for path in tmp_path.iterdir()] == ["p.toml"]
    with pytest.raises(Unwritable, match=r"cannot write .*; choose another place"):
        write(tmp_path / "p.toml" / "p.toml", "")
    with pytest.raises(Unwritable, match="cannot write"):
        write(tmp_path, "")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (["SKU", "Titel", "Preis"], []),
        (["*sku", "Titel ", "Preis"], []),
        (["SKU", "Titel", "Preis", "Neu"], ["column 'Neu' is new"]),
        (["SKU", "Titel"], ["column 'Preis' is gone"]),
        (["SKU", "Titel", "Preise"], ["column 'Preis' is now called 'Preise'"]),
        (["SKU", "Name", "Preis"], ["column 'Titel' is now called 'Name'"]),
        (["Preis", "SKU", "Titel"], ["columns have moved: 'Preis'"]),
        (["SKU", "Titel", "Titel", "Preis"], ["column 'Titel' is new"]),
    ],
)
def test_next_months_sheet_is_compared_precisely(sheet: Sheet, now: list[str], expected: list[str]) -> None:
    profile = Profile(header=("SKU", "Titel", "Preis"))
    found = drift(sheet(now), profile)
    assert [finding.message.rpartition("made for: ")[2] for finding in found] == expected
    assert {finding.code for finding in found} <= {"MAP006"}


def test_a_changed_header_is_told_with_the_listings(sheet: Sheet) -> None:
    profile = loads('[columns]\nsku = "SKU"\n[header]\ncolumns = ["SKU", "Alt"]')
    assert [note.code for note in map_columns(sheet(["SKU", "Neu"]), profile).notes] == ["MAP006", "MAP001"]


def test_the_table_shows_every_column(sheet: Sheet) -> None:
    proposal = propose(sheet(HEADERS, ROWS))
    lines = table(proposal, 0.8).splitlines()
    assert len(lines) == 1 + len(HEADERS) + 1
    assert lines[1].split()[:3] == ["A", "Artikel-Nr.", "sku"]
    assert "? item_weight or package_weight" in lines[3]
    assert lines[-1] == "4 of 8 columns mapped, 1 to ask about, 3 unknown or left out"
    assert "no column holds the SKU" in table(propose(sheet(["Titel"])), 0.8)
    assert [row["field"] for row in rows(proposal, 0.99)] == [None] * 8
