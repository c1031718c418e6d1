"""Inventory files as tab-delimited text: templates saved as text, and the loaders that never were workbooks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import polars as pl

from listingkit.errors import Unreadable
from listingkit.inventory import settings
from listingkit.inventory.filled_rows import DataRows
from listingkit.inventory.template import Generation, Template, TemplateColumn
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW

_JAPAN = b"A1VC38T7YXB528"  # marketplace id, as it stands in the settings
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_LIMIT = 1 << 30
_SAMPLE = 1000  # lines that tell how the file was written
_BARE = re.compile(r'(?:^|\t)[^"\t\n][^\t\n]*[,"]', re.MULTILINE)
_GENERATIONS = {"113": "legacy", "610841": "multistore", "256": "unified", "5100": "vendor"}
_PRICE_QUANTITY = {"sku", "price", "quantity", "minimum-seller-allowed-price", "maximum-seller-allowed-price", "leadtime-to-ship"}


def content(path: Path) -> bytes:
    """A text file, in whatever encoding Amazon and Excel write, as UTF-8 with LF. Raises `Unreadable`."""
    if path.stat().st_size > _LIMIT:
        raise Unreadable(f"{path} is larger than {_LIMIT >> 30} GB; split it")
    found = path.read_bytes()
    if found.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = _decoded(found, ["utf-16"], path)
    elif _is_utf8(found):
        found = found.removeprefix(b"\xef\xbb\xbf")
    else:
        found = _decoded(found, ["cp932", "cp1252"] if _is_japanese(found) else ["cp1252"], path)
    return found.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in found else found


def encoding_used(path: Path) -> str:
    """The encoding by which `content` reads a file. Raises `Unreadable`."""
    found = path.read_bytes()
    if found.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _is_utf8(found):
        return "utf-8"
    for encoding in ("cp932", "cp1252") if _JAPAN in found[:200_000] else ("cp1252",):
        try:
            found.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(f"{path} is neither UTF-8 nor cp1252 text; save it as tab-delimited text again")


def _is_japanese(found: bytes) -> bool:
    """Whether a file is of Japan: it says so, or says nothing (loaders) and holds kana when it is read so."""
    head = found[:200_000]
    if _JAPAN in head or b"marketplaceid" in head.lower():
        return _JAPAN in head
    try:
        return _KANA.search(found.decode("cp932")) is not None
    except UnicodeDecodeError:
        return False


def _is_utf8(found: bytes) -> bool:
    """As `bytes.decode` would say, only faster."""
    try:
        return pl.Series([found], dtype=pl.Binary).cast(pl.String).null_count() == 0
    except pl.exceptions.PolarsError:
        return False


def _decoded(found: bytes, encodings: Sequence[str], path: Path) -> bytes:
    for encoding in encodings:
        try:
            return found.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path} is neither UTF-8 nor {encodings[-1]} text; save it as tab-delimited text again")


def _first_lines(found: bytes, count: int = _SAMPLE) -> list[str]:
    """The first lines; the last one of a file that ends with a line break is blank."""
    end = -1
    for _ in range(count):
        end = found.find(b"\n", end + 1)
        if end < 0:
            return found.decode().split("\n")
    return found[:end].decode().split("\n")


def begins_as_template(path: Path) -> bool:
    """Whether a text file begins with Amazon's settings or with the columns of a loader."""
    with path.open("rb") as stream:
        start = stream.readline(1 << 20)
    text = start.decode("utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", errors="replace")
    cells = [_unquoted(cell) for cell in re.split("[\r\n]", text.strip("\0"), maxsplit=1)[0].split("\t")]
    return any(settings.is_settings(cell) for cell in cells) or _loader(cells) is not None


def template(path: Path) -> Template:
    """The template that the header rows of a text file tell of. Raises `Unreadable`."""
    return _template(path, _first_lines(content(path)))


def _template(path: Path, all_lines: Sequence[str]) -> Template:
    first = [_unquoted(cell) for cell in all_lines[0].split("\t")]
    if any(settings.is_settings(cell) for cell in first):
        return _with_settings(path, all_lines, settings.parse(first))
    if generation := _loader(first):
        return _plain(path, (_cells(all_lines, 1),), generation, {})
    raise Unreadable(f"{path} begins neither with Amazon's settings nor with the columns of a loader: is it an inventory file?")


def _loader(cells: Sequence[str]) -> Generation | None:
    """Which loader has these column names in its only header row."""
    names = {cell.strip().lower() for cell in cells}
    if "sku" not in names or len(names) < 2:
        return None
    if names <= _PRICE_QUANTITY:
        return "price_quantity"
    return "inventory_loader" if names & {"item-condition", "add-delete"} and "product-id" in names else None


