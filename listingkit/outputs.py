"""What a job leaves for people and programs: the report, and the rows that were held back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from listingkit import __version__
from listingkit.finding import Severity
from listingkit.gtin.prefixes import prefixes
from listingkit.holding import Policy, anywhere, with_children
from listingkit.job import display
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW, Master
from listingkit.report import formats
from listingkit.report.report import ChangeCount, Held, Input, Product, Report, RuleCard, Run
from listingkit.rules.engine import catalogue
from listingkit.rules.findings import Batch, Findings, Wrong

if TYPE_CHECKING:
    from listingkit.diff.changes import Changes

CHANGES = "changes.html"  # in the folder of a marketplace
PRODUCTS = 2000  # listings shown as cards; beyond, only those with findings


def read_from(masters: Sequence[Master]) -> list[Input]:
    """What was read, as reports name it."""
    return [Input(display(one.file), one.sheet, one.frame.height, one.encoding) for one in masters]


def report_of(
    inputs: Sequence[Input],
    listings: Listings,
    findings: Findings,
    stores: Sequence[Marketplace],
    *,
    as_of: date,
    held: Mapping[str, pl.Series] | None = None,
    wrong: Mapping[str, pl.Series] | None = None,
    policy: Policy = "hold",
    changes: "Mapping[str, Changes] | None" = None,
    trend: Sequence[Run] = (),
    products: Sequence[Product] | None = None,
) -> Report:
    """Everything that a report may show. `held`, `wrong` and `changes` come by marketplace code, from a build; `trend` from earlier ones.

    `held` and `wrong` are masks: the rows that are kept out of the upload by this policy, those in it with errors. `listings` may lack
    columns; then `products` are given.
    """
    height = listings.frame.height
    told = findings.wrong_rows(height)
    families = with_children(listings, told.any)  # what is held back in any marketplace while nothing is fixed
    left_out = families if held is None else anywhere(held.values(), height)
    shipped_wrong = anywhere((wrong or {}).values(), height)
    waiting = told.any if policy == "all" else families
    return Report(
        findings=findings,
        rows=height,
        held=int(left_out.sum()),
        held_for=_held_for(left_out, told, families, policy),
        shipped={code: int((~mask).sum()) for code, mask in (held or {}).items()},
        wrong={code: int(mask.sum()) for code, mask in (wrong or {}).items()},
        wrong_for=_reasons(shipped_wrong, told),
        mended=int((waiting & ~left_out & ~shipped_wrong).sum()),
        inputs=inputs,
        marketplaces=[store.code for store in stores],
        as_of=as_of,
        accepted=[(finding, one.reason) for one in findings.accepted for finding in one.findings],
        tables=(*tables(), *_organisations(listings)),
        version=__version__,
        unmapped=[note.column or "" for note in listings.notes if note.code == "MAP001"],
        rules={code: RuleCard(code, rule.name, rule.doc, rule.why, rule.source, rule.category) for code, rule in catalogue().items()},
        products=list(products_of(listings, findings.batches, stores)) if products is None else products,
        changes=[ChangeCount(code, **_counted(one), page=f"{code}/{CHANGES}") for code, one in (changes or {}).items()],
        trend=trend,
        freeing=policy == "hold",
    )


def _reasons(rows: pl.Series, wrong: Wrong) -> Held:
    """What is wrong with these rows, each counted once."""
    named, columns = rows & wrong.named & ~wrong.own, rows & wrong.columns & ~wrong.named & ~wrong.own
    return Held(errors=int((rows & ~named & ~columns).sum()), named=int(named.sum()), columns=int(columns.sum()))


def _held_for(held: pl.Series, wrong: Wrong, families: pl.Series, policy: Policy) -> Held:
    """Why these rows are held back; `families` are those that are wrong, with all of their children."""
    parents, others = int((held & families & ~wrong.any).sum()), int((held & ~families).sum())
    told = _reasons(held & wrong.any, wrong)
    return replace(told, parents=parents, strict=others) if policy == "strict" else replace(told, parents=parents, fixes=others)


def tables() -> tuple[str, ...]:
    """The dated tables that numbers were judged by."""
    found = prefixes()
    return (f"GS1 prefix table of {found.date} ({found.source})",)


def _organisations(listings: Listings) -> tuple[str, ...]:
    """Which GS1 member organisations issued the listings' numbers, most first."""
    if "product_id" not in listings.frame.columns:
        return ()
    code = pl.col("product_id").str.extract(r"^([0-9]{12,13})$").str.zfill(13)
    digits = pl.when(code.str.slice(0, 3).is_in(list(prefixes().split))).then(7).otherwise(3)  # what the table goes by
    heads = listings.frame.select(code.str.slice(0, digits).alias("head"))
    counted: Counter[str] = Counter()
    for head, count in heads.drop_nulls().group_by("head").len().iter_rows():
        counted[prefixes().of13(head).owner or "others"] += count
    told = ", ".join(f"{owner} {count}" for owner, count in sorted(counted.items(), key=lambda one: (-one[1], one[0])))
    return (f"GTINs issued by {told}",) if told else ()


