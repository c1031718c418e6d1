"""How right an output is: `python tests/benchmarks/truths.py findings|parts|changes ROWS FILE` prints recall and precision as JSON."""

import json
import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import generate
from data import PART


def findings(rows: int, path: Path) -> dict[str, float]:
    """Errors and warnings of a check of `generate.master(rows)`, by row and code."""
    with path.open(encoding="utf-8") as stream:
        told = [json.loads(line) for line in stream]
    return _score({(one["row"], one["code"]) for one in told if one["severity"] != "info"}, generate.truth(rows))


def parts(rows: int, folder: Path) -> dict[str, float]:
    """The same of a check of the files of `data.parts(rows)`, which each have a header of their own."""
    told = [json.loads(line) for path in folder.iterdir() for line in path.read_text("utf-8").splitlines()]
    found = {(_row(one), one["code"]) for one in told if one["severity"] != "info"}
    return _score(found, generate.truth(rows))


def _row(one: dict[str, Any]) -> int | None:
    """The row in the undivided sheet; files are named by their number."""
    return None if one["row"] is None else one["row"] + PART * int(re.findall(r"[0-9]+", one["file"])[0])


def changes(rows: int, path: Path) -> dict[str, float]:
    """Changes between `generate.previous(rows)` and `generate.clean(rows)`, by SKU and kind."""
    with path.open(encoding="utf-8") as stream:
        told = [json.loads(line) for line in stream]
    wanted = {(sku, kind) for kind, skus in generate.differences(rows).items() for sku in skus}
    return _score({(one["sku"], one["kind"]) for one in told}, wanted)


def _score(told: Collection[object], wanted: Collection[object]) -> dict[str, float]:
    right = len(set(told) & set(wanted))
    return {"recall": right / len(wanted) if wanted else 1.0, "precision": right / len(told) if told else 1.0, "of": len(wanted)}


JUDGES = {"findings": findings, "parts": parts, "changes": changes}

if __name__ == "__main__":
    print(json.dumps(JUDGES[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))))