def _with_settings(path: Path, all_lines: Sequence[str], values: Mapping[str, str]) -> Template:
    if values.get("TemplateType", "") == "Offer":
        return _plain(path, (_cells(all_lines, 1), _cells(all_lines, 2)), "loader", values)
    rows = {"labelRow": 2, "attributeRow": 3, "dataRow": 4}
    label_row, attribute_row, data_row = (settings.row_number(values, key, default) for key, default in rows.items())
    if len(all_lines) < attribute_row or not 0 < max(label_row, attribute_row) < data_row:
        raise Unreadable(f"{path}: the settings speak of {data_row - 1} header rows, but they are not there")
    header = tuple(_cells(all_lines, number) for number in range(1, min(data_row, len(all_lines) + 1)))
    labels, paths = header[label_row - 1], header[attribute_row - 1]
    aliases = settings.aliases(values)
    stores = {store.id: code for code, store in marketplaces().items()}
    defaults = settings.default_values(values)
    return Template(
        name=path.name,
        generation=cast("Generation", _GENERATIONS.get(values.get("feedType", ""), "legacy")),
        columns=tuple(_columns(paths, labels, aliases)),
        label_row=label_row,
        attribute_row=attribute_row,
        data_row=data_row,
        header=header,
        settings=values,
        version=values.get("Version", ""),
        marketplaces=tuple(stores[name] for name in settings.marketplace_ids(values) if name in stores),
        language=values.get("contentLanguageTag", ""),
        header_language=values.get("headerLanguageTag", ""),
        product_types=_product_types(values),
        default_action=next((wire for key, wire in defaults.items() if "record_action" in key), "full_update"),
        file=path,
        flavor=values.get("flavor", ""),
        made=settings.made_on(values),
        browse=settings.browse_keys(values),
        oddities=tuple(_twice(paths)),
    )


def _product_types(values: Mapping[str, str]) -> tuple[str, ...]:
    """As cells spell them: files of the older generations write them small and without underscores."""
    kinds = settings.product_types(values)
    return kinds if values.get("feedType") in ("256", "5100") else tuple(kind.lower().replace("_", "") for kind in kinds)


def _plain(path: Path, header: tuple[tuple[str, ...], ...], generation: Generation, values: Mapping[str, str]) -> Template:
    """A file whose last header row holds the field names, and no labels."""
    names = header[-1]
    return Template(
        name=path.name,
        generation=generation,
        columns=tuple(_columns(names, names, {})),
        label_row=len(header),
        attribute_row=len(header),
        data_row=len(header) + 1,
        header=header,
        settings=values,
        version=values.get("Version", ""),
        file=path,
        oddities=tuple(_twice(names)),
    )


def _columns(paths: Sequence[str], labels: Sequence[str], aliases: Mapping[str, Mapping[str, str]]) -> Iterator[TemplateColumn]:
    for index, path in enumerate(paths):
        if path.strip():
            label = labels[index] if index < len(labels) else ""
            yield TemplateColumn(index=index, path=path.strip(), label=label, aliases=aliases.get(path.strip(), {}))


def _twice(paths: Sequence[str]) -> Iterator[str]:
    for path in dict.fromkeys(paths):
        if path and paths.count(path) > 1:
            yield f"{paths.count(path)} columns hold {path}"


def rows(path: Path, template: Template) -> DataRows:
    """The filled data rows of a text file. Raises `Unreadable`."""
    found = content(path)
    first = {column.index: column for column in template.by_path.values()}
    names = [str(index) for index in range(1 + max(first, default=0))]
    table = _table(found, template.data_row, names)
    numbers = pl.int_range(template.data_row, template.data_row + table.height, dtype=pl.UInt32, eager=True).alias(ROW)
    unquote = _plain_text if _may_be_quoted(_first_lines(found)) else _filled_text
    frame = table.select(numbers, *(unquote(pl.col(str(index))).alias(column.path) for index, column in sorted(first.items())))
    filled = [pl.col(column.path).is_not_null() for column in first.values()]
    return DataRows(frame.filter(pl.any_horizontal(filled)) if filled else frame)


def _table(found: bytes, first_row: int, names: Sequence[str]) -> pl.DataFrame:
    """The lines from this row on; a blank line is a row of nulls."""
    start = 0
    for _ in range(first_row - 1):
        start = found.find(b"\n", start) + 1
        if not start:
            start = len(found)
            break
    body = "\t".join(names).encode() + b"\n" + found[start:]
    return pl.read_csv(body, separator="\t", quote_char=None, infer_schema=False, truncate_ragged_lines=True)


def _plain_text(cell: pl.Expr) -> pl.Expr:
    """Cells without the quotes that Excel puts around those with quotes or commas in them; blank is null."""
    quoted = cell.str.starts_with('"') & cell.str.ends_with('"') & (cell.str.len_bytes() > 1)
    inner = cell.str.slice(1, cell.str.len_chars().cast(pl.Int64) - 2).str.replace_all('""', '"', literal=True)
    return _filled_text(pl.when(quoted).then(inner).otherwise(cell))


def _filled_text(cell: pl.Expr) -> pl.Expr:
    return pl.when(cell.str.strip_chars() != "").then(cell)


def _may_be_quoted(all_lines: Sequence[str]) -> bool:
    """Whether Excel may have put cells in quotes. It does so with every comma or quote in a cell: one bare such cell says no."""
    return _BARE.search("\n".join(all_lines[:_SAMPLE])) is None


def _cells(all_lines: Sequence[str], number: int) -> tuple[str, ...]:
    """The cells of a line, without blank ones at its end."""
    cells = [_unquoted(cell) for cell in all_lines[number - 1].split("\t")] if number <= len(all_lines) else []
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
