"""Masters become listings: columns become fields, values are read, and what the profile adds is added."""

import re
from collections.abc import Mapping, Sequence

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.errors import BadProfile, ListingkitError
from listingkit.fields import fields, parse
from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import Assignment, absent, assign, header_key, ignored, note
from listingkit.mapping.candidates import MAIN_IMAGE, OTHER_IMAGE
from listingkit.mapping.drift import drift
from listingkit.mapping.glance import Glance
from listingkit.mapping.headers import name_key
from listingkit.mapping.listings import SOURCE, Listings, Lost, Source
from listingkit.mapping.pictures import free_place
from listingkit.mapping.presets import choose, merged, title
from listingkit.mapping.profile import FillDown, Profile
from listingkit.mapping.propose import ACCEPT, propose
from listingkit.mapping.remarks import without_remarks
from listingkit.mapping.translations import spread_languages
from listingkit.mapping.values import Read, Style, glance_at, read_column
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW, Column, Master

HELPING = ("currency", "language", "weight_unit", "dimension_unit")  # what says how the values of other columns are to be read
NO_OPTION = "Default Title"  # what Shopify writes for a product without options
GENERAL_UNITS = {"weight": "weight_unit", "length": "dimension_unit"}  # a sheet's one unit column for all of its weights or lengths


def map_columns(masters: Master | Sequence[Master], profile: Profile | None = None, *, threshold: float = ACCEPT) -> Listings:
    """Map one or several masters to listings, by a profile and by what their headers and values say.

    Nothing unsure is used: `notes` lists columns that were left out (MAP001 unknown, MAP002 ambiguous) or assumed (MAP003)
    and those whose numbers or dates could not be read (MAP004).
    Raises `BadProfile` where the profile does not fit the sheet, `ListingkitError` where no column holds the SKU.
    """
    profile = profile or Profile()
    sheets = (masters,) if isinstance(masters, Master) else tuple(masters)
    if not sheets:
        raise ListingkitError("there is no sheet to map")
    complain(sheets, profile)
    mapped = [map_part(master, plan(master, profile, threshold)) for master in sheets]
    frames = [one.frame.with_columns(pl.lit(number, pl.UInt16).alias(SOURCE)) for number, one in enumerate(mapped)]
    spread = spread_languages(frames)
    frame = pl.concat(spread.frames, how="diagonal") if len(spread.frames) > 1 else spread.frames[0]
    return Listings(
        frame.select(ROW, SOURCE, pl.exclude(ROW, SOURCE)),
        tuple(_without(one.source, spread.moved.get(number, frozenset())) for number, one in enumerate(mapped)),
        profile.language,
        (
            *(about for master, one in zip(sheets, mapped, strict=True) for about in (*master.notes, *one.notes)),
            *(_left_out(sheets[number], message) for number, messages in spread.left.items() for message in messages),
        ),
        profile.lend,
        {name: currency for one in mapped for name, currency in one.currencies.items()},
        tuple(lost._replace(source=number) for number, one in enumerate(mapped) for lost in one.lost),
    )


class Plan(Struct, frozen=True):
    """Which column of a sheet fills which field: what is decided once for all of its rows."""

    profile: Profile  # on top of its preset's
    assignments: tuple[Assignment, ...]
    notes: tuple[Finding, ...]
    styles: Mapping[Assignment, Style] = field(default_factory=dict)  # of whole columns; without one the column itself tells


class Mapped(Struct, frozen=True):
    """One sheet, or a part of one, after mapping."""

    frame: pl.DataFrame
    source: Source
    currencies: Mapping[str, str]
    notes: tuple[Finding, ...]
    lost: tuple[Lost, ...] = ()

    def listings(self, profile: Profile) -> Listings:
        """The listings of this sheet alone, without notes."""
        frame = self.frame.with_columns(pl.lit(0, pl.UInt16).alias(SOURCE)).select(ROW, SOURCE, pl.exclude(ROW, SOURCE))
        return Listings(frame, (self.source,), profile.language, (), profile.lend, self.currencies, self.lost)


def _without(source: Source, moved: frozenset[str]) -> Source:
    """The source without the columns whose cells may stand in other rows than their listing."""
    return replace(source, origins={name: column for name, column in source.origins.items() if name not in moved})


def _left_out(master: Master, message: str) -> Finding:
    return note("MAP009", "translation-without-listing", Severity.WARNING, message, master)


def complain(masters: Sequence[Master], profile: Profile) -> None:
    """Raise `BadProfile` that says which column of the profile is missing, and what it may be called now."""
    from difflib import get_close_matches

    for name, source in absent(masters, profile).items():
        wanted = f"column {source.column!r}" if source.column else f"column {source.letter}"
        headers = [column.header for master in masters for column in master.columns if column.header]
        near = get_close_matches(source.column, headers, n=1, cutoff=0.7)
        files = " and ".join(master.file for master in masters)
        hint = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(repr(header) for header in headers[:20])}"
        raise BadProfile(profile.file, source.line, f"{name} comes from {wanted}, which {files} does not have; {hint}")


