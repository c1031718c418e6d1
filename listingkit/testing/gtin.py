"""Hypothesis strategies for GTINs: good ones, broken ones, and good ones as people write them. All are constructed, none is filtered."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from listingkit.gtin.check_digit import check_digit, complete, holds
from listingkit.gtin.numbers import judge, narrow
from listingkit.gtin.prefixes import prefixes as shipped
from listingkit.gtin.reasons import reasons
from listingkit.gtin.triage import triage

Strategy = st.SearchStrategy[str]
Written = tuple[str, str]


def gtins(
    lengths: Iterable[int] = (8, 12, 13), prefixes: Iterable[str] | None = None, organisations: Iterable[str] | None = None
) -> Strategy:
    """GTINs that triage calls valid (a GTIN-14 is a warning: it names a carton).

    `lengths` among 8, 12, 13 and 14. `prefixes` are first digits as in a 13-digit number (a UPC prefix has its zero in front, a
    GTIN-8 none), `organisations` names as in the prefix table, `GS1 Germany`. Numbers under prefixes that you name may be sample
    numbers, which are a warning.
    """
    wanted = tuple(dict.fromkeys(lengths))
    unknown = [length for length in wanted if length not in (8, 12, 13, 14)]
    if unknown or not wanted:
        raise InvalidArgument(f"lengths are among 8, 12, 13 and 14, not {unknown}")
    heads = tuple(prefixes) if prefixes is not None else None
    owners = frozenset(organisations) if organisations is not None else None
    if heads and any(not re.fullmatch(r"[0-9]{1,12}", head) for head in heads):
        raise InvalidArgument(f"prefixes are 1 to 12 digits, not {heads}")
    if owners and not owners <= _organisations():
        raise InvalidArgument(f"no organisation is called {sorted(owners - _organisations())}; see listingkit/data/gs1_prefixes.tsv")
    made = [strategy for length in wanted for strategy in _of_length(length, heads, owners)]
    if not made:
        raise InvalidArgument(f"no GTIN of {wanted} digits has such a prefix (a UPC starts with 0, as in a 13-digit number)")
    return st.one_of(made)


def broken_gtins(rule: str | None = None) -> Strategy:
    """Values that triage rejects. `rule` is a reason (`check-digit`) or a finding's code (`GTN001`); None gives every kind."""
    known = _broken()
    codes: dict[str, list[Strategy]] = {}
    for reason, strategy in known.items():
        codes.setdefault(reasons()[reason].rule, []).append(strategy)
    if rule is None:
        return st.one_of(*known.values())
    if rule in known:
        return known[rule]
    if rule in codes:
        return st.one_of(codes[rule])
    raise InvalidArgument(f"nothing is broken by {rule!r}; known are {', '.join([*known, *codes])}")


def written(gtin: str) -> st.SearchStrategy[Written]:
    """The number as people and programs write it, with the status that it must triage to.

    `valid` or `warn`: the number itself. `fix`: triage gives back the number (as 14 digits the same). `suggest`: the number is
    among the candidates.
    """
    judged = triage(gtin)
    if judged.gtin != gtin:
        raise InvalidArgument(f"{gtin!r} is not a usable GTIN: {judged.message}")
    ways: list[st.SearchStrategy[Written]] = [st.just((gtin, judged.status))]
    ways += [strategy.map(lambda text: (text, "fix")) for strategy in _lossless(gtin)]
    ways += [st.just((text, "suggest")) for text in _lossy(gtin)]
    return st.one_of(ways)


def _digits(count: int) -> Strategy:
    return st.integers(0, 10**count - 1).map(lambda number: f"{number:0{count}}" if count else "")


def _nonzero(count: int) -> Strategy:
    return st.integers(10 ** (count - 1), 10**count - 1).map(str)


def _plain(code: str) -> str:
    """A number of the same prefix that looks like no sample, run or rounding: digits from the end on are changed until it does."""
    at = len(code) - 2
    while judge(code, shipped()).status == "warn" or code[:-1].endswith("00000"):
        digit = (int(code[at]) + 5) % 10
        code = complete(f"{code[:at]}{digit}{code[at + 1 : -1]}")
        at -= 1
        if at < len(code) // 2:
            break
    return code


