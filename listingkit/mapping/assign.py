"""Which column of a sheet fills which field: what the profile says, then what is proposed with enough confidence."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from listingkit.errors import BadProfile
from listingkit.finding import Finding, Severity
from listingkit.mapping.headers import key, name_key, parse_header
from listingkit.mapping.profile import From, Profile
from listingkit.mapping.propose import ACCEPT, Guess, Proposal
from listingkit.master.sheet import Column, Master


class Assignment(Struct, frozen=True):
    """A field and the column that fills it. `field` may be a family where cells hold lists (`source.separator`)."""

    field: str
    column: Column
    source: From


def assign(proposal: Proposal, profile: Profile, threshold: float = ACCEPT) -> tuple[tuple[Assignment, ...], tuple[Finding, ...]]:
    """The assignments for one sheet, and what a person should know about the rest.

    Raises `BadProfile` where the profile names a column that several headers of the sheet fit. Columns that the sheet
    does not have are left out: `absent` tells them.
    """
    master = proposal.master
    chosen: list[Assignment] = []
    for name, source in profile.columns.items():
        column = find(master, source, profile)
        if column:
            chosen.append(Assignment(name, column, source))
    used = {assignment.column.letter for assignment in chosen}
    stated = {*profile.columns, *profile.constants}  # a derived field may well use the column that it replaces
    passed = {column.letter for column in ignored(master, profile)}
    notes = []
    for guess in proposal.guesses:
        if guess.column.letter in used | passed:
            continue
        if guess.field is None or guess.confidence < threshold:
            notes.append(_unsure(master, guess))
        elif names := [name for name in guess.names if not _stated(name, stated)]:
            unit, currency = guess.header.unit, guess.header.currency
            source = From(unit=unit, currency=currency, separator=guess.separator)
            chosen.extend(Assignment(name, guess.column, source) for name in names)
            if guess.confidence < 0.9:
                notes.append(_assumed(master, guess))
        else:
            notes.append(_replaced(master, guess, profile))
    return tuple(_with_header_measures(chosen)), tuple(notes)


def ignored(master: Master, profile: Profile) -> tuple[Column, ...]:
    """The columns that a profile leaves out, by their header or their code."""
    names, codes = {name_key(header) for header in profile.ignore}, {key(header) for header in profile.ignore}
    return tuple(column for column in master.columns if header_key(column) in names or (column.code and key(column.code) in codes))


def find(master: Master, source: From, profile: Profile) -> Column | None:
    """The column of the sheet that a profile entry means, or None. Raises `BadProfile` where several fit."""
    if source.letter:
        return next((column for column in master.columns if column.letter == source.letter.upper()), None)
    wanted, code = name_key(source.column), key(source.column)
    fitting = [column for column in master.columns if (wanted and header_key(column) == wanted) or (code and key(column.code) == code)]
    exact = [column for column in fitting if column.header == source.column] or fitting
    if len(exact) > 1:
        letters = ", ".join(column.letter for column in exact)
        raise BadProfile(
            profile.file,
            source.line,
            f"{len(exact)} columns of {master.file} are called {source.column!r} ({letters}): use letter instead of column",
        )
    return exact[0] if exact else None


def absent(masters: Sequence[Master], profile: Profile) -> Mapping[str, From]:
    """Fields whose column none of the sheets has."""
    return {name: source for name, source in profile.columns.items() if not any(find(master, source, profile) for master in masters)}


def header_key(column: Column) -> str:
    """What a column is compared by: its header without stars, case and white space."""
    return name_key(column.header)


def note(code: str, name: str, severity: Severity, message: str, master: Master, column: Column | None = None) -> Finding:
    """A finding about a sheet or one of its columns."""
    return Finding(
        code=code,
        name=name,
        severity=severity,
        message=message,
        file=master.file,
        sheet=master.sheet,
        row=master.header_row if column else None,
        column=column.header if column else None,
        cell=f"{column.letter}{master.header_row}" if column else None,
    )


def _stated(name: str, stated: Iterable[str]) -> bool:
    """Whether the profile already says where a proposed field comes from; a list fills every slot of its family."""
    return any(name == other or name.rpartition("_")[0] == other or other.rpartition("_")[0] == name for other in stated)


def _with_header_measures(chosen: Sequence[Assignment]) -> list[Assignment]:
    measured = []
    for assignment in chosen:
        header, source = parse_header(assignment.column.header), assignment.source
        source = replace(source, unit=source.unit or header.unit, currency=source.currency or header.currency)
        measured.append(replace(assignment, source=source))
    return measured


def _unsure(master: Master, guess: Guess) -> Finding:
    header = guess.column.header or f"column {guess.column.letter}"
    if guess.alternatives:
        names = " or ".join(guess.alternatives)
        message = f"{header!r} is not used: {guess.why}. Say in a profile whether it is {names}, or ignore it"
        return note("MAP002", "column-ambiguous", Severity.WARNING, message, master, guess.column)
    if guess.field:
        message = f"{header!r} is not used: it may be {guess.field} ({guess.why}), which is too unsure. Say so in a profile"
        return note("MAP002", "column-ambiguous", Severity.WARNING, message, master, guess.column)
    return note("MAP001", "column-unmapped", Severity.INFO, f"{header!r} is not used: {guess.why}", master, guess.column)


def _replaced(master: Master, guess: Guess, profile: Profile) -> Finding:
    """About a column whose fields the profile fills in another way."""
    ways = dict.fromkeys(_way(name, profile) for name in guess.names)
    message = f"{guess.column.header!r} is not used: {' and '.join(ways)}"
    return note("MAP001", "column-unmapped", Severity.INFO, message, master, guess.column)


def _way(name: str, profile: Profile) -> str:
    name = next(stated for stated in (*profile.columns, *profile.constants) if _stated(name, [stated]))
    if name in profile.constants:
        return f"{name} is {profile.constants[name]!r} in every row"
    source = profile.columns[name]
    return f"{name} comes from {repr(source.column) if source.column else f'column {source.letter.upper()}'}"


def _assumed(master: Master, guess: Guess) -> Finding:
    message = f"{guess.column.header!r} is taken for {guess.field}: {guess.why}"
    return note("MAP003", "column-assumed", Severity.INFO, message, master, guess.column)
