"""The three formats that definitions use, as RFC 3339 and RFC 3986 have them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv6Address

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([zZ]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_FUTURE = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+", re.ASCII)
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{{2}})*@)?"
    rf"(?:\[([^\[\]]*)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{{2}})*)(?::\d*)?(?:/{_PCHAR}*)*"
    rf"|/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?|{_PCHAR}+(?:/{_PCHAR}*)*|)"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:\#(?:{_PCHAR}|[/?])*)?",
    re.ASCII,
)


def is_date(value: str) -> bool:
    """`2026-09-30`, a day that exists."""
    found = _DATE.fullmatch(value)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups())
    try:
        date(year or 4, month, day)  # the calendar of Python has no year 0, which was a leap year
    except ValueError:
        return False
    return True


def is_date_time(value: str) -> bool:
    """`2026-09-30T08:00:00Z`, with an offset."""
    day, mark, time = value[:10], value[10:11], value[11:]
    return mark in ("T", "t") and is_date(day) and _is_time(time)


def _is_time(value: str) -> bool:
    found = _TIME.fullmatch(value)
    if not found:
        return False
    hour, minute, second, _, offset = found.group(1, 2, 3, 4, 5)
    if second != "60":
        return True
    # a leap second is the last of a day in UTC
    shift = 0
    if offset not in ("z", "Z"):
        shift = (int(offset[1:3]) * 60 + int(offset[4:6])) * (-1 if offset[0] == "+" else 1)
    return (int(hour) * 60 + int(minute) + shift) % 1440 == 1439  # minutes of a day


def is_uri(value: str) -> bool:
    """An absolute URI. Linear: no part of the pattern can match what its neighbour does."""
    found = _URI.fullmatch(value)
    return found is not None and (found[1] is None or _is_address(found[1]))


def _is_address(literal: str) -> bool:
    """What stands in brackets: an IPv6 address, or one of a later version."""
    if _FUTURE.fullmatch(literal):
        return True
    try:
        IPv6Address(literal)
    except ValueError:
        return False
    return "%" not in literal


FORMATS: Mapping[str, Callable[[str], bool]] = {"date": is_date, "date-time": is_date_time, "uri": is_uri}
