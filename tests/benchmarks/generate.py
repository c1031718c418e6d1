"""Masters of any size with seeded defects whose truth is known: `python tests/benchmarks/generate.py 100000 master.csv`.

40 text columns in English, German and Japanese, families of one parent and four children. About 3 % of the rows carry one defect
each, chosen by a fixed rule; `truth(rows)` says which row must get which code as an error or a warning, and nothing else may be
found. `previous(rows)` is what was live before; `differences(rows)` says which listings are new, changed or gone since.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

PIECE = 250_000  # rows at once
FAMILY = 5  # a parent and four children
EVERY = 27  # of 27 rows the eighth is defective, where it is a child: 3 % of all
REPRICED, RENAMED, FRESH, GONE = 31, 8, 6, 7  # rows of a hundred, two hundred, a thousand and a thousand that differ from before
ADJECTIVES = ["Blue", "Sand", "Moss Green", "Ivory", "Slate", "Amber", "Coral"]
FARBEN = ["Blau", "Sand", "Moosgrün", "Elfenbein", "Schiefer", "Bernstein", "Koralle"]
COLORS_JA = ["ブルー", "サンド", "モスグリーン", "アイボリー", "スレート", "アンバー", "コーラル"]
THINGS = ["Stoneware Mug", "Serving Bowl", "Oak Tray", "Linen Napkin", "Glass Carafe", "Table Runner", "Candle Holder", "Salt Cellar"]
DINGE = ["Steinzeugtasse", "Servierschale", "Eichentablett", "Leinenserviette", "Glaskaraffe", "Tischläufer", "Kerzenhalter", "Salzfass"]
THINGS_JA = [
    "マグカップ",
    "サービングボウル",
    "オークトレイ",
    "リネンナプキン",
    "ガラスカラフェ",
    "テーブルランナー",
    "キャンドルホルダー",
    "ソルトセラー",
]
PARTS = ["gift box", "care leaflet", "felt pads", "spare lid", "cork coaster", "cotton bag", "tea towel", "wooden spoon", "storage rack", "wall hook", "travel pouch", "steel straw", "brush", "greeting card", "ribbon", "paper wrap", "name tag"]  # fmt: skip

NUMBER = pl.col("#n")  # of a row, while defects are made
Spoil = Callable[[pl.Expr], pl.Expr]
DEFECTS: dict[str, tuple[str, Spoil]] = {
    # code that must be found -> (field, how the good value becomes bad)
    "GTN001": ("product_id", lambda c: c.str.slice(0, 12) + ((c.str.slice(12, 1).cast(pl.Int64) + 3) % 10).cast(pl.String)),
    "TTL001": ("item_name@en_US", lambda c: c + pl.lit("".join(f", {part}" for part in PARTS))),
    "BUL001": ("bullet_point_2@de_DE", lambda c: c + pl.lit(" und noch mehr" * 55)),
    "OFR001": ("price@US", lambda c: pl.lit("on request")),
    "OFR003": ("quantity", lambda c: pl.lit("-4")),
    "IMG001": ("main_product_image_locator", lambda c: c.str.replace("https://", "")),
    "SKU002": ("sku", lambda c: c + pl.lit("-" + "X" * 40)),
    "REQ001": ("brand", lambda c: pl.lit(None, pl.String)),
    "VAR001": ("parent_sku", lambda c: c + pl.lit("-GONE")),
    "GTN040": ("product_id", lambda c: _gtin(_sibling(NUMBER))),
    "SKU003": ("sku", lambda c: _sku(_sibling(NUMBER))),
}


def _sibling(n: pl.Expr) -> pl.Expr:
    """Another child of the same family."""
    return pl.when(n % FAMILY == 1).then(n + 1).otherwise(n - 1)


def _gtin(n: pl.Expr) -> pl.Expr:
    """Never one that looks invented: the 9 in the middle and the 7 at the end allow no long run and no round number."""
    made = (n * 7_919 % 100_000_000).cast(pl.String).str.zfill(8)
    payload = pl.lit("42") + made.str.head(4) + "9" + made.str.tail(4) + "7"
    digits = [payload.str.slice(k, 1).cast(pl.Int32) * (3 if k % 2 else 1) for k in range(12)]
    return payload + ((10 - pl.sum_horizontal(digits) % 10) % 10).cast(pl.String)


def _sku(n: pl.Expr) -> pl.Expr:
    child = pl.when(n % FAMILY != 0).then(pl.lit("-") + (n % FAMILY).cast(pl.String)).otherwise(pl.lit(""))
    return pl.lit("HG-") + (n // FAMILY).cast(pl.String) + child


def clean(rows: int, start: int = 0) -> pl.DataFrame:
    """`rows` rows without a defect, from number `start`: no rule has anything to say about them."""
    frame = pl.DataFrame({"n": pl.int_range(start, start + rows, eager=True)})
    n = pl.col("n")
    child = n % FAMILY != 0
    family = n // FAMILY

    def word(words: list[str], by: pl.Expr) -> pl.Expr:
        return (by % len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)

    price = (n % 9000 + 500).cast(pl.String)
    money = price.str.slice(0, price.str.len_chars() - 2) + "." + price.str.slice(-2)

    def only(value: pl.Expr) -> pl.Expr:
        return pl.when(child).then(value).otherwise(None)

    number = family.cast(pl.String)
    return frame.select(
        _sku(n).alias("sku"),
        pl.lit("HOME").alias("product_type"),
        pl.when(child).then(pl.lit("Child")).otherwise(pl.lit("Parent")).alias("parentage_level"),
        only(pl.lit("HG-") + number).alias("parent_sku"),
        pl.lit("COLOR").alias("variation_theme"),
        pl.lit("Havnegade").alias("brand"),
        only(_gtin(n)).alias("product_id"),
        (pl.lit("Havnegade ") + word(THINGS, family) + " " + number + ", " + word(ADJECTIVES, n)).alias("item_name@en_US"),
        (pl.lit("Havnegade ") + word(DINGE, family) + " " + number + ", " + word(FARBEN, n)).alias("item_name@de_DE"),
        (pl.lit("Havnegade ") + word(THINGS_JA, family) + " " + number + " " + word(COLORS_JA, n)).alias("item_name@ja_JP"),
        *(
            (word(things, family) + text + number).alias(f"bullet_point_{slot}@{tag}")
            for slot, by_tag in enumerate(
                (
                    {
                        "en_US": " made by hand, lot ",
                        "de_DE": " von Hand gemacht, Los ",
                        "ja_JP": "は手作りの品です。ロット",
                    },
                    {
                        "en_US": " easy to clean, batch ",
                        "de_DE": " leicht zu reinigen, Charge ",
                        "ja_JP": "はお手入れ簡単です。番号",
                    },
                    {
                        "en_US": " packed without plastic, parcel ",
                        "de_DE": " ohne Plastik verpackt, Paket ",
                        "ja_JP": "は紙で梱包します。箱",
                    },
                ),
                1,
            )
            for tag, text in by_tag.items()
            for things in ({"en_US": THINGS, "de_DE": DINGE, "ja_JP": THINGS_JA}[tag],)
        ),
        *(
            (word(things, family) + text + number + end).alias(f"product_description@{tag}")
            for tag, things, text, end in (
                (
                    "en_US",
                    THINGS,
                    " from our own workshop, glazed by hand. Lot ",
                    " of the series.",
                ),
                (
                    "de_DE",
                    DINGE,
                    " aus eigener Werkstatt, von Hand gefertigt. Los ",
                    " der Serie.",
                ),
                ("ja_JP", THINGS_JA, "は自社工房の手作りです。ロット", "のシリーズです。"),
            )
        ),
        word(ADJECTIVES, n).alias("color@en_US"),
        word(FARBEN, n).alias("color@de_DE"),
        word(COLORS_JA, n).alias("color@ja_JP"),
        (pl.lit("https://img.example.com/hg/") + n.cast(pl.String) + "-1.jpg").alias("main_product_image_locator"),
        (pl.lit("https://img.example.com/hg/") + n.cast(pl.String) + "-2.jpg").alias("other_product_image_locator_1"),
        only(money).alias("price@US"),
        only(money).alias("price@DE"),
        only(price).alias("price@JP"),
        only((n % 120).cast(pl.String)).alias("quantity"),
        pl.lit("coffee-cups-mugs").alias("item_type_keyword"),
        pl.lit("3169321").alias("recommended_browse_nodes@DE"),
        pl.lit("13938481").alias("recommended_browse_nodes@JP"),
        pl.lit("PT").alias("country_of_origin"),
        pl.lit("not_applicable").alias("supplier_declared_dg_hz_regulation"),
        (pl.lit("M-") + number).alias("model_number"),
        pl.lit("Havnegade").alias("manufacturer"),
        pl.lit("safety@havnegade.example").alias("gpsr_manufacturer_email_address"),
        (pl.lit("P-") + n.cast(pl.String)).alias("part_number"),
    )


def master(rows: int, start: int = 0) -> pl.DataFrame:
    """`rows` rows of the master, from number `start`, with their defects."""
    n = pl.int_range(start, start + rows)
    defect = pl.when((n % EVERY == 7) & (n % FAMILY != 0)).then((n // EVERY) % len(DEFECTS))
    frame = clean(rows, start).with_columns(n.alias("#n"), defect.alias("#defect"))
    for kind, (field, spoil) in enumerate(DEFECTS.values()):
        bad = spoil(pl.col(field))
        frame = frame.with_columns(pl.when(pl.col("#defect") == kind).then(bad).otherwise(pl.col(field)).alias(field))
    return frame.drop("#n", "#defect")


def truth(rows: int) -> set[tuple[int, str]]:
    """(row of the sheet, code) that a check of `master(rows)` must find, header in row 1."""
    kinds = list(DEFECTS)
    told: set[tuple[int, str]] = set()
    for n in range(7, rows, EVERY):
        if n % FAMILY:
            code = kinds[n // EVERY % len(kinds)]
            sibling = n + 1 if n % FAMILY == 1 else n - 1
            rows_told = {"GTN040": (n, sibling), "SKU003": (max(n, sibling),)}.get(
                code, (n,)
            )  # both that share a GTIN, the later of two SKUs
            told.update((row + 2, code) for row in rows_told)
    return told


def previous(rows: int, start: int = 0) -> pl.DataFrame:
    """What was live before `clean(rows)`: some prices and titles differ, some listings were not there yet, some are gone since."""
    n = pl.int_range(start, start + rows)
    frame = clean(rows, start).with_columns(n.alias("#n"))
    repriced, renamed = pl.col("#n") % 100 == REPRICED, pl.col("#n") % 200 == RENAMED
    frame = frame.with_columns(
        *(
            pl.when(repriced & pl.col(name).is_not_null()).then(pl.lit("777")).otherwise(pl.col(name)).alias(name)
            for name in ("price@US", "price@DE", "price@JP")
        ),
        *(
            pl.when(renamed).then(pl.col(name) + " 2025").otherwise(pl.col(name)).alias(name)
            for name in ("item_name@en_US", "item_name@de_DE", "item_name@ja_JP")
        ),
    )
    gone = frame.filter(pl.col("#n") % 1000 == GONE).with_columns(pl.col("sku") + "-OLD")
    return pl.concat([frame.filter(pl.col("#n") % 1000 != FRESH), gone]).sort("#n", maintain_order=True).drop("#n")


def differences(rows: int) -> dict[str, set[str]]:
    """The SKUs that a diff of `previous(rows)` with `clean(rows)` must call added, changed or vanished."""

    def skus(every: int, at: int) -> set[str]:
        return {f"HG-{n // FAMILY}" + (f"-{n % FAMILY}" if n % FAMILY else "") for n in range(at, rows, every)}

    fresh = skus(1000, FRESH)
    changed = (skus(100, REPRICED) | skus(200, RENAMED)) - fresh
    return {"added": fresh, "changed": changed, "vanished": {f"{sku}-OLD" for sku in skus(1000, GONE)}}


def every_cell_bad(rows: int, start: int = 0) -> pl.DataFrame:
    """A master of which no cell is in order but the SKUs; nearly every bad value is its own, so nothing is judged once for many."""
    frame = clean(rows, start)
    number = pl.int_range(start, start + rows).cast(pl.String)
    return frame.with_columns(
        (pl.col(name).fill_null("-") + pl.lit(" TassÃ¼ <b>!!! \t") + number).alias(name) for name in frame.columns if name != "sku"
    )


def write(rows: int, path: Path, made: Callable[[int, int], pl.DataFrame] = master) -> None:
    """Write rows as csv in pieces, so that a large file needs little memory."""
    with path.open("wb") as stream:
        for start in range(0, rows, PIECE):
            made(min(PIECE, rows - start), start).write_csv(stream, include_header=start == 0)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
