"""The closed vocabulary: what a schema, a template or a policy may ask of a field.

A word is a frozen value that can do five things:

    flaw(value, row)         judge one value; `row` holds the other fields of the listing that it `reads`. None: nothing wrong
    suspects(column, others) the same for a column, as a polars expression that may only be too generous
    sentence()               say what is asked, as a person reads it
    good(draw), bad(draw)    invent a value (and row) that holds, or that breaks it; `draw` is a `random.Random`
    code                     the rule of the catalogue that its findings carry

Blank is the business of the words about being there; every other word is silent about blank values, and the words
about size are silent about what is not a number. So one flaw stays one finding.
"""

from listingkit.schemas.words.amount import AtLeast, AtMost, Decimals, Number
from listingkit.schemas.words.choice import OneOf
from listingkit.schemas.words.presence import Condition, ForbiddenWhen, Required, RequiredWhen
from listingkit.schemas.words.text import Matches, MaxBytes, MaxChars, MinChars
from listingkit.schemas.words.word import Constraint, Example, Word

__all__ = [
    "AtLeast",
    "AtMost",
    "Condition",
    "Constraint",
    "Decimals",
    "Example",
    "ForbiddenWhen",
    "Matches",
    "MaxBytes",
    "MaxChars",
    "MinChars",
    "Number",
    "OneOf",
    "Required",
    "RequiredWhen",
    "Word",
]
