"""Large plain tables line by line: of every row a hash is taken as it is written, and few of its cells are read.

Two rows that are written alike mean the same where both tables have the same columns and write their numbers, dates and lists alike.
That only whole columns tell, so these are the cells that are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from listingkit.diff.forms import every_field, is_inventory_file, is_upload_text, profile_of, upload_of
from listingkit.diff.rows import Records
from listingkit.diff.sameness import text
from listingkit.inventory.upload import Upload
from listingkit.mapping.apply import Plan, map_part, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.pieces import look_at, needs_every_row, styles_of
from listingkit.mapping.remarks import LONG
from listingkit.mapping.values import Seen, Style, look, may_be_html, read_column
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

BLANK = pl.Series([], dtype=pl.String)
BY_POSITION = "row_number"  # in a derived field, which then says another thing where the row stands elsewhere


@dataclass(frozen=True)
class TableLines:
    """A plain table of which the rows were looked at."""

    path: Path
    rows: pl.DataFrame
    records: Records
    plan: Plan  # with the styles of the whole columns
    delimiter: str
    store: str

    def without(self, records: pl.Series, like: Upload | None) -> Upload:
        """The table without these records, as an upload."""
        with TemporaryDirectory(prefix="listingkit-") as folder:
            path = Path(folder) / self.path.name
            with opened(self.path) as source, path.open("wb") as target:
                self.records.copy_without(records, source.stream, target)
            master = read(path, encoding="utf-8", delimiter=self.delimiter)
        listings = map_part(master, self.plan).listings(self.plan.profile)
        return upload_of(listings, self.plan.profile, like, self.store, path.name)

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
            one, other = (table.lines(path, store) for table, path in zip(tables, (new, old), strict=True))
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
        self._sheet = Outline(file.stream, file.name)
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

    def lines(self, path: Path, store: str) -> TableLines:
        """Read the table to its end."""
        sku = next(assignment for assignment in self._plan.assignments if assignment.field == "sku")
        watched = replace(self._plan, assignments=tuple(one for one in self._plan.assignments if self._is_watched(one)))
        letters = list(dict.fromkeys(one.column.letter for one in (sku, *watched.assignments)))
        self._sheet.wanted = letters
        seen: dict[Assignment, Seen] = {}
        named: list[pl.DataFrame] = []
        for part in pieces(chain([self._head], self._frames), ROWS):
            if self._sheet.tagged and not self._texts:
                self._file.stream.seek(0)
                return _Table(self._file, self._key, texts=True).lines(path, store)
            frame = part.select(ROW, *(pl.col(name) if name in part.columns else pl.lit(None, pl.String).alias(name) for name in letters))
            look_at(seen, frame, watched)
            named.append(self._named(frame, sku))
        records = pl.concat(self._sheet.records)
        settled = replace(self._plan, styles=styles_of(seen, self._plan, {}))
        frame = _keyed(pl.concat(named), records.get_column("hash"), every_field(store).default_action)
        return TableLines(path, frame, Records(records.get_column("size"), self._sheet.start), settled, self._sheet.delimiter, store)

    def _is_watched(self, assignment: Assignment) -> bool:
        return look(BLANK, assignment) is not None and (self._texts or not may_be_html(assignment))

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
