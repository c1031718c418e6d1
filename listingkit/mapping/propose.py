"""Which field each column of a sheet holds, how sure that is, and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.fields import fields
from listingkit.mapping.candidates import MAIN_IMAGE, OTHER_IMAGE, Candidate, Meanings, is_amazons, meanings, own_name
from listingkit.mapping.headers import Header, key, name_key
from listingkit.mapping.presets import Preset, choose, title
from listingkit.mapping.profile import Profile
from listingkit.mapping.votes import Values, contradiction, decide
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import Column, Master

ACCEPT = 0.8  # confidence from which a proposal is used unasked
AMAZONS = 8  # columns with Amazon's ids that make a sheet one of Amazon's
COMPARED = 1000  # columns up to which unknown headers are compared by similarity
DECIDED, PREFERRED, NEEDED, VOTED = 0.9, 0.85, 0.8, 0.85


class Guess(Struct, frozen=True):
    """What one column is taken for. `field` is a field name (`item_name@de_DE`), a family name where cells hold lists, or None."""

    column: Column
    header: Header
    field: str | None
    why: str
    confidence: float
    samples: tuple[str, ...]  # three values
    alternatives: tuple[str, ...] = ()  # other fields that it may be
    separator: str | None = None  # between the items of a list in one cell
    stores: tuple[str, ...] = ()  # the marketplaces that it is for, where not for all

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that the column fills: one for each of its marketplaces."""
        return tuple(f"{self.field}@{code}" for code in self.stores) if self.stores else (self.field,) if self.field else ()


class Proposal(Struct, frozen=True):
    """A mapping for a whole sheet, column by column in the order of the sheet."""

    master: Master
    guesses: tuple[Guess, ...]
    preset: str | None = None

    def accepted(self, threshold: float = ACCEPT) -> tuple[Guess, ...]:
        """The columns that are sure enough to be used."""
        return tuple(guess for guess in self.guesses if guess.field and guess.confidence >= threshold)

    def unsure(self, threshold: float = ACCEPT) -> tuple[Guess, ...]:
        """The columns that a person should look at: no field, or not sure enough."""
        return tuple(guess for guess in self.guesses if not guess.field or guess.confidence < threshold)

    def questions(self, threshold: float = ACCEPT) -> tuple[Guess, ...]:
        """The unsure columns that may well be a field: someone has to say which."""
        return tuple(guess for guess in self.unsure(threshold) if guess.field or guess.alternatives)


class _Open(Struct):
    """A column while it is being decided."""

    column: Column
    meanings: Meanings
    values: Values
    choice: Candidate | None = None
    alternatives: tuple[str, ...] = ()
    why: str = ""
    name: str | None = None
    separator: str | None = None
    stores: tuple[str, ...] = ()
    languages: frozenset[str] = field(default_factory=frozenset)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(candidate.field for candidate in self.meanings.candidates))

    def take(self, name: str, confidence: float, why: str) -> None:
        known = next((c for c in self.meanings.candidates if c.field == name), Candidate(name, confidence, why))
        self.choice = replace(known, confidence=confidence, why=why)
        self.alternatives = tuple(other for other in self.fields if other != name)


def propose(master: Master, profile: Profile | None = None) -> Proposal:
    """Propose a field for every column: by a preset, by its header, then by the columns beside it, then by its values.

    Of the profile only the name of a preset is used.
    """
    preset = choose(master, profile or Profile())
    amazon = sum(is_amazons(column) for column in master.columns) >= AMAZONS
    alike = len(master.columns) <= COMPARED
    samples = Values.of(master.frame.select(column.letter for column in master.columns))
    columns = [
        _Open(column, meanings(column, amazon=amazon, alike=alike), sample) for column, sample in zip(master.columns, samples, strict=True)
    ]
    _choose_plain(columns)
    if preset:
        _choose_by_preset(columns, preset)
    _choose_ambiguous(columns)
    _contradicted(columns)
    _vote(columns)
    _number_families(columns)
    _settle_rivals(columns)
    _tell_stores_apart(columns)
    return Proposal(master, tuple(_guess(column) for column in columns), title(preset, master) if preset else None)


def _choose_plain(columns: Sequence[_Open]) -> None:
    language = _sheet_language(columns)
    for column in columns:
        candidates = [c for c in column.meanings.candidates if c.language in (language, "")] or list(column.meanings.candidates)
        names = {candidate.field for candidate in candidates if candidate.confidence > 0.5}
        others = {candidate.field for candidate in column.meanings.candidates} - names
        if len(names) == 1 and (not others or all(c.confidence > 0.5 for c in column.meanings.candidates)):
            best = max(candidates, key=lambda c: c.confidence)
            column.choice, column.why = best, best.why
            column.languages = frozenset(c.language for c in column.meanings.candidates if c.field == best.field and len(c.language) == 2)


