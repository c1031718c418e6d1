"""Which sheets of a workbook are meant."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from listingkit.errors import UnknownName


class Entry(NamedTuple):
    """One sheet, as the workbook's list of sheets names it; `part` is where its cells are."""

    name: str
    part: str = ""
    hidden: bool = False


Labels = Callable[[Entry], Sequence[str]]  # what stands in the header of a sheet; nothing where it has none


def chosen(entries: Sequence[Entry], pattern: str | None, labels: Labels, file: str) -> tuple[Entry, ...]:
    """The sheets that a name or pattern means; without one, the visible sheet with the widest header. Raises UnknownName.

    A pattern (`*`, `Products*`) means visible sheets only; a hidden sheet must be named in full.
    """
    visible = [entry for entry in entries if not entry.hidden]
    if pattern is None:
        some = visible or list(entries)
        return (some[0] if len(some) == 1 else max(some, key=lambda entry: len(labels(entry))),)
    exact = [entry for entry in entries if entry.name == pattern]
    matching = exact or [entry for entry in visible if fnmatchcase(entry.name.casefold(), pattern.casefold())]
    if not matching:
        raise UnknownName(f"sheet in {file}", pattern, [entry.name for entry in entries])
    return tuple(matching)


def passed_over(entries: Sequence[Entry], pattern: str | None, labels: Labels, taken: Entry) -> str | None:
    """What is told of other visible sheets whose header is much like that of the sheet that was taken because nobody named one."""
    others = list(_alike(entries, labels, taken)) if pattern is None and not taken.hidden else []
    if not others:
        return None
    names = " and ".join(repr(name) for name in others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    same = "has the same columns and is" if len(others) == 1 else "have the same columns and are"
    return f"{names} {same} not read: --sheet reads one by its name, and several by a pattern such as '*'"


def _alike(entries: Sequence[Entry], labels: Labels, taken: Entry) -> Iterator[str]:
    rivals = [entry for entry in entries if not entry.hidden and entry is not taken]
    yield from (entry.name for entry in rivals if alike(labels(taken), labels(entry)))


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two headers are so much the same that their tables hold the same kind of thing."""
    own, theirs = ({label.casefold() for label in labels} for labels in (one, other))
    return len(own & theirs) > max(2, len(own | theirs) // 2)
