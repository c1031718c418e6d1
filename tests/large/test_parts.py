"""Part by part gives what the whole gives: the same listings, the same findings, in the same words."""

import csv
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import write
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.finding import Severity
from listingkit.holding import anywhere, held_by
from listingkit.job import Inputs, checked, listings_of, read_masters
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.marketplace import select
from listingkit.parts import LARGE, SHARED, Parts
from listingkit.rules.groups import buckets_of, in_bucket

AS_OF = date(2026, 11, 1)
EVERYTHING = 10**9
PRICES = st.sampled_from(["19.99", "19,99", "1.234", "1.234,50", "1,234.50", "€ 5", "12 USD", "7", "", "n/a", "$19,99"])
WEIGHTS = st.sampled_from(["500 g", "0,5 kg", "12", "1.500", "1 lb", ""])
DAYS = st.sampled_from(["03/04/2026", "13/04/2026", "04/13/2026", "2026-01-02", "45292", ""])
TEXTS = st.sampled_from(
    [
        "Words.",
        "<p>A <b>bold</b> claim</p>",
        "a < b",
        "one; two",
        "https://img.example/a.jpg",
        "https://i.example/a.jpg;https://i.example/b.jpg",
    ]
)
CODES = st.sampled_from(["4006381333931", "36000291452", "4006381333930", "SP-1", "4.00638E+12", ""])
HEADER = ["SKU", "Price", "Item weight", "Launch date", "Product description", "Main image URL", "EAN", "Title", "Parent SKU"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A-1", "A-2", "a-1", "B-1", "C", ""]),
        PRICES,
        WEIGHTS,
        DAYS,
        TEXTS,
        TEXTS,
        CODES,
        st.sampled_from(["Blue mug", "Mug mug mug", "", "<b>Mug</b>"]),
        st.sampled_from(["A-1", "Z", ""]),
    ),
    min_size=1,
    max_size=12,
)


def whole(inputs: Any, codes: Any) -> Any:
    listings = listings_of(inputs, read_masters(inputs))
    return listings, checked(listings, select(codes), as_of=AS_OF)


def held_of(listings: Any, findings: Any, codes: Any) -> int:
    """The rows that a build would hold back from any of these marketplaces."""
    masks = [held_by("hold", listings, findings, store) for store in select(codes)]
    return int(anywhere(masks, listings.frame.height).sum())


@pytest.fixture(scope="module")
def place(tmp_path_factory: Any) -> Any:
    return tmp_path_factory.mktemp("parts") / "master.csv"


@settings(max_examples=40)
@given(rows=ROWS, size=st.integers(1, 7))
def test_parts_are_the_whole(place: Any, rows: Any, size: int) -> None:
    with place.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    inputs = Inputs((str(place),))
    try:
        listings, findings = whole(inputs, ("US", "DE"))
    except Exception as error:  # noqa: BLE001 - the parts must fail with the same words
        with pytest.raises(type(error), match=re.escape(str(error))):
            check_parts(Parts(inputs, size), Question(("US", "DE"), AS_OF))
        return
    parts = Parts(inputs, size)
    report, found = check_parts(parts, Question(("US", "DE"), AS_OF, most=EVERYTHING))
    assert parts.settled or parts.rows == listings.frame.height
    frames = [part.frame for part in parts]
    assert pl.concat(frames, how="diagonal").select(listings.frame.columns).equals(listings.frame)
    assert all(frame.columns == frames[0].columns for frame in frames)
    assert list(found) == list(findings)
    assert found.error_rows("DE") == findings.error_rows("DE")
    assert report.held == held_of(listings, findings, ("US", "DE"))


