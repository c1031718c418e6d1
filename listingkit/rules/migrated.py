"""Values of a migrated file that the new template's lists do not have for the row they stand in."""

from collections import Counter

from msgspec.structs import replace

from listingkit.inventory.migrate import Migration
from listingkit.rules.template_lists import listed, outside
from listingkit.rules.template_rows import labelled
from listingkit.rules.template_sheet import Sheet


def with_lists_of_rows(found: Migration) -> Migration:
    """The migration with what other cells of a row make foreign, such as a theme of another product type."""
    frame = labelled(found.upload)
    sheet = Sheet(found.upload.template, frame, {})
    known = {(path, value) for path, value, _ in found.foreign}
    more: Counter[tuple[str, str]] = Counter()
    for path, column in sheet.columns.items():
        for flawed in outside(sheet, column, [(rows, labels, closed) for rows, labels, closed in listed(sheet, column) if closed]):
            values = found.upload.frame[path].gather(flawed.positions)
            more.update((path, value) for value in values if (path, value) not in known)
    return replace(found, foreign=(*found.foreign, *((path, value, rows) for (path, value), rows in more.items())))
