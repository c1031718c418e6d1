"""An inventory template of any generation as a workbook: its columns, lists and rules, and its filled rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from listingkit.errors import Unreadable
from listingkit.inventory import definitions, settings
from listingkit.inventory.data_rows import Wanted, read_data_rows
from listingkit.inventory.definitions import Definition
from listingkit.inventory.dropdowns import Dropdowns
from listingkit.inventory.filled_rows import DataRows
from listingkit.inventory.requirements import column_rules, matrix
from listingkit.inventory.sheet_part import ColumnStyle, SheetReader
from listingkit.inventory.template import Generation, Template, TemplateColumn, ValueList
from listingkit.inventory.wording import requirement
from listingkit.inventory.workbook import SheetEntry, Workbook
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import letter

_GENERATIONS = {"113": "legacy", "610841": "multistore", "256": "unified", "5100": "vendor"}
_ROWS = {"labelRow": 2, "attributeRow": 3, "dataRow": 4}  # of files older than these settings
_TYPE_PATHS = ("product_type#1.value", "feed_product_type")


def rows_of(book: Workbook, template: Template) -> DataRows:
    """The filled rows of the sheet that the template was read from. Raises `Unreadable`."""
    entry = next((sheet for sheet in book.sheets if sheet.name == template.sheet), None)
    if entry is None:
        raise Unreadable(f"{book.path} has no sheet {template.sheet!r}")
    columns = {column.index: (column.path, column.type != "text") for column in template.by_path.values()}
    return read_data_rows(book, entry, Wanted(columns, template.data_row))


def template_of(book: Workbook) -> Template:
    """The template that a workbook is. Raises `Unreadable`."""
    entry = _data_sheet(book)
    sheet = book.sheet(entry)
    return _template(book, entry, sheet, _layout(book, entry, sheet))


def whole_of(book: Workbook) -> tuple[Template, DataRows]:
    """The template that a workbook is, and its filled rows, in one pass over their sheet. Raises `Unreadable`."""
    entry = _data_sheet(book)
    sheet, chunks = book.head(entry)
    layout = _layout(book, entry, sheet)
    first: dict[str, int] = {}
    for column, path in layout.paths.items():
        first.setdefault(path, column)
    styles = _styles(sheet)
    columns = {column: (path, _type(book, styles.get(column)) != "text") for path, column in first.items()}
    rows = read_data_rows(book, entry, Wanted(columns, layout.data_row), chunks, sheet if sheet.cut else None)
    return _template(book, entry, sheet, layout), rows


class _Layout(NamedTuple):
    """What stands where in the data sheet."""

    values: Mapping[str, str]
    label_row: int
    attribute_row: int
    data_row: int
    paths: Mapping[int, str]


def _layout(book: Workbook, entry: SheetEntry, sheet: SheetReader) -> _Layout:
    values = settings.parse(sheet.rows.get(1, {}).values())
    label_row, attribute_row, data_row = (settings.row_number(values, key, default) for key, default in _ROWS.items())
    paths = {column: path.strip() for column, path in sorted(sheet.rows.get(attribute_row, {}).items()) if path.strip()}
    if not paths or data_row <= attribute_row:
        raise Unreadable(f"{book.path}, sheet {entry.name}: row {attribute_row} should hold the attribute names but does not")
    return _Layout(values, label_row, attribute_row, data_row, paths)


def _template(book: Workbook, entry: SheetEntry, sheet: SheetReader, layout: _Layout) -> Template:
    values, label_row, attribute_row, data_row, paths = layout
    types = {path: column for column, path in paths.items() if path in _TYPE_PATHS}
    type_column = next(iter(types.values()), None)
    product_types = _product_types(book, values, sheet, type_column, data_row)
    dropdowns = Dropdowns(book, product_types, type_column)
    lists = dropdowns.of_columns(sheet, data_row, max(paths) + 1)
    rules, unread = column_rules(book, entry.name, sheet, paths, data_row, _matrix_of(book, values))
    described = definitions.read(book, entry, set(paths.values()))
    facts = _Facts(sheet, label_row, data_row, values, lists, described, {rule.path: rule.word for rule in rules})
    columns = tuple(_columns(book, paths, facts))
    stores = {store.id: code for code, store in marketplaces().items()}
    return Template(
        name=book.path.name,
        generation=_generation(values),
        columns=columns,
        label_row=label_row,
        attribute_row=attribute_row,
        data_row=data_row,
        header=tuple(_row(sheet.rows.get(number, {})) for number in range(1, data_row)),
        settings=values,
        version=values.get("Version", ""),
        marketplaces=tuple(stores[name] for name in settings.marketplace_ids(values) if name in stores),
        language=values.get("contentLanguageTag", "") or values.get("Locale", ""),
        header_language=values.get("headerLanguageTag", "") or values.get("Locale", ""),
        product_types=product_types,
        default_action=_default_action(values),
        file=book.path,
        sheet=entry.name,
        rules=rules,
        oddities=tuple(_oddities(columns, sheet, data_row, dropdowns, unread)),
        flavor=values.get("flavor", ""),
        made=settings.made_on(values),
        browse=settings.browse_keys(values),
    )


def _data_sheet(book: Workbook) -> SheetEntry:
    for entry in book.sheets:
        if any(settings.is_settings(cell) for cell in book.first_row(entry).values()):
            return entry
    names = ", ".join(entry.name for entry in book.sheets[:8])
    raise Unreadable(
        f"{book.path}: no sheet begins with Amazon's settings (sheets: {names}); give the template as downloaded from Seller Central"
    )


def _generation(values: Mapping[str, str]) -> Generation:
    known = _GENERATIONS.get(values.get("feedType", ""))
    if known is None and values.get("TemplateType") in ("unified", "Dynamic"):
        known = "unified" if values["TemplateType"] == "unified" else "vendor"
    return cast("Generation", known or "legacy")


def _product_types(
    book: Workbook, values: Mapping[str, str], sheet: SheetReader, type_column: int | None, data_row: int
) -> tuple[str, ...]:
    """As the column of product types spells them, or as the settings do."""
    if type_column is not None:
        lists = Dropdowns(book, (), type_column).of_columns(sheet, data_row, type_column + 1).get(type_column, {})
        if "" in lists:
            return lists[""].labels
    return settings.product_types(values)


def _matrix_of(book: Workbook, values: Mapping[str, str]) -> Mapping[str, Mapping[str, frozenset[str]]] | None:
    return matrix(book) if _generation(values) in ("legacy", "multistore") else None


class _Facts:
    """What is known of columns, by their place or path."""

    def __init__(
        self,
        sheet: SheetReader,
        label_row: int,
        data_row: int,
        values: Mapping[str, str],
        lists: Mapping[int, Mapping[str, ValueList]],
        described: Mapping[str, Definition],
        words: Mapping[str, str],
    ) -> None:
        vendor = _generation(values) == "vendor"
        self.labels = sheet.rows.get(label_row, {})
        self.groups = _groups(sheet, label_row)
        self.requirement_words = sheet.rows.get(data_row - 2, {}) if vendor and data_row > 2 else {}
        self.examples = sheet.rows.get(data_row - 1, {}) if vendor else _example_row(sheet, label_row, data_row, values)
        self.aliases = settings.aliases(values)
        self.styles = _styles(sheet)
        self.lists = lists
        self.described = described
        self.words = words


def _columns(book: Workbook, paths: Mapping[int, str], facts: _Facts) -> Iterator[TemplateColumn]:
    for column, path in paths.items():
        said = facts.described.get(path, Definition("", "", ""))
        style = facts.styles.get(column)
        word = facts.requirement_words.get(column, "")
        yield TemplateColumn(
            index=column,
            path=path,
            label=facts.labels.get(column, ""),
            group=facts.groups.get(column, ""),
            type=_type(book, style),
            requirement=requirement(word) if word else said.requirement or facts.words.get(path, ""),
            example=facts.examples.get(column, "") or said.example,
            aliases=facts.aliases.get(path, {}),
            values=facts.lists.get(column, {}),
            accepted=said.accepted,
            hidden=bool(style and style.hidden),
        )


def _styles(sheet: SheetReader) -> dict[int, ColumnStyle]:
    """The style of each column that has one."""
    return {column: style for style in sheet.columns for column in range(style.left, min(style.right + 1, 16384))}


def _type(book: Workbook, style: ColumnStyle | None) -> Any:
    """What a column's number format makes of its cells."""
    kind = book.styles.kind(style.style) if style else "general"
    return "text" if kind == "general" else kind


