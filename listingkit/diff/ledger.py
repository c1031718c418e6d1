"""The ledger: what was uploaded, when and to which marketplace. Append-only, chained by hashes, safe against crashes.

    ledger.jsonl       one line an upload; each carries the hash of the line before it
    uploads/<sha256>   a compressed copy of every file that was sent, named by its content

A copy is on disk before the line that names it, so a crash leaves at most a copy that nobody names, or a torn last line, which
readers ignore and the next writer removes. Nothing heavy is imported here: recording costs no more than copying a file.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import asdict

from listingkit.atomic import replacing
from listingkit.errors import ListingkitError, Unreadable, Unwritable

NAME = "listingkit-ledger"  # the folder, where nobody names another
PARTS = "parts"  # of a marketplace's output, where its upload was split into files
_LINES, _COPIES, _LOCK = "ledger.jsonl", "uploads", "lock"


class Entry(Struct, frozen=True):
    """One file that was uploaded. `before` is the hash of the entry before it, `hash` its own."""

    number: int
    at: str  # ISO 8601, UTC
    store: str
    file: str  # as it was called
    sha256: str
    before: str
    hash: str

    def sealed(self) -> "Entry":
        """The entry with its own hash filled in."""
        body = {name: value for name, value in asdict(self).items() if name != "hash"}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        return Entry(**{**body, "hash": hashlib.sha256(text.encode()).hexdigest()})


def is_ledger(path: Path) -> bool:
    """Whether a folder is a ledger."""
    return (path / _LINES).is_file()


def entries(home: Path, store: str | None = None) -> tuple[Entry, ...]:
    """What was recorded, the oldest first. Raises `Unreadable` where a line other than a torn last one is not what was written."""
    found, _ = _read(home)
    return tuple(entry for entry in found if store is None or entry.store == store)


def record(home: Path, uploads: Sequence[tuple[str, Path]], at: datetime | None = None) -> tuple[Entry, ...]:
    """Record files (marketplace code, path) as uploaded just now; what the marketplace got last is not recorded twice.

    Several files of one marketplace are one upload in parts: where the last ones recorded are its first ones, only the rest is new.

    Returns the new entries. Raises `Unreadable` for a file that cannot be read and `Unwritable` for a ledger that cannot be written.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    try:
        (home / _COPIES).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(f"cannot make the ledger {home}: {error.strerror or error}") from error
    with _locked(home):
        for dead in (home / _COPIES).glob("*.part"):
            dead.unlink()
        found, whole = _read(home)
        made: list[Entry] = []
        for store, path, sha256 in _new([(store, path, _copied(path, home)) for store, path in uploads], found):
            before = (made or found or [_BEGINNING])[-1]
            made.append(Entry(before.number + 1, moment, store, str(path), sha256, before.hash, "").sealed())
        _append(home / _LINES, made, whole)
    return tuple(made)


def _new(files: Sequence[tuple[str, Path, str]], found: Sequence[Entry]) -> Iterator[tuple[str, Path, str]]:
    """The files that are not what their marketplace got last."""
    for store in dict.fromkeys(store for store, _, _ in files):
        mine = [one for one in files if one[0] == store]
        told = [entry.sha256 for entry in found if entry.store == store]
        sums = [sha256 for _, _, sha256 in mine]
        known = next((n for n in range(len(sums), 0, -1) if told[-n:] == sums[:n]), 0)
        yield from mine[known:]


def content(home: Path, entry: Entry) -> bytes:
    """The file of an entry as it was sent. Raises `Unreadable` where the copy is missing or not what was sent."""
    path = home / _COPIES / f"{entry.sha256}.gz"
    try:
        with gzip.open(path) as stream:
            data = stream.read()
    except FileNotFoundError:
        raise Unreadable(f"the ledger's copy {path} of upload {entry.number} is missing: restore it from a copy of the ledger") from None
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"the ledger's copy {path} of upload {entry.number} is damaged: restore it from a copy of the ledger") from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise Unreadable(
            f"the ledger's copy {path} is not what was recorded as upload {entry.number}: restore it from a copy of the ledger"
        )
    return data


_BEGINNING = Entry(0, "", "", "", "", "", "")


