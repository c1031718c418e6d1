"""What a template says of its cells: judged column by column, without knowing where the file came from."""

import re
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from listingkit.fields import plain_names
from listingkit.finding import Flaw, Safety, Severity
from listingkit.inventory.data_rows import is_day
from listingkit.inventory.encodings import misfits
from listingkit.inventory.paths import place
from listingkit.inventory.requirements import TYPE_PATHS, rules_of
from listingkit.inventory.requirements import states as states_of
from listingkit.inventory.template import TemplateColumn
from listingkit.inventory.wire import dictionary, label_by_wire
from listingkit.inventory.wording import is_deprecated, words
from listingkit.master.sheet import ROW
from listingkit.rules.template_lists import listed, outside
from listingkit.rules.template_sheet import ACTION_PATHS, SKU_PATHS, THEME_PATHS, Flawed, Sheet, number, said


def requirements(sheet: Sheet) -> Iterator[Flawed]:
    """Cells that are empty though required, and filled though they do not apply."""
    template, frame = sheet.template, sheet.frame
    rules = [rule for rule in rules_of(template) if rule.steps and rule.path not in TYPE_PATHS]  # no steps: every cell is optional
    states = states_of(template, frame, [rule.path for rule in rules])
    deleted = sheet.actions == "delete"
    partial = sheet.actions == "partial_update"
    strange = _of_other_types(sheet)  # TPL007 says it once for the whole row
    labels = {path: column.label or path for path, column in template.by_path.items()}
    for rule in rules:
        state = states[rule.path]
        filled = frame[rule.path].is_not_null() if rule.path in frame.columns else pl.repeat(value=False, n=frame.height, eager=True)
        filled &= ~strange
        wanted = (state == "required") & ~filled & ~deleted & ~strange
        if rule.path not in SKU_PATHS:
            wanted &= ~partial
        yield from _stated(sheet, rule.path, labels[rule.path], wanted, filled, state)


def _stated(sheet: Sheet, path: str, label: str, wanted: pl.Series, filled: pl.Series, state: pl.Series) -> Iterator[Flawed]:
    """One column's cells whose state says that they are wrong."""

    def missing(place: int) -> Flaw:
        return Flaw(f"{label} is required{_for(sheet, place)} and blank")

    def foreign(place: int) -> Flaw:
        return Flaw(f"{label} does not apply to product type {_kind(sheet, place)}", fix="")

    def superfluous(_: int) -> Flaw:
        return Flaw(f"{label} must stay empty, given the other cells of the row", fix="")

    yield from said("REQ010", path, wanted, missing)
    yield from said("REQ011", path, filled & (state == "not_applicable"), foreign)
    yield from said("REQ012", path, filled & (state == "leave_empty"), superfluous)


def _for(sheet: Sheet, place: int) -> str:
    return f" for {sheet.kinds[place]}" if sheet.kinds[place] else ""


def _kind(sheet: Sheet, place: int) -> str:
    path = sheet.first(TYPE_PATHS)
    return str(sheet.frame[path][place]) if path else "this"


def product_types(sheet: Sheet) -> Iterator[Flawed]:
    """Rows of a product type that the template is not made for."""
    path = sheet.first(TYPE_PATHS)
    if path is None:
        return
    known = sheet.template.product_types
    value = sheet.frame[path]
    wrong = _of_other_types(sheet)

    def flaw(place: int) -> Flaw:
        text = str(value[place])
        same = next((kind for kind in known if _folded(kind) == _folded(text)), None)
        if same:
            return Flaw(f"product type {text!r} is written {same!r} in this template", fix=same, safety=Safety.SAFE)
        return Flaw(f"this template is not made for product type {text!r}, only for {', '.join(known[:10])}")

    yield from said("TPL007", path, wrong, flaw)


