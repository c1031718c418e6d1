"""Values and the drop-down lists of their columns: which list a row has, what is not in it, and what was meant."""

import re
from collections.abc import Iterator, Sequence

import polars as pl
from msgspec.structs import replace

from listingkit.finding import Flaw, Safety, Severity
from listingkit.inventory.template import Control, Template, TemplateColumn, ValueList
from listingkit.inventory.wire import dictionary
from listingkit.inventory.wording import words
from listingkit.rules.template_sheet import ACTION_PATHS, Flawed, Sheet, number

_SLOT = re.compile(r"#(\d+)")
_LANGUAGES = ("en", "de", "it")  # of the public values
_OWN = {"brand": "VAL027", "brand_name": "VAL027", "merchant_shipping_group": "VAL028", "merchant_shipping_group_name": "VAL028"}
_OWN |= {"fulfillment_availability": "VAL029", "fulfillment_center_id": "VAL029"}


def listed(sheet: Sheet, column: TemplateColumn) -> list[tuple[pl.Series, Sequence[str], bool]]:
    """The lists of a column, each with the rows it is for."""
    if "" in column.values:
        everywhere = pl.repeat(value=True, n=sheet.frame.height, eager=True)
        return list(_chosen(sheet, column, everywhere, column.values[""]))
    of_kinds = [((sheet.kinds == kind).fill_null(value=False), held) for kind, held in column.values.items()]
    return [one for rows, held in of_kinds for one in _chosen(sheet, column, rows, held)]


def _chosen(sheet: Sheet, column: TemplateColumn, rows: pl.Series, held: ValueList) -> Iterator[tuple[pl.Series, Sequence[str], bool]]:
    """A list with its rows; where other cells choose among several, each with the rows that choose it.

    Rows that choose none (the other cell is blank, or has no list) are held against all of them, as are the second and further
    slots of an attribute, which some of Amazon's templates let the first one choose for.
    """
    paths = {known.index: path for path, known in sheet.columns.items()}
    own = [control for control in held.controls if control.column in paths and not _other_slot(paths[control.column], column.path)]
    if not own or len(own) < len(held.controls):
        yield rows, held.labels, held.closed
        return
    tokens = pl.DataFrame([_tokens(sheet.frame[paths[control.column]], control, f"{at}") for at, control in enumerate(held.controls)])
    left = rows
    for token in tokens.filter(rows).unique(maintain_order=True).iter_rows():
        labels = held.chosen.get(token)
        if labels is not None:
            mine = rows & tokens.select(pl.all_horizontal(pl.col(f"{at}").eq_missing(part) for at, part in enumerate(token))).to_series()
            left &= ~mine
            yield mine, labels, held.closed
    yield left, held.labels, held.closed


def _other_slot(path: str, other: str) -> bool:
    """Whether two paths are slots of one attribute that have different numbers."""
    (name, one), (same, two) = ((path_.split("[")[0].split("#")[0], _SLOT.search(path_)) for path_ in (path, other))
    return name == same and one is not None and two is not None and one[1] != two[1]


def _tokens(value: pl.Series, control: Control, name: str) -> pl.Series:
    known = {text: control.token(text) for text in value.drop_nulls().unique()}
    return value.replace_strict(known, default=None, return_dtype=pl.String).alias(name)


def outside(sheet: Sheet, column: TemplateColumn, listed: Sequence[tuple[pl.Series, Sequence[str], bool]]) -> Iterator[Flawed]:
    """Values that are in none of their rows' closed lists, or not among the account's own."""
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
        if (label := self._asnumber(text)) is not None:
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

    def _asnumber(self, text: str) -> str | None:
        wanted = number(text)
        return next((label for label in self._labels if number(label) == wanted), None) if wanted is not None else None

    def _nearest(self, text: str) -> str | None:
        from rapidfuzz import fuzz, process

        found = process.extractOne(_tight(text), {label: _tight(label) for label in self._labels}, scorer=fuzz.ratio, score_cutoff=75)
        return str(found[2]) if found else None


def _tight(text: str) -> str:
    return " ".join(text.casefold().split())


def _some(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (f" ... ({len(labels)} values)" if len(labels) > 5 else "")
