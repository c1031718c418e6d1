"""The first draft of a profile: what was proposed, written for a person to correct."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from listingkit.atomic import replacing
from listingkit.errors import Unwritable
from listingkit.mapping.assign import header_key
from listingkit.mapping.propose import ACCEPT, Guess, Proposal

NAMED = 60  # characters of a sample in a comment


def draft(proposal: Proposal, threshold: float = ACCEPT) -> str:
    """A commented profile in TOML; what is unsure stands in it as a comment."""
    master = proposal.master
    twice = _repeated(proposal)
    named = _comment(Path(master.file).name) + (_comment(f", sheet {master.sheet}") if master.sheet else "")
    lines = [
        f"# How {named} becomes listings. Left is our field, right your column.",
        "# Correct it where it is wrong; a line that you delete is proposed anew.",
        *([f"# The sheet was recognised: {_comment(proposal.preset)}."] if proposal.preset else []),
        "",
        '# language = "de_DE"    # of texts whose column names none',
        '# decimal = ","         # of numbers that do not show it themselves',
        *_ignored(proposal),
        "",
        "[columns]",
        *(_line(name, guess, twice) for guess in proposal.accepted(threshold) for name in guess.names),
    ]
    unsure = [guess for guess in proposal.unsure(threshold) if guess.field or guess.alternatives]
    if unsure:
        lines += ["", "# Unsure: take away the # of the right line."]
        lines += [line for guess in unsure for line in _choices(guess, twice)]
    lines += ["", "[header]  # of the sheet this was made for; a sheet that differs is told", "columns = ["]
    lines += [f"  {_quoted(column.header)}," for column in master.columns]
    return "\n".join([*lines, "]", ""])


def write(path: str | Path, text: str) -> None:
    """Write a draft, never over a file that holds anything else. Raises `Unwritable`."""
    place, written = Path(path), text.encode("utf-8")
    if _is_lost(place, written):
        raise Unwritable(f"{path} exists already and may hold what somebody confirmed: choose another place with -o, or remove it first")
    with replacing(place) as stream:
        stream.write(written)


def _is_lost(place: Path, written: bytes) -> bool:
    """Whether a file holds what would be gone."""
    try:
        return place.is_file() and place.read_bytes() not in (b"", written)
    except OSError:
        return True  # nobody knows what it holds


def _ignored(proposal: Proposal) -> Iterator[str]:
    unknown = [guess.column.header for guess in proposal.guesses if not guess.field and not guess.alternatives and guess.column.header]
    if unknown:
        yield "# Columns that nothing is known about are named in every report until they stand here:"
        yield f"# ignore = [{', '.join(_quoted(header) for header in unknown)}]"


def _choices(guess: Guess, twice: frozenset[str]) -> Iterator[str]:
    yield f"# {_comment(guess.column.header or guess.column.letter)}: {_comment(guess.why)}{_samples(guess)}"
    for name in dict.fromkeys(filter(None, (guess.field, *guess.alternatives))):
        yield f"# {_key(name)} = {_source(guess, twice)}"


def _line(name: str, guess: Guess, twice: frozenset[str]) -> str:
    return f"{_key(name)} = {_source(guess, twice)}  # {guess.confidence:.2f} {_comment(guess.why)}{_samples(guess)}"


def _source(guess: Guess, twice: frozenset[str]) -> str:
    column = guess.column
    named = f"letter = {_quoted(column.letter)}" if not column.header or column.header in twice else f"column = {_quoted(column.header)}"
    options = [named, *([f"separator = {_quoted(guess.separator)}"] if guess.separator else [])]
    plain = len(options) == 1 and named.startswith("column")
    return _quoted(column.header) if plain else f"{{ {', '.join(options)} }}"


def _repeated(proposal: Proposal) -> frozenset[str]:
    """Headers that do not tell their column: another one reads the same."""
    keys = [header_key(guess.column) for guess in proposal.guesses]
    return frozenset(guess.column.header for guess, key in zip(proposal.guesses, keys, strict=True) if keys.count(key) > 1 or not key)


def _samples(guess: Guess) -> str:
    return f" | such as {', '.join(_comment(sample)[:NAMED] for sample in guess.samples)}" if guess.samples else ""


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()
