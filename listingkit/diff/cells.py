"""Which cells of matched rows differ in meaning."""

import polars as pl

from listingkit.diff import keys
from listingkit.diff.sameness import FORMS
from listingkit.diff.settings import Settings
from listingkit.diff.side import PARTIAL, Side
from listingkit.inventory.wire import dictionary, known_values
from listingkit.mapping.units import unit_named, units

SCHEMA = {"old_row": pl.UInt32, "new_row": pl.UInt32, "key": pl.String, "old": pl.String, "new": pl.String}


def differing(before: Side, after: Side, rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The differing cells of matched rows (`rows`: old_row, new_row, action), in SCHEMA.

    `new` is null where the upload erases what `old` holds. Blank cells of partial updates are no difference.
    """
    partial = (rows.get_column("action") == PARTIAL).fill_null(value=False)
    merges = partial if partial.any() else None
    parts = [pl.DataFrame(schema=SCHEMA)]
    for key in compared(before, after, settings):
        found = _in_column(key, before, after, rows, merges)
        if found.height:
            parts.append(_meaning(found, key, before, after, settings))
    return _without_equal_measures(pl.concat(parts), before, after, settings)


def compared(before: Side, after: Side, settings: Settings) -> list[str]:
    """The keys that are laid side by side, in the order of our fields."""
    every = dict.fromkeys([*after.frame.columns, *before.frame.columns])
    return sorted((key for key in every if within(key, after) and known(key, before) and not _ignored(key, after, settings)), key=keys.rank)


def within(key: str, after: Side) -> bool:
    """Whether the upload can touch this key: an offer-only file or another marketplace's file leaves it alone."""
    if key in after.paths:
        return True
    return not after.offer_only and keys.bracket(key, "marketplace_id") is None


def known(key: str, before: Side) -> bool:
    """Whether the previous state tells of this key; a report or an offer-only file is silent on the rest of the listing."""
    return key in before.paths or (before.upload.complete and not before.offer_only)


def _ignored(key: str, after: Side, settings: Settings) -> bool:
    field = keys.field(key)
    names = {key, after.paths.get(key, key), *((field[0], field[1].name) if field else ())}
    return not names.isdisjoint(settings.ignore)


def cells_of(side: Side, key: str, rows: pl.Series) -> pl.Series:
    """The cells of one key in these rows; null where the side has no such column."""
    if key not in side.frame.columns:
        return pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    return side.frame.get_column(key).gather(rows)


def _in_column(key: str, before: Side, after: Side, rows: pl.DataFrame, merges: pl.Series | None) -> pl.DataFrame:
    """The cells of one column that differ as text."""
    old = cells_of(before, key, rows.get_column("old_row"))
    new = cells_of(after, key, rows.get_column("new_row"))
    differs = old.ne_missing(new)
    if merges is not None:
        keeps = merges & new.is_null()
        if key in after.erased:
            keeps &= ~rows.get_column("new_row").is_in(after.erased[key].to_list())
        differs &= ~keeps
    at = differs.arg_true()
    if not len(at):  # as in most columns
        return pl.DataFrame(schema=SCHEMA)
    return pl.DataFrame(
        {
            "old_row": rows.get_column("old_row").gather(at),
            "new_row": rows.get_column("new_row").gather(at),
            "key": pl.repeat(key, len(at), dtype=pl.String, eager=True),
            "old": old.gather(at),
            "new": new.gather(at),
        }
    )


def _meaning(found: pl.DataFrame, key: str, before: Side, after: Side, settings: Settings) -> pl.DataFrame:
    """Those of the differing cells whose meaning differs."""
    kind = kind_of(key, before, after)
    labels = wire_values(key, before, after)
    cells = [found.get_column(name) for name in ("old", "new")]
    forms = pl.DataFrame([FORMS[kind](cell.replace(labels) if labels else cell) for cell in cells])
    differs = forms.get_column("old").ne_missing(forms.get_column("new"))
    tolerance = {"price": settings.price_tolerance, "number": settings.number_tolerance}.get(kind, 0.0)
    if tolerance:
        differs &= ~_near(forms, tolerance, relative=kind != "price")
    return found.filter(differs)


def _near(forms: pl.DataFrame, tolerance: float, *, relative: bool) -> pl.Series:
    old, new = (pl.col(name).cast(pl.Float64, strict=False) for name in ("old", "new"))
    allowed = tolerance * pl.max_horizontal(old.abs(), new.abs()) if relative else pl.lit(tolerance)
    near = (old - new).abs() <= allowed + 1e-9 * old.abs()
    return forms.select(near.fill_null(value=False).alias("near")).to_series()


def kind_of(key: str, before: Side, after: Side) -> str:
    """The kind of value that a key holds: our field's, else what the template says of the column, else text."""
    field = keys.field(key)
    if field:
        return field[1].kind
    for columns in (after.columns, before.columns):
        if key in columns:
            column = columns[key]
            if column.type != "text":
                return {"integer": "integer", "decimal": "number", "date": "date"}[column.type]
            if column.aliases or any(values.closed for values in column.values.values()):
                return "choice"
    return "price" if key.endswith(".value_with_tax") else "text"


def wire_values(key: str, before: Side, after: Side) -> dict[str, str]:
    """Labels that either file may hold, with the wire values they stand for."""
    field = keys.field(key)
    labels = dict(known_values(field[1].name)) if field else {}
    for side in (before, after):
        if key in side.columns:
            template = side.upload.template
            labels |= dictionary(side.columns[key], template.generation, template.header_language)
    if key.endswith(".unit"):
        words = [side.frame.get_column(key).drop_nulls().unique() for side in (before, after) if key in side.frame.columns]
        labels |= {word: unit for column in words for word in column if (unit := unit_named(word))}
    return labels


def _without_equal_measures(cells: pl.DataFrame, before: Side, after: Side, settings: Settings) -> pl.DataFrame:
    """Take out values and units that say the same measure in another unit: 10 centimeters, 100 millimeters."""
    stems = {key.rpartition(".")[0] for key in cells.get_column("key").unique() if key.endswith((".value", ".unit"))}
    for key in sorted(f"{stem}.value" for stem in stems):
        unit = keys.unit_of(key)
        if unit not in before.frame.columns or unit not in after.frame.columns:
            continue
        of_measure = pl.col("key").is_in([key, unit])
        pairs = cells.filter(of_measure).select("old_row", "new_row").unique()
        labels = wire_values(unit, before, after)
        old, old_size = _amounts(before, key, unit, pairs.get_column("old_row"), labels)
        new, new_size = _amounts(after, key, unit, pairs.get_column("new_row"), labels)
        near = _near(pl.DataFrame({"old": old, "new": new}), settings.unit_tolerance, relative=True) & (old_size != new_size)
        same = pairs.filter(near.fill_null(value=False)).get_column("new_row")
        if len(same):
            cells = cells.filter(~(of_measure & pl.col("new_row").is_in(same.to_list())))
    return cells


def _amounts(side: Side, key: str, unit: str, rows: pl.Series, labels: dict[str, str]) -> tuple[pl.Series, pl.Series]:
    """Measures in one base unit, and the size of the unit that each was given in."""
    sizes = {name: float(one.size) for name, one in units().items() if one.size}
    words = cells_of(side, unit, rows)
    size = (words.replace(labels) if labels else words).replace_strict(sizes, default=None, return_dtype=pl.Float64)
    return cells_of(side, key, rows).cast(pl.Float64, strict=False) * size, size
