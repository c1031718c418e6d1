"""The page about strategies for listings: its code runs as it stands."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "listing-strategies.md"


def test_the_code_on_the_page_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    held: dict[str, Any] = {"__name__": "page"}
    exec(compile(code, str(PAGE), "exec"), held)
    ran = [test() for name, test in held.items() if name.startswith("test_")]
    assert len(ran) == 2
