"""What localised templates call a few things: data/template_words.tsv."""

from collections.abc import Mapping
from functools import cache

from listingkit.resources import data


@cache
def words(kind: str) -> Mapping[str, str]:
    """The words of one kind, folded to lower case, with their meaning."""
    lines = data("template_words.tsv").read_text("utf-8").splitlines()[2:]
    rows = (line.split("\t") for line in lines if line)
    return {word.casefold(): meaning for group, word, meaning in rows if group == kind}


def requirement(word: str) -> str:
    """A requirement word in English; a word nobody knows stays as it is."""
    word = " ".join(word.split())
    return words("requirement").get(word.casefold(), word)


def is_deprecated(label: str) -> bool:
    """Whether a label says of itself that it is no longer to be used."""
    folded = label.casefold()
    return any(word in folded for word in words("deprecated"))
