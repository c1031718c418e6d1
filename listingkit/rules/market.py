"""One master, many marketplaces: prices in another currency, titles in another script, listings that one marketplace lacks."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.mapping.units import currencies
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.offer import PRICES
from listingkit.rules.sheetwide import Look, listed, located, once, rowwise, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
PAGE = "Seller Central G200390640 (product detail page rules): texts in the language of the marketplace"

given(
    "MKT001",
    "price-in-another-currency",
    "Every marketplace has prices in its own currency.",
    category="market",
    why="listingkit converts no currency: the upload of that marketplace goes out without price.",
    source="Amazon templates: the currency of an offer is the marketplace's",
    checked=CHECKED,
    severity="warning",
    good=["price@DE in EUR, price@US in USD"],
    bad=["one column of prices in EUR, and an upload for US"],
)
given(
    "MKT002",
    "title-in-another-script",
    "A title is in the script of its marketplace.",
    category="market",
    why="A title that shoppers cannot read is suppressed, or ranks for nothing.",
    source=PAGE,
    checked=CHECKED,
    severity="warning",
    good=["JP: Havnegade マグカップ ブルー", "DE: Steinzeugtasse, Blau"],
    bad=["JP: Stoneware Mug with Wooden Lid, Blue", "DE: 手作りのマグカップ"],
)
given(
    "MKT005",
    "not-offered-here",
    "A listing that has a price in one marketplace has one in the others that are built.",
    category="market",
    why="Where a listing is for sale in one country only, that may be meant; often the column was not filled to the end.",
    source="Amazon templates: the offer of a marketplace needs a price",
    checked=CHECKED,
    severity="info",
    good=["price@US 14.99, price@DE 13.49"],
    bad=["price@US 14.99, price@DE (blank)"],
)
given(
    "MKT007",
    "price-of-another-currency",
    "A price is in the currency of its marketplace, where a column of the sheet says in which it is.",
    category="market",
    why="listingkit converts no currency: 19.99 USD would go live as 19.99 EUR.",
    source="Amazon templates: the currency of an offer is the marketplace's",
    checked=CHECKED,
    severity="error",
    good=["DE: price 19.99, currency EUR"],
    bad=["DE: price 19.99, currency USD"],
)
given(
    "MKT008",
    "price-without-currency",
    "Prices that go to marketplaces of several currencies say in which they are.",
    category="market",
    why="Nobody converts them: 19.99 would be sold for 19.99 USD, 19.99 EUR and 19.99 GBP.",
    source="Amazon templates: the currency of an offer is the marketplace's",
    checked=CHECKED,
    severity="warning",
    good=["Price EUR, built for DE and US", "Price DE and Price US"],
    bad=["Price, built for DE and US"],
)
_SCRIPTS = {
    "ja": r"[\p{Hiragana}\p{Katakana}\p{Han}]",
    "zh": r"\p{Han}",
    "ar": r"\p{Arabic}",
}
_FOREIGN = r"[\p{Hiragana}\p{Katakana}\p{Han}\p{Hangul}\p{Cyrillic}\p{Arabic}\p{Greek}\p{Hebrew}\p{Thai}]"
_WORDS = r"\p{Latin}{2,}\P{L}+\p{Latin}{2,}\P{L}+\p{Latin}{2,}\P{L}+\p{Latin}{2,}"
_NAMED = 6  # SKUs that are looked at for a message
_ENOUGH = 25  # characters: shorter titles may be a brand and a model


def _tongue(run: Run, column: str, code: str) -> str:
    """Two letters: the language that the column should be in."""
    store = run.contexts[code].store
    return (column.partition("@")[2] or run.listings.language or (store.language if store else ""))[:2]


@sheetwide("MKT001", fields=tuple)
def foreign_currency(run: Run) -> Iterator[Batch]:
    """One finding a marketplace."""
    for code, view in run.views.items():
        store = run.contexts[code].store
        if not view.foreign or store is None:
            continue
        columns = [column for column in run.listings.currencies if column.partition("@")[0] in view.foreign]
        stated = listed(sorted({run.listings.currencies[column] for column in columns}))
        flaw = Flaw(f"{listed(view.foreign)} in {stated}, and {code} takes {store.currency}: this upload has none of them")
        yield once(run, "MKT001", [code], flaw, column=columns[0])


def _unmarked(run: Run) -> Iterator[tuple[str, str, str]]:
    """Marketplace, its currency and a column of prices that goes there and whose header names no currency and no marketplace."""
    for code, view in run.views.items():
        store = run.contexts[code].store
        for name in PRICES if store else ():
            column = view.columns.get(name)
            if store and column and "@" not in column and column not in run.listings.currencies:
                yield code, store.currency, column


def _currency(word: str) -> str | None:
    return currencies().get(word.strip().casefold())


def _foreign(run: Run) -> Iterator[Look]:
    """The prices in another currency than their marketplace's, with the word that says so."""
    if "currency" not in run.frame.columns:
        return
    known = {word: _currency(word) for word in run.frame["currency"].unique().drop_nulls()}
    for code, own, column in _unmarked(run):
        foreign = [word for word, currency in known.items() if currency not in (None, own)]
        there = pl.col(column).is_not_null() & pl.col("currency").is_in(foreign) & kept(run)
        rows = run.frame.select(there.fill_null(value=False).arg_true()).to_series()
        yield Look((code, own, column), len(rows), located(run, rows, column).with_columns(word=run.frame["currency"].gather(rows)))