@cache
def _organisations() -> frozenset[str]:
    return frozenset(row.organisation for row in shipped().rows13.values() if row.use == "organisation")


@cache
def _heads(length: int, owners: frozenset[str] | None) -> tuple[str, ...]:
    """The three-digit prefixes that nothing speaks against, as in a 13-digit number (of a GTIN-8: its own)."""
    table = shipped()
    threes = [f"{number:03}" for number in range(1000)]
    if length == 8:
        rows = [(head, table.of8(head + "0")) for head in threes if head != "962"]
    else:
        rows = [(head, table.of13(head)) for head in threes if head not in table.split]
    return tuple(
        head for head, row in rows if not row.reason and (owners is None or row.organisation in owners) and (length != 12 or head[0] == "0")
    )


def _of_length(length: int, given: Sequence[str] | None, owners: frozenset[str] | None) -> Iterable[Strategy]:
    heads = given if given is not None else _heads(length, owners)
    size = 7 if length == 8 else 12
    fitting = [head for head in heads if len(head) <= size and (length != 12 or head[0] == "0")]
    if not fitting:
        return
    payload = st.sampled_from(fitting).flatmap(lambda head: _digits(size - len(head)).map(lambda rest: head + rest))
    tidy = _plain if given is None else str
    if length == 14:
        yield st.tuples(st.sampled_from("12345678"), payload).map(lambda parts: complete("".join(parts)))
    elif length == 12:
        yield payload.map(lambda digits: tidy(complete(digits)[1:]))
    else:
        yield payload.map(lambda digits: tidy(complete(digits)))


@cache
def _broken() -> Mapping[str, Strategy]:
    """A strategy for each reason to reject."""
    good = gtins(lengths=(12, 13))
    eans = gtins(lengths=(13,), prefixes=[head for head in _heads(13, None) if head[0] != "0"]).map(_plain)
    made: dict[str, Strategy] = {
        "not-a-number": st.tuples(st.sampled_from(("SP-", "Art. ", "ref ")), _nonzero(5), st.sampled_from(("", " blue", "/K"))).map(
            "".join
        ),
        "length": st.sampled_from((2, 3, 4, 5, 17, 19, 20)).flatmap(_nonzero),
        "check-digit": st.tuples(good, st.integers(1, 9)).map(lambda pair: _last_digit(*pair)),
        "packaging-check-digit": st.tuples(st.sampled_from("12345678"), eans).map("".join),
        "all-zeros": st.sampled_from((8, 12, 13, 14)).map(lambda length: "0" * length),
        "packaging-variable": eans.map(lambda code: complete("9" + code[:-1])),
        "rounded": st.tuples(st.sampled_from(_heads(13, None)), _digits(4)).map(lambda parts: _rounded("".join(parts))),
        "digits-lost": st.tuples(_nonzero(6), st.sampled_from((11, 12)), st.sampled_from(".,"), st.sampled_from(("E+", "e+", "E"))).map(
            lambda parts: f"{parts[0][0]}{parts[2]}{parts[0][1:]}{parts[3]}{parts[1]}"
        ),
        "several": st.tuples(gtins(lengths=(12,)), st.sampled_from(("; ", "/", ", ", "\n", " | ")), eans).map("".join),
        "asin": st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=8, max_size=8).map(lambda rest: "B0" + rest),
        "fnsku": st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=8, max_size=8).map(lambda rest: "X0" + rest),
        "sscc": _nonzero(17).map(complete),
        "ndc": st.tuples(_digits(4), _digits(4), _digits(2)).map("-".join),
        "pzn": st.tuples(st.sampled_from(("PZN-", "PZN ", "PZN: ")), _digits(8)).map("".join),
    }
    closed: dict[str, list[str]] = {}
    for head, row in shipped().rows13.items():
        if row.closed and len(head) == 3 and head not in shipped().split:
            closed.setdefault(row.reason, []).append(head)
    for reason, heads in closed.items():
        made[reason] = gtins(lengths=(13,), prefixes=heads)
    anything = sorted(head for heads in closed.values() for head in heads)
    made["packaging-restricted"] = gtins(lengths=(14,), prefixes=anything)
    return made