def plan(master: Master, profile: Profile, threshold: float = ACCEPT) -> Plan:
    """Decide what the columns of a sheet are, by its header and the first of its rows. Raises `BadProfile`."""
    preset = choose(master, profile)
    profile = merged(profile, preset, master)
    assignments, notes = assign(propose(master, profile), profile, threshold)
    if preset:
        message = f"is read as {title(preset, master)}: preset {preset.name}"
        passed = ", ".join(repr(column.header) for column in ignored(master, preset.profile) if column.header)
        message += f", which leaves out {passed}" if passed else ""
        notes = (note("MAP007", "preset-used", Severity.INFO, message, master), *notes)
    return Plan(profile, assignments, (*drift(master, profile), *notes))


def map_part(master: Master, plan: Plan, known: Glance | None = None) -> Mapped:
    """Map a sheet, or a part of one, as planned; what is `known` of it need not be asked again.

    Raises `BadProfile`, and `ListingkitError` where nothing holds the SKU.
    """
    profile = plan.profile
    known = known or glance_at(master.frame, plan.assignments)
    master, remarks = without_remarks(master)
    reads = [(one, read_column(master, one, profile, plan.styles.get(one), known)) for one in plan.assignments]
    columns: dict[str, tuple[Assignment, pl.Series]] = {}
    stated = {assignment.field for assignment in plan.assignments}
    for assignment, read in reads:
        for name, column in read.columns.items():
            place = name if name == assignment.field else free_place(name, stated | columns.keys())
            columns.setdefault(place, (assignment, column.alias(place)))
    frame = pl.DataFrame([master.frame[ROW], *(column for _, column in columns.values())])
    frame = _with_units(frame, reads)
    frame = _derived(_filled_down(_with_constants(frame, profile), profile), master, profile)
    if not any(parse(name).plain == "sku" for name in frame.columns if name != ROW):
        raise ListingkitError(_no_sku(master))
    made = {*profile.constants, *(name for name, derived in profile.derived.items() if not derived.modest)}
    origins = {name: assignment.column for name, (assignment, _) in columns.items() if name not in made}
    evidence = {name: master.evidence[column.letter] for name, column in origins.items() if column.letter in master.evidence}
    currencies = {assignment.field: read.currency for assignment, read in reads if read.currency}
    found = (*plan.notes, *remarks, *(about for _, read in reads for about in read.notes))
    found = (*found, *_unlisted(master, columns, profile), *_untaken(master, columns, frame))
    lost, unused = _lost(master, {assignment.column.letter: name for name, (assignment, _) in reversed(columns.items())}, profile)
    return Mapped(frame, Source(master.file, master.sheet, origins, evidence, unused), currencies, found, lost)


def _unlisted(master: Master, columns: Mapping[str, tuple[Assignment, pl.Series]], profile: Profile) -> tuple[Finding, ...]:
    """A note on each column with values that is known and no part of a listing, but for those that say how to read others."""
    told = []
    derived = " ".join(one.template for one in profile.derived.values())
    helping = {*HELPING, *re.findall(r"\w+", derived), profile.fill_down and profile.fill_down.by}
    for name, (assignment, values) in columns.items():
        if not parse(name).field.group and parse(name).plain not in helping and not re.match("option[0-9]_", name) and values.count():
            message = f"{assignment.column.header!r} is {parse(name).plain}, which is no part of a listing: it is not uploaded"
            told.append(note("MAP011", "column-not-listed", Severity.INFO, message, master, assignment.column))
    return tuple(told)


def _untaken(master: Master, columns: Mapping[str, tuple[Assignment, pl.Series]], frame: pl.DataFrame) -> tuple[Finding, ...]:
    """A note on each column of option values (a shop's way to say colour, size and anything else) of which no field holds some."""
    listed = [name for name in frame.columns if name != ROW and parse(name).field.group]
    told = []
    for name in [name for name in columns if re.fullmatch(r"option\d_value", name)]:
        held = pl.any_horizontal(pl.col(name) == pl.col(other) for other in listed).fill_null(value=False)
        if frame.select((pl.col(name).is_not_null() & (pl.col(name) != NO_OPTION) & ~held).any()).item():
            column = columns[name][0].column
            message = f"{column.header!r} holds options that no field takes up: derive a field from {name} in a profile"
            told.append(note("MAP011", "column-not-listed", Severity.INFO, message, master, column))
    return tuple(told)


def _lost(master: Master, fields: Mapping[str, str], profile: Profile) -> tuple[tuple[Lost, ...], Mapping[str, Column]]:
    """The spoilt cells by the fields that their columns (by letter) fill, and those columns that fill none.

    A column that fills none matters only where an expression of the profile names it.
    """
    if not master.spoilt:
        return (), {}
    named = " ".join(name_key(derived.template) for derived in profile.derived.values())
    columns = {column.letter: column for column in master.columns}
    lost: list[Lost] = []
    unused: dict[str, Column] = {}
    for cell in master.spoilt:
        column = columns.get(cell.letter or "")
        if column is None:
            lost.append(Lost(0, "", cell.letter is None, cell))
            continue
        name = fields.get(column.letter) or f"#{column.letter}"
        matters = not name.startswith("#") or bool(column.header and header_key(column) in named)
        if name.startswith("#"):
            unused[name] = column
        lost.append(Lost(0, name, matters, cell))
    return tuple(lost), unused