def _counted(changes: "Changes") -> dict[str, int]:
    counts = changes.counts()
    return {name: counts[name] for name in ("added", "changed", "removed", "vanished", "unchanged", "dangerous")}


def products_of(listings: Listings, batches: Sequence[Batch], stores: Sequence[Marketplace], most: int = PRODUCTS) -> Iterator[Product]:
    """The listings as a shopper meets them; of more than `most` only those with findings."""
    frame = listings.frame
    if "sku" not in frame.columns:
        return
    if frame.height > most:
        flawed = sorted({index for batch in batches for index in batch.places["index"].drop_nulls()})[:most]
        frame = frame[flawed]
    views = {store.code: listings.view(store).columns for store in stores}
    shown = next(iter(views.values()), {name.plain: name.plain for name in listings.names})

    def texts(column: str | None) -> list[str | None]:
        return frame[column].to_list() if column in frame.columns else [None] * frame.height

    by_store = {code: texts(view.get("item_name")) for code, view in views.items()}
    plain = ("sku", "item_name", "main_product_image_locator", "parent_sku", "brand", "price")
    columns = [texts(shown.get(name, name)) for name in plain]
    for number, (sku, title, image, parent, brand, price) in enumerate(zip(*columns, strict=True)):
        titles = {code: known[number] for code, known in by_store.items() if known[number] not in (None, title)}
        if sku:
            yield Product(sku, title, image, parent, {code: text for code, text in titles.items() if text}, brand, price)


def write_report(report: Report, path: Path, style: str) -> None:
    """Write a report into a file, in one of the formats."""
    if formats.FORMATS[style].binary:
        with path.open("wb") as stream:
            formats.write(report, style, stream)
        return
    with path.open("w", encoding="utf-8", newline="") as text:
        formats.write(report, style, text)


def held_rows(
    listings: Listings, findings: Findings, masks: Mapping[str, pl.Series], policy: Policy = "hold"
) -> Iterator[tuple[str | int | None, ...]]:
    """Rows that some marketplace does not get: file, sheet, row, SKU, marketplaces, reasons."""
    reasons: dict[int, dict[str, None]] = {}
    families = with_children(listings, findings.wrong_rows(listings.frame.height).any)
    otherwise = "nothing ships while there are errors (--strict)" if policy == "strict" else "it has an error once safe fixes are applied"
    for batch in findings.batches:
        for row, place in batch.also:
            if batch.severity_of(batch.flaws[place]) is Severity.ERROR:
                reasons.setdefault(row, {})[f"{batch.code} {batch.flaws[place].message}"] = None
        covered = batch.covers.to_list() if batch.covers is not None else None
        for index, flaw in zip(batch.places["index"], batch.flaws, strict=True):
            if batch.severity_of(flaw) is Severity.ERROR:
                for row in [index] if covered is None else covered:
                    reasons.setdefault(row, {})[f"{batch.code} {batch.message(flaw)}"] = None
    frame = listings.frame
    held = pl.DataFrame(dict(masks)).select(pl.any_horizontal(pl.all()).arg_true()).to_series().to_list() if masks else []
    for index in held:
        codes = [code for code, mask in masks.items() if mask[index]]
        if codes:
            source = listings.sources[frame[SOURCE][index]]
            why = "\n".join(reasons.get(index, ())) or ("its parent is held back" if families[index] else otherwise)
            sku = frame["sku"][index] if "sku" in frame.columns else None
            yield source.file, source.sheet, frame[ROW][index], sku, " ".join(codes), why
