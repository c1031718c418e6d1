"""What a rule says of itself: for `explain`, `rules`, docs/rules.md and docs/rules.zh.md."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from listingkit.rules.engine import Rule, catalogue
from listingkit.rules.limits import Limit, limits
from listingkit.rules.translated import said, subject, words


def as_dict(rule: Rule) -> dict[str, Any]:
    """A rule as json."""
    return {
        "code": rule.code,
        "name": rule.name,
        "category": rule.category,
        "severity": rule.severity.value,
        "doc": rule.doc,
        "detail": rule.detail or None,
        "why": rule.why,
        "fix": rule.fix.value if rule.fix else None,
        "fields": [spec.rstrip("*") for spec in rule.fields],
        "marketplaces": sorted(rule.stores) or None,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
        "prevents": list(rule.errors),
        "source": rule.source,
        "checked": rule.checked.isoformat(),
    }


def card(rule: Rule, language: str = "en") -> str:
    """A rule explained in Markdown, readable as plain text."""
    return "\n".join(_lines(rule, language)) + "\n"


def markdown(language: str = "en") -> str:
    """Every rule, by subject."""
    parts = [words(language)["head"]]
    category = ""
    for rule in sorted(catalogue().values(), key=lambda rule: (rule.category, rule.code)):
        if rule.category != category:
            category = rule.category
            parts.append(f"# {subject(category, language)}\n")
        parts.append(card(rule, language))
    return "\n".join(parts)


def _lines(rule: Rule, language: str) -> Iterator[str]:
    say, told = words(language), said(rule, language)
    yield from (f"## {rule.code} {rule.name}", "", told.doc)
    yield from ("", told.detail) if told.detail else ()
    yield from ("", say["why"].format(why=told.why), "")
    yield f"- {say['severity'].format(say[rule.severity.value])}"
    yield f"- {say['fix'].format(say[rule.fix.value if rule.fix else 'none'])}"
    yield from (f"- {line}" for line in _force(rule, say))
    yield from (f"- {_limit(limit, say)}" for name in rule.limit for limit in limits() if limit.name == name)
    if rule.errors:
        yield f"- {say['prevents'].format(say['comma'].join(rule.errors))}"
    yield f"- {say['source'].format(source=rule.source, day=rule.checked)}"
    for title, examples in (("bad", rule.bad_examples), ("good", rule.good)):
        if examples:
            prose = rule.scope == "given"
            yield from ("", say[title], "", *(f"    {example if prose else _shown(example, say)}" for example in examples))
    yield ""


def _force(rule: Rule, say: Mapping[str, str]) -> Iterator[str]:
    if rule.stores:
        yield say["only_in"].format(say["comma"].join(sorted(rule.stores)))
    if rule.since:
        yield say["since"].format(rule.since)
    if rule.until:
        yield say["until"].format(rule.until)


def _limit(limit: Limit, say: Mapping[str, str]) -> str:
    def listed(names: Iterable[str]) -> str:
        return say["comma"].join(sorted(names))

    scope = listed(limit.marketplaces) or say["everywhere"]
    if limit.except_marketplaces:
        scope += say["but"].format(listed(limit.except_marketplaces))
    if limit.groups:
        scope += say["only_groups"].format(listed(limit.groups))
    if limit.except_groups:
        scope += say["not_groups"].format(listed(limit.except_groups))
    return say["limit"].format(
        value=limit.value,
        unit=say.get(limit.unit, limit.unit),
        day=limit.effective_from,
        scope=scope,
        layer=say[limit.layer],
        confidence=say[limit.confidence],
        source=limit.source,
    )


def _shown(example: Any, say: Mapping[str, str]) -> str:
    if isinstance(example, str):
        return repr(example) if len(example) <= 80 else say["long"].format(text=repr(example[:60]), count=len(example))
    if isinstance(example, (list, tuple)):
        return "; ".join(_shown(part, say) for part in example)
    return say["blank"] if example is None else repr(example)
