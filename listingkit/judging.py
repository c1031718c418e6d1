"""What is judged of a part by itself, in any process, and what all parts come to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.checker import Checker, detached, shifted
from listingkit.config import DEFAULT, Config
from listingkit.defined import NOTHING, Definitions
from listingkit.inventory.template import Template
from listingkit.kept import Kept, Looked, Looking
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.outputs import PRODUCTS, products_of
from listingkit.report.report import Product
from listingkit.rules.capped import MOST, Cap, Counted
from listingkit.rules.exceptions import exceptions
from listingkit.rules.findings import Batch


class Judged(NamedTuple):
    """What came of a part. Rows are those of the part, and nothing holds its memory."""

    batches: list[Batch]
    more: Counted  # findings beyond the cap
    products: list[Product]
    looked: Looked


class Question(Struct, frozen=True):
    """What is asked of a master."""

    marketplaces: tuple[str, ...]
    as_of: date
    config: Config = DEFAULT
    templates: Sequence[Template] = ()
    definitions: Definitions = field(default_factory=lambda: NOTHING)
    most: int = MOST  # findings of one rule that are kept


class Judging(Struct, frozen=True):
    """How every part is judged."""

    question: Question
    stores: tuple[Marketplace, ...]
    like: Listings  # without rows
    columns: Sequence[str]  # that are kept of all rows, beside those that rules compare
    samples: Mapping[str, pl.Series] = field(default_factory=dict)  # of columns, by which is assumed what all rows prove

    def cap(self) -> Cap:
        """Of what an exception may accept all is kept, to be weighed."""
        return Cap(self.question.most, free=tuple(one.rule for one in exceptions(self.question.config.exceptions)))

    def checker(self) -> Checker:
        """What is asked."""
        asked = self.question
        return Checker(self.stores, as_of=asked.as_of, config=asked.config, templates=asked.templates, definitions=asked.definitions)

    def looking(self) -> Looking:
        """What is looked at in every part, with a checker of its own."""
        return Looking(self.checker(), self.like, self.columns, self.samples)


def judging(question: Question, stores: tuple[Marketplace, ...], first: Listings, columns: Collection[str]) -> Judging:
    """How parts like the first one are judged, and as its columns say; those of these columns that it has are kept of all rows."""
    kept = [name for name in first.frame.columns if name in columns]
    how = Judging(question, stores, replace(first, frame=first.frame.clear()), kept)
    return replace(how, samples=how.checker().samples(first))


class Judge:
    """Judges part after part."""

    def __init__(self, how: Judging) -> None:
        self._how, self._looking = how, how.looking()
        self._room = PRODUCTS  # nobody shows more than the first ones

    def __call__(self, part: Listings) -> tuple[list[Batch], Judged]:
        """All that was found, and what is left of it under the cap."""
        found, cap = self._looking.checker.part(part), self._how.cap()
        products = list(products_of(part, found, self._how.stores, min(self._room, part.frame.height - 1))) if self._room else []
        self._room -= len(products)
        return found, Judged(list(map(detached, cap(found))), cap.counted(), products, self._looking(part))


class Verdict:
    """What the parts come to, taken in their order."""

    def __init__(self, how: Judging) -> None:
        self.like, self.looking, self.cap = how.like, how.looking(), how.cap()
        self.checker, self.kept = self.looking.checker, Kept(self.looking)
        self.batches: list[Batch] = []
        self.products: list[Product] = []

    def take(self, judged: Judged) -> None:
        """Take what came of the next part. Raises `Unwritable`."""
        at = self.kept.height
        self.batches += self.cap(shifted(batch, at) for batch in judged.batches)
        self.cap.count(judged.more, at)
        self.products += judged.products[: PRODUCTS - len(self.products)]
        self.kept.add(judged.looked)
