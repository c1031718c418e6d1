"""Large plain tables line by line: of every row a hash is taken as it is written, and few of its cells are read.

Two rows that are written alike mean the same where both tables have the same columns and write their numbers, dates and lists alike.
That only whole columns tell, so these are the cells that are read.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.diff.forms import every_field, is_inventory_file, is_upload_text, profile_of, upload_of
from listingkit.diff.rows import Records, once
from listingkit.diff.sameness import text
from listingkit.diff.tally import Tally
from listingkit.inventory.upload import Upload
from listingkit.mapping.apply import Plan, map_part, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.pieces import needs_every_row, styles_of
from listingkit.mapping.remarks import LONG
from listingkit.mapping.values import Style, may_be_html, read_column
from listingkit.mapping.votes import LOOKED_AT
from listingkit.master.batches import ROWS, pieces
from listingkit.master.delimited import SAMPLE_RECORDS
from listingkit.master.kind import kind_of
from listingkit.master.outline import Outline
from listingkit.master.read import read
from listingkit.master.reading import Reading, joined
from listingkit.master.sheet import ROW, Master
from listingkit.master.source import Opened, opened
from listingkit.render.values import written

ENOUGH = 0.5  # part of a table in the words of the other, from which on reading the rest alone is quicker
BY_POSITION = "row_number"  # in a derived field, which then says another thing where the row stands elsewhere


class Rest(Struct, frozen=True):
    """The rows of a table that another one does not hold, read wholly."""

    master: Master
    left_out: pl.Series  # records that are in both tables

    def is_without(self, records: pl.Series) -> bool:
        """Whether exactly these records are left out."""
        return len(records) == len(self.left_out) and bool((records.sort() == self.left_out.sort()).all())


class TableLines(Struct, frozen=True):
    """A plain table of which the rows were looked at."""

    path: Path
    rows: pl.DataFrame
    records: Records
    plan: Plan  # with the styles of the whole columns
    delimiter: str
    store: str
    rest: "Rest | None" = None

    def without(self, records: pl.Series, like: Upload | None) -> Upload:
        """The table without these records, as an upload."""
        if self.rest and self.rest.is_without(records):
            return self._upload(self.rest.master, like)
        with TemporaryDirectory(prefix="listingkit-") as folder:
            path = Path(folder) / self.path.name
            with opened(self.path) as source, path.open("wb") as target:
                self.records.copy_without(records, source.stream, target)
            master = read(path, encoding="utf-8", delimiter=self.delimiter)
        return self._upload(master, like)

    def _upload(self, master: Master, like: Upload | None) -> Upload:
        listings = map_part(master, self.plan).listings(self.plan.profile)
        return upload_of(listings, self.plan.profile, like, self.store, self.path.name)

    def children_of(self, parents: pl.Series) -> pl.Series:
        """No row of such a table deletes a parent."""
        return parents.clear()


def alike(old: Path, new: Path, store: str, key: str | None) -> tuple[TableLines, TableLines] | None:
    """Both files, where they are UTF-8 texts with the same columns, written in the same way, whose rows do not need each other."""
    if not all(_is_table(path) for path in (new, old)):
        return None
    with opened(new) as after, opened(old) as before:
        try:
            tables = [_Table(file, key) for file in (after, before)]
            if not all(table.stands_alone for table in tables) or tables[0].layout != tables[1].layout:
                return None
            known = tables[1].scan()
            known, found = tables[0].beside(tables[1], known) or (known, tables[0].scan())
            one, other = tables[0].lines(new, store, found), tables[1].lines(old, store, known)
        except UnicodeDecodeError:
            return None
    return (other, one) if _reading(one.plan) == _reading(other.plan) else None


def _is_table(path: Path) -> bool:
    with opened(path) as file:
        return kind_of(file.stream, file.name, file.suffix) == "text" and not is_upload_text(path) and not is_inventory_file(path)


def _reading(plan: Plan) -> dict[Assignment, object]:
    """What of the styles decides how a cell is read: a list's greatest length and whether some cell names a unit do not."""

    def decides(style: Style) -> object:
        numbers, dates = style.numbers, style.dates
        return numbers and (numbers.sign, numbers.currency, numbers.readable), dates and dates.order, style.cut, style.html

    return {assignment: decides(style) for assignment, style in plan.styles.items()}


