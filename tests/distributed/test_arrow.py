"""The rules about single rows on Arrow batches, and in Spark where it is installed."""

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import master

from listingkit.distributed import arrow
from listingkit.distributed.reading import of_frame
from listingkit.mapping.apply import map_columns
from listingkit.marketplace import select
from listingkit.rules.run import check

AS_OF = date(2026, 11, 1)


def expected(frame: pl.DataFrame) -> Counter[Any]:
    """What one machine says of the rows, without what only all rows together show."""
    found = check(map_columns(of_frame(frame, "master")), select(["US"]), as_of=AS_OF)
    across = ("SKU003", "SKU004", "VAR", "GTN04", "TTL01")
    return Counter((f.code, f.sku, f.field, f.message) for f in found if f.row and not f.code.startswith(across))


def test_a_function_from_batches_to_batches() -> None:
    frame = master(300)
    rules = arrow.row_rules(frame.head(100), marketplaces=["US"], as_of=AS_OF)
    found = pl.concat([rules.findings(frame.slice(start, 100)) for start in range(0, 300, 100)])
    assert Counter(found.select("code", "sku", "field", "message").iter_rows()) == expected(frame)
    assert found.schema == pl.Schema(arrow.COLUMNS)


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The lines of docs/scale.md."""
    pytest.importorskip("pyarrow")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    sql = pytest.importorskip("pyspark.sql")
    for part in range(2):
        master(150, part * 150).write_parquet(tmp_path / f"{part}.parquet")
    spark = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        frame = spark.read.parquet(str(tmp_path))
        rules = arrow.row_rules(frame.limit(2000).toArrow(), marketplaces=["US"], as_of=AS_OF)
        found = frame.mapInArrow(rules, arrow.SPARK_SCHEMA).collect()
    finally:
        spark.stop()
    assert Counter((one["code"], one["sku"], one["field"], one["message"]) for one in found) == expected(master(300))
