"""The rules of templates evaluated by us and by LibreOffice Calc."""

import random
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from formulas import LISTS, PLAIN, WORDS, conditions, written
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from libreoffice import SOFFICE, calculated, formula_rows, moved, text_rows, with_sheet, workbook

from listingkit.inventory.countif import number
from listingkit.inventory.formula import Node, evaluate
from listingkit.inventory.read import read_template
from listingkit.inventory.requirements import states
from listingkit.inventory.sheet_part import FormatRule
from listingkit.inventory.template import Template
from listingkit.inventory.workbook import Workbook

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice Calc (soffice) is not installed")]

REAL = ("us_unified_auto_part_prefilled_2025", "de_unified_food_storage_blank_2025", "it_unified_listing_loader_blank_2026")
ROWS = 500


def random_rows(template: Template, conditions: list[str], count: int, seed: int) -> list[dict[str, str | None]]:
    """Rows of labels, values that rules compare with, other texts, and blanks."""
    chance = random.Random(seed)
    rows = []
    kinds = [*template.product_types] * 6 + [None, "SOMETHING_ELSE"]
    for _ in range(count):
        filled = chance.choice([0.1, 0.4, 0.8])
        row: dict[str, str | None] = {}
        for path, column in template.by_path.items():
            labels = [label for held in column.values.values() for label in held.labels]
            choices = chance.choice([labels or ["x"], conditions or ["x"], ["x", "0", "7", "Parent", "parent"]])
            row[path] = chance.choice(choices) if chance.random() < filled else None
        if "product_type#1.value" in row:
            row["product_type#1.value"] = chance.choice(kinds)
        rows.append(row)
    return rows


def nested(rules: list[FormatRule], meanings: list[str | None], sheet: str, column: int, row: int) -> str:
    """All rules of a column as one formula that says which of them holds first."""
    text = '"optional"'
    for rule, meaning in sorted(zip(rules, meanings, strict=True), key=lambda pair: -pair[0].priority):
        anchor = min(block.left for block in rule.blocks)
        text = f'IF(IFERROR({moved(rule.formula, sheet, column - anchor, row)},FALSE),"{meaning}",{text})'
    return text


def compare(path: Path, folder: Path, count: int) -> tuple[int, list[tuple[str, int, str, str]]]:
    """Cells compared, and those where the two disagree (path, row, ours, theirs)."""
    template = read_template(path)
    with Workbook(path) as book:
        entry = next(entry for entry in book.sheets if entry.name == template.sheet)
        sheet = book.sheet(entry)
        values = [
            label for row in book.cells("Conditions List").values() for label in row.values() if not label.startswith("CONDITION_LIST")
        ]
        meanings = {id(rule): book.styles.meaning(rule.style) for rule in sheet.formats}
    first = 1 + max(*sheet.rows, template.data_row)
    rows = random_rows(template, values, count, seed=len(values))
    by_index = {column.index: column.path for column in template.columns}
    width = max(by_index) + 1
    texts = {first + at: [row.get(by_index.get(column, "")) for column in range(width)] for at, row in enumerate(rows)}
    rules_of = {
        column: [rule for rule in sheet.formats if meanings[id(rule)] and any(block.left <= column <= block.right for block in rule.blocks)]
        for column in by_index
    }
    formulas = {
        at: [nested(rules, [meanings[id(rule)] for rule in rules], template.sheet, column, at) for column, rules in rules_of.items()]
        for at in texts
    }
    target = folder / f"{path.stem}_oracle.xlsx"
    with_sheet(path, target, entry.part, text_rows(texts), formula_rows(formulas))
    theirs = calculated(target, folder)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(template.by_path, pl.String))
    ours = states(template, frame)
    differing = []
    for at, line in enumerate(theirs[first - 1 :]):
        for cell, path_ in zip(line, by_index.values(), strict=False):
            if cell != ours[path_][at]:
                differing.append((path_, first + at, str(ours[path_][at]), cell))
    assert len(theirs) == first - 1 + count
    assert len({state for path_ in by_index.values() for state in ours[path_].unique()}) >= 4, "the rows try too little"
    return count * len(by_index), differing


@pytest.mark.parametrize("name", REAL)
def test_real_templates_agree(name: str, real_files: Path, tmp_path: Path) -> None:
    compared, differing = compare(real_files / "templates" / f"{name}.xlsm", tmp_path, ROWS)
    print(f"{name}: {compared} cells compared, {len(differing)} disagreements")
    assert not differing[:10]


@pytest.mark.parametrize("language", ["en_US", "de_DE"])
def test_synthetic_templates_agree(language: str, templates: ModuleType, tmp_path: Path) -> None:
    store = "DE" if language == "de_DE" else "US"
    path = templates.build(templates.unified(store, language), tmp_path / f"{language}.xlsx")
    compared, differing = compare(path, tmp_path, 300)
    assert compared == 300 * 19
    assert not differing[:10]


def test_formulas_of_all_kinds_agree(tmp_path: Path) -> None:
    """Orderings of texts and criteria with operators and wildcards among them.

    Without `5.0`: as a criterion Excel finds a text `5` by it, Calc does not. And without numbers in the cells of the rows: what a person
    types is a number there, and these workbooks hold texts, which are greater than any number.
    """
    words = [word for word in (*WORDS, *PLAIN) if word != "5.0"]
    cells = [None, *(word for word in words if number(word or "-") is None)]
    made: list[tuple[Node, tuple[str | None, ...]]] = []

    @settings(max_examples=2500, phases=[Phase.generate], database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(conditions(words, lists=LISTS[:2]), st.tuples(*(st.sampled_from(cells) for _ in range(3))))
    def collect(node: Node, row: tuple[str | None, ...]) -> None:
        made.append((node, row))

    collect()
    places: dict[tuple[str, ...], str] = {labels: f"Lists!${'AB'[at]}$1:${'AB'[at]}${len(labels)}" for at, labels in enumerate(LISTS[:2])}
    formulas = {at: [f'IFERROR(IF({written(node, at, places)},"yes","no"),"error")'] for at, (node, _) in enumerate(made, 1)}
    lists = {at + 1: [labels[at] for labels in LISTS[:2]] for at in range(3)}
    path = workbook(tmp_path / "made.xlsx", {at: row for at, (_, row) in enumerate(made, 1)}, lists, formulas)
    theirs = [line[0] for line in calculated(path, tmp_path)]
    values = [evaluate(node, dict(enumerate(row))) for node, row in made]
    ours = ["error" if value is None else "yes" if value else "no" for value in values]
    differing = [
        (formulas[at][0], row, mine, other)
        for at, ((_, row), mine, other) in enumerate(zip(made, ours, theirs, strict=True), 1)
        if mine != other
    ]
    print(f"{len(made)} formulas compared, {len(differing)} disagreements")
    assert len(set(ours)) == 3
    assert not differing[:10]
