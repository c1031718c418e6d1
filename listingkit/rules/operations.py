"""What an upload may do to live listings: documented here, found by the diff."""

import tomllib

from listingkit.resources import data
from listingkit.rules.engine import given

for _code, _risk in tomllib.loads(data("risks.toml").read_text("utf-8")).items():
    given(
        _code,
        _risk["name"],
        _risk["sentence"],
        category="operations",
        why=_risk["why"],
        source=_risk["source"],
        checked=_risk["checked"],
        severity=_risk["severity"],
        errors=tuple(_risk.get("errors", ())),
    )
