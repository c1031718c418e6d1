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
    if max(len(before), len(after)) > WORDS:
        return [Part(old, marked=True)], [Part(new, marked=True)]
    olds: list[Part] = []
    news: list[Part] = []
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for parts, words in ((olds, before[start:end]), (news, after[first:last])):
            if words:
                parts.append(Part("".join(words), tag != "equal"))
    return olds, news