def _groups(sheet: SheetReader, label_row: int) -> dict[int, str]:
    """Group names stand above the first of their columns; in the oldest layouts row 1 also holds the settings and a warning."""
    cells = sheet.rows.get(label_row - 1, {})
    starts = {column: text for column, text in cells.items() if not (label_row == 2 and (column < 5 or "=" in text))}
    groups: dict[int, str] = {}
    current = ""
    for column in range(max(sheet.rows.get(label_row, {0: ""})) + 1):
        current = starts.get(column, current)
        groups[column] = current
    return groups


def _example_row(sheet: SheetReader, label_row: int, data_row: int, values: Mapping[str, str]) -> Mapping[int, str]:
    """The row of examples between attributes and data, which only unified templates have."""
    return sheet.rows.get(label_row + 2, {}) if _generation(values) == "unified" and data_row > label_row + 2 else {}


def _default_action(values: Mapping[str, str]) -> str:
    defaults = settings.default_values(values)
    return next((wire for path, wire in defaults.items() if path.endswith("record_action") or "record_action#" in path), "full_update")


def _row(cells: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in range(max(cells, default=-1) + 1))


def _oddities(columns: Sequence[TemplateColumn], sheet: SheetReader, data_row: int, dropdowns: Dropdowns, unread: int) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for column in columns:
        places.setdefault(column.path, []).append(letter(column.index))
    for path, letters in places.items():
        if len(letters) > 1:
            yield f"columns {' and '.join(letters)} both hold {path}"
    if sheet.frozen_rows not in (None, 0, data_row - 1):
        yield f"the sheet is frozen above row {sheet.frozen_rows + 1} but the settings say that data begins in row {data_row}"
    if dropdowns.lost:
        many = "1 drop-down list leads" if len(dropdowns.lost) == 1 else f"{len(dropdowns.lost)} drop-down lists lead"
        yield f"{many} nowhere: the names used are missing"
    if unread:
        yield f"{unread} requirement {'rule' if unread == 1 else 'rules'} could not be read, so not applied"