def _of_other_types(sheet: Sheet) -> pl.Series:
    """Rows whose product type is none of the template's."""
    path, known = sheet.first(TYPE_PATHS), sheet.template.product_types
    if path is None or not known:
        return pl.repeat(value=False, n=sheet.frame.height, eager=True)
    value = sheet.frame[path]
    return value.is_not_null() & ~value.is_in(list(known)).fill_null(value=False)


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def examples(sheet: Sheet) -> Iterator[Flawed]:
    """Amazon's own example, default action or note left among the data."""
    path = sheet.first(SKU_PATHS)
    if path is not None:
        sku = sheet.frame[path]
        example = sheet.columns[path].example or "ABC123"
        note = sku.str.starts_with("✅") | sku.str.strip_chars().str.starts_with("✅")
        yield from said(
            "TPL006", path, (sku == example).fill_null(value=False), lambda _: Flaw("this is Amazon's example row, not a product")
        )
        yield from said(
            "TPL006", path, note.fill_null(value=False), lambda _: Flaw("this is Amazon's note about preference profiles, not a product")
        )
    path = sheet.first(ACTION_PATHS)
    if path is not None:
        column, value = sheet.columns[path], sheet.frame[path]
        known = words("default_action")
        left = value.str.to_lowercase().is_in(list(known)).fill_null(value=False)
        label = label_by_wire(dictionary(column, sheet.template.generation, sheet.template.header_language)).get("full_update")
        same = sheet.template.default_action == "full_update"

        def flaw(place: int) -> Flaw:
            text = f"{str(value[place])!r} is the text of Amazon's example, no value of the list"
            return Flaw(text, fix=label, safety=Safety.SAFE if same else Safety.ASK)

        yield from said("TPL011", path, left, flaw)


def unwritable(sheet: Sheet, encoding: str) -> Iterator[Flawed]:
    """Values with a character that the encoding of the text file does not have."""
    for path in sheet.columns:
        misfit = misfits(sheet.frame[path], encoding)
        if misfit:
            yield from _unfit(sheet.frame[path], path, misfit, encoding)


def _unfit(value: pl.Series, path: str, misfit: Mapping[str, str], encoding: str) -> Iterator[Flawed]:
    def flaw(place: int) -> Flaw:
        return Flaw(f"{misfit[str(value[place])]!r} does not exist in {encoding}, the encoding of this template's text files: replace it")

    yield from said("FIL011", path, value.is_in(list(misfit)), flaw)


def values(sheet: Sheet) -> Iterator[Flawed]:
    """Values outside their drop-down lists, of the wrong type, or no longer to be used."""
    skipped = {sheet.first(TYPE_PATHS)}
    for path, column in sheet.columns.items():
        value = sheet.frame[path]
        if path in skipped or value.null_count() == sheet.frame.height:
            continue
        lists = [] if _is_number_of_product(path) else listed(sheet, column)
        if column.type != "text":
            yield from _typed(sheet, column, lists)
        elif lists:
            yield from outside(sheet, column, lists)
        if path in THEME_PATHS:
            yield from _deprecated(sheet, column)


def _is_number_of_product(path: str) -> bool:
    """Whether a column holds product ids: a list on it was pasted there with other cells."""
    found = place(path)
    return found is not None and plain_names()[found.plain][0].kind == "gtin"


def _typed(sheet: Sheet, column: TemplateColumn, lists: Sequence[tuple[pl.Series, Sequence[str], bool]]) -> Iterator[Flawed]:
    """Columns of numbers and dates: what is none, and what is one but was typed as text."""
    value = sheet.frame[column.path]
    allowed = {label for _, labels, _ in lists for label in labels}
    distinct = [text for text in value.unique().to_list() if text is not None and text not in allowed]
    judged = {text: flaw for text in distinct if (flaw := _mistyped(text, column)) is not None}
    wrong = value.is_in(list(judged)).fill_null(value=False)
    yield from said("VAL023", column.path, wrong, lambda place: judged[str(value[place])])
    typed = sheet.texts.get(column.path)
    if typed and column.type != "date":
        as_text = sheet.frame[ROW].is_in(list(typed)) & ~wrong & ~value.is_in(list(allowed)).fill_null(value=False)
        name = column.label or column.path
        severity = None if sheet.template.generation == "unified" else Severity.WARNING
        yield from said("VAL024", column.path, as_text, lambda _: Flaw(f"this number of {name} is stored as text", severity=severity))


def _mistyped(text: str, column: TemplateColumn) -> Flaw | None:
    name = column.label or column.path
    if column.type == "date":
        return None if is_day(text) else Flaw(f"{text!r} is no date that {name} takes (2026-11-30)")
    amount = number(text)
    if amount is None:
        meant = text.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", text) else None
        return Flaw(f"{text!r} is no number", fix=meant)
    if column.type == "integer" and amount != int(amount):
        return Flaw(f"{name} takes whole numbers, not {text}")
    return None


def _deprecated(sheet: Sheet, column: TemplateColumn) -> Iterator[Flawed]:
    value = sheet.frame[column.path]
    old = [text for text in value.unique().to_list() if text is not None and is_deprecated(text)]
    wrong = value.is_in(old).fill_null(value=False)
    yield from said("VAL025", column.path, wrong, lambda place: Flaw(f"variation theme {str(value[place])!r} is no longer to be used"))
