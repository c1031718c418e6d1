"""Changes between two uploads, in every format."""

import sys
from importlib import import_module
from pathlib import Path

from listingkit.atomic import replacing
from listingkit.diff.changes import Changes

WRITERS = {
    "text": "listingkit.report.changes_text:write",
    "json": "listingkit.report.changes_lines:write_json",
    "jsonl": "listingkit.report.changes_lines:write_jsonl",
    "html": "listingkit.report.changes_page:write",
    "xlsx": "listingkit.report.changes_book:write",
}


def write(changes: Changes, style: str, output: Path | None = None) -> None:
    """Write into a file, or to standard output where none is named. Raises `Unwritable`."""
    module, _, name = WRITERS[style].partition(":")
    writer = getattr(import_module(module), name)
    if style == "xlsx":
        with replacing(output) if output else sys.stdout.buffer as binary:
            writer(changes, binary)
    elif output is None:
        writer(changes, sys.stdout)
    else:
        with replacing(output) as file:
            from io import TextIOWrapper

            text = TextIOWrapper(file, "utf-8", newline="\n")
            writer(changes, text)
            text.flush()
            text.detach()
