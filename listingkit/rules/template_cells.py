"""What a template says of its cells: judged column by column, without knowing where the file came from."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from listingkit.finding import Flaw, Safety, Severity
from listingkit.inventory.data_rows import is_day
from listingkit.inventory.encodings import misfits
from listingkit.inventory.requirements import TYPE_PATHS, rules_of
from listingkit.inventory.requirements import states as states_of
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import dictionary, label_by_wire
from listingkit.inventory.wording import is_deprecated, words
from listingkit.master.sheet import ROW

ACTION_PATHS = ("::record_action", "update_delete", "record_action#1.value")
SKU_PATHS = ("contribution_sku#1.value", "item_sku", "vendor_sku#1.value")
THEME_PATHS = ("variation_theme#1.name", "variation_theme")
_LANGUAGES = ("en", "de")  # of the public values
_OWN = {"brand": "VAL027", "brand_name": "VAL027", "merchant_shipping_group": "VAL028", "merchant_shipping_group_name": "VAL028"}
_OWN |= {"fulfillment_availability": "VAL029", "fulfillment_center_id": "VAL029"}


@dataclass(frozen=True)
class Flawed:
    """The flaws of one rule in one column: positions in the frame, with a flaw each."""

    code: str
    path: str
    positions: Sequence[int]
    flaws: Sequence[Flaw]


@dataclass(frozen=True)
class Sheet:
    """Rows of a template: one String column a path, labels as a person picks them, blank null.

    `texts` names, for columns of numbers and dates, the rows (by `#row`) whose cell was typed as text.
    """

    template: Template
    frame: pl.DataFrame
    texts: Mapping[str, frozenset[int]]

    @cached_property
    def columns(self) -> Mapping[str, TemplateColumn]:
        """The template's columns that the frame has, the first of each path."""
        held = set(self.frame.columns)
        return {path: column for path, column in self.template.by_path.items() if path in held}

    def first(self, paths: Sequence[str]) -> str | None:
        """The first of these paths that the frame has."""
        return next((path for path in paths if path in self.columns), None)

    @cached_property
    def actions(self) -> pl.Series:
        """What each row does, as a wire value."""
        path = self.first(ACTION_PATHS)
        if path is None:
            return pl.Series([self.template.default_action]).new_from_index(0, self.frame.height)
        told = dictionary(self.columns[path], self.template.generation, self.template.header_language)
        folded = {label.casefold(): wire for label, wire in told.items()} | {wire: wire for wire in told.values()}
        folded |= words("default_action")
        known = self.frame[path].str.to_lowercase().replace_strict(folded, default=None, return_dtype=pl.String)
        return known.fill_null(self.template.default_action)

    @cached_property
    def kinds(self) -> pl.Series:
        """Each row's product type as the template spells it; null where the template has none such."""
        path = self.first(TYPE_PATHS)
        if path is None:
            only = self.template.product_types[0] if len(self.template.product_types) == 1 else None
            return pl.Series([only], dtype=pl.String).new_from_index(0, self.frame.height)
        known = {kind.lower(): kind for kind in self.template.product_types}
        return self.frame[path].str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)


