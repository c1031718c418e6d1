"""Comparing uploads that are spread over many files: rows meet by the hash of their SKU, families where a parent is deleted."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

import polars as pl

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.settings import DEFAULT, Settings
from listingkit.diff.side import DELETE, side
from listingkit.distributed.store import (
    PartFile,
    files,
    gathered,
    has_files,
    joined,
    local,
    part_files,
    read_frames,
    remove,
    write,
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


@dataclass(frozen=True)
class DiffDone:
    """What a comparison found. The changes lie in `out`/changes, one jsonl file a bucket."""

    counts: Mapping[str, int]  # listings and cells, as `Changes.counts`
    risks: Mapping[str, int]  # changes by risk code


@dataclass(frozen=True)
class _Task:
    templates: tuple[Template, Template]
    store: str
    settings: Settings
    out: str
    buckets: int

    def file(self, name: str, bucket: int, part: int) -> str:
        return joined(self.out, "_shuffle", f"{name}-{bucket:05}", f"part-{part:05}.arrow")


def diff(old: str | list[str], new: str | list[str], out: str, *, client: Any, settings: Settings = DEFAULT, store: str = "") -> DiffDone:
    """Compare the parts of two uploads (each part with its header rows) as `listingkit diff` compares two files.

    Raises `Unreadable`, and `ListingkitError` where the parts of one upload have different columns or `out` is in use.
    """
    if has_files(joined(out, "changes")):
        raise ListingkitError(f"{out} holds the changes of an earlier run: name another folder, or remove it")
    sides = [part_files(old), part_files(new)]
    templates = (_template(sides[0][0]), _template(sides[1][0]))
    task = _Task(templates, store, settings, out, max(1, *map(len, sides)))
    named = [(name, part) for name, parts in zip(("old", "new"), sides, strict=True) for part in parts]
    try:
        held = gathered(client, [client.submit(_split, name, part, task, pure=False) for name, part in named], "reading uploads")
        places = sorted(set().union(*held))
        told = _compared(client, task, places)
        lenient = _lenient(task.settings, told)
        if lenient != task.settings:
            task = replace(task, settings=lenient)
            told = _compared(client, task, places)
        deleted = sorted({sku for one in told for sku in one[2]})
        families = _families(client, task, places, deleted) if deleted else None
    finally:
        remove(joined(out, "_shuffle"))
    if families is not None:
        told.append(_left(families, joined(out, "changes", "families.jsonl")))
    done = DiffDone({**dict.fromkeys(told[0][0], 0), **_sum(one[0] for one in told)}, dict(sorted(_sum(one[1] for one in told).items())))
    summary = {"counts": done.counts, "risks": done.risks}
    write(joined(out, "changes.json"), (json.dumps(summary, indent=2) + "\n").encode())
    return done


Told = tuple[dict[str, int], dict[str, int], list[str]]  # counts, risks, SKUs that are deleted


def _sum(counted: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counted:
        total.update(one)
    return total


def _template(part: PartFile) -> Template:
    with local(part.url) as path:
        return read_template(path)


def _split(name: str, part: PartFile, task: _Task) -> frozenset[int]:
    """Put the rows of a part into the buckets of their SKUs."""
    with local(part.url) as path:
        upload = read_upload(path)
    template = task.templates[name == "new"]
    if [column.path for column in upload.template.columns] != [column.path for column in template.columns]:
        raise ListingkitError(f"{part.url}: its columns are not those of the first part; parts of one upload have the same header rows")
    bare = side(upload)  # of a SKU's several rows in one part the last counts, as everywhere
    frame = bare.upload.frame.with_columns(
        (bare.sku.hash(seed=0) % task.buckets).alias("#bucket"),
        pl.int_range(pl.len(), dtype=pl.UInt64).alias(PLACE) + (part.number << 32),
    )
    for (bucket,), rows in frame.partition_by("#bucket", as_dict=True, include_key=False).items():
        write_frame(task.file(name, int(bucket), part.number), rows)
    return frozenset(int(bucket) for bucket in frame["#bucket"].unique())


def _compared(client: Any, task: _Task, places: Sequence[int]) -> list[Told]:
    return gathered(client, [client.submit(_compare, bucket, task, pure=False) for bucket in places], "comparing")


def _upload(name: str, bucket: int, task: _Task) -> Upload:
    place = task.file(name, bucket, 0).rpartition("/")[0]
    template = task.templates[name == "new"]
    frames = read_frames(files(place)) if has_files(place) else []
    empty = pl.DataFrame(schema={column.path: pl.String for column in template.columns})
    frame = pl.concat(frames, how="diagonal").sort(PLACE).drop(PLACE) if frames else empty
    return Upload(template, frame, task.store or next(iter(template.marketplaces), ""))


def _compare(bucket: int, task: _Task) -> Told:
    changes = compare(_upload("old", bucket, task), _upload("new", bucket, task), task.settings)
    alone = replace(changes, frame=changes.frame.filter(pl.col("kind") != MISORDERED))  # a family may be in several buckets
    return _left(
        alone,
        joined(task.out, "changes", f"part-{bucket:05}.jsonl"),
        changes.new.sku.filter((changes.new.action == DELETE).fill_null(value=False)),
    )


def _left(changes: Changes, url: str, deleted: pl.Series | None = None) -> Told:
    """Write the changes, and tell their numbers."""
    stream = StringIO()
    write_jsonl(changes, stream)
    write(url, stream.getvalue().encode())
    return changes.counts(), changes.risks(), deleted.to_list() if deleted is not None else []


def _lenient(settings: Settings, told: Sequence[Told]) -> Settings:
    """The settings with what the thresholds let through, for thresholds hold over all buckets."""
    risks = _sum(one[1] for one in told)
    harmless: dict[str, bool] = {}
    if 0 < risks["OPS002"] <= settings.max_deletes:
        harmless["OPS002"] = False
    if 0 < risks["OPS001"] + risks["OPS017"] <= settings.max_wipes:
        harmless |= {"OPS001": False, "OPS017": False}
    strict = replace(settings, max_deletes=0, max_wipes=0)
    return replace(strict, dangerous={**settings.dangerous, **harmless}) if settings.max_deletes or settings.max_wipes else settings


def _families(client: Any, task: _Task, places: Sequence[int], deleted: Sequence[str]) -> Changes:
    """Deleted parents with their children, compared together: which are deleted too early."""
    pairs = gathered(client, [client.submit(_family, bucket, task, list(deleted), pure=False) for bucket in places], "families")
    before, after = (pl.concat([pair[which] for pair in pairs], how="diagonal") for which in (0, 1))
    old = Upload(task.templates[0], before.sort(PLACE).drop(PLACE), task.store or next(iter(task.templates[0].marketplaces), ""))
    new = Upload(task.templates[1], after.sort(PLACE).drop(PLACE), task.store or next(iter(task.templates[1].marketplaces), ""))
    changes = compare(old, new, task.settings)
    return replace(changes, frame=changes.frame.filter(pl.col("kind") == MISORDERED), unchanged=changes.unchanged.clear(), advice={})


def _family(bucket: int, task: _Task, deleted: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of deleted parents and of their children, in both uploads."""
    from listingkit.diff import keys

    frames = []
    wanted = set(deleted)
    for name in ("old", "new"):
        place = task.file(name, bucket, 0).rpartition("/")[0]
        template = task.templates[name == "new"]
        empty = pl.DataFrame(schema={PLACE: pl.UInt64, **{column.path: pl.String for column in template.columns}})
        frame = pl.concat([empty, *(read_frames(files(place)) if has_files(place) else [])], how="diagonal").sort(PLACE)
        one = side(Upload(template, frame.drop(PLACE), task.store or next(iter(template.marketplaces), "")))
        parents = one.frame[keys.PARENT] if keys.PARENT in one.frame.columns else pl.Series([None] * frame.height, dtype=pl.String)
        if name == "old":
            wanted |= set(one.sku.filter(parents.is_in(list(deleted)).fill_null(value=False)).to_list())
        frames.append(frame.filter(one.sku.is_in(list(wanted)).fill_null(value=False)))
    return frames[0], frames[1]
