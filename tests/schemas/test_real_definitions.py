"""The definitions that people have (`LISTINGKIT_REAL_FILES`): 5,000 mutants each, and what is invented from them, before the oracle."""

import json
import os
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mutants import mutant
from schema_oracle import oracle

from listingkit.schemas.definition.attributes import Submission, from_cells, to_cells
from listingkit.schemas.definition.definition import Definition, read
from listingkit.schemas.definition.explain import faults
from listingkit.schemas.definition.issues import issues
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
