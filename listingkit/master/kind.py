"""What a file is, by its content; its name is only asked whether it promised something else."""

import re
import zipfile
from pathlib import PurePath
from typing import IO

from listingkit.errors import Unreadable
from listingkit.master.unpacking import DAMAGED, reason

_HEAD = 4096
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".ods", ".xltx", ".xltm"}
_OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text document",
}
_HTML = re.compile(rb"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE | re.DOTALL)
_MACROS = re.compile(rb"sheet\.macroEnabled\.main|template\.macroEnabled\.main")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(stream: IO[bytes], name: str, suffix: str) -> str:
    """One of xlsx, xlsm, xlsb, ods, xls, html, text. Leaves the stream at its start. Raises Unreadable for what is no sheet."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(stream, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(stream, name)
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise Unreadable(f"{name}: is {what}, not a sheet; export it as xlsx or csv")
    if PurePath(name).name.startswith("~$"):
        raise Unreadable(f"{name}: only says that {PurePath(name).name[2:]} is open in Excel; name that file, and save it there first")
    if _HTML.match(_readable(head)):
        return "html"
    if suffix in _WORKBOOK_SUFFIXES:
        raise Unreadable(
            f"{name}: is named {suffix} but is no workbook (not a zip); open it in Excel and save it again, or rename text to .csv"
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Unreadable(f"{name}: is an Excel 2003 XML sheet; open it in Excel and save it as xlsx")
    return "text"


def _readable(head: bytes) -> bytes:
    """The first characters without byte order mark, whatever the UTF."""
    for bom in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].replace(b"\0", b"")
    return head


def _zipped(stream: IO[bytes], name: str) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD else b""
            types = b""
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as part:
                    types = part.read(BOUND)
    except DAMAGED as error:
        raise Unreadable(f"{name}: the file is damaged or incomplete ({reason(error)})") from None
    stream.seek(0)
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if any(part.lower().endswith("workbook.bin") for part in names):  # some writers declare a type for .bin in every workbook
        return "xlsb"
    if b"spreadsheetml" in types or b"ms-excel.sheet" in types:
        return "xlsm" if _MACROS.search(types) else "xlsx"
    what = "an Apple Numbers document" if any(part.startswith("Index/") for part in names) else "a zip without a sheet in it"
    raise Unreadable(f"{name}: is {what}; export it as xlsx or csv")


BOUND = 1 << 20


def _compound(stream: IO[bytes], name: str) -> str:
    """Tell an old workbook from an encrypted new one: both are OLE containers, whose directory names are UTF-16."""
    found = ""
    tail = b""
    while block := stream.read(BOUND):
        window = tail + block
        if "EncryptedPackage".encode("utf-16-le") in window:
            raise Unreadable(f"{name}: the workbook is protected by a password; open it in Excel, remove the password and save it")
        if "Workbook".encode("utf-16-le") in window or "Book\0".encode("utf-16-le") in window:
            found = "xls"
        tail = block[-64:]
    stream.seek(0)
    if not found:
        raise Unreadable(f"{name}: is an old Office file without a sheet in it; export it as xlsx or csv")
    return found
