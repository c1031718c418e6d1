"""`listingkit.toml`: every key declared once, every mistake told with its line, the schema for editors says the same."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator, meta
from msgspec.structs import asdict

import listingkit.config as package
from listingkit.config import DEFAULT, load
from listingkit.config.json_schema import json_schema
from listingkit.config.keys import DIFF, KEYS, Key
from listingkit.config.places import places
from listingkit.diff.settings import Settings
from listingkit.errors import BadProfile
from listingkit.resources import data

SCHEMA = Draft7Validator(json_schema())
GOOD = """\
marketplaces = ["US", "gb"]
profile = "supplier.toml"
schemas = ["definitions"]

[rules]
select = ["GTN", "SKU"]
ignore = [
  "TTL002",
  "ttl003",
]
severity = { BUL = "warning", VAR011 = "off" }

[gs1]
gcp = "biip"
[gs1.brands."Example # Brand"]
prefixes = ["0614141"]
exports = ["hub.csv"]

[[exemptions]]
brand = "Example Brand"
date = 2026-03-01
[[exceptions]]
sku = "AB-*"
rule = "TTL002"
marketplace = "DE"
reason = '''the brand is
twelve words long'''
expires = 2026-12-31
[[exceptions]]
sku = "*"
rule = "IMG"
reason = "no photos yet"
expires = "2026-12-01"

[[documents]]
document = "CPC"
sku = ["A-1", "A-2"]
product_type = "TOYS"
file = "cpc.pdf"

[diff]
max_price_change = 10
dangerous.OPS001 = false

[product_type.HOME.rules]
ignore = ["BUL"]
[brand."Example Brand".rules]
severity.TTL = "info"
[marketplace.DE]
rules.select = ["UNT"]
diff = { max_deletes = 3 }
"""


def plain(value: Any) -> Any:
    """Days as JSON has them."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value.isoformat() if isinstance(value, date) else value


def refused(tmp_path: Path, text: str) -> BadProfile:
    path = tmp_path / "listingkit.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadProfile) as caught:
        load(path)
    return caught.value


def test_every_section_arrives(tmp_path: Path) -> None:
    (tmp_path / "listingkit.toml").write_text(GOOD, "utf-8")
    config = load(start=tmp_path)
    assert config.marketplaces == ("US", "gb")
    assert config.profile == str(tmp_path / "supplier.toml")
    assert config.schemas == (str(tmp_path / "definitions"),)
    assert config.ignore == ("TTL002", "TTL003")
    assert config.gs1["gcp"] == "biip"
    assert config.gs1["brands"]["Example # Brand"]["exports"] == [str(tmp_path / "hub.csv")]
    assert config.documents[0]["file"] == str(tmp_path / "cpc.pdf")
    assert [entry["rule"] for entry in config.exceptions] == ["TTL002", "IMG"]
    assert [(layer.kind, layer.name) for layer in config.layers] == [
        ("product_type", "HOME"),
        ("brand", "example brand"),
        ("marketplace", "DE"),
    ]
    assert (config.diff_in("DE"), config.diff_in("US")["max_price_change"]) == (
        {"max_price_change": 10, "max_deletes": 3, "dangerous": {"OPS001": False}},
        10,
    )


def test_the_nearest_file_upwards_is_read_and_no_other(tmp_path: Path) -> None:
    below = tmp_path / "client" / "brand"
    below.mkdir(parents=True)
    assert load(start=below) == DEFAULT or load(start=below).source is not None
    (tmp_path / "listingkit.toml").write_text('marketplaces = ["US"]')
    assert load(start=below).marketplaces == ("US",)
    (tmp_path / "client" / "listingkit.toml").write_text("")
    assert load(start=below).marketplaces == ()


