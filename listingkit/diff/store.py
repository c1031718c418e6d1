"""A small reference model of a store: what an upload does to live listings. Written to be read, not to be fast.

    full update     replaces the listing: what the row leaves blank is gone; creates it where there is none
    partial update  merges: what the row leaves blank stays; does nothing where there is no listing
    delete          removes the listing
    delete value    in a cell of an offer erases that field, or the whole offer, before the row's other cells are written
    row not there   does nothing

How a partial update merges is not documented for inventory files. Amazon's listing interfaces replace whole attributes
(developer-docs.amazon.com, "Partially update a listing"), so the model knows both readings and the delta must be right under both.
"""

from collections.abc import Mapping
from typing import Literal

from listingkit.diff import keys
from listingkit.diff.side import DELETE, DELETE_WIRE, FULL, PARTIAL, erases, place, wire_action
from listingkit.inventory.upload import LISTING, Upload

Listing = dict[str, str]  # key -> value
Merge = Literal["cell", "attribute"]


def apply(state: Mapping[str, Listing], upload: Upload, merge: Merge = "cell") -> dict[str, Listing]:
    """The live listings by SKU after the upload was processed, row by row."""
    live = {sku: dict(listing) for sku, listing in state.items()}
    store, language = place(upload)
    names = {column: keys.key(column, store, language) for column in upload.frame.columns if column != LISTING}
    for row in upload.frame.iter_rows(named=True):
        cells = {names[column]: value for column, value in row.items() if column in names and value is not None}
        sku, word = cells.pop(keys.SKU, None), cells.pop(keys.ACTION, "")
        action = wire_action(word, upload.template)
        if sku is None:
            continue
        if action == FULL:
            live[sku] = {key: value for key, value in cells.items() if not value.startswith(DELETE_WIRE)}
        elif action == PARTIAL and sku in live:
            live[sku] = _merged(live[sku], cells, merge)
        elif action == DELETE:
            live.pop(sku, None)
    return live


def _merged(listing: Listing, cells: Listing, merge: Merge) -> Listing:
    offers = [key for key in {*listing, *cells} if keys.name(key) == "purchasable_offer"]
    gone = {
        other for key, value in cells.items() if value.startswith(DELETE_WIRE) for other in erases(key, offers, whole="variant" in value)
    }
    if merge == "attribute":
        sent = {keys.attribute(key) for key in cells}
        gone |= {key for key in listing if keys.attribute(key) in sent}
    said = {key: value for key, value in cells.items() if not value.startswith(DELETE_WIRE)}
    return {key: value for key, value in listing.items() if key not in gone} | said
