"""Files damaged as transfers, programs and hands damage them: bytes lost, parts missing, numbers too large, tags opened twice."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

_STRANGE = (
    "", "0", "-1", "99999999999999999999", "NaN", "1e999", "\u202e", "İ", "\x0b", "&amp;", "&#0;", "]]>", "<", "'", '"', "A1",
    "XFD1048576", "true", "1.5", "s", "inlineStr", "e", "d", "é" * 50, "=1+1", "\ud7ff", "\0x",
)  # fmt: skip
_NUMBERS = ("0", "1", "-1", "4294967296", "1048577", "16385", "65536", "2147483648")
_LOOKED_AT = 300_000  # characters of a text in which a place is chosen
_VALUES = ("null", "[]", "{}", "true", "-1", "1e999", '""', '"x"', '"\\ud800"', '["x"]', '{"a": 1}', "[" * 100_000)  # of JSON and TOML
_TEXTS = (".csv", ".txt", ".tsv", ".json", ".jsonl", ".toml", ".html", ".xml")


def damaged(path: Path, chance: random.Random) -> bytes:
    """The content of a file, damaged somewhere."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path) and chance.random() < 0.9:
        return _zip(content, chance)
    if path.suffix in _TEXTS and chance.random() < 0.7:
        return _text(content.decode("utf-8", "replace"), chance).encode("utf-8", "surrogatepass")
    return _bytes(content, chance)


def _zip(content: bytes, chance: random.Random) -> bytes:
    """A zip with some of its members damaged or lost."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        parts = [name for name in names if name.endswith((".xml", ".rels"))] or names
        hit = {chance.choice(parts)} if chance.random() < 0.6 else set(chance.sample(names, min(len(names), chance.choice((1, 2, 3)))))
        for name in names:
            member, how = old.read(name), chance.random()
            if name in hit and how < 0.08:
                continue
            if name in hit and how < 0.85 and name in parts:
                member = _text(member.decode("utf-8", "replace"), chance).encode("utf-8", "surrogatepass")
            elif name in hit:
                member = _bytes(member, chance)
            new.writestr(name, member)
    return made.getvalue()


def _bytes(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(damaged) + 1)
        how = chance.randrange(4)
        if how == 0:
            damaged[at : at + 1] = chance.randbytes(1)
        elif how == 1:
            del damaged[at : at + chance.choice((1, 4, 100))]
        elif how == 2:
            damaged[at:at] = chance.randbytes(chance.choice((1, 4, 16)))
        elif chance.random() < 0.3:
            del damaged[at:]
    return bytes(damaged)


def _text(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        text = chance.choice(_WAYS)(text, chance)
    return text


def _span(text: str, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(text) + 1)
    return at, at + chance.choice((1, 1, 2, 5, 20, 200))


def _lost(text: str, chance: random.Random) -> str:
    start, end = _span(text, chance)
    return text[:start] + text[end:]


def _twice(text: str, chance: random.Random) -> str:
    start, end = _span(text, chance)
    return text[:end] + text[start:]


def _cut(text: str, chance: random.Random) -> str:
    return text[: _span(text, chance)[0]]


def _put_in(text: str, chance: random.Random) -> str:
    at, _ = _span(text, chance)
    return text[:at] + chance.choice(_STRANGE) + text[at:]


def _in_place_of(pattern: str, others: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    """One of the places that a pattern finds says something else."""

    def other(text: str, chance: random.Random) -> str:
        found = list(re.finditer(pattern, text[:_LOOKED_AT]))
        if not found:
            return text
        one = chance.choice(found)
        return text[: one.start()] + others(one[0], chance) + text[one.end() :]

    return other


_WAYS = (
    _lost,
    _twice,
    _cut,
    _put_in,
    _in_place_of(r'(?<=")[^"<>]{0,40}(?=")', lambda _, chance: chance.choice(_STRANGE)),
    _in_place_of(r"(?<=>)[^<>]{1,60}(?=<)", lambda _, chance: chance.choice(_STRANGE)),
    _in_place_of(r"\b\d+\b", lambda _, chance: chance.choice(_NUMBERS)),
    _in_place_of(r'(?<=[:=] )("[^"\n]*"|[\w.-]+|\[[^\[\]{}]*\])', lambda _, chance: chance.choice(_VALUES)),
    _in_place_of(r"<[^<>]*>", lambda _tag, _chance: ""),
    _in_place_of(r"<[^<>/]*>", lambda tag, _chance: tag + tag),
)
