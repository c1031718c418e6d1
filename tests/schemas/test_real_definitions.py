"""The definitions that people have (`LISTINGKIT_REAL_FILES`): 5,000 mutants each, and what is invented from them, before the oracle."""

import json
import os
import time
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mutants import mutant
from schema_oracle import oracle

from listingkit.fields import path
from listingkit.finding import Severity
from listingkit.schemas.category import load
from listingkit.schemas.definition.attributes import Submission, from_cells, to_cells
from listingkit.schemas.definition.definition import Definition, read, targets
from listingkit.schemas.definition.explain import faults
from listingkit.schemas.definition.issues import issues
from listingkit.schemas.paths import bare, parse
from listingkit.schemas.words import AtLeast, AtMost, MaxBytes, MaxChars, OneOf, Required
from listingkit.testing.definitions import invent, repair

REAL = Path(os.environ.get("LISTINGKIT_REAL_FILES", ".")) / "ptd"
FILES = sorted(REAL.glob("HOME-??.json"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("LISTINGKIT_REAL_FILES"), reason="LISTINGKIT_REAL_FILES is not set"),
]


def invented(definition: Definition, seed: int) -> dict[str, Any]:
    random, root = Random(seed), definition.root
    names = random.sample(sorted(set(root.properties) - set(root.required)), 20)
    made = {name: invent(root.properties[name], random) for name in (*root.required, *names)}
    assert repair(definition, made, random), seed
    return made


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_5000_mutants_are_judged_as_the_oracle_judges_them(file: Path) -> None:
    definition = read(file)
    valid, random, kinds = oracle(definition.document), Random(11), {True: 0, False: 0}
    bases = [invented(definition, seed) for seed in range(20)]
    example = file.with_name(f"{file.stem}.valid.json")
    if example.exists():
        bases += [json.loads(example.read_text("utf-8"))] * 20
    for number in range(5_000):
        changed = mutant(bases[number % len(bases)], definition, random)
        verdict = definition.plain.check(changed)
        assert verdict == valid(changed), changed
        kinds[verdict] += 1
        if number % 10 == 0:
            assert definition.root.check(changed) == (not list(faults(definition.root, changed)))
            assert all("\n" not in issue.message and issue.column for issue in issues(definition, changed))
    assert min(kinds.values()) > 500


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_100_of_100_invented_listings_are_valid(file: Path) -> None:
    definition = read(file)
    valid = oracle(definition.document)
    made = [invented(definition, seed) for seed in range(100)]
    assert sum(map(valid, made)) == 100
    for one in made:
        submission = Submission("A-1", definition.product_type, "full_update", one)
        assert from_cells(to_cells(submission), definition, inject=False) == submission


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_definition_compiles_fast(file: Path) -> None:
    took = []
    for _ in range(3):
        start = time.process_time()
        read(file)
        took.append(time.process_time() - start)
    assert min(took) < 0.2


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_schema_says_what_the_definition_says(file: Path) -> None:
    """Limits and lists of HOME are those of the definition; nothing is an error here that the definition takes."""
    definition = read(file)
    store = definition.store
    assert store is not None
    contradictions: list[tuple[str, object, object]] = []
    for one in load("HOME").asks(store, date(2026, 9, 30)):
        column = path(one.field, store)
        node = definition.node(parse(bare(column))) if column and not column.startswith(("amzn1", "::", "contribution")) else None
        if node is None or one.severity is not Severity.ERROR:
            continue
        schema = {key: value for part in targets(node) for key, value in part.items()}
        word = one.word
        if isinstance(word, MaxChars) and schema.get("maxLength") != word.most:
            contradictions.append((one.field, word, schema.get("maxLength")))
        if isinstance(word, MaxBytes) and schema.get("maxUtf8ByteLength") != word.most:
            contradictions.append((one.field, word, schema.get("maxUtf8ByteLength")))
        if isinstance(word, AtMost) and schema.get("maximum") != word.most:
            contradictions.append((one.field, word, schema.get("maximum")))
        if isinstance(word, AtLeast) and (schema.get("minimum") != word.least or word.exclusive != ("exclusiveMinimum" in schema)):
            contradictions.append((one.field, word, schema.get("minimum")))
        if isinstance(word, OneOf):
            ours, theirs = set(word.values), set(schema.get("enum", ()))
            units = one.field.endswith("_unit")  # converted to those that the store takes, so that more are taken here
            if not ours >= theirs or (ours != theirs and not units):
                contradictions.append((one.field, word.values, schema.get("enum")))
        if isinstance(word, Required) and parse(column)[0].name not in definition.root.required:
            contradictions.append((one.field, word, "not required"))
    assert contradictions == []
