from collections.abc import Callable
from typing import Any

import pytest

from listingkit.errors import BadProfile
from listingkit.mapping.apply import map_columns
from listingkit.mapping.expressions import title_case, truncate
from listingkit.mapping.profile import loads
from listingkit.master.sheet import Master

Sheet = Callable[..., Master]
HEADERS = ["SKU", "Brand", "Model name", "Price", "Length (cm)", "Colour code*"]
ROWS = [["A1", "ACME", "One", "10.00", "2.54", "07"], ["A2", "ACME", None, "20.50", None, "08"], ["A3", "Other", "Two", None, "5.08", "07"]]


def derived(sheet: Sheet, field: str, template: str, language: str = "") -> list[str | None]:
    text = f'{language}\n[derived]\n"{field}" = {template!r}\n'
    frame = map_columns(sheet(HEADERS, ROWS), loads(text, "p.toml")).frame
    values: list[str | None] = frame[field].to_list()
    return values


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ brand }} {{ model_name }}", ["ACME One", "ACME", "Other Two"]),
        ("{{ brand }} {{ model_name }} {{ sku }}", ["ACME One A1", "ACME A2", "Other Two A3"]),
        ("{{ brand | lower }}", ["acme", "acme", "other"]),
        ("{% if model_name %}{{ model_name }}{% else %}-{% endif %}", ["One", "-", "Two"]),
        ("{{ model_name | default('none') }}", ["One", "none", "Two"]),
        ("{{ column('Colour Code') }}", ["07", "08", "07"]),
        ('{{ row["colour code"] }}/{{ row["SKU"] }}', ["07/A1", "08/A2", "07/A3"]),
        ("{{ item_length | unit('cm', 'inches') }}", ["1", None, "2"]),
        ("{{ brand | truncate(3) }}", ["ACM", "ACM", "Oth"]),
        ("SUT-{{ row_number }}", ["SUT-2", "SUT-3", "SUT-4"]),
        ("always the same", ["always the same"] * 3),
        ("{{ 2 * 3 }}", ["6"] * 3),
        ("{{ brand ~ '-' ~ sku }}", ["ACME-A1", "ACME-A2", "Other-A3"]),
    ],
)
def test_expressions(sheet: Sheet, template: str, expected: list[str | None]) -> None:
    assert derived(sheet, "item_name", template) == expected


def test_prices_are_computed_exactly(sheet: Sheet) -> None:
    template = "{% if price %}{{ ((price | number) * 1.19) | fixed(2) }}{% endif %}"
    assert derived(sheet, "price@DE", template) == ["11.90", "24.40", None]


def test_later_fields_use_earlier_ones_and_constants(sheet: Sheet) -> None:
    profile = loads('[constants]\nmanufacturer = "M"\n[derived]\nstyle = "{{ manufacturer }}-{{ sku }}"\nitem_name = "<{{ style }}>"')
    assert map_columns(sheet(HEADERS, ROWS), profile).frame["item_name"].to_list() == ["<M-A1>", "<M-A2>", "<M-A3>"]


def test_a_plain_name_means_the_language_of_the_field_it_makes(sheet: Sheet) -> None:
    master = sheet(["SKU", "Title DE", "Title FR"], [["A", "Tasse", "Mug"]])
    profile = loads('[derived]\n"product_description@fr_FR" = "{{ item_name }}!"\n"product_description@de_DE" = "{{ item_name }}?"')
    frame = map_columns(master, profile).frame
    assert frame["product_description@fr_FR"].to_list() == ["Mug!"]
    assert frame["product_description@de_DE"].to_list() == ["Tasse?"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ brand ", "p.toml, line 3: item_name: "),
        ("{{ brnad }}", "p.toml, line 3: item_name: 'brnad' is not a mapped field"),
        ("{{ column('Nothing') }}", "the sheet has no such header"),
        ("{{ column(brand) }}", "takes one header in quotes"),
        ('{{ row["nothing"] }}', "row 2: there is no column 'nothing'"),
        ("SUT-{{ row }}", "the number of the row is row_number"),
        ("{{ (model_name | number) * 2 }}", "row 2: 'One' is not a number"),
        ("{{ model_name | nonsense }}", "No filter named 'nonsense'"),
        ("{{ ''.__class__.__mro__ }}", "row|unsafe|undefined"),
        ("{{ brand.upper() }}", "only column"),
        ("{{ brand.__class__ }}", "unsafe"),
        ("{{ brand['__class__'] }}", "unsafe|no attribute|undefined"),
        ("{% for x in brand %}{{ x }}{% endfor %}", "{% for %} is not allowed"),
        ("{% set x = brand %}{{ x }}", "{% assign %} is not allowed"),
        ("{% macro m() %}{% endmacro %}", "{% macro %} is not allowed"),
        ("{% include '/etc/passwd' %}", "{% include %} is not allowed"),
        ("{{ 'a' * 1000000000 }}", "takes numbers"),
        ("{{ 9 ** 9 ** 9 }}", "not allowed"),
        ("{{ '%1000000000d' % 1 }}", "takes numbers"),
        ("{{ 1000000000000000000 * 1000000000000000000 * 10 }}", "takes numbers"),
        ("{{ 1 / 0 }}", "division|Division"),
        ("{{ range(10) }}", "only column"),
        ("{{ brand | truncate('x') }}", "row 2"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "item_name"),
        ("{{ " + "~".join(["brand"] * 2000) + " }}", "longer than 5000 characters"),
        ("{{ column }}{{ column.is_column }}", "unsafe"),
        ("{{ row.items }}", "row 2"),
        ("{{ [brand] * 1000000 }}", "takes numbers"),
    ],
)
def test_a_broken_expression_names_profile_line_and_row(sheet: Sheet, template: str, message: str) -> None:
    with pytest.raises(BadProfile, match=message) as caught:
        derived(sheet, "item_name", template)
    assert str(caught.value).startswith("p.toml, line 3: item_name: ")