def test_families_numbers_and_three_marketplaces(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    write(1200, path)
    inputs = Inputs((str(path),))
    listings, findings = whole(inputs, ("US", "DE", "JP"))
    report, found = check_parts(Parts(inputs, 217), Question(("US", "DE", "JP"), AS_OF, most=EVERYTHING))
    assert list(found) == list(findings)
    assert report.rows == 1200
    assert report.inputs[0].rows == 1200
    assert report.held == held_of(listings, findings, ("US", "DE", "JP"))


def test_words_in_other_languages_only_are_seen_in_every_part(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    path.write_text("sku,item_name@de_DE,color@en_US\nA-1,Tasse,\nA-2,Schale,Blue\n", "utf-8")
    inputs = Inputs((str(path),))
    _, findings = whole(inputs, ("DE",))
    found = check_parts(Parts(inputs, 1), Question(("DE",), AS_OF))[1]
    assert list(found) == list(findings)
    assert "MKT003" in {finding.code for finding in found}


def test_rows_that_need_each_other_while_they_are_mapped_are_one_part(tmp_path: Path) -> None:
    path, profile = tmp_path / "shop.csv", tmp_path / "profile.toml"
    path.write_text("SKU,Handle,Title,Price\nA-1,mug,Mug,5\nA-2,mug,,6\nA-3,mug,,7\n", "utf-8")
    profile.write_text(
        '[columns]\nsku = { column = "SKU" }\nparent_sku = { column = "Handle" }\n[fill_down]\nby = "parent_sku"\nfields = ["item_name"]\n',
        "utf-8",
    )
    inputs = Inputs((str(path),), profile=str(profile))
    _, findings = whole(inputs, ("US",))
    parts = Parts(inputs, 1)
    assert list(check_parts(parts, Question(("US",), AS_OF))[1]) == list(findings)
    assert parts.settled
    assert parts.rows == 3


def test_a_cap_lists_some_findings_and_counts_all(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    rows = "".join(f"A-{number},4006381333930,Mug {number}\n" for number in range(40))
    path.write_text(f"SKU,EAN,Title\n{rows}", "utf-8")
    inputs = Inputs((str(path),))
    _, findings = whole(inputs, ("US",))
    capped = check_parts(Parts(inputs, 7), Question(("US",), AS_OF, most=5))[1]
    assert capped.severities()[Severity.ERROR] == findings.severities()[Severity.ERROR]
    assert capped.error_rows("US") == findings.error_rows("US")
    listed = [finding for finding in capped if finding.code == "GTN001"]
    assert len(listed) == 5
    told = [finding.message for finding in capped if finding.code == "CAP001" and "GTN001" in finding.message]
    assert len(told) == 1
    assert "35 more findings" in told[0]


@pytest.mark.parametrize(
    ("rows", "least"),
    [
        pytest.param(25_000, LARGE[False], id="parts"),
        pytest.param(180_000, SHARED, marks=pytest.mark.slow, id="processes"),
    ],
)
def test_the_output_is_the_same_for_any_number_of_cores(tmp_path: Path, rows: int, least: int) -> None:
    path = tmp_path / "master.csv"
    write(rows, path)
    assert path.stat().st_size >= least
    told = [
        subprocess.run(
            [sys.executable, "-m", "listingkit", "check", str(path), "-m", "US", "--jobs", jobs, "--format", "jsonl"],
            capture_output=True,
            check=False,
        )
        for jobs in ("1", "2", "4")
    ]
    assert len({one.stdout for one in told}) == 1
    assert told[0].stdout.count(b"\n") > rows // 70
    assert {one.stderr for one in told} == {b""}


@given(count=st.integers(1, 1000), most=st.integers(1, 50))
def test_buckets_hold_every_key_once(count: int, most: int) -> None:
    keys = pl.Series("key", [f"k{number}" for number in range(50)])
    buckets = buckets_of(count, most)
    held = [keys.to_frame().filter(in_bucket(pl.col("key"), (bucket, buckets)))["key"].to_list() for bucket in range(buckets)]
    assert sorted(key for one in held for key in one) == sorted(keys.to_list())
    assert buckets.bit_count() == 1
    assert -(-count // most) <= buckets < 2 * -(-count // most)
