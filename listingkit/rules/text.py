"""What any text of a listing may hold: invisible characters, line breaks, broken letters, placeholders, JP scripts."""

import re
import unicodedata
from datetime import date

from listingkit.finding import Flaw
from listingkit.master import mojibake
from listingkit.rules import marks
from listingkit.rules.engine import rule
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
COPY = (
    "item_name",
    "title_differentiation",
    "brand",
    "bullet_point",
    "product_description",
    "generic_keyword",
    "color",
    "size",
    "material",
)
KEYS = ("sku", "parent_sku", "product_id", "model_number", "part_number", "manufacturer")
_HALF_WIDTH = "\uff61-\uff9f"
_FULL_WIDTH = "[０-９Ａ-Ｚａ-ｚ]+"
_PLATFORM = "①-⑳Ⅰ-Ⅻ㈱㈲㎏㎎㎝㎜㎡№℡㍉㌔㌢㍍㌘㌧㌃㌶㍑㍗"
_PLACEHOLDERS = (*(name for name in COPY if name != "bullet_point"), "manufacturer", "model_number", "part_number", "country_of_origin")


@rule(
    "TXT001",
    each=True,
    fields=(*COPY, *KEYS),
    good=["Stoneware Mug", "Tasse für Tee", "ナプキン"],
    bad={"Stone\u200bware": "Stoneware", "\ufeffMug": "Mug", "Mug\u202e": "Mug", "A\u00adB": "AB"},
    why="Nobody sees these characters, but Amazon does: a SKU with one is another SKU, a search term another word.",
    source="The Unicode Standard, 23.2 to 23.8; ERP guides on pasted SKUs (splitforge)",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    deletes=True,
    suspects=lambda text: Holds(text, f"[{marks.INVISIBLE}]"),
)
def invisible_character(text: str) -> Flaw | None:
    """A text has no invisible or control characters."""
    found = sorted({f"U+{ord(char):04X}" for char in re.findall(f"[{marks.INVISIBLE}]", text)})
    return Flaw(f"invisible {', '.join(found)}", fix=re.sub(f"[{marks.INVISIBLE}]", "", text)) if found else None


@rule(
    "TXT002",
    each=True,
    fields=COPY,
    good=["Stoneware Mug", "One line"],
    bad={"One\nTwo": "One Two", "One\tTwo": "One Two", "One\r\nTwo": "One Two", "Blue\n": "Blue"},
    why="In a tab-delimited upload a tab or line break begins a new cell or row; listingkit writes a space.",
    source="Amazon templates: tab-delimited text has no quoting (WP-Lister, jaacee.com)",
    checked=CHECKED,
    severity="info",
    fix="safe",
    suspects=lambda text: Holds(text, r"[\t\r\n]"),
)
def line_break_in_text(text: str) -> Flaw | None:
    """A text is one line."""
    if not re.search(r"[\t\r\n]", text):
        return None
    return Flaw("a tab or line break, which becomes a space in the upload", fix=re.sub(r"[\t\r\n]+", " ", text).strip())


@rule(
    "TXT003",
    each=True,
    fields=_PLACEHOLDERS,
    good=["Stoneware", "Blue", "Tan", "Nil Admirari Press"],
    bad=["TBD", "n/a", "(your brand)", "lorem ipsum dolor", "xxx"],
    why="A placeholder is shown to shoppers, or refused as a value that is not accepted.",
    source="sellers' reports (supplieswholesalers); bullet policy of 15 August 2024 names N/A and TBD",
    checked=CHECKED,
    severity="warning",
    suspects=lambda text: marks.may_be_placeholder(text),
)
def placeholder_text(text: str) -> Flaw | None:
    """A text is no placeholder."""
    return Flaw(f"{text!r} is a placeholder: fill it or leave it blank") if marks.placeholder(text) else None


