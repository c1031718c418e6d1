"""Was this block of numbers ever licensed? The GS1 company prefix length list answers offline; it is not ours to ship.

It comes from the extra `listingkit[gcp]` (the package biip carries a copy) or from a file of GS1's own
(`gcpprefixformatlist.xml` or `.json` of https://www.gs1.org/docs/gcp_length/), given with `--gcp-table`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from listingkit.errors import BadProfile, ListingkitError, Unreadable
from listingkit.gtin.prefixes import Prefix

_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Blocks:
    """The list. `length_of` gives the length of the company prefix of a 13-digit number, 0 where no block is known."""

    length_of: Callable[[str], int]
    date: str
    source: str

    def company_prefix(self, code13: str) -> str | None:
        """The licensed company prefix that a 13-digit number starts with; None where the list knows none."""
        length = self.length_of(code13)
        return code13[:length] if length else None

    def licensed(self, code13: str, prefix: Prefix) -> bool:
        """False only where the organisation publishes its blocks and none covers this number."""
        return not prefix.blocks or self.length_of(code13) > 0


def from_biip() -> Blocks:
    """The list that biip carries. Raises `ListingkitError` where biip is not installed."""
    if find_spec("biip") is None:
        raise ListingkitError("licensed blocks need the package biip: pip install 'listingkit[gcp]', or give --gcp-table FILE")
    from importlib.metadata import version

    from biip.gs1_prefixes import GS1CompanyPrefix

    def length_of(code13: str) -> int:
        found = GS1CompanyPrefix.extract(code13)
        return len(found.value) if found else 0

    return Blocks(length_of, "2025-10-11", f"GS1 company prefix length list as shipped in biip {version('biip')}")


def load(path: str | Path) -> Blocks:
    """The list in a file of GS1's own, XML or JSON. Raises `Unreadable` and `BadProfile`."""
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"cannot read the company prefix list {name}: {error.strerror or error}") from error
    if len(text) > _MAX_BYTES:
        raise Unreadable(f"{name} is larger than {_MAX_BYTES // 2**20} MB; the company prefix list has about 5")
    date, entries = _json(text, name) if text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else _xml(text, name)
    return Blocks(_lookup(_lengths(entries, name)), date, f"GS1 company prefix length list in {Path(path).name}")


def _xml(text: bytes, name: str) -> tuple[str, Iterable[Mapping[str, Any]]]:
    import xml.etree.ElementTree as ET

    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise BadProfile(name, None, "the company prefix list has a document type, which GS1's file has not")
    try:
        root = ET.fromstring(text)  # noqa: S314  # no document type, so no entities; size is bounded
    except ET.ParseError as error:
        raise BadProfile(name, error.position[0], f"not the XML or JSON of GS1's company prefix length list ({error})") from error
    except (LookupError, ValueError) as error:  # of the encoding that the first line names
        raise BadProfile(name, 1, f"the encoding of the company prefix length list cannot be read ({error})") from error
    return root.get("date", ""), [element.attrib for element in root.iter() if element.tag.rpartition("}")[2] == "entry"]


def _json(text: bytes, name: str) -> tuple[str, Iterable[Mapping[str, Any]]]:
    import json

    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadProfile(name, error.lineno, f"not the JSON of GS1's company prefix length list ({error.msg})") from error
    except UnicodeDecodeError as error:
        raise BadProfile(name, text[: error.start].count(b"\n") + 1, "the company prefix length list is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise BadProfile(
            name, None, "not the JSON of GS1's company prefix length list: nested too deeply, or with too long a number"
        ) from error
    if isinstance(tree, dict) and isinstance(tree.get("GCPPrefixFormatList"), dict):
        tree = tree["GCPPrefixFormatList"]
    entries = tree.get("entry") if isinstance(tree, dict) else tree
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadProfile(name, None, "no list of entries with prefix and gcpLength")
    return (str(tree.get("date", "")) if isinstance(tree, dict) else ""), entries


def _lengths(entries: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for entry in entries:
        prefix, length = str(entry.get("prefix", "")), str(entry.get("gcpLength", ""))
        if not (prefix.isascii() and prefix.isdecimal() and 2 <= len(prefix) <= 12) or length not in _LENGTHS:
            raise BadProfile(name, None, f"entry with prefix {prefix[:20]!r} and gcpLength {length[:20]!r}: want digits and 0 or 4 to 12")
        lengths[prefix] = int(length)
    if not lengths:
        raise BadProfile(name, None, "no entries with prefix and gcpLength")
    return lengths


_LENGTHS = frozenset(("0", *(str(n) for n in range(4, 13))))


def _lookup(lengths: Mapping[str, int]) -> Callable[[str], int]:
    widths = sorted({len(prefix) for prefix in lengths}, reverse=True)

    def length_of(code13: str) -> int:
        return next((lengths[code13[:width]] for width in widths if code13[:width] in lengths), 0)

    return length_of
