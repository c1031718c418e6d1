"""Every kind of file that a command takes, made sound by the program itself, and how each is asked about."""

import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from mug import document

SAMPLES = Path(__file__).parents[2] / "samples"
DAY = "2026-11-01"

CHECKED = ("check {} -m DE", "build {} -m DE -o again", "map {}", "check - -m DE < {}", "check {} --format xlsx -o found.xlsx")
CONFIG = ("check odd.csv -m US --config listingkit.toml", "build odd.csv -m US --config listingkit.toml -o again")
LEDGER = (
    "history HG-BWL-BLU --ledger ledger",
    "history HG-BWL-BLU -m DE --format jsonl --ledger ledger",
    "diff ledger out/DE/upload.txt -m DE",
    "sent out --whole --ledger ledger",
    "build book.xlsx -m DE --previous ledger -o again",
    "build book.xlsx -m DE --ledger ledger -o out",
)
SENT = (
    "sent out --ledger ledger",
    "sent out --whole --ledger new",
    "build book.xlsx -m DE --previous out -o out",
    "build book.xlsx -m DE --previous out -o again",
)
TEMPLATE = (
    "template {}",
    "template diff {} other.xlsm",
    "template diff other.xlsm {}",
    "template migrate {} other.xlsm -o moved.xlsm",
    "template migrate other.xlsm {} -o moved.txt",
    "build odd.csv --template {} --existing-rows append -o again",
    "build odd.csv --template {} --existing-rows keep -o again",
    "diff out/DE/upload.txt {} --delta delta.xlsm",
    "diff out/DE/upload.txt out/DE/upload.txt --delta delta.xlsm --template {}",
    "check {}",
    "check odd.csv --template {}",
)

ASKED: Mapping[str, tuple[str, ...]] = {
    "listingkit.toml": ("config", "config --format json -m US --rule GTN001", *CONFIG, "diff previous out -m DE --config {}"),
    "profile.toml": ("check odd.csv -m US --profile {}", "build odd.csv -m US --profile {} -o again"),
    "licences.csv": CONFIG,
    "prefixes.tsv": (*CONFIG, "gtin 036000291452 4006381333931 --prefix-table {}"),
    "blocks.xml": (*CONFIG, "gtin 036000291452 4006381333931 --gcp-table {}"),
    "blocks.json": ("gtin 036000291452 4006381333931 --format jsonl --gcp-table {}",),
    "numbers.tsv": ("gtin next --prefix 0614141 --ledger {}", "gtin next --prefix 0614141 --ledger new.tsv --used {}"),
    "codes.txt": ("gtin - < {}", "gtin - --format jsonl < {}", "gtin next --prefix 0614141 --ledger new.tsv --used {}"),
    "known.json": ("check odd.csv -m US --baseline {}", "check odd.csv --baseline {} --format sarif -o found"),
    "texts.csv": ("check odd.csv {} -m DE", "build odd.csv {} -m DE -o again", "map {}"),
    "odd.csv": (*CHECKED, "check {} texts.csv -m DE", "check {} --fix --unsafe", "check {} --diff"),
    "odd.csv.gz": CHECKED,
    "book.xlsx": (*CHECKED, "check {} --fix", "diff {} out/DE/upload.txt", "schemas diff mug.json mug.json --master {}"),
    "odd.fixed.csv": ("undo {}", "check {}"),
    "odd.fixed.csv.log.jsonl": ("undo odd.fixed.csv", "undo odd.fixed.csv --select TXT -o back.csv"),
    "faulty.fixed.xlsx": ("undo {}", "check {}"),
    "faulty.fixed.xlsx.log.jsonl": ("undo faulty.fixed.xlsx",),
    "mug.json": ("check odd.csv -m US --schema {}", "schemas diff {} mug.json", "schemas diff mug.json {} --master odd.csv"),
    "schemas/VASE/schema.toml": ("schemas show VASE --folder schemas", "schemas list --folder schemas --format json"),
    "schemas/VASE/DE.toml": ("schemas show VASE -m DE --folder schemas", "schemas show VASE -m DE --folder schemas --format json"),
    "schemas/VASE/values.tsv": ("schemas show VASE --folder schemas", "schemas new BOWL --like VASE --folder schemas"),
    "template.xlsm": TEMPLATE,
    "old.xlsm": TEMPLATE,
    "faulty/review.xlsx": CHECKED,
    "faulty/held.xlsx": CHECKED,
    "table.html": CHECKED,
    "out/manifest.json": SENT,
    "out/DE/delta.txt": (*SENT, "sent {} --ledger ledger", "diff {} out/DE/upload.txt"),
    "out/DE/upload.txt": (*SENT, "sent {} --ledger new", "diff out previous -m DE --delta delta.txt --max-rows 2"),
    "previous/DE/upload.txt": ("build book.xlsx -m DE --previous previous -o again", "diff previous out -m DE --format xlsx -o found"),
    "ledger/ledger.jsonl": LEDGER,
    "ledger/runs.jsonl": LEDGER,
    "ledger/uploads/*.gz": LEDGER,
}  # fmt: skip
"""By file: what reads it. `{}` is the file's own name, `<` gives it on standard input."""

