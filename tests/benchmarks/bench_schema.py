"""How fast definitions compile and judge, beside jsonschema and jsonschema-rs: `python tests/benchmarks/bench_schema.py DEFINITION [VALID]`.

DEFINITION is a product type definition (such as HOME-us.json), VALID a listing that it takes (default: one is invented).
Times are of CPU, all threads, the best of three. jsonschema and jsonschema-rs get Amazon's keywords in Python where that is said.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "schemas"))

from schema_oracle import jsonschema_rs, oracle

from listingkit.schemas.category import load
from listingkit.schemas.definition.attributes import SKU, Submission, to_cells
from listingkit.schemas.definition.definition import Definition, read
from listingkit.schemas.definition.frame import frame_issues
from listingkit.schemas.definition.issues import issues
from listingkit.testing.definitions import invent, repair

ROWS = 50_000


def cpu(job: Callable[[], object], times: int = 3) -> float:
    """The least CPU time of a few runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        job()
        best = min(best, time.process_time() - start)
    return best


def rate(judge: Callable[[Any], object], value: Any, count: int) -> float:
    """Values judged in a second."""
    return count / cpu(lambda: [judge(value) for _ in range(count)])


def valid(definition: Definition, file: str | None) -> dict[str, Any]:
    if file:
        listing: dict[str, Any] = json.loads(Path(file).read_text("utf-8"))
        return listing
    draw, root = random.Random(1), definition.root
    names = draw.sample(sorted(set(root.properties) - set(root.required)), min(25, len(root.properties) - len(root.required)))
    made = {name: invent(root.properties[name], draw) for name in (*root.required, *names)}
    assert repair(definition, made, draw)
    return made


def frame(listing: dict[str, Any], dirty: float) -> pl.DataFrame:
    """Flat listings: texts, prices and images differ from row to row, some texts are too long."""
    draw, cells = random.Random(1), to_cells(Submission("S", "HOME", "full_update", listing))
    rows = []
    for number in range(ROWS):
        row = {**cells, SKU: f"S-{number}"}
        for name, text in cells.items():
            if name.startswith(("item_name", "product_description", "bullet_point")):
                row[name] = f"{text[:50]} {number}"
            elif name.endswith("media_location"):
                row[name] = f"https://img.example.com/{number}.jpg"
            elif "value_with_tax" in name:
                row[name] = f"{draw.randint(100, 99_999) / 100:.2f}"
        if draw.random() < dirty:
            row[next(name for name in row if name.startswith("item_name"))] = "x" * 300
        rows.append(row)
    return pl.DataFrame(rows)


def _judge_all(definition: Definition, table: pl.DataFrame) -> int:
    return sum(1 for _ in frame_issues(definition, table))


def others(document: dict[str, Any], listing: dict[str, Any]) -> None:
    plain = {key: value for key, value in document.items() if key not in ("$schema", "$id")}
    rust = jsonschema_rs.Draft201909Validator(plain, validate_formats=True)
    print(f"jsonschema-rs, without Amazon's keywords     {rate(rust.is_valid, listing, 5_000):>10,.0f} listings/s")
    print(f"jsonschema-rs, with them                     {rate(oracle(document), listing, 2_000):>10,.0f} listings/s")
    try:
        jsonschema = import_module("jsonschema")
    except ImportError:
        return
    python = jsonschema.Draft201909Validator(plain)
    print(f"jsonschema, without Amazon's keywords        {rate(python.is_valid, listing, 100):>10,.0f} listings/s")


def main(file: str, example: str | None = None) -> None:
    print(f"{file}: read and compile {cpu(lambda: read(file)) * 1e3:.0f} ms of CPU")
    definition = read(file)
    listing = valid(definition, example)
    assert not issues(definition, listing)
    spoiled = {**listing, "item_name": [{"value": "x" * 900}]}
    print(f"ours, {len(listing)} attributes: yes or no                {rate(definition.root.check, listing, 5_000):>10,.0f} listings/s")
    print(f"ours, a flawed listing with every sentence   {rate(lambda one: issues(definition, one), spoiled, 500):>10,.0f} listings/s")
    for dirty in (0.0, 0.01, 0.1):
        table = frame(listing, dirty)
        took = cpu(partial(_judge_all, definition, table), 2)
        print(f"ours, flat, {dirty:>4.0%} of the rows flawed         {ROWS / took:>10,.0f} rows/s")
    others(dict(definition.document), listing)
    print(f"category schema SHIRT, what DE asks: {cpu(lambda: load('SHIRT').asks(None, date(2026, 9, 30)), 1) * 1e3:.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:3])