class _Table:
    """One pass over a table: its first rows wholly, of the others the columns that must be known as a whole."""

    def __init__(self, file: Opened, key: str | None, *, texts: bool = False) -> None:
        self._file, self._key = file, key
        self._sheet = Outline(file.stream, file.name, LOOKED_AT)
        self._reading = Reading(self._sheet)
        self._frames = self._reading.frames()
        self._head = _first(self._frames)
        self._master: Master = self._reading.master(self._head, last=False)
        self._plan = plan(self._master, profile_of(self._master, key))
        self._texts = texts or self._sheet.tagged

    @property
    def layout(self) -> object:
        """What must be the same in both tables."""
        return self._sheet.delimiter, self._master.columns, self._plan.assignments, self._plan.profile

    @property
    def stands_alone(self) -> bool:
        """Whether a row by itself, as the bytes it is, says what it means."""
        profile = self._plan.profile
        named = [assignment.field for assignment in self._plan.assignments]
        made = {*profile.constants, *profile.derived}
        return (
            not needs_every_row(self._plan)
            and named.count("sku") == 1
            and "record_action" not in {*named, *made}
            and "sku" not in made
            and not any(BY_POSITION in derived.template for derived in profile.derived.values())
        )

    def scan(self) -> "_Scan":
        """Read the table to its end."""
        found = self._scanned(self._sheet, chain([self._head], self._frames))
        if found is None:
            self._file.stream.seek(0)
            return _Table(self._file, self._key, texts=True).scan()
        return found

    def beside(self, other: "_Table", known: "_Scan") -> "tuple[_Scan, _Scan] | None":
        """What `scan` tells of the other table and of this one, from what is known of the other and the rows that differ.

        None where that does not tell. What one table alone holds must be whole records for every reader, so that the rows in both
        are so, too, and say the same.
        """
        lines = self._sheet.lines(folded=known.folded)
        both = _in_both(known.records, lines) if lines is not None else None
        if lines is None or both is None or both.height < ENOUGH * lines.height:
            return None
        gone = other._alone(known.records, both.get_column("old"), texts=known.texts)  # noqa: SLF001 - of its own kind
        more = self._alone(lines, both.get_column("new"), texts=known.texts) if gone else None
        if gone is None or more is None or (tally := known.tally.exchanged(gone.tally, more.tally)) is None:
            return None
        same = known.named.join(both, left_on="record", right_on="old").select("sku", "plain", record="new")
        named = pl.concat([more.named, same.select(more.named.columns)])
        return replace(known, rest=gone.rest), replace(more, named=named, records=lines, tally=tally)

    def lines(self, path: Path, store: str, found: "_Scan") -> TableLines:
        """The table as it was scanned."""
        settled = replace(self._plan, styles=styles_of(found.tally.seen(), self._plan, {}))
        frame = _keyed(found.named, found.records.get_column("hash"), every_field(store).default_action)
        records = Records(found.records.get_column("size"), self._sheet.start)
        return TableLines(path, frame, records, settled, self._sheet.delimiter, store, found.rest)

    def _alone(self, records: pl.DataFrame, both: pl.Series, *, texts: bool) -> "_Scan | None":
        """A scan of the table without the records that are in both; None where they cannot be read by themselves."""
        here = self._file.stream.tell()
        left = records.get_column("size").to_frame().with_row_index("record").with_columns(gone=pl.lit(value=False))
        left = left.with_columns(left.get_column("gone").scatter(both, values=True)).filter(~pl.col("gone"))
        with TemporaryFile(prefix="listingkit-") as kept:
            Records(records.get_column("size"), self._sheet.start).copy_without(both, self._file.stream, kept)
            self._file.stream.seek(here)
            kept.seek(0)
            sheet = Outline(kept, self._file.name, LOOKED_AT)
            reading = Reading(sheet)
            frames = list(reading.frames())
            found = self._scanned(sheet, iter(frames), texts=texts)
        if found is None or not found.records.get_column("sound").all():
            return None
        if not found.records.get_column("size").equals(left.get_column("size")):
            return None
        named = found.named.with_columns(record=left.get_column("record").gather(found.named.get_column("record")))
        return replace(found, named=named, rest=Rest(reading.master(joined(frames)), both))

    def _scanned(self, sheet: Outline, frames: Iterator[pl.DataFrame], *, texts: bool | None = None) -> "_Scan | None":
        """What a text with these columns says; None where it holds HTML and its `texts` are not watched."""
        texts = self._texts if texts is None else texts
        sku = next(assignment for assignment in self._plan.assignments if assignment.field == "sku")
        tally = Tally(one for one in self._plan.assignments if texts or not may_be_html(one))
        letters = list(dict.fromkeys(one.column.letter for one in (sku, *tally.assignments)))
        sheet.wanted = letters  # of what was not read yet
        named: list[pl.DataFrame] = []
        for part in pieces(frames, ROWS):
            if sheet.tagged and not texts:
                return None
            frame = part.select(ROW, *(pl.col(name) if name in part.columns else pl.lit(None, pl.String).alias(name) for name in letters))
            tally.add(frame)
            named.append(self._named(frame, sku))
        return _Scan(pl.concat(named), pl.concat(sheet.records), tally, folded=sheet.folded, texts=texts)

    def _named(self, frame: pl.DataFrame, assignment: Assignment) -> pl.DataFrame:
        """The SKUs by record; `plain` where the row cannot be a remark."""
        cells = frame.get_column(assignment.column.letter)
        read = read_column(replace(self._master, frame=frame), assignment, self._plan.profile).columns["sku"]
        return pl.DataFrame(
            {
                "record": frame.get_column(ROW) - 1,
                "sku": text(read.to_frame("sku").select(written(pl.col("sku"))).to_series()),
                "plain": (cells.str.len_chars() <= LONG) & ~cells.str.contains("\n", literal=True),
            }
        )