_ODD = """sku,product_id,item_name,brand,colour,price,quantity
A-1,36000291452,Stoneware Mug,Havnegade,GrÃ¼n,9.90,12
A-2,"4006381333931 ",Stoneware  Bowl,Havnegade,Blau,1.5.0,-3
A-3,4006381333932,,Havnegade,,5,1
"""
_TEXTS = "sku,language,title\nA-1,de,Tasse\nA-2,de,Schale\nA-9,fr,Bol\n"
_LICENCES = "GTIN,BrandName,Status\n4006381333931,Havnegade,In Use\n036000291452,Havnegade,In Use\n"
_PREFIXES = "# ours\n13\t400\t440\torganisation\tGS1 Germany\tyes\n8\t4000\t4009\treserved\tnobody\t\n"
_ENTRIES = [{"prefix": "400638", "gcpLength": 7}, {"prefix": "036", "gcpLength": 0}]
_CONFIG = """marketplaces = ["US"]

[rules]
ignore = ["IMG"]
severity = { TTL = "warning" }

[gs1]
prefix_table = "prefixes.tsv"
gcp = "blocks.xml"
[gs1.brands.Havnegade]
prefixes = ["4006381"]
exports = ["licences.csv"]

[[exemptions]]
brand = "Havnegade"
product_type = "HOME"
marketplace = "US"
case = "1234567890"
date = 2026-03-01

[[documents]]
document = "CPC"
sku = ["A-1"]
reference = "T-17"
valid_until = 2027-01-31

[[exceptions]]
sku = "A-*"
rule = "TXT006"
reason = "so it is printed"
expires = 2027-01-31

[diff]
max_price_change = 10
dangerous = { PRICE = true }

[marketplace.DE.rules]
ignore = ["SKU"]
"""


def make(folder: Path, run: Callable[[str], int], templates: ModuleType) -> None:
    """Fill a folder, which is the working one, with a sound file of every kind."""
    shutil.copytree(SAMPLES / "stoneware" / "previous", folder / "previous")
    shutil.copy(SAMPLES / "stoneware" / "master.xlsx", folder / "book.xlsx")
    texts = {
        "odd.csv": _ODD,
        "texts.csv": _TEXTS,
        "licences.csv": _LICENCES,
        "prefixes.tsv": _PREFIXES,
        "codes.txt": "036000291452\n4.00638E+12\n",
    }
    entries = "".join(f'<entry prefix="{one["prefix"]}" gcpLength="{one["gcpLength"]}"/>' for one in _ENTRIES)
    texts["blocks.xml"] = f'<?xml version="1.0" encoding="UTF-8"?><GCPPrefixFormatList date="2026-01-28">{entries}</GCPPrefixFormatList>'
    texts["blocks.json"] = json.dumps({"GCPPrefixFormatList": {"date": "2026-01-28", "entry": _ENTRIES}})
    texts["mug.json"] = json.dumps(document(), indent=1)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    rows = "".join(f"<tr><td>{line.replace(',', '</td><td>')}</td></tr>\n" for line in _ODD.splitlines())
    (folder / "table.html").write_text(f"<html><table>{rows}</table></html>", "utf-8")
    (folder / "odd.csv.gz").write_bytes(gzip.compress(_ODD.encode()))
    _faulty(folder / "faulty.xlsx")
    templates.build(templates.unified("DE", "de_DE"), folder / "template.xlsm")
    templates.build(templates.unified("DE", "de_DE"), folder / "other.xlsm")
    templates.build(templates.legacy(), folder / "old.xlsm")
    for command in (
        "map odd.csv -o profile.toml",
        f"build book.xlsx -m DE -m US --previous previous --as-of {DAY} -o out",
        "build faulty.xlsx -m DE -o faulty",
        "sent previous/DE/upload.txt -m DE --ledger ledger",
        "sent previous/US/upload.txt -m US --ledger ledger",
        "sent out --ledger ledger",
        "check odd.csv -m US --write-baseline known.json",
        "check odd.csv --fix",
        "check faulty.xlsx --fix",
        "gtin next --prefix 0614141 --count 3 --ledger numbers.tsv",
        "schemas new VASE --like HOME --folder schemas",
    ):
        assert run(command) in (0, 1), command
    (folder / "listingkit.toml").write_text(_CONFIG, "utf-8")


def _faulty(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in (line.split(",") for line in _ODD.splitlines()):
        sheet.append(row)
    book.save(path)
