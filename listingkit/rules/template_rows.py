"""What a template says of its rows, as findings: of an upload that is rendered for it, of a filled one, of the template itself."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.finding import Finding, Safety
from listingkit.inventory.encodings import encoding_of
from listingkit.inventory.template import Template
from listingkit.inventory.upload import LISTING, Upload
from listingkit.inventory.wire import dictionary, to_label
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.master.sheet import ROW, letter
from listingkit.rules.engine import catalogue, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.graded import graded_notes
from listingkit.rules.template_cells import examples, product_types, requirements, unwritable, values
from listingkit.rules.template_sheet import SKU_PATHS, Flawed, Sheet

_OLD = timedelta(days=365)


def check_template_rows(
    template: Template, frame: pl.DataFrame, texts: Mapping[str, frozenset[int]] | None = None, *, encoding: str = "utf-8"
) -> Iterator[Flawed]:
    """Everything that a template says against its rows.

    `frame` has one String column a path with labels as a person picks them, blank null, and `#row` where `texts` is given
    (for columns of numbers and dates: the rows whose cell was typed as text). `encoding`: of the text file to be written.
    """
    sheet = Sheet(template, frame, texts or {})
    yield from unwritable(sheet, encoding)
    yield from examples(sheet)
    yield from product_types(sheet)
    yield from requirements(sheet)
    yield from values(sheet)


def template_batches(
    template: Template,
    frame: pl.DataFrame,
    *,
    names: Mapping[str, str],
    store: str = "",
    texts: Mapping[str, frozenset[int]] | None = None,
    encoding: str = "utf-8",
    config: Config = DEFAULT,
) -> list[Batch]:
    """The same as batches of findings. `frame` also has `#row`, and `#listing` where rows are not those of the listings in order.

    `names` says under which name the listings know a path (a field's column, or the path itself).
    """
    batches = []
    for found in check_template_rows(template, frame, texts, encoding=encoding):
        rule = catalogue()[found.code]
        if not wanted(found.code, config):
            continue
        name = names.get(found.path, found.path)
        batches.append(
            Batch(
                code=found.code,
                name=rule.name,
                severity=rule.severity,
                safety=rule.fix or Safety.ASK,
                field=name.partition("@")[0],
                column=name,
                marketplaces=(store or None,),
                stores=(store,) if store else (),
                places=_places(template, frame, found),
                flaws=found.flaws,
            )
        )
    return batches


def _places(template: Template, frame: pl.DataFrame, found: Flawed) -> pl.DataFrame:
    at = pl.Series(found.positions, dtype=pl.UInt32)
    sku = next((path for path in SKU_PATHS if path in frame.columns), None)
    blank = pl.lit(None, pl.String)
    rows = frame[at.to_list()]
    return rows.select(
        (pl.col(LISTING) if LISTING in frame.columns else at).cast(pl.UInt32).alias("index"),
        (pl.col(ROW) if ROW in frame.columns else at + template.data_row).cast(pl.UInt32).alias("row"),
        (pl.col(SOURCE).cast(pl.UInt16) if SOURCE in frame.columns else pl.lit(0, pl.UInt16)).alias("source"),
        (pl.col(sku) if sku else blank).alias("sku"),
        (pl.col(found.path) if found.path in frame.columns else blank).alias("value"),
    )


def upload_batches(upload: Upload, listings: Listings, names: Mapping[str, str], *, config: Config = DEFAULT) -> list[Batch]:
    """What a template says of an upload rendered for it; findings carry the cells of the listings.

    `names`: template path -> the listings' column that fills it.
    """
    frame = labelled(upload)
    rows = upload.frame[LISTING] if LISTING in upload.frame.columns else pl.int_range(frame.height, eager=True)
    frame = frame.with_columns(listings.frame[name].gather(rows).alias(name) for name in (ROW, SOURCE))
    encoding = encoding_of(upload.template, upload.store)
    return template_batches(upload.template, frame, names=names, store=upload.store, encoding=encoding, config=config)


def labelled(upload: Upload) -> pl.DataFrame:
    """An upload's rows with the labels that a person would pick, as a template's rules see them."""
    template = upload.template
    columns = template.by_path
    told = {path: dictionary(column, template.generation, template.header_language) for path, column in columns.items()}
    return upload.frame.select(
        to_label(pl.col(path), told[path]).alias(path) if told.get(path) else pl.col(path) for path in upload.frame.columns
    )


def template_notes(template: Template, *, as_of: date, config: Config = DEFAULT) -> list[Finding]:
    """What is wrong with the template itself: its age, doubled columns, what could not be read."""
    found = list(_notes(template, as_of))
    kept = []
    for code, message, cell in found:
        rule = catalogue()[code]
        row = template.attribute_row if cell else None
        kept.append(Finding(code, rule.name, rule.severity, message, file=template.name, sheet=template.sheet or None, row=row, cell=cell))
    return list(graded_notes(kept, config))


def _notes(template: Template, as_of: date) -> Iterator[tuple[str, str, str | None]]:
    if template.made and as_of - template.made > _OLD:
        months = (as_of - template.made).days // 30
        yield "TPL003", f"the template is of {template.made}, {months} months old; download it again before you upload", None
    places: dict[str, list[int]] = {}
    for column in template.columns:
        places.setdefault(column.path, []).append(column.index)
    for path, (first, *others) in places.items():
        for other in others:
            message = f"columns {letter(first)} and {letter(other)} both hold {path}; the first is read"
            yield "TPL010", message, f"{letter(other)}{template.attribute_row}"
    for oddity in template.oddities:
        if " both hold " not in oddity:
            yield "TPL012", oddity, None
