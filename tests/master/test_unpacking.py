"""Members of a zip: in blocks or at once they are what `zipfile` reads, and what is damaged is refused in the same way."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.master.unpacking import DAMAGED, unpacked, whole

CONTENTS = st.one_of(
    st.binary(max_size=300), st.builds(lambda piece, times: piece * times, st.binary(min_size=1, max_size=40), st.integers(1, 90_000))
)
PACKINGS = st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])


def packed(content: bytes, how: int) -> bytearray:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        archive.writestr("a.xml", content)
    return bytearray(stream.getvalue())


def tried(read: Callable[[], bytes]) -> bytes | None:
    """What it reads; None where it says that it is damaged."""
    try:
        return read()
    except DAMAGED:
        return None


@given(CONTENTS, PACKINGS)
def test_blocks_and_all_at_once_are_what_was_packed(content: bytes, how: int) -> None:
    with zipfile.ZipFile(BytesIO(packed(content, how))) as archive:
        member = archive.getinfo("a.xml")
        assert b"".join(unpacked(archive, member)) == whole(archive, member) == content


@given(st.binary(min_size=50, max_size=3_000), st.data())
def test_a_damaged_member_is_refused_both_ways(content: bytes, data: st.DataObject) -> None:
    file = packed(content, zipfile.ZIP_DEFLATED)
    place = data.draw(st.integers(0, file.index(b"PK\x01\x02") - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    with zipfile.ZipFile(BytesIO(file)) as archive:
        member = archive.getinfo("a.xml")
        in_blocks, at_once = tried(lambda: b"".join(unpacked(archive, member))), tried(lambda: whole(archive, member))
    assert in_blocks == at_once
    assert at_once in (content, None)


@pytest.mark.parametrize("claimed", [10, 5_000_000])
def test_a_member_that_is_not_as_large_as_it_claims(claimed: int) -> None:
    file = packed(b"x" * 1_000_000, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(BytesIO(file)) as archive:
        member = archive.getinfo("a.xml")
        member.file_size = claimed
        with pytest.raises(zipfile.BadZipFile, match="does not unpack to what the directory says"):
            whole(archive, member)
        with pytest.raises(zipfile.BadZipFile, match="does not unpack to what the directory says"):
            list(unpacked(archive, member))
