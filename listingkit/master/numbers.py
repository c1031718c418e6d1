"""What a workbook's number means: exact text, ISO dates, and the format's own leading zeros."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Literal, NamedTuple

Reads = Literal["number", "date", "duration", "padded"]

LONGEST_FORMAT = 255  # characters, as in Excel
LONGEST_NUMBER = 400  # characters; no double needs more
KEPT_DIGITS = 15  # Excel: specifications and limits; digits of a number beyond these are lost
# ECMA-376 part 1, 18.8.30: the formats that a workbook names by number without writing them down
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]?|General|AM/PM|A/P', re.IGNORECASE)
_ZEROS = re.compile(r"0{2,30}")


class Format(NamedTuple):
    """A number format and how its cells read. `zeros` is the least number of digits it shows."""

    code: str
    reads: Reads
    zeros: int = 0


@lru_cache(maxsize=4096)
def number_format(code: str) -> Format:
    """Understand a number format; only its first section counts."""
    code = code[:LONGEST_FORMAT]
    if _ZEROS.fullmatch(code):
        return Format(code, "padded", len(code))
    bare = _LITERAL.sub("", code).split(";")[0].lower()
    if re.search(r"\[(h+|m+|s+)\]", bare):
        return Format(code, "duration")
    if re.search(r"[ydmhs]", bare) and not re.search(r"[0#?](?![^s]*s)", re.sub(r"[.,]0+", "", bare)):
        return Format(code, "date")
    return Format(code, "number")


@lru_cache(maxsize=1 << 16)
def exact(text: str) -> str:
    """The number in its shortest exact decimal form, never with an exponent: `3.6000291452E10` is `36000291452`."""
    if len(text) > LONGEST_NUMBER:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if not isfinite(value):
        return text
    if value == int(value) and abs(value) < 10**KEPT_DIGITS:
        return str(int(value))
    number = Decimal(text) if "." not in text and "e" not in text.lower() else Decimal(repr(value))
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@lru_cache(maxsize=1 << 16)
def iso_date(text: str, *, since_1904: bool) -> str:
    """A date serial as ISO 8601: a date, a date with time, or a time alone; the number itself where Excel shows no date either."""
    try:
        serial = float(text)
    except ValueError:
        return text
    if not 0 <= serial < 2_958_466:
        return exact(text)
    days, seconds = divmod(round(serial * 86_400), 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if not days:
        return clock if seconds else exact(text)
    # Excel counts a 29 February 1900 that never was
    start = datetime(1904, 1, 1, tzinfo=UTC) if since_1904 else datetime(1899, 12, 31 if days < 60 else 30, tzinfo=UTC)
    day = (start + timedelta(days=days)).date().isoformat()
    return f"{day}T{clock}" if seconds else day