@rule(
    "TXT004",
    each=True,
    stores=("JP",),
    fields=("item_name", "bullet_point", "product_description", "generic_keyword"),
    good=["ストーンウェア マグカップ 350ml", "Mug"],
    bad={"ｶｯﾌﾟ": "カップ", "マグ ﾎﾜｲﾄ 350ml": "マグ ホワイト 350ml"},
    why="Amazon.co.jp takes katakana in full width only.",
    source="Amazon.co.jp style guides as wac-works-ec.jp and force-r.co.jp tell them",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda text: Holds(text, f"[{_HALF_WIDTH}]"),
)
def half_width_katakana(text: str) -> Flaw | None:
    """Katakana in Japan are written in full width."""
    if not re.search(f"[{_HALF_WIDTH}]", text):
        return None
    return Flaw("half-width katakana", fix=re.sub(f"[{_HALF_WIDTH}]+", lambda found: unicodedata.normalize("NFKC", found[0]), text))


@rule(
    "TXT005",
    each=True,
    stores=("JP",),
    fields=("item_name", "bullet_point", "product_description"),
    good=["ストーンウェア 350ml", "1kg"],
    bad={"①ストーンウェア": "1ストーンウェア", "2㎏": "2kg"},
    why="These characters are shown differently, or not at all, on some systems; Amazon.co.jp refuses them.",
    source="Amazon.co.jp style guides as wac-works-ec.jp and force-r.co.jp tell them",
    checked=CHECKED,
    severity="warning",
    fix="ask",
    suspects=lambda text: Holds(text, f"[{_PLATFORM}]"),
)
def platform_dependent_character(text: str) -> Flaw | None:
    """Texts in Japan have no platform-dependent characters."""
    found = sorted(set(re.findall(f"[{_PLATFORM}]", text)))
    if not found:
        return None
    return Flaw(
        f"platform-dependent {' '.join(found)}",
        fix=re.sub(f"[{_PLATFORM}]", lambda one: unicodedata.normalize("NFKC", one[0]), text),
    )


@rule(
    "TXT006",
    each=True,
    fields=(*COPY, "manufacturer", "model_name"),
    good=["Küche", "Café crème", "Spaß & Co.", "Ãbo Akademi"],
    bad={"KÃ¼che": "Küche", "Tasse fÃ¼r Tee": "Tasse für Tee", "A lamp for cafÃ© tables": "A lamp for café tables"},
    why="The text is UTF-8 that was once read as Windows-1252; shoppers would see it like that.",
    source="ftfy; the repair is taken only where it reads back exactly",
    checked=CHECKED,
    fix="safe",
    suspects=lambda text: Holds(text, mojibake.SUSPECT),
)
def broken_letters(text: str) -> Flaw | None:
    """A text has letters, not the debris of a wrong encoding."""
    whole = mojibake.repaired(text)
    return Flaw("letters broken by a wrong encoding", fix=whole) if whole is not None and whole != text else None


@rule(
    "TXT007",
    each=True,
    fields=(*COPY, *KEYS),
    good=["Küche", "Is it blue?"],
    bad=["K\ufffdche"],
    why="An earlier program could not read this letter and dropped it; only the source of the sheet still has it.",
    source="The Unicode Standard, 23.8 (replacement character)",
    checked=CHECKED,
    suspects=lambda text: Holds(text, "\ufffd"),
)
def lost_letter(text: str) -> Flaw | None:
    """A text has no replacement characters."""
    count = text.count("\ufffd")
    return Flaw(f"{count} {'letter is' if count == 1 else 'letters are'} lost (shown as \ufffd)") if count else None


