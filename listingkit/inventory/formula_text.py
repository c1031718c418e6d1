"""From a formula's text to what it means in one column: parsing, then binding names and relative references."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from listingkit.inventory.formula import Broken, Call, Cell, Compare, Constant, Count, Node, NotUnderstood, checked
from listingkit.master.sheet import index

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"]|"")*")
    | (?P<error>\#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!))
    | (?P<reference>(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?(?![\w.(]))
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d][\w.\\?]*)
    | (?P<operator><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"(?:(?:'((?:[^']|'')+)'|([^!']+))!)?(\$?)([A-Za-z]{1,3})(\$?)(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?$")
_DEPTH = 200
_SIZE = 20_000


class Reference(Struct, frozen=True):
    """A range as written; what it means depends on where the formula stands."""

    sheet: str
    column: int
    row: int
    fixed_column: bool
    fixed_row: bool
    right: int
    bottom: int


class Named(Struct, frozen=True):
    name: str


class _Open(Struct, frozen=True):
    """A call or comparison whose parts are not bound yet."""

    name: str
    parts: tuple["Written", ...]


Written = Node | Reference | Named | _Open


def parse(formula: str) -> Written:
    """A formula as written. Raises `NotUnderstood`."""
    tokens = list(_tokens(formula.strip().removeprefix("=")))
    parser = _Parser(tokens)
    tree = parser.comparison(0)
    if parser.position < len(tokens):
        raise NotUnderstood(f"{tokens[parser.position][1]!r} is left over")
    return tree


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    position = 0
    formula = formula.rstrip()
    while position < len(formula):
        found = _TOKEN.match(formula, position)
        if not found or found.lastgroup is None:
            raise NotUnderstood(f"cannot read {formula[position : position + 20]!r}")
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.position = 0

    def _peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) and self.tokens[self.position][0] == "operator" else ""

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise NotUnderstood(f"{wanted!r} is missing")
        self.position += 1

    def comparison(self, depth: int) -> Written:
        tree = self._operand(depth + 1)
        while self._peek() in ("=", "<>", "<", ">", "<=", ">="):
            operator = self._peek()
            self.position += 1
            tree = _Open(operator, (tree, self._operand(depth + 1)))
        return tree

    def _operand(self, depth: int) -> Written:
        if depth > _DEPTH:
            raise NotUnderstood("nested too deep")
        if self.position >= len(self.tokens):
            raise NotUnderstood("the formula ends early")
        kind, text = self.tokens[self.position]
        self.position += 1
        match kind:
            case "text":
                return Constant(text[1:-1].replace('""', '"'))
            case "number":
                return Constant(float(text))
            case "error":
                return Broken()
            case "reference":
                return _reference(text)
            case "word":
                return self._call(text, depth) if self._peek() == "(" else _word(text)
        if text != "(":
            raise NotUnderstood(f"{text!r} is out of place")
        inside = self.comparison(depth)
        self._take(")")
        return inside

    def _call(self, name: str, depth: int) -> Written:
        self._take("(")
        parts: list[Written] = []
        while self._peek() != ")":
            if parts:
                self._take(",")
            parts.append(self.comparison(depth))
        self._take(")")
        name = name.upper()
        wanted = {
            "AND": range(1, 256),
            "OR": range(1, 256),
            "NOT": (1,),
            "IF": (2, 3),
            "COUNTIF": (2,),
            "LEN": (1,),
            "TRUE": (0,),
            "FALSE": (0,),
        }
        if name not in wanted or len(parts) not in wanted[name]:
            raise NotUnderstood(f"{name} with {len(parts)} arguments is not in the language")
        return _Open(name, tuple(parts)) if parts else Constant(name == "TRUE")


def _word(text: str) -> Written:
    return Constant(text.upper() == "TRUE") if text.upper() in ("TRUE", "FALSE") else Named(text)


def _reference(text: str) -> Reference:
    found = _REFERENCE.match(text)
    assert found is not None
    quoted, plain, fixed_column, left, fixed_row, top, right, bottom = found.groups()
    sheet = quoted.replace("''", "'") if quoted else plain or ""
    return Reference(sheet, index(left), int(top), bool(fixed_column), bool(fixed_row), index(right or left), int(bottom or top))


class Scope(Struct):
    """Where formulas stand and what their names mean."""

    sheet: str
    names: Mapping[str, str]  # defined names, folded to lower case
    data_row: int
    header: Callable[[int, int], str]  # row, column -> text of a cell above the data
    values: Callable[[str, int, int, int, int], tuple[str, ...]]  # sheet, left, top, right, bottom -> filled cells
    _parsed: dict[str, Written] = field(default_factory=dict)

    def bind(self, formula: str, anchor: tuple[int, int], column: int) -> Node:
        """What a formula written for the cell `anchor` (0-based column, row) means in a column's data rows. Raises `NotUnderstood`."""
        return _Binder(self, anchor, column).bind(self.parsed(formula))

    def parsed(self, formula: str) -> Written:
        """The formula's tree, parsed once."""
        if formula not in self._parsed:
            self._parsed[formula] = parse(formula)
        return self._parsed[formula]


