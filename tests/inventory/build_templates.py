"""Inventory templates built from a small description, with the structure of Amazon's own, for tests."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from libreoffice import letter
from template_description import STORES, Col, Description, first_row, header, layout, text_twin, token
from template_examples import legacy, unified, vendor

__all__ = ["STORES", "Col", "Description", "build", "first_row", "legacy", "text_twin", "unified", "vendor"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = {"text": 1, "integer": 2, "decimal": 3, "date": 4}
LOOKS = {"not_applicable": 0, "optional": 1, "filled": 2, "required": 3, "leave_empty": 4, "recommended": 5}
_HIDDEN = {True: ' hidden="1"', False: ""}
_STATE = {True: ' state="hidden"', False: ""}
SHEETS = {"en": "Template", "de": "Vorlage", "it": "Modello", "fr": "Modèle"}


class _Strings:
    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def cell(self, place: str, value: str | float, style: int = 0) -> str:
        if isinstance(value, str):
            number = self.known.setdefault(value, len(self.known))
            return f'<c r="{place}" s="{style}" t="s"><v>{number}</v></c>'
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'

    def part(self) -> str:
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self.known)
        return f'<sst xmlns="{MAIN}" uniqueCount="{len(self.known)}">{items}</sst>'


def _rows(strings: _Strings, rows: Mapping[int, Sequence[str | float]], styles: Sequence[int] = (), data_row: int = 1 << 20) -> str:
    xml = []
    for number, cells in sorted(rows.items()):
        inner = "".join(
            strings.cell(f"{letter(index)}{number}", value, styles[index] if number >= data_row and index < len(styles) else 0)
            for index, value in enumerate(cells)
            if value != ""
        )
        xml.append(f'<row r="{number}">{inner}</row>')
    return f"<sheetData>{''.join(xml)}</sheetData>"


@dataclass
class _Lists:
    """Drop-down lists: one column a list, values from row 4, and a name for its range.

    The first two columns hold the values that choose lists, and how names spell them.
    """

    columns: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, kind: str, path: str, labels: Sequence[str]) -> None:
        at = letter(len(self.columns) + 2)
        self.columns.append((kind, path, labels))
        self.names[name] = f"'Dropdown Lists'!${at}$4:${at}${3 + len(labels)}"

    def rows(self) -> dict[int, list[str]]:
        height = max((len(labels) for _, _, labels in self.columns), default=0)
        lists = {2: [kind for kind, _, _ in self.columns], 3: [path for _, path, _ in self.columns]}
        for step in range(height):
            lists[4 + step] = [labels[step] if step < len(labels) else "" for _, _, labels in self.columns]
        tokens = dict(enumerate(self.tokens.items(), 1))
        return {number: [*tokens.get(number, ("", "")), *lists.get(number, [])] for number in sorted({*tokens, *lists})}


def _validations(description: Description, lists: _Lists) -> tuple[str, str]:
    """The standard validations and those of the extension list."""
    rows = layout(description)
    kinds = {column.path: letter(at) for at, column in enumerate(description.columns)}
    kind_cell = next((kinds[path] for path in ("product_type#1.value", "feed_product_type") if path in kinds), "A")
    standard, extended = [], []
    for at, column in enumerate(description.columns):
        if not column.values and not column.chosen:
            continue
        name = token(column.path)
        for kind, labels in column.values.items():
            lists.add(f"{'_' if kind[:1].isdigit() else ''}{kind.replace('-', '_').replace(' ', '')}{name}", kind, column.path, labels)
        cell = f"{kind_cell}{rows.data_row}"
        formula = f'INDIRECT(IF(ISNUMBER(VALUE(LEFT({cell},1))),"_","")&SUBSTITUTE(SUBSTITUTE({cell},"-","_")," ","") &"{name}")'
        formula = name if "" in column.values else formula
        if column.chosen:
            formula = _nested(description, lists, column, f"{kinds[column.control]}{rows.data_row}", cell)
        head = 'type="list" showInputMessage="1"' + (' showErrorMessage="1"' if column.closed else "")
        where = f"{letter(at)}{rows.data_row}:{letter(at)}1048576"
        if column.extended:
            extended.append(
                f"<x14:dataValidation {head}><x14:formula1><xm:f>{escape(formula)}</xm:f></x14:formula1>"
                f"<xm:sqref>{where}</xm:sqref></x14:dataValidation>"
            )
        else:
            standard.append(f'<dataValidation {head} sqref="{where}"><formula1>{escape(formula)}</formula1></dataValidation>')
    inner = "".join(standard)
    ext = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        f'<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="{len(extended)}">{"".join(extended)}'
        "</x14:dataValidations></ext></extLst>"
    )
    return (f'<dataValidations count="{len(standard)}">{inner}</dataValidations>' if standard else ""), (ext if extended else "")


def _nested(description: Description, lists: _Lists, column: Col, control: str, kind: str) -> str:
    """The formula of a list that another cell chooses, and its names."""
    stem, name = f"{token(column.control)}.", f".{token(column.path)}"
    for value, labels in column.chosen.items():
        lists.tokens[value] = re.sub(r"\W", "", value)
        for product_type in description.product_types:
            lists.add(f"{product_type}{stem}{lists.tokens[value]}{name}", product_type, column.path, labels)
    spelled = f"VLOOKUP({control},'Dropdown Lists'!$A$1:$B$16000,2,FALSE)"
    own = f'IF(ISNUMBER(VALUE(LEFT({kind},1))),"_","")&SUBSTITUTE(SUBSTITUTE({kind},"-","_")," ","")'
    found = f'INDIRECT({own}&"{stem}"&{spelled}&"{name}")'
    return f'IF(NOT(ISERROR({found})),{found},"")'


def _formats(description: Description, names: dict[str, str], sheet: str) -> str:
    """Conditional formats: for unified templates through defined names, for vendors with the formulas themselves."""
    rows = layout(description)
    at_path = {column.path: letter(at) for at, column in enumerate(description.columns)}
    priority = 0
    xml = []
    for at, column in enumerate(description.columns):
        rules = []
        for number, (state, formula) in enumerate(column.rules):
            priority += 1
            anchor = rows.data_row
            if description.generation == "unified" and state != "filled":
                name = f"rule{number}PTList0{token(column.path)}"
                names[name] = _placed(formula, at_path, letter(at), 1, f"{sheet}!")
                text = f"IF(1=1,{name},0)"
            else:
                text = _placed(formula, at_path, letter(at), anchor, "")
            rules.append(
                f'<cfRule type="expression" priority="{priority}" dxfId="{LOOKS[state]}" stopIfTrue="1">'
                f"<formula>{escape(text)}</formula></cfRule>"
            )
        if rules:
            where = f"{letter(at)}{rows.data_row}:{letter(at)}1048576"
            xml.append(f'<conditionalFormatting sqref="{where}">{"".join(rules)}</conditionalFormatting>')
    return "".join(xml)


def _placed(formula: str, at_path: Mapping[str, str], own: str, row: int, prefix: str) -> str:
    """`{path}` becomes the cell of that column, `{.}` the rule's own."""
    return re.sub(r"\{([^}]*)\}", lambda found: f"{prefix}${own if found[1] == '.' else at_path[found[1]]}{row}", formula)


