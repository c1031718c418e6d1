"""Fetching pictures: a real server on this machine, reached only through a resolver that a test hands in."""

import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.cli import main
from listingkit.config import Config
from listingkit.finding import Severity
from listingkit.images.address import Refused, is_public, public_addresses
from listingkit.images.fetch import fetch
from listingkit.images.header import picture
from listingkit.images.probe import LEFT_ALONE, probe
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.master.sheet import ROW
from listingkit.rules.findings import Findings
from listingkit.rules.image_probe import probed


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int, before: int = 0) -> bytes:
    """The segments of a JPEG up to its size, behind as much of an embedded profile as wanted."""
    profile = b"".join(b"\xff\xe2" + struct.pack(">H", 60_002) + b"p" * 60_000 for _ in range(before))
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 9 + profile + frame + b"\xff\xda" + b"\0" * 50


def tiff(width: int, height: int, order: str = "<") -> bytes:
    entries = struct.pack(order + "HHIHH", 256, 3, 1, width, 0) + struct.pack(order + "HHII", 257, 4, 1, height)
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + struct.pack(order + "H", 2) + entries + b"\0\0\0\0"


WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20


class Shop(BaseHTTPRequestHandler):
    """Pictures by path, and every way to misbehave."""

    seen: list[str]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        port = self.server.server_port  # type: ignore[attr-defined]
        sent = {
            "/main.jpg": jpeg(2000, 1500),
            "/profile.jpg": jpeg(1600, 1200, before=3),
            "/small.png": png(640, 480),
            "/tiny.png": png(100, 80),
            "/wide.gif": b"GIF89a" + struct.pack("<HH", 12_000, 500),
            "/really.jpg": WEBP,
            "/page.jpg": b"<!DOCTYPE html><title>Sign in</title>",
            "/with%20space%C3%A4.jpg": jpeg(1000, 1000),
        }.get(self.path)
        onward = {
            "/moved.jpg": "/main.jpg",
            "/home.jpg": f"http://127.0.0.1:{port}/main.jpg",
            "/loop.jpg": "/loop.jpg",
            "/file.jpg": "file:///etc/passwd",
        }.get(self.path)
        if onward:
            self.answer(302, b"", Location=onward)
        elif sent is not None:
            self.answer(200, sent)
        elif self.path == "/huge.jpg":
            self.send_response(200)
            self.send_header("Content-Length", str(14_000_000))
            self.end_headers()
            self.wfile.write(jpeg(3000, 3000))
            self.close_connection = True
        elif self.path == "/endless.jpg":
            self.endless()
        elif self.path == "/slow.jpg":
            self.slow()
        elif self.path == "/nonsense.jpg":
            self.wfile.write(b"nonsense\r\n\r\n")
            self.close_connection = True
        else:
            self.answer(404, b"no")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100_000):
                self.wfile.write(b"\xff\xd8\xff\xe2\xff\xff" + b"x" * 60_000)
                self.server.sent += 60_000  # type: ignore[attr-defined]
        except OSError:
            self.close_connection = True

    def slow(self) -> None:
        try:
            for char in b"HTTP/1.1 200 OK\r\n" * 20:
                self.wfile.write(bytes([char]))
                time.sleep(0.05)
        except OSError:
            self.close_connection = True


@pytest.fixture(scope="module")
def shop() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    server.seen, server.sent = [], 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def here(host: str, port: int) -> list[str]:
    """The test's resolver: one name leads to this machine, everything else is judged as always."""
    return ["127.0.0.1"] if host == "img.test" else public_addresses(host, port)


def at(shop: Any, path: str) -> str:
    return f"http://img.test:{shop.server_address[1]}{path}"


def test_a_picture_is_known_by_its_bytes_and_its_size_is_read(shop: Any) -> None:
    found = fetch(at(shop, "/main.jpg"), resolve=here)
    assert (found.status, found.problem, found.picture.kind, found.picture.pixels) == (200, "", "jpeg", (2000, 1500))
    assert (found.media_type, found.size) == ("image/jpeg", len(jpeg(2000, 1500)))


