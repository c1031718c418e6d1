"""Checking, rendering and comparing what is spread over many files, on a Dask cluster: `pip install 'listingkit[distributed]'`.

    from listingkit import distributed

    if __name__ == "__main__":  # workers are processes of their own
        with distributed.cluster(workers=2) as client:
            done = distributed.render("s3://bucket/master/*.parquet", "s3://bucket/out", client=client, marketplaces=["US", "DE"])
            print(done.counts, done.held, done.shipped)

The rules are the same as on one machine: those about single rows run part by part, those across rows on shuffles of their keys.
"""

from listingkit.distributed.cluster import cluster
from listingkit.distributed.run import Done, check, render
from listingkit.distributed.uploads import DiffDone, diff

__all__ = ["DiffDone", "Done", "check", "cluster", "diff", "render"]