def _matrix(description: Description, names: dict[str, str]) -> dict[int, list[str]]:
    kinds = list(description.product_types)
    rows: dict[int, list[str]] = {1: ["", *kinds]}
    names["attributeMapFeedProductType"] = f"AttributePTDMAP!$B$1:${letter(len(kinds))}$1"
    number = 1
    for word in ("required", "optional", "preferred"):
        start = number + (word != "required")
        for column in description.columns:
            if column.asked == word:
                number += 1
                rows[number] = [column.path, *("1" for _ in kinds)]
        names[f"{word}AttributePTDMap"] = f"AttributePTDMAP!$A${start}:${letter(len(kinds))}${max(number, start)}"
    return rows


def _border(colour: str) -> str:
    sides = "".join(f'<{side} style="thin"><color rgb="FF{colour}"/></{side}>' for side in ("left", "right", "top", "bottom"))
    return f"<dxf><border>{sides}</border></dxf>"


def _fill(colour: str) -> str:
    return f'<dxf><fill><patternFill patternType="solid"><fgColor rgb="FFFFFFFF"/><bgColor rgb="FF{colour}"/></patternFill></fill></dxf>'


def _styles() -> str:
    formats = (0, 49, 1, 164, 14)
    cells = "".join(f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for number in formats)
    looks = [_fill("000000"), _border("D4D4D4"), _border("008000"), _border("FF0000"), _fill("808080"), _border("FFA500")]
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0#"/></numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="5">{cells}</cellXfs><dxfs count="{len(looks)}">{"".join(looks)}</dxfs></styleSheet>'
    )


