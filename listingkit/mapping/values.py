"""The values of one column, read by the kind of its field. A value that cannot be read stays the text it was."""

import re
from collections.abc import Mapping, Sequence

import polars as pl
from msgspec import Struct, field

from listingkit.fields import Field, fields, parse
from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import Assignment, note
from listingkit.mapping.dates import DateStyle, date_style, read_dates
from listingkit.mapping.glance import NOTHING, Glance, glance
from listingkit.mapping.headers import key
from listingkit.mapping.markup import has_markup, tagged, without_markup
from listingkit.mapping.numbers import NumberStyle, number_style, read_numbers
from listingkit.mapping.pictures import addresses, in_one_cell, places, read_pictures
from listingkit.mapping.profile import Profile
from listingkit.mapping.units import unit_named
from listingkit.mapping.words import read_words
from listingkit.master.sheet import Evidence, Master

MEASURES = {
    "item_dimensions": ("item_length", "item_width", "item_height"),
    "package_dimensions": ("package_length", "package_width", "package_height"),
}
JUDGED = ("product_description", "bullet_point")  # where single cells with HTML are left to the rules, which tell each
ORDER = re.compile("l[x×](?:b|w|l)[x×]h|长宽高")  # as a header says it: LxBxH, L x W x H, LxlxH
THREE = r"^\s*([\d.,]+)\s*[x×*]\s*([\d.,]+)\s*[x×*]\s*([\d.,]+)\s*([\p{L}\"]*)\s*$"
BULLETS = r"^(?:[-•●▪■◆★✅✔·*–]|\d{1,2}[.)、])\s*"


class Read(Struct, frozen=True):
    """What one column gives: series by field name, units where cells or header name them, the currency of a price."""

    columns: Mapping[str, pl.Series]
    units: pl.Series | None = None
    currency: str | None = None
    notes: tuple[Finding, ...] = field(default_factory=tuple)


class Style(Struct, frozen=True):
    """What only a whole column tells about the reading of its cells."""

    numbers: NumberStyle | None = None
    dates: DateStyle | None = None
    longest: int = 0  # items of the longest list in one cell
    cut: bool = False  # every cell that holds three measures can be cut into them
    html: bool = True  # cells with HTML are the rule in a column of texts, and read as text


class Seen(Struct, frozen=True):
    """What the reading of a column needs to know of all its cells. Parts of a column add up to the whole."""

    distinct: pl.Series | None = None  # the different cells, of columns whose cells are few or short
    longest: int = 0  # items of the longest list in one cell
    filled: int = 0
    tagged: int = 0  # cells with HTML

    def __add__(self, other: "Seen") -> "Seen":
        both = [one for one in (self.distinct, other.distinct) if one is not None]
        distinct = pl.concat(both).unique() if both else None
        return Seen(distinct, max(self.longest, other.longest), self.filled + other.filled, self.tagged + other.tagged)


def glance_at(frame: pl.DataFrame, assignments: Sequence[Assignment]) -> Glance:
    """One glance at all columns of a sheet that are read by what they hold."""
    letters = {one.column.letter: one for one in assignments if not one.source.keep and not _gallery(one)}
    counted = [letter for letter, one in letters.items() if _is_counted(one)]
    texts = [letter for letter, one in letters.items() if _family(one) or parse(one.field).field.kind == "text"]
    return glance(frame, texts, counted)


def look(column: pl.Series, assignment: Assignment, known: Glance = NOTHING) -> Seen | None:
    """Look at a column, or at a part of one; None where its cells are read one by one. `known` is of the same cells."""
    family, letter = _family(assignment), assignment.column.letter
    if _gallery(assignment):
        return Seen(longest=in_one_cell(column, assignment.source.separator))
    if family:
        return Seen(longest=_longest(_items(column, assignment, family))) if assignment.source.separator else None
    if _is_counted(assignment):
        return Seen(known.distinct[letter] if letter in known.distinct else column.unique())
    if may_be_html(assignment):
        return Seen(filled=len(column) - column.null_count(), tagged=0 if letter in known.unmarked else tagged(column))
    return None


def _is_counted(assignment: Assignment) -> bool:
    """Whether the different cells of a column say how it is written."""
    if _family(assignment) or _gallery(assignment) or assignment.source.keep:
        return False
    if assignment.field in MEASURES:
        return bool(ORDER.search(key(assignment.column.header)))
    return parse(assignment.field).field.kind in ("number", "integer", "price", "date")


