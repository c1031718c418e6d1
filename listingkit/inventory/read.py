"""Reading an inventory template of any generation. What reads workbooks is loaded where there is one."""

from pathlib import Path

import polars as pl

from listingkit.inventory import text_file
from listingkit.inventory.filled_rows import DataRows
from listingkit.inventory.sniff import is_workbook
from listingkit.inventory.template import Template


def read_template(path: Path | str) -> Template:
    """Read a template, filled or blank: a workbook of Amazon's, or its tab-delimited text. Raises `Unreadable`."""
    path = Path(path)
    if not is_workbook(path):
        return text_file.template(path)
    from listingkit.inventory.template_book import template_of
    from listingkit.inventory.workbook import Workbook

    with Workbook(path) as book:
        return template_of(book)


def read_rows(path: Path | str, template: Template) -> pl.DataFrame:
    """The filled data rows as they stand: one String column a path, blank null, and `#row` (UInt32), the row in the sheet.

    Of two columns with one path the first counts. Raises `Unreadable`.
    """
    return read_filled(path, template).frame


def read_filled(path: Path | str, template: Template) -> DataRows:
    """The filled data rows, and what kind of cells they were."""
    path = Path(path)
    if not is_workbook(path):
        return text_file.rows(path, template)
    from listingkit.inventory.template_book import rows_of
    from listingkit.inventory.workbook import Workbook

    with Workbook(path) as book:
        return rows_of(book, template)


def read_whole(path: Path | str) -> tuple[Template, DataRows]:
    """A template and its filled data rows."""
    path = Path(path)
    if not is_workbook(path):
        template = text_file.template(path)
        return template, text_file.rows(path, template)
    from listingkit.inventory.template_book import whole_of
    from listingkit.inventory.workbook import Workbook

    with Workbook(path) as book:
        return whole_of(book)
