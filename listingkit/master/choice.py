"""Which sheets of a workbook are meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from listingkit.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Entry:
    """One sheet, as the workbook's list of sheets names it; `part` is where its cells are."""

    name: str
    part: str = ""
    hidden: bool = False


def chosen(entries: Sequence[Entry], pattern: str | None, promise: Callable[[Entry], int], file: str) -> tuple[Entry, ...]:
    """The sheets that a name or pattern means; without one, the visible sheet that promises most. Raises UnknownName.

    A pattern (`*`, `Products*`) means visible sheets only; a hidden sheet must be named in full.
    """
    visible = [entry for entry in entries if not entry.hidden]
    if pattern is None:
        some = visible or list(entries)
        return (some[0] if len(some) == 1 else max(some, key=promise),)
    exact = [entry for entry in entries if entry.name == pattern]
    matching = exact or [entry for entry in visible if fnmatchcase(entry.name.casefold(), pattern.casefold())]
    if not matching:
        raise UnknownName(f"sheet in {file}", pattern, [entry.name for entry in entries])
    return tuple(matching)
