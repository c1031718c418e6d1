"""One side of a comparison: an upload with its columns named by key and its rows by SKU and action."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.sameness import text
from listingkit.errors import ListingkitError
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import LISTING, Upload
from listingkit.inventory.wire import dictionary
from listingkit.marketplace import marketplaces

FULL, PARTIAL, DELETE, IGNORE = "full_update", "partial_update", "delete", "ignore"
DELETE_WIRE = "amzn1.volt.cv.delete_ump"  # what every delete value of a cell begins with
OFFER_ONLY = ("loader", "inventory_loader", "price_quantity")
_WORDS = {
    "update": FULL,
    "fullupdate": FULL,
    "createorreplace(fullupdate)": FULL,
    "a": FULL,
    "partialupdate": PARTIAL,
    "edit(partialupdate)": PARTIAL,
    "delete": DELETE,
    "d": DELETE,
    "x": DELETE,
    "ignore": IGNORE,
    "ignored": IGNORE,
}


class Side(Struct, frozen=True):
    """`frame` has one String column a key; `sku` and `action` (wire; null where the word is unknown) lie beside it, row for row."""

    upload: Upload  # without rows that have no SKU or are repeated further down
    frame: pl.DataFrame
    sku: pl.Series
    action: pl.Series
    paths: Mapping[str, str]  # key -> column of the upload
    columns: Mapping[str, TemplateColumn]  # key -> what the template says of it
    twice: pl.Series  # SKUs that stand in more than one row; the last row was kept
    erased: Mapping[str, pl.Series] = field(default_factory=dict)  # key -> rows whose cell is deleted by a delete value

    @property
    def offer_only(self) -> bool:
        """Whether the file speaks of offers only, so that a full update leaves the product's content alone."""
        return self.upload.template.generation in OFFER_ONLY


def side(upload: Upload, base: str = "") -> Side:
    """Prepare an upload for comparing with one whose language is `base`. Raises `ListingkitError` where it has no SKU column."""
    store, language = place(upload)
    paths = paths_of(upload, base)
    sku = skus(upload)
    keep, twice = _last_rows(sku)
    if keep is not None:
        upload, sku = replace(upload, frame=upload.frame[keep]), sku.gather(keep)
    content = {key: path for key, path in paths.items() if key not in (keys.SKU, keys.ACTION)}
    frame = upload.frame.select(pl.col(path).alias(key) for key, path in content.items())
    action = actions(upload, paths.get(keys.ACTION))
    template_keys = _keyed([column.path for column in upload.template.columns], store, language, base)
    by_path = {column.path: column for column in reversed(upload.template.columns)}
    columns = {key: by_path[path] for key, path in template_keys.items()}
    frame, erased = _without_delete_values(frame)
    return Side(upload, frame, sku, action, {**template_keys, **paths}, columns, twice, erased)


def skus(upload: Upload) -> pl.Series:
    """The SKU of every row as rows are matched by it, null where there is none. Raises `ListingkitError` without a SKU column."""
    paths = paths_of(upload)
    if keys.SKU not in paths:
        raise ListingkitError(f"{upload.template.name} has no SKU column, so nothing can be compared by SKU")
    return text(upload.frame.get_column(paths[keys.SKU])).alias("sku")


def place(upload: Upload) -> tuple[str, str]:
    """The marketplace code and the language tag of an upload; "" where nobody says."""
    store = upload.store or next(iter(upload.template.marketplaces), "")
    known = marketplaces().get(store)
    return store, upload.template.language or (known.language if known else "")


def paths_of(upload: Upload, base: str = "") -> dict[str, str]:
    """The columns of an upload by their keys."""
    return _keyed([name for name in upload.frame.columns if name != LISTING], *place(upload), base)


def _keyed(columns: list[str], store: str, language: str, base: str) -> dict[str, str]:
    """Key -> column. Where two columns of one file share a key, the second keeps its own path."""
    found: dict[str, str] = {}
    for column in columns:
        key = keys.key(column, store, language, base)
        found[column if key in found else key] = column
    return found


def _last_rows(sku: pl.Series) -> tuple[pl.Series | None, pl.Series]:
    """The rows to keep (None: all of them) and the SKUs that stand in more than one."""
    counted = sku.n_unique()
    if counted == len(sku) and sku.null_count() == 0:
        return None, sku.clear()
    rows = pl.DataFrame({"sku": sku}).with_row_index("row").drop_nulls("sku")
    grouped = rows.group_by("sku").agg(pl.col("row").last(), pl.len().alias("times"))
    return grouped.get_column("row").sort(), grouped.filter(pl.col("times") > 1).get_column("sku").sort()


def actions(upload: Upload, column: str | None) -> pl.Series:
    """What each row does, by its cell in this column: wire values, null for a word that nobody knows."""
    default = upload.template.default_action
    if column is None:
        return pl.Series("action", [default], dtype=pl.String).new_from_index(0, upload.frame.height)
    words = upload.frame.get_column(column).fill_null("")
    wires = {word: wire_action(word, upload.template) for word in words.unique()}
    return words.replace_strict(list(wires), pl.Series(list(wires.values()), dtype=pl.String), return_dtype=pl.String).alias("action")


def wire_action(word: str, template: Template) -> str | None:
    """What a cell of the action column means; None for a word that nobody knows."""
    if not word.strip():
        return template.default_action
    known = next((column for column in template.columns if keys.key(column.path) == keys.ACTION), None)
    told = dictionary(known, template.generation, template.header_language) if known else {}
    plain = "".join(told.get(word, word).casefold().split())
    return _WORDS.get(plain.replace("_", ""))


def _without_delete_values(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Blank the cells that hold a delete value, and say which cells they erase: their field, or the whole offer."""
    erased: dict[str, pl.Series] = {}
    offers = [key for key in frame.columns if keys.name(key) == "purchasable_offer"]
    for key in offers:
        cells = frame.get_column(key)
        found = cells.str.starts_with(DELETE_WIRE).fill_null(value=False)
        if not found.any():
            continue
        rows = pl.DataFrame({"row": pl.int_range(0, len(cells), dtype=pl.UInt32, eager=True), "cell": cells}).filter(found)
        for whole, hit in ((True, rows.filter(pl.col("cell").str.contains("variant"))), (False, rows)):
            for other in erases(key, offers, whole=whole) if hit.height else ():
                erased[other] = pl.concat([erased[other], hit["row"]]).unique() if other in erased else hit["row"]
        frame = frame.with_columns(pl.when(~found).then(cells).alias(key))
    return frame, erased


def erases(key: str, offers: list[str], *, whole: bool) -> list[str]:
    """The keys that a delete value in this key erases: of the whole offer, or of its own top-level field."""
    if whole:
        return [other for other in offers if keys.attribute(other) == keys.attribute(key)]
    stem = ".".join(key.split(".")[:2])
    return [other for other in offers if other == stem or other.startswith((f"{stem}.", f"{stem}#"))]
