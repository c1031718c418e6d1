"""The hand-judged cases: the table is the documentation, this file only reads it."""

import re
from pathlib import Path

import pytest

from listingkit.gtin import triage
from listingkit.gtin.reasons import reasons

TABLE = Path(__file__).parent / "cases.tsv"


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    keys = lines[0].split("\t")
    table = [dict(zip(keys, line.split("\t"), strict=True)) for line in lines[1:]]
    unseen = re.compile(r"\\u([0-9a-f]{4})")
    return [{key: unseen.sub(lambda found: chr(int(found[1], 16)), cell) for key, cell in row.items()} for row in table]


@pytest.mark.parametrize("case", rows(TABLE), ids=lambda case: f"{case['note']}-{case['value']!a}")
def test_a_case_is_judged_as_by_hand(case: dict[str, str]) -> None:
    found = triage(case["value"])
    assert (found.status, found.rule) == (case["status"], case["reason"])
    assert " ".join((*([found.gtin] if found.gtin else []), *found.candidates)) == case["result"]


def test_the_table_is_large_and_says_where_from() -> None:
    table = rows(TABLE)
    assert len(table) >= 100
    assert all(case["why"] and case["source"] for case in table)
    assert len({case["value"] for case in table}) == len(table)


def test_every_reason_has_a_case() -> None:
    shown = {case["reason"] for case in rows(TABLE)}
    assert set(reasons()) - shown == {"no-block", "several-readings"}  # one needs the list of blocks, the other is rare: both below


def test_ten_digits_may_be_read_in_two_ways() -> None:
    found = triage("6430001709")
    assert (found.status, found.rule) == ("suggest", "several-readings")
    assert [len(code) for code in found.candidates] == [13, 12]
