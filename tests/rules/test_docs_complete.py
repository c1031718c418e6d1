"""Every rule says all that a reader needs, in English and in Chinese, and docs/rules.zh.md is what the catalogue says today.

`python tests/rules/test_docs_complete.py` renews the page and the stamps of translations that somebody has looked at again.
"""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from listingkit.cli import main
from listingkit.resources import data
from listingkit.rules.cards import card, markdown
from listingkit.rules.engine import catalogue
from listingkit.rules.limits import limits
from listingkit.rules.translated import LANGUAGES, said, stamp, subject, translations, words

PAGE = Path(__file__).parents[2] / "docs" / "rules.zh.md"
RENEW = "run: python tests/rules/test_docs_complete.py"
RULES = list(catalogue().values())


def test_the_chinese_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown("zh"), RENEW


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_sentence_is_translated_and_of_todays_english(rule: Any) -> None:
    known = translations("zh")
    assert rule.code in known, f"{rule.code} has no line in data/rules_zh.tsv"
    of, told = known[rule.code]
    assert of == stamp(rule), f"the English of {rule.code} changed: look at its Chinese again, then {RENEW}"
    for english, chinese in zip((rule.doc, rule.detail, rule.why), told, strict=True):
        assert bool(english) == bool(chinese)
        assert not chinese or (re.search("[\u4e00-\u9fff]", chinese) and chinese.endswith(("。", "！", "？")))


def test_no_translation_is_of_a_rule_that_is_gone() -> None:
    assert set(translations("zh")) == set(catalogue())


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    places = [{key: sorted(re.findall(r"\{\w*\}", text)) for key, text in words(language).items()} for language in LANGUAGES]
    assert places[0] == places[1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_has_everything(rule: Any, language: str) -> None:
    text, told, say = card(rule, language), said(rule, language), words(language)
    for part in (rule.code, rule.name, told.doc, told.detail, told.why, rule.source, str(rule.checked), say[rule.severity.value]):
        assert part in text
    assert say[rule.fix.value if rule.fix else "none"] in text
    assert all(code in text for code in rule.errors)
    assert all(store in text for store in rule.stores)
    for name in rule.limit:
        dated = [limit for limit in limits() if limit.name == name]
        assert dated
        assert all(f"{limit.value} " in text and str(limit.effective_from) in text and limit.source in text for limit in dated)
    bad, _, good = text.partition(say["good"])
    assert say["bad"] in bad
    assert bad.rsplit(say["bad"], 1)[1].strip()
    assert good.strip()
    assert re.search("[\u4e00-\u9fff]", subject(rule.category, "zh")) or subject(rule.category, "zh").isupper()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["explain", "SKU001", "--language", "zh"], "每一行都要有 SKU"),
        (["explain", "SKU001"], "Every row needs a SKU"),
        (["rules", "--language", "zh"], "每一行都要有 SKU"),
    ],
)
def test_explain_speaks_the_language_that_is_asked_for(command: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 0
    assert told in capfd.readouterr().out


@pytest.mark.parametrize(
    ("locale", "terminal", "chinese"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, True, True),
        ({"LANG": "zh_CN.UTF-8"}, True, True),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, True, False),
        ({"LANG": "zh_CN.UTF-8"}, False, False),
    ],
)
def test_on_a_terminal_explain_speaks_the_language_of_the_locale(locale: dict[str, str], *, terminal: bool, chinese: bool) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    command = [sys.executable, "-m", "listingkit", "explain", "SKU001"]
    environment = {**plain, **locale, "PYTHONUTF8": "1"}
    if terminal:
        reader, writer = pty.openpty()
        subprocess.run(command, env=environment, stdout=writer, check=True)
        os.close(writer)
        output = os.read(reader, 100_000)
        os.close(reader)
    else:
        output = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    assert ("每一行都要有 SKU" in output.decode("utf-8")) is chinese


def renew() -> None:
    path = data("rules_zh.tsv")
    lines = path.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines[2:]]
    kept = sorted([code, stamp(catalogue()[code]), *cells] for code, _, *cells in rows if code in catalogue())
    path.write_text("\n".join([*lines[:2], *("\t".join(row) for row in kept)]) + "\n", "utf-8")
    translations.cache_clear()
    PAGE.write_text(markdown("zh"), "utf-8")


if __name__ == "__main__":
    renew()
