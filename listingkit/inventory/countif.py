"""COUNTIF as Excel has it: criteria with operators, wildcards and numbers."""

import re
from collections.abc import Callable, Sequence

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")


def number(value: bool | float | str) -> float | None:
    """A value as a number: blank is 0, a text that is none gives None."""
    if not isinstance(value, str):
        return float(value)
    if not value:
        return 0.0
    return float(value) if _NUMBER.fullmatch(value) else None


def shown(value: bool | float | str) -> str:
    """A value as the text that COUNTIF looks for."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else f"{value:.15g}"


_SPECIAL = re.compile(r"[*?~]|^[<>=]|^[+-]?\.?\d")


def is_special(criterion: str) -> bool:
    """Whether COUNTIF sees more in a criterion than a text to compare."""
    return not criterion or _SPECIAL.search(criterion) is not None


def count(values: Sequence[str], criterion: str) -> int:
    """How many texts fit a criterion of COUNTIF: operators, wildcards, numbers and case as Excel has them."""
    operator, wanted = "=", criterion
    if found := re.match(r"<>|<=|>=|[=<>]", criterion):
        operator, wanted = found[0], criterion[found.end() :]
    elif not criterion:
        wanted = "0"
    if operator in ("=", "<>"):
        fits = _fitting(wanted)
        return sum(fits(value) == (operator == "=") for value in values)
    bound = wanted.lower()
    if number(wanted) is not None:
        return 0  # the values are texts, and a text is never within numbers
    tests: dict[str, Callable[[str], bool]] = {
        "<": lambda text: text < bound,
        "<=": lambda text: text <= bound,
        ">": lambda text: text > bound,
        ">=": lambda text: text >= bound,
    }
    return sum(tests[operator](value.lower()) for value in values)


def _fitting(wanted: str) -> Callable[[str], bool]:
    wanted_number = number(wanted) if wanted else None
    if wanted_number is not None:
        return lambda value: value != "" and number(value) == wanted_number
    if not re.search(r"[*?~]", wanted):
        folded = wanted.lower()
        return lambda value: value.lower() == folded
    pattern = _wildcards(wanted.lower())
    return lambda value: _matches(pattern, value.lower())


_STAR, _ANY = "*", "?"


def _wildcards(wanted: str) -> list[tuple[str, str]]:
    """A criterion as pairs: ("*", ""), ("?", "") or ("", character)."""
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(wanted):
        char = wanted[position]
        if char == "~" and wanted[position + 1 : position + 2] in ("*", "?", "~"):
            position += 1
            parts.append(("", wanted[position]))
        else:
            parts.append((char, "") if char in (_STAR, _ANY) else ("", char))
        position += 1
    return parts


def _matches(pattern: Sequence[tuple[str, str]], text: str) -> bool:
    """Whether the whole text fits, in time of pattern times text at worst."""
    at, place, star, kept = 0, 0, -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at][0] == _STAR:
            star, kept = at, place
            at += 1
        elif at < len(pattern) and (pattern[at][0] == _ANY or pattern[at][1] == text[place]):
            at += 1
            place += 1
        elif star >= 0:
            kept += 1
            at, place = star + 1, kept
        else:
            return False
    return all(kind == _STAR for kind, _ in pattern[at:])
