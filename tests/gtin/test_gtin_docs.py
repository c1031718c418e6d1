"""The examples of docs/gtin-strategies.md run."""

import re
from pathlib import Path

import pytest

from listingkit.testing._hypothesis_entry import register
from listingkit.testing.gtin import _broken

PAGE = Path(__file__).parents[2] / "docs" / "gtin-strategies.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.findall(r"def (\w+)", block)[0])
def test_a_block_runs(block: str) -> None:
    register()
    names: dict[str, object] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_") and callable(value)]
    assert tests
    for test in tests:
        test()


def test_the_page_names_every_reason() -> None:
    listed = re.search(r"The reasons: (.*?)\.\n", PAGE.read_text("utf-8"), re.DOTALL)
    assert listed
    assert set(re.findall(r"`([a-z0-9-]+)`", listed[1])) == set(_broken())
