"""The formats that programs read: they parse, they validate, and nothing in a cell breaks out of its place."""

import csv
import io
import json
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs
from report_cases import BARE, CHECK_DIGIT, HOSTILE, LONG_TITLE, TEXT_FORMATS, hostile, node_modules, written

from listingkit.finding import Fix, Safety, Severity
from listingkit.report.escape import INVISIBLE, json_visible, visible
from listingkit.report.fingerprint import fingerprint
from listingkit.report.place import uri
from listingkit.report.report import Input, Report, RuleCard

FOUND = Report([CHECK_DIGIT, LONG_TITLE, BARE], rows=40, version="1.2.3")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_invisible_is_what_unicode_says() -> None:
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        if unicodedata.category(char) in kinds and char not in "\u200c\u200d":
            assert INVISIBLE.match(char), f"U+{number:04X}"
        elif INVISIBLE.match(char):
            assert unicodedata.category(char) == "Cn", f"U+{number:04X}"


@given(st.text() | st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_json_with_visible_characters_decodes_to_the_same(text: str) -> None:
    assume(text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text)  # JSON joins surrogate halves
    encoded = json_visible(json.dumps(text, ensure_ascii=False))
    assert not INVISIBLE.search(encoded)
    assert json.loads(encoded) == text
    encoded.encode("utf-8")


@given(st.text())
def test_visible_text_is_one_printable_line(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
    assert not INVISIBLE.search(visible(text))


@pytest.mark.parametrize("name", TEXT_FORMATS)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_cell_is_obeyed(name: str, value: str) -> None:
    text = written(hostile(value), name)
    text.encode("utf-8")
    raw = text.replace("\n", "").replace("\r", "").removeprefix("\ufeff")
    assert not INVISIBLE.search(raw)
    assert name == "html" or "not good" in text  # the page packs its findings


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_json_keeps_hostile_values_exactly(value: str) -> None:
    assert json.loads(written(hostile(value), "json"))[0]["value"] == value
    lines = written(hostile(value), "jsonl").split("\n")
    assert json.loads(lines[0])["fix"] == {"value": value, "safety": "safe"}
    assert len(lines) == 3


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "|x", "\t=1", "\uff1d1+1"])
def test_csv_cells_that_excel_would_calculate_start_with_an_apostrophe(value: str) -> None:
    assert rows_of(written(Report([replace(CHECK_DIGIT, value=value)]), "csv"))[0]["value"].startswith("'")


@pytest.mark.parametrize("value", ["-5", "+49", "-1,234.50", "AB-1", "36000291452"])
def test_csv_leaves_numbers_and_words_alone(value: str) -> None:
    assert rows_of(written(Report([replace(CHECK_DIGIT, value=value)]), "csv"))[0]["value"] == value


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_csv_has_one_row_a_finding_and_no_cell_too_long_for_excel(value: str) -> None:
    found = rows_of(written(hostile(value), "csv"))
    assert len(found) == 2
    assert all(len(cell) <= 32_767 and not cell.startswith(("=", "@", "+", "-")) for row in found for cell in row.values())


def test_csv_has_every_part_of_a_finding() -> None:
    assert rows_of(written(FOUND, "csv"))[0] == {
        "severity": "error",
        "code": "GTN001",
        "name": "gtin-check-digit",
        "sku": "AB-1",
        "marketplace": "DE",
        "file": "master.xlsx",
        "sheet": "Products",
        "row": "17",
        "cell": "F17",
        "column": "UPC",
        "field": "product_id",
        "message": "check digit is 3, the other digits need 2",
        "value": "036000291453",
        "fix": "036000291452",
        "fix_safety": "ask",
    }


APART = structs.replace(
    FOUND,
    accepted=[(replace(BARE, sku="AB-9"), "[why](x) {0}\x1b")],
    known=[replace(LONG_TITLE, sku="AB-8")],
    paths={"master.xlsx": "in/m 1.xlsx"},
)


def test_sarif_keeps_new_known_and_accepted_apart() -> None:
    """Fingerprints stay unique, every result's rule is described, only accepted ones are suppressed."""
    run = json.loads(written(APART, "sarif"))["runs"][0]
    results = run["results"]
    assert [one.get("baselineState") for one in results] == ["new", "new", "new", "unchanged", None]
    assert ["suppressions" in one for one in results] == [False] * 4 + [True]
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in results)
    assert len({one["partialFingerprints"]["listingkit/v1"] for one in results}) == len(results)
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "in/m%201.xlsx"
    plain = json.loads(written(structs.replace(FOUND, accepted=[(LONG_TITLE, "r")]), "sarif"))["runs"][0]["results"]
    assert not any("baselineState" in one for one in plain)


