"""LibreOffice Calc as an independent evaluator: cell formulas put into a workbook, calculated, and read back as text."""

import csv
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SOFFICE = shutil.which("soffice")
_REFERENCE = re.compile(r"""("[^"]*")|(?<![\w!.$'])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(.!])""")


def letter(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(letters: str) -> int:
    found = 0
    for char in letters:
        found = found * 26 + ord(char) - 64
    return found - 1


def moved(formula: str, sheet: str, columns: int, row: int) -> str:
    """A formula of another sheet, with its own references named by their sheet, moved by columns and to a row."""

    def place(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        column = found[3] if found[2] else letter(number(found[3]) + columns)
        return f"{sheet}!${column}{'$' + found[5] if found[4] else row}"

    return _REFERENCE.sub(place, formula)


def text_rows(rows: Mapping[int, Sequence[str | None]]) -> str:
    """Rows of texts as the XML of a sheet."""
    return "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{letter(column)}{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            for column, text in enumerate(cells)
            if text is not None
        )
        + "</row>"
        for at, cells in sorted(rows.items())
    )


def formula_rows(rows: Mapping[int, Sequence[str]]) -> str:
    """Rows of formulas as the XML of a sheet."""
    return "".join(
        f'<row r="{at}">'
        + "".join(f'<c r="{letter(column)}{at}" t="str"><f>{escape(formula)}</f></c>' for column, formula in enumerate(cells))
        + "</row>"
        for at, cells in sorted(rows.items())
    )


def with_sheet(source: Path, target: Path, data_part: str, data: str, formulas: str) -> None:
    """A copy of a workbook with further data rows and a further sheet `Oracle`."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8", "surrogateescape")
            if name == data_part:
                content = content.replace("</sheetData>", data + "</sheetData>", 1)
            elif name == "xl/workbook.xml":
                sheet = '<sheet name="Oracle" sheetId="9999" r:id="rIdOracle"/>'
                content = content.replace("</sheets>", sheet + "</sheets>", 1)
            elif name == "xl/_rels/workbook.xml.rels":
                link = f'<Relationship Id="rIdOracle" Type="{relation}" Target="worksheets/oracle.xml"/>'
                content = content.replace("</Relationships>", link + "</Relationships>", 1)
            elif name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
                content = content.replace("</Types>", f'<Override PartName="/xl/worksheets/oracle.xml" ContentType="{kind}"/></Types>', 1)
            new.writestr(name, content.encode("utf-8", "surrogateescape"))
        new.writestr("xl/worksheets/oracle.xml", f'<worksheet xmlns="{main}"><sheetData>{formulas}</sheetData></worksheet>')


def workbook(
    target: Path, data: Mapping[int, Sequence[str | None]], lists: Mapping[int, Sequence[str]], formulas: Mapping[int, Sequence[str]]
) -> Path:
    """A workbook with the sheets Data, Lists and Oracle, and nothing else."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = {"Data": text_rows(data), "Lists": text_rows(lists), "Oracle": formula_rows(formulas)}
    tabs = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="rId{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in (1, 2, 3))
    types = "".join(f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>' for at in (1, 2, 3))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{tabs}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{links}</Relationships>',
    }
    for at, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target


def calculated(workbook: Path, folder: Path) -> list[list[str]]:
    """The cells of the sheet `Oracle` as LibreOffice shows them."""
    assert SOFFICE is not None
    options = "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false,false,false,-1"
    command = [SOFFICE, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", options]
    subprocess.run([*command, "--outdir", str(folder), str(workbook)], check=True, capture_output=True, timeout=570)
    with (folder / f"{workbook.stem}-Oracle.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter="\t"))
