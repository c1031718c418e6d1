"""The Python interface in plain arguments: what `import listingkit as lk` offers."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from listingkit.config import DEFAULT, Config
from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.errors import ListingkitError
from listingkit.inventory import builtin
from listingkit.inventory.read import read_template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.mapping.apply import map_columns as _map_columns
from listingkit.mapping.listings import Listings
from listingkit.mapping.profile import Profile, load
from listingkit.marketplace import marketplace, select
from listingkit.master.read import read
from listingkit.master.sheet import Master
from listingkit.render.rows import render as _render
from listingkit.report.formats import write
from listingkit.report.report import Report
from listingkit.rules.exceptions import accept
from listingkit.rules.findings import Findings
from listingkit.rules.run import check as _check

__all__ = ["check", "diff", "map_columns", "read", "render", "report"]


def map_columns(masters: Master | Sequence[Master], profile: Profile | str | Path | None = None) -> Listings:
    """Map masters to listings; `profile` may be a file. Raises `BadProfile`, and `ListingkitError` without a SKU column."""
    return _map_columns(masters, load(profile) if isinstance(profile, (str, Path)) else profile)


def check(listings: Listings, marketplaces: Iterable[str] = (), *, as_of: date | None = None, config: Config = DEFAULT) -> Findings:
    """Check listings for marketplaces by code (none: only what holds everywhere), as of a day (default: today, UTC)."""
    stores, day = select(marketplaces), as_of or datetime.now(UTC).date()
    return accept(_check(listings, stores, as_of=day, config=config), listings, stores, config, as_of=day)


def render(listings: Listings, marketplace_code: str, template: str | Path | None = None) -> Upload:
    """Render every row for one marketplace, into the seller's template or the built-in one. Raises `ListingkitError` for several."""
    if not isinstance(marketplace_code, str):
        raise ListingkitError(f"an upload is for one marketplace, named as 'DE', not {marketplace_code!r}: render it once for each")
    store = marketplace(marketplace_code)
    return _render(listings, store, read_template(Path(template)) if template else builtin.template("unified_full", store))


def diff(old: Upload | str | Path, new: Upload | str | Path) -> Changes:
    """What `new` would change in the state that `old` describes; each an `Upload` or a file."""
    before, after = (read_upload(side) if isinstance(side, (str, Path)) else side for side in (old, new))
    return compare(before, after)


def report(findings: Iterable[Any], style: str, stream: IO[Any]) -> None:
    """Write findings in one of the formats (`json`, `html`, `sarif` ...); binary formats want a binary stream."""
    write(Report(findings=findings if isinstance(findings, Findings) else list(findings)), style, stream)