@rule(
    "TXT008",
    stores=("JP",),
    fields=("item_name",),
    good=["ストーンウェア マグカップ 350ml", "マグ ＆ ソーサー"],
    bad={"マグカップ ３５０ｍｌ": "マグカップ 350ml", "ＵＳＢ ケーブル": "USB ケーブル"},
    why="Titles in Japan have letters and digits in half width; the search does not find the full-width ones.",
    source="Amazon.co.jp style guides as wac-works-ec.jp and force-r.co.jp tell them",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda item_name: Holds(item_name, _FULL_WIDTH),
)
def full_width_letters(item_name: str) -> Flaw | None:
    """Letters and digits of a title in Japan are in half width."""
    if not re.search(_FULL_WIDTH, item_name):
        return None
    return Flaw("full-width letters or digits", fix=re.sub(_FULL_WIDTH, lambda found: unicodedata.normalize("NFKC", found[0]), item_name))


@rule(
    "TXT009",
    each=True,
    fields=("item_name", "brand", "manufacturer", "color", "size", "material"),
    good=["Küche", "Is it blue?", "What?Why"],
    bad=["K?chenmesser", "gr?n", "????"],
    why="A program that did not know the letter wrote a question mark; only the source of the sheet still has it.",
    source="Seller Central 601 (JP) and sellers' reports: files saved in another encoding",
    checked=CHECKED,
    severity="warning",
    suspects=lambda text: Holds(text, r"\?"),
)
def question_mark_for_a_letter(text: str) -> Flaw | None:
    """A text has letters where they were lost, not question marks."""
    found = re.search(r"(?<![^\W\d_A-Z])[^\W\d_]+\?[a-zß-ÿ]+|\?{3,}", text)
    return Flaw(f"a question mark for a lost letter: {found[0]!r}") if found else None


_DAYS = (
    "sale_start_date",
    "sale_end_date",
    "offer_start_date",
    "offer_end_date",
    "restock_date",
    "merchant_release_date",
    "publication_date",
    "expiry_date",
)
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.+Z-]+)?$"


@rule(
    "DAT001",
    each=True,
    fields=_DAYS,
    good=["2026-11-30", "2026-11-30T08:00:00Z"],
    bad=["31.02.2026", "2026-02-30", "11/12/2026", "soon"],
    why="Amazon refuses the row: dates are year, month, day. One that may be either day-month or month-day is never guessed.",
    source="Amazon templates 2025 and 2026: YYYY-MM-DD; error 90112",
    checked=CHECKED,
    errors=("90112", "90057"),
    suspects=lambda text: text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_null() | ~text.str.contains(_ISO),
)
def not_a_date(text: str) -> Flaw | None:
    """A date is a day of the calendar, written YYYY-MM-DD."""
    if re.fullmatch(_ISO.strip("^$"), text):
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            return Flaw(f"{text} is no day of the calendar")
        return None
    either = re.fullmatch(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{2,4})", text)
    if either and int(either[1]) <= 12 and int(either[2]) <= 12 and either[1] != either[2]:
        return Flaw(f'{text} may be day-month or month-day: say which in the profile (date = "day-first"), or write YYYY-MM-DD')
    return Flaw(f"{text!r} is not a date such as 2026-11-30")


@rule(
    "DAT002",
    each=True,
    fields=tuple(name for name in _DAYS if name != "publication_date"),
    good=["2026-11-30", "2000-01-01", "2099-12-31", "soon"],
    bad=["1900-01-01", "1970-01-01", "2206-11-30"],
    why="Spreadsheets show a blank as 1900 and programs as 1970; 2206 is a slip of the finger. Amazon takes them as they stand.",
    source="Excel's day 0, Unix' day 0; Amazon templates: dates of offers",
    checked=CHECKED,
    severity="warning",
    suspects=lambda text: text.str.contains("^(?:[013-9]|2[1-9])"),
)
def date_of_another_age(text: str) -> Flaw | None:
    """A date of an offer lies in this century."""
    if not re.fullmatch(_ISO.strip("^$"), text) or "2000" <= text[:4] < "2100":
        return None
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return None  # no day at all is told by DAT001
    return Flaw(f"{text[:10]} is long past" if text[:4] < "2000" else f"{text[:10]} is far away")
