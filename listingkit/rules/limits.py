"""Limits with a date, a scope and a source: data/limits.toml, and which of them is in force."""

import tomllib
from datetime import date
from functools import cache
from typing import Any, Literal

from msgspec import Struct

from listingkit.marketplace import Marketplace
from listingkit.resources import data


class Limit(Struct, frozen=True):
    """One limit. `layer` says who enforces it: the schema rejects the row, policy suppresses it, the search index ignores it."""

    name: str
    value: int
    unit: str
    layer: Literal["schema", "policy", "search"]
    effective_from: date
    source: str
    checked: date
    confidence: Literal["official", "secondary", "unconfirmed"]
    marketplaces: frozenset[str] = frozenset()  # empty: everywhere
    except_marketplaces: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()  # product groups; empty: all
    except_groups: frozenset[str] = frozenset()

    def covers(self, store: Marketplace | None, group: str) -> bool:
        """Whether it is meant for this marketplace and product group. Without a marketplace only general limits are."""
        code = store.code if store else ""
        return (
            (not self.marketplaces or code in self.marketplaces)
            and code not in self.except_marketplaces
            and (not self.groups or group in self.groups)
            and group not in self.except_groups
        )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(data("limits.toml").read_text("utf-8"))


@cache
def limits() -> tuple[Limit, ...]:
    """Every limit of the data file, whether in force or not."""
    return tuple(_limit(row) for row in _file()["limit"])


def _limit(row: dict[str, Any]) -> Limit:
    held: dict[str, Any] = {key: frozenset(value) if isinstance(value, list) else value for key, value in row.items()}
    return Limit(**held)


@cache
def groups() -> dict[str, str]:
    """Product group by product type, for the types that belong to one (`BOOK` is media)."""
    return {kind: group for group, kinds in _file()["groups"].items() for kind in kinds}


@cache
def in_force(name: str, store: Marketplace | None, as_of: date, group: str = "") -> Limit | None:
    """The limit of this name for a marketplace and product group on a day: the latest that has begun, the narrowest of these."""
    begun = [limit for limit in limits() if limit.name == name and limit.effective_from <= as_of and limit.covers(store, group)]
    if not begun:
        return None
    return max(begun, key=lambda limit: (bool(limit.marketplaces), bool(limit.groups), limit.effective_from))


def coming(as_of: date, within_days: int = 60) -> tuple[Limit, ...]:
    """Limits that begin within so many days after a day."""
    return tuple(limit for limit in limits() if 0 < (limit.effective_from - as_of).days <= within_days)
