"""How right an output is: `python tests/benchmarks/truths.py findings|changes ROWS FILE` prints recall and precision as JSON."""

import json
import sys
from collections.abc import Collection
from pathlib import Path

import generate


def findings(rows: int, path: Path) -> dict[str, float]:
    """Errors and warnings of a check of `generate.master(rows)`, by row and code."""
    with path.open(encoding="utf-8") as stream:
        told = [json.loads(line) for line in stream]
    return _score({(one["row"], one["code"]) for one in told if one["severity"] != "info"}, generate.truth(rows))


def changes(rows: int, path: Path) -> dict[str, float]:
    """Changes between `generate.previous(rows)` and `generate.clean(rows)`, by SKU and kind."""
    with path.open(encoding="utf-8") as stream:
        told = [json.loads(line) for line in stream]
    wanted = {(sku, kind) for kind, skus in generate.differences(rows).items() for sku in skus}
    return _score({(one["sku"], one["kind"]) for one in told}, wanted)


def _score(told: Collection[object], wanted: Collection[object]) -> dict[str, float]:
    right = len(set(told) & set(wanted))
    return {"recall": right / len(wanted) if wanted else 1.0, "precision": right / len(told) if told else 1.0, "of": len(wanted)}


JUDGES = {"findings": findings, "changes": changes}

if __name__ == "__main__":
    print(json.dumps(JUDGES[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))))
