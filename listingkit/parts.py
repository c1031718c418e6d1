"""A master of any size, part by part: read, mapped and handed on without ever being held as a whole.

How a column writes its numbers, dates and lists is a property of the whole column. The first part tells it nearly always; every part
is looked at, and where in the end the whole says something else, `settled` is false: a further pass knows it. The third is right
at the latest: one may correct what the columns are, one how they are written.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import polars as pl
from msgspec import structs

from listingkit.ahead import ahead
from listingkit.finding import Finding
from listingkit.job import Inputs, display, listings_of, read_masters, with_product_type
from listingkit.mapping.apply import Mapped, Plan, complain, map_part, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import Listings, Source
from listingkit.mapping.pieces import look_at, needs_every_row, styles_of, with_every_column, with_head
from listingkit.mapping.profile import Profile, load
from listingkit.mapping.values import Seen, glance_at
from listingkit.mapping.votes import LOOKED_AT
from listingkit.master.batches import ROWS, read_batches
from listingkit.master.sheet import Master
from listingkit.packing import packed, unpacked
from listingkit.progress import tell
from listingkit.report.report import Input

LARGE = {False: 24 << 20, True: 4 << 20}  # bytes of a file from which it is worth while, and of a packed one
PACKED = (b"PK", b"\x1f\x8b")


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


class Parts:
    """The listings of one sheet in parts of at most `rows` rows. Iterate first; then the rest is complete."""

    def __init__(self, inputs: Inputs, rows: int = ROWS) -> None:
        self.inputs, self._size = inputs, rows
        self._profile = load(inputs.profile) if inputs.profile else Profile()
        self._plan: Plan | None = None
        self.settled = False
        self.rows = 0
        self.source = Source("", None, {}, {})
        self.notes: tuple[Finding, ...] = ()
        self.read: tuple[Input, ...] = ()

    def __iter__(self) -> Generator[Listings]:
        """The parts, in the order of the sheet. Raises what reading and mapping raise."""
        masters = ahead(self._masters())
        first = next(masters)
        complain([first], self._profile)
        assumed = self._plan or plan(first, self._profile)
        if needs_every_row(assumed):
            masters.close()
            yield self._whole()
            return
        every = chain([first], masters)
        del first
        yield from self._mapped(every, assumed)

    def _masters(self) -> Generator[Master]:
        """The parts as they are read, named as findings call the file."""
        for master in read_batches(
            self.inputs.masters[0],
            rows=self._size,
            encoding=self.inputs.encoding,
            delimiter=self.inputs.delimiter,
            header_row=self.inputs.header_row,
        ):
            name = display(master.file, self.inputs.masters)
            yield structs.replace(master, file=name, notes=tuple(replace(note, file=name) for note in master.notes))

    def _mapped(self, masters: Iterator[Master], assumed: Plan) -> Iterator[Listings]:
        """Each part mapped. Nothing of it is held while the next one is read."""
        self.rows = 0
        heads: list[bytes] = []  # the first rows of the sheet
        unseen = LOOKED_AT
        seen: dict[Assignment, Seen] = {}
        reading: dict[Finding, None] = {}
        mapping: dict[Finding, None] = {}
        for part in masters:
            tell(f"checking {part.file}", self.rows)
            if unseen > 0:
                heads.append(packed(part.frame.head(unseen)))
                unseen -= part.frame.height
            whole = with_every_column(part, assumed)
            known = glance_at(whole.frame, assumed.assignments)
            look_at(seen, whole.frame, assumed, known)
            if not assumed.styles:
                assumed = structs.replace(assumed, styles=styles_of(seen, assumed, whole.evidence))
            mapped = map_part(whole, assumed, known)
            reading |= dict.fromkeys(part.notes)
            mapping |= dict.fromkeys(mapped.notes)
            self.rows += mapped.frame.height
            self.source = mapped.source
            last = structs.replace(whole, frame=whole.frame.clear())
            listings = self._listings(mapped)
            del part, whole, mapped, known
            yield listings
            del listings
        head = pl.concat([unpacked(one) for one in heads], how="diagonal")
        found = plan(with_head(last, head), self._profile)
        if found.assignments == assumed.assignments:
            found = structs.replace(found, styles=styles_of(seen, found, last.evidence))
        self.settled = found == assumed
        self._plan = found
        self.notes = (*reading, *_in_order(mapping, found))
        self.read = (Input(last.file, last.sheet, self.rows, last.encoding),)

    def _whole(self) -> Listings:
        """Everything as one part, where rows need each other while they are mapped."""
        masters = read_masters(self.inputs)
        listings = listings_of(self.inputs, masters)
        self.rows, self.source, self.notes, self.settled = listings.frame.height, listings.sources[0], listings.notes, True
        self.read = tuple(Input(display(one.file), one.sheet, one.frame.height, one.encoding) for one in masters)
        return listings

    def _listings(self, mapped: Mapped) -> Listings:
        return with_product_type(mapped.listings(self._profile), self.inputs.category)


def _in_order(notes: Mapping[Finding, None], plan: Plan) -> list[Finding]:
    """What was said of the plan, then of its columns in their order."""
    order = {assignment.column.header: place for place, assignment in enumerate(plan.assignments)}
    fixed = {note: place for place, note in enumerate(plan.notes)}
    return sorted(notes, key=lambda note: (note not in fixed, fixed.get(note, 0), order.get(note.column or "", 0)))
