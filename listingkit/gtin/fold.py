"""Folding what people and programs write to ASCII where nothing is lost by it: digits of every script, spaces, dashes, quotes."""

import unicodedata

_QUOTES = dict.fromkeys(map(ord, "'’‘‚‛′`´ʼʹ＇"), "'") | dict.fromkeys(map(ord, '"“”„‟″«»＂'), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－⁃"), "-")
_KEPT = 4096
"""Signs remembered at most: hostile texts cannot fill the memory."""


class _Folded(dict[int, str]):
    """For `str.translate`: the folding of one sign, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = _fold_one(chr(code))
        if len(self) < _KEPT:
            self[code] = sign
        return sign


def _fold_one(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "No":
        value = unicodedata.digit(sign, None)
        return sign if value is None else str(value)
    if kind in ("Zs", "Zl", "Zp") or sign in "\t\n\r\v\f\x85":
        return " "
    if kind in ("Cf", "Cc") or 0xFE00 <= ord(sign) <= 0xFE0F:
        return ""
    if 0xFF01 <= ord(sign) <= 0xFF5E:
        return chr(ord(sign) - 0xFEE0)
    return sign


_FOLDED = _Folded(_QUOTES | _DASHES)


def fold(text: str) -> tuple[str, list[str]]:
    """The folded text without spaces at its ends, and the names of the reasons for what was lost on the way."""
    if text.isascii() and text.isprintable():
        return text, []
    folded = text.translate(_FOLDED)
    steps = []
    if any(sign.isdecimal() and not sign.isascii() for sign in text):
        steps.append("other-digits")
    if any(unicodedata.category(sign) == "No" and unicodedata.digit(sign, None) is not None for sign in text):
        steps.append("raised-digits")
    if len(folded) < len(text):
        steps.append("invisible-signs")
    stripped = folded.strip()
    if len(stripped) < len(folded):
        steps.append("white-space")
    return stripped, steps
