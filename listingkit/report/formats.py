"""The formats by name; each writer is loaded when it is asked for."""

from importlib import import_module
from typing import Any

from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.report.report import Report


class Format(Struct, frozen=True):
    """One format. Its writer takes `(report, stream, **options)`."""

    writer: str  # module:function
    binary: bool  # the stream takes bytes
    suffix: str  # of files


FORMATS = {
    "text": Format("text:write", binary=False, suffix=".txt"),
    "json": Format("lines:write_array", binary=False, suffix=".json"),
    "jsonl": Format("lines:write", binary=False, suffix=".jsonl"),
    "csv": Format("table:write", binary=False, suffix=".csv"),
    "sarif": Format("sarif:write", binary=False, suffix=".sarif"),
    "junit": Format("junit:write", binary=False, suffix=".xml"),
    "github": Format("github:write", binary=False, suffix=".txt"),
    "gitlab": Format("gitlab:write", binary=False, suffix=".json"),
    "html": Format("page:write", binary=False, suffix=".html"),
    "xlsx": Format("review:write", binary=True, suffix=".xlsx"),
}


def write(report: Report, format: str, stream: Any, **options: Any) -> None:  # noqa: A002 - the option of the command line is named so
    """Write the report. Text streams should be UTF-8 with `newline=""`. Raises `UnknownName` for a format nobody knows."""
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    module, _, function = FORMATS[format].writer.partition(":")
    getattr(import_module(f"listingkit.report.{module}"), function)(report, stream, **options)
