"""The files that the cases need, each made once: `python tests/benchmarks/data.py NAME ROWS FOLDER`."""

import sys
from collections.abc import Callable
from pathlib import Path

import generate
import polars as pl

STORES = ("US", "DE", "JP")
PART = 50_000  # rows of a part


def master_csv(rows: int, folder: Path) -> None:
    """The master with its seeded defects."""
    generate.write(rows, folder / "master.csv")


def parts(rows: int, folder: Path) -> None:
    """The same in files of at most 50,000 rows."""
    (folder / "parts").mkdir(exist_ok=True)
    for number, start in enumerate(range(0, rows, PART)):
        generate.master(min(PART, rows - start), start).write_csv(folder / "parts" / f"part-{number:04}.csv")


def master_xlsx(rows: int, folder: Path) -> None:
    """The same as a workbook."""
    from books import write_book

    frame = generate.master(rows)
    write_book(folder / "master.xlsx", frame.columns, frame.iter_rows())


def bad_csv(rows: int, folder: Path) -> None:
    """A master of which every cell is bad."""
    generate.write(rows, folder / "bad.csv", generate.every_cell_bad)


def tables(rows: int, folder: Path) -> None:
    """What was live and what is to be, as csv with one header row."""
    generate.write(rows, folder / "old.csv", generate.previous)
    generate.write(rows, folder / "new.csv", generate.clean)


def uploads(rows: int, folder: Path) -> None:
    """The same as uploads: the earlier ones of every marketplace in `previous/`, the later one of `DE` beside it."""
    for code in STORES:
        _upload(rows, code, generate.previous, folder / "previous" / code / "upload.txt")
    _upload(rows, "DE", generate.clean, folder / "next" / "upload.txt")


def _upload(rows: int, code: str, made: Callable[[int, int], pl.DataFrame], path: Path) -> None:
    from listingkit.inventory import builtin
    from listingkit.mapping.apply import map_columns
    from listingkit.marketplace import marketplace
    from listingkit.master.read import read
    from listingkit.render.rows import render
    from listingkit.render.text import text

    store = marketplace(code)
    template = builtin.template("unified_full", store, product_types=("HOME",))
    path.parent.mkdir(parents=True, exist_ok=True)
    piece = path.with_suffix(".csv")
    with path.open("wb") as stream:
        for start in range(0, rows, generate.PIECE):
            made(min(generate.PIECE, rows - start), start).write_csv(piece)
            body = text(render(map_columns(read(piece)), store, template))
            stream.write(body.split(b"\n", template.data_row - 1)[-1] if start else body)
    piece.unlink()


def templates(rows: int, folder: Path) -> None:
    """A template of 250 columns for every marketplace."""
    from template_files import template

    for code in STORES:
        template(code, folder / f"template-{code}.xlsm")


def wide_xlsx(rows: int, folder: Path) -> None:
    """A filled listing report of 173 columns."""
    from template_files import wide

    wide(rows, folder / "wide.xlsx")


FILES: dict[str, Callable[[int, Path], None]] = {
    made.__name__: made for made in (master_csv, parts, master_xlsx, bad_csv, tables, uploads, templates, wide_xlsx)
}

if __name__ == "__main__":
    FILES[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
