"""What an inventory template says: its columns, settings, header rows and data, in a description small enough for a test."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

STORES = {"US": "ATVPDKIKX0DER", "JP": "A1VC38T7YXB528", "UK": "A1F83G8C2ARO7P", "DE": "A1PA6795UKMFR9", "IT": "APJ6JRA9NG5V4"}


@dataclass(frozen=True)
class Col:
    """One column. `rules` are (state, formula) in their order, with {r} for the anchor row and {X} names as `path:NAME` below."""

    path: str
    label: str = ""
    group: str = ""
    type: str = "text"
    example: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)  # product type ("" for all) -> labels
    closed: bool = True
    extended: bool = False  # the validation stands in the extension list, as Excel saves nested ones
    aliases: Mapping[str, str] = field(default_factory=dict)
    word: str = ""  # requirement word of the definitions sheet
    rules: Sequence[tuple[str, str]] = ()
    asked: str = ""  # legacy matrix: required, optional, preferred
    hidden: bool = False
    control: str = ""  # path of the column whose value chooses the list
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)  # value of the control -> labels, for every product type


@dataclass(frozen=True)
class Description:
    """A whole template. `rows` are data rows: path -> text, or a number, which becomes a numeric cell."""

    generation: str = "unified"
    columns: Sequence[Col] = ()
    product_types: Sequence[str] = ("MUG",)
    store: str = "US"
    stores: Sequence[str] = ()  # additional marketplaces of a multi-store file
    language: str = "en_US"
    flavor: str = "full-seller"
    version: str = "2026.0901"
    default_action: str = "full_update"
    cut: int = 32767  # characters a settings cell holds
    prefilled: bool = False  # a note about preference profiles in row 7, data from row 8
    definitions: bool = True
    rows: Sequence[Mapping[str, str | float]] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)  # CONDITION_LIST_n
    names: Mapping[str, str] = field(default_factory=dict)  # further defined names
    settings: Mapping[str, str] = field(default_factory=dict)  # overrides
    absolute_targets: bool = False
    matrix: bool = True  # legacy: the sheet of required attributes was not deleted
    merged: bool = False  # an Images sheet with two columns merged from top to bottom


def token(path: str) -> str:
    return re.sub(r"[\[\]=#: ]", "", path)


def _b64(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b64encode(text.encode()).decode()


@dataclass
class _Layout:
    group_row: int
    label_row: int
    attribute_row: int
    data_row: int


def layout(description: Description) -> _Layout:
    match description.generation:
        case "unified":
            return _Layout(3, 4, 5, 8 if description.prefilled else 7)
        case "vendor":
            return _Layout(2, 3, 4, 7)
    return _Layout(1, 2, 3, 4)


def settings_of(description: Description) -> dict[str, str]:
    rows = layout(description)
    aliases = [{"attribute": column.path, "aliases": dict(column.aliases)} for column in description.columns if column.aliases]
    values = {
        "attributeRow": str(rows.attribute_row),
        "contentLanguageTag": description.language,
        "dataRow": str(rows.data_row),
        "feedType": {"unified": "256", "legacy": "113", "multistore": "610841", "vendor": "5100"}[description.generation],
        "headerLanguageTag": description.language,
        "labelRow": str(rows.label_row),
        "primaryMarketplaceId": f"amzn1.mp.o.{STORES[description.store]}",
        "ptds": _b64(",".join(kind.upper() for kind in description.product_types)),
        "timestamp": f"{description.version[:4]}-{description.version[5:7]}-{description.version[7:]}T08:00:00.000Z",
        "contributorId": "amzn1.cr.o.SYNTHETIC",
    }
    if description.generation != "legacy":
        values["flavor"] = {"multistore": "mixed-M@-UMP-seller", "vendor": "vendor"}.get(description.generation, description.flavor)
        values["attributeSettings"] = _b64(aliases)
    if description.generation == "unified":
        values["AttributeDefaultValues"] = _b64({"::record_action": description.default_action})
        values["browseClassifications"] = _b64(
            [{"productType": kind, "browseClassificationKeys": ["11", "22"]} for kind in description.product_types]
        )
    if description.stores:
        values["additionalMarketplaces"] = _b64([f"amzn1.mp.o.{STORES[code]}" for code in description.stores])
    return {**values, **description.settings}


def first_row(description: Description) -> list[str]:
    """The settings as cells: in one text cut to pieces (unified, vendor) or in cells of their own (legacy)."""
    query = "&".join(f"{key}={quote(text, safe='')}" for key, text in settings_of(description).items())
    if description.generation in ("legacy", "multistore"):
        return ["TemplateType=fptcustom", f"Version={description.version}", "TemplateSignature=TVVH", f"settings={query}"]
    kind = "unified" if description.generation == "unified" else "Dynamic"
    query += f"&TemplateType={kind}&Version={description.version}"
    pieces: list[str] = []
    while query:
        prefix = f"settings{len(pieces) + 1 if pieces else ''}="
        pieces.append(prefix + query[: description.cut - len(prefix)])
        query = query[description.cut - len(prefix) :]
    return pieces


def header(description: Description) -> dict[int, list[str]]:
    """The cells of every header row."""
    rows = layout(description)
    found: dict[int, list[str]] = {number: [] for number in range(1, rows.data_row)}
    found[rows.group_row] = _group_cells(description)
    found[rows.label_row] = [column.label or column.path for column in description.columns]
    found[rows.attribute_row] = [column.path for column in description.columns]
    if description.generation == "unified":
        found[2] = ["     Use ENGLISH to fill this template. DO NOT modify or delete the top rows."]
        found[6] = [column.example for column in description.columns]
        if description.prefilled:
            found[7] = ["✅ We've prefilled attributes from your selected Preference Profiles"]
    elif description.generation == "vendor":
        found[5] = [column.word for column in description.columns]
        found[6] = [column.example for column in description.columns]
    settings = first_row(description)
    found[1] = settings + found[1][len(settings) :] if rows.group_row == 1 else settings
    return found


def _group_cells(description: Description) -> list[str]:
    cells, before = [], ""
    for column in description.columns:
        cells.append(column.group if column.group != before else "")
        before = column.group
    return cells


def text_twin(description: Description) -> str:
    """The same template as tab-delimited text."""
    lines = ["\t".join(cells) for _, cells in sorted(header(description).items())]
    lines += ["\t".join(str(row.get(column.path, "")) for column in description.columns) for row in description.rows]
    return "\n".join(lines) + "\n"
