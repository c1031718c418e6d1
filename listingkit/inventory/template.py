"""What an inventory template is: layout, values, rules. Every generation is read into this."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

Generation = Literal["legacy", "multistore", "unified", "vendor", "loader", "inventory_loader", "price_quantity"]


class Control(Struct, frozen=True):
    """A column whose cell helps to choose a list: by the token that the template gives to its value, or by the value itself."""

    column: int  # 0-based
    tokens: Mapping[str, str] | None  # value in small letters -> token; None: the value with `swaps` is the token
    swaps: tuple[tuple[str, str], ...] = ()

    def token(self, value: str) -> str | None:
        """The token of a value, in small letters; None where the template has none for it."""
        if self.tokens is not None:
            return self.tokens.get(value.casefold())
        for old, new in self.swaps:
            value = value.replace(old, new)
        return value.casefold()


class ValueList(Struct, frozen=True):
    """What a column takes for one product type: labels as a person picks them. `closed`: nothing else is accepted.

    Where other cells of the row choose among several lists, `labels` are those of all, and `chosen` has each by their tokens.
    """

    labels: tuple[str, ...]
    closed: bool
    controls: tuple[Control, ...] = ()
    chosen: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)


class TemplateColumn(Struct, frozen=True):
    """One column of a template."""

    index: int  # 0-based
    path: str  # attribute path or legacy id, exactly as in the attribute row
    label: str
    group: str = ""
    type: Literal["text", "integer", "decimal", "date"] = "text"
    requirement: str = ""  # Required, Conditionally Required, Recommended, Optional; "" where the template does not say
    example: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)  # label -> wire value
    values: Mapping[str, ValueList] = field(default_factory=dict)  # product type ("" for all) -> its list
    accepted: str = ""  # what the sheet of definitions says about it
    hidden: bool = False


class Template(Struct, frozen=True):
    """An inventory template. Rows are 1-based, as in the file."""

    name: str  # file name, or the built-in layout's name
    generation: Generation
    columns: tuple[TemplateColumn, ...]
    label_row: int
    attribute_row: int
    data_row: int
    header: tuple[tuple[str, ...], ...]  # every cell text of the rows above `data_row`
    settings: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    marketplaces: tuple[str, ...] = ()  # codes, the primary one first
    language: str = ""  # of values
    header_language: str = ""
    product_types: tuple[str, ...] = ()
    default_action: str = "full_update"  # wire value that a blank record action means
    file: Path | None = None  # None for built-in layouts
    sheet: str = ""  # its data sheet
    rules: Sequence[object] = ()  # requirement rules, compiled by inventory.requirements
    oddities: tuple[str, ...] = ()  # what is odd about it, in sentences
    flavor: str = ""  # full-seller, seller-price-quantity ...; "" where the generation has none
    made: date | None = None  # the day Amazon made it
    browse: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # product type -> browse nodes or item type keywords

    @property
    def workbook(self) -> Path | None:
        """The workbook to fill; None for built-in layouts and text files."""
        return self.file if self.file is not None and self.file.suffix.lower() in (".xlsx", ".xlsm") else None

    @property
    def by_path(self) -> dict[str, TemplateColumn]:
        """The first column of each path, in the order of the file."""
        first: dict[str, TemplateColumn] = {}
        for column in self.columns:
            first.setdefault(column.path, column)
        return first

    def column(self, path: str) -> TemplateColumn | None:
        """The first column of this path."""
        return next((column for column in self.columns if column.path == path), None)
