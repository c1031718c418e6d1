"""The master as it came in: text, and where every cell stood."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field

from listingkit.finding import Finding

ROW = "#row"  # frame column with the row number that a person sees in Excel, UInt32


class Column(Struct, frozen=True):
    """One column of a sheet."""

    letter: str  # A1 letter, also its name in the frame
    header: str  # as a person reads it, white space and line breaks folded to one space; "" where there is none
    code: str = ""  # the second header row's cell (an attribute id), where the sheet has one
    hidden: bool = False


class Evidence(Struct, frozen=True):
    """What the cells of a workbook column are, for judging lost zeros and dates; counts of filled cells."""

    numeric: int = 0
    text: int = 0
    dates: int = 0
    booleans: int = 0
    errors: int = 0
    formats: Mapping[str, int] = field(default_factory=dict)  # number format -> cells


class Spoilt(NamedTuple):
    """A cell whose value the file does not hold; without letter a row whose cells may stand in the wrong columns."""

    code: str
    message: str
    row: int
    letter: str | None = None
    value: str | None = None


class Master(Struct, frozen=True):
    """A sheet read as text.

    `frame` has one String column a sheet column, named by its letter, blank cells null, and `#row`.
    Rows that are wholly blank are left out. `notes` is what reading found (short rows, repaired headers ...), `spoilt` what it lost.
    """

    file: str
    sheet: str | None
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    header_row: int
    kind: str  # xlsx, csv, ...
    encoding: str | None = None
    delimiter: str | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)  # by letter; empty for text files
    notes: tuple[Finding, ...] = ()
    spoilt: tuple[Spoilt, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)  # what else is worth saying: number of title rows, repaired from ...


@lru_cache(maxsize=1 << 14)
def letter(index: int) -> str:
    """The A1 letter of a 0-based column index: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def index(letter: str) -> int:
    """The 0-based column index of an A1 letter."""
    number = 0
    for char in letter.upper():
        number = number * 26 + ord(char) - 64
    return number - 1