class _Scan(Struct, frozen=True):
    """What one pass over a table tells."""

    named: pl.DataFrame  # of every row `record`, `sku`, and `plain` where it cannot be a remark
    records: pl.DataFrame  # `hash` and `size` of every record of the text; `sound` where it was read
    tally: Tally
    folded: bool  # whether some record takes several lines
    texts: bool  # whether columns of texts were watched
    rest: Rest | None = None


def _in_both(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Sound records that stand once in each table, in the same bytes: old, new (their places). The first are never among them."""
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    before = once(old.select("hash", "sound", old=place), "hash").filter(pl.col("sound") & (pl.col("old") >= SAMPLE_RECORDS))
    after = once(new.select("hash", new=place), "hash").filter(pl.col("new") >= SAMPLE_RECORDS)
    return before.join(after, on="hash").select("old", "new")


def _first(frames: Iterator[pl.DataFrame]) -> pl.DataFrame:
    """The rows that tell what the columns are, and what was read with them."""
    head: list[pl.DataFrame] = []
    while sum(frame.height for frame in head) < LOOKED_AT and (frame := next(frames, None)) is not None:
        head.append(frame)
    return joined(head)


def _keyed(named: pl.DataFrame, hashes: pl.Series, action: str | None) -> pl.DataFrame:
    """The rows of `Outlined`. The first records tell what the file is and belong to every part of it."""
    known = pl.col("plain") & (pl.col("record") >= SAMPLE_RECORDS)
    hashed = named.with_columns(hash=hashes.gather(named.get_column("record")), action=pl.lit(action, pl.String))
    return hashed.select("sku", "action", pl.when(known).then("hash").alias("hash"), "record")
