"""What one header may mean, by its words alone."""

import re
from collections.abc import Iterable

from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.fields import Field, fields, parse, plain_names
from listingkit.mapping.headers import Header, Reading, amazon_column, key, language_name, parse_header, without_marks
from listingkit.mapping.synonyms import Synonym, ambiguities, numbered, phrases, synonyms, unmarked
from listingkit.mapping.units import units
from listingkit.master.sheet import Column

MAIN_IMAGE, OTHER_IMAGE = "main_product_image_locator", "other_product_image_locator"
NEAR = 88  # rapidfuzz ratio below which two headers have nothing to do with each other


class Candidate(Struct, frozen=True):
    """One meaning of a header. `field` is a plain field or a family; `slot` its number where the header says one."""

    field: str
    confidence: float
    why: str
    slot: int | None = None
    qualifier: str | None = None
    language: str = ""  # of the header's words


class Meanings(Struct, frozen=True):
    """Every meaning of a header: one candidate, or several that only the sheet can choose between."""

    header: Header
    candidates: tuple[Candidate, ...] = ()
    prefer: str = ""
    group: str = ""  # key without number, shared by a numbered family


def meanings(column: Column, *, amazon: bool = False, alike: bool = True) -> Meanings:
    """What a column may mean by its code (second header row) or else by its header.

    Where the sheet is one of Amazon's own (`amazon`), an id that we have no field for means nothing else: labels deceive there.
    Without `alike`, headers that are only written nearly like a known one mean nothing.
    """
    header = parse_header(column.header)
    for text in filter(None, (column.code, column.header)):
        plain = (own_name(text) if "_" in text or key(text) not in ambiguities() else None) or _amazon(text, amazon=amazon)
        if plain:
            return Meanings(header, (plain,), group=plain.field)
    name = column.code or column.header
    if re.search(r"#\d|\[marketplace_id=", name) or (amazon and re.fullmatch(r"[a-z0-9_-]+", name)):
        keyed = [entry for entry in synonyms().get(key(name), ()) if entry.language == "amazon-key"]
        return Meanings(header, tuple(Candidate(entry.field, 0.98, "it is Amazon's name of it") for entry in keyed[:1]))
    if column.code:
        coded = _by_synonyms(parse_header(column.code), alike=alike)
        named = _by_synonyms(header, alike=alike)
        if (len(coded.candidates) == 1 and len(named.candidates) != 1) or not named.candidates:
            return Meanings(header, coded.candidates, group=coded.group)
    return _by_synonyms(header, alike=alike)


def own_name(text: str, why: str = "it is our own name") -> Candidate | None:
    """The field that a text names exactly as we do, or None."""
    if text in fields() and fields()[text].slots > 1:
        return Candidate(text, 1.0, why)
    if text.partition("@")[0] not in plain_names():
        return None
    try:
        name = parse(text)
    except UnknownName:
        return None
    return Candidate(name.field.name, 1.0, why, name.slot if name.field.slots > 1 else None, name.qualifier)


def is_amazons(column: Column) -> bool:
    """Whether a column bears one of Amazon's attribute ids."""
    return _amazon(column.code or column.header) is not None


def _amazon(text: str, *, amazon: bool = False) -> Candidate | None:
    found = amazon_column(text)
    if found is None or not (amazon or "_" in text or "#" in text):
        return None
    field, slot, language, store = found
    qualifier = language if field.localized else store if field.regional else None
    return Candidate(field.name, 1.0, "it is Amazon's own name", slot if field.slots > 1 else None, qualifier)


def _by_synonyms(header: Header, *, alike: bool) -> Meanings:
    for reading in header.readings:
        entries = synonyms().get(reading.key)
        if entries is None and reading.number and header.number is not None:
            entries = numbered().get(reading.key)
        if entries and (found := _fitting(header, reading, entries, 0.0)):
            return found
    for reading in header.readings:
        entries = unmarked().get(without_marks(reading.key))
        if entries and (found := _fitting(header, reading, entries, 0.03)):
            return found
    return _by_similarity(header) if alike else Meanings(header, group=_group(header))


def _fitting(header: Header, reading: Reading, entries: Iterable[Synonym], doubt: float) -> Meanings | None:
    known = ambiguities().get(reading.key)
    found: dict[tuple[str, str], Candidate] = {}
    for entry in entries:
        candidate = _candidate(header, reading, entry, doubt)
        if candidate:
            found.setdefault((candidate.field, entry.language), candidate)
    if not found:
        return None
    if known:
        for name in known.candidates:
            if not any(field == name for field, _ in found):
                found[name, ""] = Candidate(name, 0.5, "it may mean that")
    return Meanings(header, tuple(found.values()), known.prefer if known else "", _group(header))


def _candidate(header: Header, reading: Reading, entry: Synonym, doubt: float) -> Candidate | None:
    field, slot = fields()[entry.field], None
    if reading.measure and not _measured(header, field):
        return None
    if reading.number and header.number is not None:
        if field.name == MAIN_IMAGE:
            field = fields()[OTHER_IMAGE] if header.number > 1 else field
        elif field.slots == 1:
            return None
    if field.slots > 1:
        slot = header.number
    qualifier = None
    if reading.qualifier and (header.language or header.marketplace):
        qualifier = header.language if field.localized else header.marketplace if field.regional else None
        if qualifier is None:
            return None
    confidence = (0.98 if entry.confirmed else 0.95) - doubt - (0.05 if reading.remark else 0.0)
    why = f"it is called so{_language(entry.language)}" + ("" if entry.confirmed else ", as far as we know")
    return Candidate(field.name, confidence, why, slot, qualifier, entry.language)


def _measured(header: Header, field: Field) -> bool:
    if header.unit:
        return field.unit == units()[header.unit].dimension or field.name in ("item_dimensions", "package_dimensions")
    return field.kind == "price"


def _by_similarity(header: Header) -> Meanings:
    from rapidfuzz import fuzz, process

    for reading in header.readings:
        if len(reading.words) < 5 or not reading.words.isascii():
            continue
        near = process.extract(reading.words, phrases().keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=3)
        best = [phrase for phrase, score, _ in near if score == near[0][1]]
        entries = [entry for phrase in best for entry in synonyms()[phrases()[phrase]]]
        found = _fitting(header, reading, entries, 0.0) if entries else None
        if found:
            score = near[0][1]
            confidence = round(0.6 + 0.25 * (score - NEAR) / (100 - NEAR), 2)
            why = f"it is written nearly like {best[0]!r}"
            candidates = {c.field: Candidate(c.field, confidence, why, c.slot, c.qualifier) for c in found.candidates}
            return Meanings(header, tuple(candidates.values()), group=found.group)
    return Meanings(header, group=_group(header))


def _group(header: Header) -> str:
    barest = [reading.key for reading in header.readings if reading.number] or [reading.key for reading in header.readings]
    return barest[0] if barest else ""


def _language(tag: str) -> str:
    return f" in {language_name(tag)}" if tag not in ("", "amazon-key") else ""
