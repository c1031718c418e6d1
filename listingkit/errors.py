"""What the program raises to its user: one sentence that says what, where and what to do. Everything else is a bug.

ListingkitError
+-- Unreadable      an input that cannot be read
+-- Unwritable      an output that cannot be written
+-- UnknownName     a name nobody knows, with the nearest one
+-- BadProfile      a profile, config or schema with a mistake, with file and line
"""

from collections.abc import Iterable
from copyreg import __newobj__  # type: ignore[attr-defined]
from typing import Any


class ListingkitError(Exception):
    """The run cannot go on; the message is for the user. The command line exits with `exit_code`."""

    exit_code = 2

    def __reduce__(self) -> tuple[Any, ...]:
        """As it was raised, also in another process: made again without asking how its sentence was made."""
        return __newobj__, (type(self), *self.args), self.__dict__


class Unreadable(ListingkitError):
    """An input file that cannot be read."""


class Unwritable(ListingkitError):
    """An output that cannot be written."""


ENDLESS = "is nested too deeply, or has a number of thousands of digits"  # of a TOML file, in the words of a `BadProfile`
LISTED = {"rule": "listingkit rules", "product type": "listingkit schemas", "command": "listingkit --help"}


class UnknownName(ListingkitError):
    """A name (`kind` says of what) that is not among `known`."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        names = list(known)
        by_fold = {candidate.casefold(): candidate for candidate in names}
        near = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.5)
        listed = f"; {LISTED[kind]} lists them" if kind in LISTED else ""
        hint = f"did you mean {by_fold[near[0]]}?" if near else f"known are {', '.join(names[:30])}{' ...' if names[30:] else ''}"
        super().__init__(f"unknown {kind} {name!r}: {hint}{listed}")


class BadProfile(ListingkitError):
    """A profile, config or schema file with a mistake at `line` (1-based; None where no line can be named)."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}{f', line {line}' if line else ''}: {message}")
