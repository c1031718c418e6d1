"""Reading a number however people and programs wrote it: what can be undone without loss is undone, the rest becomes a question."""

import re
from collections.abc import Sequence

from listingkit.gtin import related
from listingkit.gtin.blocks import Blocks
from listingkit.gtin.check_digit import check_digit, holds
from listingkit.gtin.fold import fold
from listingkit.gtin.numbers import LENGTHS, judge
from listingkit.gtin.prefixes import Prefixes
from listingkit.gtin.reasons import none_words, reasons
from listingkit.gtin.verdict import Verdict, verdict

_SIGNS = " .,;:!?#*()[]{}<>\"'-_/\\|~=+&%$^@–—"
_WORDS = (
    "GTIN|EAN(?:/UPC)?|UPC(?:/EAN)?|JAN|UCC|ISBN|ISSN|ISMN|bar ?codes?|strichcode|code[- ]barres?|c[oó]digo de barras|codice a barre|"
    "streepjescode|kod kreskowy|barkod|(?:商品)?条形?码|バーコード|JANコード|바코드|штрихкод|штрих-код"
)
_LABEL = re.compile(
    rf"(?:{_WORDS})(?:[ -]?(?:A|E|8|10|12|13|14)(?!\d))?(?:[ -]?(?:codes?|numbers?|num|no|nr)\b\.?)?\s*[:#=.-]*\s*(?=\S)", re.IGNORECASE
)
_LABEL_BEHIND = re.compile(rf"\s*[(\[]?\s*(?:{_WORDS})(?:[ -]?(?:A|8|10|12|13|14))?\s*[)\]]?$", re.IGNORECASE)
_AIM = re.compile(r"\](?:E[04]|I1|(?:C1|e0|d2|Q3|J1)01)(\d{8,14})(?:\D.*)?$")
_AIM_ELEMENTS = re.compile(r"\](?:C1|e0|d2|Q3|J1)01(\d{14})")
_ELEMENT = re.compile(r"\(\s*01\s*\)\s*(\d{8}|\d{12,14})(?=$|\s*\()")
_DIGITAL_LINK = re.compile(r"(?:https?://)?[\w.-]+(?::\d+)?/(?:[^\s?#]*/)?(?:01|gtin)/(\d{8}|\d{12,14})(?=$|[/?#])", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"(\d{1,20})(?:[.,](\d{0,30}))?(?:E|[x×*] ?10 ?\^) ?\+?(\d{1,2})$", re.IGNORECASE)
_DECIMALS = re.compile(r"(\d+)[.,]0+$")
_THOUSANDS = re.compile(r"(\d{1,3}(?:([.,'])\d{3})(?:\2\d{3})+)(?:[.,]0+)?$")
_NDC = re.compile(r"\d{4}-\d{4}-\d\d|\d{5}-\d{3}-\d\d|\d{5}-\d{4}-\d\d?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dX]", re.IGNORECASE)
_ISBN_X = re.compile(r"\d[\d -]{8,14}X", re.IGNORECASE)
_ISMN = re.compile(r"M[ -]?\d[\d -]{8,12}", re.IGNORECASE)
_SPACED = re.compile(r"\d[\d -]*\d")
_ADD_ON = re.compile(r"(\d[\d -]*\d)(?: *\+ *| +|-)(\d\d|\d{5})")
_BETWEEN = re.compile(r"[ ;,/|&+\\]+|\b(?:and|und|et|y|e|or|oder|ou)\b")
_RUNS = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
_OTHER_NUMBERS = (
    ("asin", re.compile(r"(?:ASIN\W*)?B0[0-9A-Z]{8}", re.IGNORECASE)),
    ("fnsku", re.compile(r"(?:FNSKU\W*)?X0[0-9A-Z]{8}", re.IGNORECASE)),
    ("sscc", re.compile(r"(?:SSCC\W*|\(00\) ?)\d{18}", re.IGNORECASE)),
    ("ndc", re.compile(r"NDC\W*[\d-]{10,13}", re.IGNORECASE)),
    ("pzn", re.compile(r"PZN\W*\d{7,8}", re.IGNORECASE)),
)
_ALIKE = str.maketrans("OoОоΟοQlIiІSsBZz", "0000000111155822")
_WEIGHT = (
    "stray-signs",
    "raised-digits",
    "gs1-syntax",
    "label",
    "scientific",
    "thousands",
    "decimals",
    "quotes",
    "other-digits",
    "invisible-signs",
    "hyphens",
    "white-space",
)
"""Where several reasons hold, the first of these is the one to tell."""


