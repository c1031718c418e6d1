"""What the tests of configs, exceptions and baselines share: a small sheet with flaws, and the command line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from listingkit.cli import main
from listingkit.config import Config
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW, Column
from listingkit.rules.findings import Findings
from listingkit.rules.run import check


@pytest.fixture(scope="session")
def listed() -> Callable[..., Listings]:
    """Listings of one csv from columns, its first row in row 2."""

    def listed(first_row: int = 2, **columns: list[str | None]) -> Listings:
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
            pl.int_range(first_row, first_row + pl.len(), dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
        )
        origins = {name: Column("BCDEFG"[n], f"Header {name}") for n, name in enumerate(columns)}
        return Listings(frame, (Source("m.csv", None, origins, {}),))

    return listed


@pytest.fixture(scope="session")
def flawed(listed: Any) -> tuple[Listings, Findings]:
    """Four rows of several brands and product types with flaws of many kinds, and what is found for US and DE."""
    rows = listed(
        sku=["A-1", "A-1", " A", "=A"],
        brand=["Havnegade", "HAVNEGADE ", "Other", None],
        product_type=["HOME", "mug", "HOME", None],
        item_name=["T" * 201] * 4,
        price=["x", "1", "", "-1"],
    )
    return rows, check(rows, select(("US", "DE")), as_of=date(2026, 11, 1), config=Config())


@pytest.fixture
def run(capfd: Any) -> Callable[..., tuple[Any, str, str]]:
    """The command line: exit status, output, errors."""

    def run(*args: Any) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return stop.value.code, out, err

    return run
