"""Validate a master with pandera on polars: eleven checks on nine columns. `python check_pandera.py MASTER`."""

import sys

import pandera.polars as pa
import polars as pl

SCHEMA = pa.DataFrameSchema(
    {
        "sku": pa.Column(pl.String, pa.Check.str_length(max_value=40), nullable=False, unique=True),
        "parentage_level": pa.Column(pl.String, pa.Check.isin(["Parent", "Child"]), nullable=True),
        "brand": pa.Column(pl.String, nullable=False),
        "product_id": pa.Column(pl.String, pa.Check.str_matches("^[0-9]{13}$"), nullable=True),
        "item_name@en_US": pa.Column(pl.String, pa.Check.str_length(max_value=200), nullable=False),
        "bullet_point_2@de_DE": pa.Column(pl.String, pa.Check.str_length(max_value=700), nullable=True),
        "price@US": pa.Column(pl.String, pa.Check.str_matches(r"^[0-9]+([.][0-9]+)?$"), nullable=True),
        "quantity": pa.Column(pl.String, pa.Check.str_matches("^[0-9]+$"), nullable=True),
        "main_product_image_locator": pa.Column(pl.String, pa.Check.str_matches("^https://"), nullable=True),
    }
)


def main(path: str) -> None:
    try:
        SCHEMA.validate(pl.read_csv(path, infer_schema=False), lazy=True)
    except pa.errors.SchemaErrors as error:
        print(f"{len(error.failure_cases)} errors")


if __name__ == "__main__":
    main(sys.argv[1])
