"""Listings against Amazon's own product type definitions: rendered as attributes, judged, brought back to the cells of the sheet."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from listingkit.config import Config
from listingkit.finding import Flaw, Safety
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.rules.engine import catalogue, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.run import places

if TYPE_CHECKING:
    from listingkit.schemas.definition.definition import Definition
    from listingkit.schemas.definition.issues import Issue

Definitions = Mapping[tuple[str, str], "Definition"]  # by product type and marketplace code
NOTHING: Definitions = {}


def definition_batches(listings: Listings, store: Marketplace, definitions: Definitions, config: Config) -> Iterator[Batch]:
    """What the definitions for this marketplace say of the listings of their product types."""
    mine = {kind: definition for (kind, code), definition in definitions.items() if code == store.code}
    if not mine or "product_type" not in listings.frame.columns:
        return
    from listingkit.inventory import builtin
    from listingkit.inventory.upload import LISTING
    from listingkit.render.rows import render, sources
    from listingkit.schemas.definition.frame import frame_issues

    template = builtin.template("unified_full", store, product_types=tuple(mine))
    upload = render(listings, store, template)
    names = sources(listings, store, template)
    kinds = listings.frame["product_type"].str.to_uppercase().gather(upload.frame[LISTING])
    for kind, definition in mine.items():
        rows = upload.frame.filter(kinds == kind)
        found: dict[tuple[str, str], list[tuple[int, Issue]]] = defaultdict(list)
        if rows.height:
            filled = [column for column in rows.columns if rows[column].null_count() < rows.height]
            for number, issue in frame_issues(definition, rows.select(filled)):
                column = names.get(issue.column) or issue.field or issue.attribute
                found[issue.code, column].append((rows[LISTING][number], issue))
        for (code, column), issues in found.items():
            if wanted(code, config):
                yield _batch(listings, store, code, column, issues)


def _batch(listings: Listings, store: Marketplace, code: str, column: str, issues: "list[tuple[int, Issue]]") -> Batch:
    rule = catalogue()[code]
    known = column if column in listings.frame.columns else None
    return Batch(
        code=code,
        name=rule.name,
        severity=rule.severity,
        safety=Safety.ASK,
        field=column.partition("@")[0],
        column=column,
        marketplaces=(store.code,),
        stores=(store.code,),
        places=places(listings.frame, [row for row, _ in issues], known).with_columns(
            pl.Series("value", [issue.value for _, issue in issues], dtype=pl.String) if known is None else pl.col("value")
        ),
        flaws=[Flaw(issue.message, issue.fix, issue.safety, issue.severity) for _, issue in issues],
    )
