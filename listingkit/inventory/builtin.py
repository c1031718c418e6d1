"""Built-in templates: five public layouts for any marketplace, filled from their definitions in `templates/`."""

import json
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from msgspec.structs import replace

from listingkit.errors import UnknownName
from listingkit.fields import Field, path, plain_names
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.wire import dictionary
from listingkit.marketplace import Marketplace
from listingkit.resources import shared

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2 import Template as Compiled

_NAME = re.compile(r"\{\{ (\w+)(?:\.(\w+))? \}\}")
_TYPES = {"integer": "integer", "number": "decimal", "price": "decimal", "date": "date"}


@cache
def layouts() -> tuple[str, ...]:
    """The names of the built-in layouts."""
    return tuple(sorted(folder.parent.name for folder in shared("templates").glob("*/layout.toml")))


def template(layout: str, store: Marketplace, *, language: str | None = None, product_types: Sequence[str] = ("PRODUCT",)) -> Template:
    """The built-in template of this layout for one marketplace, with texts in `language` (default: the marketplace's own).

    Raises `UnknownName` for a layout nobody knows.
    """
    if layout not in layouts():
        raise UnknownName("built-in template", layout, layouts())
    folder = shared("templates") / layout
    language = language or store.language
    scope = {"store": store, "language": language, "product_types": list(product_types), "kinds": ",".join(product_types)}
    definition = tomllib.loads((folder / "layout.toml").read_text("utf-8"))
    cells = _every_cell(definition["absent"], store, language) if "absent" in definition else _cells(folder, scope)
    columns = tuple(_column(index, cell, definition) for index, cell in enumerate(cells))
    settings = {key: _fill(text, scope) for key, text in definition.get("settings", {}).items()}
    if "attributeSettings" in settings:
        settings["attributeSettings"] = _aliases(columns)
    return Template(
        name=layout,
        generation=definition["generation"],
        columns=columns,
        label_row=definition["label_row"],
        attribute_row=definition["attribute_row"],
        data_row=definition["data_row"],
        header=tuple(_header_row(row, cells, {**scope, "settings": _query(settings, definition)}) for row in definition["rows"]),
        settings=settings,
        version=definition["version"],
        marketplaces=(store.code,),
        language=language,
        header_language=definition["header_language"],
        product_types=tuple(product_types),
        default_action=definition["default_action"],
        sheet=definition.get("sheet", ""),
    )


def _fill(text: str, scope: Mapping[str, Any]) -> str:
    """A text with what its expressions stand for. Names alone need no Jinja, which takes long to load."""
    if "{{" not in text and "{%" not in text:
        return text
    if _NAME.sub("", text).count("{"):
        return _compiled(text).render(scope)
    return _NAME.sub(lambda name: str(getattr(scope[name[1]], name[2]) if name[2] else scope[name[1]]), text)


@cache
def _compiled(text: str) -> "Compiled":
    return _jinja().from_string(text)


@cache
def _jinja() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(shared("templates")), undefined=StrictUndefined, autoescape=False)  # noqa: S701 - makes TSV, not HTML
    made.filters["base64"] = _base64
    return made


def _cells(folder: Path, scope: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of `columns.tsv.j2`, each with the header cells of one column."""
    known = {"columns": list(_unified_columns(scope["store"], scope["language"])), "legacy_columns": list(_legacy_columns())}
    table = _fill((folder / "columns.tsv.j2").read_text("utf-8"), {**scope, **known})
    lines = [line for line in table.splitlines() if line]
    keys = lines[0].split("\t")
    return [dict(zip(keys, line.split("\t"), strict=True)) for line in lines[1:]]


def _every_cell(absent: Sequence[Mapping[str, Any]], store: Marketplace, language: str) -> list[dict[str, str]]:
    """The header cells of every field that has an attribute path, without those that are `absent` from this marketplace."""
    gone = {
        name
        for one in absent
        if (store.code in one.get("in", ())) or ("but" in one and store.code not in one["but"])
        for name in one["attributes"]
    }
    return [cell for cell in _unified_columns(store, language) if cell["attribute"] not in gone]


def _unified_columns(store: Marketplace, language: str) -> Iterator[dict[str, str]]:
    """The header cells of every field that has an attribute path."""
    for plain, (field, _) in plain_names().items():
        if field.path:
            yield _field_cells(field, path(plain, store, language))


def _legacy_columns() -> Iterator[dict[str, str]]:
    """The header cells of every field that has a legacy id."""
    for field, slot in plain_names().values():
        if field.legacy:
            yield _field_cells(field, field.legacy.format(n=slot))


def _field_cells(field: Field, column: str) -> dict[str, str]:
    return {
        "field": field.name,
        "attribute": re.split(r"[\[#]", column)[0],
        "group": field.group,
        "label": field.label,
        "path": column,
        "type": _TYPES.get(field.kind, "text"),
        "example": field.example,
    }


def _column(index: int, cell: Mapping[str, str], definition: Mapping[str, Any]) -> TemplateColumn:
    bare = TemplateColumn(
        index=index,
        path=cell["path"],
        label=cell["label"],
        group=cell.get("group", ""),
        type=cast("Any", cell["type"]),
        example=cell.get("example", ""),
    )
    return replace(bare, aliases=dictionary(bare, definition["generation"], definition["header_language"]))


def _header_row(row: str, cells: Sequence[Mapping[str, str]], scope: Mapping[str, Any]) -> tuple[str, ...]:
    """One row above the data: the cells of that name, or the texts that the layout spells out."""
    if row == "group":
        names = [cell["group"] for cell in cells]
        return tuple(name if name != before else "" for name, before in zip(names, ["", *names], strict=False))
    if row in cells[0]:
        return tuple(cell[row] for cell in cells)
    return tuple(_fill(text, scope) for text in row.split("\t"))


def _aliases(columns: Sequence[TemplateColumn]) -> str:
    known = [{"attribute": column.path, "aliases": dict(column.aliases)} for column in columns if column.aliases]
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def _query(settings: Mapping[str, str], definition: Mapping[str, Any]) -> str:
    """The settings as row 1 holds them: a query of percent-encoded values, some of them base64 before that."""
    encoded = definition.get("base64", {}).get("keys", ())
    return "settings=" + "&".join(f"{key}={quote(_base64(text) if key in encoded else text, safe='')}" for key, text in settings.items())


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
