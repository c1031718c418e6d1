"""Whether a file is an inventory template: asked of every master, so that nothing of templates is loaded for those that are none."""

from pathlib import Path

SUFFIXES = (".xlsx", ".xlsm", ".txt", ".tsv")


def is_template(path: Path | str) -> bool:
    """Whether a file is an inventory template (blank or filled) rather than some other sheet. Raises `Unreadable`."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        return False
    from listingkit.inventory.settings import is_settings
    from listingkit.inventory.text_file import begins_as_template, is_workbook
    from listingkit.inventory.workbook import Workbook

    if is_workbook(path):
        with Workbook(path) as book:
            return any(is_settings(cell) for entry in book.sheets for cell in book.first_row(entry).values())
    return begins_as_template(path)
