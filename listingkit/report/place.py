"""Where a finding is, for programs that think in files and lines."""

from pathlib import PurePath, PureWindowsPath
from urllib.parse import quote

from listingkit.finding import Finding
from listingkit.report.escape import visible

MESSAGE = 1_000  # characters of a message that annotations show
PART = 120  # of a SKU, a header, a value


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


def line(finding: Finding) -> int:
    """The row as a line number, 1 where there is no row."""
    return finding.row or 1


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