def may_be_html(assignment: Assignment) -> bool:
    """Whether the tags in its cells are all that matters of a column."""
    read_otherwise = _family(assignment) or _gallery(assignment) or assignment.source.keep or assignment.field in MEASURES
    return not read_otherwise and parse(assignment.field).field.name in JUDGED


def style_of(seen: Seen, assignment: Assignment, profile: Profile, evidence: Evidence | None = None) -> Style:
    """What the cells of a whole column say about its reading."""
    if seen.distinct is None:
        return Style(longest=seen.longest, html=2 * seen.tagged >= seen.filled)
    if assignment.field in MEASURES:
        return _measure_style(seen.distinct, assignment, profile)
    known = parse(assignment.field).field
    if known.kind == "date":
        return Style(dates=date_style(seen.distinct, assignment.source.date))
    decimal = _stored_sign(evidence) or assignment.source.decimal
    whole, currency = known.kind == "integer", assignment.source.currency
    return Style(number_style(seen.distinct, decimal, usual=profile.decimal, currency=currency, whole=whole))


def column_style(column: pl.Series, assignment: Assignment, profile: Profile, evidence: Evidence | None = None) -> Style | None:
    """The style of a whole column; None where its cells are read one by one."""
    seen = look(column, assignment)
    return None if seen is None else style_of(seen, assignment, profile, evidence)


def read_column(master: Master, assignment: Assignment, profile: Profile, style: Style | None = None, known: Glance = NOTHING) -> Read:
    """Read one column of a sheet for its field; `style` is that of the whole column where the sheet is only a part.

    What is `known` holds for all cells of the sheet.
    """
    column = master.frame[assignment.column.letter]
    family, gallery = _family(assignment), _gallery(assignment)
    if gallery:
        return _pictures(master, assignment, gallery, style)
    if family:
        return _listed(master, assignment, family, style, known)
    if assignment.source.keep:
        return Read({assignment.field: column})
    if assignment.field in MEASURES:
        return _measures(column, assignment, profile, style)
    kind = parse(assignment.field).field.kind
    if kind in ("number", "integer", "price"):
        return _numbers(master, assignment, profile, style, known)
    if kind == "date":
        dates = read_dates(column, assignment.source.date, style=style.dates if style else None)
        return Read({assignment.field: dates.values}, notes=_doubt(master, assignment, dates.doubt))
    if kind in ("boolean", "country", "choice"):
        return Read({assignment.field: _chosen(column, parse(assignment.field).field)})
    if kind == "url":
        return Read({assignment.field: addresses(column, assignment.source.base_url)})
    marked = kind == "text" and assignment.column.letter not in known.unmarked and has_markup(column)
    if marked and (style or column_style(column, assignment, profile) or Style()).html:
        message = f"{assignment.column.header!r} holds HTML: its text is used, the tags are not"
        return Read(
            {assignment.field: without_markup(column)},
            notes=(_note("MAP005", "markup-removed", Severity.INFO, message, master, assignment),),
        )
    return Read({assignment.field: column})


def _family(assignment: Assignment) -> Field | None:
    """The family that a column of lists fills."""
    plain = assignment.field.partition("@")[0]
    return fields()[plain] if plain in fields() and fields()[plain].slots > 1 else None


def _gallery(assignment: Assignment) -> str | None:
    """The place from which a column of pictures fills the gallery."""
    family = _family(assignment)
    first = family.names[0] if family else assignment.field
    return first if first in places() and not (assignment.source.keep and not family) else None


def _stored_sign(evidence: Evidence | None) -> str | None:
    """Cells that a workbook stores as numbers are read with a point."""
    return "." if evidence and evidence.numeric and not evidence.text else None


def _numbers(master: Master, assignment: Assignment, profile: Profile, style: Style | None, known: Glance) -> Read:
    column, name = master.frame[assignment.column.letter], assignment.field
    decimal = _stored_sign(master.evidence.get(assignment.column.letter)) or assignment.source.decimal
    whole = parse(name).field.kind == "integer"
    declared, numbers = assignment.source.currency, style.numbers if style else None
    plain = assignment.column.letter in (known.whole if whole else known.plain)
    read = read_numbers(column, decimal, usual=profile.decimal, currency=declared, whole=whole, style=numbers, plain=plain)
    currency = declared or read.currency
    notes = _doubt(master, assignment, read.doubt)
    return Read({name: read.values}, read.units, currency if parse(name).field.kind == "price" else None, notes)


