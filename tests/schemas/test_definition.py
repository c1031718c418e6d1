"""Product type definitions: the same yes and no as the oracle."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mug import document, listing, mug
from mutants import mutant
from schema_oracle import oracle

from listingkit.schemas.definition.compile import Compiler
from listingkit.schemas.definition.explain import faults
from listingkit.schemas.definition.formats import FORMATS
from listingkit.schemas.definition.issues import issues
from listingkit.testing.definitions import BREAKERS, attributes, broken_attributes

SLOW = settings(max_examples=40, suppress_health_check=list(HealthCheck))


def test_a_thousand_mutants_are_judged_as_the_oracle_judges_them() -> None:
    valid, random, kinds = oracle(document()), Random(7), {True: 0, False: 0}
    for _ in range(1_000):
        changed = mutant(listing(), mug(), random)
        verdict = mug().plain.check(changed)
        assert verdict == valid(changed), changed
        assert verdict == (not list(faults(mug().plain, changed)))
        assert mug().root.check(changed) == (not list(faults(mug().root, changed)))
        assert verdict or not mug().root.check(changed)  # strict never takes what the definition refuses
        kinds[verdict] += 1
    assert min(kinds.values()) > 100


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "minLength": 2},
        {"enum": [1, "1", None, True, [1, 2.0], {"a": 1}]},
        {"const": False},
        {"type": "integer", "exclusiveMaximum": 7, "maximum": 9},
        {"multipleOf": 0.1},
        {"multipleOf": 3},
        {"uniqueItems": True},
        {"anyOf": [{"type": "integer"}, {"minimum": 5}], "oneOf": [{"type": "string"}, {"maximum": 6}]},
        {"not": {"type": "string"}, "contains": {"const": 1}},
        {"if": {"type": "string"}, "then": {"maxLength": 3}, "else": {"type": "number"}},
        {"if": {"type": "string"}, "else": {"type": "number"}},
        {"properties": {"a": False, "b": True}, "required": ["b"]},
        {"items": {"type": "integer"}, "minItems": 1},
        {"format": "date-time"},
        {"format": "date"},
        {"format": "uri"},
        {"pattern": "^[a-z]+$"},
        True,
        False,
    ],
)
@given(
    value=st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-10, 10),
            st.floats(-10, 10).map(lambda number: round(number, 1)),
            st.text("ab1", max_size=4),
            st.from_regex(r"[12]\d{3}-[01]\d-[0-3]\d(T[0-2]\d:[0-5]\d:(60|[0-5]\d)(\.\d)?(Z|[+-]0[01]:30))?", fullmatch=True),
            st.from_regex(r"(https?|a)://?[a-z]{0,2}(@|:8|\[)?[a-z%2F ]{0,3}(\?|#)?[a]?", fullmatch=True),
        ),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
        max_leaves=5,
    )
)
def test_keywords_mean_what_the_oracle_means(schema: Any, value: Any) -> None:
    node = Compiler({"$defs": {"x": schema}, "allOf": [{"$ref": "#/$defs/x"}]}).root()
    assert node.check(value) == oracle({"$defs": {"x": schema}, "allOf": [{"$ref": "#/$defs/x"}]})(value)


@SLOW
@given(data=st.data())
def test_invented_attributes_are_taken_by_the_oracle(data: st.DataObject) -> None:
    made = data.draw(attributes(mug()))
    assert oracle(document())(made)
    assert mug().root.check(made)


@SLOW
@given(data=st.data())
@pytest.mark.parametrize("keyword", sorted(BREAKERS))
def test_broken_attributes_are_refused_by_the_oracle_and_explained(keyword: str, data: st.DataObject) -> None:
    made, broken = data.draw(broken_attributes(mug(), keyword))
    assert broken == keyword
    assert not oracle(document())(made)
    for issue in issues(mug(), made):
        assert issue.column
        assert "\n" not in issue.message


# The oracle also takes dates with a sign or a dot where a digit stands (`2025-01-0-`): its own slip, so dates are told here by hand.
@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (
            "date",
            ["2024-02-29", "0000-02-29", "9999-12-31"],
            ["2025-02-29", "2025-1-01", "2025-01-0-", "+025-01-01", "٢٠٢٥-01-01", "2025-01-01 ", ""],
        ),
        (
            "date-time",
            ["2025-01-01T00:00:00Z", "2025-01-01t23:59:59.5z", "2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30"],
            [
                "2025-01-01",
                "2025-01-01T00:00:00",
                "2025-01-01T24:00:00Z",
                "2016-12-31T12:00:60Z",
                "2025-01-01T00:00:0-Z",
                "2025-13-01T00:00:00Z",
            ],
        ),
        (
            "uri",
            ["https://example.com/a%20b.jpg?x=1#y", "s3://bucket/key", "https://u:p@[::1]:80/", "http://[v1.a]/", "mailto:a@b", "urn:x:1"],
            [
                "example.com/a.jpg",
                "https://e.com/a b",
                "https://e.com/ä",
                "http://[1:2]/",
                "http://[::1%25eth0]/",
                "http://a:b/",
                "a:%zz",
                "//x",
                "",
            ],
        ),
    ],
)
def test_formats(form: str, good: list[str], bad: list[str]) -> None:
    holds = FORMATS[form]
    assert [value for value in good if not holds(value)] == []
    assert [value for value in bad if holds(value)] == []
