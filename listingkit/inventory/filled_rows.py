"""What the filled rows of an inventory file are, whatever file they stood in."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct, field

from listingkit.master.sheet import Evidence, Spoilt


class DataRows(Struct, frozen=True):
    """Filled rows by path, and what kind of cells they were.

    `frame` has one String column a path, blank null, and `#row` (UInt32). `texts` names, for columns of numbers and dates, the rows
    whose cell was typed as text; it is empty for text files, as are `evidence` and `spoilt`.
    """

    frame: pl.DataFrame
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    texts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    spoilt: tuple[Spoilt, ...] = ()  # formulas that were never calculated
