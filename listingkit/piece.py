"""One part of a sheet, mapped: its listings, and what it tells of the whole."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from msgspec import Struct, structs

from listingkit.finding import Finding
from listingkit.job import with_product_type
from listingkit.mapping.apply import Plan, map_part
from listingkit.mapping.assign import Assignment
from listingkit.mapping.listings import Listings, Source
from listingkit.mapping.pieces import look_at, styles_of, with_every_column
from listingkit.mapping.profile import Profile
from listingkit.mapping.values import Seen, glance_at
from listingkit.master.sheet import Master

Told_co = TypeVar("Told_co", covariant=True)


class Work(Protocol[Told_co]):
    """What is done with every part, each by itself. It travels, as what it tells of a part does."""

    def begin(self) -> Callable[[Listings], Told_co]:
        """Get ready, once in a process."""
        ...


class Piece(Struct, frozen=True):
    """What a part tells of the whole, without its rows."""

    seen: Mapping[Assignment, Seen]
    reading: tuple[Finding, ...]
    mapping: tuple[Finding, ...]
    source: Source
    last: Master  # without rows
    height: int


class Way(Struct, frozen=True):
    """How parts become listings."""

    plan: Plan  # what is assumed of the whole
    profile: Profile  # as it was given
    category: str | None  # product type of rows that state none


def mapped_piece(part: Master, way: Way) -> tuple[Listings, Piece, Way]:
    """A part mapped as assumed. Where nothing is assumed of how columns are written, this part tells, and the way says it from then on."""
    assumed = way.plan
    whole = with_every_column(part, assumed)
    known = glance_at(whole.frame, assumed.assignments)
    seen: dict[Assignment, Seen] = {}
    look_at(seen, whole.frame, assumed, known)
    if not assumed.styles:
        assumed = structs.replace(assumed, styles=styles_of(seen, assumed, whole.evidence))
    mapped = map_part(whole, assumed, known)
    last = structs.replace(whole, frame=whole.frame.clear())
    piece = Piece(seen, tuple(part.notes), tuple(mapped.notes), mapped.source, last, mapped.frame.height)
    return with_product_type(mapped.listings(way.profile), way.category), piece, structs.replace(way, plan=assumed)
