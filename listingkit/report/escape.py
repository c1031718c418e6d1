"""Cell contents as something to look at: what a terminal or a viewer would obey is spelled out instead."""

import re

# Controls (C0, C1), bidi marks and overrides, zero-width and other format characters, line and paragraph separators, lone
# surrogates. The joiners U+200C and U+200D stay: Persian, Hindi and emoji are written with them.
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\ud800-\udfff]"
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str, limit: int | None = None) -> str:
    r"""The text on one line, invisible characters as `\x1b`, `\u202e`; beyond `limit` characters it is cut and says so."""
    cut = ""
    if limit is not None and len(text) > limit:
        cut = f"... ({len(text):,} characters)"
        text = text[:limit]
    if text.isprintable():  # nearly every text is, and asking costs a tenth
        return text + cut
    return INVISIBLE.sub(_spell, text) + cut


def _spell(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def json_visible(encoded: str) -> str:
    """JSON text with the invisible characters inside its strings as JSON escapes; it decodes to the same.

    Line breaks stay: they can only stand between strings.
    """
    return "\n".join(INVISIBLE.sub(_json_escape, line) for line in encoded.split("\n"))


def _json_escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"


def encodable(text: str, encoding: str | None) -> str:
    """The text with characters that an output of this encoding lacks as backslash escapes."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
