"""A header taken apart: what it is called, and the unit, currency, language, marketplace and number it carries."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import Struct

from listingkit.fields import Field, fields
from listingkit.mapping.units import currencies, unit_named
from listingkit.marketplace import Marketplace, marketplaces
from listingkit.resources import data

INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060\u00ad\u202a-\u202e]")
BRACKETED = re.compile(r"[(\[{]([^()\[\]{}]{0,80})[)\]}]")
REQUIRED = frozenset(("required", "mandatory", "must", "erforderlich", "obligatoire", "requis", "obligatorio", "requerido", "richiesto"))
REQUIRED |= frozenset(("pflicht", "pflichtfeld", "obbligatorio", "必填", "必填项", "必須", "zorunlu"))
OPTIONAL = frozenset(("optional", "facultatif", "opcional", "facoltativo", "opzionale", "可选", "选填", "非必填", "任意", "isteğe bağlı"))
CHINESE_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
SHARED_SIGNS = frozenset(("$", "¥", "kr", "円/元"))
LONGEST = 300  # characters of a header that are looked at


class Reading(Struct, frozen=True):
    """One way to read a header, from the most literal one to the barest one."""

    key: str  # letters and digits only, in lower case
    words: str  # the same with its spaces, for comparing by similarity
    qualifier: bool = False  # the language or marketplace was taken off
    number: bool = False  # the number was taken off
    measure: bool = False  # the unit or currency was taken off
    remark: bool = False  # a remark in brackets that nobody understood was taken off


class Header(Struct, frozen=True):
    """A header and what it means beside its name."""

    text: str
    required: bool = False
    unit: str | None = None  # a unit of weight or length, by Amazon's name
    currency: str | None = None
    language: str | None = None  # de, or de_DE where a marketplace was named
    marketplace: str | None = None
    marketplaces: tuple[str, ...] = ()  # where brackets list several: Quantity (UK, DE, FR)
    number: int | None = None
    readings: tuple[Reading, ...] = ()


@cache
def parse_header(text: str) -> Header:
    """Take a header apart. Nothing is thrown away: what is not its name is kept as its meaning."""
    plain = clean(text)[:LONGEST]
    whole, required = _without_demands(plain)
    taken = _brackets(whole)
    stores = _listed_marketplaces(whole)
    bare, unit, currency = taken.rest, taken.unit, taken.currency
    stem, word = _split_tail(bare)
    if word and unit is None and (found := unit_named(word)):
        bare, unit = stem, found
    elif word and currency is None and (found := currencies().get(word.casefold())):
        bare, currency = stem, found
    measured = bool(unit or currency or taken.sign)
    unqualified, code = _without_qualifier(bare) if taken.code is None else (bare, taken.code)
    language, store = (code and qualifier(code, loose=True)) or (None, None)
    unnumbered, number = _without_number(unqualified)
    readings: dict[str, Reading] = {}
    for name, flags in (
        (whole, {}),
        (taken.rest, {"measure": taken.measured, "qualifier": taken.code is not None}),
        (bare, {"measure": measured, "qualifier": taken.code is not None}),
        (_without_number(bare)[0], {"measure": measured, "qualifier": taken.code is not None, "number": True}),
        (unqualified, {"measure": measured, "qualifier": True}),
        (unnumbered, {"measure": measured, "qualifier": True, "number": True}),
        (BRACKETED.sub(" ", unnumbered), {"measure": measured, "qualifier": True, "number": True, "remark": True}),
    ):
        if key(name):
            readings.setdefault(key(name), Reading(key(name), words(name), **flags))
    return Header(plain, required, unit, currency, language, store, stores, number, tuple(readings.values()))


class _Brackets(NamedTuple):
    rest: str
    unit: str | None
    currency: str | None
    sign: bool  # a currency sign that several currencies share
    code: str | None

    @property
    def measured(self) -> bool:
        return bool(self.unit or self.currency or self.sign)


def _listed_marketplaces(text: str) -> tuple[str, ...]:
    for match in BRACKETED.finditer(text):
        codes = [code.strip() for code in match[1].split(",")]
        stores = [_store(code) for code in codes]
        if len(codes) > 1 and all(stores):
            return tuple(store for store in stores if store)
    return ()


def _without_demands(plain: str) -> tuple[str, bool]:
    """The header without its stars and its (required), and whether it had them."""
    required = plain.startswith("*") or plain.endswith("*")
    whole = plain.strip("* ").rstrip(":： ")
    for match in BRACKETED.finditer(whole):
        folded = match[1].strip(" *.").casefold()
        if folded in REQUIRED or folded in OPTIONAL:
            required = required or folded in REQUIRED
            whole = whole.replace(match[0], " ")
    return " ".join(whole.split()), required


def _brackets(text: str) -> _Brackets:
    """What the brackets of a header say, each kind once."""
    rest, unit, currency, sign, code = text, None, None, False, None
    for match in BRACKETED.finditer(text):
        inside = match[1].strip()
        folded = re.sub(r"^in ", "", inside.strip("*.").casefold())
        if unit is None and (found := unit_named(folded)):
            unit = found
        elif currency is None and (found := currencies().get(folded)):
            currency = found
        elif folded in SHARED_SIGNS:
            sign = True
        elif code is None and qualifier(inside, loose=True):
            code = inside
        else:
            continue
        rest = rest.replace(match[0], " ")
    return _Brackets(" ".join(rest.split()), unit, currency, sign, code)


def clean(text: str) -> str:
    """Full-width forms made half-width, invisible characters gone, white space folded."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate({0x3010: "(", 0x3011: ")", 0x3014: "(", 0x3015: ")"})
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def words(text: str) -> str:
    """Lower case, punctuation as spaces, Chinese in simplified characters; `#`, `%` and `+` tell headers apart and stay."""
    plain = clean(text).casefold()
    return " ".join(re.sub(r"[^\w#%+$€£]|_", " ", plain if plain.isascii() else plain.translate(_simplified())).split())


