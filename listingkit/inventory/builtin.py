"""Built-in templates: five public layouts for any marketplace, filled from their definitions in `templates/`."""

import json
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from listingkit.errors import UnknownName
from listingkit.fields import Field, fields, path
from listingkit.inventory.template import Generation, Template, TemplateColumn
from listingkit.marketplace import Marketplace
from listingkit.resources import shared

_TYPES = {"integer": "integer", "number": "decimal", "price": "decimal", "date": "date"}
_JINJA = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - makes TSV, not HTML


@cache
def layouts() -> tuple[str, ...]:
    """The names of the built-in layouts."""
    return tuple(sorted(folder.parent.name for folder in shared("templates").glob("*/layout.toml")))


def template(
    layout: str, store: Marketplace, *, language: str | None = None, product_types: Sequence[str] = ("PRODUCT",)
) -> Template:
    """The built-in template of this layout for one marketplace, with texts in `language` (default: the marketplace's own).

    Raises `UnknownName` for a layout nobody knows.
    """
    if layout not in layouts():
        raise UnknownName("built-in template", layout, layouts())
    folder = shared("templates") / layout
    language = language or store.language
    scope = {"store": store, "language": language, "product_types": list(product_types)}
    definition = tomllib.loads((folder / "layout.toml").read_text("utf-8"))
    cells = _cells(folder, scope)
    columns = tuple(_columns(cells))
    return Template(
        name=layout,
        generation=cast("Generation", definition["generation"]),
        columns=columns,
        label_row=definition["label_row"],
        attribute_row=definition["attribute_row"],
        data_row=definition["data_row"],
        header=tuple(_header(definition, columns, cells, scope)),
        settings={key: _fill(text, scope) for key, text in definition.get("settings", {}).items() if text != "aliases"},
        version=definition["version"],
        marketplaces=(store.code,),
        language=language,
        header_language=definition["header_language"],
        product_types=tuple(product_types),
        default_action=definition["default_action"],
        sheet=definition["sheet"],
    )


def _fill(text: str, scope: Mapping[str, Any]) -> str:
    return _JINJA.from_string(text).render(scope)


def _cells(folder: Path, scope: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of `columns.tsv.j2`, each with the header cells of one column."""
    table = _fill((folder / "columns.tsv.j2").read_text("utf-8"), {**scope, "columns": list(_field_columns(scope))})
    lines = [line for line in table.splitlines() if line]
    keys = lines[0].split("\t")
    return [dict(zip(keys, line.split("\t"), strict=True)) for line in lines[1:]]


def _columns(cells: Sequence[Mapping[str, str]]) -> Iterator[TemplateColumn]:
    for index, cell in enumerate(cells):
        yield TemplateColumn(
            index=index,
            path=cell["path"],
            label=cell["label"],
            group=cell["group"],
            type=cast("Any", cell["type"]),
            example=cell["example"],
            aliases=_aliases().get(cell["choices"], {}),
        )


def _field_columns(scope: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Every column that the fields have a path for."""
    for field in fields().values():
        for plain in field.names if field.path else ():
            values = _values_of(field)
            yield {
                "field": field.name,
                "group": field.group,
                "label": field.label,
                "path": path(plain, scope["store"], scope["language"]),
                "type": _TYPES.get(field.kind, "text"),
                "example": _label(values, field.example),
                "choices": values,
            }


def _values_of(field: Field) -> str:
    """Which lines of `values.tsv` a field takes: its own, those of its kind, or those of the measure it is the unit of."""
    measured = fields().get(field.name.removesuffix("_unit"))
    if measured and measured is not field:
        return measured.unit
    return field.name if field.name in _aliases() else "boolean" if field.kind == "boolean" else ""


def _label(values: str, wire: str) -> str:
    return next((label for label, stored in _aliases().get(values, {}).items() if stored == wire), wire)


@cache
def _aliases() -> Mapping[str, Mapping[str, str]]:
    """The dictionaries of `values.tsv`: label to wire value, by field."""
    table: dict[str, dict[str, str]] = {}
    for line in (shared("templates") / "values.tsv").read_text("utf-8").splitlines()[2:]:
        name, label, wire = line.split("\t")
        table.setdefault(name, {})[label] = wire
    return table


def _header(
    definition: Mapping[str, Any], columns: Sequence[TemplateColumn], cells: Sequence[Mapping[str, str]], scope: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    for row in definition["rows"]:
        if row == "settings":
            yield (_settings(definition, columns, scope),)
        elif row == "group":
            groups = [cell["group"] for cell in cells]
            yield tuple(name if name != before else "" for name, before in zip(groups, ["", *groups], strict=False))
        elif row in cells[0]:
            yield tuple(cell[row] for cell in cells)
        else:
            yield tuple(_fill(text, scope) for text in row.split("\t"))


def _settings(definition: Mapping[str, Any], columns: Sequence[TemplateColumn], scope: Mapping[str, Any]) -> str:
    """The text of cell A1: a query of percent-encoded values."""
    aliases = [{"attribute": column.path, "aliases": dict(column.aliases)} for column in columns if column.aliases]
    parts = []
    for key, raw in definition["settings"].items():
        text = json.dumps(aliases, ensure_ascii=False, separators=(",", ":")) if raw == "aliases" else _fill(raw, scope)
        if key in definition["base64"]["keys"]:
            text = b64encode(text.encode()).decode()
        parts.append(f"{key}={quote(text, safe='')}")
    return "settings=" + "&".join(parts)
