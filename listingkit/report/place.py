"""Where a finding is, for programs that think in files and lines."""

from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from listingkit.errors import ListingkitError
from listingkit.finding import Finding
from listingkit.report.escape import visible
from listingkit.report.report import Report

if TYPE_CHECKING:
    import polars as pl

MESSAGE = 1_000  # characters of a message that annotations show
PART = 120  # of a SKU, a header, a value
_TEXTS = (".csv", ".tsv", ".txt")


def path(file: str | None) -> str:
    """The file with forward slashes, without a leading `./`."""
    if not file:
        return ""
    pure = PureWindowsPath(file) if "\\" in file or file[1:2] == ":" else PurePath(file)
    return pure.as_posix()


def uri(file: str) -> str:
    """The file as a URI reference: relative paths stay relative."""
    found = path(file)
    if found[1:2] == ":":
        return "file:///" + found[:2] + quote(found[2:], errors="surrogatepass")
    return ("file://" if found.startswith("/") else "") + quote(found, errors="surrogatepass").replace(":", "%3A")


class Lines:
    """On which lines findings are: the row of a workbook, and of a text file the line on which the row begins, 1 where there is no row."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._encodings = {one.file: one.encoding for one in report.inputs}
        self._first: dict[str, pl.Series | None] = {}

    def __call__(self, finding: Finding) -> int:
        row, file = finding.row or 1, finding.file or ""
        if file not in self._first:
            self._first[file] = self._lines(Path(self._report.path(file)), self._encodings.get(file))
        first = self._first[file]
        return row if first is None or row > len(first) else int(first[row - 1])

    def _lines(self, path: Path, encoding: str | None) -> "pl.Series | None":
        """The first lines of the rows of a text file, where these are not the rows' numbers."""
        if path.suffix.lower() not in _TEXTS or encoding is None:
            return None
        from listingkit.master.outline import Folds

        try:
            with path.open("rb") as stream:
                return Folds(stream, path.name, encoding=encoding).first_lines()
        except (ListingkitError, OSError):  # it is no longer the file that was read: the message has the row
            return None


def headline(finding: Finding) -> str:
    """The message with its SKU, sheet, cell and column, as visible text on one line."""
    cell = finding.cell or (f"row {finding.row}" if finding.row else "")
    sku = f"SKU {visible(finding.sku, PART)}" if finding.sku else ""
    place = " ".join(visible(part, PART) for part in (finding.sheet, cell) if part)
    who = ", ".join(part for part in (sku, place, visible(finding.column or "", PART)) if part)
    stores = f" [{finding.marketplace}]" if finding.marketplace else ""
    message = visible(finding.message, MESSAGE)
    return f"{who}: {message}{stores}" if who else f"{message}{stores}"


def proposal(finding: Finding) -> str:
    """The fix as visible text; empty where there is none."""
    if finding.fix is None:
        return ""
    now = visible(finding.value or "", PART) or "blank"
    return f"Proposed: {visible(finding.fix.value, PART)} (now {now})" if finding.fix.value else f"Proposed: clear the cell (now {now})"
