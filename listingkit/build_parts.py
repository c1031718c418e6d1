"""Building from a master of any size: its listings lie on disk part by part, and no more than one part is in memory.

What rows are compared by, the findings (up to a cap) and the changed rows of the diff are held; everything else streams.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit import fixing
from listingkit.build import Built, Made, Order, against_previous, delta_of, known_whole, named, template_of, write_rest
from listingkit.checker import detached, joined, shifted
from listingkit.diff.changes import Changes
from listingkit.diff.delta import Delta
from listingkit.diff.lines import compare_files
from listingkit.diff.previous import one_text
from listingkit.diff.settings import settings
from listingkit.errors import Unwritable
from listingkit.finding import Safety
from listingkit.holding import FAMILY, held_by, wrong_by
from listingkit.inventory.template import Template
from listingkit.inventory.upload_read import read_upload
from listingkit.job import stores_of
from listingkit.judging import Judge, Judged, Judging, Question, Verdict, judging
from listingkit.kept import Kept
from listingkit.mapping.listings import SOURCE, Listings, Lost
from listingkit.marketplace import Marketplace
from listingkit.master.batches import ROWS
from listingkit.master.sheet import ROW
from listingkit.parts import Parts
from listingkit.progress import tell
from listingkit.render import folder, text
from listingkit.render.rows import render, unplaced
from listingkit.rules.capped import Cap
from listingkit.rules.findings import Batch, Cell, Findings, Rest

TOLD = (ROW, SOURCE, *FAMILY, "product_type", "product_id")
FIX = {"index": pl.UInt32, "column": pl.String, "value": pl.String, "store": pl.String}


class _Told(NamedTuple):
    """What came of one part; rows are those of the part."""

    judged: Judged
    every: tuple[list[Batch], tuple[Rest, ...]]  # all of its flaws, as counts and rows
    fixes: pl.DataFrame
    filled: frozenset[str]  # columns that hold anything
    like: Listings  # without rows
    file: str  # where its rows lie


class _Work(Struct, frozen=True):
    """What is done with every part."""

    judging: Judging
    place: Path  # where parts lie

    def begin(self) -> Callable[[Listings], _Told]:
        """Get ready to judge parts and put them away."""
        judge = Judge(self.judging)

        def work(part: Listings) -> _Told:
            found, judged = judge(part)
            count = Cap(0)
            every = list(count(found)), count.rest()
            fixes = pl.concat([pl.DataFrame(schema=FIX), *map(_fixes, found)])
            filled = frozenset(name for name in part.frame.columns if part.frame[name].null_count() < part.frame.height)
            return _Told(judged, every, fixes, filled, replace(part, frame=part.frame.clear()), spilled(part.frame, self.place))

        return work


def spilled(frame: pl.DataFrame, place: Path) -> str:
    """Write the rows of a part into a file of that folder; says which. Raises `Unwritable`."""
    name = f"{frame[ROW][0] if frame.height else 0}.arrow"
    try:
        frame.write_ipc(place / name, compression="lz4")
    except OSError as error:
        why = f"{place.parent} cannot hold the listings while they are built ({error.strerror or error})"
        raise Unwritable(f"{why}; set TMPDIR to a larger place") from None
    return name


class _Seen(Verdict):
    """What one pass over the parts says, and where their rows lie."""

    def __init__(self, work: _Work) -> None:
        super().__init__(work.judging)
        self._place = work.place
        self.fixes: list[pl.DataFrame] = []
        self.filled: set[str] = set()  # columns that hold anything
        self.counted: list[tuple[list[Batch], list[Rest]]] = []  # by part: all of its flaws, as counts and rows
        self.starts: list[int] = []  # row of the whole at which each part begins
        self._files: list[str] = []
        self._lost: list[tuple[Lost, ...]] = []  # what reading could not take

    def note(self, told: _Told) -> None:
        """Take what came of the next part. Raises `Unwritable`."""
        at = self.kept.height
        batches, rest = told.every
        self.counted.append(([shifted(batch, at) for batch in batches], [replace(one, rows=one.rows + at) for one in rest]))
        self.fixes.append(told.fixes.with_columns(pl.col("index") + at))
        self.filled |= told.filled
        self.starts.append(at)
        self._files.append(told.file)
        self._lost.append(told.like.lost)
        self.like = told.like
        self.take(told.judged)

    def part(self, number: int) -> Listings:
        """The rows of a part."""
        return replace(self.like, frame=pl.read_ipc(self._place / self._files[number]), lost=self._lost[number])


def build(order: Order, rows: int = ROWS) -> Built:
    """Build in parts of at most so many rows.

    The same files as of the whole, but for review.xlsx, which lists the findings without the sheet itself.
    """
    with TemporaryDirectory(prefix="listingkit-") as place:
        parts = Parts(order.inputs, rows)
        seen = _pass(order, parts, Path(place))
        while not parts.settled:
            seen = _pass(order, parts, Path(place))
        together = list(seen.kept.batches(parts.source))
        whole = replace(seen.like, frame=seen.kept.rows(told_of(seen.like)), sources=(parts.source,), notes=parts.notes)
        fixes = _fixes_of(seen, together)
        kept = [*seen.cap(together), *joined(seen.batches)]
        notes = [*seen.checker.notes(parts.notes), *seen.cap.notes()]
        findings = Findings(kept, whole.sources, notes, rest=seen.cap.rest())
        with folder.replacing(order.out) as out:
            plans = list(_planned(order, seen, whole, findings, fixes))
            shipped = _write(plans, seen, out)
            made = tuple(_made(order, plan, seen, out, rows) for plan, rows in zip(plans, shipped, strict=True))
            built = Built(order, parts.read, whole, findings, made, products=tuple(seen.products))
            assert built.gate is not None  # a token of other changes stops the run, and the folder stays what it was
            return replace(built, files=write_rest(built, out))


def _pass(order: Order, parts: Parts, place: Path) -> _Seen:
    seen: _Seen | None = None

    def work(part: Listings) -> _Work:
        nonlocal seen
        stores = named(stores_of(order.marketplaces, part, (), order.config))
        how = _Work(judging(Question((), order.as_of, order.config), stores, part, TOLD), place)
        seen = _Seen(how)
        return how

    with closing(parts.each(work)) as coming:
        for told in coming:
            assert seen is not None  # the first part made it
            seen.note(told)
    assert seen is not None  # there is always one part
    return seen


def told_of(listings: Listings) -> list[str]:
    """The columns of all rows that say which of them are held back, and what reports tell of them."""
    return [name for name in listings.frame.columns if name in TOLD]


def _fixes(batch: Batch) -> pl.DataFrame:
    """The cells that safe fixes of a batch change, once for each marketplace that they concern ("": every one)."""
    safe = [
        (index, batch.column, flaw.fix)
        for index, flaw in zip(batch.places["index"].to_list(), batch.flaws, strict=True)
        if flaw.fix is not None and index is not None and (flaw.safety or batch.safety) is Safety.SAFE
    ]
    rows = [(*cell, store) for cell in safe for store in batch.stores or ("",)]
    return pl.DataFrame(rows, schema=FIX, orient="row")


def _fixes_of(seen: _Seen, together: Sequence[Batch]) -> pl.DataFrame:
    """Every cell that safe fixes change, in the order in which `Findings.safe_fixes` has them."""
    return pl.concat([pl.DataFrame(schema=FIX), *(_fixes(batch) for batch in together), *seen.fixes])


class _Plan(Struct, frozen=True):
    """What one marketplace gets."""

    store: Marketplace
    template: Template
    held: pl.Series  # mask over the listings
    skus: pl.Series  # of the rows that are held back
    wrong: pl.Series  # mask over the listings
    cells: pl.DataFrame  # fixed


def _planned(order: Order, seen: _Seen, whole: Listings, findings: Findings, fixes: pl.DataFrame) -> Iterator[_Plan]:
    last: tuple[pl.DataFrame, tuple[Listings, Findings]] | None = None
    for store in seen.checker.stores:
        cells = fixes.filter(pl.col("store").is_in([store.code, ""])).unique(["index", "column"], keep="first", maintain_order=True)
        cells = cells.drop("store") if order.fix else cells.drop("store").clear()
        if cells.is_empty():
            after, left = whole, findings
        else:
            last = last if last and last[0].equals(cells) else (cells, _fixed(seen, whole, findings, cells))
            after, left = last[1]
        held = held_by(order.policy, after, left, store)
        wrong = wrong_by(order.policy, after, left, store, held)
        yield _Plan(store, template_of((), store, whole), held, after.frame["sku"].filter(held).drop_nulls(), wrong, cells)


def _write(plans: Sequence[_Plan], seen: _Seen, out: Path) -> list[int]:
    """Write the upload of every marketplace, part by part; says how many rows each has."""
    tell(f"writing {', '.join(plan.store.code for plan in plans)}")
    with ExitStack() as files:
        texts = [files.enter_context(text.stacked(out / plan.store.code / "upload.txt")) for plan in plans]
        for number, at in enumerate(seen.starts):
            part = seen.part(number)
            for plan, stack in zip(plans, texts, strict=True):
                keep = ~plan.held.slice(at, part.frame.height)
                stack.add(render(_with(part, plan.cells, at), plan.store, plan.template, keep=keep))
        return [stack.rows for stack in texts]


def _made(order: Order, plan: _Plan, seen: _Seen, out: Path, shipped: int) -> Made:
    changes, delta = _changes(order, plan.store, out / plan.store.code / "upload.txt", plan.skus)
    unplaced = _homeless(seen, plan.store, plan.template)
    return Made(plan.store, plan.template, shipped, plan.held, plan.cells.height, plan.wrong, changes, delta, unplaced)


def _homeless(seen: _Seen, store: Marketplace, template: Template) -> tuple[str, ...]:
    """Filled fields that the template has no column for."""
    frame = pl.DataFrame({name: ["x" if name in seen.filled else None] for name in seen.like.frame.columns})
    return unplaced(replace(seen.like, frame=frame), store, template)


def _with(part: Listings, cells: pl.DataFrame, at: int) -> Listings:
    """The part with those of the fixed cells that stand in it."""
    mine = cells.filter(pl.col("index").is_between(at, at + part.frame.height - 1))
    return fixing.apply(part, [Cell(index - at, column, value) for index, column, value in mine.iter_rows()])


def _fixed(seen: _Seen, whole: Listings, findings: Findings, cells: pl.DataFrame) -> tuple[Listings, Findings]:
    """What is left to find when these cells are fixed: only parts that they stand in are checked again."""
    kept = Kept(seen.looking)
    batches: list[Batch] = []
    rest: list[Rest] = []
    for number, at in enumerate(seen.starts):
        part = seen.part(number)
        fixed = _with(part, cells, at)
        if fixed is part:
            passed, counted = seen.counted[number]
            batches, rest = [*batches, *passed], [*rest, *counted]
        else:
            batches += [detached(shifted(batch, at)) for batch in seen.checker.part(fixed)]
        kept.add(seen.looking(fixed))
    after = replace(whole, frame=kept.rows(told_of(seen.like)))
    return after, Findings([*kept.batches(whole.sources[0]), *batches], findings.sources, rest=rest)


def _changes(order: Order, store: Marketplace, new: Path, held: pl.Series) -> tuple[Changes | None, Delta | None]:
    """The difference between the file that was written and the previous one, line by line where that is a single text file."""
    old = one_text(order.previous, store.code)
    if old is None:
        return against_previous(order, store, read_upload(new, store), held) if order.previous or order.ledger else (None, None)
    tell(f"comparing {store.code} with what is live")
    changes = known_whole(store, compare_files(old, new, settings(order.config.diff_in(store.code)), store=store.code, apart=held))
    return changes, delta_of(order, changes)
