"""The sandbox that profile expressions run in: Jinja with little more than `{{ }}` and `{% if %}`.

No loops, no assignments, no methods, no attributes: what is left is bounded by the length of the expression and of the cells.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 20_000  # characters of one value
LARGEST = 10**18  # number that may be computed with
STATEMENTS = (nodes.Output, nodes.TemplateData, nodes.If, nodes.Template)
SMALL_WORDS = {  # words that titles keep in lower case, by language
    "en": frozenset(("a", "an", "and", "as", "at", "but", "by", "for", "in", "nor", "of", "on", "or", "the", "to", "with")),
    "es": frozenset(("a", "con", "de", "del", "e", "el", "en", "la", "las", "los", "o", "para", "por", "sin", "u", "un", "una", "y")),
    "fr": frozenset(
        ("à", "au", "aux", "avec", "de", "des", "du", "en", "et", "la", "le", "les", "ou", "par", "pour", "sans", "sur", "un", "une")
    ),
    "it": frozenset(
        ("a", "al", "con", "da", "dal", "de", "dei", "del", "della", "di", "e", "il", "in", "la", "le", "o", "per", "un", "una")
    ),
}


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, narrowed: only `column(...)` can be called, only numbers can be multiplied."""

    intercepted_binops = frozenset(("*", "**", "%", "//", "/"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, optimized=False, cache_size=0)
        self.globals.clear()
        self.filters = {name: _bounded(function) for name, function in FILTERS.items()}
        self.tests = {
            name: self.tests[name]
            for name in ("defined", "undefined", "none", "number", "string", "in", "eq", "ne", "lt", "gt", "le", "ge")
        }

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        del obj, attr, value
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        return getattr(obj, "is_column", False)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("** is not allowed")
        exact = [Decimal(str(side)) for side in (left, right) if isinstance(side, int | float | Decimal)]
        if len(exact) < 2 or any(abs(side) > LARGEST for side in exact):
            raise SecurityError(f"{operator} takes numbers; use the number filter first: (price | number) {operator} 1.19")
        return super().call_binop(context, operator, *exact)


def forbidden(tree: nodes.Template) -> str | None:
    """What an expression uses that it must not, or None."""
    for node in tree.find_all((nodes.Stmt, nodes.Filter, nodes.Call)):
        if isinstance(node, nodes.Stmt) and not isinstance(node, STATEMENTS):
            return f"{{% {type(node).__name__.lower()} %}} is not allowed, only {{{{ }}}} and {{% if %}} are"
        if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name == "column"):
            return 'only column("Header") can be called'
    return None


def truncate(text: str, length: int, *, by: str = "characters") -> str:
    """The text cut at a word so that it has at most `length` characters (or UTF-8 bytes)."""
    if by not in ("characters", "bytes"):
        raise SecurityError(f"truncate counts by characters or by bytes, not {by!r}")
    if length <= 0:
        return ""
    if (len(text) if by == "characters" else len(text.encode())) <= length:
        return text
    cut = text[:length] if by == "characters" else text.encode()[:length].decode(errors="ignore")
    if not text[len(cut)].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:-–|/")


def title_case(text: str, language: str = "en") -> str:
    """First letters in capitals as titles of that language have them; words with capitals inside stay as they are.

    German and languages without capitals get only their first letter raised.
    """
    small = SMALL_WORDS.get(language.partition("_")[0])
    words = text.split(" ")
    if small is None:
        return text[:1].upper() + text[1:]
    raised = []
    for position, word in enumerate(words):
        keep = (word.casefold() in small and position > 0) or any(char.isupper() for char in word[1:]) or any(c.isdigit() for c in word)
        raised.append(word.lower() if word.casefold() in small and position > 0 else word if keep else word[:1].upper() + word[1:])
    return " ".join(raised)


def number(value: Any) -> Decimal:
    """The value as an exact number, for computing with it."""
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        raise SecurityError(f"{str(value)[:40]!r} is not a number") from None


def fixed(value: Any, places: int = 2) -> str:
    """The number with so many decimals, half rounded up: what a price looks like."""
    from decimal import ROUND_HALF_UP

    return f"{number(value).quantize(Decimal(1).scaleb(-min(max(int(places), 0), 10)), ROUND_HALF_UP):f}"


def to_unit(value: Any, source: str, target: str, places: int = 2) -> str:
    """A measure in another unit, as in `item_length | unit("centimeters", "inches")`."""
    from listingkit.mapping.units import convert, unit_named

    return convert(str(value), unit_named(source) or source, unit_named(target) or target, int(places)) if str(value).strip() else ""


def default(value: Any, other: str = "") -> Any:
    """The value, or `other` where it is blank."""
    return other if isinstance(value, Undefined) or value in ("", None) else value


def replace(text: str, old: str, new: str) -> str:
    if not old or text.count(old) * len(new) > LONGEST:
        raise SecurityError("replace makes the text too long")
    return text.replace(old, new)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capitalize": lambda text: str(text).capitalize(),
    "default": default,
    "fixed": fixed,
    "length": len,
    "lower": lambda text: str(text).lower(),
    "number": number,
    "replace": replace,
    "title_case": title_case,
    "trim": lambda text: str(text).strip(),
    "truncate": truncate,
    "unit": to_unit,
    "upper": lambda text: str(text).upper(),
}


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    def filtered(*values: Any, **options: Any) -> Any:
        for value in values:
            if isinstance(value, str) and len(value) > LONGEST:
                raise SecurityError(f"a value is longer than {LONGEST} characters")
        return function(*values, **options)

    return filtered
