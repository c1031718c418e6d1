"""The formats: what a person or a program reads."""

import io
import json
from dataclasses import replace

import pytest
from report_cases import BARE, CHECK_DIGIT, TEXT_FORMATS, written

from listingkit.errors import UnknownName
from listingkit.finding import Finding, Severity
from listingkit.report.formats import write
from listingkit.report.report import Report, RuleCard


def missing(rows: range) -> list[Finding]:
    return [
        Finding("REQ001", "required", Severity.ERROR, "brand is missing", "m.csv", None, row, "Brand", f"D{row}", "brand", f"S{row}")
        for row in rows
    ]


def test_text_tells_cell_sku_marketplace_and_fix() -> None:
    assert written(Report([CHECK_DIGIT], rows=40), "text") == (
        "master.xlsx > Products\n"
        "\n"
        "  AB-1, row 17\n"
        "    F17  error    GTN001  UPC: check digit is 3, the other digits need 2 [DE]\n"
        "                          036000291453 -> 036000291452  (please confirm)\n"
        "\n"
        "1 error in 1 of 40 rows. 1 proposal to confirm.\n"
    )


def test_text_of_nothing_is_one_line() -> None:
    assert written(Report([], rows=1), "text") == "No findings in 1 row.\n"


def test_text_of_a_finding_without_a_place() -> None:
    assert "the whole sheet" in written(Report([BARE]), "text")


def test_text_joins_the_same_flaw_of_several_marketplaces() -> None:
    text = written(Report([CHECK_DIGIT, replace(CHECK_DIGIT, marketplace="US")]), "text")
    assert text.count("check digit is 3") == 1
    assert "[DE US]" in text


def test_text_tells_what_is_wrong_in_many_rows_once() -> None:
    text = written(Report(missing(range(2, 40))), "text")
    assert text.count("brand is missing") == 1
    assert "column Brand: 38 cells" in text
    assert "D2:D39" in text


def test_quiet_is_the_summary_and_statistics_count_by_rule() -> None:
    report = Report([CHECK_DIGIT, *missing(range(2, 5))], rules={"GTN001": RuleCard("GTN001", "x", "The check digit is right.")})
    assert written(report, "text", quiet=True).splitlines() == ["4 errors in 4 rows. 1 proposal to confirm."]
    assert written(report, "text", statistics=True).splitlines()[:2] == [
        "3  error    REQ001  required",
        "1  error    GTN001  The check digit is right.",
    ]


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_only_and_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    report = Report([CHECK_DIGIT])
    coloured = Terminal()
    write(report, "text", coloured)
    assert "\x1b[31m" in coloured.getvalue()
    assert "\x1b" not in written(report, "text")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    write(report, "text", plain)
    assert "\x1b" not in plain.getvalue()


def test_text_survives_a_console_that_lacks_the_characters() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="")
    write(Report([replace(CHECK_DIGIT, message="品牌 is missing")]), "text", stream)
    stream.flush()
    assert b"\\u54c1\\u724c is missing" in raw.getvalue()


def test_json_and_jsonl_are_the_findings() -> None:
    report = Report([CHECK_DIGIT, BARE])
    wanted = [CHECK_DIGIT.to_dict(), BARE.to_dict()]
    assert json.loads(written(report, "json")) == wanted
    assert [json.loads(line) for line in written(report, "jsonl").splitlines()] == wanted
    assert json.loads(written(Report([]), "json")) == []
    assert written(Report([]), "jsonl") == ""


def test_text_keeps_severities_apart_and_cuts_endless_messages() -> None:
    other = replace(CHECK_DIGIT, marketplace="US", severity=Severity.WARNING)
    text = written(Report([CHECK_DIGIT, other, replace(CHECK_DIGIT, cell="G17", message="x" * 9_000)]), "text")
    assert "error    GTN001  UPC: check digit is 3, the other digits need 2 [DE]" in text
    assert "warning  GTN001  UPC: check digit is 3, the other digits need 2 [US]" in text
    assert "... (9,000 characters)" in text
    assert max(map(len, text.splitlines())) < 600


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean json"):
        write(Report([]), "jsn", io.StringIO())


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert written(Report([CHECK_DIGIT, BARE]), name) == written(Report([CHECK_DIGIT, BARE]), name)
