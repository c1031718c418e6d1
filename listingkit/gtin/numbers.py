"""Judging plain digits: what a number of this length is, and whether a listing can take it."""

import re
from collections.abc import Callable, Iterable, Mapping

from listingkit.gtin import related
from listingkit.gtin.blocks import Blocks
from listingkit.gtin.check_digit import check_digit, complete, holds
from listingkit.gtin.prefixes import Prefix, Prefixes
from listingkit.gtin.reasons import samples
from listingkit.gtin.verdict import Verdict, verdict

LENGTHS = (8, 12, 13, 14)
_EIGHT_ALIKE = re.compile(r"(\d)\1{7}")
ASCENDING = tuple("0123456789"[start : start + 7] for start in range(4))


def judge(digits: str, table: Prefixes, blocks: Blocks | None = None) -> Verdict:
    """The verdict on a string of ASCII digits of any length but zero."""
    length = len(digits)
    if length == 13:
        return _gtin13(digits, table, blocks)
    if length == 12:
        return _gtin12(digits, table, blocks)
    if length == 8:
        return _gtin8(digits, table, blocks)
    if length == 14:
        return _gtin14(digits, table, blocks)
    if not digits.strip("0"):
        return verdict("none-word" if length == 1 else "all-zeros")
    found = _ODD[length](digits, table, blocks) if length in _ODD else None
    return found or verdict("length", length=length)


def usable(codes: Iterable[str], table: Prefixes, blocks: Blocks | None = None) -> tuple[str, ...]:
    """The codes that triage lets pass, each once, in the same order."""
    return tuple(code for code in dict.fromkeys(codes) if judge(code, table, blocks).status in ("valid", "warn"))


def narrow(code13: str) -> str:
    """A 13-digit number as wide as it is: a GTIN-8 and a UPC lose the zeros that were put in front."""
    return code13[5:] if code13.startswith("00000") else code13.removeprefix("0")