def read(text: str, table: Prefixes, blocks: Blocks | None, *, trimmed: bool = False) -> Verdict:
    """The verdict on a text that is not blank and short enough to look at; `trimmed`: white space was taken off its ends."""
    core, steps = fold(text)
    if trimmed:
        steps.append("white-space")
    if not core:
        return verdict("blank")
    if not core[0].isdigit() and " ".join(core.casefold().split()).strip(_SIGNS) in none_words():
        return verdict("none-word")
    reader = _Reader(table, blocks, steps)
    core = reader.unwrap(core)
    return reader.number(core) or reader.other(core) or verdict("not-a-number")


class _Reader:
    """Reads one text; `steps` collects the reasons for what was undone on the way."""

    def __init__(self, table: Prefixes, blocks: Blocks | None, steps: Sequence[str]) -> None:
        self.table, self.blocks, self.steps = table, blocks, list(steps)

    def unwrap(self, core: str) -> str:
        """Take off quotes, formula signs, scanner prefixes, links and labels."""
        bare = core
        while (inner := bare.strip("'\" ").removeprefix("=")) != bare:
            bare = inner
        if len(bare.strip()) < len(core.strip()):
            self.steps.append("quotes")
        core = bare.strip()
        if core.isdigit():
            return core
        for pattern in (_ELEMENT, _DIGITAL_LINK, _AIM_ELEMENTS, _AIM):
            if found := pattern.match(core):
                self.steps.append("gs1-syntax")
                return found[1]
        if _LETTER.search(core):
            rest = _LABEL.sub("", core, count=1) if _LABEL.match(core) else _LABEL_BEHIND.sub("", core)
            if rest and rest != core:
                self.steps.append("label")
                return rest.strip()
        return core

    def number(self, core: str) -> Verdict | None:
        """Read digits with what may stand between them."""
        if core.isdigit():
            return self.found(core)
        if core.isascii() and core[:1].isdigit():
            return self._scientific(core) or self._grouped(core) or self._spaced(core) or self._several(core)
        return None

    def found(self, digits: str, *steps: str) -> Verdict:
        """The verdict on the digits, given what had to be undone to see them."""
        judged = judge(digits, self.table, self.blocks)
        if judged.gtin is None:
            return judged
        undone = (*self.steps, *steps)
        if not undone:
            return judged
        step = min(undone, key=_WEIGHT.index)
        if reasons()[step].status == "suggest":
            return verdict(step, candidates=(judged.gtin,))
        if judged.status == "fix" and judged.rule != "padded":
            return judged
        clean = verdict(step, judged.gtin)
        return clean._replace(message=f"{clean.message}; also: {judged.message}") if judged.status == "warn" else clean

    def _scientific(self, core: str) -> Verdict | None:
        found = _SCIENTIFIC.match(core)
        if not found:
            return None
        whole, fraction, exponent = found[1], found[2] or "", int(found[3])
        digits, places = whole + fraction, len(whole) + exponent
        if len(digits) >= places:
            return self.found(digits[:places], "scientific") if not digits[places:].strip("0") else None
        if places == 13 and len(digits) == 12:
            candidates = [code for code in _roundings(digits) if judge(code, self.table, self.blocks).usable]
            if candidates:
                return verdict("scientific-rounded", candidates=tuple(candidates), wanted=len(candidates))
        return verdict("digits-lost", length=len(digits))

    def _grouped(self, core: str) -> Verdict | None:
        if found := _THOUSANDS.match(core):
            return self.found(found[1].replace(found[2], ""), "thousands")
        if found := _DECIMALS.match(core):
            return self.found(found[1], "decimals")
        return None

    def _spaced(self, core: str) -> Verdict | None:
        """Digits with spaces and hyphens between them, and what only looks like that."""
        compact = core.replace(" ", "").replace("-", "")
        if _NDC.fullmatch(core):
            return _ndc(compact)
        if _ISSN.fullmatch(core) and related.issn_holds(compact):
            eight = judge(compact, self.table, self.blocks) if compact.isdigit() else None
            return verdict("issn-8", candidates=(related.issn_gtin(compact), *((eight.gtin,) if eight and eight.gtin else ())))
        if _ISBN_X.fullmatch(core) and related.isbn10_holds(compact):
            return verdict("isbn-10", related.isbn13(compact))
        if not _SPACED.fullmatch(core):
            return None
        step = "hyphens" if "-" in core else "white-space"
        if len(compact) in LENGTHS and holds(compact):
            return self.found(compact, step)
        return self._several(core) or self._add_on(core) or self.found(compact, step)

    def _add_on(self, core: str) -> Verdict | None:
        found = _ADD_ON.fullmatch(core)
        base = found[1].replace(" ", "").replace("-", "") if found else ""
        if len(base) in (12, 13):
            judged = judge(base, self.table, self.blocks)
            return verdict("add-on", candidates=(judged.gtin,)) if judged.gtin else None
        return None

    def _several(self, core: str) -> Verdict | None:
        """More than one number, told apart by what stands between them."""
        parts = [part.replace("-", "") for part in _BETWEEN.split(core)]
        codes = [part for part in parts if part.isdigit() and len(part) in LENGTHS]
        if len(codes) < 2:
            return self._add_on(core) if "+" in core else None
        if len({code.zfill(14) for code in codes}) > 1:
            return verdict("several")
        judged = judge(codes[0], self.table, self.blocks)
        return verdict("repeated", candidates=(judged.gtin,)) if judged.gtin else judged

    def other(self, core: str) -> Verdict | None:
        """What is written with letters or signs: other numbers, look-alikes, stray signs."""
        if _ISMN.fullmatch(core):
            digits = core[1:].replace(" ", "").replace("-", "")
            if len(digits) == 9 and holds(related.ismn13(digits)):
                return verdict("ismn-10", candidates=(related.ismn13(digits),))
        for name, pattern in _OTHER_NUMBERS:
            if pattern.fullmatch(core):
                return _ndc("".join(sign for sign in core if sign.isdigit())) if name == "ndc" else verdict(name)
        compact = core.replace(" ", "").replace("-", "")
        alike = compact.translate(_ALIKE)
        if alike != compact and len(alike) in LENGTHS and alike.isascii() and alike.isdigit():
            judged = judge(alike, self.table, self.blocks)
            letters = sum(not sign.isdigit() for sign in compact)
            if judged.gtin and 2 * letters <= len(compact):
                return verdict("look-alikes", candidates=(judged.gtin,))
        return self._amid(core)

    def _amid(self, core: str) -> Verdict | None:
        """A number amid signs or words that do not belong to it."""
        self.steps.append("stray-signs")
        bare = core.strip(_SIGNS)
        if bare != core and bare.isascii() and (found := self.number(bare)):
            return found
        runs = _RUNS.findall(core)
        joined = "".join(runs)
        if len(runs) == 1 or not _LETTER.search(core):
            return self.found(joined) if len(joined) in (12, 13, 14) and holds(joined) else None
        return None


def _ndc(digits: str) -> Verdict:
    return verdict("ndc", candidates=(related.upc_of_ndc(digits),) if len(digits) == 10 else ())


def _roundings(kept: str) -> list[str]:
    """The 13-digit numbers whose check digit is right and that round to these 12 digits and a zero."""
    middle = int(kept) * 10
    payloads = (f"{int(kept) - 1:012}", kept)
    return [code for payload in payloads if abs(int(code := payload + check_digit(payload)) - middle) <= 5]
