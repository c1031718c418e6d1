"""What the tests of reading share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from workbook_parts import write_book


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of one sheet from the XML of its parts."""

    def write(sheet: Any, **parts: Any) -> Path:
        return write_book(tmp_path / "book.xlsx", sheet, **parts)

    return write
