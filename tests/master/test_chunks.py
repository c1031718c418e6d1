"""The buffer that text files are read through: whatever its size and however much of a piece is read, no byte is lost or comes twice."""

import io

from hypothesis import given
from hypothesis import strategies as st

from listingkit.master import chunks as module
from listingkit.master.chunks import Chunks

TEXTS = st.text(st.sampled_from('ab,;"\nüく\r'), min_size=1, max_size=200)


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), st.integers(4, 64), st.data())
def test_pieces_are_the_text_again(text: str, encoding: str, size: int, data: st.DataObject) -> None:
    before = module.CHUNK
    module.CHUNK = size
    try:
        chunks = Chunks(io.BytesIO(text.encode(encoding)), "a.csv", encoding, trusted=True)
        read = b""
        for given_, final in chunks:
            piece = bytes(chunks.buffer[:given_])
            assert final or piece.endswith(b"\n")
            assert chunks.lines_before() == read.count(b"\n")
            used = given_ if final else data.draw(st.sampled_from([given_, piece.find(b"\n") + 1]))
            chunks.used(used)
            read += piece[:used]
    finally:
        module.CHUNK = before
    assert read.decode() == text