def test_a_size_behind_a_large_profile_is_found(shop: Any) -> None:
    assert fetch(at(shop, "/profile.jpg"), resolve=here).picture.pixels == (1600, 1200)


def test_an_address_is_escaped_once(shop: Any) -> None:
    assert fetch(at(shop, "/with spaceä.jpg"), resolve=here).status == 200
    assert fetch(at(shop, "/with%20space%C3%A4.jpg"), resolve=here).status == 200


def test_a_redirect_is_followed_and_told(shop: Any) -> None:
    found = fetch(at(shop, "/moved.jpg"), resolve=here)
    assert (found.status, found.redirects, found.final) == (200, 1, at(shop, "/main.jpg"))


def test_a_redirect_to_a_private_address_is_not_followed(shop: Any) -> None:
    shop.seen.clear()
    found = fetch(at(shop, "/home.jpg"), resolve=here)
    assert found.refused
    assert "127.0.0.1" in found.problem
    assert shop.seen == ["/home.jpg"]


@pytest.mark.parametrize(("path", "told"), [("/loop.jpg", "redirects"), ("/file.jpg", "file is not http"), ("/nonsense.jpg", "nonsense")])
def test_what_misbehaves_is_told(shop: Any, path: str, told: str) -> None:
    assert told in fetch(at(shop, path), resolve=here).problem


def test_no_more_is_read_than_the_bound(shop: Any) -> None:
    shop.sent = 0
    found = fetch(at(shop, "/endless.jpg"), resolve=here)
    assert found.picture.pixels is None
    assert shop.sent < 8_000_000  # what was read, and what stood in the buffers between


def test_a_server_that_sends_slowly_is_left_in_time(shop: Any) -> None:
    began = time.monotonic()
    found = fetch(at(shop, "/slow.jpg"), resolve=here, seconds=0.4)
    assert found.problem == "no answer within 0.4 seconds"
    assert time.monotonic() - began < 4


def test_what_does_not_speak_tls_is_told(shop: Any) -> None:
    found = fetch(at(shop, "/main.jpg").replace("http:", "https:"), resolve=here)
    assert found.status is None
    assert found.problem


def test_a_closed_port_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert fetch(f"http://img.test:{port}/a.jpg", resolve=here).problem == "Connection refused"


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_address(shop: Any) -> None:
    """A name whose second answer is private gains nothing: there is no second question."""
    asked: list[str] = []

    def changing(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert fetch(at(shop, "/main.jpg").replace("img.test", "rebound.test"), resolve=changing).status == 200
    assert asked == ["rebound.test"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/main.jpg",
        "http://localhost:{}/main.jpg",
        "http://2130706433:{}/main.jpg",
        "http://0x7f.1:{}/main.jpg",
        "http://[::1]:{}/main.jpg",
        "http://[::ffff:127.0.0.1]:{}/main.jpg",
        "http://0.0.0.0:{}/main.jpg",
        "http://user@127.0.0.1:{}/main.jpg",
        "ftp://127.0.0.1:{}/main.jpg",
    ],
)
def test_this_machine_is_never_asked(shop: Any, url: str) -> None:
    shop.seen.clear()
    found = fetch(url.format(shop.server_address[1]))
    assert found.refused
    assert shop.seen == []


PRIVATE = (
    "10.1.2.3 172.16.0.1 192.168.1.1 127.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 192.0.2.1 "
    "::1 :: fe80::1%eth0 fc00::1 ff02::1 ::ffff:10.0.0.1 2002:0a00:0001::1 64:ff9b::7f00:1 2001:db8::1 nonsense"
)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_what_is_public_is_known(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch: Any) -> None:
    answers = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        public_addresses("two.example", 80)


@given(st.binary(max_size=80))
def test_any_bytes_are_looked_at(head: bytes) -> None:
    assert picture(head).kind is not None


