"""The keys of a schema file, and the words of the vocabulary that they stand for."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from listingkit.errors import UnknownName
from listingkit.schemas.words import (
    AtLeast,
    AtMost,
    Condition,
    Decimals,
    ForbiddenWhen,
    Matches,
    MaxBytes,
    MaxChars,
    MinChars,
    Number,
    OneOf,
    Required,
    RequiredWhen,
    Word,
)

AMOUNT = (int, float)
KEYS: Mapping[str, Any] = {
    "required": bool,
    "required_when": dict,  # { other_field = ["a", "b"] }, true for "is filled", false for "is blank"; all must hold
    "required_unless": dict,
    "required_without": list,  # at least one of these fields and this one
    "says": str,  # the flaw of required_when and its kin, in words of its own
    "forbidden_when": dict,
    "one_of": list,
    "open": bool,  # the list may be longer than we know
    "max_chars": int,
    "min_chars": int,
    "max_bytes": int,
    "matches": str,
    "means": str,  # `matches` in words
    "examples": list,  # of `matches`
    "at_least": AMOUNT,
    "above": AMOUNT,
    "at_most": AMOUNT,
    "decimals": int,
}
# what an overlay says about one of these replaces all of them
GROUPS = (
    frozenset({"required", "required_when", "required_unless", "required_without", "says"}),
    frozenset({"one_of", "open"}),
    frozenset({"matches", "means", "examples"}),
    frozenset({"at_least", "above"}),
)


class BadWord(Exception):  # never reaches a user: the reader of the file adds file and line
    """What is said under `key` cannot be meant."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key, self.message = key, message


def group(key: str) -> frozenset[str]:
    """The keys that stand and fall together with this one."""
    return next((keys for keys in GROUPS if key in keys), frozenset({key}))


def words(said: Mapping[str, Any], known: Collection[str]) -> tuple[tuple[str, Word], ...]:
    """The words that a table stands for, each with the key that asks for it. Raises `BadWord`."""
    found = _presence(said, known)
    if "forbidden_when" in said:
        conditions = _conditions(said["forbidden_when"], "forbidden_when", known)
        found.append(("forbidden_when", _try("forbidden_when", ForbiddenWhen, conditions)))
    if "one_of" in said:
        found.append(("one_of", _try("one_of", OneOf, _texts(said, "one_of"), said.get("open", False))))
    for key, word in (("max_chars", MaxChars), ("min_chars", MinChars), ("max_bytes", MaxBytes)):
        if key in said:
            found.append((key, _try(key, word, said[key])))
    if "matches" in said:
        arguments = said["matches"], said.get("means", ""), _texts(said, "examples")
        found.append(("matches", _try("matches", Matches, *arguments)))
    found += _amounts(said)
    _agree(said)
    return tuple(found)


def _presence(said: Mapping[str, Any], known: Collection[str]) -> list[tuple[str, Word]]:
    if said.get("required"):
        return [("required", Required())]
    conditions = (
        *_conditions(said.get("required_when", {}), "required_when", known),
        *(condition.turned() for condition in _conditions(said.get("required_unless", {}), "required_unless", known)),
        *(Condition(_field(name, "required_without", known), negated=True) for name in _texts(said, "required_without")),
    )
    if not conditions:
        return []
    key = next(key for key in ("required_when", "required_unless", "required_without") if key in said)
    return [(key, _try(key, RequiredWhen, conditions, said.get("says", "")))]


def _conditions(table: Mapping[str, Any], key: str, known: Collection[str]) -> tuple[Condition, ...]:
    found = []
    for name, wanted in table.items():
        other = _field(name, key, known)
        if isinstance(wanted, bool):
            found.append(Condition(other, negated=not wanted))
        elif isinstance(wanted, list) and wanted and all(isinstance(value, str) and value for value in wanted):
            found.append(Condition(other, tuple(wanted)))
        else:
            raise BadWord(key, f"{key} names values of {name} as a list of texts, or true (filled) or false (blank), not {wanted!r}")
    return tuple(found)


def _field(name: object, key: str, known: Collection[str]) -> str:
    if not isinstance(name, str) or name not in known:
        raise BadWord(key, str(UnknownName("field", str(name), known)))
    return name


def _amounts(said: Mapping[str, Any]) -> list[tuple[str, Word]]:
    found: list[tuple[str, Word]] = []
    if "at_least" in said:
        found.append(("at_least", _try("at_least", AtLeast, _decimal(said["at_least"]))))
    if "above" in said:
        found.append(("above", _try("above", AtLeast, _decimal(said["above"]), True)))
    if "at_most" in said:
        found.append(("at_most", _try("at_most", AtMost, _decimal(said["at_most"]))))
    if "decimals" in said:
        found.append(("decimals", _try("decimals", Decimals, said["decimals"])))
    return [(found[0][0], Number()), *found] if found else []


def _agree(said: Mapping[str, Any]) -> None:
    for low, high in (("min_chars", "max_chars"), ("at_least", "at_most"), ("above", "at_most")):
        if low in said and high in said and said[low] > said[high]:
            raise BadWord(low, f"{low} = {said[low]} is more than {high} = {said[high]}")
    for key in ("means", "examples"):
        if key in said and "matches" not in said:
            raise BadWord(key, f"{key} says something about matches, which is missing")


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))


def _texts(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values: Iterable[Any] = said.get(key, ())
    for value in values:
        if not isinstance(value, str):
            raise BadWord(key, f"{key} is a list of texts, {value!r} is none")
    return tuple(values)


def _try(key: str, word: Any, *arguments: Any) -> Word:
    try:
        made: Word = word(*arguments)
    except (ValueError, TypeError) as wrong:
        raise BadWord(key, str(wrong)) from None
    return made
