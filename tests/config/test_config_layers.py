"""Layers: built-in < client < product type < brand < marketplace < command line, in what is told, fixed, held back and shipped."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.cli import main
from listingkit.config import Config, Layer
from listingkit.config.layers import folded
from listingkit.finding import Finding, Severity
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW, Column
from listingkit.rules.engine import catalogue
from listingkit.rules.findings import Findings
from listingkit.rules.graded import graded
from listingkit.rules.run import check

AS_OF = date(2026, 11, 1)
STORES = ("US", "DE")


def listed(**columns: list[str | None]) -> Listings:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.int_range(2, 2 + pl.len(), dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    origins = {name: Column("BCDEFG"[n], f"Header {name}") for n, name in enumerate(columns)}
    return Listings(frame, (Source("m.csv", None, origins, {}),))


def checked(config: Config, **columns: list[str | None]) -> Findings:
    return check(listed(**columns), select(STORES), as_of=AS_OF, config=config)


def layer(kind: Any, name: str, **said: Any) -> Layer:
    return Layer(kind, folded(kind, name), **said)


LONG = "T" * 201
ROWS: dict[str, list[str | None]] = {
    "sku": ["A-1", "A-2", "A-3", "A-4"],
    "brand": ["Havnegade", "HAVNEGADE ", "Other", None],
    "product_type": ["HOME", "mug", "HOME", None],
    "item_name": [LONG, LONG, LONG, LONG],
}


def told(config: Config, code: str = "TTL001") -> list[tuple[str | None, str | None, str]]:
    found = checked(config, **ROWS)
    return [(one.sku, one.marketplace, one.severity.value) for one in found if one.code == code]


def everywhere(severity: str, *skus: str) -> list[tuple[str | None, str | None, str]]:
    return [(sku, None, severity) for sku in skus or ("A-1", "A-2", "A-3", "A-4")]


def test_without_layers_the_rule_stands() -> None:
    assert told(Config()) == everywhere("error")
    assert told(Config(severity={"TTL": "info"})) == everywhere("info")


def test_a_brand_is_found_whatever_its_case_and_spaces() -> None:
    config = Config(severity={"TTL": "info"}, layers=(layer("brand", "havnegade", severity={"TTL001": "warning"}),))
    assert told(config) == [*everywhere("warning", "A-1", "A-2"), *everywhere("info", "A-3", "A-4")]


def test_a_product_type_may_silence() -> None:
    config = Config(layers=(layer("product_type", "MUG", ignore=("TTL",)),))
    assert told(config) == everywhere("error", "A-1", "A-3", "A-4")
    assert checked(config, **ROWS).error_rows("US") >= {0, 2, 3}


def test_a_marketplace_goes_over_brand_and_brand_over_product_type() -> None:
    config = Config(
        layers=(
            layer("product_type", "HOME", severity={"TTL001": "info"}),
            layer("brand", "Other", severity={"TTL001": "warning"}),
            layer("marketplace", "DE", severity={"TTL001": "off"}),
        )
    )
    assert told(config) == [("A-1", "US", "info"), ("A-2", "US", "error"), ("A-3", "US", "warning"), ("A-4", "US", "error")]


def test_an_inner_layer_turns_on_what_an_outer_one_turned_off() -> None:
    config = Config(ignore=("TTL",), layers=(layer("marketplace", "DE", select=("TTL001",)),))
    assert told(config) == [(sku, "DE", "error") for sku in ROWS["sku"]]
    found = checked(config, **ROWS)
    assert {one.code for one in found if one.marketplace != "DE"} & {"TTL001", "TTL002"} == set()


def test_the_command_line_goes_over_everything() -> None:
    config = Config(select=("GTN",), layers=(layer("marketplace", "DE", ignore=("TTL",)),))
    assert told(config.with_layer(Layer("command line", "", select=("TTL001",)))) == everywhere("error")
    assert told(Config().with_layer(Layer("command line", "", ignore=("TTL001",)))) == []


def test_held_rows_follow_the_marketplace() -> None:
    config = Config(select=("TTL001",), layers=(layer("marketplace", "DE", severity={"TTL001": "warning"}),))
    found = checked(config, **ROWS)
    assert (found.error_rows("US"), found.error_rows("DE")) == (frozenset(range(4)), frozenset())
    assert found.severities() == {Severity.ERROR: 4, Severity.WARNING: 4, Severity.INFO: 0}
    assert len(found) == 8


def test_a_finding_about_a_missing_column_says_how_many_rows_it_still_is_about() -> None:
    config = Config(select=("REQ001",), layers=(layer("brand", "Other", ignore=("REQ001",)),))
    kinds: dict[str, list[str | None]] = {**ROWS, "product_type": ["HOME"] * 4}
    found = [one for one in checked(config, **kinds) if "description" in one.message]
    assert found
    assert all("(3 rows)" in one.message for one in found)
    assert 2 not in checked(config, **kinds).error_rows("US")


NO_GTINS: dict[str, list[str | None]] = {
    "sku": [f"A-{n}" for n in range(12)],
    "brand": ["Havnegade", "Other"] * 6,
    "product_id": [f"SP-{n // 2}" for n in range(12)],
}


def of_rows(findings: Findings) -> set[tuple[str, str | None, str | None, str]]:
    return {(one.code, one.sku, one.marketplace, one.message) for one in findings if one.code.startswith("GTN") and one.row is not None}


def test_where_a_rule_about_a_whole_column_is_off_the_rows_speak_for_themselves() -> None:
    assert of_rows(checked(Config(), **NO_GTINS)) == set()
    alone = of_rows(checked(Config(ignore=("GTN030",)), **NO_GTINS))
    assert {sku for _, sku, *_ in alone} == set(NO_GTINS["sku"])

    found = checked(Config(layers=(layer("brand", "Other", ignore=("GTN030",)),)), **NO_GTINS)
    assert of_rows(found) == {one for one in alone if one[1] in NO_GTINS["sku"][1::2]}
    assert [len(batch.covers) for batch in found.batches if batch.code == "GTN030" and batch.covers is not None] == [6]
    assert found.error_rows("DE") >= set(range(12))

    found = checked(Config(layers=(layer("marketplace", "DE", ignore=("GTN030",)),)), **NO_GTINS)
    assert of_rows(found) == {(code, sku, "DE", message) for code, sku, _, message in alone}
    assert {one.marketplace for one in found if one.code == "GTN030"} == {"US"}


CODES = st.sampled_from(["TTL", "TTL001", "TTL010", "SKU", "R", "MAP001", "REQ001"])
WORDS = st.lists(CODES, max_size=2).map(tuple)
RULES = st.fixed_dictionaries(
    {"select": WORDS, "ignore": WORDS, "severity": st.dictionaries(CODES, st.sampled_from(["error", "warning", "info", "off"]), max_size=2)}
)
LAYERS = st.lists(
    st.builds(
        lambda kind_name, rules: layer(*kind_name, **rules),
        st.sampled_from(
            [
                ("product_type", "HOME"),
                ("brand", "havnegade"),
                ("brand", "other"),
                ("marketplace", "DE"),
                ("marketplace", "US"),
                ("command line", ""),
            ]
        ),
        RULES,
    ),
    max_size=3,
)
SHEET: dict[str, list[str | None]] = {**ROWS, "sku": ["A-1", "A-1", " A", "=A"], "price": ["x", "1", "", "-1"]}


BARE = (listed(**SHEET).frame, checked(Config(), **SHEET))


@given(RULES, LAYERS)
def test_every_finding_is_told_exactly_as_its_layers_say(rules: Any, layers: list[Layer]) -> None:
    """The law: what is found under a config is what is found without one, each finding of each marketplace sent through `outcome`."""
    config = Config(**rules)
    for one in layers:
        config = config.with_layer(one)
    brands = dict(zip(range(2, 6), ROWS["brand"], strict=True))
    kinds = dict(zip(range(2, 6), ROWS["product_type"], strict=True))

    def apart(findings: Any) -> list[tuple[Any, ...]]:
        return sorted(
            (one.code, one.row, one.field or "", store, one.severity.value)
            for one in findings
            if one.row is not None and one.code != "REQ001"
            for store in ([one.marketplace] if one.marketplace else STORES)
        )

    def expected(one: Finding) -> Any:
        for store in [one.marketplace] if one.marketplace else STORES:
            said = config.outcome(one.code, marketplace=store, brand=brands[one.row or 0], product_type=kinds[one.row or 0])
            if said != "off":
                yield (one.code, one.row, one.field or "", store, said or one.severity.value)

    frame, bare = BARE
    found = Findings(list(graded(bare.batches, frame, config)), bare.sources)
    plain = [one for one in bare if one.row is not None and one.code != "REQ001"]
    assert apart(found) == sorted(line for one in plain for line in expected(one))
    assert list(Findings(list(graded(found.batches, frame, config)), bare.sources)) == list(found)


@given(RULES, LAYERS, st.sampled_from(sorted(catalogue())))
def test_a_rule_runs_where_somebody_wants_it(rules: Any, layers: list[Layer], code: str) -> None:
    config = Config(**rules)
    for one in layers:
        config = config.with_layer(one)
    anybody = any(
        config.outcome(code, marketplace=store, brand=brand, product_type=kind) != "off"
        for store in ("", "DE", "US")
        for brand in (None, "Havnegade", "Other")
        for kind in (None, "HOME")
    )
    assert config.wanted(code) == anybody


TOML = """\
marketplaces = ["US", "DE"]
[rules]
select = ["TTL001", "SKU"]
[marketplace.DE.rules]
severity = { TTL = "warning" }
[marketplace.DE.diff]
max_deletes = 2
[brand."O'Brien \\u202e".rules]
ignore = ["IMG"]
"""


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "listingkit.toml").write_text(TOML)
    (tmp_path / "m.csv").write_text(f"sku,item_name\nAB-1,{LONG}\nAB-2,Mug\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capfd: Any, *args: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(args))
    out, err = capfd.readouterr()
    return stop.value.code, out, err


def test_check_and_build_grade_by_marketplace(client: Path, capfd: Any) -> None:
    status, out, _ = run(capfd, "check", "m.csv", "--format", "json")
    assert status == 1
    assert [(one["marketplace"], one["severity"]) for one in json.loads(out)] == [("US", "error"), ("DE", "warning")]
    _, out, _ = run(capfd, "check", "m.csv")
    assert "warning  TTL001" in out
    assert "1 error and 1 warning in 1 of 2 rows" in out
    assert run(capfd, "check", "m.csv", "-m", "DE")[0] == 0
    run(capfd, "build", "m.csv")
    made = json.loads((client / "out" / "manifest.json").read_text("utf-8"))["marketplaces"]
    assert {store: (one["shipped"], one["held"]) for store, one in made.items()} == {"US": (1, 1), "DE": (2, 0)}


def test_config_prints_toml_that_says_the_same_and_where_each_value_stands(client: Path, capfd: Any) -> None:
    _, out, _ = run(capfd, "config")
    said, wanted = tomllib.loads(out), tomllib.loads(TOML)
    assert all(said[name] == value for name, value in wanted.items() if name != "rules")
    assert said["rules"]["select"] == wanted["rules"]["select"]
    assert said["diff"]["max_price_change"] == 25.0
    lines = TOML.splitlines()
    for line in out.splitlines()[1:]:
        before, _, origin = line.rpartition("# ")
        if origin.startswith("listingkit.toml:"):
            key = before.partition(" = ")[0].rpartition(".")[2]
            assert key in lines[int(origin.partition(":")[2]) - 1]
        else:
            assert origin == "built-in"
    assert "\u202e" not in out


def test_config_tells_the_command_line_and_the_layers_of_one_place(client: Path, capfd: Any) -> None:
    _, out, _ = run(capfd, "config", "-m", "US", "--ignore", "IMG", "--format", "json")
    told = {one["key"]: (one["value"], one["layer"], one["line"]) for one in json.loads(out)["settings"]}
    assert told["command line.rules.ignore"] == (["IMG"], "command line", None)
    assert told["marketplaces"] == (["US", "DE"], "client", 1)
    assert not any(key.startswith(("marketplace.", "brand.")) for key in told)
    _, out, _ = run(capfd, "config", "-m", "DE", "--rule", "TTL001")
    assert out.splitlines()[0] == "TTL001 title-too-long: warning"
    assert "  marketplace DE: severity warning" in out.splitlines()
    _, out, _ = run(capfd, "config", "--rule", "IMG003", "--format", "json")
    assert json.loads(out) == {"code": "IMG003", "severity": "off", "layers": ["client"]}


def test_a_code_that_no_rule_has_is_told_with_its_line(client: Path, capfd: Any) -> None:
    (client / "listingkit.toml").write_text('[marketplace.DE.rules]\nignore = ["TTL001", "TTL0O2"]\n')
    status, out, err = run(capfd, "check", "m.csv")
    assert (status, out) == (2, "")
    assert "listingkit.toml, line 2: unknown rule 'TTL0O2': did you mean TTL0" in err


def test_thresholds_of_the_diff_may_differ_by_marketplace(client: Path, capfd: Any) -> None:
    (client / "old.csv").write_text("sku,item_name,price\nAB-1,Mug,10.00\n")
    (client / "new.csv").write_text("sku,item_name,price\nAB-1,Mug,15.00\n")
    (client / "listingkit.toml").write_text("[marketplace.DE.diff]\nmax_price_change = 60\n")
    assert run(capfd, "diff", "old.csv", "new.csv", "-m", "US")[0] == 1
    assert run(capfd, "diff", "old.csv", "new.csv", "-m", "DE")[0] == 0
