"""Triage of what stands in a GTIN cell: total, never raises, never guesses. Whole columns go through `columns`."""

from listingkit.gtin.blocks import Blocks
from listingkit.gtin.numbers import judge
from listingkit.gtin.prefixes import Prefixes, prefixes
from listingkit.gtin.verdict import Verdict, verdict

LONGEST = 300
"""Characters of a cell that are looked at; a longer one is a text."""


def triage(value: object, *, table: Prefixes | None = None, blocks: Blocks | None = None) -> Verdict:
    """What this value is, and what to do with it.

    `table` replaces the prefix table (see `prefixes.load`), `blocks` adds the test for licensed blocks. Any value is taken;
    None is a blank cell, other objects are read as `str()` writes them.

    >>> triage("036000291452").status
    'valid'
    >>> triage(" 4006381-333931 ")[:3]
    ('fix', '4006381333931', 'hyphens')
    >>> triage("36000291452").candidates
    ('036000291452',)
    """
    if table is None:
        table = prefixes()
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if text.isascii() and text.isdigit():
        return judge(text, table, blocks) if len(text) <= LONGEST else verdict("length", length=len(text))
    core = text.strip()
    if not core:
        return verdict("blank")
    from listingkit.gtin.written import read

    return read(core, table, blocks, trimmed=len(core) < len(text)) if len(core) <= LONGEST else verdict("not-a-number")
