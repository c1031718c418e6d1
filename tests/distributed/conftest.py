"""A real scheduler and two real worker processes, once for all tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from listingkit import distributed


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A client of theirs."""
    with distributed.cluster(workers=2) as client:
        yield client
