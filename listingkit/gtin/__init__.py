"""The number: triage, check digit, prefixes, licences, pool. Pure Python but for `columns`, which needs polars.

>>> from listingkit.gtin import triage
>>> triage("4006381333932").message
'the check digit is 2, the other digits need 1: at least one digit is wrong'
"""

from listingkit.gtin.describe import Gtin, describe
from listingkit.gtin.triage import triage
from listingkit.gtin.verdict import Verdict

__all__ = ["Gtin", "Verdict", "describe", "triage"]
