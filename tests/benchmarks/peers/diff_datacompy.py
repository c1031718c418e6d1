"""Compare two tables by SKU with datacompy on polars, with its report. `python diff_datacompy.py OLD NEW`."""

import sys

import datacompy
import polars as pl


def main(old: str, new: str) -> None:
    compared = datacompy.PolarsCompare(*(pl.read_csv(path, infer_schema=False) for path in (old, new)), join_columns=["sku"])
    print(compared.report())
    matching = compared.count_matching_rows()
    changed = len(compared.intersect_rows) - matching
    print(f"{len(compared.df2_unq_rows)} added, {changed} changed, {len(compared.df1_unq_rows)} vanished")


if __name__ == "__main__":
    main(*sys.argv[1:])
