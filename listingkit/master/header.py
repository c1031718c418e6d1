"""Which row is the header: below title rows, with a second row of attribute codes, over merged and broken cells."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

Row = Sequence[str | None]

LOOKED_AT = 40  # rows from the top in which a header may stand
DEEPEST = 15  # row of a header, where nobody said which sheet is meant
_LABEL_AT_MOST = 120  # characters
_VALUE = re.compile(
    r"[-+€$£¥]?\s*[\d.,:/%\s-]*\d[\d.,:/%\s-]*\s*[€$£¥%]?|https?://\S*|\S+@\S+\.\w+|true|false|yes|no|ja|nein", re.IGNORECASE
)
_CODE = re.compile(r"[a-z:*][A-Za-z0-9_\-.:#\[\]=/]*")
_CODED = re.compile(r"[_#\[\]=:.-]")
_SETTINGS = re.compile(r"settings\d*=")
_DECLARED = re.compile(r"(?:^|&)(labelRow|attributeRow|dataRow)=(\d{1,3})(?=&|$)")
_SPACE = re.compile(r"\s+")
Range = tuple[int, int, int, int]  # first row, first column, last row, last column; rows 1-based, columns 0-based


class Header(Struct, frozen=True):
    """Where the header is. Rows are numbers as Excel shows them; `last` is the last row that belongs to it."""

    row: int
    last: int
    labels: tuple[str, ...]
    codes: tuple[str, ...]


def find(rows: Mapping[int, Row], *, merged: Sequence[Range] = (), wanted: int | None = None) -> Header | None:
    """Find the header among the first filled rows (by row number), or read the `wanted` one. None where no row looks like one."""
    numbers = sorted(rows)
    if wanted is None and (declared := _declared(rows)):
        return declared
    at = wanted if wanted in rows else None if wanted else _best(rows, numbers)
    if at is None:
        return None
    if stacked := _stacked(rows, numbers, at):
        return stacked
    below = numbers[numbers.index(at) + 1 : numbers.index(at) + 2]
    code_row = below[0] if below and _are_codes(rows[below[0]], rows[at]) else None
    labels = _labels(rows, at, merged)
    codes = tuple(_folded(cell) for cell in rows[code_row]) if code_row else ("",) * len(labels)
    return Header(at, code_row or at, labels, codes)


def _declared(rows: Mapping[int, Row]) -> Header | None:
    """The header of an Amazon template, whose first row says where its labels, attributes and data stand."""
    settings = "".join(_SETTINGS.sub("", cell) for cell in rows.get(1, ()) if cell and _SETTINGS.match(cell))
    said = {name: int(number) for name, number in _DECLARED.findall(settings)}
    label, attribute, data = (said.get(name, 0) for name in ("labelRow", "attributeRow", "dataRow"))
    if label not in rows or attribute not in rows or not max(label, attribute) < data <= LOOKED_AT:
        return None
    return Header(label, data - 1, tuple(map(_folded, rows[label])), tuple(map(_folded, rows[attribute])))


def _best(rows: Mapping[int, Row], numbers: Sequence[int]) -> int | None:
    """The first row that is about as wide as the sheet and all labels; a wider one directly below is preferred."""
    widest = max((_filled(rows[number]) for number in numbers), default=0)
    for place, number in enumerate(numbers):
        row = rows[number]
        if _filled(row) * 2 < widest or not _are_labels(row):
            continue
        if place + 1 < len(numbers):
            below = rows[numbers[place + 1]]
            if _filled(row) < 0.8 * _filled(below) and _are_labels(below) and _filled(below) > 1:
                return numbers[place + 1]
        return number
    return None


def _stacked(rows: Mapping[int, Row], numbers: Sequence[int], at: int) -> Header | None:
    """The header of two rows, the upper one with plain labels and with groups over several labels, as merged cells leave them."""
    place = numbers.index(at)
    for upper, lower in pairwise(numbers[max(0, place - 1) : place + 2]):
        below = [rows[number] for number in numbers[numbers.index(lower) + 1 :]]
        labels = _joined(rows[upper], rows[lower], below) if lower == upper + 1 and below else None
        if labels:
            return Header(lower, lower, labels, ("",) * len(labels))
    return None


def _joined(upper: Row, lower: Row, below: Sequence[Row]) -> tuple[str, ...] | None:
    """The labels of two header rows; None where the lower one is a row like those below, or the upper one a title."""
    width = max(len(upper), len(lower))
    labels, group, plain, grouped = [], "", [], 0
    for column in range(width):
        top, bottom = _folded(_cell(upper, column)), _folded(_cell(lower, column))
        group = top if top and bottom else "" if top or not bottom else group
        if bottom and (not group or not _is_word(bottom) or any(_folded(_cell(row, column)) == bottom for row in below)):
            return None
        if top and not bottom:
            plain.append(column)
        grouped += bool(bottom and not top)
        labels.append(f"{group} {bottom}" if bottom else top)
    filled = [sum(bool(_folded(_cell(row, column))) for row in below) for column in plain]
    sound = grouped and plain and max(filled) >= 0.8 * len(below) and len({*labels} - {""}) == sum(map(bool, labels))
    return tuple(labels) if sound else None


def _is_word(cell: str) -> bool:
    return len(cell) <= _LABEL_AT_MOST and not _VALUE.fullmatch(cell)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _are_labels(row: Row) -> bool:
    """Whether most cells of a row are words, and hardly any comes twice."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    if not cells:
        return False
    words = [cell for cell in cells if _is_word(cell)]
    return len(words) >= 0.7 * len(cells) and len(set(cells)) >= 0.5 * len(cells)


def _are_codes(row: Row, header: Row) -> bool:
    """Whether a row under the header holds attribute codes: lower-case words, each once, under nearly every label."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    if len(cells) < 3 or len(set(cells)) < len(cells) or len(cells) < 0.8 * _filled(header):
        return False
    if not all(_CODE.fullmatch(cell) for cell in cells):
        return False
    labels = [cell.strip() for cell in header if cell and cell.strip()]
    already = sum(1 for label in labels if _CODE.fullmatch(label) and _CODED.search(label))
    return already < 0.5 * len(labels) and sum(1 for cell in cells if _CODED.search(cell)) >= 0.2 * len(cells)


def _labels(rows: Mapping[int, Row], at: int, merged: Sequence[Range]) -> tuple[str, ...]:
    labels = [_folded(cell) for cell in rows[at]]
    for first_row, first, last_row, last in merged:
        if first_row <= at <= last_row and first_row in rows:
            text = _folded(_cell(rows[first_row], first))
            for column in range(first, min(last + 1, len(labels))):
                labels[column] = labels[column] or (text if first_row < at or column == first else "")
    twice = {label for label, times in Counter(labels).items() if times > 1 and label}
    for first_row, first, last_row, last in merged:
        if last_row < at and last > first and at - last_row <= 2 and first_row in rows:
            group = _folded(_cell(rows[first_row], first))
            for column in range(first, min(last + 1, len(labels))):
                if labels[column] in twice and group:
                    labels[column] = f"{group} {labels[column]}"
    return tuple(labels)


def _cell(row: Row, column: int) -> str | None:
    return row[column] if column < len(row) else None


def _folded(cell: str | None) -> str:
    return _SPACE.sub(" ", cell).strip() if cell else ""
