"""docs/candidates.md accounts for every candidate, and names only rules that there are."""

import re
from pathlib import Path

from listingkit.rules.engine import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "candidates.md"
COUNTS = {
    "FIL": 11, "XLS": 7, "TPL": 9, "SKU": 6, "GTN": 13, "REQ": 4, "VAL": 7, "TTL": 14, "HLT": 4, "BUL": 12, "DSC": 4, "KWD": 7, "IMG": 8,
    "VAR": 15, "OFR": 12, "DAT": 3, "UNT": 3, "OPS": 11, "MKT": 5, "CMP": 6, "RPT": 3,
}  # fmt: skip
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]


def test_every_candidate_is_accounted_for_once() -> None:
    wanted = [f"{subject}{number:03}" for subject, count in COUNTS.items() for number in range(1, count + 1)]
    assert [row[0] for row in ROWS] == wanted


def test_each_became_rules_that_there_are_or_was_dropped_for_a_reason() -> None:
    for candidate, what, rules, remark in ROWS:
        assert what
        if rules == "dropped":
            assert remark, candidate
        else:
            assert set(re.split(", ", rules)) <= set(catalogue()), candidate