@sheetwide("MKT007", fields=lambda: ("currency", *PRICES), look=_foreign)
def another_currency(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a price."""
    for (code, own, column), _, found in looks:
        if found.height:
            flaws = [Flaw(f"the price is in {_currency(word)}, and {code} takes {own}: state a price for {code}") for word in found["word"]]
            yield rowwise(run, "MKT007", [code], found.drop("word"), flaws, column=column)


def _priced(run: Run) -> Iterator[Look]:
    """How many rows name a currency, and how many have a price, by column."""
    if "currency" in run.frame.columns:
        yield Look((None,), run.frame["currency"].count())
    for column in dict.fromkeys(column for _, _, column in _unmarked(run)):
        yield Look((column,), int(run.frame.select((pl.col(column).is_not_null() & kept(run)).sum()).item()))


@sheetwide("MKT008", fields=lambda: ("currency", *PRICES), look=_priced)
def without_currency(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a column of prices."""
    filled = {look.about[0]: look.of for look in looks}
    if filled.get(None):
        return
    goes: dict[str, dict[str, str]] = {}
    for code, own, column in _unmarked(run):
        goes.setdefault(column, {}).setdefault(own, code)
    for column, where in goes.items():
        if len(where) > 1 and filled.get(column):
            told = " and ".join(f"{code} in {currency}" for currency, code in where.items())
            how = f'{column} = {{ column = "...", currency = "EUR" }}'
            flaw = Flaw(f"no currency is named, so the same number goes to {told}: name it in the header, or in a profile as {how}")
            yield once(run, "MKT008", list(where.values()), flaw, column=column)


def _titles(run: Run) -> Iterator[Look]:
    """The titles in another script, by column and language, of those that are filled."""
    seen: dict[tuple[str, str], list[str]] = {}
    for code, view in run.views.items():
        column = view.columns.get("item_name")
        if column and (tongue := _tongue(run, column, code)):
            seen.setdefault((column, tongue), []).append(code)
    for (column, tongue), codes in seen.items():
        yield Look((column, tongue, *codes), run.frame[column].count(), located(run, _wrong(run, column, tongue), column))


@sheetwide("MKT002", fields=lambda: ("item_name",), look=_titles)
def title_script(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a title, or one where most titles are in another script."""
    for (column, tongue, *codes), count, found in looks:
        if found.height:
            where = {"ja": "Japanese", "zh": "Chinese", "ar": "Arabic"}.get(tongue, "Latin letters")
            row = f"the title is not in {where}"
            whole = f"{found.height} of {count} titles are not in {where}, such as {_short(found['value'][0])!r}"
            yield from told(run, "MKT002", codes, found, of=count, row=row, whole=whole, column=column)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _wrong(run: Run, column: str, tongue: str) -> pl.Series:
    """Rows whose title is in another script. Other scripts than the Latin one take many bytes: that is looked at first."""
    title = pl.col(column)
    many = title.str.len_bytes() * 5 > title.str.len_chars() * 6
    plain = ~many & (title.str.len_chars() >= _ENOUGH)
    rows = run.frame.select((plain if tongue in _SCRIPTS else many).fill_null(value=False).alias("rows") & kept(run))["rows"].arg_true()
    if not len(rows):
        return rows
    if tongue in _SCRIPTS:  # a sentence of four words, without a letter of the script
        wrong = title.str.contains(_WORDS) & ~title.str.contains(_SCRIPTS[tongue])
    else:  # more letters of another script than of the Latin one
        letters = title.str.count_matches(_FOREIGN)
        wrong = (letters >= 4) & (letters > title.str.count_matches(r"\p{Latin}"))
    return rows.filter(run.frame.select(title.gather(rows)).select(wrong.alias("wrong"))["wrong"])


def _own_prices(run: Run) -> dict[str, str]:
    """The columns of prices of one marketplace each."""
    own = {code: view.columns.get("price") for code, view in run.views.items()}
    return {code: column for code, column in own.items() if column and re.fullmatch(f"price@{code}", column)}


def _elsewhere(run: Run) -> Iterator[Look]:
    """How many rows have a price in other marketplaces only, and the first of them, by marketplace."""
    own = _own_prices(run)
    for code, column in own.items() if len(own) > 1 else ():
        others = [pl.col(other).is_not_null() for other in own.values() if other != column]
        rows = run.frame.select((pl.col(column).is_null() & pl.any_horizontal(others) & kept(run)).arg_true()).to_series()
        yield Look((code, column), len(rows), located(run, rows.head(_NAMED), column))


@sheetwide("MKT005", fields=lambda: ("price", "parentage_level"), look=_elsewhere)
def not_offered_here(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a marketplace, with the first SKUs."""
    own = _own_prices(run)
    for (code, column), rows, first in looks:
        if rows:
            skus = [sku for sku in first["sku"].head(_NAMED) if sku]
            elsewhere = listed([other for other, held in own.items() if held != column])
            count = f"{rows} {'listing has' if rows == 1 else 'listings have'}"
            shown = ", ".join(skus[:5]) + (" ..." if rows > 5 else "")
            yield once(run, "MKT005", [code], Flaw(f"{count} a price in {elsewhere} and none in {code}: {shown}"), column=column)
