"""What stands in a cell of a sheet: text as text, numbers as numbers, dates as day numbers, never a formula."""

from collections.abc import Mapping, Sequence
from html import escape

import polars as pl
from msgspec import Struct, field

from listingkit.fields import plain_names
from listingkit.inventory.paths import place
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import Dictionary, dictionary, label_by_wire
from listingkit.master.sheet import letter
from listingkit.render.values import BREAKS, has_breaks, one_line

_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?$"
_DIGITS = 15  # that a number cell keeps; longer numbers are written as text
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_EPOCH = {False: "1899-12-30", True: "1904-01-01"}
_FIRST_SURE_DAY = 61  # 1900-03-01; before it Excel counts a day that never was
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # the ampersand first
_ESCAPE = "_x"  # begins what Excel takes for an escape of its own: _x000D_


class CellColumn(Struct, frozen=True):
    """A column to write: its values' name in the frame, its 0-based place, the style of its cells and what they hold."""

    name: str
    index: int
    style: int = 0
    kind: str = "text"  # text, number, date
    told: Dictionary = field(default_factory=dict)  # label -> wire value

    @property
    def letters(self) -> str:
        """Its A1 letters."""
        return letter(self.index)


def cell_columns(template: Template, frame: pl.DataFrame, styles: Mapping[int, int]) -> list[CellColumn]:
    """The columns that a frame fills, in the order of the sheet; `styles` has the style of each 0-based column that has one."""
    first = {column.path: column for column in reversed(template.columns) if column.path in frame.columns}
    return [
        CellColumn(
            name=column.path,
            index=column.index,
            style=styles.get(column.index, 0),
            kind=kind_of(column),
            told=dictionary(column, template.generation, template.header_language),
        )
        for column in sorted(first.values(), key=lambda column: column.index)
    ]


def kind_of(column: TemplateColumn) -> str:
    """What the cells of a column hold: identifiers are always text, prices and quantities numbers, else as the column's format says."""
    found = place(column.path)
    kind = plain_names()[found.plain][0].kind if found else ""
    if kind in ("id", "gtin"):
        return "text"
    if kind in ("price", "integer", "number"):
        return "number"
    return {"integer": "number", "decimal": "number", "date": "date"}.get(column.type, "text")


class CellText(Struct, frozen=True):
    """How the cells of one column are written in one frame."""

    column: CellColumn
    opening: str  # of a text: white space at the ends of a value has to be asked for
    specials: tuple[str, ...]  # what its values hold that must not go into XML as it is
    numbers: bool  # every value is a number that a cell holds
    gaps: bool  # some cells are blank

    @property
    def simple(self) -> bool:
        """Whether nothing but the value stands between what opens and what closes a cell."""
        return self.column.kind == "text" or self.numbers


def cell_text(column: CellColumn, values: pl.Series, prefix: str) -> CellText:
    """How to write a column with these values."""
    numbers = column.kind == "number" and not column.told and bool(_holds_number(values).all())
    gaps = values.null_count() > 0
    if numbers:
        return CellText(column, "", (), numbers, gaps)
    return CellText(column, _opening(values, column.told, prefix), _specials(values), numbers, gaps)


def _specials(values: pl.Series) -> tuple[str, ...]:
    odd = values.filter(values.str.contains_any([*BREAKS, *_MARKUP, _ESCAPE]))
    if not len(odd):
        return ()
    found = ["breaks"] if has_breaks(odd) else []
    return (*found, *(text for text in (_ESCAPE, *_MARKUP) if odd.str.contains(text, literal=True).any()))


def _opening(values: pl.Series, told: Dictionary, prefix: str) -> str:
    written = pl.concat([values, pl.Series(values.name, list(told), pl.String)]).str if told else values.str
    edges = (written.starts_with(" ") | written.ends_with(" ")).any()  # one_line leaves no other white space at the ends that XML knows
    return f'<{prefix}is><{prefix}t xml:space="preserve">' if edges else f"<{prefix}is><{prefix}t>"


def _holds_number(values: pl.Series) -> pl.Series:
    return values.str.contains(_NUMBER) & (values.str.len_bytes() <= _DIGITS + 1)


def content(how: CellText, prefix: str, *, date1904: bool) -> pl.Expr:
    """What stands between `<c r=".." s=".."` and `</c>`, for simple columns only the value; null stays null.

    Numbers and dates that are none are written as text.
    """
    column, p = how.column, prefix
    value = pl.col(column.name)
    if how.numbers:
        return value
    text = _labelled(value, _escaped(value, how.specials), column.told)
    if column.kind == "text":
        return text
    as_text = pl.concat_str(pl.lit(f' t="inlineStr">{how.opening}'), text, pl.lit(f"</{p}t></{p}is>"))
    if column.kind == "number":
        number, holds = value, value.str.contains(_NUMBER) & (value.str.len_bytes() <= _DIGITS + 1)
    else:
        day = pl.when(value.str.contains(_DATE)).then(value).str.to_date("%Y-%m-%d", strict=False)
        days = (day - pl.lit(_EPOCH[date1904]).str.to_date("%Y-%m-%d")).dt.total_days()
        number, holds = days.cast(pl.String), days >= _FIRST_SURE_DAY
    return pl.when(holds).then(pl.concat_str(pl.lit(f"><{p}v>"), number, pl.lit(f"</{p}v>"))).otherwise(as_text)


def _labelled(value: pl.Expr, text: pl.Expr, told: Dictionary) -> pl.Expr:
    """The text of a value, its label where it is a wire value."""
    labels = label_by_wire(told)
    if not labels:
        return text
    return value.replace_strict({wire: escape(label, quote=False) for wire, label in labels.items()}, default=text)


def _escaped(value: pl.Expr, specials: Sequence[str]) -> pl.Expr:
    """Text for XML; what Excel would take for an escape of its own (_x000D_) is escaped."""
    if "breaks" in specials:
        value = one_line(value)
    if _ESCAPE in specials:
        value = value.str.replace_all(r"_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}")
    for char, entity in _MARKUP.items():
        value = value.str.replace_all(char, entity, literal=True) if char in specials else value
    return value
