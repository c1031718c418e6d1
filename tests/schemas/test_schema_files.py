"""Reading category schemas: overlays and what extends what; every mistake ends in a sentence with file and line."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import BadProfile, UnknownName, Unwritable
from listingkit.finding import Severity
from listingkit.marketplace import marketplace
from listingkit.schemas.cards import as_dict, card
from listingkit.schemas.category import load, names
from listingkit.schemas.layer import line_of, lines_of
from listingkit.schemas.starter import start
from listingkit.schemas.words import AtMost, Constraint, MaxChars, OneOf, Required, Word

DAY = date(2026, 9, 30)
HEAD = 'product_type = "VASE"\ntitle = "Vases"\nchecked = 2026-09-30\nsource = "a template"\nconfidence = "confirmed"\n'
OVER = 'marketplaces = ["DE"]\nchecked = 2026-09-30\nsource = "another"\nconfidence = "confirmed"\n'
LISTS = "# source: a template\n# checked: 2026-09-30\n# confidence: confirmed\nfield\tvalue\tlabel\tmarketplaces\tdeprecated\n"

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def written(schema: str = "", **files: str) -> Path:
        (tmp_path / "VASE").mkdir(exist_ok=True)
        (tmp_path / "VASE" / "schema.toml").write_text(HEAD + schema, "utf-8")
        for name, text in files.items():
            (tmp_path / "VASE" / name.replace("_", ".", 1)).write_text(text, "utf-8")
        return tmp_path

    return written


def asked(folder: Path, store: str | None, day: date = DAY) -> tuple[Constraint, ...]:
    return load("vase", folder).asks(marketplace(store) if store else None, day)


def test_an_overlay_says_only_the_difference(make: Make) -> None:
    folder = make("[brand]\nrequired = true\nmax_chars = 50\n", DE_toml=OVER + "[brand]\nmax_chars = 40\n")
    everywhere: list[Word] = [Required(), MaxChars(50)]
    there: list[Word] = [Required(), MaxChars(40)]
    assert [(one.field, one.word) for one in asked(folder, "US")] == [("brand", word) for word in everywhere]
    assert [(one.field, one.word) for one in asked(folder, "DE")] == [("brand", word) for word in there]
    assert asked(folder, None) == asked(folder, "US")
    (_, differing) = asked(folder, "DE")
    assert (differing.source, differing.marketplaces) == ("another", frozenset({"DE"}))


def test_an_overlay_can_take_back(make: Make) -> None:
    folder = make("[brand]\nrequired = true\n", DE_toml=OVER + "[brand]\nrequired = false\n")
    assert asked(folder, "DE") == ()


def test_what_one_way_of_being_required_says_replaces_the_other(make: Make) -> None:
    folder = make("[brand]\nrequired = true\n", DE_toml=OVER + '[brand]\nrequired_unless = { parentage_level = ["parent"] }\n')
    (one,) = asked(folder, "DE")
    assert one.word.flaw(None, {"parentage_level": "Parent"}) is None
    assert one.word.flaw(None, {"parentage_level": None}) is not None


def test_a_schema_extends_another_and_adds_its_own(make: Make) -> None:
    folder = make("[color]\nrequired = true\n")
    (folder / "VASE" / "schema.toml").write_text(HEAD + 'extends = "HOME"\n[color]\nrequired = true\n', "utf-8")
    found = {(one.field, one.code) for one in asked(folder, "US")}
    assert {("color", "REQ001"), ("color", "VAL008"), ("item_type_keyword", "REQ001")} <= found


def test_a_saying_is_in_force_between_its_dates(make: Make) -> None:
    folder = make("[brand]\nrequired = true\nsince = 2026-01-01\nuntil = 2026-12-31\n")
    assert [len(asked(folder, None, day)) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31))] == [0, 1, 0]


def test_a_family_is_spelled_out_and_required_in_its_first_slot(make: Make) -> None:
    folder = make("[material]\nrequired = true\nmax_chars = 9\n")
    assert [(one.field, one.code) for one in asked(folder, None)] == [
        ("material_1", "REQ001"),
        ("material_1", "VAL008"),
        ("material_2", "VAL008"),
        ("material_3", "VAL008"),
    ]


def test_unconfirmed_is_a_warning_even_where_the_file_says_error(make: Make) -> None:
    (one,) = asked(make('[brand]\nrequired = true\nconfidence = "unconfirmed"\nseverity = "error"\n'), None)
    assert one.severity is Severity.WARNING


def test_severity_may_be_lower_than_error(make: Make) -> None:
    (one,) = asked(make('[brand]\nrequired = true\nseverity = "info"\n'), None)
    assert one.severity is Severity.INFO


def test_numbers_are_exact(make: Make) -> None:
    found = [one.word for one in asked(make("[item_weight]\nat_most = 0.1\n"), None)]
    word = next(word for word in found if isinstance(word, AtMost))
    assert word.flaw("0.1") is None
    assert word.flaw("0.1000000000000001") is not None


def test_lists_differ_by_marketplace_and_may_be_open(make: Make) -> None:
    rows = "power_plug_type\ttype_f\tType F\tDE FR\npower_plug_type\ttype_g\t\tUK\npower_plug_type\told\t\tDE\tyes\n"
    folder = make("[power_plug_type]\nopen = true\n", values_tsv=LISTS + rows)
    (one,) = asked(folder, "DE")
    assert one.word == OneOf(("type_f", "old"), open=True, labels={"Type F": "type_f"}, deprecated=frozenset({"old"}))
    assert asked(folder, "US") == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[brand]\nrequired = tru\n", 7, "invalid value"),
        ("[brandd]\nrequired = true\n", 6, "did you mean brand"),
        ("[brand]\nrequird = true\n", 7, "did you mean required"),
        ('[brand]\nrequired = "yes"\n', 7, "required is"),
        ("[brand]\nmax_chars = 0\n", 7, "at least 1"),
        ("[brand]\nmax_chars = true\n", 7, "a whole number"),
        ("[brand]\nmin_chars = 9\nmax_chars = 8\n", 7, "more than max_chars"),
        ("[item_weight]\nat_most = nan\n", 7, "finite"),
        ("[item_weight]\ndecimals = -1\n", 7, "at least 0"),
        ("[brand]\nrequired = true\n\n[color]\nmatches = '('\n", 10, "cannot be read"),
        ("[brand]\nmatches = '(a)\\1'\n", 7, "back references"),
        ("[brand]\nmatches = '^a$'\nexamples = ['b']\n", 7, "does not match"),
        ("[brand]\nmeans = 'x'\n", 7, "matches, which is missing"),
        ("[brand]\nrequired_when = { colour = ['x'] }\n", 7, "did you mean color"),
        ("[brand]\nrequired_when = { color = 'x' }\n", 7, "as a list of texts"),
        ("[brand]\nforbidden_when = {}\n", 7, "at least one"),
        ("[brand]\nrequired_without = ['colour']\n", 7, "did you mean color"),
        ("[brand]\none_of = []\n", 7, "at least one value"),
        ("[brand]\none_of = [1]\n", 7, "list of texts"),
        ("[brand]\nalso = 3\n", 7, "[[field.also]]"),
        ("[brand]\n[[brand.also]]\nmax_chars = 3\n[[brand.also]]\nmax_chars = 'x'\n", 10, "a whole number"),
        ("[brand]\nconfidence = 'sure'\n", 7, "confirmed, unconfirmed"),
        ("[brand]\nseverity = 'bad'\n", 7, "error, warning or info"),
        ("[brand]\nsince = '2026-01-01'\n", 7, "a date such as"),
        ("colour = 1\n", 6, "unknown key"),
        ("colour = " + "[" * 100_000, None, "nested too deeply"),
        ("marketplaces = ['DE']\n", 1, "either product_type"),
        ("extends = 'NOWHERE'\n", None, "unknown schema to extend"),
        ("extends = 'VASE'\n", None, "go round"),
    ],
)
def test_a_mistake_is_said_with_file_and_line(make: Make, text: str, line: int | None, words: str) -> None:
    with pytest.raises(BadProfile) as wrong:
        load("VASE", make(text))
    assert wrong.value.line == line
    assert words in str(wrong.value)
    assert "schema.toml" in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_what_contradicts_itself_only_after_merging_is_found(make: Make) -> None:
    folder = make("[brand]\nmax_chars = 9\n", DE_toml=OVER + "[brand]\nmin_chars = 10\n")
    with pytest.raises(BadProfile, match="more than max_chars"):
        load("VASE", folder)


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("DE_toml", OVER.replace("DE", "GER"), 1, "unknown marketplace"),
        ("DE_toml", "marketplaces = ['DE']\n", 1, "say checked"),
        ("values_tsv", "", 1, "say '# source"),
        ("values_tsv", LISTS.replace("2026-09-30", "yesterday"), 2, "a date such as"),
        ("values_tsv", LISTS.replace(": confirmed", ": sure"), 3, "confirmed or unconfirmed"),
        ("values_tsv", LISTS.replace("label", "name"), 4, "the header is"),
        ("values_tsv", LISTS + "colour\tred\n", 5, "did you mean color"),
        ("values_tsv", LISTS + "color\t\n", 5, "value is blank"),
        ("values_tsv", LISTS + "color\tred\t\tGER\n", 5, "unknown marketplace"),
        ("values_tsv", LISTS + "color\tred\t\t\tno\n", 5, "yes or blank"),
        ("values_tsv", LISTS + "color\tred\t\t\t\tmore\n", 5, "has 6 cells"),
    ],
)
def test_overlays_and_lists_are_checked_too(make: Make, name: str, text: str, line: int, words: str) -> None:
    with pytest.raises(BadProfile) as wrong:
        load("VASE", make(**{name: text}))
    assert wrong.value.line == line
    assert words in str(wrong.value)


@pytest.mark.parametrize("name", ["schema.toml", "values.tsv"])
def test_bytes_that_are_no_text_and_files_too_large_are_refused(make: Make, name: str) -> None:
    folder = make(values_tsv=LISTS)
    (folder / "VASE" / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadProfile, match="UTF-8"):
        load("VASE", folder)
    with (folder / "VASE" / name).open("wb") as stream:
        stream.truncate(10_000_000)
    with pytest.raises(BadProfile, match="bytes long"):
        load("vase ", folder / ".." / folder.name)


@pytest.mark.parametrize("name", ["VAZE", "../HOME", "", "HOME/.."])
def test_a_type_nobody_knows_is_said_with_the_nearest(make: Make, name: str) -> None:
    with pytest.raises(UnknownName, match="product type"):
        load(name, make())


def test_a_started_schema_is_valid_and_overwrites_nothing(tmp_path: Path) -> None:
    files = start("flower_pot", "home", tmp_path, DAY)
    assert {file.name for file in files} == {"schema.toml", "DE.toml", "values.tsv", "examples.toml"}
    assert load("FLOWER_POT", tmp_path).title == "Flower pot"
    assert "FLOWER_POT" in names(tmp_path)
    assert load("FLOWER_POT", tmp_path).asks(None, DAY) == load("HOME").asks(None, DAY)
    with pytest.raises(Unwritable, match="exists already"):
        start("FLOWER_POT", "HOME", tmp_path, DAY)
    with pytest.raises(BadProfile, match="not a product type"):
        start("../x", "HOME", tmp_path, DAY)
    with pytest.raises(UnknownName):
        start("POT", "HOMER", tmp_path, DAY)


def test_a_card_reads_like_a_page() -> None:
    text = "\n".join(card(load("HOME"), marketplace("DE"), DAY))
    assert re.search(r"Brand Name \(brand\)\n  error    must be filled  \[\d\]\n  error    at most 100 characters  \[\d\]\n", text)
    assert "(since 2024-12-13, not confirmed)" in text
    assert "bullet_point_2" not in text
    listed = as_dict(load("HOME"), marketplace("DE"), DAY)
    assert listed["marketplace"] == "DE"
    assert {"field", "code", "severity", "asks", "confidence", "source", "checked", "since", "until"} == set(listed["asked"][0])


@given(st.lists(st.sampled_from(["[brand]", "[[brand.also]]", "required = true", "# x", "", "'max_chars' = 3"]), max_size=12))
def test_lines_are_found_where_they_stand(lines: list[str]) -> None:
    text = "\n".join(lines)
    for path in (("brand",), ("brand", "required"), ("brand", "also", 0), ("brand", "also", 1, "max_chars")):
        line = line_of(lines_of(text), path)
        assert line is None or lines[line - 1].strip(" '[]").split(" ")[0].strip("'") in (str(path[-1]), "brand", "brand.also", "required")


def test_labels_of_another_marketplace_are_told_with_the_value(make: Make) -> None:
    rows = "supplier_declared_dg_hz_regulation\tnot_applicable\tNicht zutreffend\tDE\nsupplier_declared_dg_hz_regulation\tnot_applicable\n"
    folder = make(values_tsv=LISTS + rows)
    ((german,), (american,)) = (asked(folder, code) for code in ("DE", "US"))
    assert german.flaw("Nicht zutreffend") is None
    assert american.flaw("Not Applicable") is None
    flaw = american.flaw("Nicht zutreffend")
    assert flaw is not None
    assert flaw.fix == "not_applicable"
