"""docs/rules.md is what the catalogue says today."""

from pathlib import Path

from listingkit.rules.cards import markdown
from listingkit.rules.engine import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
RENEW = "run: listingkit rules --format markdown > docs/rules.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown(), RENEW


def test_every_rule_has_one_heading() -> None:
    headings = [line.split()[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("## ")]
    assert sorted(headings) == sorted(catalogue())
