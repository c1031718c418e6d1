"""Whether a file is an inventory template: asked of every master, so that nothing of templates is loaded for those that are none."""

from pathlib import Path

from listingkit.errors import Unreadable

SUFFIXES = (".xlsx", ".xlsm", ".txt", ".tsv")


def is_template(path: Path | str) -> bool:
    """Whether a file is an inventory template (blank or filled) rather than some other sheet. Raises `Unreadable`."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        return False
    if is_workbook(path):
        from listingkit.inventory.settings import is_settings
        from listingkit.inventory.workbook import Workbook

        with Workbook(path) as book:
            return any(is_settings(cell) for entry in book.sheets for cell in book.first_row(entry).values())
    from listingkit.inventory.text_file import begins_as_template

    return begins_as_template(path)


def is_workbook(path: Path) -> bool:
    """Whether a file begins as an Excel workbook does. Raises `Unreadable` where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"{path} is an old .xls or a protected workbook; save it as .xlsx without a password")
    return start.startswith(b"PK")
