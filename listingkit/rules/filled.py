"""Checking a filled template: every rule of the catalogue, and everything that the template itself says."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from listingkit.config import DEFAULT, Config
from listingkit.inventory.filled import Filled
from listingkit.marketplace import Marketplace, select
from listingkit.rules.exceptions import accept
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.graded import graded
from listingkit.rules.run import check
from listingkit.rules.split import of_stores
from listingkit.rules.template_rows import template_batches, template_notes

_SAME = {"REQ001", "REQ002", "SKU001", "VAR005", "VAR006"}  # about a blank cell: the seller's own template says it better
_SAID = dict.fromkeys(_SAME, frozenset(("REQ010",)))
_SAID |= dict.fromkeys(("VAL006", "DAT001", "OFR001", "OFR003"), frozenset(("VAL023",)))  # about a value that its own type refuses
_SAID["VAL001"] = frozenset(("VAL020", "VAL021", "VAL022"))  # about one that is not in its own list
_TELLING = frozenset[str]().union(*_SAID.values())


def check_filled(
    filled: Filled, stores: Sequence[Marketplace] = (), *, as_of: date, config: Config = DEFAULT, also: Sequence[Batch] = ()
) -> Findings:
    """Check a filled template as master and template at once, for these marketplaces or for those that it is made for.

    A file for many marketplaces holds the product once, in the language of the first of them; of the others it holds the offers.
    `also`: what was found out elsewhere.
    """
    named = tuple(stores or select(filled.template.marketplaces))
    main = named[:1] if not stores and filled.template.generation == "multistore" else named
    store = main[0].code if len(main) == 1 else ""
    said = template_batches(filled.template, filled.rows.frame, names=filled.names, store=store, texts=filled.rows.texts, config=config)
    own = [*graded(said, filled.listings.frame, config), *graded(also, filled.listings.frame, config)]
    general = check(filled.listings, main, as_of=as_of, config=config, defined=[("", one.code) for one in main])
    every = [*general.batches, *_offers(filled, named[len(main) :], as_of, config)]
    notes = [*template_notes(filled.template, as_of=as_of, config=config), *general.notes]
    found = Findings([*without_echo(every, own, set(filled.names.values())), *own], general.sources, notes)
    return accept(found, filled.listings, named, config, as_of=as_of)


def _offers(filled: Filled, stores: Sequence[Marketplace], as_of: date, config: Config) -> Iterator[Batch]:
    """What there is to say of the columns that are a marketplace's own."""
    batches = check(filled.listings, stores, as_of=as_of, config=config).batches if stores else ()
    yield from (batch for batch in batches if batch.column.partition("@")[2] in batch.stores)


def without_echo(batches: Sequence[Batch], own: Sequence[Batch], held: Collection[str], store: str | None = None) -> Iterator[Batch]:
    """The batches without what the template already says of the same cell, and, of blank ones, without columns that it does not have.

    `store`: the one marketplace that has this template; of the others the batches stay as they are.
    """
    told = {(batch.code, batch.column, index) for batch in own if batch.code in _TELLING for index in batch.places["index"].to_list()}
    for batch in batches:
        shared = store is not None and batch.stores != (store,)
        mine = of_stores(batch, (store,)) if shared and store in batch.stores else None if shared else batch
        kept = _kept(mine, told, held) if mine is not None else None
        if kept is mine:
            yield batch
            continue
        others = of_stores(batch, [code for code in batch.stores if code != store]) if shared else None
        yield from (part for part in (others, kept) if part is not None)


def without_asks(batches: Iterable[Batch], store: str) -> Iterator[Batch]:
    """The batches without what is required of a whole listing of this marketplace, where its rows are partial updates."""
    for batch in batches:
        if not (batch.code.startswith("REQ00") and batch.code != "REQ005" and store in batch.stores):
            yield batch
        elif (others := of_stores(batch, [code for code in batch.stores if code != store])) is not None:
            yield others


def _kept(batch: Batch, told: Collection[tuple[str, str, int]], held: Collection[str]) -> Batch | None:
    """What is left of a batch; the batch itself where that is all of it."""
    if batch.code in _SAME and batch.column not in held:
        return None
    codes = _SAID.get(batch.code, frozenset())
    indices = batch.places["index"].to_list()
    kept = [place for place, index in enumerate(indices) if not any((code, batch.column, index) in told for code in codes)]
    if len(kept) == len(indices):
        return batch
    return replace(batch, places=batch.places[kept], flaws=[batch.flaws[place] for place in kept]) if kept else None