@given(st.sampled_from([png(3, 2), jpeg(300, 200), tiff(30, 20), tiff(30, 20, ">"), b"GIF87a" + struct.pack("<HH", 30, 20)]), st.data())
def test_a_picture_that_is_cut_off_has_its_size_or_none(whole: bytes, data: Any) -> None:
    cut = data.draw(st.integers(0, len(whole)))
    assert picture(whole[:cut]).pixels in (None, picture(whole).pixels)
    assert picture(whole).pixels is not None


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.integers(0, 2))
def test_the_size_is_the_one_that_was_written(width: int, height: int, before: int) -> None:
    gif = b"GIF89a" + struct.pack("<HH", width, height)
    for made in (jpeg(width, height, before), tiff(width, height), tiff(width, height, ">"), gif):
        assert picture(made).pixels == (width, height)


def listings(*urls: str) -> Listings:
    frame = pl.DataFrame(
        {"sku": [f"A{n}" for n in range(len(urls))], "main_product_image_locator": urls},
        schema={"sku": pl.String, "main_product_image_locator": pl.String},
    ).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    return Listings(frame, (Source("master.csv", None, {}, {}),))


def findings(*urls: str, **more: Any) -> list[Any]:
    table = listings(*urls)
    batches = probed(table, as_of=date(2026, 11, 27), config=Config(), resolve=here, **more)
    return list(Findings(batches, table.sources))


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("/none.jpg", "IMG020", "answers 404"),
        ("/page.jpg", "IMG020", "web page"),
        ("/moved.jpg", "IMG021", "redirects to"),
        ("/really.jpg", "IMG022", "WEBP"),
        ("/tiny.png", "IMG023", "100 x 80"),
        ("/small.png", "IMG023", "no zoom"),
        ("/huge.jpg", "IMG024", "14.0 MB"),
        ("/wide.gif", "IMG024", "12000 x 500"),
    ],
)
def test_each_flaw_is_one_finding_at_its_cell(shop: Any, path: str, code: str, told: str) -> None:
    (one,) = findings(at(shop, "/main.jpg"), at(shop, path))
    assert (one.code, one.row, one.field) == (code, 3, "main_product_image_locator")
    assert told in one.message
    assert one.severity is (Severity.INFO if path == "/small.png" else Severity.WARNING)


def test_an_address_that_many_rows_share_is_asked_once_and_told_everywhere(shop: Any) -> None:
    shop.seen.clear()
    assert [one.row for one in findings(*[at(shop, "/none.jpg")] * 3)] == [2, 3, 4]
    assert shop.seen == ["/none.jpg"]


def test_a_private_address_is_told_once_as_information() -> None:
    (one,) = findings("http://127.0.0.1/a.jpg", "http://10.0.0.1/b.jpg")
    assert (one.code, one.severity, one.row) == ("IMG025", Severity.INFO, None)


def test_a_run_is_bounded_and_says_so(shop: Any) -> None:
    shop.seen.clear()
    (one,) = findings(at(shop, "/main.jpg?1"), at(shop, "/none.jpg"), most=0)
    assert one.message == "2 of 2 image addresses were not asked: one run asks 0"
    assert shop.seen == []


def test_a_host_that_does_not_answer_is_left_alone() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    urls = [f"http://img.test:{port}/{n}.jpg" for n in range(5)]
    found = probe(urls, resolve=here, pause=0)
    assert [found[url].problem for url in urls] == ["Connection refused"] * 3 + [LEFT_ALONE] * 2


def test_requests_to_one_host_come_one_by_one_with_a_pause(shop: Any) -> None:
    began = time.monotonic()
    probe([at(shop, f"/none.jpg?{n}") for n in range(4)], resolve=here, pause=0.1)
    assert time.monotonic() - began >= 0.3


def test_the_command_asks_nobody_unless_told_and_never_this_machine(shop: Any, tmp_path: Any, capsys: Any) -> None:
    shop.seen.clear()
    master = tmp_path / "master.csv"
    master.write_text(f"sku,main_product_image_locator\nA,http://127.0.0.1:{shop.server_address[1]}/main.jpg\n", "utf-8")
    for options, told in (([], False), (["--probe-images"], True)):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(master), "--select", "IMG02", *options])
        assert ended.value.code == 0
        assert ("not a public address" in capsys.readouterr().out) is told
    assert shop.seen == []
