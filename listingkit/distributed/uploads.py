"""Comparing uploads that are spread over many files: rows meet by the hash of their SKU, families where a parent is deleted."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.gate import Gate, judged
from listingkit.diff.settings import DEFAULT, Settings
from listingkit.diff.side import DELETE, place, side, skus
from listingkit.distributed.cluster import Tasks, all_or_nothing
from listingkit.distributed.store import (
    PartFile,
    Space,
    Spread,
    joined,
    local,
    part_files,
    read_bucket,
    read_frames,
    write,
    write_buckets,
    write_frame,
)
from listingkit.errors import ListingkitError
from listingkit.inventory.read import read_template
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.report.changes_lines import write_jsonl

MISORDERED = "misordered"
PLACE = "#place"  # part and row, in the order of the files
SIDES = ("old", "new")


class DiffDone(Struct, frozen=True):
    """What a comparison found. The changes lie in `out`/changes, one jsonl file a bucket."""

    counts: Mapping[str, int]  # listings and cells, as `Changes.counts`
    risks: Mapping[str, int]  # changes by risk code
    gate: Gate = Gate(0, None, confirmed=False)


class _Task(Struct, frozen=True):
    templates: tuple[Template, Template]
    store: str
    settings: Settings
    space: Space
    buckets: int

    def upload(self, name: str, frame: pl.DataFrame) -> Upload:
        """Rows of one side as an upload."""
        template = self.templates[SIDES.index(name)]
        return Upload(template, frame, self.store or next(iter(template.marketplaces), ""))


def diff(
    old: str | Sequence[str],
    new: str | Sequence[str],
    out: str,
    *,
    client: Any,
    settings: Settings = DEFAULT,
    store: str = "",
    confirm: str | None = None,
) -> DiffDone:
    """Compare the parts of two uploads (each part with its header rows) as `listingkit diff` compares two files.

    `confirm` is the token of the dangerous changes that somebody has looked at: the same as of the whole files. Raises `Unreadable`,
    and `ListingkitError` where the parts of one upload have different columns, `out` is in use, or the token is of other changes.
    """
    sides = [part_files(old), part_files(new)]
    templates = (_template(sides[0][0]), _template(sides[1][0]))
    task = _Task(templates, store, settings, Space(out, ("changes", "changes.json")), max(1, *map(len, sides)))
    with all_or_nothing(client, task.space) as tasks:
        named = [(name, part) for name, parts in zip(SIDES, sides, strict=True) for part in parts]
        spreads = tasks.do("reading uploads", _split, named, shared=[task])
        found = {name: [one for one, (of, _) in zip(spreads, named, strict=True) if of == name] for name in SIDES}
        told = _compared(tasks, task, found)
        lenient = _lenient(task.settings, told)
        if lenient != task.settings:
            task = replace(task, settings=lenient)
            told = _compared(tasks, task, found)
        deleted = sorted({sku for one in told for sku in one.deleted})
        if deleted:
            told.append(_left(_families(tasks, task, found, deleted), task, "families"))
        done = _done(told, task, confirm)
        summary = {"counts": done.counts, "risks": done.risks, "dangerous": done.gate.dangerous, "token": done.gate.token}
        write(joined(out, "changes.json"), (json.dumps(summary, indent=2) + "\n").encode())
    return done


class _Told(Struct, frozen=True):
    """What the comparison of a bucket tells."""

    counts: Mapping[str, int]
    risks: Mapping[str, int]
    dangerous: str  # the file of the changes that need somebody's yes
    deleted: Sequence[str] = field(default_factory=list)  # SKUs


def _done(told: Sequence[_Told], task: _Task, confirm: str | None) -> DiffDone:
    counts = {**dict.fromkeys(told[0].counts, 0), **_sum(one.counts for one in told)} if told else {}
    dangerous = read_frames([one.dangerous for one in told if one.dangerous])
    new = place(task.upload("new", pl.DataFrame()))
    rows = _in_order(pl.concat(dangerous)) if dangerous else pl.DataFrame()
    return DiffDone(counts, dict(sorted(_sum(one.risks for one in told).items())), judged([(new, rows)], confirm))


def _in_order(dangerous: pl.DataFrame) -> pl.DataFrame:
    """The changes of all buckets as one comparison orders them: each bucket is in order, a family may be beside them."""
    row = pl.col("path").is_null()
    return dangerous.sort("sku", ~row, pl.when(row).then("kind"), maintain_order=True)


def _sum(counted: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counted:
        total.update(one)
    return total


def _template(part: PartFile) -> Template:
    with local(part.url) as path:
        return read_template(path)


def _split(name: str, part: PartFile, task: _Task) -> Spread:
    """Put the rows of a part into the buckets of their SKUs."""
    task.space.go_on()
    with local(part.url) as path:
        upload = read_upload(path)
    template = task.templates[SIDES.index(name)]
    if [column.path for column in upload.template.columns] != [column.path for column in template.columns]:
        raise ListingkitError(f"{part.url}: its columns are not those of the first part; parts of one upload have the same header rows")
    numbered = upload.frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt64).alias(PLACE) + (part.number << 32))
    sku = skus(upload)
    placed = numbered.with_columns((sku.hash(seed=0) % task.buckets).alias("#bucket")).filter(sku.is_not_null())
    rows = {int(bucket): [frame] for (bucket,), frame in placed.partition_by("#bucket", as_dict=True, include_key=False).items()}
    return write_buckets(joined(task.space.shuffled, name, f"part-{part.number:05}.arrow"), rows, task.buckets)


def _compared(tasks: Tasks, task: _Task, found: Mapping[str, Sequence[Spread]]) -> list[_Told]:
    places = [bucket for bucket in range(task.buckets) if any(one.holds(bucket) for name in SIDES for one in found[name])]
    return tasks.do("comparing", _compare, [(bucket,) for bucket in places or [0]], shared=[tasks.shared(found), tasks.shared(task)])


def _rows(name: str, bucket: int, found: Mapping[str, Sequence[Spread]], task: _Task) -> pl.DataFrame:
    """The rows of one side in a bucket, in the order of the files."""
    template = task.templates[SIDES.index(name)]
    empty = pl.DataFrame(schema={PLACE: pl.UInt64, **{column.path: pl.String for column in template.columns}})
    return pl.concat([empty, *read_bucket(found[name], bucket)], how="diagonal").sort(PLACE)


def _compare(bucket: int, found: Mapping[str, Sequence[Spread]], task: _Task) -> _Told:
    task.space.go_on()
    old, new = (task.upload(name, _rows(name, bucket, found, task).drop(PLACE)) for name in SIDES)
    changes = compare(old, new, task.settings)
    alone = replace(changes, frame=changes.frame.filter(pl.col("kind") != MISORDERED))  # a family may be in several buckets
    deleted = changes.new.sku.filter((changes.new.action == DELETE).fill_null(value=False))
    return replace(_left(alone, task, f"part-{bucket:05}"), deleted=deleted.to_list())


def _left(changes: Changes, task: _Task, name: str) -> _Told:
    """Write the changes, and tell their numbers."""
    stream = StringIO()
    write_jsonl(changes, stream)
    write(joined(task.space.out, "changes", f"{name}.jsonl"), stream.getvalue().encode())
    dangerous = changes.dangerous
    url = write_frame(joined(task.space.shuffled, "dangerous", f"{name}.arrow"), dangerous) if dangerous.height else ""
    return _Told(changes.counts(), changes.risks(), url)


def _lenient(settings: Settings, told: Sequence[_Told]) -> Settings:
    """The settings with what the thresholds let through, for thresholds hold over all buckets."""
    risks = _sum(one.risks for one in told)
    harmless: dict[str, bool] = {}
    if 0 < risks["OPS002"] <= settings.max_deletes:
        harmless["OPS002"] = False
    if 0 < risks["OPS001"] + risks["OPS017"] <= settings.max_wipes:
        harmless |= {"OPS001": False, "OPS017": False}
    strict = replace(settings, max_deletes=0, max_wipes=0)
    return replace(strict, dangerous={**settings.dangerous, **harmless}) if settings.max_deletes or settings.max_wipes else settings


def _families(tasks: Tasks, task: _Task, found: Mapping[str, Sequence[Spread]], deleted: Sequence[str]) -> Changes:
    """Deleted parents with their children, compared together: which are deleted too early."""
    places = [bucket for bucket in range(task.buckets) if any(one.holds(bucket) for name in SIDES for one in found[name])]
    shared = [tasks.shared(list(deleted)), tasks.shared(found), tasks.shared(task)]
    pairs = tasks.do("families", _family, [(bucket,) for bucket in places], shared=shared)
    old, new = (
        task.upload(name, pl.concat([pair[at] for pair in pairs], how="diagonal").sort(PLACE).drop(PLACE)) for at, name in enumerate(SIDES)
    )
    changes = compare(old, new, task.settings)
    return replace(changes, frame=changes.frame.filter(pl.col("kind") == MISORDERED), unchanged=changes.unchanged.clear(), advice={})


def _family(bucket: int, deleted: Sequence[str], found: Mapping[str, Sequence[Spread]], task: _Task) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of deleted parents and of their children, in both uploads."""
    from listingkit.diff import keys

    task.space.go_on()
    frames = []
    wanted = set(deleted)
    for name in SIDES:
        frame = _rows(name, bucket, found, task)
        one = side(task.upload(name, frame))
        parents = one.frame[keys.PARENT] if keys.PARENT in one.frame.columns else pl.Series([None] * one.frame.height, dtype=pl.String)
        if name == "old":
            wanted |= set(one.sku.filter(parents.is_in(list(deleted)).fill_null(value=False)).to_list())
        frames.append(one.upload.frame.filter(one.sku.is_in(list(wanted)).fill_null(value=False)))
    return frames[0], frames[1]
