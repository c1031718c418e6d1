"""Which words of a text changed."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

WORDS = 600  # words of a text beyond which nothing is marked: comparing costs the square of them

# a number, a word of a script with spaces, one character of one without, white space, or a sign
_WORD = re.compile(r"\d+(?:[.,:/-]\d+)+|[^\W぀-ヿ㐀-鿿가-힯]+|\s+|.", re.DOTALL)


class Part(NamedTuple):
    text: str
    marked: bool


def marks(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Both texts in parts; marked is what the other one does not have at this place."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    tail = next((at for at in range(shorter - head) if before[-1 - at] != after[-1 - at]), shorter - head)
    olds, news = ([Part("".join(before[:head]), marked=False)] if head else [] for _ in range(2))
    inner, other = before[head : len(before) - tail], after[head : len(after) - tail]
    _compare(inner, other, olds, news)
    for parts in (olds, news):
        if tail:
            parts.append(Part("".join(before[len(before) - tail :]), marked=False))
    return olds, news


def _compare(before: list[str], after: list[str], olds: list[Part], news: list[Part]) -> None:
    """Add the parts of what differs."""
    if max(len(before), len(after)) > WORDS:
        olds.append(Part("".join(before), marked=True))
        news.append(Part("".join(after), marked=True))
        return
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for parts, words in ((olds, before[start:end]), (news, after[first:last])):
            if words:
                parts.append(Part("".join(words), tag != "equal"))


def folded(parts: list[Part], around: int, longest: int) -> list[Part]:
    """The parts to look at: of long unmarked ones the ends, `around` characters each, of marked ones the first `longest`."""
    return [_cut(part, longest) if part.marked else _ends(part, around) for part in parts]


def _ends(part: Part, around: int) -> Part:
    text = part.text
    return part if len(text) <= 4 * around else Part(f"{text[:around]} [...] {text[-around:]}", marked=False)


def _cut(part: Part, longest: int) -> Part:
    return part if len(part.text) <= longest else Part(f"{part.text[:longest]} [...]", marked=True)
