"""The profile that `map` writes reads its own sheet as the sheet was read without it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.mapping.apply import map_columns
from listingkit.mapping.draft import draft
from listingkit.mapping.profile import loads
from listingkit.mapping.propose import propose
from listingkit.mapping.synonyms import synonyms
from listingkit.master.sheet import Master

Sheet = Callable[..., Master]
HEADERS = sorted({entry.header for entries in synonyms().values() for entry in entries})
WRAPS = ["{}", "*{}", "{}*", "{} (required)", "{}（必填）", "{}\n(Pflichtfeld)", "【必填】{}", "{} (optional)", " {} ", "{}:"]


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_header_that_says_it_is_required_is_found_again(sheet: Sheet, wrap: str) -> None:
    master = sheet([wrap.format("SKU"), wrap.format("EAN"), "Titel"], [["A", "4006381333931", "x"]])
    profile = loads(draft(propose(master)))
    assert set(profile.columns) == {"sku", "product_id", "item_name"}
    assert map_columns(master, profile).frame.equals(map_columns(master).frame)
    assert map_columns(master, loads(f"ignore = ['''{wrap.format('EAN')}''']")).frame.columns[2:] == ["sku", "item_name"]
    derived = loads(f"[derived]\nmodel_number = '''{{{{ column(\"{wrap.format('EAN').strip()!s}\") }}}}'''") if "\n" not in wrap else None
    if derived:
        assert map_columns(master, derived).frame["model_number"].to_list() == ["4006381333931"]


@settings(max_examples=60)
@given(headers=st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(WRAPS)), min_size=1, max_size=12), data=st.data())
def test_the_draft_of_any_sheet_maps_it_the_same(sheet: Sheet, headers: list[tuple[str, str]], data: st.DataObject) -> None:
    names = ["Seller-SKU-1", *(wrap.format(header) for header, wrap in headers)]
    cells = st.sampled_from(["1", "19,99", "Blau", "4006381333931", "https://x.de/a.jpg", "ja", "", "12 cm", "a; b; c"])
    rows = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=1, max_size=3))
    master = sheet(names, [[f"A-{number}", *row[1:]] for number, row in enumerate(rows)])
    first = '[columns]\nsku = { letter = "A" }\n'
    found = propose(master)
    text = draft(found).replace("[columns]\n", first, 1)
    if any((guess.field or "") == "sku" for guess in found.accepted()):
        text = draft(found)
        first = ""
    assert map_columns(master, loads(text)).frame.equals(map_columns(master, loads(first)).frame)