@pytest.mark.parametrize("report", [FOUND, Report([]), APART, *map(hostile, HOSTILE.values())])
def test_sarif_is_valid(report: Report) -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads((node_modules("@microsoft/jest-sarif") / "lib/schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    for owner in ("run", "toolComponent"):
        del schema["definitions"][owner]["properties"]["language"]["pattern"]  # not a regular expression of ECMA 262
    jsonschema_rs.validator_for(schema).validate(json.loads(written(report, "sarif")))


def test_sarif_tells_rule_row_cell_and_fix() -> None:
    report = structs.replace(
        FOUND, rules={"GTN001": RuleCard("GTN001", "x", "The check digit holds.", "Amazon refuses it.", "GS1", "gtin")}
    )
    run = json.loads(written(report, "sarif"))["runs"][0]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["GTN001"]["shortDescription"] == {"text": "The check digit holds."}
    assert rules["TTL001"]["defaultConfiguration"] == {"level": "warning"}
    first, _, bare = run["results"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "GTN001"
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "master.xlsx"}, "region": {"startLine": 17}}
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "Products!F17"
    assert first["properties"]["fix"] == {"value": "036000291452", "safety": "ask"}
    assert "locations" not in bare


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_findings_of_texts_are_on_the_lines_where_their_rows_begin(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes('sku,"body\n(html)"\nA,"ä\n\nb"\n\nB,c\n'.encode(encoding))
    rows = [replace(CHECK_DIGIT, file="shop.csv", sheet=None, row=row) for row in (1, 2, 4, 9)]
    report = Report(rows, inputs=[Input("shop.csv", encoding=encoding)], paths={"shop.csv": str(path)})
    wanted = [1, 3, 7, 9]  # the last is in no line of the file, and keeps its row
    results = json.loads(written(report, "sarif"))["runs"][0]["results"]
    assert [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in results] == wanted
    assert [one["location"]["lines"]["begin"] for one in json.loads(written(report, "gitlab"))] == wanted
    assert re.findall(r",line=(\d+),", written(report, "github")) == list(map(str, wanted))
    path.unlink()
    assert re.findall(r",line=(\d+),", written(report, "github")) == ["1", "2", "4", "9"]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("a b/ü#.xlsx", "a%20b/%C3%BC%23.xlsx"),
        ("/tmp/x.csv", "file:///tmp/x.csv"),
        ("C:\\in\\x.csv", "file:///C:/in/x.csv"),
        ("in\\x.csv", "in/x.csv"),
        ("odd:name.csv", "odd%3Aname.csv"),
    ],
)
def test_uris_of_files(file: str, wanted: str) -> None:
    assert uri(file) == wanted


def test_junit_counts_and_only_errors_fail() -> None:
    suites = ET.fromstring(written(structs.replace(FOUND, inputs=[Input("clean.csv"), Input("master.xlsx", "Products")]), "junit"))
    cases = suites.findall(".//testcase")
    assert suites.attrib["tests"] == str(len(cases)) == "4"
    assert suites.attrib["failures"] == "1"
    assert len(suites.findall(".//failure")) == 1
    assert len(suites.findall(".//skipped")) == 2
    assert "036000291452" in (suites.findtext(".//failure") or "")
    for suite in suites:
        assert suite.attrib["tests"] == str(len(suite.findall("testcase")))


def test_junit_of_nothing_is_one_passed_test() -> None:
    suites = ET.fromstring(written(Report([]), "junit"))
    assert suites.attrib["tests"] == "1"
    assert len(suites.findall(".//testcase")) == 1


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_junit_is_well_formed_whatever_a_cell_holds(value: str) -> None:
    assert len(ET.fromstring(written(hostile(value), "junit")).findall(".//testcase")) == 2


def test_github_is_one_command_a_finding_worst_first() -> None:
    lines = written(Report([LONG_TITLE, CHECK_DIGIT, BARE]), "github").splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::notice", "::notice"]
    assert lines[0].startswith("::error file=master.xlsx,line=17,title=GTN001 gtin-check-digit::SKU AB-1, Products F17, UPC: check digit")


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_github_commands_cannot_be_forged(value: str) -> None:
    lines = written(hostile(value), "github").splitlines()
    assert len(lines) == 3
    assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in lines)
    assert all("%0A" not in line for line in lines)


def test_gitlab_reads_severity_place_and_a_fingerprint_that_is_unique() -> None:
    found = json.loads(written(Report([CHECK_DIGIT, CHECK_DIGIT, LONG_TITLE, BARE]), "gitlab"))
    assert [entry["severity"] for entry in found] == ["major", "major", "minor", "info"]
    assert found[0]["location"] == {"path": "master.xlsx", "lines": {"begin": 17}}
    assert len({entry["fingerprint"] for entry in found}) == 4


def test_a_fingerprint_stays_when_the_row_moves_and_changes_with_the_value() -> None:
    moved = replace(CHECK_DIGIT, row=99, cell="F99", message="worded otherwise", fix=Fix("x", Safety.SAFE))
    assert fingerprint(moved) == fingerprint(CHECK_DIGIT)
    assert fingerprint(replace(CHECK_DIGIT, value="1")) != fingerprint(CHECK_DIGIT)
    assert fingerprint(replace(CHECK_DIGIT, severity=Severity.INFO)) == fingerprint(CHECK_DIGIT)
