"""What people read: the table, the page, the workbook."""

import hashlib
import io
import re
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.finding import Severity
from listingkit.inventory.upload import Upload
from listingkit.report import changes_book, changes_page, changes_text, looks
from listingkit.report.wordmarks import WORDS, Part, folded, marks

Make = Callable[..., Upload]

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</style></script><b>",
    "\u202egpj.exe",
    "=cmd|'/c calc'!A0",
    "a\x00b\x1b[31mred",
    "'; drop table skus; --",
]


@pytest.fixture
def changes(upload: Make) -> Changes:
    child = {"parentage_level": "child", "parent_sku": "P"}
    old = [
        {"sku": "Z-child", **child, "item_name": "Becher blau, 350 ml", "price": "5"},
        {"sku": "B-child", **child, "item_name": "Tasse"},
        {"sku": "M", "item_name": "Krug", "bullet_point_1": "a", "bullet_point_2": "b", "bullet_point_3": "c"},
        {"sku": "gone", "item_name": "Teller"},
    ]
    new = [
        {"sku": "Z-child", **child, "item_name": "Becher rot, 350 ml", "price": "50"},
        {"sku": "B-child", **child},
        {"sku": "M", "item_name": "Krug", "bullet_point_1": "b", "bullet_point_2": "c", "bullet_point_3": "a"},
        {"sku": "fresh", "item_name": "Schale"},
    ]
    return compare(upload(old), upload(new))


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.content: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.content.append(data)


def page(changes: Changes) -> str:
    stream = io.StringIO()
    changes_page.write(changes, stream)
    return stream.getvalue()


def test_dangerous_groups_come_first(changes: Changes) -> None:
    lines = list(changes_text.lines(changes))
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles[:2] == ["OPS001 blank-wipes-live-value: 1 change, DANGEROUS", "OPS012 price-jump: 1 change, DANGEROUS"]
    assert titles[-1] == "DE: 1 new, 3 changed, 1 vanished but still live; 4 differing cells; 2 dangerous changes"
    assert "    B-child  item_name: Tasse -> (blank)" in lines


def test_long_groups_are_cut_and_say_so(upload: Make) -> None:
    changes = compare(upload([]), upload([{"sku": f"{n:03}", "record_action": "full_update"} for n in range(30)]))
    assert "    ... and 10 more (--format jsonl has them all)" in list(changes_text.lines(changes))


def test_a_terminal_gets_tables(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    changes_text.write(changes, stream)
    told = stream.getvalue()
    assert "OPS012 price-jump: 1 change, dangerous" in told
    assert re.search(r"Z-child +price +5 +50", told)


def test_the_page_is_self_contained_under_a_strict_policy(changes: Changes) -> None:
    seen = Page(page(changes))
    policy = next(value for name, value in seen.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    body = page(changes)
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", body, re.DOTALL)
        assert len(inline) == 1
        digest = b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert not {"img", "link", "iframe", "object"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "href", "style")]


def test_the_page_marks_words_and_keeps_families_together(changes: Changes) -> None:
    body = page(changes)
    assert "Becher <del>blau</del>, 350 ml" in body
    assert "Becher <ins>rot</ins>, 350 ml" in body
    order = [value for name, value in Page(body).attributes if name == "data-sku"]
    assert order == ["m", "b-child", "z-child", "z-child", "fresh", "gone"]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_in_a_cell_is_obeyed(upload: Make, evil: str) -> None:
    changes = compare(upload([{"sku": f"S{evil}", "item_name": evil}]), upload([{"sku": f"S{evil}", "item_name": f"{evil} x"}]))
    plain = set(Page(page(compare(upload([{"sku": "S", "item_name": "a"}]), upload([{"sku": "S", "item_name": "a x"}])))).tags)
    seen = Page(page(changes))
    assert set(seen.tags) == plain
    assert not any(char in page(changes) for char in "\x00\x1b\u202e")
    assert not any(char in line for line in changes_text.lines(changes) for char in "\x00\x1b\u202e")
    stream = io.BytesIO()
    changes_book.write(changes, stream)
    for row in load_workbook(stream).worksheets[0].iter_rows():
        assert all(cell.data_type != "f" for cell in row)


def test_the_page_has_its_limit(upload: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_page, "SHOWN", 3)
    old = upload([{"sku": str(n), "item_name": "Becher"} for n in range(5)])
    body = page(compare(old, upload([{"sku": str(n), "item_name": None if n == 4 else "Tasse"} for n in range(5)])))
    assert "2 more changes are not on this page" in body
    assert 'data-sku="4"' in body


def test_the_workbook_has_colours_and_old_values(changes: Changes) -> None:
    stream = io.BytesIO()
    changes_book.write(changes, stream)
    book = load_workbook(stream)
    sheet, legend = book["Changes"], book["Legend"]
    heads = [cell.value for cell in sheet[1]]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    price = rows["Z-child"][heads.index("price")]
    assert (price.value, price.fill.fgColor.rgb) == ("50", looks.FILLS[Severity.ERROR])
    assert price.comment.text == "OPS012: was 5"
    wiped = rows["B-child"][heads.index("item_name")]
    assert (wiped.value, wiped.comment.text) == (None, "OPS001: was Tasse")
    assert rows["gone"][1].value == "vanished, OPS003"
    assert rows["Z-child"][1].value == "changed, OPS012"
    assert rows["fresh"][0].fill.fgColor.rgb == "FFCFEBD6"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", f"A1:{sheet.cell(1, len(heads)).column_letter}6")
    again = io.BytesIO()
    changes_book.write(changes, again)
    assert again.getvalue() == stream.getvalue()
    assert legend["A1"].value == changes_text.summary(changes)


@settings(max_examples=100)
@given(st.text(max_size=60), st.text(max_size=60))
def test_the_parts_are_the_texts_and_unmarked_parts_are_common(old: str, new: str) -> None:
    before, after = marks(old, new)
    assert "".join(part.text for part in before) == old
    assert "".join(part.text for part in after) == new
    assert [part.text for part in before if not part.marked] == [part.text for part in after if not part.marked]
    if old == new:
        assert not any(part.marked for part in before)


def test_scripts_without_spaces_are_marked_by_character() -> None:
    before, after = marks("青いマグカップ", "赤いマグカップ")
    assert [part.text for part in before if part.marked] == ["青"]
    assert [part.text for part in after if part.marked] == ["赤"]


def test_very_long_texts_are_not_compared_by_words() -> None:
    before, _ = marks("a " * WORDS, "b " * WORDS)
    assert [part.marked for part in before] == [True, False]


def test_a_word_in_a_very_long_text_is_marked_alone() -> None:
    words = [f"word{number}" for number in range(3 * WORDS)]
    before, after = marks(" ".join([*words, "blue", *words]), " ".join([*words, "red", *words]))
    assert [part.text for part in before if part.marked] == ["blue"]
    assert [part.text for part in after if part.marked] == ["red"]
    shown = folded(before, 20, 100)
    assert (
        "".join(part.text for part in shown)
        == f"{' '.join(words)[:20]} [...] {' '.join(words)[-19:]} blue {' '.join(words)[:19]} [...] {' '.join(words)[-20:]}"
    )
    assert folded([Part("x" * 101, marked=True)], 20, 100) == [Part("x" * 100 + " [...]", marked=True)]
