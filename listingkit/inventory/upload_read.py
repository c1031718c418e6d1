"""Reading an upload back: the tab-delimited text of any template."""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import polars as pl

from listingkit.errors import Unreadable
from listingkit.inventory.template import Generation, Template, TemplateColumn
from listingkit.inventory.upload import Upload
from listingkit.inventory.wire import dictionary, to_wire
from listingkit.marketplace import marketplaces

_GENERATIONS = {"256": "unified", "113": "legacy", "610841": "multistore", "5100": "vendor"}
_DEFAULTS = {"labelRow": "2", "attributeRow": "3", "dataRow": "4"}  # of files older than these settings


def read_upload(path: Path | str) -> Upload:
    """Read an upload that was rendered or saved as tab-delimited text. Raises `Unreadable`."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    if content.startswith(b"PK"):
        raise Unreadable(f"{path} is a workbook; give the tab-delimited text of the upload")
    lines = _decoded(content, path).split("\n")
    template = _template(lines, path)
    return Upload(template, _frame(lines[template.data_row - 1 :], template), next(iter(template.marketplaces), ""))


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp932", "cp1252"] if b"A1VC38T7YXB528" in content[:100_000] else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path} is neither UTF-8 nor {encodings[-1]} text; save it as tab-delimited text again")


def _template(lines: Sequence[str], path: Path) -> Template:
    """The template that the header rows tell of."""
    first = lines[0].split("\t")
    if not any(cell.startswith(("TemplateType=", "settings")) for cell in first):
        raise Unreadable(f"{path} does not start with the settings of an inventory file: is this an upload?")
    settings = {**_DEFAULTS, **_settings(first)}
    try:
        label_row, attribute_row, data_row = (int(settings[key]) for key in _DEFAULTS)
    except ValueError as error:
        raise Unreadable(f"{path}: a row number in the settings of row 1 is no number") from error
    header = tuple(_without_blank_end(line.split("\t")) for line in lines[: data_row - 1])
    if not 0 < max(label_row, attribute_row) < data_row <= len(lines) + 1:
        raise Unreadable(f"{path}: the settings of row 1 speak of header rows that are not there")
    defaults = _json(settings.get("AttributeDefaultValues", ""), {})
    primary = settings.get("primaryMarketplaceId", "").removeprefix("amzn1.mp.o.")
    aliases = {entry["attribute"]: entry["aliases"] for entry in _json(settings.get("attributeSettings", ""), [])}
    return Template(
        name=path.name,
        generation=cast("Generation", _GENERATIONS.get(settings.get("feedType", ""), "legacy")),
        columns=tuple(_columns(header, label_row, attribute_row, aliases)),
        label_row=label_row,
        attribute_row=attribute_row,
        data_row=data_row,
        header=header,
        settings=settings,
        version=settings.get("Version", ""),
        marketplaces=tuple(code for code, store in marketplaces().items() if store.id == primary),
        language=settings.get("contentLanguageTag", ""),
        header_language=settings.get("headerLanguageTag", ""),
        product_types=tuple(_base64(settings.get("ptds", "")).split(",")),
        default_action=next((wire for key, wire in defaults.items() if key.endswith("record_action")), "full_update"),
        file=path,
    )


def _settings(cells: Sequence[str]) -> dict[str, str]:
    """The settings of row 1: pieces joined in their order before they are split, values decoded from percent."""
    pieces = {int(found[1] or 1): found[2] for cell in cells if (found := re.match(r"settings(\d*)=(.*)", cell, re.DOTALL))}
    plain = [cell for cell in cells if cell.startswith(("TemplateType=", "Version=", "TemplateSignature="))]
    query = "&".join([*plain, "".join(pieces[number] for number in sorted(pieces))])
    return {key: unquote(text) for key, _, text in (pair.partition("=") for pair in query.split("&"))}


def _base64(text: str) -> str:
    try:
        return b64decode(text).decode()
    except (NotBase64, UnicodeDecodeError):
        return ""


def _json(text: str, default: Any) -> Any:
    """The JSON in a base64 setting; `default` where there is none that can be read."""
    try:
        return json.loads(_base64(text))
    except json.JSONDecodeError:
        return default


def _without_blank_end(cells: Sequence[str]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return tuple(cells[:end])


def _columns(
    header: Sequence[Sequence[str]], label_row: int, attribute_row: int, aliases: Mapping[str, Mapping[str, str]]
) -> Iterator[TemplateColumn]:
    labels = header[label_row - 1]
    for index, column in enumerate(header[attribute_row - 1]):
        if column:
            label = labels[index] if index < len(labels) else ""
            yield TemplateColumn(index=index, path=column, label=label, aliases=aliases.get(column, {}))


def _frame(lines: Sequence[str], template: Template) -> pl.DataFrame:
    """The data rows as wire values; rows that are wholly blank are left out."""
    first = {column.path: column for column in reversed(template.columns)}
    by_index = {column.index: column for column in first.values()}
    width = 1 + max(by_index, default=0)
    body = "\n".join(line for line in lines if line.strip("\t"))
    names = [str(index) for index in range(width)]
    if not body:
        return pl.DataFrame(schema={column.path: pl.String for _, column in sorted(by_index.items())})
    table = pl.read_csv(
        BytesIO(body.encode()),
        separator="\t",
        has_header=False,
        quote_char=None,
        schema=dict.fromkeys(names, pl.String),
        truncate_ragged_lines=True,
    )
    return table.select(
        to_wire(pl.col(str(index)), dictionary(column, template.generation, template.header_language)).alias(column.path)
        for index, column in sorted(by_index.items())
    )
