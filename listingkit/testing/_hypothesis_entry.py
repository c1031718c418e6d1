"""What Hypothesis calls when it starts, by the entry point in pyproject.toml: `st.from_type(Gtin)` then gives GTINs."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis about our types. Strategies are built when they are asked for."""
    from hypothesis import strategies as st

    from listingkit.gtin.describe import Gtin

    st.register_type_strategy(Gtin, _gtins)


def _gtins(_: type[Any]) -> "SearchStrategy[Any]":
    from listingkit.gtin.describe import describe
    from listingkit.testing.gtin import gtins

    return gtins().map(describe)
