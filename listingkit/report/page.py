"""One self-contained page: no request leaves it, and nothing in a cell is ever obeyed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TextIO

import jinja2
from msgspec import Struct
from msgspec.structs import replace

from listingkit.finding import Severity
from listingkit.report.escape import visible
from listingkit.report.payload import packed, payload
from listingkit.report.phrases import ENGLISH, Phrases, advice, language, languages, subjects, summary, told
from listingkit.report.policy import policy, script_json, stylesheet
from listingkit.report.ranking import Step, steps
from listingkit.report.report import Report, Run
from listingkit.resources import shared
from listingkit.rules.translated import LANGUAGES, translations

BARS = 12  # of a chart


class Bar(Struct, frozen=True):
    """One bar of a chart; `filter_on` and `value` are what a click on it shows."""

    label: str
    count: int
    width: int  # percent of the longest
    tone: str  # error, warning, info or plain
    filter_on: str
    value: str


class Column(Struct, frozen=True):
    """One run of the trend; heights in percent of the highest."""

    label: str
    errors: int
    warnings: int
    error_height: int
    warning_height: int


class Mover(Struct, frozen=True):
    """A rule that was broken more or less often in the last run."""

    code: str
    then: int
    now: int


def write(report: Report, stream: TextIO, *, language: str | None = None) -> None:
    """Write the page; it opens in this language (`en`, `de`, `zh`), else in the reader's where it knows it, and can be switched."""
    stream.write(_page(replace(report, findings=tuple(report.findings)), language))


def _page(report: Report, chosen: str | None) -> str:
    code = chosen or ENGLISH
    folder = shared("templates") / "report"
    style = stylesheet("report.css")
    script = (folder / "report.js").read_text("utf-8")
    say = language(code)
    ranked, blocked = steps(report.findings, report.rows)
    codes = list(report.tally.codes)
    data = payload(report, codes) | {"rules": [_rule(report, code) for code in codes], "sentences": _sentences(report, ranked, blocked)}
    spoken = data["spoken"] = {other: _spoken(codes, other) for other in languages() if other in LANGUAGES and other != ENGLISH}
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["visible"] = visible
    page = pages.get_template("report.html.j2")
    return page.render(
        report=report,
        chosen=chosen,
        tally=report.tally,
        say=say,
        spoken=spoken.get(code, {}),
        languages=languages(),
        summary=list(summary(report, say, ranked[0] if ranked else None)),
        ranked=ranked,
        advice=[advice(step, blocked, say, freeing=report.freeing) for step in ranked],
        charts=_charts(report, code),
        trend=_trend(report),
        movers=_movers(report),
        phrases=script_json(told()),
        data=packed(data),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def _rule(report: Report, code: str) -> list[str]:
    card = report.rule(code)
    name = report.tally.names[code]
    return [code, name, card.doc, card.why, card.source, card.category] if card else [code, name, name, "", "", ""]


def _spoken(codes: Sequence[str], language: str) -> dict[str, list[str]]:
    """What the rules ask and why, where somebody translated it."""
    known = translations(language)
    return {code: [known[code][1].doc, known[code][1].why] for code in codes if code in known}


def _movers(report: Report) -> list[Mover]:
    """The rules whose counts differ most from those of the last run."""
    if not report.trend or (then := report.trend[-1].rules) is None:
        return []
    now = report.tally.codes
    moved = [Mover(code, then.get(code, 0), now.get(code, 0)) for code in {*then, *now} if then.get(code, 0) != now.get(code, 0)]
    return sorted(moved, key=lambda mover: (-abs(mover.now - mover.then), mover.code))[:BARS]


def _sentences(report: Report, ranked: list[Step], blocked: int) -> Mapping[str, Mapping[str, list[str]]]:
    first = ranked[0] if ranked else None

    def of(say: Phrases) -> Mapping[str, list[str]]:
        steps = [advice(step, blocked, say, freeing=report.freeing) for step in ranked]
        return {"summary": list(summary(report, say, first)), "steps": steps}

    return {code: of(say) for code, say in languages().items()}


def _charts(report: Report, language: str) -> dict[str, list[Bar]]:
    tally = report.tally
    by_category: Counter[str] = Counter()
    worst: dict[str, Severity] = {}
    for code, number in tally.codes.items():
        card = report.rule(code)
        if card and card.category:
            by_category[card.category] += number
            worst[card.category] = min(worst.get(card.category, Severity.INFO), tally.worst[code], key=lambda severity: severity.rank)
    rules = [(f"{code} {tally.names[code]}", number, tally.worst[code].value, "rule", code) for code, number in tally.codes.items()]
    called = subjects()[language]
    kinds = [
        (called.get(name, name.replace("_", " ")), number, worst[name].value, "subject", name) for name, number in by_category.most_common()
    ]
    everywhere = tally.marketplaces.get(None, 0)
    named = dict.fromkeys([*report.marketplaces, *(store for store in tally.marketplaces if store)])
    counts = {store: everywhere + tally.marketplaces.get(store, 0) for store in named}
    stores = [(store, number, "plain", "store", store) for store, number in sorted(counts.items(), key=lambda item: -item[1]) if number]
    charts = {"by_rule": _bars(rules), "by_category": _bars(kinds), "by_marketplace": _bars(stores)}
    return {key: bars for key, bars in charts.items() if len(bars) > 1 or (bars and key == "by_rule")}


def _bars(rows: list[tuple[str, int, str, str, str]]) -> list[Bar]:
    most = max((number for _, number, *_ in rows), default=1)
    return [Bar(label, number, max(1, round(100 * number / most)), tone, kind, value) for label, number, tone, kind, value in rows[:BARS]]


def _trend(report: Report) -> list[Column]:
    if not report.trend:
        return []
    runs = [*report.trend[-11:], Run("", report.tally.errors, report.tally.warnings)]
    most = max(max(run.errors, run.warnings) for run in runs) or 1
    return [Column(run.label, run.errors, run.warnings, round(100 * run.errors / most), round(100 * run.warnings / most)) for run in runs]
