"""The upload: rendered rows for one template, as wire values."""

import polars as pl
from msgspec import Struct

from listingkit.inventory.template import Template

LISTING = "#listing"  # frame column: index of the row in the listings' frame, UInt32; absent in uploads read from a file


class Upload(Struct, frozen=True):
    """Rows of one template.

    `frame` has one String column an attribute path (legacy id in legacy templates), wire values (`full_update`, `new_new`),
    decimal points, ISO dates, blank cells null. Columns that nothing fills may be absent.
    """

    template: Template
    frame: pl.DataFrame
    store: str = ""  # marketplace code
    complete: bool = True  # False: what has no column here is not known, instead of blank (reports and plain tables)
    proven: pl.DataFrame | None = None  # the very frame whose values were found to be on one line; another in its place is not

    @property
    def on_lines(self) -> bool:
        """Whether it is known that no value breaks a line, so that nobody has to look again."""
        return self.proven is self.frame