def test_results_are_bounded(sheet: Sheet) -> None:
    rows = [[f"A{at}", "x" * 15_000, "y", "1", "1", "0"] for at in range(2)]
    with pytest.raises(BadProfile, match="longer than 20000 characters"):
        map_columns(sheet(HEADERS, rows), loads('[derived]\nitem_name = "{{ brand }}{{ brand }}"'))
    with pytest.raises(BadProfile, match="too long"):
        map_columns(sheet(HEADERS, rows), loads("[derived]\nitem_name = \"{{ brand | replace('x', 'xxxxxx') }}\""))


def test_a_value_that_is_too_long_to_compute_with(sheet: Sheet) -> None:
    rows = [["A", "x" * 20_001, "y", "1", "1", "0"]]
    with pytest.raises(BadProfile, match="row 2: a value that it uses is longer than 20000 characters"):
        map_columns(sheet(HEADERS, rows), loads('[derived]\nitem_name = "{{ brand }}"'))


def test_a_derived_field_may_use_the_column_it_replaces(sheet: Sheet) -> None:
    master = sheet(["SKU", "Handle"], [["A", "mug"], [None, "jug"]])
    listings = map_columns(master, loads('[derived]\nsku = "{{ sku | default(handle) }}"'))
    assert listings.frame["sku"].to_list() == ["A", "jug"]
    assert "sku" not in listings.sources[0].origins


def test_each_distinct_set_of_inputs_is_computed_once(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    from listingkit.mapping import derive

    calls: list[object] = []
    one = derive._Expression.one

    def counted(self: derive._Expression, *values: Any) -> str | None:
        calls.append(values)
        return one(self, *values)

    monkeypatch.setattr(derive._Expression, "one", counted)
    rows = [[f"A{at}", "ACME", "One", "1", "1", "0"] for at in range(500)]
    frame = map_columns(sheet(HEADERS, rows), loads('[derived]\nitem_name = "{{ brand }} {{ model_name }}"')).frame
    assert frame["item_name"].to_list() == ["ACME One"] * 500
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("text", "length", "by", "expected"),
    [
        ("a mug of clay", 8, "characters", "a mug of"),
        ("a mug of clay", 7, "characters", "a mug"),
        ("stoneware", 4, "characters", "ston"),
        ("größer", 4, "bytes", "gr\u00f6"),
        ("große Tasse", 9, "bytes", "große"),
        ("short", 50, "characters", "short"),
        ("one, two", 5, "characters", "one"),
        ("x", 0, "characters", ""),
    ],
)
def test_truncating_ends_at_a_word(text: str, length: int, by: str, expected: str) -> None:
    assert truncate(text, length, by=by) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("a mug of clay for the iPhone 12v", "en_US", "A Mug of Clay for the iPhone 12v"),
        ("tasse aus ton", "de_DE", "Tasse aus ton"),
        ("tasse à café en grès", "fr", "Tasse à Café en Grès"),
        ("", "en", ""),
    ],
)
def test_titles(text: str, language: str, expected: str) -> None:
    assert title_case(text, language) == expected
