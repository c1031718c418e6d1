"""The built-in templates: one definition a layout, any marketplace."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from listingkit.errors import UnknownName
from listingkit.inventory.builtin import layouts, template
from listingkit.inventory.paths import place
from listingkit.inventory.upload import LISTING
from listingkit.inventory.upload_read import read_upload
from listingkit.inventory.wire import to_label, to_wire
from listingkit.mapping.listings import Listings
from listingkit.marketplace import marketplace, marketplaces
from listingkit.render.rows import render
from listingkit.render.text import write

Listed = Callable[..., Listings]

EVERY = [(layout, code) for layout in layouts() for code in marketplaces()]


@pytest.mark.parametrize(("layout", "code"), EVERY)
def test_is_well_formed_in_every_marketplace(layout: str, code: str) -> None:
    store = marketplace(code)
    made = template(layout, store)
    paths = [column.path for column in made.columns]
    assert len(set(paths)) == len(paths)
    assert [column.index for column in made.columns] == list(range(len(paths)))
    assert len(made.header) == made.data_row - 1
    assert made.header[made.attribute_row - 1] == tuple(paths)
    assert made.header[made.label_row - 1] == tuple(column.label for column in made.columns)
    assert not any(char in cell for row in made.header for cell in row for char in "\t\r\n{}")
    others = {other.id for other in marketplaces().values()} - {store.id}
    assert not any(other in path for path in paths for other in others)


@pytest.mark.parametrize("layout", layouts())
def test_renders_and_reads_back_in_every_marketplace(layout: str, listed: Listed, tmp_path: Path) -> None:
    """In the encoding and the currency of each, with a word of its own language."""
    words = {"ja": "マグカップ", "pl": "Kubek", "tr": "Kupa", "ar": "Mug", "zh": "Mug"}
    for code, store in marketplaces().items():
        made = template(layout, store)
        price = "1200.00" if store.decimals == 0 else "12.50"
        cells = {"sku": ["A", "B"], "item_name": [words.get(store.language[:2], "Becher é"), None], "price": [price, None]}
        cells |= {"condition_type": ["new_new", None], "record_action": ["delete", None], "product_id": ["4006381333931", None]}
        upload = render(listed(cells), store, made)
        written = upload.frame.drop(LISTING)
        write(upload, tmp_path / f"{code}.txt")
        again = read_upload(tmp_path / f"{code}.txt", store)
        assert again.frame.select(written.columns).equals(written), code
        assert (again.store, again.template.generation) == (code, made.generation)
        told = {found.plain for path in written.columns if (found := place(path))}
        assert {"sku", "price"} <= told, code


@pytest.mark.parametrize("layout", layouts())
def test_every_value_list_survives_label_and_back(layout: str) -> None:
    for column in template(layout, marketplace("US")).columns:
        wires = pl.Series("wire", sorted(set(column.aliases.values())), pl.String)
        labels = pl.Series("label", list(column.aliases), pl.String)
        frame = pl.DataFrame([wires])
        assert frame.select(to_wire(to_label(pl.col("wire"), column.aliases), column.aliases)).to_series().to_list() == wires.to_list()
        expected = list(column.aliases.values())
        assert labels.to_frame().select(to_wire(pl.col("label"), column.aliases)).to_series().to_list() == expected
        assert labels.str.to_uppercase().to_frame().select(to_wire(pl.col("label"), column.aliases)).to_series().to_list() == expected


@pytest.mark.parametrize("layout", layouts())
def test_every_column_of_a_layout_with_a_field_knows_it(layout: str) -> None:
    made = template(layout, marketplace("DE"))
    known = [column.path for column in made.columns if place(column.path)]
    assert made.columns[0].path in known
    assert len(known) > 5


def test_unified_full_keeps_what_only_some_marketplaces_have() -> None:
    def plain(code: str) -> set[str]:
        return {found.plain for column in template("unified_full", marketplace(code)).columns if (found := place(column.path))}

    assert "item_type_keyword" in plain("US")
    assert "item_type_keyword" not in plain("DE")
    assert "recommended_browse_nodes" in plain("DE")
    assert "recommended_browse_nodes" not in plain("US")


def test_the_language_of_the_texts_can_be_another_of_the_marketplace() -> None:
    made = template("unified_full", marketplace("BE"), language="nl_BE")
    assert made.language == "nl_BE"
    assert any("[language_tag=nl_BE]" in column.path for column in made.columns)
    assert not any("fr_BE" in cell for row in made.header for cell in row)


def test_an_unknown_layout_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean unified_full"):
        template("unified_ful", marketplace("US"))


def test_the_layout_that_everything_is_compared_in_needs_no_jinja() -> None:
    """Comparing small files is mostly loading what it needs."""
    made = "from listingkit.inventory import builtin; from listingkit.marketplace import marketplace"
    code = f"import sys; {made}; builtin.template('unified_full', marketplace('DE')); assert 'jinja2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
