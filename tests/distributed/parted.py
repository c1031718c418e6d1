"""Masters cut into parts, and what is found in the parts told as of the undivided sheet."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from listingkit.finding import Finding
from listingkit.inventory.read import read_template


def parted(frame: pl.DataFrame, folder: Path, cuts: Sequence[int], suffix: str = ".csv") -> list[str]:
    """The rows in files that begin at these rows, the first at 0; families are cut apart where it falls out so."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], frame.height], strict=True)):
        part = frame[start:end]
        part.write_csv(folder / f"part-{number:02}.csv") if suffix == ".csv" else part.write_parquet(folder / f"part-{number:02}.parquet")
    return sorted(str(path) for path in folder.iterdir())


def told(out: Path, cuts: Sequence[int], header: int = 1) -> Counter[Any]:
    """What was found, row for row, numbered as in the undivided sheet with one header row; `header` rows stand above each part."""
    found: Counter[Any] = Counter()
    for path in sorted((out / "findings").iterdir()):
        for line in path.read_text("utf-8").splitlines():
            one = json.loads(line)
            if one["row"] is not None and one["file"].startswith("part-"):
                one["row"] += cuts[int(re.findall(r"\d+", one["file"])[0])] + 1 - header
            found[_said(one)] += 1
    return found


def expected(findings: Iterable[Finding]) -> Counter[Any]:
    """The same of the undivided sheet."""
    return Counter(_said(one.to_dict()) for one in findings)


def _said(one: dict[str, Any]) -> str:
    """A finding without where its file lies; messages that name rows name them by the numbers of their parts."""
    message = re.sub(r"stands in rows .*", "stands in rows", one["message"])
    return json.dumps({**one, "message": message, "file": None, "cell": None}, sort_keys=True)


def upload(folder: Path) -> bytes:
    """The parts of an upload as one text."""
    parts = sorted(folder.iterdir())
    head = read_template(parts[0]).data_row - 1
    return b"".join(part.read_bytes().split(b"\n", head)[-1] if number else part.read_bytes() for number, part in enumerate(parts))