class _Binder(Struct):
    scope: Scope
    anchor: tuple[int, int]
    column: int
    size: int = 0
    depth: int = 0

    def bind(self, tree: Written) -> Node:
        self.size += 1
        if self.size > _SIZE:
            raise NotUnderstood("too large")
        match tree:
            case Reference():
                return self._cell(tree)
            case Named(name):
                return self._named(name)
            case _Open("COUNTIF", (values, criterion)):
                bound = self.bind(criterion)
                return Broken() if isinstance(bound, Broken) else Count(self._range(values), bound)
            case _Open("=" | "<>" | "<" | ">" | "<=" | ">=" as operator, (left, right)):
                return checked(Compare(operator, self.bind(left), self.bind(right)))
            case _Open(name, parts):
                return checked(Call(name, tuple(self.bind(part) for part in parts)))
            case _:
                return tree

    def _named(self, name: str) -> Node:
        formula = self.scope.names.get(name.casefold())
        if formula is None:
            return Broken()
        if self.depth > _DEPTH:
            raise NotUnderstood("names that refer to each other")
        outer, self.anchor, self.depth = self.anchor, (0, 1), self.depth + 1
        bound = self.bind(self.scope.parsed(formula))
        self.anchor, self.depth = outer, self.depth - 1
        return bound

    def _cell(self, reference: Reference) -> Node:
        if (reference.right, reference.bottom) != (reference.column, reference.row):
            raise NotUnderstood("a range stands where one value should")
        if reference.sheet and reference.sheet != self.scope.sheet:
            found = self.scope.values(reference.sheet, reference.column, reference.row, reference.column, reference.row)
            return Constant(found[0] if found else "")
        column = reference.column if reference.fixed_column else reference.column - self.anchor[0] + self.column
        if reference.fixed_row and reference.row < self.scope.data_row:
            return Constant(self.scope.header(reference.row, column))
        if reference.fixed_row or reference.row != self.anchor[1] or column < 0:
            raise NotUnderstood("a cell of another row")
        return Cell(column)

    def _range(self, tree: Written) -> tuple[str, ...] | None:
        match tree:
            case Named(name):
                formula = self.scope.names.get(name.casefold())
                return self._range(self.scope.parsed(formula)) if formula is not None and not _is_name(self.scope.parsed(formula)) else None
            case Reference(sheet, left, top, _, _, right, bottom) if sheet and sheet != self.scope.sheet:
                return self.scope.values(sheet, left, top, right, bottom)
            case Broken():
                return None
        raise NotUnderstood("COUNTIF over something that is not a list")


def _is_name(tree: Written) -> bool:
    return isinstance(tree, Named)