def _choose_by_preset(columns: Sequence[_Open], preset: Preset) -> None:
    """What the preset says of a column is certain; other columns that would be the same field are not."""
    by_key = {text: name for name, source in preset.profile.columns.items() for text in (name_key(source.column), key(source.column))}
    ignored = {name_key(header) for header in preset.profile.ignore}
    for column in columns:
        names = {name_key(column.column.header), key(column.column.code)} - {""}
        field = next((by_key[name] for name in names if name in by_key), None)
        if field:
            column.choice = own_name(field, f"the preset {preset.name} says so")
        elif names & ignored:
            column.choice, column.meanings = None, Meanings(column.meanings.header)
            column.why = f"the preset {preset.name} leaves it out"


def _sheet_language(columns: Sequence[_Open]) -> str:
    votes: Counter[str] = Counter()
    for column in columns:
        languages = {c.language for c in column.meanings.candidates if len(c.language) == 2}
        if len(languages) == 1:
            votes.update(languages)
    return votes.most_common(1)[0][0] if votes else ""


def _choose_ambiguous(columns: Sequence[_Open]) -> None:
    def taken() -> set[str]:
        return {column.choice.field for column in columns if column.choice}

    undecided = [column for column in columns if column.choice is None and column.meanings.candidates]
    for column in undecided:
        column.alternatives = column.fields
        column.why = "it may be " + " or ".join(column.fields)
        decided = decide(column.fields, column.values)
        if decided:
            column.take(decided[0], DECIDED, decided[1])
    sure = frozenset(taken())
    for column in undecided:
        if column.choice is None:
            _eliminate(column, sure)
    if "sku" not in taken():
        able = [c for c in undecided if c.choice is None and "sku" in c.fields and c.values.filled and c.values.unique]
        if len(able) == 1:
            able[0].take("sku", NEEDED, "no other column can be the SKU, and no value comes twice")


def _eliminate(column: _Open, sure: frozenset[str]) -> None:
    """Of several meanings take the only one that no other column has, or the one that is mostly meant."""
    free = [name for name in column.fields if name not in sure]
    if len(free) == 1 and len(column.fields) > 1 and free != ["product_type"]:  # a shop's own type is not Amazon's: only values tell
        column.take(free[0], PREFERRED, "another column is plainly " + " and ".join(n for n in column.fields if n in sure))
    elif column.meanings.prefer in free:
        column.take(column.meanings.prefer, PREFERRED, "it mostly means that, and no other column does")


def _contradicted(columns: Sequence[_Open]) -> None:
    for column in columns:
        if column.choice is None or column.choice.confidence == 1.0:
            continue
        against = contradiction(fields()[column.choice.field], column.values)
        if against:
            column.alternatives = (column.choice.field, *column.alternatives)
            column.why = f"{column.choice.why}, but {against}"
            column.choice = None


def _vote(columns: Sequence[_Open]) -> None:
    """Where no header says anything, values may."""

    def only(name: str, test: Callable[[_Open], bool], why: str) -> None:
        if any(column.choice and column.choice.field == name for column in columns):
            return
        able = [column for column in columns if column.choice is None and test(column)]
        if len(able) == 1:
            able[0].take(name, VOTED, why)
            able[0].alternatives = ()

    only("product_id", lambda c: c.values.gtins >= 0.9 and len(c.values.filled) >= 3, "its values are GTINs with right check digits")
    only(
        MAIN_IMAGE,
        lambda c: not c.meanings.candidates and c.values.images >= 0.9 and len(c.values.filled) >= 3,
        "its values are addresses of pictures",
    )


def _number_families(columns: Sequence[_Open]) -> None:
    """Give the columns of a family their slots: by their numbers, which may begin at 0, at 1, or at 2 beside a main picture."""
    by_group: dict[tuple[str, str, str | None], list[_Open]] = defaultdict(list)
    for column in columns:
        if column.choice:
            by_group[column.choice.field, column.meanings.group, column.choice.qualifier].append(column)
    for (name, _, qualifier), members in by_group.items():
        if fields()[name].slots == 1:
            for column in members:
                column.name = _qualified(name, qualifier)
            continue
        offset = _offset(name, members, columns)
        for position, column in enumerate(members):
            slot = column.choice.slot if column.choice else None
            _name_slot(column, name, qualifier, position + 1 if slot is None else slot - offset, listed=slot is None and len(members) == 1)


