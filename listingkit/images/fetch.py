"""Ask one web address for a picture: redirects followed by hand, bytes and time bounded, the address pinned that was found to be public."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from listingkit import __version__
from listingkit.images.address import Refused, Resolver, public_addresses
from listingkit.images.header import UNKNOWN, Picture, picture

AGENT = f"listingkit/{__version__} (image check)"
REDIRECTS = 5
SECONDS = 15.0  # for one address with all its redirects
_STEP = 5.0  # for a connection and for each piece of an answer
_MOST = 512 * 1024  # bytes that are read of a picture to find its size
_PIECE = 16 * 1024
_KEPT = "/:?#[]@!$&'()*+,;=%-._~"


class Fetched(Struct, frozen=True):
    """What an address answered. `problem` says why there was no answer; the rest holds as far as it got."""

    url: str
    status: int | None = None
    problem: str = ""
    refused: bool = False  # it was not asked, because it leads to no public address
    final: str = ""  # the address that answered
    redirects: int = 0
    media_type: str = ""
    size: int | None = None  # bytes of the whole picture, where the server says it or all of it was read
    picture: Picture = UNKNOWN


def fetch(url: str, *, resolve: Resolver = public_addresses, seconds: float = SECONDS) -> Fetched:
    """Ask for a picture. Never raises for what the other side does.

    `resolve` decides where a name may lead. The default refuses everything that is not public; another one is for tests against a
    server on this machine, and no command takes one.
    """
    found = Fetched(url, final=url)
    with _deadline(seconds) as guard:
        for redirects in range(REDIRECTS + 1):
            found = replace(found, redirects=redirects)
            try:
                found, onward = _ask(found, resolve, guard)
            except Refused as why:
                return replace(found, problem=str(why), refused=True)
            except (OSError, HTTPException, ValueError) as error:
                late = f"no answer within {seconds:g} seconds"
                return replace(found, problem=late if guard.over or isinstance(error, TimeoutError) else _said(error))
            if not onward:
                return found
            found = replace(found, final=urljoin(found.final, onward))
    return replace(found, problem=f"more than {REDIRECTS} redirects")


def _said(error: Exception) -> str:
    text = str(error.strerror if isinstance(error, OSError) and error.strerror else error) or type(error).__name__
    return " ".join(text.split())[:120]


class _Guard:
    """Closes the connection in hand when time is over, so that no server can keep us by sending slowly."""

    def __init__(self) -> None:
        self.over = False
        self.sock: socket.socket | None = None

    def end(self) -> None:
        self.over = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(seconds: float) -> Iterator[_Guard]:
    guard = _Guard()
    timer = Timer(seconds, guard.end)
    timer.daemon = True
    timer.start()
    try:
        yield guard
    finally:
        timer.cancel()


def _ask(found: Fetched, resolve: Resolver, guard: _Guard) -> tuple[Fetched, str]:
    """One request: what it answered, and the address that it sends us on to ("" for none)."""
    parts = _taken(found.final)
    host = (parts.hostname or "").encode("idna").decode("ascii") if not (parts.hostname or "").isascii() else parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(host, port, resolve(host, port), secure=parts.scheme == "https", guard=guard)
    try:
        target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
        headers = {"User-Agent": AGENT, "Accept": "image/*,*/*;q=0.1", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        onward = answer.headers.get("Location", "") if answer.status in (301, 302, 303, 307, 308) else ""
        return (found, onward) if onward else (_read(found, answer, guard), "")
    finally:
        connection.close()


def _taken(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"{parts.scheme or 'no scheme'} is not http or https")
    if parts.username or parts.password:
        raise Refused("the address names a user")
    return parts


def _read(found: Fetched, answer: HTTPResponse, guard: _Guard) -> Fetched:
    stated = answer.headers.get("Content-Length", "")
    size = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else None
    head, whole = b"", False
    seen = UNKNOWN
    while answer.status == 200 and len(head) < _MOST and seen.pixels is None and not guard.over:
        piece = answer.read1(_PIECE)
        whole = not piece
        if whole:
            break
        head += piece
        seen = picture(head)
    return replace(
        found,
        status=answer.status,
        media_type=answer.headers.get_content_type() if answer.headers.get("Content-Type") else "",
        size=len(head) if whole and size is None else size,
        picture=seen,
    )


class _Pinned(HTTPConnection):
    """A connection to addresses that were looked up before: the name is only told to the other side."""

    def __init__(self, host: str, port: int, addresses: list[str], *, secure: bool, guard: _Guard) -> None:
        super().__init__(host, port, timeout=_STEP)
        self._addresses, self._secure, self._guard = addresses, secure, guard
        if secure:
            self.default_port = 443

    def connect(self) -> None:
        """Connect to the first address that answers."""
        last: OSError = OSError("the name has no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self.port), timeout=_STEP)
            except OSError as error:
                last = error
                continue
            self._guard.sock = plain
            if self._guard.over:
                plain.close()
                raise TimeoutError
            self.sock = _tls().wrap_socket(plain, server_hostname=self.host) if self._secure else plain
            self._guard.sock = self.sock
            return
        raise last


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
