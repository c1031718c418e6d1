"""Mojibake: UTF-8 that somebody once read as another encoding, so that `Küche` became `KÃ¼che`."""

import re
from functools import cache
from typing import Any

import polars as pl

# What the first byte of a UTF-8 pair or triple becomes in Windows-1252 (and, for the last, in Windows-1251 and MacRoman),
# followed by something that is no plain ASCII letter: only then is ftfy asked.
SUSPECT = (
    r"[ÃÂÄÅÎÏÐÑØÙÚâãäåæçèéï][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€ \u00a0]|[РС][\u0080-\u00bfЂЃѓ°±µ‚„…†‡€‰‹‘’“”•–—™›]|√[\u00a0-\u03ff]"
)
_SUSPECT = re.compile(SUSPECT)
LONGEST = 100_000  # characters that are looked at


def suspects(text: pl.Expr) -> pl.Expr:
    """True wherever `repaired` could find something; may be true where it does not."""
    return text.str.contains(SUSPECT)


def repaired(text: str) -> str | None:
    """The text as it was meant, or None where it is no mojibake. Idempotent: what it returns needs no repair.

    Text that would be repaired only in part is left alone. Only the encoding is touched:
    quotes, widths, ligatures and white space stay as they are.
    """
    if text.isascii() or len(text) > LONGEST or not _SUSPECT.search(text):
        return None
    fixed = "\n".join(map(_line, text.split("\n")))
    return None if fixed == text else fixed


def _line(text: str) -> str:
    """A line repaired until nothing is left to repair."""
    from ftfy import fix_encoding

    while _SUSPECT.search(text) and (better := fix_encoding(text, _only_the_encoding())) != text:
        text = better
    return text


@cache
def _only_the_encoding() -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )
