"""What a whole column is judged by: its different values, or of very many the same sample wherever they stand.

The sample holds the values with the smallest hashes, so that the samples of parts, put together and sampled again, are the sample
of the whole.
"""

import polars as pl

MOST = 20_000  # different values that prove as much as all of them


def sample(values: pl.Series) -> pl.Series:
    """The different values without nulls, at most `MOST`, in an order that does not depend on where they stand."""
    distinct = values.drop_nulls().unique().alias("value").to_frame().with_columns(pl.col("value").hash(seed=0).alias("hash"))
    if distinct.height > MOST:  # numbers are sorted much sooner than texts
        distinct = distinct.filter(pl.col("hash") <= distinct["hash"].sort()[MOST - 1])
    return distinct.sort("hash", "value")["value"].head(MOST)