def requirements(sheet: Sheet) -> Iterator[Flawed]:
    """Cells that are empty though required, and filled though they do not apply."""
    template, frame = sheet.template, sheet.frame
    rules = [rule for rule in rules_of(template) if rule.path not in TYPE_PATHS]
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

    yield from _said("REQ010", path, wanted, missing)
    yield from _said("REQ011", path, filled & (state == "not_applicable"), foreign)
    yield from _said("REQ012", path, filled & (state == "leave_empty"), superfluous)


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

    yield from _said("TPL007", path, wrong, flaw)


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
        yield from _said(
            "TPL006", path, (sku == example).fill_null(value=False), lambda _: Flaw("this is Amazon's example row, not a product")
        )
        yield from _said(
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

        yield from _said("TPL011", path, left, flaw)


def unwritable(sheet: Sheet, encoding: str) -> Iterator[Flawed]:
    """Values with a character that the encoding of the text file does not have."""
    for path in sheet.columns:
        misfit = misfits(sheet.frame[path], encoding)
        if misfit:
            yield from _unfit(sheet.frame[path], path, misfit, encoding)


def _unfit(value: pl.Series, path: str, misfit: Mapping[str, str], encoding: str) -> Iterator[Flawed]:
    def flaw(place: int) -> Flaw:
        return Flaw(f"{misfit[str(value[place])]!r} does not exist in {encoding}, the encoding of this template's text files: replace it")

    yield from _said("FIL011", path, value.is_in(list(misfit)), flaw)


def values(sheet: Sheet) -> Iterator[Flawed]:
    """Values outside their drop-down lists, of the wrong type, or no longer to be used."""
    skipped = {sheet.first(TYPE_PATHS)}
    for path, column in sheet.columns.items():
        value = sheet.frame[path]
        if path in skipped or value.null_count() == sheet.frame.height:
            continue
        listed = _listed(sheet, column)
        if column.type != "text":
            yield from _typed(sheet, column, listed)
        elif listed:
            yield from _outside(sheet, column, listed)
        if path in THEME_PATHS:
            yield from _deprecated(sheet, column)


def _listed(sheet: Sheet, column: TemplateColumn) -> list[tuple[pl.Series, Sequence[str], bool]]:
    """The lists of a column, each with the rows it is for."""
    if "" in column.values:
        everywhere = pl.repeat(value=True, n=sheet.frame.height, eager=True)
        return [(everywhere, column.values[""].labels, column.values[""].closed)]
    return [((sheet.kinds == kind).fill_null(value=False), held.labels, held.closed) for kind, held in column.values.items()]


def _outside(sheet: Sheet, column: TemplateColumn, listed: Sequence[tuple[pl.Series, Sequence[str], bool]]) -> Iterator[Flawed]:
    value = sheet.frame[column.path]
    own = next((code for start, code in _OWN.items() if column.path.split("[")[0].split("#")[0] == start), None)
    default = words("default_action") if column.path in ACTION_PATHS else {}
    for rows, labels, closed in listed:
        if not closed and own is None:
            continue
        outside = rows & value.is_not_null() & ~value.is_in(list(labels)).fill_null(value=False)
        if default:
            outside &= ~value.str.to_lowercase().is_in(list(default)).fill_null(value=False)
        known: dict[str, tuple[str, Flaw]] = {}
        meant = Meant(column, labels, sheet.template)
        found: dict[str, tuple[list[int], list[Flaw]]] = {}
        for place in outside.arg_true().to_list():
            text = str(value[place])
            if text not in known:
                known[text] = meant.flaw(text) if closed else meant.own(text, own or "")
            code, flaw = known[text]
            if own and code == "VAL020":
                code = own
            places, flaws = found.setdefault(code, ([], []))
            places.append(place)
            flaws.append(flaw)
        for code, (places, flaws) in found.items():
            yield Flawed(code, column.path, places, flaws)


class Meant:
    """Which label of a list was meant."""

    def __init__(self, column: TemplateColumn, labels: Sequence[str], template: Template) -> None:
        self._column, self._labels = column, labels
        self._folded = {_tight(label): label for label in reversed(labels)}
        held = set(labels)
        told = dictionary(column, template.generation, template.header_language)
        self._by_wire = {wire: label for label, wire in reversed(list(told.items())) if label in held}
        bare = replace(column, values={}, aliases={})
        self._foreign: dict[str, str] = {}
        for language in _LANGUAGES:
            for label, wire in dictionary(bare, template.generation, language).items():
                if wire in self._by_wire:
                    self._foreign.setdefault(label.casefold(), self._by_wire[wire])

    def flaw(self, text: str) -> tuple[str, Flaw]:
        """The code and flaw of a value outside a closed list."""
        if (label := self._folded.get(_tight(text))) is not None:
            return "VAL021", Flaw(f"{text!r} is written {label!r} in the list", fix=label, safety=Safety.SAFE)
        if (label := self._by_wire.get(text) or self._by_wire.get(text.lower())) is not None:
            return "VAL022", Flaw(f"{text!r} is what Amazon stores; the sheet takes {label!r}", fix=label, safety=Safety.SAFE)
        if (label := self._foreign.get(text.casefold())) is not None:
            return "VAL022", Flaw(
                f"{text!r} is the label of another language; this template takes {label!r}", fix=label, safety=Safety.SAFE
            )
        if (label := self._as_number(text)) is not None:
            return "VAL021", Flaw(f"{text!r} is written {label!r} in the list", fix=label, safety=Safety.SAFE)
        near = self._nearest(text)
        name = self._column.label or self._column.path
        if near:
            return "VAL020", Flaw(f"{text!r} is not in the list of {name}; nearest is {near!r}", fix=near, safety=Safety.ASK)
        return "VAL020", Flaw(f"{text!r} is not in the list of {name}: {_some(self._labels)}")

    def own(self, text: str, code: str) -> tuple[str, Flaw]:
        """The code and flaw of a value outside an open list that holds the account's own."""
        if (label := self._folded.get(_tight(text))) is not None:
            return "VAL021", Flaw(f"{text!r} is written {label!r} in the list", fix=label, safety=Safety.SAFE, severity=Severity.WARNING)
        near = self._nearest(text)
        name = self._column.label or self._column.path
        hint = f"; nearest is {near!r}" if near else f": {_some(self._labels)}"
        return code, Flaw(f"{text!r} is not among the account's own values of {name}{hint}", fix=near, safety=Safety.ASK)

    def _as_number(self, text: str) -> str | None:
        number = _number(text)
        return next((label for label in self._labels if _number(label) == number), None) if number is not None else None

    def _nearest(self, text: str) -> str | None:
        from rapidfuzz import fuzz, process

        found = process.extractOne(_tight(text), {label: _tight(label) for label in self._labels}, scorer=fuzz.ratio, score_cutoff=75)
        return str(found[2]) if found else None


def _tight(text: str) -> str:
    return " ".join(text.casefold().split())


def _some(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (f" ... ({len(labels)} values)" if len(labels) > 5 else "")


def _typed(sheet: Sheet, column: TemplateColumn, listed: Sequence[tuple[pl.Series, Sequence[str], bool]]) -> Iterator[Flawed]:
    """Columns of numbers and dates: what is none, and what is one but was typed as text."""
    value = sheet.frame[column.path]
    allowed = {label for _, labels, _ in listed for label in labels}
    distinct = [text for text in value.unique().to_list() if text is not None and text not in allowed]
    judged = {text: flaw for text in distinct if (flaw := _mistyped(text, column)) is not None}
    wrong = value.is_in(list(judged)).fill_null(value=False)
    yield from _said("VAL023", column.path, wrong, lambda place: judged[str(value[place])])
    typed = sheet.texts.get(column.path)
    if typed and column.type != "date":
        as_text = sheet.frame[ROW].is_in(list(typed)) & ~wrong & ~value.is_in(list(allowed)).fill_null(value=False)
        name = column.label or column.path
        severity = None if sheet.template.generation == "unified" else Severity.WARNING
        yield from _said("VAL024", column.path, as_text, lambda _: Flaw(f"this number of {name} is stored as text", severity=severity))


def _mistyped(text: str, column: TemplateColumn) -> Flaw | None:
    name = column.label or column.path
    if column.type == "date":
        return None if is_day(text) else Flaw(f"{text!r} is no date that {name} takes (2026-11-30)")
    number = _number(text)
    if number is None:
        meant = text.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", text) else None
        return Flaw(f"{text!r} is no number", fix=meant)
    if column.type == "integer" and number != int(number):
        return Flaw(f"{name} takes whole numbers, not {text}")
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e15 and "_" not in text else None


def _deprecated(sheet: Sheet, column: TemplateColumn) -> Iterator[Flawed]:
    value = sheet.frame[column.path]
    old = [text for text in value.unique().to_list() if text is not None and is_deprecated(text)]
    wrong = value.is_in(old).fill_null(value=False)
    yield from _said("VAL025", column.path, wrong, lambda place: Flaw(f"variation theme {str(value[place])!r} is no longer to be used"))


def _said(code: str, path: str, wrong: pl.Series, flaw: Callable[[int], Flaw]) -> Iterator[Flawed]:
    places = wrong.fill_null(value=False).arg_true().to_list()
    if places:
        yield Flawed(code, path, places, [flaw(place) for place in places])