def _read(home: Path) -> tuple[list[Entry], int]:
    """Every entry, and how many bytes of the file they fill; what follows is a line that a crash tore."""
    path = home / _LINES
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise Unreadable(f"cannot read the ledger {path}: {error.strerror or error}") from error
    whole = data.rfind(b"\n") + 1
    found = [_BEGINNING]
    for line in data[:whole].splitlines():
        found.append(_entry(line, found[-1], path))
    return found[1:], whole


def _entry(line: bytes, before: Entry, path: Path) -> Entry:
    try:
        entry = Entry(**json.loads(line))
        sealed = entry.sealed()
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(f"{path}, line {before.number + 1} is no entry of a ledger: restore the file from a copy") from error
    if entry != sealed or (entry.before, entry.number) != (before.hash, before.number + 1):
        raise Unreadable(f"{path}, line {before.number + 1} was changed after it was written: restore the file from a copy")
    return entry


def _append(path: Path, made: Sequence[Entry], whole: int) -> None:
    """Add lines after the `whole` bytes that are sound, all at once."""
    if not made:
        return
    lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in made)
    try:
        with path.open("ab") as stream:
            if stream.tell() > whole:
                stream.truncate(whole)
                stream.seek(whole)
            stream.write(lines.encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise Unwritable(f"cannot write the ledger {path}: {error.strerror or error}") from error


def _copied(path: Path, home: Path) -> str:
    """Keep a copy of a file; its SHA-256."""
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            target = home / _COPIES / f"{sha256}.gz"
            if not target.exists():
                stream.seek(0)
                with replacing(target) as out:
                    if _packed(stream, out) != sha256:
                        raise Unreadable(f"{path} changed while it was read: try again")
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    return sha256


def _packed(stream: BinaryIO, out: BinaryIO) -> str:
    """Compress a stream; the SHA-256 of what was read. The same content always makes the same bytes."""
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed:
        while block := stream.read(1 << 20):
            digest.update(block)
            packed.write(block)
    return digest.hexdigest()


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One writer at a time; the system lets go of the lock when a process dies."""
    try:
        stream = (home / _LOCK).open("a+b")
    except OSError as error:
        raise Unwritable(f"cannot lock the ledger {home}: {error.strerror or error}") from error
    with stream:
        try:
            import fcntl
        except ImportError:
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def files(out: Path, *, whole: bool = False, marketplaces: Sequence[str] = ()) -> list[tuple[str, Path]]:
    """What was uploaded from a build's output folder: each marketplace's parts where it was split, else its delta, else the whole.

    Raises `ListingkitError` where the folder holds no build, or a file is not the one that the build wrote.
    """
    places = sorted(place for place in out.iterdir() if place.is_dir() and (place / "upload.txt").is_file()) if out.is_dir() else []
    chosen = [place for place in places if not marketplaces or place.name in marketplaces]
    missing = sorted(set(marketplaces) - {place.name for place in chosen})
    if not chosen or missing:
        what = f"{', '.join(missing)}/upload.txt" if missing and places else "output of listingkit build (no <marketplace>/upload.txt)"
        raise ListingkitError(f"{out} holds no {what}: name the folder that a build wrote")
    found = []
    for place in chosen:
        found += [(place.name, path) for path in _sent_from(place, whole=whole)]
    _check(out, found)
    return found


def _sent_from(place: Path, *, whole: bool) -> list[Path]:
    parts = sorted((place / PARTS).glob("*.txt"))
    if parts and not whole:
        return parts
    delta = place / "delta.txt"
    return [delta if delta.is_file() and not whole else place / "upload.txt"]


def _check(out: Path, found: Sequence[tuple[str, Path]]) -> None:
    """Refuse files that were edited after the build: the ledger would tell what never went through its checks."""
    manifest = out / "manifest.json"
    try:
        written = dict(json.loads(manifest.read_text("utf-8"))["outputs"]) if manifest.is_file() else {}
    except OSError as error:
        raise Unreadable(f"cannot read {manifest}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"{manifest} is not the manifest of a build: build again, or name the file that was uploaded itself") from error
    for _, path in found:
        name = path.relative_to(out).as_posix()
        with path.open("rb") as stream:
            if name in written and hashlib.file_digest(stream, "sha256").hexdigest() != written[name]:
                raise ListingkitError(f"{path} was edited after the build: name the file itself to record it as it is now")
