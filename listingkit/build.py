"""The main job: a master in, one upload a marketplace out, with findings and the diff against the previous upload."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from listingkit import __version__, fixing
from listingkit.checker import template_for
from listingkit.config import DEFAULT, Config
from listingkit.diff import ledger, split
from listingkit.diff.split import WHOLE, Split
from listingkit.errors import ListingkitError, Unreadable
from listingkit.finding import Severity
from listingkit.holding import Policy, held_by, wrong_by
from listingkit.inventory import builtin
from listingkit.inventory.read import read_template
from listingkit.inventory.template import Template
from listingkit.inventory.upload import LISTING, Upload
from listingkit.job import Inputs, checked, display, listings_of, read_masters, stores_of
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import Master
from listingkit.outputs import CHANGES, held_rows, read_from, report_of, tables, write_report
from listingkit.parts import worth_it
from listingkit.progress import tell
from listingkit.render import existing, folder, text
from listingkit.render.existing import Existing, with_existing
from listingkit.render.rows import render, unplaced
from listingkit.report import trend
from listingkit.report.report import Input, Product, Report, Run
from listingkit.rules.findings import Cell, Findings

if TYPE_CHECKING:
    from listingkit.diff.changes import Changes
    from listingkit.diff.delta import Delta
    from listingkit.diff.gate import Gate


class Order(Struct, frozen=True):
    """What a build is asked to do."""

    inputs: Inputs
    out: Path
    as_of: date
    marketplaces: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    policy: Policy = "hold"  # rows with errors: hold them back, ship nothing at all, ship them too
    fix: bool = True  # apply safe fixes to the upload (never to the master)
    config: Config = DEFAULT
    ledger: Path | None = None  # what was sent before, where no previous upload is named
    confirm: str | None = None  # token of the dangerous changes that somebody has looked at
    allow_blank_wipes: bool = False  # in the delta, let blank cells erase live values
    existing: Existing = "replace"  # what becomes of data rows that a template already has
    split: Split = WHOLE  # whether what is to be uploaded is cut into several files


class Made(Struct, frozen=True):
    """What a build made for one marketplace."""

    store: Marketplace
    template: Template
    shipped: int  # rows
    held: pl.Series  # mask over the listings
    fixed: int  # cells changed by safe fixes
    wrong: pl.Series  # mask over the listings: shipped with errors, as it was asked
    changes: "Changes | None" = None
    delta: "Delta | None" = None
    unplaced: tuple[str, ...] = ()  # filled fields that the template has no column for
    upload: Upload | None = None  # where it was made as a whole
    whole: Upload | None = None  # with the rows of the template that stay
    met: tuple[int, int] = (0, 0)  # rows that the template already had, and ours with the SKU of one of them


class Built(Struct, frozen=True, dict=True):
    """What a build found and made."""

    order: Order
    read: tuple[Input, ...]  # sheets
    listings: Listings  # of a large master only the columns that rows are compared by
    findings: Findings
    made: tuple[Made, ...]
    masters: tuple[Master, ...] = ()  # where they were read as a whole
    products: tuple[Product, ...] | None = None  # where the listings do not tell
    files: Mapping[str, int] = field(default_factory=dict)  # output -> bytes

    @cached_property
    def gate(self) -> "Gate":
        """Whether the changes may go out. Raises `ListingkitError` for a token of another set of changes."""
        from listingkit.diff.gate import gate

        return gate([one.changes for one in self.made if one.changes is not None], self.order.confirm)

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.findings.severities()[Severity.ERROR] or not self.gate.open else 0


def build(order: Order) -> Built:
    """Read, map, check, render, diff and report. Raises `ListingkitError` children; then the output folder is what it was."""
    folder.check_ours(order.out)
    for path in order.previous:
        if not Path(path).exists():
            raise Unreadable(f"there is no previous upload {path}: name the file, or the folder of an earlier build")
    if _large(order):
        from listingkit import build_parts

        return build_parts.build(order)
    masters = read_masters(order.inputs)
    listings = listings_of(order.inputs, masters)
    templates = [read_template(Path(path)) for path in order.templates]
    stores = named(stores_of(order.marketplaces, listings, templates, order.config))
    findings = checked(listings, stores, as_of=order.as_of, config=order.config, templates=templates)
    made = tuple(_made(order, listings, findings, stores, templates))
    built = Built(order, tuple(read_from(masters)), listings, findings, made, masters)
    assert built.gate is not None  # a token of other changes stops the run before anything is written
    with folder.replacing(order.out) as part:
        for one in made:
            _write_upload(one, order, part / one.store.code)
        return replace(built, files=write_rest(built, part))


def _large(order: Order) -> bool:
    """Whether the master is one large sheet, and nothing is asked for that needs every row at once."""
    return worth_it(order.inputs) and not order.templates and not order.split and not order.config.exceptions


def named(stores: tuple[Marketplace, ...]) -> tuple[Marketplace, ...]:
    """The marketplaces to build for. Raises `ListingkitError` where there are none."""
    if not stores:
        raise ListingkitError("the master names no marketplace: say which to build for, such as -m US -m DE, or -m all")
    return stores


def _made(
    order: Order, listings: Listings, findings: Findings, stores: Sequence[Marketplace], templates: Sequence[Template]
) -> Iterator[Made]:
    after: dict[tuple[Cell, ...], tuple[Listings, Findings]] = {(): (listings, findings)}
    for store in stores:
        cells = tuple(findings.safe_fixes(store.code)) if order.fix else ()
        if cells not in after:
            fixed = fixing.apply(listings, cells)
            after[cells] = fixed, checked(fixed, stores, as_of=order.as_of, config=order.config, templates=templates)
        seen, left = after[cells]
        held = held_by(order.policy, seen, left, store)
        template = template_of(templates, store, listings)
        tell(f"rendering {store.code}")
        upload = render(seen, store, template, keep=~held)
        whole = with_existing(upload, order.existing)
        held_skus = seen.frame["sku"].filter(held).drop_nulls()
        new = replace(whole, frame=whole.frame.drop(LISTING))
        changes, delta = against_previous(order, store, new, held_skus)
        missing, met = unplaced(seen, store, template), existing.met(upload)
        wrong = wrong_by(order.policy, seen, left, store, held)
        yield Made(store, template, upload.frame.height, held, len(cells), wrong, changes, delta, missing, upload, whole, met)


def template_of(templates: Sequence[Template], store: Marketplace, listings: Listings) -> Template:
    """The template that was given for a marketplace, else the built-in one."""
    given = template_for(templates, store)
    if given is not None:
        return given
    kinds = listings.frame["product_type"].drop_nulls().unique().sort().to_list() if "product_type" in listings.frame.columns else []
    return builtin.template("unified_full", store, product_types=tuple(kinds) or ("PRODUCT",))


def against_previous(order: Order, store: Marketplace, new: Upload, held: pl.Series) -> "tuple[Changes | None, Delta | None]":
    """The difference; a listing whose row is held back stays as it is and is no difference."""
    previous = _previous(order, store, new)
    if previous is None:
        return None, None
    from listingkit.diff.compare import compare
    from listingkit.diff.settings import settings
    from listingkit.diff.side import side

    tell(f"comparing {store.code} with what is live")
    before = side(previous)
    stays = side(new).sku if order.existing != "replace" else pl.Series([], dtype=pl.String)
    live = (~before.sku.is_in(held.to_list()) | before.sku.is_in(stays.to_list())).fill_null(value=True)
    previous = replace(before.upload, frame=before.upload.frame.filter(live))
    changes = known_whole(store, compare(previous, new, settings(order.config.diff_in(store.code))))
    return changes, delta_of(order, changes)


def known_whole(store: Marketplace, changes: "Changes") -> "Changes":
    """The changes, where what is live is known as far as the upload may erase it. Raises `ListingkitError`."""
    from listingkit.diff.side import FULL, PARTIAL

    partly, replaced = (one.sku.filter(one.action == wanted) for one, wanted in ((changes.old, PARTIAL), (changes.new, FULL)))
    if partly.is_in(replaced.to_list()).any():
        raise ListingkitError(
            f"the previous upload of {store.code} has partial updates, so it does not say what else is live and what a blank cell erases: "
            "name the whole upload before it (--previous WHOLE --previous PARTIAL), or record both with listingkit sent and name none"
        )
    return changes


def delta_of(order: Order, changes: "Changes") -> "Delta":
    """The small file that sends only these changes."""
    from listingkit.diff.delta import delta

    return delta(changes, "blanks" if order.allow_blank_wipes else "hold")


def _previous(order: Order, store: Marketplace, upload: Upload) -> Upload | None:
    """The previous state of this marketplace among files, folders of earlier builds and ledgers."""
    if not order.previous and order.ledger is None:
        return None
    from listingkit.diff import live
    from listingkit.diff.previous import load as load_previous
    from listingkit.diff.previous import together

    files = []
    for path in order.previous:
        if Path(path).is_dir():
            if (Path(path) / folder.MARK).is_file() and not (Path(path) / store.code).is_dir():
                continue  # an earlier build that did not make this marketplace
            return load_previous(path, upload, store=store.code, home=order.ledger)
        found = load_previous(path, upload)
        if store.code in (found.template.marketplaces or (store.code,)):
            files.append(found)
    if files:
        return together(files)
    if not order.previous and order.ledger is not None:
        return live.state(order.ledger, store.code)
    return None


def _write_upload(one: Made, order: Order, place: Path) -> None:
    assert one.upload is not None
    assert one.whole is not None
    tell(f"writing {one.store.code}")
    place.mkdir()
    text.write(one.whole, place / "upload.txt")
    given = one.template.workbook
    if given is not None:
        from listingkit.render import workbook

        workbook.fill(one.upload, one.template, place / f"upload{given.suffix}", rows=order.existing)
        if one.delta is not None:
            workbook.fill(one.delta.upload, one.template, place / f"delta{given.suffix}")


def write_rest(built: Built, part: Path) -> dict[str, int]:
    """Write what stands beside the uploads: changes, deltas, reports, the manifest; says how large every file is."""
    from listingkit.report import held, review

    told = {}
    for one in built.made:
        place = part / one.store.code
        if one.changes is not None and one.delta is not None:
            from listingkit.report import changes_page
            from listingkit.report.changes_lines import write_jsonl

            text.write(one.delta.upload, place / "delta.txt")
            with (place / "changes.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
                write_jsonl(one.changes, stream)
            with (place / CHANGES).open("w", encoding="utf-8", newline="\n") as stream:
                changes_page.write(one.changes, stream)
        if built.order.split:
            told[one.store.code] = _in_parts(one, built.order.split, place / ledger.PARTS)
    tell("writing the reports")
    masks = {one.store.code: one.held for one in built.made}
    held.write(held_rows(built.listings, built.findings, masks, built.order.policy), part / "held.xlsx")
    report = report_on(built)
    write_report(report, part / "findings.jsonl", "jsonl")
    with (part / "review.xlsx").open("wb") as stream:
        review.write(report, stream, built.masters)
    write_report(report, part / "report.html", "html")
    return _manifest(built, report, part, told)


def _in_parts(one: Made, how: Split, place: Path) -> list[dict[str, Any]]:
    """What is to be uploaded to one marketplace, cut into files: its delta, or everything where nothing is known to be live."""
    suffix = one.template.workbook.suffix if one.template.workbook else ""
    if one.delta is None:
        assert one.whole is not None
        return split.write(one.whole, how, place, "upload", suffix=suffix)
    return split.write(one.delta.upload, how, place, "delta", rank=one.delta.ranks, suffix=suffix)


def report_on(built: Built) -> Report:
    """What there is to report on a build."""
    return report_of(
        built.read,
        built.listings,
        built.findings,
        [one.store for one in built.made],
        as_of=built.order.as_of,
        held={one.store.code: one.held for one in built.made},
        wrong={one.store.code: one.wrong for one in built.made},
        policy=built.order.policy,
        changes={one.store.code: one.changes for one in built.made if one.changes is not None},
        trend=_earlier(built.order),
        products=built.products,
    )


def _earlier(order: Order) -> tuple[Run, ...]:
    """The runs before this one: those of the previous output folder, else those whose uploads the ledger knows."""
    runs = trend.of_folders([Path(path) for path in order.previous], folder.MARK)
    return runs or (trend.of_ledger(order.ledger) if order.ledger else ())


def _manifest(built: Built, report: Report, part: Path, parts: Mapping[str, Any]) -> dict[str, int]:
    """manifest.json: what went in, what came out, by which versions, as of which day."""
    outputs = {path.relative_to(part).as_posix(): path for path in sorted(part.rglob("*")) if path.is_file()}
    order = built.order
    given = [*order.inputs.masters, *filter(None, [order.inputs.profile]), *order.templates]
    document: dict[str, Any] = {
        "listingkit": __version__,
        "as_of": order.as_of.isoformat(),
        "tables": list(tables()),
        "marketplaces": {
            one.store.code: {
                "template": one.template.name,
                "shipped": one.shipped,
                "held": int(one.held.sum()),
                "with_errors": int(one.wrong.sum()),
                "safe_fixes": one.fixed,
                **({"changes": one.changes.counts()} if one.changes is not None else {}),
                **({"parts": parts[one.store.code]} if one.store.code in parts else {}),
            }
            for one in built.made
        },
        **trend.counts(report),
        "inputs": {display(path): _sha256(Path(path)) for path in given if Path(path).is_file()},
        "outputs": {name: _sha256(path) for name, path in outputs.items()},
    }
    (part / folder.MARK).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    return {name: path.stat().st_size for name, path in outputs.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
