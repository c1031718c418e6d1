"""Cell addresses: many of them in few words."""

import re
from collections.abc import Iterable

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def ranges(cells: Iterable[str], limit: int | None = None) -> str:
    """`F2, F3, F4, F9` as `F2:F4, F9`; after `limit` parts it says how many more cells there are."""
    runs: list[tuple[str, str, int]] = []  # first, last, cells
    previous: tuple[str, int] | None = None
    for cell in cells:
        match = _ADDRESS.fullmatch(cell)
        here = (match[1], int(match[2])) if match else None
        if runs and here and previous and here == (previous[0], previous[1] + 1):
            first, _, size = runs[-1]
            runs[-1] = (first, cell, size + 1)
        else:
            runs.append((cell, cell, 1))
        previous = here
    shown = runs if limit is None else runs[:limit]
    text = ", ".join(first if first == last else f"{first}:{last}" for first, last, _ in shown)
    rest = sum(size for _, _, size in runs[len(shown) :])
    return f"{text} and {rest:,} more" if rest else text
