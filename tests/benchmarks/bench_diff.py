"""How long a diff of two uploads takes, beside reading both with polars and beside other diff tools.

    python tests/benchmarks/bench_diff.py ROWS [FOLDER]          our diff and the two reads, each in a process of its own
    python tests/benchmarks/bench_diff.py ROWS FOLDER TOOL...    also these, where installed: csv-diff daff datacompy

Up to 200,000 rows also our diff where 24 of the columns differ in every row.

Two uploads of 40 columns (1.2 kB a row); in the new one 1 % of the prices, 0.5 % of the titles and 0.1 % of the rows differ or are
new, 0.1 % are gone. Figures are CPU seconds of the process (all threads) without start-up, wall seconds, and its peak memory.
Each tool gets what it reads: ours the upload text, the others the same table as csv with one header row.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

SHARE = 200_000  # rows that are made at once


def make(rows: int, folder: Path) -> tuple[Path, Path]:
    """The two uploads; made once a size."""
    old, new = folder / f"old-{rows}.txt", folder / f"new-{rows}.txt"
    if new.exists():
        return old, new
    import polars as pl
    from generate import master

    from listingkit.fields import parse, path
    from listingkit.inventory import builtin
    from listingkit.inventory.upload import Upload
    from listingkit.marketplace import marketplace
    from listingkit.render import text

    store = marketplace("US")
    template = builtin.template("unified_full", store)
    folder.mkdir(parents=True, exist_ok=True)
    for target, changed in ((old, False), (new, True)):
        with target.open("wb") as stream, target.with_suffix(".csv").open("wb") as table:
            for start in range(0, rows, SHARE):
                frame = master(min(SHARE, rows - start), start).unique("sku", keep="first", maintain_order=True).drop_nulls("sku")
                names: dict[str, str] = {}
                for column in frame.columns:
                    known = parse(column)
                    where = path(
                        known.plain,
                        marketplace(known.qualifier) if known.field.regional and known.qualifier else store,
                        known.qualifier if known.field.localized else None,
                    )
                    names.setdefault(where, column)
                frame = frame.select(pl.col(column).alias(where) for where, column in names.items() if where)
                if changed:
                    frame = _changed(frame)
                frame = frame.select(pl.all().replace("", None))
                body = text.text(Upload(_over(template, frame.columns), frame, "US"))
                lines = body.split(b"\n", template.data_row - 1)
                stream.write(body if not start else lines[-1])
                flat = frame.write_csv(include_header=not start)
                table.write(flat.encode())
    return old, new


def rewritten(old: Path) -> Path:
    """The upload with other texts in 24 columns of every row; made once a size."""
    path = old.with_name(old.name.replace("old", "rewritten"))
    if not path.exists():
        import polars as pl
        from msgspec.structs import replace

        from listingkit.inventory.upload_read import read_upload
        from listingkit.render import text

        upload = read_upload(old)
        filled = [name for name in upload.frame.columns if upload.frame[name].null_count() < upload.frame.height]
        kept = ("sku", "record_action", "product_type", "parent")
        chosen = [name for name in filled if not any(word in name for word in kept)][:24]
        text.write(replace(upload, frame=upload.frame.with_columns(pl.col(name) + "1" for name in chosen)), path)
    return path


def _over(template: Any, columns: Any) -> Any:
    """The template with exactly these columns, in their order."""
    from msgspec.structs import replace

    from listingkit.inventory.template import TemplateColumn

    known = {column.path: column for column in template.columns}
    chosen = [replace(known.get(path, TemplateColumn(0, path, path)), index=index) for index, path in enumerate(columns)]
    rows = []
    for number, row in enumerate(template.header, 1):
        cells = [""] * len(chosen)
        if number == template.label_row:
            cells = [column.label for column in chosen]
        elif number == template.attribute_row:
            cells = [column.path for column in chosen]
        elif number == 1:
            cells = list(row)
        rows.append(tuple(cells))
    return replace(template, columns=tuple(chosen), header=tuple(rows))


def _changed(frame: Any) -> Any:
    import polars as pl

    row = pl.int_range(pl.len())
    price = next(name for name in frame.columns if "our_price" in name and "ATVPDKIKX0DER" in name)
    title = next(name for name in frame.columns if name.startswith("item_name") and "en_US" in name)
    changed = frame.with_columns(
        pl.when(row % 100 == 3).then(pl.lit("7.77")).otherwise(pl.col(price)).alias(price),
        pl.when(row % 200 == 8).then(pl.col(title) + " (new)").otherwise(pl.col(title)).alias(title),
    ).filter(pl.int_range(pl.len()) % 1000 != 5)
    fresh = changed.filter(pl.int_range(pl.len()) % 1000 == 7)
    sku = fresh.columns[0]
    return pl.concat([changed, fresh.with_columns(pl.col(sku) + "-N")])


def ours(old: Path, new: Path) -> str:
    from listingkit.diff.lines import compare_files

    counts = compare_files(old, new).counts()
    return f"{counts['added']} new, {counts['changed']} changed, {counts['vanished']} vanished"


def reading(old: Path, new: Path) -> str:
    import polars as pl

    width = old.open("rb").read(1 << 20).split(b"\n")[4].count(b"\t") + 1
    schema = dict.fromkeys((str(at) for at in range(width)), pl.String)
    frames = [pl.read_csv(path, separator="\t", quote_char=None, has_header=False, skip_rows=6, schema=schema) for path in (old, new)]
    return f"{[frame.shape for frame in frames]}"


def csv_diff(old: Path, new: Path) -> str:
    from csv_diff import compare, load_csv

    tables = [load_csv(path.with_suffix(".csv").open(newline=""), key="contribution_sku#1.value") for path in (old, new)]
    found = compare(*tables)
    return f"{len(found['added'])} new, {len(found['changed'])} changed, {len(found['removed'])} vanished"


def daff(old: Path, new: Path) -> str:
    import csv

    import daff as tool

    views = [tool.PythonTableView(list(csv.reader(path.with_suffix(".csv").open(newline="")))) for path in (old, new)]
    flags = tool.CompareFlags()
    flags.addPrimaryKey("contribution_sku#1.value")
    table = tool.TableDiff(tool.Coopy.compareTables(*views, flags).align(), flags)
    out: list[object] = []
    table.hilite(tool.PythonTableView(out))
    return f"{len(out)} lines"


def datacompy(old: Path, new: Path) -> str:
    import datacompy as tool
    import polars as pl

    tables = [pl.read_csv(path.with_suffix(".csv"), infer_schema=False) for path in (old, new)]
    kind = getattr(tool, "PolarsCompare", None) or tool.polars.PolarsCompare
    found = kind(*tables, join_columns=["contribution_sku#1.value"])
    return f"{found.df2_unq_rows.height} new, {found.count_matching_rows()} matching, {found.df1_unq_rows.height} vanished"


TOOLS: dict[str, Callable[[Path, Path], str]] = {
    "polars reads both": reading,
    "listingkit": ours,
    "24 columns differ": ours,
    "csv-diff": csv_diff,
    "daff": daff,
    "datacompy": datacompy,
}


def measured(tool: str, old: Path, new: Path) -> dict[str, object]:
    """Run one tool in this process."""
    import polars as pl

    pl.DataFrame({"a": ["b"]}).select(pl.col("a").str.len_bytes())  # start-up of the threads
    if tool == "listingkit":
        pass
    cpu, wall = time.process_time(), time.perf_counter()
    result = TOOLS[tool](old, new)
    used = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    peak = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return {**used, "peak": peak / 1024, "result": result}


def main(words: list[str]) -> None:
    if words[0] == "--one":
        print(json.dumps(measured(words[1], Path(words[2]), Path(words[3]))))
        return
    rows, folder = int(words[0]), Path(words[1] if len(words) > 1 else gettempdir()) / "listingkit-bench"
    old, new = make(rows, folder)
    print(f"{rows:,} rows, {old.stat().st_size / 1e6:,.0f} MB each\n{'':<18} {'CPU s':>8} {'wall s':>8} {'peak MB':>8}")
    many = ["24 columns differ"] if rows <= SHARE else []
    for tool in ["polars reads both", "listingkit", *many, *words[2:]]:
        other = rewritten(old) if tool in many else new
        run = subprocess.run([sys.executable, __file__, "--one", tool, str(old), str(other)], capture_output=True, text=True, check=False)
        if run.returncode:
            print(f"{tool:<18} {run.stderr.strip().splitlines()[-1]}")
            continue
        one = json.loads(run.stdout.splitlines()[-1])
        print(f"{tool:<18} {one['cpu']:>8.2f} {one['wall']:>8.2f} {one['peak']:>8,.0f}  {one['result']}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