def _last_digit(code: str, more: int) -> str:
    return code[:-1] + str((int(code[-1]) + more) % 10)


def _rounded(head: str) -> str:
    """Seven digits and six zeros whose check digit is wrong."""
    code = head + "0" * 6
    return f"{head[:-1]}{(int(head[-1]) + 1) % 10}" + "0" * 6 if holds(code) else code


_SCRIPTS = ("０", "٠", "۰", "०")  # zeros; their digits follow
_LABELS = ("EAN: ", "GTIN ", "UPC:", "Barcode: ", "EAN-13 ", "条码：")


def _lossless(gtin: str) -> Iterable[Strategy]:
    """Ways to write a number from which it can be read back without a question."""
    ends: Sequence[str] = (" ", "\t", "\u00a0", "\u200b", "\ufeff", "\u202c", "\u3000")
    yield st.tuples(st.sampled_from(ends), st.sampled_from(ends)).map(lambda pair: f"{pair[0]}{gtin}{pair[1]}")
    yield _split(gtin, (" ", "-", "\u2013", "\u00a0", "\u200b"))
    yield st.sampled_from(_SCRIPTS).map(lambda zero: "".join(chr(ord(zero) + int(digit)) for digit in gtin))
    yield st.sampled_from(("'{}", '="{}"', '"{}"', "'{}'", "={}", "“{}”")).map(lambda form: form.format(gtin))
    yield st.sampled_from(_LABELS).map(lambda label: label + gtin)
    yield st.just(f"{gtin} (GTIN)")
    yield st.sampled_from((".0", ",0", ".00")).map(lambda end: gtin + end)
    wide = gtin.zfill(14)
    links = ("https://id.gs1.org/01/{}", "https://example.com/gtin/{}/10/A1?11=260101")
    yield st.sampled_from(("(01){}", "(01){}(10)AB-1", "]d201{}", *links)).map(lambda form: form.format(wide))
    if len(gtin) in (8, 12) or (len(gtin) == 13 and narrow(gtin) == gtin):
        yield st.just(wide)
    if gtin[0] != "0":
        yield st.sampled_from(("E+", "e+", "E")).map(lambda e: f"{gtin[0]}.{gtin[1:]}{e}{len(gtin) - 1}")
        yield st.sampled_from(".,'").map(lambda sign: f"{int(gtin):,}".replace(",", sign))


def _split(gtin: str, signs: Sequence[str]) -> Strategy:
    """The number with a sign somewhere inside (never four and four digits: that is how an ISSN is written)."""
    places = [place for place in range(1, len(gtin)) if (len(gtin), place) != (8, 4)]
    return st.tuples(st.sampled_from(places), st.sampled_from(signs)).map(lambda cut: gtin[: cut[0]] + cut[1] + gtin[cut[0] :])


def _lossy(gtin: str) -> Iterable[str]:
    """Ways to write a number after which somebody must be asked."""
    yield f"*{gtin}*"
    if len(gtin) > 8:
        yield f"article {gtin} blue"
    for digit, letter in (("0", "O"), ("1", "l"), ("5", "S")):
        if digit in gtin:
            yield gtin.replace(digit, letter, 1)
    if len(gtin) in (12, 13):
        yield f"{gtin} 51299"
    if len(gtin) == 12 and gtin[0] == "0" and gtin[1] != "0":
        yield gtin[1:]
    if len(gtin) == 13 and gtin[0] != "0":
        yield f"{Decimal(gtin):.11E}"
        short = gtin[:-1]
        if shipped().of13("0" + short).closed and check_digit(short[:-1]) != short[-1]:
            yield short
