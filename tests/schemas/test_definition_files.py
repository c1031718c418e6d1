"""Product type definitions as files that nobody should trust: what is read, and what is refused."""

import json
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from mug import document, listing

from listingkit.errors import BadProfile, ListingkitError, Unreadable
from listingkit.schemas.definition.compile import BadSchema, Compiler
from listingkit.schemas.definition.definition import compiled, read, read_all
from listingkit.schemas.definition.issues import issues


def refused(change: dict[str, Any]) -> str:
    with pytest.raises(BadProfile) as wrong:
        compiled("MUG.json", {**document(), **change})
    assert "\n" not in str(wrong.value)
    assert len(str(wrong.value)) < 400
    return str(wrong.value)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"$ref": "https://example.com/other.json"}, "only references within the file"),
        ({"$ref": "#/$defs/nowhere"}, "refers to nothing"),
        ({"$ref": "#"}, "refers to nothing, or to the whole"),
        ({"patternProperties": {".*": {}}}, "patternProperties is not supported"),
        ({"unevaluatedProperties": False}, "not supported"),
        ({"type": "strin"}, "a keyword has a value it cannot have, one of type"),
        ({"pattern": "("}, "cannot be read"),
        ({"pattern": r"(a)\1"}, "back references"),
        ({"maxLength": "many"}, "maxLength is a whole number"),
        ({"minimum": "1"}, "minimum is a number"),
        ({"multipleOf": 0}, "multipleOf is a number"),
        ({"properties": []}, "properties is not an object"),
        ({"enum": "x"}, "enum is not a list"),
        ({"items": [{}]}, "not supported"),
        ({"additionalProperties": {}}, "nothing else is supported"),
        ("text", 'a schema is an object, true or false, not "text"'),
    ],
)
def test_what_cannot_be_compiled_is_refused_in_one_sentence(part: Any, words: str) -> None:
    assert words in refused({"properties": {"item_name": part}})


def test_recursion_is_refused() -> None:
    ring = {"a": {"properties": {"b": {"$ref": "#/$defs/b"}}}, "b": {"items": {"$ref": "#/$defs/a"}}}
    assert "refers back to itself" in refused({"$defs": ring, "properties": {"x": {"$ref": "#/$defs/a"}}})


def test_depth_is_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100):
        deep = {"items": deep}
    assert "nested deeper" in refused({"properties": {"x": deep}})


def test_unknown_keywords_ask_nothing_but_are_told() -> None:
    definition = compiled("MUG.json", {**document(), "maxSparkle": 3})
    assert definition.unknown == ("maxSparkle (1 times)",)


def test_catastrophic_patterns_of_a_definition_stay_fast() -> None:
    changed = document()
    changed["properties"]["style"]["items"]["properties"]["value"] = {"type": "string", "pattern": "^(a+)+$"}
    definition = compiled("MUG.json", changed)
    start = time.process_time()
    assert issues(definition, {**listing(), "style": [{"value": "a" * 20_000 + "!", "language_tag": "en_US"}]})
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "line 1: is not JSON"),
        (b'{\n"a": 1,\n}', "line 3: is not JSON"),
        (b"[]", "not an object"),
        (b"{}", "it has no properties"),
        (b'{"properties": {}, "type": "array"}', "no product type definition"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": {"link": {"resource": "https://example.com"}}}', "schema.link.resource"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "is not JSON"),
    ],
)
def test_files_that_are_no_definition_end_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "MUG.json"
    file.write_bytes(content)
    with pytest.raises(ListingkitError, match=r"JSON|definition|schema") as wrong:
        read(file)
    assert words in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "MUG.json"
    with file.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(Unreadable, match="100,000,000 bytes"):
        read(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "MUG.json")


def test_a_definition_knows_its_type_marketplace_and_language(tmp_path: Path) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(document()), "utf-8")
    definition = read(file)
    assert definition.store is not None
    assert (definition.product_type, definition.store.code, definition.language) == ("MUG", "US", "en_US")


def test_a_definition_is_the_same_in_another_process() -> None:
    given = compiled("MUG.json", document())
    taken = pickle.loads(pickle.dumps(given))
    assert repr(taken) == repr(given)
    wrong = {**listing(), "style": [{"value": "a" * 20_000 + "!", "language_tag": "en_US"}]}
    assert [one.message for one in issues(taken, wrong)] == [one.message for one in issues(given, wrong)] != []


def test_definitions_are_found_in_folders_each_once(tmp_path: Path) -> None:
    other = document()
    other["$defs"]["marketplace_id"]["default"] = "A1PA6795UKMFR9"
    for name, content in (("us", document()), ("de", other)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    assert set(read_all([tmp_path])) == {("MUG", "US"), ("MUG", "DE")}
    with pytest.raises(BadProfile, match="give one of them"):
        read_all([tmp_path, tmp_path / "us.json"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unreadable, match="no product type definition"):
        read_all([tmp_path / "empty"])


def test_the_schema_within_an_answer_is_found() -> None:
    assert compiled("answer.json", {"productType": "MUG", "schema": document()}).product_type == "MUG"


def test_a_bad_schema_is_never_shown_as_such() -> None:
    with pytest.raises(BadSchema):
        Compiler({"type": "nonsense"}).root()