def _gtin13(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    if not holds(code):
        return _wrong_check_digit(code, table, blocks)
    if code.startswith("00000"):
        return _padded(code[5:], table, blocks)
    return _suspicion(code, code, table.of13(code), blocks) or Verdict("valid", code, "", "")


def _gtin12(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    wide = "0" + code
    if not holds(code):
        longer = complete(code)
        if table.of13(wide).closed and usable((longer,), table, blocks):
            return verdict("check-digit-missing", candidates=(longer,), length=12)
        return _wrong_check_digit(code, table, blocks)
    if wide.startswith("00000"):
        return _padded(wide[5:], table, blocks)
    return _suspicion(code, wide, table.of13(wide), blocks) or Verdict("valid", code, "", "")


def _gtin8(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    prefix = table.of8(code)
    right = holds(code)
    if not right or prefix.use == "restricted":
        upc = related.upc_of_upce(code)
        candidates = usable((upc,), table, blocks) if upc else ()
        if candidates:
            return verdict("upc-e", candidates=candidates)
    if not right:
        return _wrong_check_digit(code, table, blocks)
    return _suspicion(code, code, prefix, None) or Verdict("valid", code, "", "")


def _gtin14(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    indicator, inner = code[0], code[1:]
    if not holds(code):
        if indicator != "0" and holds(inner) and (unit := usable((narrow(inner),), table, blocks)):
            repaired = usable((complete(code[:13]),), table, blocks)
            wanted = check_digit(code[:13])
            return verdict("packaging-check-digit", None, unit + repaired, inner=inner, found=code[13], wanted=wanted)
        return _wrong_check_digit(code, table, blocks)
    if indicator == "0":
        return _padded(narrow(inner), table, blocks)
    if indicator == "9":
        return verdict("packaging-variable")
    prefix = table.of(code)
    if prefix.closed:
        return verdict("packaging-restricted", prefix=_head(code, prefix))
    unit = usable((narrow(complete(code[1:13])),), table, blocks)
    return verdict("packaging-level", code, unit, indicator=indicator)


def _padded(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    if len(code) == 8 and (prefix := table.of8(code)).closed:
        return verdict(prefix.reason, prefix="00000" + code[:3]) if code.strip("0") else verdict("all-zeros")
    found = judge(code, table, blocks)
    return verdict("padded", code) if found.status in ("valid", "warn") else found


def _wrong_check_digit(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict:
    if code.endswith("000000"):
        return verdict("rounded")
    wanted = check_digit(code[:-1])
    return verdict("check-digit", None, usable((code[:-1] + wanted,), table, blocks), found=code[-1], wanted=wanted)


def _head(code: str, prefix: Prefix) -> str:
    """The first digits of a number, as it is written, that the row of the prefix table is about."""
    start = {14: 1}.get(len(code), 0)
    return code[start : len(prefix.first) + start - (len(code) == 12)]


def _suspicion(code: str, wide: str, prefix: Prefix, blocks: Blocks | None) -> Verdict | None:
    """What speaks against a number whose check digit is right; `wide` is the number as the prefix table sees it."""
    if prefix.closed:
        return verdict(prefix.reason, prefix=_head(code, prefix)) if code.strip("0") else verdict("all-zeros")
    whole, heads = samples()
    where = whole.get(code) or heads.get(wide[:7])
    if where:
        return verdict("sample", code, owner=where)
    if prefix.reason:
        return verdict(prefix.reason, code, prefix=_head(code, prefix), owner=prefix.owner)
    if code.endswith("000000"):
        return verdict("trailing-zeros", code)
    if code[4] == code[5] == code[6] == code[7] and _EIGHT_ALIKE.search(code[:-1]):
        return verdict("repeated-digit", code)
    if "3456" in code and any(run in code[:-1] for run in ASCENDING):
        return verdict("ascending", code)
    if blocks is not None and not blocks.licensed(wide, prefix):
        return verdict("no-block", code, owner=prefix.owner)
    return None


def _six(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    candidates = usable((related.upc_of_six(code),), table, blocks)
    return verdict("upc-e", candidates=candidates) if candidates else None


def _seven(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    upc = related.upc_of_upce("0" + code)
    candidates = usable((upc,), table, blocks) if upc else ()
    if candidates:
        return verdict("upc-e", candidates=candidates)
    candidates = usable((complete(code),), table, blocks)
    return verdict("check-digit-missing", candidates=candidates, length=7) if candidates else None


def _nine(code: str, _table: Prefixes, _blocks: Blocks | None) -> Verdict | None:
    if not related.isbn10_holds("0" + code):
        return None
    return verdict("isbn-10-zero-lost", candidates=(related.isbn13("0" + code),), length=9)


def _ten(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    book = (related.isbn13(code),) if related.isbn10_holds(code) else ()
    upc = usable(("00" + code,), table, blocks) if code[0] != "0" and holds(code) else ()
    if book and upc:
        return verdict("several-readings", candidates=book + upc, length=10)
    if book:
        return verdict("isbn-10", book[0])
    return verdict("zeros-lost", candidates=upc, length=10) if upc else None


def _eleven(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    if code[0] == "0":
        candidates = usable((complete(code),), table, blocks)
        return verdict("check-digit-missing", candidates=candidates, length=11) if candidates else None
    if holds(code):
        candidates = usable(("0" + code,), table, blocks)
        return verdict("zeros-lost", candidates=candidates, length=11) if candidates else None
    return verdict("length", None, usable((complete(code),), table, blocks), length=11)


def _with_add_on(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    """A book or a serial with its add-on of 2 or 5 digits, scanned in one go."""
    candidates = usable((code[:13],), table, blocks) if code.startswith(("977", "978", "979")) else ()
    return verdict("add-on", candidates=candidates) if candidates else None


def _sixteen(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    """AI 01 without its brackets."""
    if not code.startswith("01"):
        return None
    found = judge(code[2:], table, blocks)
    return verdict("stray-signs", candidates=(found.gtin,)) if found.gtin else None


def _eighteen(code: str, table: Prefixes, blocks: Blocks | None) -> Verdict | None:
    if code.startswith("0000"):
        found = judge(code[4:], table, blocks)
        return verdict("stray-signs", candidates=(found.gtin,)) if found.gtin else None
    return verdict("sscc") if holds(code) else _with_add_on(code, table, blocks)


def _glued(code: str, table: Prefixes, _blocks: Blocks | None) -> Verdict | None:
    """Two numbers with nothing between them."""
    halves = ((code[:width], code[width:]) for width in (12, 13, 14))
    return verdict("several") if any(len(b) in LENGTHS and len(usable((a, b), table)) == 2 for a, b in halves) else None


_ODD: Mapping[int, Callable[[str, Prefixes, Blocks | None], Verdict | None]] = {
    6: _six,
    7: _seven,
    9: _nine,
    10: _ten,
    11: _eleven,
    15: _with_add_on,
    16: _sixteen,
    18: _eighteen,
    **dict.fromkeys((24, 25, 26, 28), _glued),
}
"""What a number of another length may be; None where it is nothing that anybody could use."""
