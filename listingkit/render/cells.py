"""What stands in a cell of a sheet: text as text, numbers as numbers, dates as day numbers, never a formula."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import polars as pl

from listingkit.fields import plain_names
from listingkit.inventory.paths import place
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import Dictionary, dictionary, label_by_wire
from listingkit.master.sheet import letter
from listingkit.render.values import one_line

_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?$"
_DIGITS = 15  # that a number cell keeps; longer numbers are written as text
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_EPOCH = {False: "1899-12-30", True: "1904-01-01"}
_FIRST_SURE_DAY = 61  # 1900-03-01; before it Excel counts a day that never was
_SPECIAL = "[&<>\\x00-\\x1f\\x85\\u2028\\u2029\ufffe\uffff]|_x"  # what must not go into XML as it is


@dataclass(frozen=True)
class CellColumn:
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


def is_plain(values: pl.Series) -> bool:
    """Whether no value of a column needs a second look before it goes into XML."""
    return not values.str.contains(_SPECIAL).any()


def text_open(values: pl.Series, told: Dictionary, prefix: str) -> str:
    """What opens the text of a column's cells; white space at the ends of a value has to be asked for."""
    written = pl.concat([values, pl.Series(values.name, list(told), pl.String)]).str
    edges = (written.starts_with(" ") | written.ends_with(" ")).any()  # one_line leaves no other white space at the ends that XML knows
    return f'<{prefix}is><{prefix}t xml:space="preserve">' if edges else f"<{prefix}is><{prefix}t>"


def content(column: CellColumn, prefix: str, opening: str, *, plain: bool, date1904: bool) -> pl.Expr:
    """What stands between `<c r=".." s=".."` and `</c>`, for text columns inside their `<t>`; null stays null.

    Numbers and dates that are none are written as text.
    """
    value = pl.col(column.name)
    text = value if plain else _escaped(one_line(value))
    text = _labelled(value, text, column.told)
    if column.kind == "text":
        return text
    p = prefix
    as_text = pl.concat_str(pl.lit(f' t="inlineStr">{opening}'), text, pl.lit(f"</{p}t></{p}is>"))
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
    return value.replace_strict({wire: escape(label) for wire, label in labels.items()}, default=text)


def _escaped(value: pl.Expr) -> pl.Expr:
    """Text for XML; what Excel would take for an escape of its own (_x000D_) is escaped."""
    safe = value.str.replace_all(r"_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}")
    return safe.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])