def spelled(keys: Mapping[str, Key], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every table of the file with each key that it takes."""
    for name, key in keys.items():
        yield path, name
        inside = key.each.inside if key.each else key.inside
        free = ("DE",) if key.each else ()
        yield from spelled(inside, (*path, name, *free))


@pytest.mark.parametrize(("table", "name"), list(spelled(KEYS)), ids=lambda part: ".".join(part) if isinstance(part, tuple) else part)
def test_a_slip_in_any_key_names_the_nearest_and_its_line(tmp_path: Path, table: tuple[str, ...], name: str) -> None:
    head = ""
    if table:
        listed = table[0] in ("exemptions", "exceptions", "documents")
        head = f"[[{table[0]}]]\n" if listed else f"[{'.'.join(table)}]\n"
        head += 'document = "CPC"\n' if table[0] == "documents" else ""
        head += 'sku = "A"\nrule = "T"\nreason = "r"\nexpires = 2026-01-01\n' if table[0] == "exceptions" else ""
    error = refused(tmp_path, f"# a comment with {name}x\n{head}{name}x = 1\n")
    assert error.line == 2 + head.count("\n")
    assert "did you mean" in str(error)
    assert str(error).startswith(str(tmp_path / "listingkit.toml"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("marketplace = []\n", 1, "did you mean marketplaces?"),
        ('\n\nmarketplaces = ["DE", "UKK"]\n', 3, "did you mean UK?"),
        ("[marketplace.Germany.rules]\n", 1, "unknown marketplace 'Germany'"),
        ('marketplaces = "US"\n', 1, "a list of texts, not 'US'"),
        ('[rules]\nseverity = { SKU = "bad" }\n', 2, "error, warning, info, off"),
        ('[brand."A B".rules]\n[brand."A B".rules.severity]\nSKU = "bad"\n', 3, "error, warning, info, off"),
        ("[diff]\nmax_deletes = -1\n", 2, "a number from 0 up"),
        ("[diff]\nmax_deletes = true\n", 2, "a number from 0 up"),
        ("[diff.dangerous]\nOPS001 = 1\n", 2, "true or false"),
        ('[[exceptions]]\nsku = "A"\n[[exceptions]]\nsku = "B"\n', 1, "has no rule"),
        (
            '[[exceptions]]\nsku = "A"\nrule = "TTL"\nreason = "r"\nexpires = 2026-01-01\n[[exceptions]]\nsku = "A"\n',
            6,
            "has no rule",
        ),
        ('[[exceptions]]\nsku = "A"\nrule = "TTL"\nreason = ""\nexpires = 2026-01-01\n', 1, "has no reason"),
        ('[[exceptions]]\nsku = "A"\nrule = "TTL"\nreason = "r"\nexpires = "soon"\n', 5, "a day such as"),
        ("[rules]\nselect = [\n", 3, "TOML"),
        ("profile = 1\n", 1, "profile is a text"),
        ("rules = 1\n", 1, "rules is a table"),
        ("[brand]\nx = 1\n", 2, "brand.x is a table"),
        ('[brand." "]\n', 1, "blank"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_schema_refuses_it_too(tmp_path: Path, text: str, line: int, words: str) -> None:
    error = refused(tmp_path, text)
    assert words in str(error)
    if words != "TOML":
        assert error.line == line
        assert words == "blank" or "reason" in words or list(SCHEMA.iter_errors(plain(tomllib.loads(text))))


def test_what_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "listingkit.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadProfile, match="UTF-8"):
        load(start=tmp_path)
    with pytest.raises(BadProfile, match="cannot be read"):
        load(tmp_path / "gone.toml")


@pytest.mark.parametrize("value", ["[" * 100_000, "9" * 5000])
def test_what_goes_beyond_any_config_is_one_sentence(tmp_path: Path, value: str) -> None:
    (tmp_path / "listingkit.toml").write_text(f"marketplaces = {value}", "utf-8")
    with pytest.raises(BadProfile, match=r"listingkit\.toml: is nested too deeply, or has a number of thousands of digits"):
        load(tmp_path / "listingkit.toml")


def test_places_take_time_by_the_length_of_the_text_alone() -> None:
    entries = "".join(f'  {{ sku = ["A-{number}"], note = "]" }}, # [\n' for number in range(5_000))
    found = places(f"# first\ndocuments = [\n{entries}]\n" + 'text = """\n[\n""""\nlast = 1\n')
    assert (found["documents",], found["text",], found["last",]) == (2, 5_004, 5_007)


def test_the_schema_for_editors_is_current_and_takes_what_we_take() -> None:
    assert json.loads(data("listingkit.schema.json").read_text("utf-8")) == json_schema()
    assert meta.is_valid(json_schema())
    SCHEMA.validate(plain(tomllib.loads(GOOD)))


def test_the_example_of_the_documentation_is_a_config(tmp_path: Path) -> None:
    text = "\n".join(line[4:] for line in (package.__doc__ or "").splitlines() if line.startswith("    "))
    text = "\n".join(line for line in text.splitlines() if not line.startswith("[["))
    (tmp_path / "listingkit.toml").write_text(text, "utf-8")
    assert load(start=tmp_path).severity == {"BUL": "warning", "VAR011": "off"}
    SCHEMA.validate(tomllib.loads(text))


def test_the_declared_defaults_are_those_of_the_diff() -> None:
    assert {name: key.default for name, key in DIFF.items() if key.default is not None} == {
        name: value for name, value in asdict(Settings()).items() if isinstance(value, (int, float))
    }
    assert set(DIFF) == set(asdict(Settings()))


KEY = st.sampled_from(["a", "b", "c", '"d e"', "'f#g'"])
VALUE = st.sampled_from(
    ["1", '"x"', "[1, 2]", '[\n  "]",\n  "#",\n]', '"""\na = 1\n[t]\n"""', "'''\n]'''", "{ p = 1, q = { r = 2 } }", "2026-01-01"]
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "# a = 1\n", "\n"]), st.booleans(), st.lists(st.tuples(KEY, VALUE), unique_by=lambda kv: kv[0], max_size=3)
        ),
        max_size=4,
    )
)
def test_every_key_stands_where_it_was_written(parts: list[tuple[str, bool, list[tuple[str, str]]]]) -> None:
    text, wanted = "", {}
    listed = 0
    for number, (between, several, pairs) in enumerate(parts):
        text += between
        head: tuple[Any, ...] = ("several", listed) if several else (f"t{number}",)
        wanted[head] = text.count("\n") + 1
        text += "[[several]]\n" if several else f"[t{number}]\n"
        listed += several
        for key, value in pairs:
            wanted[*head, key.strip("\"'")] = text.count("\n") + 1
            text += f"{key} = {value}  # b = 2\n"
    tomllib.loads(text)
    found = places(text)
    assert {path: found[path] for path in wanted} == wanted