@cache
def _simplified() -> Mapping[int, str]:
    rows = (line.split("\t") for line in data("traditional.tsv").read_text("utf-8").splitlines()[2:])
    return {ord(traditional): simplified for traditional, simplified in rows}


def key(text: str) -> str:
    """What headers are compared by: `words` without spaces."""
    return words(text).replace(" ", "")


def keys(texts: Iterable[str]) -> list[str]:
    """The same of many texts at once; a text is one line."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", "\n".join(texts))).casefold().translate(_simplified())
    return re.sub(r"[^\w#%+$€£\n]|_", "", plain).split("\n")


def name_key(text: str) -> str:
    """What columns are found by: the key of a header without its stars and its (required)."""
    readings = parse_header(text).readings
    return readings[0].key if readings else ""


def without_marks(text: str) -> str:
    """The same without accents: what people type on a keyboard that has none."""
    spelled = text.translate({0xE4: "ae", 0xF6: "oe", 0xFC: "ue", 0xF8: "o", 0x131: "i"})
    return "".join(char for char in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(char))


def qualifier(text: str, *, loose: bool = False) -> tuple[str | None, str | None] | None:
    """(language tag, marketplace code) that a word names, as far as it names one: `DE`, `de_DE`, `amazon.de`, `German`, `德语`.

    A code in lower case counts only where `loose`: "description de" is French, not German.
    """
    word = text.strip(" .@")
    if re.fullmatch(r"[A-Za-z]{2}[_-][A-Za-z]{2}", word):
        language, country = word[:2].lower(), word[3:].upper()
        return (f"{language}_{country}", _store(country)) if language in _languages().values() else None
    if not loose and word != word.upper() and word.isascii() and len(word) == 2:
        return None
    folded = word.casefold()
    if len(word) == 2 and word.isascii():
        code = _store(word.upper())
        if code:
            return marketplaces()[code].language, code
        return (folded, None) if folded in _languages().values() else None
    if folded in _languages():
        return _languages()[folded], None
    for store in marketplaces().values():
        if folded in (store.domain, store.id.casefold()):
            return store.language, store.code
    return None


@cache
def amazon_paths() -> Mapping[str, tuple[Field, int]]:
    """Attribute paths of unified templates, brackets of marketplace and language taken off, and legacy column ids."""
    table: dict[str, tuple[Field, int]] = {}
    for field in fields().values():
        for slot in range(1, field.slots + 1):
            for leaf in ("value", "value_with_tax") if "{list_price_leaf}" in field.path else ("",):
                path = field.path.rstrip("?").format(m="", l="", n=slot, list_price_leaf=leaf)
                table.setdefault(path, (field, slot))
            table.setdefault(field.legacy.format(n=slot), (field, slot))
        table.setdefault(field.legacy.format(n=""), (field, 1))
    table.pop("", None)
    return table


def amazon_column(text: str) -> tuple[Field, int, str | None, str | None] | None:
    """(field, slot, language tag, marketplace code) of an Amazon attribute path or legacy column id, or None.

    `item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value`, `bullet_point3`, `::record_action`.
    """
    text = text.strip()
    language = re.search(r"\[language_tag=([a-z]{2}_[A-Z]{2})\]", text)
    store = re.search(r"\[marketplace_id=([A-Z0-9]+)\]", text)
    bare = re.sub(r"\[(marketplace_id|language_tag)=[^\]]{1,40}\]", "", text)
    found = amazon_paths().get(bare) or amazon_paths().get(bare.replace("purchasable_offer#", "purchasable_offer[audience=ALL]#"))
    if found is None and (match := re.fullmatch(r"fulfillment_availability#\d\.(\w+)", bare)):
        found = amazon_paths().get(f"fulfillment_availability#1.{match[1]}")
    if found is None:
        return None
    field, slot = found
    code = next((known.code for known in marketplaces().values() if store and known.id == store[1]), None)
    return field, slot, language[1] if language else None, code


def _without_qualifier(text: str) -> tuple[str, str | None]:
    for pattern, loose in ((r"^(.+?)[\s/|:-]+(\S+)$", False), (r"^(.+?)\s*[@_.-]\s*([A-Za-z]{2}(?:[_-][A-Za-z]{2})?)$", True)):
        match = re.match(pattern, text)
        if match and qualifier(match[2], loose=loose):
            return match[1], match[2]
    match = re.match(r"^(\S+?)[\s_:-]+(.+)$", text)
    if match and qualifier(match[1]):
        return match[2], match[1]
    for name in _languages():
        if not name.isascii() and text.startswith(name) and len(text) > len(name):
            return text[len(name) :], name
    return text, None


def _without_number(text: str) -> tuple[str, int | None]:
    match = re.match(r"^(.*?\D)[\s_.#-]*(\d{1,2})$", text) or re.match(r"^(.+?)\s*([一二三四五六七八九十])$", text)
    if match:
        return match[1].strip(" _.#-"), CHINESE_DIGITS.get(match[2]) or int(match[2])
    return text, None


def _split_tail(text: str) -> tuple[str, str]:
    """(stem, last word) where the last word may be a unit or currency; one letter counts only after `in` or a separator."""
    match = re.match(r"^(.+?)(\s+in\s+|\s*[,/_]\s*|\s+)([^\s,/_]+)$", text, re.IGNORECASE)
    if not match or (len(match[3]) == 1 and match[3].isalpha() and not match[2].strip()):
        return text, ""
    return match[1], match[3]


def _store(code: str) -> str | None:
    known: Iterator[Marketplace] = (store for store in marketplaces().values() if code in (store.code, store.country))
    found = next(known, None)
    return found.code if found else None


@cache
def _languages() -> Mapping[str, str]:
    lines = data("languages.tsv").read_text("utf-8").splitlines()[2:]
    table = {}
    for line in lines:
        tag, names = line.split("\t")
        table.update({name.casefold(): tag for name in names.split("|")})
    return table


def language_name(tag: str) -> str:
    """The English name of a language tag: German for de."""
    return next((name.title() for name, known in _languages().items() if known == tag), tag)
