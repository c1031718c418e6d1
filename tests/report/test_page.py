"""The page without a browser: what it holds, in every language, and how large it gets."""

import base64
import json
import random
import re
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from report_cases import BARE, CHECK_DIGIT, HOSTILE, LONG_TITLE, hostile, written

from listingkit.errors import UnknownName
from listingkit.finding import Finding, Fix, Safety, Severity
from listingkit.report.escape import INVISIBLE
from listingkit.report.phrases import languages
from listingkit.report.ranking import steps
from listingkit.report.report import ChangeCount, Product, Report, RuleCard, Run
from listingkit.rules.translated import translations


def payload(page: str) -> Any:
    packed = re.search(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]*)</script>', page)
    assert packed
    return json.loads(zlib.decompress(base64.b64decode(packed[1])))


def error(code: str, row: int | None, sku: str | None = None) -> Finding:
    return Finding(code, code.lower(), Severity.ERROR, "wrong", "m.csv", None, row, sku=sku)


def test_every_language_says_the_same_things() -> None:
    keys = {code: set(phrases.table) for code, phrases in languages().items()}
    assert set(keys) == {"en", "de", "zh"}
    assert len(set(map(frozenset, keys.values()))) == 1
    english = languages()["en"].table
    for code, phrases in languages().items():
        for key, said in phrases.table.items():
            assert type(said) is type(english[key]), key
            for text in said.values() if isinstance(said, dict) else [said]:
                wanted = english[key]["other"] if isinstance(said, dict) else english[key]
                if "{n}" in text or "one" not in key:
                    assert set(re.findall(r"{\w+}", text)) <= set(re.findall(r"{\w+}", wanted)), f"{code} {key}"
            assert "other" in said if isinstance(said, dict) else said


@pytest.mark.parametrize("language", languages())
def test_the_page_opens_in_a_language(language: str) -> None:
    page = written(Report([CHECK_DIGIT], rows=40, held=1, shipped={"DE": 39}), "html", language=language)
    assert f'<html lang="{language}">' in page
    assert languages()[language]["fix_first"] in page


def test_rules_speak_the_readers_language_where_they_were_translated() -> None:
    rules = {"GTN001": RuleCard("GTN001", "gtin-check-digit", "The check digit holds.", "Amazon refuses it.", "GS1", "gtin")}
    doc, why = translations("zh")["GTN001"][1].doc, translations("zh")["GTN001"][1].why
    page = written(Report([CHECK_DIGIT], rules=rules), "html", language="zh")
    assert f'data-rule="GTN001" data-part="0">{doc}<' in page
    assert f'data-rule="GTN001" data-part="1">{why}<' in page
    other = written(Report([CHECK_DIGIT], rules=rules), "html", language="de")
    assert "The check digit holds." in other
    assert payload(other)["spoken"] == {"zh": {"GTN001": [doc, why]}}


def test_a_field_that_the_message_names_is_not_named_twice() -> None:
    lacks = replace(BARE, message="the sheet has no material_1: required, but blank (8 rows)", field="material_1")
    unsaid = replace(BARE, message="1 listing names no EU responsible person", field="dsa_responsible_party_address")
    data = payload(written(Report([lacks, unsaid]), "html"))
    assert [data["texts"][number] for number in data["lines"]["column"]] == ["", "dsa_responsible_party_address"]


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(UnknownName, match="report language"):
        written(Report([]), "html", language="xx")


def test_nothing_but_our_own_script_and_style_may_run() -> None:
    page = written(Report([CHECK_DIGIT]), "html")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    for word in ("default-src &#39;none&#39;", "script-src &#39;sha256-", "style-src &#39;sha256-", "connect-src &#39;none&#39;"):
        assert word in policy[1]
    assert not re.search(r"<[^>]+ (on\w+|style)=", page.partition("<script>")[0])


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_contents_stay_in_the_packed_data(value: str) -> None:
    report = structs.replace(hostile(value), products=[Product(value, value, value, value, {"DE": value}, value, value)])
    page = written(report, "html")
    assert page.count("<script") == 3
    assert "<img" not in page
    data = payload(page)
    assert any(text.startswith("not good") for text in data["texts"])
    assert not any(INVISIBLE.search(text) for text in data["texts"])


def test_marketplaces_share_a_line() -> None:
    data = payload(written(Report([CHECK_DIGIT, replace(CHECK_DIGIT, marketplace="US"), LONG_TITLE, BARE]), "html"))
    lines, texts = data["lines"], data["texts"]
    assert lines["times"] == [2, 1, 1]
    assert texts[lines["stores"][0]] == "DE US"
    assert (texts[lines["letter"][0]], lines["row"][0]) == ("F", 17)
    assert [lines["safety"][0], lines["safety"][1]] == [2, 0]


def test_the_page_tells_changes_rules_trend_and_columns_left_out() -> None:
    report = Report(
        [CHECK_DIGIT],
        rules={"GTN001": RuleCard("GTN001", "gtin-check-digit", "The check digit holds.", "Amazon refuses it.", "GS1", "gtin")},
        changes=[ChangeCount("DE", added=3, dangerous=77)],
        trend=[Run("2026-10-01", 12, 3)],
        unmapped=["Internal <note>"],
        version="9.9",
    )
    page = written(report, "html")
    for part in ("The check digit holds.", "Amazon refuses it.", ">77<", "2026-10-01", "Internal &lt;note&gt;", "9.9"):
        assert part in page


def test_ten_thousand_findings_stay_below_a_megabyte() -> None:
    chance = random.Random(5)
    words = "steel mug handle glaze speckled large small blue set gift box kitchen coffee tea".split()  # noqa: SIM905 - reads better
    found = [
        replace(
            CHECK_DIGIT,
            message=f"the title has {chance.randrange(200, 300)} characters, {chance.choice(words)} stands there twice",
            row=row,
            cell=f"F{row}",
            sku=f"SKU-{chance.randrange(10**8)}",
            value=" ".join(chance.choices(words, k=25)),
            fix=Fix(" ".join(chance.choices(words, k=10)), Safety.ASK),
        )
        for row in range(2, 10_002)
    ]
    page = written(Report(found), "html")
    assert len(page.encode()) < 1_000_000
    assert len(payload(page)["lines"]["row"]) == 10_000


def test_what_to_fix_first_is_what_sets_most_listings_free() -> None:
    found = [error("A1", 1), error("A1", 2), error("B1", 2), error("B1", 3), error("B1", 4), error("C1", 5), error("C1", 5)]
    ranked, blocked = steps(found)
    assert blocked == 5
    assert [(step.code, step.listings, step.freed, step.so_far) for step in ranked] == [("B1", 3, 2, 2), ("A1", 2, 2, 4), ("C1", 1, 1, 5)]


def test_a_missing_column_blocks_every_row() -> None:
    ranked, blocked = steps([error("REQ001", None), error("A1", 2)], rows=40)
    assert blocked == 40
    assert [(step.code, step.freed) for step in ranked] == [("REQ001", 39), ("A1", 1)]


@given(st.lists(st.tuples(st.sampled_from(["A1", "B1", "C1", "D1"]), st.integers(1, 8))))
def test_all_steps_together_set_everything_free(pairs: list[tuple[str, int]]) -> None:
    ranked, blocked = steps([error(code, row) for code, row in pairs])
    assert blocked == len({row for _, row in pairs})
    assert [step.code for step in ranked] == list(dict.fromkeys(step.code for step in ranked))
    assert {step.code for step in ranked} == {code for code, _ in pairs}
    assert sum(step.freed for step in ranked) == blocked
    assert not ranked or ranked[-1].so_far == blocked
