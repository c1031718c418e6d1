"""HTML as text: many cells at once give what one parser gives for each."""

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listingkit.mapping.html_text import text
from listingkit.mapping.markup import TAG, without_markup

TAGS = [
    "<p>",
    "</p>",
    "<br>",
    "<BR/>",
    "<ul>",
    "<li>",
    "</li>",
    "<b>",
    "</B>",
    "<span class='a>b'>",
    "<script>",
    "</script>",
    "<x>",
    "</p/>",
]
OTHERS = [
    "a",
    "Zwei Wörter",
    "  ",
    "\n",
    "\t",
    "&amp;",
    "&",
    "<",
    ">",
    "< p>",
    "\x1d",
    "\u2028",
    "\u3000",
    "1 < 2",
    "<p",
    "b>",
    "<!-- c -->",
]
PIECES = st.sampled_from(TAGS + OTHERS)


@settings(max_examples=300)
@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=6))
@example(["x</p>a"])
def test_cells_together_are_cells_by_themselves(cells: list[str]) -> None:
    column = pl.Series("cells", cells, dtype=pl.String)
    tagged = column.str.contains(TAG).to_list()
    expected = [(text(cell) or None) if has else cell for cell, has in zip(cells, tagged, strict=True)]
    assert without_markup(column).to_list() == expected


def test_a_description() -> None:
    column = pl.Series(["<p>Ein <b>Becher</b>,\n350 ml</p><ul><li>blau</li><li>  rot </li></ul>", "kein Becher", "<br>", None])
    assert without_markup(column).to_list() == ["Ein Becher, 350 ml\nblau\nrot", "kein Becher", None, None]