def build(description: Description, path: Path) -> Path:
    """Write the template as a workbook (.xlsm or .xlsx), or as text where the path ends so."""
    if path.suffix == ".txt":
        path.write_text(text_twin(description), "utf-8")
        return path
    strings, lists, names = _Strings(), _Lists(), dict(description.names)
    data_sheet = SHEETS.get(description.language[:2], "Template")
    sheets: dict[str, tuple[str, bool]] = {}  # name -> XML inside the worksheet, hidden
    if description.merged:
        merges = '<mergeCells count="2"><mergeCell ref="B1:B1048576"/><mergeCell ref="E1:E1048576"/></mergeCells>'
        sheets["Images"] = (_rows(strings, {1: ["Images"], 2: ["", "left"]}) + merges, False)
    if description.definitions and description.generation != "vendor":
        lines: dict[int, list[str | float]] = {
            1: ["How to complete"],
            2: ["Group Name", "Field Name", "Local Label Name", "Accepted Values", "Example", "Required?"],
        }
        for number, column in enumerate(description.columns, 3):
            lines[number] = ["", column.path, column.label, "accepted", column.example, column.word]
        sheets["Data Definitions"] = (_rows(strings, lines), False)
    sheets[data_sheet] = (_data_sheet(description, strings, lists, names, data_sheet), False)
    sheets["Dropdown Lists"] = (_rows(strings, lists.rows()), True)
    sheets["Conditions List"] = (_rows(strings, _condition_rows(description, names)), True)
    if description.generation in ("legacy", "multistore") and description.matrix:
        sheets["AttributePTDMAP"] = (_rows(strings, _matrix(description, names)), True)
    names.update(lists.names)
    _write(path, sheets, names, strings, absolute=description.absolute_targets)
    return path


def _condition_rows(description: Description, names: dict[str, str]) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {1: list(description.lists)}
    for at, (name, labels) in enumerate(description.lists.items()):
        names[name] = f"'Conditions List'!${letter(at)}$2:${letter(at)}${1 + len(labels)}"
        for step, label in enumerate(labels):
            rows.setdefault(2 + step, [""] * len(description.lists))[at] = label
    return rows


def _data_sheet(description: Description, strings: _Strings, lists: _Lists, names: dict[str, str], sheet: str) -> str:
    rows = layout(description)
    table: dict[int, Sequence[str | float]] = dict(header(description))
    for number, row in enumerate(description.rows, rows.data_row):
        table[number] = [row.get(column.path, "") for column in description.columns]
    styles = [STYLES[column.type] for column in description.columns]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="12" style="{style}"{_HIDDEN[column.hidden]}/>'
        for at, (style, column) in enumerate(zip(styles, description.columns, strict=True), 1)
    )
    standard, extended = _validations(description, lists)
    pane = (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{rows.data_row - 1}" topLeftCell="A{rows.data_row}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    formats = _formats(description, names, sheet)
    return f"{pane}<cols>{columns}</cols>{_rows(strings, table, styles, rows.data_row)}{formats}{standard}{extended}"


def _write(path: Path, sheets: Mapping[str, tuple[str, bool]], names: Mapping[str, str], strings: _Strings, *, absolute: bool) -> None:
    folder = "/xl/worksheets" if absolute else "worksheets"
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"{_STATE[hidden]}/>'
        for at, (name, (_, hidden)) in enumerate(sheets.items(), 1)
    )
    defined = "".join(f"<definedName name={quoteattr(name)}>{escape(formula)}</definedName>" for name, formula in names.items())
    targets = "".join(
        f'<Relationship Id="rId{at}" Type="{RELS}/worksheet" Target="{folder}/sheet{at}.xml"/>' for at in range(1, len(sheets) + 1)
    )
    last = len(sheets)
    targets += f'<Relationship Id="rId{last + 1}" Type="{RELS}/styles" Target="styles.xml"/>'
    targets += f'<Relationship Id="rId{last + 2}" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    book = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if path.suffix == ".xlsm" else f"{kind}.sheet.main+xml"
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{book}"/>'
    overrides += "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>' for at in range(1, last + 1)
    )
    overrides += f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
    overrides += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
    packages = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="rId1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{tabs}</sheets>'
        f"<definedNames>{defined}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{targets}</Relationships>',
        "xl/styles.xml": _styles(),
        "xl/sharedStrings.xml": strings.part(),
    }
    for at, (inner, _) in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{MAIN}" xmlns:r="{RELS}">{inner}</worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), '<?xml version="1.0" encoding="UTF-8"?>' + text, zipfile.ZIP_DEFLATED
            )
