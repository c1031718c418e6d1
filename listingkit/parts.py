"""A master of any size, part by part: read, mapped and handed on without ever being held as a whole.

How a column writes its numbers, dates and lists is a property of the whole column. The first part tells it nearly always; every part
is looked at, and where in the end the whole says something else, `settled` is false: a further pass knows it. The third is right
at the latest: one may correct what the columns are, one how they are written.

What is done with each part may be done by other processes: a large text file is cut into pieces, which each of them reads and maps by
itself. A text of which only a reading from its top tells where records end or which of them are too short is read by this one alone.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from msgspec import Struct, field, structs

from listingkit.ahead import ahead
from listingkit.finding import Finding
from listingkit.job import Inputs, display, listings_of, read_masters, renamed
from listingkit.mapping.apply import Plan, complain, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import Listings, Source
from listingkit.mapping.pieces import needs_every_row, styles_of, with_every_column, with_head
from listingkit.mapping.profile import Profile, load
from listingkit.mapping.values import Seen
from listingkit.mapping.votes import LOOKED_AT
from listingkit.master.batches import ROWS, read_batches
from listingkit.master.cuts import PACKED, Alone, cuts, is_text
from listingkit.master.sheet import Master
from listingkit.packing import packed, unpacked
from listingkit.piece import Piece, Way, Work, mapped_piece
from listingkit.progress import tell
from listingkit.report.report import Input
from listingkit.workers import Task, Workers, spare

LARGE = {False: 24 << 20, True: 4 << 20}  # bytes of a file from which it is worth while, and of a packed one
SHARED = 192 << 20  # bytes of a text file from which other processes are worth their start

Told = TypeVar("Told")


def worth_it(inputs: Inputs) -> bool:
    """Whether the inputs are one large sheet that can be read in parts."""
    if len(inputs.masters) != 1 or inputs.masters[0] == "-" or inputs.sheet:
        return False
    path = Path(inputs.masters[0])
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        packed = stream.read(2) in PACKED
    return path.stat().st_size >= LARGE[packed]


class _Gathered(Struct):
    """What the parts of one pass tell of the whole."""

    seen: dict[Assignment, Seen] = field(default_factory=dict)
    reading: dict[Finding, None] = field(default_factory=dict)
    mapping: dict[Finding, None] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)  # the first rows of the sheet
    unseen: int = LOOKED_AT  # rows that they still lack
    source: Source = Source("", None, {}, {})
    rows: int = 0

    def take(self, piece: Piece, head: pl.DataFrame | None = None) -> None:
        """Take what the next part tells; `head` are its rows as they were read, where the first rows of the sheet may be among them."""
        for assignment, seen in piece.seen.items():
            self.seen[assignment] = self.seen[assignment] + seen if assignment in self.seen else seen
        self.reading |= dict.fromkeys(piece.reading)
        self.mapping |= dict.fromkeys(piece.mapping)
        if head is not None and self.unseen > 0:
            self.heads.append(packed(head.head(self.unseen)))
            self.unseen -= head.height
        self.source = piece.source
        self.rows += piece.height


class Parts:
    """The listings of one sheet in parts: of at most `rows` rows, or of some MB of a large text file.

    Go through all of them first, one by one or by `each`; then the rest is complete.
    """

    def __init__(self, inputs: Inputs, rows: int = ROWS) -> None:
        self.inputs, self._size = inputs, rows
        self._profile = load(inputs.profile) if inputs.profile else Profile()
        self._plan: Plan | None = None
        self._alone = False  # no other process can read a piece
        self.settled = False
        self.rows = 0
        self.source = Source("", None, {}, {})
        self.notes: tuple[Finding, ...] = ()
        self.read: tuple[Input, ...] = ()

    def __iter__(self) -> Generator[Listings]:
        """The parts, in the order of the sheet. Raises what reading and mapping raise."""
        masters = ahead(self._masters())
        first = next(masters)
        assumed = self._assumed(first)
        if needs_every_row(assumed):
            masters.close()
            yield self._whole()
            return
        every = chain([first], masters)
        del first
        yield from self._mapped(every, assumed)

    def each(self, work: Callable[[Listings], Work[Told]]) -> Generator[Told]:
        """What is done with each part, in their order; the first one says what that is. Raises also what doing it raises."""
        cores = pl.thread_pool_size()
        count = spare(cores) if self._cut and not self._alone else 0
        given = False
        if count:
            try:
                with closing(self._shared(work, count, cores)) as coming:
                    for told in coming:
                        yield told
                        given = True
            except Alone:
                tell(f"reading {self.inputs.masters[0]} again, from the top and in one process")
                self._alone = True  # nothing is settled
        if not given:
            yield from self._by_one(work)

    def _by_one(self, work: Callable[[Listings], Work[Told]]) -> Generator[Told]:
        """The same, by this process alone."""
        begun: Callable[[Listings], Told] | None = None
        with closing(iter(self)) as coming:
            for part in coming:
                begun = begun or work(part).begin()
                told = begun(part)
                del part  # its memory is free while the next one is waited for
                yield told

    def _shared(self, work: Callable[[Listings], Work[Told]], count: int, cores: int) -> Generator[Told]:
        """The same, by so many processes on so many cores. Raises also `Alone`."""
        with Workers(count, cores) as workers, cuts(self.inputs.masters[0], apart=True, **self._how) as cut:
            first = self._renamed(cut.first(LOOKED_AT))
            assumed = self._assumed(first)
            if needs_every_row(assumed):
                whole = self._whole()
                yield work(whole).begin()(whole)
                return
            gathered = _Gathered()
            part, piece, way = mapped_piece(first, Way(assumed, self._profile, self.inputs.category))
            task = Task(cut.piecemeal, first.file, way, work(part))
            workers.begin(task)
            told = task.work.begin()(part)
            gathered.take(piece, first.frame)
            del first, part
            yield told
            for done in workers.each(cut.pieces(), cut.row):
                tell(f"checking {task.file}", gathered.rows)
                cut.took(done.records, done.letters)
                gathered.take(done.piece)
                yield done.told
            self._end(with_every_column(self._renamed(cut.end()), way.plan), gathered, way.plan)

    def _assumed(self, first: Master) -> Plan:
        """What the columns are, by the first part unless an earlier pass has told. Raises `BadProfile`."""
        complain([first], self._profile)
        return self._plan or plan(first, self._profile)

    def _renamed(self, master: Master) -> Master:
        return renamed(master, display(master.file, self.inputs.masters))

    @cached_property
    def _cut(self) -> bool:
        """Whether it is a large text file."""
        path = Path(self.inputs.masters[0])
        return worth_it(self.inputs) and path.stat().st_size >= SHARED and is_text(path)

    @property
    def _how(self) -> dict[str, Any]:
        """What a person says of the file."""
        return {"encoding": self.inputs.encoding, "delimiter": self.inputs.delimiter, "header_row": self.inputs.header_row}

    def _masters(self) -> Generator[Master]:
        """The parts as they are read, named as findings call the file."""
        path = self.inputs.masters[0]
        if not self._cut:
            yield from map(self._renamed, read_batches(path, rows=self._size, **self._how))
            return
        with cuts(path, apart=False, **self._how) as cut:
            yield self._renamed(cut.first(LOOKED_AT))
            yield from map(self._renamed, cut.masters())

    def _mapped(self, masters: Iterator[Master], assumed: Plan) -> Iterator[Listings]:
        """Each part mapped. Nothing of it is held while the next one is read."""
        gathered = _Gathered()
        way = Way(assumed, self._profile, self.inputs.category)
        for part in masters:
            tell(f"checking {part.file}", gathered.rows)
            listings, piece, way = mapped_piece(part, way)
            gathered.take(piece, part.frame)
            del part
            yield listings
            del listings
        self._end(piece.last, gathered, way.plan)

    def _end(self, last: Master, gathered: _Gathered, assumed: Plan) -> None:
        """Complete what is told of the whole, and settle whether it is what was assumed. `last` has all columns and no rows."""
        head = pl.concat([unpacked(one) for one in gathered.heads], how="diagonal")
        found = plan(with_head(last, head), self._profile)
        if found.assignments == assumed.assignments:
            found = structs.replace(found, styles=styles_of(gathered.seen, found, last.evidence))
        self.settled = found == assumed
        self._plan = found
        self.source, self.rows = gathered.source, gathered.rows
        self.notes = (*gathered.reading, *_in_order(gathered.mapping, found))
        self.read = (Input(last.file, last.sheet, self.rows, last.encoding),)

    def _whole(self) -> Listings:
        """Everything as one part, where rows need each other while they are mapped."""
        masters = read_masters(self.inputs)
        listings = listings_of(self.inputs, masters)
        self.rows, self.source, self.notes, self.settled = listings.frame.height, listings.sources[0], listings.notes, True
        self.read = tuple(Input(display(one.file), one.sheet, one.frame.height, one.encoding) for one in masters)
        return listings


def _in_order(notes: Mapping[Finding, None], plan: Plan) -> list[Finding]:
    """What was said of the plan, then of its columns in their order."""
    order = {assignment.column.header: place for place, assignment in enumerate(plan.assignments)}
    fixed = {note: place for place, note in enumerate(plan.notes)}
    return sorted(notes, key=lambda note: (note not in fixed, fixed.get(note, 0), order.get(note.column or "", 0)))
