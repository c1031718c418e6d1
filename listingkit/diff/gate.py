"""The gate before an upload: dangerous changes need somebody's yes, given by a token that fits exactly this set of them."""

import hashlib
import json
from collections.abc import Iterable

import polars as pl
from msgspec import Struct

from listingkit.diff.changes import Changes
from listingkit.diff.side import place
from listingkit.errors import ListingkitError


class Gate(Struct, frozen=True):
    """Whether an upload may go out. `token` is None where nothing is dangerous."""

    dangerous: int
    token: str | None
    confirmed: bool

    @property
    def open(self) -> bool:
        """Nothing is dangerous, or somebody confirmed exactly this."""
        return self.dangerous == 0 or self.confirmed


Place = tuple[str, str]  # marketplace and language of an upload


def gate(every: Changes | Iterable[Changes], confirm: str | None = None) -> Gate:
    """Judge the changes of one run (several marketplaces make one set). Raises `ListingkitError` for a token of another set."""
    group = [every] if isinstance(every, Changes) else list(every)
    return judged([(place(changes.new.upload), changes.dangerous) for changes in group], confirm)


def judged(group: Iterable[tuple[Place, pl.DataFrame]], confirm: str | None = None) -> Gate:
    """The same by the dangerous changes of each upload, in the order of a comparison."""
    found = sorted(group, key=lambda one: one[0])
    dangerous = sum(frame.height for _, frame in found)
    token = _token(found) if dangerous else None
    if token and confirm and _plain(token) != _plain(confirm):
        raise ListingkitError(
            f"the token {confirm} confirms another set of changes: read the {dangerous} dangerous changes of this run, "
            f"then confirm them with --confirm {token}"
        )
    return Gate(dangerous, token, bool(token and confirm))


def _token(group: Iterable[tuple[Place, pl.DataFrame]]) -> str:
    """Eight hexadecimal digits over every dangerous change: marketplace, SKU, kind, path, both values, risk."""
    digest = hashlib.sha256()
    for where, dangerous in group:
        digest.update(json.dumps(where).encode())
        for row in dangerous.iter_rows():
            digest.update(json.dumps(row).encode())
    text = digest.hexdigest()[:8].upper()
    return f"{text[:4]}-{text[4:]}"


def _plain(token: str) -> str:
    return token.replace("-", "").strip().upper()
