"""The report in several languages: words, plurals, sentences. The texts are data, `templates/report/phrases.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.report.ranking import Step
from listingkit.report.report import Held, Report
from listingkit.resources import shared

ENGLISH = "en"


class Phrases(Struct, frozen=True):
    """One language."""

    language: str
    table: Mapping[str, Any]

    def __getitem__(self, key: str) -> str:
        text: str = self.table[key]
        return text

    def figure(self, number: int) -> str:
        """`12,000`, as this language writes it."""
        return f"{number:,}".replace(",", self.table["_thousands"])

    def number(self, key: str, number: int) -> str:
        """A plural: `1 error`, `1,200 errors`."""
        forms = self.table[key]
        form: str = forms.get("one", forms["other"]) if number == 1 else forms["other"]
        return form.format(n=self.figure(number))

    def listed(self, parts: list[str]) -> str:
        """`a, b and c`."""
        return self["and"].join(part for part in (self["comma"].join(parts[:-1]), parts[-1]) if part)


@cache
def languages() -> Mapping[str, Phrases]:
    """Every language of the report by its code."""
    table = tomllib.loads((shared("templates") / "report" / "phrases.toml").read_text("utf-8"))
    return {code: Phrases(code, phrases) for code, phrases in table.items()}


@cache
def subjects() -> Mapping[str, Mapping[str, str]]:
    """The names of the rules' subjects by language; a subject that nobody translated is called as in the code."""
    table = tomllib.loads((shared("templates") / "report" / "subjects.toml").read_text("utf-8"))
    return {code: {name: names[code] for name, names in table.items() if code in names} for code in languages()}


def told() -> dict[str, dict[str, Any]]:
    """All the texts that a page's script needs, by language."""
    return {code: {**phrases.table, "_subjects": subjects()[code]} for code, phrases in languages().items()}


def language(code: str) -> Phrases:
    """The phrases of `en`, `de`, `zh`. Raises `UnknownName`."""
    known = languages()
    if code not in known:
        raise UnknownName("report language", code, known)
    return known[code]


def summary(report: Report, say: Phrases, first: Step | None) -> Iterator[str]:
    """The outcome in sentences."""
    tally = report.tally
    every = say.number("n_rows", report.rows) if report.rows is not None else ""
    if tally.total:
        notes = tally.total - tally.errors - tally.warnings
        counts = {"n_errors": tally.errors, "n_warnings": tally.warnings, "n_notes": notes}
        what = say.listed([say.number(key, number) for key, number in counts.items() if number])
        if not tally.rows:
            yield say["outcome_bare"].format(what=what)
        elif report.rows is not None:
            some = say.figure(min(tally.rows, report.rows))  # header rows may have findings, too
            yield say["outcome_of"].format(what=what, some=some, all=every)
        else:
            yield say["outcome"].format(what=what, rows=say.number("n_rows", tally.rows))
    else:
        yield say["clean_rows"].format(all=every) if every else say["clean"]
    if report.trend:
        yield _since(report, say)
    yield from _shipping(report, say)
    if dangerous := sum(change.dangerous for change in report.changes):
        yield say["danger"].format(changes=say.number("n_dangerous", dangerous))
    if first and first.freed:
        yield say["start" if report.freeing else "start_clean"].format(rule=first.code, listings=say.number("n_listings", first.freed))
    if proposals := tally.safe + tally.ask:
        yield say["proposed"].format(values=say.number("n_values", proposals))


def _shipping(report: Report, say: Phrases) -> Iterator[str]:
    """What is held back and what ships."""
    if report.held:
        yield _because("held", report.held, report.held_for, say)
    if report.mended:
        yield say.number("mended", report.mended)
    if report.shipped and not any(report.shipped.values()):
        yield say["ready_none"]
    elif report.shipped:
        yield say["shipped_wrong" if report.wrong_for.rows else "ready"].format(stores=say.listed(list(_stores(report, say))))
    if report.wrong_for.reasons:
        yield _because("wrong", report.wrong_for.rows, report.wrong_for, say)


def _because(key: str, number: int, held: Held, say: Phrases) -> str:
    """How many rows it is, and where not every one of them has an error itself, what it is with each."""
    rows = say.number("n_rows", number)
    why = [say.number(f"held_{reason}", count) for reason, count in held.reasons.items()]
    return say[f"{key}_for"].format(rows=rows, why=say["comma"].join(why)) if why else say[key].format(rows=rows)


def _stores(report: Report, say: Phrases) -> Iterator[str]:
    """What each marketplace gets; where somebody asked for rows with errors, how many have them."""
    for store, rows in report.shipped.items():
        wrong = f" ({say.number('n_wrong', report.wrong.get(store, 0))})" if report.wrong_for.rows else ""
        yield f"{store} {say.figure(rows)}{wrong}"


def _since(report: Report, say: Phrases) -> str:
    """How this run differs from the one before."""
    last, parts = report.trend[-1], []
    for kind, then, now in (("errors", last.errors, report.tally.errors), ("warnings", last.warnings, report.tally.warnings)):
        if then != now:
            parts.append(say.number(f"{'fewer' if now < then else 'more'}_{kind}", abs(now - then)))
    return say["since"].format(label=last.label, what=say.listed(parts)) if parts else say["since_same"].format(label=last.label)


def advice(step: Step, every: int, say: Phrases, *, freeing: bool) -> str:
    """What a step of the ranking brings; `freeing` where what has no error left ships."""
    listings = say.number("n_listings", step.listings)
    if not step.freed:
        return say["step_shared"].format(listings=listings)
    brings = say["step" if freeing else "step_clean"]
    return brings.format(listings=listings, freed=say.figure(step.freed), so_far=say.figure(step.so_far), all=say.figure(every))
