"""Shared strings taken all at once are those parsed one by one."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import Unreadable
from listingkit.inventory.strings import SharedStrings

TEXTS = st.sampled_from(
    ["", " ", "\u3000", "red", "Über", "a &amp; b", "&amp;amp;", "&lt;b&gt;", "&#10;", "_x0041_", "_&amp;x", "two\r\nlines"]
)
ODD_TEXTS = st.sampled_from(["5 > 4", "]]&gt;", "<![CDATA[x]]>", "<!-- x -->"])
FORMS = ["<si><t>{}</t></si>"] * 5 + ['<si><t xml:space="preserve">{}</t></si>']
RARE_FORMS = [
    "<si><t/></si>", "<si> <t>{}</t> </si>", "<si><r><rPr><sz val='9'/></rPr><t>{}</t></r><r><t>more</t></r></si>",
    "<si><t>{}</t><rPh sb='0' eb='1'><t>aid</t></rPh></si>", "<si><t>{}</t><phoneticPr fontId='1'/></si>",
    "<si><t xml:space='preserve'>{}</t></si>",
]  # fmt: skip
ODD_FORMS = ["<si/>", "<x:si><x:t>{}</x:t></x:si>", "<si ><t>{}</t></si>"]


@st.composite
def contents(draw: st.DrawFn) -> tuple[bytes, int]:
    """A part of shared strings, and how many there are."""
    forms = st.sampled_from(FORMS + draw(st.sampled_from([[], RARE_FORMS, RARE_FORMS + ODD_FORMS])))
    texts = draw(st.sampled_from([TEXTS, TEXTS, TEXTS | ODD_TEXTS]))
    items = [form.format(draw(texts)) for form in draw(st.lists(forms, max_size=12))]
    head, tail = draw(st.sampled_from([("", ""), ('<?xml version="1.0"?>', ""), ("", "<extLst><ext/></extLst>")]))
    return f'{head}<sst xmlns="m" xmlns:x="m">{"".join(items)}{tail}</sst>'.encode(), len(items)


@given(given_=contents())
def test_strings_at_once_are_those_one_by_one(given_: tuple[bytes, int]) -> None:
    content, count = given_
    one_by_one = SharedStrings(content, lambda: content, "")
    expected = [text if (text := one_by_one[number]).strip() else None for number in range(count)]
    numbers = pl.Series([*range(count), count + 7, None], dtype=pl.UInt32)
    assert SharedStrings(content, lambda: content, "").gather(numbers).to_list() == [*expected, None, None]
    within = pl.Series([*range(count), None, None], dtype=pl.UInt32)
    columns = SharedStrings(content, lambda: content, "").columns(pl.DataFrame({"a": numbers, "b": within, "c": within.clear(len(within))}))
    assert {name: texts.to_list() for name, texts in columns.items()} == {
        "a": [*expected, None, None], "b": [*expected, None, None], "c": [None] * len(within)
    }  # fmt: skip


def test_a_look_at_the_head_reads_no_more() -> None:
    strings = SharedStrings(b"<sst><si><t>first</t></si><si><t>cut o", lambda: b"", "")
    assert strings[0] == "first"
    assert "_content" not in vars(strings)


def test_a_string_that_is_not_utf_8_is_said_when_it_is_asked_for() -> None:
    content = b"<sst><si ><t>sound</t></si><si><t>\xff</t></si></sst>"
    strings = SharedStrings(b"", lambda: content, "book")
    assert strings.gather(pl.Series([0], dtype=pl.UInt32)).to_list() == ["sound"]
    with pytest.raises(Unreadable, match=r"book: xl/sharedStrings.xml is broken"):
        strings.gather(pl.Series([0, 1], dtype=pl.UInt32))


def test_one_string_far_down_is_not_parsed_apart() -> None:
    content = f"<sst>{''.join(f'<si><t>text {number}</t></si>' for number in range(5000))}</sst>".encode()
    strings = SharedStrings(content, lambda: content, "")
    assert (strings[4999], strings[3], strings[5000]) == ("text 4999", "text 3", "")
    assert "_pieces" not in vars(strings)
