"""How the diff judges: tolerances and thresholds, from the `[diff]` table of `listingkit.toml`."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from listingkit.errors import ListingkitError, UnknownName


class Settings(Struct, frozen=True):
    """Thresholds say how much goes through unasked: more than that is dangerous."""

    max_deletes: int = 0  # rows that delete a listing
    max_wipes: int = 0  # cells that erase a live value
    max_price_change: float = 25.0  # per cent, up or down
    price_tolerance: float = 0.0  # prices this near to each other are the same, in units of the currency
    number_tolerance: float = 0.0  # other numbers, as a share of the larger one
    unit_tolerance: float = 0.001  # measures in different units, as a share of the larger one (10 cm is 3.94 inches)
    ignore: frozenset[str] = frozenset()  # fields or paths whose changes do not count
    dangerous: Mapping[str, bool] = field(default_factory=dict)  # risk code -> overrides the catalogue


DEFAULT = Settings()


def settings(table: Mapping[str, Any]) -> Settings:
    """The settings that a config table asks for. Raises `UnknownName` or `ListingkitError` naming the key."""
    known = set(Settings.__struct_fields__)
    chosen: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UnknownName("setting of [diff]", key, sorted(known))
        chosen[key] = _checked(key, value)
    return Settings(**chosen)


def _checked(key: str, value: Any) -> Any:
    if key == "ignore":
        if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
            return frozenset(value)
        raise ListingkitError(f"[diff] {key} takes a list of field names, not {value!r}")
    if key == "dangerous":
        if isinstance(value, Mapping) and all(isinstance(flag, bool) for flag in value.values()):
            return dict(value)
        raise ListingkitError(f"[diff] {key} takes a table of risk codes with true or false, not {value!r}")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise ListingkitError(f"[diff] {key} takes a number from 0 up, not {value!r}")
    return int(value) if key.startswith("max_") and key != "max_price_change" else float(value)
