"""What columns of two uploads can be laid side by side: one key a cell, whatever the template's generation.

A key is the unified attribute path without what the whole file has in common: the brackets of its own marketplace and language and
of the consumer audience, and every `#1`. So `bullet_point2` of a legacy file and
`bullet_point[marketplace_id=A1PA6795UKMFR9][language_tag=de_DE]#2.value` of a German unified one are both `bullet_point#2.value`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from listingkit.fields import Field, path, plain_names
from listingkit.marketplace import Marketplace, marketplaces
from listingkit.resources import data, shared

SKU = "contribution_sku.value"
ACTION = "::record_action"
PRODUCT_TYPE = "product_type.value"
PARENT = "child_parent_sku_relationship.parent_sku"
LEVEL = "parentage_level.value"

SLOTS = 20  # of a numbered legacy id that are spelled out

_VARIATION = ("parentage_level", "child_parent_sku_relationship", "variation_theme")
_FIRST = re.compile(r"#1(?!\d)")
_BRACKET = re.compile(r"\[([a-z_]+)=([^\]]*)\]")
_LEGACY = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)
_NUMBERED = re.compile(r"(.*?[a-z_])0*(\d+)$", re.IGNORECASE)
_LIST = re.compile(r"([a-z0-9_]+)((?:\[[^\]]*\])*)(?:#(\d+))?\.value")
_IMAGES = re.compile(r"(other_(?:product|offer)_image_locator)_(\d+)((?:\[[^\]]*\])*)\.media_location")


@cache
def key(column: str, store: str = "", language: str = "", base: str = "") -> str:
    """The key of a column of a file made for this marketplace (code) and language (tag; "": the marketplace's own).

    `base` is the language that goes without saying in the comparison ("": the file's own); texts of another one keep its tag.
    """
    known = marketplaces().get(store)
    language = language or (known.language if known else "")
    base = base or language
    own = {"audience": "ALL", "language_tag": base, "marketplace_id": known.id if known else ""}
    full = _unified(column, store) if _LEGACY.fullmatch(column) else column
    tagged = "[language_tag=" in full
    full = _BRACKET.sub(lambda found: "" if found[2] == own.get(found[1]) else found[0], full)
    full = _FIRST.sub("", _ids(store).get(full, full))
    if base != language and not tagged and (held := field(full)) and held[1].localized:
        stem = attribute(full)
        return f"{stem}[language_tag={language}]{full.removeprefix(stem)}"
    return full


def _unified(column: str, store: str) -> str:
    """The unified path, without brackets, of a legacy id or of one of our field names."""
    ids = _ids(store)
    if column in ids:
        return ids[column]
    if column.endswith("_unit_of_measure"):
        return _unified(column.removesuffix("_unit_of_measure"), store).removesuffix(".value") + ".unit"
    numbered = _NUMBERED.match(column)
    if numbered:
        return f"{numbered[1].rstrip('_')}#{numbered[2]}.value"
    return f"{column}#1.value"


@cache
def _ids(store: str) -> Mapping[str, str]:
    """Legacy column ids, our own field names and other spellings of a path, each with the path that we compare by."""
    place = marketplaces().get(store) or marketplaces()["US"]
    ids: dict[str, str] = {}
    for plain, (known, slot) in plain_names().items():
        if known.path:
            ids.setdefault(plain, _bare(plain, place))
            if known.legacy:
                ids.setdefault(known.legacy.format(n=slot), ids[plain])
                ids.setdefault(known.legacy.replace("{n}", ""), ids[plain])
    for line in (shared("templates") / "column_ids.tsv").read_text("utf-8").splitlines()[2:]:
        plain, spelling = line.split("\t")
        if plain in ids:
            ids.setdefault(spelling, ids[plain])
    for line in data("legacy_to_unified.tsv").read_text("utf-8").splitlines()[2:]:
        legacy, unified = line.split("\t")
        for n in range(1, SLOTS + 1) if "{n" in legacy else (1,):
            number = {"n": n, "nn": f"{n:02}"}
            ids.setdefault(legacy.format(**number), unified.format(**number))
    return ids


def _bare(plain: str, store: Marketplace) -> str:
    return _BRACKET.sub(lambda found: found[0] if found[1] == "audience" and found[2] != "ALL" else "", path(plain, store))


@cache
def field(key_: str) -> tuple[str, Field] | None:
    """The plain name and the field that a key holds, in whichever language; None where we have none for it."""
    return _fields().get(_bare_key(key_))


@cache
def _fields() -> Mapping[str, tuple[str, Field]]:
    found: dict[str, tuple[str, Field]] = {}
    for plain, (known, _) in plain_names().items():
        if known.path:
            for code in ("US", "DE"):
                found.setdefault(_FIRST.sub("", _bare(plain, marketplaces()[code])), (plain, known))
    return found


def _bare_key(key_: str) -> str:
    return _BRACKET.sub(lambda found: found[0] if found[1] == "audience" else "", key_)


@cache
def attribute(key_: str) -> str:
    """The attribute instance that a key belongs to, selectors included: its cells travel together in an update."""
    if key_.startswith("amzn1."):
        return key_.rpartition("_")[0]
    name = re.match(r"(::)?[^\[#.]+(\[[^\]]*\])*", key_)
    return name[0] if name else key_


@cache
def together(key_: str) -> str:
    """The group of cells that travel together in a partial update: one attribute instance, or all that says where a family hangs.

    Amazon's own interfaces replace whole attributes in a partial update (developer-docs.amazon.com, "Partially update a listing",
    2025), so a cell sent without its siblings may erase them.
    """
    return "variation" if name(key_) in _VARIATION else attribute(key_)


@cache
def name(key_: str) -> str:
    """The attribute's bare name: `purchasable_offer`, `amzn1.volt.ca.product_id_value`."""
    return key_ if key_.startswith(("amzn1.", "::")) else re.split(r"[\[#.]", key_, maxsplit=1)[0]


@cache
def bracket(key_: str, what: str) -> str | None:
    """The value of one bracket, where the key still has it: another marketplace's id, another language's tag."""
    return next((found[2] for found in _BRACKET.finditer(key_) if found[1] == what), None)


def families(keys: Iterable[str]) -> dict[str, list[str]]:
    """Numbered slots of list attributes (bullet points, further images), in the order of their numbers; only real families."""
    slots: dict[str, list[tuple[int, str]]] = {}
    for one in dict.fromkeys(keys):
        if found := _LIST.fullmatch(one):
            slots.setdefault(f"{found[1]}{found[2]}#*.value", []).append((int(found[3] or 1), one))
        elif found := _IMAGES.fullmatch(one):
            slots.setdefault(f"{found[1]}_*{found[3]}.media_location", []).append((int(found[2]), one))
    return {family: [one for _, one in sorted(members)] for family, members in slots.items() if len(members) > 1}


@cache
def unit_of(key_: str) -> str:
    """The key of the unit that would belong to a measured value."""
    return f"{key_.removesuffix('.value')}.unit"


@cache
def rank(key_: str) -> tuple[int, int, str, int, str]:
    """Where a key stands when changes are listed: our fields in their order, then the others by name and slot."""
    known = field(key_)
    if known:
        order = list(plain_names())
        return (0, order.index(known[0]), key_, 0, "")
    slot = re.search(r"#(\d+)", key_)
    return (1, 0, name(key_), int(slot[1]) if slot else 1, key_)
