"""Sieves that are asked together leave what each of them leaves alone, and fold letters as Python does."""

import sys
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.config import DEFAULT
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW
from listingkit.resources import data
from listingkit.rules import marks
from listingkit.rules.engine import catalogue
from listingkit.rules.findings import Findings
from listingkit.rules.gtin_use import isbn_outside_books
from listingkit.rules.plan import row_tasks
from listingkit.rules.run import row_batches
from listingkit.rules.sieve import Holds, Sieve, Staged
from listingkit.rules.task import start

COLUMNS = ("item_name", "brand", "bullet_point_1", "bullet_point_2", "main_product_image_locator", "product_id", "parentage_level", "price")
ROWS = [rule for rule in catalogue().values() if rule.scope == "row"]


def cells_of(example: Any) -> list[str]:
    if isinstance(example, tuple):
        return [cell for part in example for cell in cells_of(part)]
    return [] if example is None else [example]


TEXTS = sorted({cell for rule in ROWS for example in rule.bad_examples for cell in cells_of(example)})


def listings(rows: Any) -> Listings:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").with_columns(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    return Listings(frame, (Source("any.csv", None, {}, {}),))


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.none() | st.just("Mug") | st.sampled_from(TEXTS)] * len(COLUMNS)), min_size=1, max_size=12))
def test_rules_asked_together_find_what_each_finds_without_a_sieve(rows: Any) -> None:
    run = start(listings(rows), [marketplaces()["DE"]], as_of=date(2026, 11, 1), config=DEFAULT)

    def found(rules: Any) -> Any:
        told = Findings(list(row_batches(run, Sieve(list(row_tasks(run, rules))))), run.listings.sources)
        return sorted((one.code, one.row, one.field, one.message) for one in told)

    assert found(ROWS) == found([replace(rule, suspects=None) for rule in ROWS])


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.tuples(*[st.none() | st.just("Mug") | st.sampled_from(TEXTS)] * (len(COLUMNS) - 1))),
        min_size=1,
        max_size=4,
    )
)
def test_rows_that_read_like_the_one_above_them_are_found_like_it(families: Any) -> None:
    rows = [(f"Mug {number}", *texts) for count, texts in families for number in range(count)]
    run = start(listings(rows), [marketplaces()["DE"]], as_of=date(2026, 11, 1), config=DEFAULT)
    sieve = Sieve(list(row_tasks(run, ROWS)))
    alone = [sieve.rows(run.frame.slice(row, 1)) for row in range(run.frame.height)]
    found = [[row for row, each in enumerate(alone) if len(each[number])] for number in range(len(sieve.tasks))]
    assert [held.to_list() for held in sieve.rows(run.frame)] == found


def test_what_reads_only_columns_that_seldom_change_is_asked_once_for_each_run_of_rows() -> None:
    rows = listings([(f"Mug {number}", brand, *[None] * 6) for brand in ("A", "", "B") for number in range(9)])
    run = start(rows, (), as_of=date(2026, 11, 1), config=DEFAULT)
    asked = []

    def seen(cells: pl.Series) -> pl.Series:
        asked.append(len(cells))
        return cells == ""

    like = next(iter(row_tasks(run, ROWS)))
    tasks = [
        replace(like, suspects=pl.col(name).map_batches(seen, return_dtype=pl.Boolean), pattern=None, then=None)
        for name in ("brand", "item_name")
    ]
    assert [found.to_list() for found in Sieve(tasks).rows(run.frame)] == [list(range(9, 18)), []]
    assert sorted(asked) == [3, 27]


def test_a_dear_sieve_is_asked_only_of_what_the_cheap_one_leaves() -> None:
    run = start(listings([(name, *[None] * 7) for name in ("Mug", "12", "3")]), (), as_of=date(2026, 11, 1), config=DEFAULT)
    sieve = Staged(pl.col("item_name").str.contains("^[0-9]+$"), pl.col("item_name").cast(pl.Int64, strict=True) > 5)  # fails on a Mug
    task = replace(next(iter(row_tasks(run, ROWS))), suspects=sieve.first, pattern=None, then=sieve.then)
    assert [rows.to_list() for rows in Sieve([task]).rows(run.frame)] == [[1]]


def test_patterns_of_one_column_are_one_and_others_stay_expressions() -> None:
    name, brand = pl.col("item_name"), pl.col("brand")
    both = Holds(name, "Mug") | Holds(name, "Bowl")
    assert isinstance(both, Holds)
    frame = listings([("Mug", "B", *[None] * 6), ("Tray", "Bowl", *[None] * 6), ("a Bowl", None, *[None] * 6)]).frame
    assert frame.select(both.expression).to_series().to_list() == [True, False, True]
    either = Holds(name, "Mug") | Holds(brand, "Bowl")
    assert frame.select(either.fill_null(value=False)).to_series().to_list() == [True, True, False]


def test_phrases_are_sieved_in_every_case_that_python_folds() -> None:
    """Every letter that lower-cases to one of a phrase's letters is taken for it."""
    from listingkit.rules.lexicon import may_mention, phrases

    lines = data("lexicons/phrases.tsv").read_text("utf-8").splitlines()
    kinds = {tuple(line.split("\t")[:2]) for line in lines if not line.startswith(("#", "kind"))}
    letters = {letter for kind, tongue in kinds for phrase in phrases(kind, tongue) for letter in phrase}
    capitals = {
        char: chr(code) for code in range(sys.maxunicode + 1) for char in chr(code).lower() if char in letters and chr(code) != char
    }
    for kind, tongue in kinds:
        shouted = ["".join(capitals.get(char, char) for char in phrase) for phrase in phrases(kind, tongue)]
        sieve = may_mention(pl.col("text"), kind, tongue)
        assert pl.DataFrame({"text": shouted}).select(sieve.expression).to_series().all(), (kind, tongue)


CONTACTS = ["www.havnegade.example", "tel 030 1234567", "call us: +45 12 34 56 78", "Ab1.shop", "help@havnegade.example"]


@given(st.sampled_from(CONTACTS), st.data())
def test_contacts_are_sieved_in_every_case_that_python_folds(text: str, draw: Any) -> None:
    like = {"s": "sSſ", "k": "kK\u212a", "i": "iIİı"}
    written = "".join(draw.draw(st.sampled_from(like.get(char.lower(), char.lower() + char.upper()))) for char in text)
    if marks.contact(written):
        assert pl.DataFrame({"text": [written]}).select(marks.may_have_contact(pl.col("text")).expression).item()


@given(st.from_regex("[0-9]{8}|[0-9]{12,13}", fullmatch=True).filter(lambda digits: len(digits) < 13 or not digits.startswith("97")))
def test_plain_digits_that_begin_otherwise_are_no_isbn(digits: str) -> None:
    assert isbn_outside_books(digits, "HOME", DEFAULT) is None