def _offset(name: str, members: Sequence[_Open], columns: Sequence[_Open]) -> int:
    """What to take off the numbers of a family: `Image 2` is the first further picture beside a main one."""
    if any(column.choice and column.choice.confidence == 1.0 for column in members):
        return 0
    lowest = min((column.choice.slot for column in members if column.choice and column.choice.slot is not None), default=1)
    if lowest == 0:
        return -1
    beside = any(c.choice and c.choice.field == MAIN_IMAGE and c.meanings.group == members[0].meanings.group for c in columns)
    return 1 if name == OTHER_IMAGE and lowest > 1 and (lowest == 2 or beside) else 0


def _name_slot(column: _Open, name: str, qualifier: str | None, slot: int, *, listed: bool) -> None:
    if listed and column.values.separator:
        column.name, column.separator = _qualified(name, qualifier), column.values.separator
    elif 1 <= slot <= fields()[name].slots:
        column.name = _qualified(f"{name}_{slot}", qualifier)
    else:
        column.choice, column.why = None, f"{name} has only {fields()[name].slots} places, this would be number {slot}"


def _settle_rivals(columns: Sequence[_Open]) -> None:
    """Two columns for one field: the plainer one has it, else neither; in different languages each is its own.

    Columns in different currencies or for different marketplaces are no rivals.
    """
    by_name: dict[tuple[str, object], list[_Open]] = defaultdict(list)
    for column in columns:
        if column.choice and column.name:
            header = column.meanings.header
            by_name[column.name, (header.currency, header.marketplaces) if _is_regional(column.name) else ()].append(column)
    for (name, _), rivals in by_name.items():
        if len(rivals) < 2 or _told_by_language(name, rivals):
            continue
        letters = " and ".join(f"{column.column.letter} ({column.column.header})" for column in rivals)
        best = max(column.choice.confidence for column in rivals if column.choice)
        strongest = [column for column in rivals if column.choice and column.choice.confidence == best]
        for column in rivals:
            plainly = len(strongest) == 1 and (
                best == 1.0 or all(c.choice is None or c is strongest[0] or c.choice.confidence <= best - 0.05 for c in rivals)
            )
            if plainly and column is strongest[0]:
                continue
            column.choice, column.alternatives = None, (name, *column.alternatives)
            column.why = f"columns {letters} would both be {name}" + (
                f"; {strongest[0].column.letter} says so more plainly" if plainly else ""
            )
            column.name = None


def _is_regional(name: str) -> bool:
    """Whether a field may have a value for each marketplace, and names none yet."""
    return name in fields() and fields()[name].regional


def _tell_stores_apart(columns: Sequence[_Open]) -> None:
    """Columns for the same field name the marketplaces that they are for: those in their header, else those of their currency.

    One of several prices is for all marketplaces: that without a currency, or that in the currency of the most, so that a sheet in euros
    does not seem to name seven.
    """
    by_name: dict[str, list[_Open]] = defaultdict(list)
    for column in columns:
        if column.choice and column.name and _is_regional(column.name):
            column.stores = column.meanings.header.marketplaces
            if not column.stores:
                by_name[column.name].append(column)
    for members in by_name.values():
        widest = max(members, key=lambda column: len(_paid_in(column.meanings.header.currency)))
        for column in (column for column in members if column is not widest):
            column.stores = _paid_in(column.meanings.header.currency)
            if not column.stores:
                column.choice, column.name = None, None
                column.why = f"no marketplace is paid in {column.meanings.header.currency}"


def _paid_in(currency: str | None) -> tuple[str, ...]:
    """The marketplaces with a currency; all of them where none is named."""
    return tuple(store.code for store in marketplaces().values() if currency in (None, store.currency))


def _told_by_language(name: str, rivals: Sequence[_Open]) -> bool:
    plain = next(iter(rivals)).choice
    if plain is None or not fields()[plain.field].localized or "@" in name:
        return False
    if any(len(column.languages) != 1 for column in rivals) or len({column.languages for column in rivals}) != len(rivals):
        return False
    for column in rivals:
        language = next(iter(column.languages))
        column.name = f"{name}@{language}"
        if column.choice:
            column.choice = replace(
                column.choice, confidence=PREFERRED, why=f"{column.choice.why}; the header's language tells the columns apart"
            )
    return True


def _qualified(name: str, qualifier: str | None) -> str:
    return f"{name}@{qualifier}" if qualifier else name


def _guess(column: _Open) -> Guess:
    samples = column.values.filled[:3]
    header = column.meanings.header
    if column.choice is None or column.name is None:
        why = column.why or ("it has no header" if not header.text else "nothing we know is called so")
        return Guess(column.column, header, None, why, 0.0, samples, tuple(dict.fromkeys(column.alternatives)))
    choice = column.choice
    return Guess(
        column.column,
        header,
        column.name,
        choice.why,
        round(choice.confidence, 2),
        samples,
        column.alternatives,
        column.separator,
        column.stores,
    )
