"""Attribute paths: one grammar, loss-free both ways."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mug import listing

from listingkit.schemas.paths import Step, bare, flatten, nest, parse, place, write

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
values = st.one_of(st.text(min_size=1, max_size=5), st.integers(), st.booleans())
brackets = st.lists(
    st.tuples(st.sampled_from(["marketplace_id", "language_tag", "audience"]), st.text(st.characters(exclude_characters="[]"), max_size=4)),
    max_size=2,
    unique_by=lambda pair: pair[0],
).map(tuple)
steps = st.lists(st.builds(Step, names, brackets, st.none() | st.integers(1, 99)), min_size=1, max_size=4).map(tuple)
scalars = st.one_of(values, st.lists(values, min_size=1, max_size=3))
members = st.dictionaries(names, scalars, min_size=1, max_size=3)
tags = st.dictionaries(st.sampled_from(["marketplace_id", "language_tag"]), st.sampled_from(["A", "B"]), max_size=2)
items = st.builds(lambda tag, inner: {**tag, **inner}, tags, members)
attributes = st.dictionaries(names, st.one_of(scalars, items, st.lists(items, min_size=1, max_size=4)), max_size=5)


@given(steps)
def test_a_path_reads_back_as_it_was_written(path: tuple[Step, ...]) -> None:
    assert parse(write(path)) == path


@given(attributes)
def test_flatten_and_nest_lose_nothing(whole: dict[str, Any]) -> None:
    cells = dict(flatten(whole))
    assert nest(cells) == whole
    assert list(nest(cells)) == list(whole)
    assert dict(flatten(nest(cells))) == cells


def test_columns_are_named_as_in_real_templates() -> None:
    cells = dict(flatten(listing()))
    here = "[marketplace_id=ATVPDKIKX0DER]"
    assert cells[f"bullet_point{here}[language_tag=en_US]#2.value"] == "Dishwasher safe"
    assert cells[f"color{here}[language_tag=en_US]#1.standardized_values#2"] == "Red"
    assert cells[f"unit_count{here}#1.type[language_tag=en_US].value"] == "Count"
    assert cells[f"purchasable_offer{here}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax"] == 19.99


def test_a_place_has_the_path_of_its_column() -> None:
    whole = listing()
    assert place(whole, ("bullet_point", 1, "value")) == "bullet_point[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#2.value"
    assert place(whole, ("missing",)) == "missing"
    assert bare("color[language_tag=de_DE]#1.value") == "color#1.value"


@pytest.mark.parametrize("path", ["", ".", "a.", "a..b", "a#0", "a[b]", "a[b=c", "a b", "a#1#2", "a]", "x" * 2000])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not an attribute path"):
        parse(path)


@pytest.mark.parametrize("cells", [{"a": 1, "a.b": 2}, {"a#1": 1, "a.b": 2}, {"a.b": 1, "a": 2}, {"a#1": 1, "a": 2}, {"a": 1, "a#1": 2}])
def test_paths_that_contradict_each_other_are_refused(cells: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"given twice|already holds"):
        nest(cells)


@pytest.mark.parametrize("whole", [{"a": [[1]]}, {"a b": 1}])
def test_attributes_without_a_column_are_refused(whole: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no column|cannot stand"):
        list(flatten(whole))
