"""Exceptions: what is accepted, until when, and what is said of those that are expired or of no use."""

import json
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.config import Config
from listingkit.marketplace import select
from listingkit.rules.exceptions import accept

DAY = date(2026, 11, 1)
LONG = "T" * 201
MASTER = f"sku,item_name,bullet_point_1\nAB-1,{LONG},Glazed stoneware\nAB-2,{LONG},Glazed stoneware\nZZ-1,Mug,<b>Bold bullet point</b>\n"
HEAD = 'marketplaces = ["US", "DE"]\n[rules]\nselect = ["TTL001", "SKU", "CFG"]\n'


def entry(sku: str = "AB-1", rule: str = "TTL001", until: str = "2026-12-31", where: str = "") -> str:
    store = f'marketplace = "{where}"\n' if where else ""
    return f'[[exceptions]]\nsku = "{sku}"\nrule = "{rule}"\n{store}reason = "its brand is long"\nexpires = {until}\n'


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> Any:
    """What a check of the master finds with these exceptions: exit status and findings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(MASTER)

    def found(*entries: str, as_of: date = DAY, style: str = "json") -> Any:
        (tmp_path / "listingkit.toml").write_text(HEAD + "".join(entries))
        status, out, err = run("check", "m.csv", "--as-of", as_of, "--format", style)
        assert err == ""
        return status, json.loads(out) if style in ("json", "sarif") else out

    return found


def brief(findings: Any) -> list[tuple[Any, ...]]:
    return [(one["code"], one["sku"], one["marketplace"]) for one in findings]


def test_an_accepted_finding_is_none(found: Any) -> None:
    assert found()[0] == 1
    assert brief(found(entry("AB-1"))[1]) == [("TTL001", "AB-2", None)]
    assert found(entry("AB-*")) == (0, [])
    assert found(entry("*")) == (0, [])
    assert found(entry("AB-?", "TTL")) == (0, [])


def test_an_exception_of_one_marketplace_leaves_the_others(found: Any) -> None:
    status, told = found(entry("AB-*", where="de"))
    assert (status, brief(told)) == (1, [("TTL001", "AB-1", "US"), ("TTL001", "AB-2", "US")])


def test_an_expired_exception_is_told_with_its_line_and_accepts_nothing(found: Any) -> None:
    assert found(entry("AB-*", until="2026-11-01")) == (0, [])
    status, (first, *others) = found(entry("AB-*", until="2026-10-31"))
    assert status == 1
    assert (first["code"], first["severity"], first["file"], first["row"]) == ("CFG001", "warning", "listingkit.toml", 4)
    assert "2026-10-31 (its brand is long)" in first["message"]
    assert brief(others) == [("TTL001", "AB-1", None), ("TTL001", "AB-2", None)]


def test_an_exception_of_no_use_is_told(found: Any) -> None:
    _, told = found(entry("AB-*"), entry("ZZ-1"), entry("QQ-1"))
    assert [(one["code"], one["severity"], one["row"]) for one in told] == [("CFG002", "warning", 9), ("CFG002", "info", 14)]
    assert "accepts no finding any more" in told[0]["message"]
    assert "no SKU of this master" in told[1]["message"]


def test_what_this_run_did_not_look_for_is_not_of_no_use(found: Any) -> None:
    assert found(entry("AB-*"), entry("AB-1", "IMG"), entry("AB-1", where="JP")) == (0, [])


def test_codes_of_exceptions_are_rules_like_others(found: Any, tmp_path: Path, run: Any) -> None:
    found(entry("AB-*"), entry("ZZ-1"))
    toml = tmp_path / "listingkit.toml"
    toml.write_text(toml.read_text().replace('"CFG"]', '"CFG"]\nseverity = { CFG002 = "error" }'))
    assert run("check", "m.csv", "--as-of", DAY)[0] == 1
    assert run("check", "m.csv", "--as-of", DAY, "--ignore", "CFG")[0] == 0
    status, _, err = run("explain", "CFG001")
    assert (status, err) == (0, "")


def test_accepted_findings_are_counted_and_told_to_programs(found: Any) -> None:
    assert "2 findings accepted by exceptions." in found(entry("AB-*"), style="text")[1]
    results = found(entry("AB-1"), style="sarif")[1]["runs"][0]["results"]
    assert [(one["properties"]["sku"], "suppressions" in one) for one in results] == [("AB-2", False), ("AB-1", True)]
    assert results[1]["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "its brand is long"}]


def test_accepted_rows_ship_and_are_not_fixed(found: Any, tmp_path: Path, run: Any) -> None:
    found(entry("AB-1", where="US"))
    run("build", "m.csv", "--as-of", DAY)
    made = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["marketplaces"]
    assert {store: one["held"] for store, one in made.items()} == {"US": 1, "DE": 2}


def test_a_rule_nobody_has_is_told_with_its_line(tmp_path: Path, run: Any) -> None:
    (tmp_path / "m.csv").write_text(MASTER)
    (tmp_path / "bad.toml").write_text(entry(rule="TTL0O1"))
    status, _, err = run("check", tmp_path / "m.csv", "--config", tmp_path / "bad.toml")
    assert status == 2
    assert "bad.toml, line 3: unknown rule 'TTL0O1'" in err


PATTERNS = st.sampled_from(["*", "A*", "A-1", "?-1", "=A", " A", "*A", "[A]-1", "A.1", ""]).filter(bool)
ENTRIES = st.lists(
    st.builds(
        lambda sku, rule, store, until: (
            {"sku": sku, "rule": rule, "reason": "r", "expires": until} | ({"marketplace": store} if store else {})
        ),
        PATTERNS,
        st.sampled_from(["TTL", "TTL001", "SKU", "OFR", "R", "REQ001", "GTN"]),
        st.sampled_from(["", "US", "DE", "JP"]),
        st.sampled_from([date(2026, 10, 31), DAY]),
    ),
    min_size=1,
    max_size=3,
)


@given(ENTRIES)
def test_every_finding_stays_or_is_accepted_exactly_as_an_entry_says(flawed: Any, entries: Any) -> None:
    listings, bare = flawed
    found = accept(bare, listings, select(("US", "DE")), Config(exceptions=tuple(entries)), as_of=DAY)

    def apart(findings: Any) -> list[tuple[Any, ...]]:
        return sorted(
            (one.code, one.row or 0, one.field or "", one.sku or "", store)
            for one in findings
            if one.row is not None and not one.code.startswith("CFG")
            for store in ([one.marketplace] if one.marketplace else ("US", "DE"))
        )

    def matched(line: tuple[Any, ...]) -> bool:
        code, _, _, sku, store = line
        return any(
            one["expires"] >= DAY
            and code.startswith(one["rule"])
            and fnmatchcase(sku, one["sku"].replace("[", "[[]"))
            and one.get("marketplace", store) == store
            for one in entries
        )

    every = apart(bare)
    assert apart(found) == [line for line in every if not matched(line)]
    assert sorted(line for one in found.accepted for line in apart(one.findings)) == [line for line in every if matched(line)]
    assert len(apart([*found, *(finding for one in found.accepted for finding in one.findings)])) == len(every)
