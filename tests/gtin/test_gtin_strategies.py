"""The strategies keep their promises, and triage brings every written number home."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from listingkit.gtin import Gtin, triage
from listingkit.gtin.prefixes import prefixes
from listingkit.gtin.reasons import reasons
from listingkit.testing import broken_gtins, gtins, written
from listingkit.testing._hypothesis_entry import register
from listingkit.testing.gtin import _broken


@given(gtins())
def test_gtins_are_valid(code: str) -> None:
    assert triage(code).status == "valid"


@given(gtins(lengths=(14,)))
def test_gtin_14_names_a_carton(code: str) -> None:
    assert triage(code).rule == "packaging-level"


@given(gtins(lengths=(12, 13), organisations=("GS1 US",)))
def test_organisations_are_respected(code: str) -> None:
    assert prefixes().of(code).owner == "GS1 US"


@given(gtins(lengths=(12, 13), prefixes=("0036000", "4006381")))
def test_prefixes_are_respected(code: str) -> None:
    assert code.zfill(13).startswith(("0036000", "4006381"))
    assert triage(code).usable


def test_every_reason_to_reject_can_be_made() -> None:
    assert set(_broken()) == {name for name, reason in reasons().items() if reason.status == "reject"}


@given(st.data(), st.sampled_from(sorted(_broken())))
def test_broken_gtins_are_broken_as_they_say(data: st.DataObject, rule: str) -> None:
    found = triage(data.draw(broken_gtins(rule)))
    assert (found.status, found.rule) == ("reject", rule)


@given(broken_gtins("GTN006"))
def test_a_code_of_findings_is_taken_too(value: str) -> None:
    assert reasons()[triage(value).rule].rule == "GTN006"


@given(broken_gtins())
def test_broken_gtins_of_every_kind(value: str) -> None:
    assert triage(value).status == "reject"


@given(gtins(lengths=(8, 12, 13, 14)).flatmap(lambda code: st.tuples(st.just(code), written(code))))
def test_what_is_written_comes_home(case: tuple[str, tuple[str, str]]) -> None:
    code, (text, status) = case
    found = triage(text)
    assert found.status == status
    if status == "suggest":
        assert code.zfill(14) in {candidate.zfill(14) for candidate in found.candidates}
    else:
        assert str(found.gtin).zfill(14) == code.zfill(14)


@given(st.sampled_from(["5901234123457", "614141000036", "9770317847001"]).flatmap(lambda code: st.tuples(st.just(code), written(code))))
def test_a_doubtful_number_comes_home_too(case: tuple[str, tuple[str, str]]) -> None:
    code, (text, status) = case
    found = triage(text)
    assert found.status == status
    assert code in (str(found.gtin).zfill(len(code)), *found.candidates)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: gtins(lengths=(11,)),
        lambda: gtins(lengths=()),
        lambda: gtins(prefixes=("x",)),
        lambda: gtins(lengths=(12,), prefixes=("4006381",)),
        lambda: gtins(organisations=("GS1 Atlantis",)),
        lambda: broken_gtins("no-such-rule"),
        lambda: written("4006381333932"),
        lambda: written("EAN 4006381333931"),
    ],
)
def test_wrong_arguments_are_named_at_once(wrong: Callable[[], object]) -> None:
    with pytest.raises(InvalidArgument):
        wrong()


def test_the_type_is_known_to_hypothesis() -> None:
    register()

    @given(st.from_type(Gtin))
    def check(number: Gtin) -> None:
        assert triage(number.code).status == "valid"

    check()


def test_the_entry_point_loads_next_to_nothing() -> None:
    script = (
        "import sys, hypothesis.strategies\nbefore = set(sys.modules)\n"
        "from listingkit.testing._hypothesis_entry import register\nregister()\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"polars", "openpyxl", "jinja2", "rich", "stdnum", "biip", "numpy"}
