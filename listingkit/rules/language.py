"""The language of texts, as far as a detector is installed: `pip install 'listingkit[language]'`.

Words that only the language of the marketplace has (articles, prepositions) are looked for first, for a whole column at once. What has
none of them is shown to the detector, lingua (Apache-2.0, offline, in Rust); it is believed where it is sure and the text is long enough.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.lexicon import own_words
from listingkit.rules.sheetwide import Look, located, rowwise, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
TONGUES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "it": "Italian",
    "es": "Spanish",
    "nl": "Dutch",
    "pl": "Polish",
    "sv": "Swedish",
    "pt": "Portuguese",
    "tr": "Turkish",
}
LETTERS = 60  # of a text that is judged at all
READ = 240  # characters of it: more makes the detector slower, not surer
SURE = 0.9  # how sure of one language,
UNLIKELY = 0.02  # and how unlikely the wanted one
_TRIED = 200  # texts that are judged first: where most of them are in one other language, the rest is not needed
_LETTER = re.compile(r"[^\W\d_]")
_TEXTS = ("item_name", "product_description")

given(
    "MKT006",
    "text-in-another-language",
    "Title and description are in the language of the marketplace.",
    category="language",
    why="Shoppers cannot read it, and the search does not find it.",
    source="Seller Central G200390640 (product detail page rules): texts in the language of the marketplace; detector: lingua",
    checked=CHECKED,
    severity="warning",
    good=["DE: Von Hand glasiert und Stück für Stück geprüft, bevor es uns verlässt."],
    bad=["DE: Glazed by hand and checked piece by piece before it leaves us."],
)


def installed() -> bool:
    """Whether the extra is there. Without it nothing is said, and nothing is loaded."""
    return find_spec("lingua") is not None


@cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(*(getattr(Language, name.upper()) for name in TONGUES.values())).build()


def other_language(text: str, wanted: str) -> str | None:
    """The language that a text is surely in, where that is not the wanted one: by the detector and by one of its small words."""
    text = text[:READ]
    if len(_LETTER.findall(text)) < LETTERS:
        return None
    words = set(text.lower().split())
    likely = {tongue for tongue in TONGUES if tongue != wanted and not words.isdisjoint(own_words(tongue))}
    if not likely:
        return None
    values = {one.language.iso_code_639_1.name.lower(): one.value for one in _detector().compute_language_confidence_values(text)}
    found = max(values, key=lambda tongue: values[tongue])
    if values[found] < SURE or values[wanted] > UNLIKELY:
        return None
    return found if found in likely else None


def _texts(run: Run) -> Iterator[Look]:
    """The long texts without a word of the wanted language, by column and language, of the long ones."""
    if not installed():
        return
    seen: dict[tuple[str, str], list[str]] = {}
    for code, view in run.views.items():
        store = run.contexts[code].store
        for plain in _TEXTS:
            column = view.columns.get(plain)
            tag = (column.partition("@")[2] if column else "") or run.listings.language or (store.language if store else "")
            if column and tag[:2] in TONGUES:
                seen.setdefault((column, tag[:2]), []).append(code)
    for (column, tongue), codes in seen.items():
        text = pl.col(column)
        long = text.str.len_chars() >= LETTERS
        rows = run.frame.select(rows=long.fill_null(value=False) & kept(run))["rows"].arg_true()
        count = len(rows)
        if own := [f" {word} " for word in own_words(tongue)]:
            has_own = text.str.contains_any(own, ascii_case_insensitive=True)
            rows = rows.filter(~run.frame.select(text.gather(rows)).select(has_own.alias("own"))["own"])
        yield Look((column, tongue, *codes), count, located(run, rows, column))


@sheetwide("MKT006", fields=lambda: _TEXTS if installed() else (), look=_texts)
def text_language(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a text, or one where most texts of a column are in one other language."""
    for (column, tongue, *codes), count, places in looks:
        if places.height:
            yield from _of_column(run, column, tongue, codes, count, places)


def _of_column(run: Run, column: str, tongue: str, codes: list[str], count: int, places: pl.DataFrame) -> Iterator[Batch]:
    distinct = places["value"].unique(maintain_order=True)
    found = {one: other_language(one, tongue) for one in distinct.head(_TRIED).to_list()}
    others = [language for language in found.values() if language]
    if 2 * places.height > count and len(others) > 0.8 * len(found):
        most = max(sorted(set(others)), key=others.count)
        row = f"this is {TONGUES[most]}, not {TONGUES[tongue]}"
        rows = f"{places.height} of {count} that are long enough"
        whole = f"the texts of this column are in {TONGUES[most]}, not in {TONGUES[tongue]} ({rows})"
        yield from told(run, "MKT006", codes, places, of=count, row=row, whole=whole, column=column)
        return
    found |= {one: other_language(one, tongue) for one in distinct.slice(_TRIED).to_list()}
    languages = [found[one] for one in places["value"]]
    flaws = [Flaw(f"this is {TONGUES[language]}, not {TONGUES[tongue]}") for language in languages if language]
    if flaws:
        wrong = places.filter(pl.Series([language is not None for language in languages], dtype=pl.Boolean))
        yield rowwise(run, "MKT006", codes, wrong, flaws, column=column)
