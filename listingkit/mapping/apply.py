"""Masters become listings: columns become fields, values are read, and what the profile adds is added."""

from collections.abc import Mapping, Sequence

import polars as pl

from listingkit.errors import BadProfile, ListingkitError
from listingkit.fields import fields, parse
from listingkit.finding import Finding
from listingkit.mapping.assign import Assignment, absent, assign, header_key
from listingkit.mapping.derive import Inputs, derive
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.mapping.profile import Profile
from listingkit.mapping.propose import ACCEPT, propose
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW, Evidence, Master


def map_columns(masters: Master | Sequence[Master], profile: Profile | None = None, *, threshold: float = ACCEPT) -> Listings:
    """Map one or several masters to listings, by a profile and by what their headers and values say.

    Nothing unsure is used: `notes` lists columns that were left out (MAP001 unknown, MAP002 ambiguous) or assumed (MAP003).
    Raises `BadProfile` where the profile does not fit the sheet, `ListingkitError` where no column holds the SKU.
    """
    profile = profile or Profile()
    sheets = (masters,) if isinstance(masters, Master) else tuple(masters)
    if not sheets:
        raise ListingkitError("there is no sheet to map")
    _complain(sheets, profile)
    frames: list[pl.DataFrame] = []
    sources: list[Source] = []
    notes: list[Finding] = []
    for number, master in enumerate(sheets):
        notes.extend(master.notes)
        frame, source, found = _one(master, profile, threshold)
        frames.append(frame.with_columns(pl.lit(number, pl.UInt16).alias(SOURCE)))
        sources.append(source)
        notes.extend(found)
    frame = pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
    columns = [column for column in frame.columns if column not in (ROW, SOURCE)]
    return Listings(frame.select(ROW, SOURCE, *columns), tuple(sources), profile.language, tuple(notes), profile.lend)


def _complain(masters: Sequence[Master], profile: Profile) -> None:
    for name, source in absent(masters, profile).items():
        from difflib import get_close_matches

        wanted = f"column {source.column!r}" if source.column else f"column {source.letter}"
        headers = [column.header for master in masters for column in master.columns if column.header]
        near = get_close_matches(source.column, headers, n=1, cutoff=0.6)
        files = " and ".join(master.file for master in masters)
        hint = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(repr(header) for header in headers[:20])}"
        raise BadProfile(profile.file, source.line, f"{name} comes from {wanted}, which {files} does not have; {hint}")


def _one(master: Master, profile: Profile, threshold: float) -> tuple[pl.DataFrame, Source, Sequence[Finding]]:
    assignments, notes = assign(propose(master), profile, threshold)
    expressions = [
        pl.col(assignment.column.letter).str.strip_chars().replace("", None).alias(_plain(assignment)) for assignment in assignments
    ]
    frame = master.frame.select(ROW, *expressions)
    origins = {_plain(assignment): assignment.column for assignment in assignments}
    frame = _constants(frame, profile)
    frame = _derived(frame, master, profile)
    if not any(parse(name).plain == "sku" for name in frame.columns if name != ROW):
        raise ListingkitError(_no_sku(master))
    evidence: Mapping[str, Evidence] = {
        name: master.evidence[column.letter] for name, column in origins.items() if column.letter in master.evidence
    }
    return frame, Source(master.file, master.sheet, origins, evidence), notes


def _plain(assignment: Assignment) -> str:
    plain, at, qualifier = assignment.field.partition("@")
    family = plain in fields() and fields()[plain].slots > 1
    return f"{plain}_1{at}{qualifier}" if family else assignment.field


def _constants(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value or None, pl.String).alias(name) for name, value in profile.constants.items())


def _derived(frame: pl.DataFrame, master: Master, profile: Profile) -> pl.DataFrame:
    """Derived fields in the order of the profile; a later one may use an earlier one."""
    headers = {header_key(column): column.letter for column in reversed(master.columns) if column.header}
    for name, derived in profile.derived.items():
        qualifier = parse(name).qualifier
        inputs = Inputs(frame, master.frame, headers, _qualifiers(qualifier, profile))
        frame = frame.with_columns(derive(inputs, name, derived, profile.file))
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
        'name it in a profile under [columns] (sku = "Header") or make one under [derived] (sku = "{{ ... }}")'
    )