def _with_units(frame: pl.DataFrame, reads: Sequence[tuple[Assignment, Read]]) -> pl.DataFrame:
    """A unit column for every measured field: what the cell says, its own unit column, the header, the sheet's general one."""
    stated = {assignment.field: (read.units, assignment.source.unit) for assignment, read in reads}
    for name in [name for name, known in fields().items() if known.unit and name in frame.columns]:
        cells, header = stated.get(name, (None, None))
        own, general = (column if column in frame.columns else None for column in (f"{name}_unit", GENERAL_UNITS[fields()[name].unit]))
        known = [
            *([pl.lit(cells)] if cells is not None else []),
            *([pl.col(own)] if own else []),
            *([pl.lit(header)] if header else []),
            *([pl.col(general)] if general else []),
        ]
        if known:
            frame = frame.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.coalesce(known)).alias(f"{name}_unit"))
    return frame


def _with_constants(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value or None, pl.String).alias(name) for name, value in profile.constants.items())


def _filled_down(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Blank cells of a group's later rows take the value of its first row."""
    fill = profile.fill_down
    if fill is None or fill.by not in frame.columns:
        return frame
    grouped = pl.col(fill.by).is_not_null()
    frame = _with_galleries(frame, fill) if fill.gallery and MAIN_IMAGE in frame.columns else frame
    return frame.with_columns(
        pl.when(grouped).then(pl.coalesce(name, pl.col(name).first().over(fill.by))).otherwise(name).alias(name)
        for name in frame.columns
        if name.partition("@")[0] in fill.fields or name in fill.fields
    )


def _with_galleries(frame: pl.DataFrame, fill: FillDown) -> pl.DataFrame:
    """All pictures of a group for each of its rows; rows with nothing but a picture are left out."""
    places = fields()[OTHER_IMAGE].slots
    pictures = pl.col(MAIN_IMAGE).unique(maintain_order=True).alias("#pictures")
    galleries = frame.drop_nulls([fill.by, MAIN_IMAGE]).group_by(fill.by).agg(pictures)
    frame = frame.join(galleries, on=fill.by, how="left").sort(ROW)
    spread = {MAIN_IMAGE: 0} | {f"{OTHER_IMAGE}_{place}": place for place in range(1, places + 1)}
    grouped = pl.col(fill.by).is_not_null()
    gallery = [
        pl.when(grouped)
        .then(pl.col("#pictures").list.get(at, null_on_oob=True))
        .otherwise(name if name in frame.columns else None)
        .alias(name)
        for name, at in spread.items()
    ]
    offered = [pl.col(name).is_not_null() for name in ("sku", "price", "product_id", "option1_value") if name in frame.columns]
    first = pl.col(fill.by).is_first_distinct()
    return frame.with_columns(gallery).drop("#pictures").filter(pl.any_horizontal(first, ~grouped, *offered))


def _derived(frame: pl.DataFrame, master: Master, profile: Profile) -> pl.DataFrame:
    """Derived fields in the order of the profile; a later one may use an earlier one."""
    if not profile.derived:
        return frame
    from listingkit.mapping.derive import Inputs, Unmapped, derive

    headers = {header_key(column): column.letter for column in reversed(master.columns) if column.header}
    sheet = master.frame if frame.height == master.frame.height else master.frame.join(frame.select(ROW), on=ROW, how="semi").sort(ROW)
    for name, derived in profile.derived.items():
        inputs = Inputs(frame, sheet, headers, _qualifiers(parse(name).qualifier, profile))
        try:
            made = derive(inputs, name, derived, profile.file)
        except Unmapped:
            if not derived.modest:
                raise
            continue
        frame = frame.with_columns(pl.coalesce(name, made).alias(name) if derived.modest and name in frame.columns else made)
    return frame


def _qualifiers(qualifier: str | None, profile: Profile) -> tuple[str, ...]:
    """The qualified columns that an expression's plain names may mean: those of the field it makes, then the profile's language."""
    store = marketplaces().get(qualifier or "")
    languages = (qualifier, qualifier and qualifier.split("_")[0], profile.language, *(store.languages if store else ()))
    return tuple(dict.fromkeys(name for name in languages if name))


def _no_sku(master: Master) -> str:
    where = f"{master.file}{f', sheet {master.sheet}' if master.sheet else ''}"
    headers = ", ".join(repr(column.header) for column in master.columns[:20] if column.header)
    return (
        f"{where}: no column holds the SKU (row {master.header_row} has {headers}); "
        'name it in a profile under [columns] (sku = "Header") or make one under [derived] (sku = "{{ ... }}"); '
        f"listingkit map {master.file} -o profile.toml writes a profile to start from"
    )