def _measure_style(column: pl.Series, assignment: Assignment, profile: Profile) -> Style:
    numbers, _ = _cut(column)
    style = number_style(numbers, assignment.source.decimal, usual=profile.decimal)
    read = read_numbers(numbers, style=style)
    found = read.values.is_null() | read.values.str.contains(r"^\d+(\.\d+)?$")
    return Style(style, cut=not style.doubt and bool(found.all()))


def _cut(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The three numbers of each cell, one below the other, and the unit behind them."""
    cells = column.str.extract_groups(THREE).struct.unnest()
    return pl.concat([cells[name] for name in ("1", "2", "3")]), cells["4"]


def _measures(column: pl.Series, assignment: Assignment, profile: Profile, style: Style | None) -> Read:
    """Length, width and height that stand in one cell, where the header says that this is their order."""
    read = {assignment.field: column}
    if not ORDER.search(key(assignment.column.header)):
        return Read(read)
    style = style or _measure_style(column, assignment, profile)
    if not style.cut:
        return Read(read)
    numbers, words = _cut(column)
    amounts = read_numbers(numbers, style=style.numbers).values
    units = {word: name for word in words.drop_nulls().unique().to_list() if (name := unit_named(word))}
    unit = words.replace_strict(units, default=assignment.source.unit, return_dtype=pl.String)
    for at, name in enumerate(MEASURES[assignment.field]):
        read[name] = amounts.slice(at * len(column), len(column)).alias(name)
        read[f"{name}_unit"] = pl.select(pl.when(read[name].is_not_null()).then(unit)).to_series()
    return Read(read)


def _items(column: pl.Series, assignment: Assignment, family: Field) -> pl.Series:
    """The items of each cell as a list."""
    if has_markup(column):
        column = without_markup(column)
    item = pl.element().str.strip_chars()
    if family.name == "bullet_point":
        item = item.str.replace(BULLETS, "")
    return column.str.split(assignment.source.separator or "").list.eval(item.filter(item != "")).alias("items")


def _longest(items: pl.Series) -> int:
    most = items.list.len().max()
    return most if isinstance(most, int) else 0


def _listed(master: Master, assignment: Assignment, family: Field, style: Style | None, known: Glance) -> Read:
    """A column whose cells hold several items, spread over the places of its family."""
    column = master.frame[assignment.column.letter]
    qualifier = assignment.field.partition("@")[2]
    suffix = f"@{qualifier}" if qualifier else ""
    if assignment.source.separator is None:
        marked = assignment.column.letter not in known.unmarked and has_markup(column)
        return Read({f"{family.name}_1{suffix}": without_markup(column) if marked else column})
    items = _items(column, assignment, family)
    longest = style.longest if style else _longest(items)
    slots = range(min(longest, family.slots))
    spread = {f"{family.name}_{slot + 1}{suffix}": items.list.get(slot, null_on_oob=True) for slot in slots}
    return Read(spread or {f"{family.name}_1{suffix}": column}, notes=_too_long(master, assignment, family.name, longest, family.slots))


def _pictures(master: Master, assignment: Assignment, first: str, style: Style | None) -> Read:
    """A column of pictures; several in one cell take the places that follow."""
    column, source = master.frame[assignment.column.letter], assignment.source
    count = style.longest if style else in_one_cell(column, source.separator)
    room = len(places()) - places().index(first)
    return Read(
        read_pictures(column, first, count, source.separator, source.base_url), notes=_too_long(master, assignment, first, count, room)
    )


def _too_long(master: Master, assignment: Assignment, name: str, longest: int, room: int) -> tuple[Finding, ...]:
    if longest <= room:
        return ()
    message = f"{assignment.column.header!r} holds up to {longest} items; {name} has {room} places, the others are left out"
    return (_note("MAP008", "list-too-long", Severity.WARNING, message, master, assignment),)


def _chosen(column: pl.Series, field_: Field) -> pl.Series:
    if field_.name.endswith("_unit"):
        names = {word: name for word in column.unique().drop_nulls().to_list() if (name := unit_named(word))}
        return column.replace(names) if names else column
    return read_words(column, field_)


def _doubt(master: Master, assignment: Assignment, doubt: str | None) -> tuple[Finding, ...]:
    if doubt is None:
        return ()
    message = f"{assignment.column.header!r} ({assignment.field}) was not read: {doubt}"
    return (_note("MAP004", "column-format-unclear", Severity.WARNING, message, master, assignment),)


def _note(code: str, name: str, severity: Severity, message: str, master: Master, assignment: Assignment) -> Finding:
    return note(code, name, severity, message, master, assignment.column)
