"""Zip packages with one member replaced."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.atomic import replacing
from listingkit.errors import Unreadable, Unwritable
from listingkit.render.package import replace_member


class Pipe(io.RawIOBase):
    """A stream that cannot go back, so that sizes stand behind the data."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.content += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


def raw(path: Path, name: str) -> bytes:
    """The compressed bytes of a member."""
    with zipfile.ZipFile(path) as package, path.open("rb") as stream:
        info = package.getinfo(name)
        stream.seek(info.header_offset + 26)
        lengths = stream.read(4)
        stream.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
        return stream.read(info.compress_size)


MEMBERS = st.dictionaries(
    st.text("abcdé/.", min_size=1, max_size=6), st.tuples(st.binary(max_size=300), st.sampled_from([0, 8, 12])), min_size=1, max_size=5
)


@settings(max_examples=40)
@given(members=MEMBERS, new=st.lists(st.binary(max_size=200), max_size=3), pipe=st.booleans(), data=st.data())
def test_other_members_keep_their_bytes(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, tuple[bytes, int]], new: list[bytes], pipe: bool, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    source, out = folder / "in.zip", folder / "out.zip"
    stream = Pipe() if pipe else io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.comment = b"a comment"
        for name, (content, method) in members.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content, compress_type=method)
    source.write_bytes(stream.content if isinstance(stream, Pipe) else stream.getvalue())
    chosen = data.draw(st.sampled_from(sorted(members)))
    with out.open("wb") as target:
        replace_member(source, chosen, new, target)
    with zipfile.ZipFile(out) as package:
        assert package.testzip() is None
        assert package.namelist() == list(members)
        assert package.comment == b"a comment"
        assert package.read(chosen) == b"".join(new)
        assert {info.date_time for info in package.infolist()} == {(2026, 1, 2, 3, 4, 6)}
    for name in members:
        if name != chosen:
            assert raw(out, name) == raw(source, name)


def package(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(zipfile.ZipInfo(name), b"content " * 20)
    return path


def test_a_member_that_is_not_where_it_should_be_is_said(tmp_path: Path) -> None:
    source = package(tmp_path / "in.zip", "a", "b")
    source.write_bytes(source.read_bytes().replace(b"PK\x03\x04", b"XX\x03\x04"))
    with pytest.raises(Unreadable, match=r"the member a is not where the directory says"), (tmp_path / "out.zip").open("wb") as target:
        replace_member(source, "b", [b"new"], target)


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    path.write_bytes(b"old")

    def half() -> None:
        with replacing(path) as stream:
            stream.write(b"ne")
            raise Unwritable("stopped")

    with pytest.raises(Unwritable, match="stopped"):
        half()
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.bin"]
