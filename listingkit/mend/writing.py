"""Edits written into a copy of the master, with a log of them; and taken back."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from listingkit.atomic import replacing
from listingkit.errors import ListingkitError, Unreadable
from listingkit.master.sheet import Master
from listingkit.mend import book, delimited
from listingkit.mend.edits import CellText, Edit

LOG = ".log.jsonl"
_BOOKS = ("xlsx", "xlsm")
_LIKE_A_NUMBER = re.compile(r"[\d\s.,:/+\-−eE%$€£¥]+")  # what Excel would make a number or a date of when it is typed again


class Copy(Struct, frozen=True):
    """A fixed copy: where it is, what was written, and what its cells could not take."""

    path: Path
    done: Sequence[Edit]
    left: Sequence[Edit]


def place_of(master: Path, sheets: Sequence[Master]) -> Path:
    """Where the copy of a master goes. Raises `ListingkitError` for kinds that cannot be copied."""
    kind = sheets[0].kind
    if not master.is_file():
        raise ListingkitError("fixes go into a copy beside the master, and this one came by standard input: name a file")
    if master.suffix.lower() in (".gz", ".zip"):
        raise ListingkitError(f"fixes go into a copy beside the master, and {master} is packed: unpack it first")
    if kind not in _BOOKS and sheets[0].delimiter is None:
        raise ListingkitError(f"fixes go into a copy of an xlsx or a text file, and {master} is {kind}: save it as xlsx first")
    return master.with_name(f"{master.stem}.fixed{master.suffix}")


def written(master: Path, edits: Sequence[Edit], sheets: Sequence[Master], out: Path | None = None) -> Copy:
    """Write the copy and its log. Formulas stay, and so does what the file cannot hold; both are named in `left`."""
    place = out or place_of(master, sheets)
    content, told = _fixed(master, edits, sheets[0])
    done = [edit for edit in edits if (edit.sheet, edit.row, edit.letter) in told]
    left = [edit for edit in edits if (edit.sheet, edit.row, edit.letter) not in told]
    lines = ({**asdict(edit), "file": place.name, **told[edit.sheet, edit.row, edit.letter]} for edit in done)
    log = "".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines)
    _write(place, content)
    _write(place.with_name(place.name + LOG), log.encode())
    return Copy(place, done, left)


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as stream:
        stream.write(content)


def _fixed(master: Path, edits: Iterable[Edit], sheet: Master) -> tuple[bytes, dict[tuple[str | None, int, str], dict[str, str]]]:
    """The content of the copy; for each cell that was written, what stood in the file before and after."""
    told: dict[tuple[str | None, int, str], dict[str, str]] = {}
    if sheet.kind in _BOOKS:
        styles = book.Styles(master)
        cells: dict[str, dict[book.Place, book.Rewrite]] = {}
        for edit in edits:
            if book.holds(edit.new):
                cells.setdefault(edit.sheet or "", {})[edit.row, edit.letter] = _book_cell(edit, styles, told)
        return book.rewritten(master, cells, styles=styles), told
    text = delimited.TextFile(master, sheet.encoding or "utf-8", sheet.delimiter or "\t", quoted=sheet.kind != "txt")
    wanted = {(edit.row, edit.letter): _text_cell(edit, text, told) for edit in edits if text.holds(edit.new)}
    return text.rewritten(wanted), told


def _book_cell(edit: Edit, styles: book.Styles, told: dict[Any, dict[str, str]]) -> book.Rewrite:
    def rewrite(_place: book.Place, cell: book.Element) -> bytes | None:
        if not cell.fixable:
            return None
        style = styles.as_text(cell.style) if _LIKE_A_NUMBER.fullmatch(edit.new) else cell.style
        made = cell.with_text(edit.new, style)
        told[edit.sheet, edit.row, edit.letter] = {"was": cell.raw.decode(), "wrote": made.decode()}
        return made

    return rewrite


def _text_cell(edit: Edit, text: delimited.TextFile, told: dict[Any, dict[str, str]]) -> delimited.Rewrite:
    def rewrite(_place: delimited.Place, raw: str, value: str) -> str | None:
        if value.strip() != edit.old.strip():
            return None
        made = text.written(edit.new, raw)
        told[edit.sheet, edit.row, edit.letter] = {"was": raw, "wrote": made}
        return made

    return rewrite


def undone(
    fixed: Path, out: Path, wanted: Callable[[str], bool], reread: Callable[[Path], Sequence[Master]]
) -> tuple[int, Sequence[Mapping[str, Any]]]:
    """Take the logged fixes of the wanted codes out of a fixed copy, into `out`; returns how many cells, and what was left alone.

    A cell that is as the fix left it gets the very bytes that it had; one that another program has saved since gets its value
    back; one that holds something else by now is left alone.
    """
    sheets = reread(fixed)
    done: set[tuple[str | None, int, str]] = set()
    if sheets[0].kind in _BOOKS:
        log = [entry for entry in _log(fixed, lambda entry: book.is_cell(entry["was"], entry["cell"])) if wanted(entry["code"])]
        now = {master.sheet: CellText(master) for master in sheets}
        cells: dict[str, dict[book.Place, book.Rewrite]] = {}
        for entry in log:
            held = now[entry["sheet"]](entry["row"], entry["letter"]) if entry["sheet"] in now else None
            cells.setdefault(entry["sheet"] or "", {})[entry["row"], entry["letter"]] = _book_back(entry, held, done)
        content = book.rewritten(fixed, cells)
    else:
        sheet = sheets[0]
        text = delimited.TextFile(fixed, sheet.encoding or "utf-8", sheet.delimiter or "\t", quoted=sheet.kind != "txt")
        log = [entry for entry in _log(fixed, lambda entry: text.is_cell(entry["was"], entry["old"])) if wanted(entry["code"])]
        content = text.rewritten({(entry["row"], entry["letter"]): _text_back(entry, text, done) for entry in log})
    _write(out, content)
    return len(done), [entry for entry in log if (entry["sheet"], entry["row"], entry["letter"]) not in done]


def _log(fixed: Path, is_cell: Callable[[Mapping[str, Any]], bool]) -> list[dict[str, Any]]:
    """The entries of a log, each of which has a sound cell to put back. Raises `Unreadable`."""
    path = fixed.with_name(fixed.name + LOG)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Unreadable(f"cannot read {path}, which tells what was fixed: {error.strerror or error}") from None
    entries = []
    for number, line in enumerate(lines, 1):
        entry = _entry(line)
        if entry is None or not is_cell(entry):
            said = f"{path}, line {number} is not as a fix was logged"
            raise Unreadable(f"{said}: restore the log, or make the copy again with listingkit check --fix")
        entries.append(entry)
    return entries


_TOLD = ("cell", "letter", "code", "old", "new", "was", "wrote")


def _entry(line: bytes) -> dict[str, Any] | None:
    """A line of a log; None where it is none."""
    try:
        entry: dict[str, Any] = json.loads(line)
        for text in ("" if entry["sheet"] is None else entry["sheet"], *(entry[key] for key in _TOLD)):
            text.encode()  # no lone surrogates: neither kind of file can hold them
        return entry if isinstance(entry["row"], int) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _book_back(entry: Mapping[str, Any], held: str | None, done: set[Any]) -> book.Rewrite:
    def rewrite(_place: book.Place, cell: book.Element) -> bytes | None:
        place = (entry["sheet"], entry["row"], entry["letter"])
        was: str = entry["was"]
        if cell.raw == entry["wrote"].encode():
            done.add(place)
            return was.encode()
        if (held or "") != entry["new"] or (held is not None and not cell.fixable):
            return None
        done.add(place)
        plain = re.search(r"<(?:\w+:)?v>([^<]*)</", was)
        if plain is None or re.search(r"""\st=["'](?!n["'])""", was.partition(">")[0]):
            return cell.with_text(entry["old"])
        number = cell.with_text("").removesuffix(b"/>")
        return number + b"><%bv>%b</%bv></%bc>" % (cell.prefix, plain[1].encode(), cell.prefix, cell.prefix)

    return rewrite


def _text_back(entry: Mapping[str, Any], text: delimited.TextFile, done: set[Any]) -> delimited.Rewrite:
    def rewrite(_place: delimited.Place, raw: str, value: str) -> str | None:
        if raw != entry["wrote"] and value != entry["new"]:
            return None
        done.add((entry["sheet"], entry["row"], entry["letter"]))
        return str(entry["was"]) if raw == entry["wrote"] else text.written(entry["old"], raw)

    return rewrite
