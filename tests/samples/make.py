"""Make the masters and previous uploads of the bundled samples: `python tests/samples/make.py`.

The stories' expected outputs are made from them by `python tests/samples/test_samples.py`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from listingkit.gtin.check_digit import check_digit
from listingkit.report.steady import save

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Colour:
    code: str
    en: str
    de: str
    ja: str


COLOURS = (
    Colour("BLU", "Ocean Blue", "Meerblau", "オーシャンブルー"),
    Colour("SND", "Sand", "Sand", "サンド"),
    Colour("MOS", "Moss Green", "Moosgrün", "モスグリーン"),
)
BRAND = "Havnegade"
IMAGES = "https://img.example.com/havnegade"
HEAD = {
    "SKU": 16, "Product Type": 13, "Parentage": 11, "Parent SKU": 12, "Variation Theme": 16, "Brand": 12, "EAN": 16,
    "Title US": 44, "Title UK": 44, "Titel DE": 44, "Title JP": 40,
    "Bullet 1 EN": 40, "Bullet 2 EN": 40, "Bullet 3 EN": 40, "Bullet 1 DE": 40, "Bullet 2 DE": 40, "Bullet 3 DE": 40,
    "Bullet 1 JP": 40, "Bullet 2 JP": 40, "Bullet 3 JP": 40,
    "Description EN": 60, "Description DE": 60, "Description JP": 60,
    "Color EN": 14, "Color DE": 14, "Color JP": 16, "Main Image": 44, "Image 2": 44,
    "Price US": 9, "Price UK": 9, "Price DE": 9, "Price JP": 9, "Quantity": 9,
    "Item Type Keyword US": 18, "Recommended Browse Nodes UK": 14, "Recommended Browse Nodes DE": 14, "Recommended Browse Nodes JP": 14,
    "Country of Origin": 12, "Dangerous Goods Regulations": 15, "Material EN": 12, "Material DE": 12, "Material JP": 12,
    "Item Weight (g)": 10, "GPSR Manufacturer Email Address": 26,
}  # fmt: skip


def ean(number: int) -> str:
    payload = f"426073500{number:03d}"
    return payload + check_digit(payload)


@dataclass(frozen=True)
class Product:
    code: str
    en: str
    de: str
    ja: str
    keyword: str
    grams: int
    price: float
    bullets: tuple[tuple[str, str, str], ...]


MUG = Product(
    "MUG", "Stoneware Mug 350 ml", "Steinzeug-Tasse 350 ml", "ストーンウェア マグカップ 350ml", "coffee-cups-mugs", 380, 14.5,
    (
        ("Holds 350 ml, enough for a large coffee or a mug of tea", "Fasst 350 ml, genug für einen großen Kaffee oder Tee", "容量350mlでコーヒーや紅茶をたっぷり注げます"),
        ("Glazed stoneware, fired at 1200 degrees Celsius", "Glasiertes Steinzeug, gebrannt bei 1200 Grad Celsius", "摂氏1200度で焼き上げた釉薬ストーンウェア"),
        ("Safe in the dishwasher and in the microwave", "Geeignet für Spülmaschine und Mikrowelle", "食器洗い機と電子レンジで使えます"),
    ),
)  # fmt: skip
BOWL = Product(
    "BWL", "Stoneware Bowl 600 ml", "Steinzeug-Schale 600 ml", "ストーンウェア ボウル 600ml", "cereal-bowls", 520, 18.9,
    (
        ("Holds 600 ml, for soup, cereal or salad", "Fasst 600 ml, für Suppe, Müsli oder Salat", "容量600mlでスープやサラダに使えます"),
        ("Glazed stoneware, fired at 1200 degrees Celsius", "Glasiertes Steinzeug, gebrannt bei 1200 Grad Celsius", "摂氏1200度で焼き上げた釉薬ストーンウェア"),
        ("Stacks with the other bowls of the series", "Stapelbar mit den anderen Schalen der Serie", "同じシリーズのボウルと重ねて収納できます"),
    ),
)  # fmt: skip


def child(product: Product, colour: Colour, number: int, quantity: int) -> dict[str, object]:
    sku = f"HG-{product.code}-{colour.code}"
    return {
        **shared(product),
        "SKU": sku, "Parentage": "Child", "Parent SKU": f"HG-{product.code}", "Variation Theme": "COLOR", "EAN": ean(number),
        "Title US": f"{BRAND} {product.en}, {colour.en}", "Title UK": f"{BRAND} {product.en}, {colour.en}",
        "Titel DE": f"{BRAND} {product.de}, {colour.de}", "Title JP": f"{BRAND} {product.ja} {colour.ja}",
        "Color EN": colour.en, "Color DE": colour.de, "Color JP": colour.ja,
        "Main Image": f"{IMAGES}/{sku}-1.jpg", "Image 2": f"{IMAGES}/{sku}-2.jpg",
        "Price US": product.price, "Price UK": round(product.price * 0.8, 2), "Price DE": round(product.price * 0.95, 2),
        "Price JP": int(product.price * 150), "Quantity": quantity,
        "Item Weight (g)": product.grams,
    }  # fmt: skip


def shared(product: Product) -> dict[str, object]:
    bullets = {
        f"Bullet {n} {tag}": text for n, texts in enumerate(product.bullets, 1) for tag, text in zip(("EN", "DE", "JP"), texts, strict=True)
    }
    return {
        "Product Type": "HOME", "Brand": BRAND, **bullets,
        "Description EN": f"A {product.en.lower()} for every day. Each piece is glazed by hand, so no two are quite alike.",
        "Description DE": f"{product.de} für jeden Tag. Jedes Stück ist von Hand glasiert, keines gleicht ganz dem anderen.",
        "Description JP": f"毎日使える{product.ja}です。一つずつ手作業で釉薬をかけています。",
        "Item Type Keyword US": product.keyword, "Recommended Browse Nodes UK": "11715551", "Recommended Browse Nodes DE": "3169321", "Recommended Browse Nodes JP": "13938481",
        "Country of Origin": "PT", "Dangerous Goods Regulations": "Not Applicable",
        "Material EN": "Stoneware", "Material DE": "Steinzeug", "Material JP": "ストーンウェア",
        "GPSR Manufacturer Email Address": "safety@havnegade.example",
    }  # fmt: skip


def parent(product: Product) -> dict[str, object]:
    return {
        **shared(product),
        "SKU": f"HG-{product.code}", "Parentage": "Parent", "Variation Theme": "COLOR",
        "Title US": f"{BRAND} {product.en}", "Title UK": f"{BRAND} {product.en}",
        "Titel DE": f"{BRAND} {product.de}", "Title JP": f"{BRAND} {product.ja}",
        "Main Image": f"{IMAGES}/HG-{product.code}-1.jpg",
    }  # fmt: skip


def stoneware(*, earlier: bool) -> list[dict[str, object]]:
    """The clean story. The earlier state lacks the bowls' green, has other prices and a mug that went out of the range."""
    mug = replace(MUG, price=13.9) if earlier else MUG
    mugs = [child(mug, colour, 10 + n, 40 + n) for n, colour in enumerate(COLOURS)]
    bowls = [child(BOWL, colour, 20 + n, 15 + n) for n, colour in enumerate(COLOURS[:2] if earlier else COLOURS)]
    if earlier:
        mugs.append(child(mug, Colour("RED", "Brick Red", "Ziegelrot", "レンガ色"), 30, 3))
    return [parent(MUG), *mugs, parent(BOWL), *bowls]


def workbook(rows: list[dict[str, object]], path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Products"
    sheet.append([f"{BRAND} tableware, master of all channels"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    sheet.append(list(HEAD))
    for column, width in enumerate(HEAD.values(), 1):
        cell = sheet.cell(3, column)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E5F")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[cell.column_letter].width = width
    for row in rows:
        sheet.append([row.get(name) for name in HEAD])
    for row in sheet.iter_rows(min_row=4):
        row[list(HEAD).index("EAN")].number_format = "@"
        for name in ("Price US", "Price UK", "Price DE"):
            row[list(HEAD).index(name)].number_format = "0.00"
    sheet.freeze_panes = "B4"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        save(book, stream)


TINY = """\
sku,product_type,item_name,brand,product_id,bullet_point_1,product_description,price,quantity,item_type_keyword,country_of_origin,\
supplier_declared_dg_hz_regulation
TINY-1,HOME,"Havnegade Candle Holder, Oak",Havnegade,{one},Turned from one piece of oiled oak,A candle holder for every day.,9.90,12,\
candle-holders,PT,not_applicable
TINY-2,HOME,"Havnegade Candle Holder, Oak, Set of Two with a Very Long Title That Nobody Reads on a Phone",Havnegade,{two},\
Turned from one piece of oiled oak,Two candle holders for every day.,1.5.0,-3,candle-holders,PT,not_applicable
"""

SUPPLIER = """Lieferant Nordlicht GmbH;;;;;;;;;;;
Preisliste Herbst 2026, alle Preise inkl. MwSt.;;;;;;;;;;;
;;;;;;;;;;;
Artikel-Nr.;Bezeichnung;Marke;EAN-Code;Farbe;Preis (EUR);Bestand;Gewicht (kg);Bild;Beschreibung;Herkunftsland;Merkmal 1
NL-100;Tischleuchte Nordlicht, klein;Nordlicht;{e1};Weiß;24,90;12;0,85;https://img.example.com/nl/100.jpg;Kleine Tischleuchte mit Schirm aus Leinen.;Deutschland;Schirm aus Leinen, Fuß aus Eschenholz
NL-101;Tischleuchte Nordlicht, groß;Nordlicht;{e2};Weiß;39,90;7;1,40;https://img.example.com/nl/101.jpg;Große Tischleuchte mit Schirm aus Leinen.;Deutschland;Schirm aus Leinen, Fuß aus Eschenholz
NL-102;Stehleuchte Nordlicht;Nordlicht;{lost};GrÃ¼n;1.249,00;3;6,20;https://img.example.com/nl/102.jpg;Stehleuchte fÃ¼r das Wohnzimmer.;Deutschland;Drei Beine aus Eschenholz
NL-103;Pendelleuchte Nordlicht;Nordlicht;{wrong};Schwarz;59,00;5;2,10;https://img.example.com/nl/103.jpg;Pendelleuchte für den Esstisch.;Polen;Kabel 1,5 m, mit Textil ummantelt
NL-103;Pendelleuchte Nordlicht;Nordlicht;{e4};Schwarz;59,00;5;2,10;https://img.example.com/nl/103.jpg;Pendelleuchte für den Esstisch.;Polen;Kabel 1,5 m, mit Textil ummantelt
NL-104;Wandleuchte Nordlicht;Nordlicht;{e5};Schwarz;;2;1,10;img.example.com/nl/104.jpg;Wandleuchte mit Schalter.;Polen;Schalter am Kabel, Stecker Typ F
;Leuchtmittel E27, 2er-Pack;Nordlicht;{e6};;6,50;100;0,12;https://img.example.com/nl/105.jpg;Zwei Leuchtmittel E27.;China;Warmweiß, 806 Lumen, 8,5 Watt
nl-100;Tischleuchte Nordlicht, klein, Ersatzschirm;Nordlicht;{internal};Weiß;9,90;30;0,20;https://img.example.com/nl/106.jpg;Ersatzschirm aus Leinen.;Deutschland;Passt auf NL-100 und NL-101
"""


def main() -> None:
    workbook(stoneware(earlier=False), SAMPLES / "stoneware" / "master.xlsx")
    workbook(stoneware(earlier=True), SAMPLES / "stoneware" / "earlier.xlsx")
    (SAMPLES / "tiny").mkdir(exist_ok=True)
    (SAMPLES / "tiny" / "master.csv").write_text(TINY.format(one=ean(40), two=ean(41)), "utf-8", newline="")
    upc = "03600029145"
    codes = {
        "e1": ean(50), "e2": ean(51), "lost": (upc + check_digit(upc)).lstrip("0"), "wrong": ean(53)[:-1] + str((int(ean(53)[-1]) + 3) % 10),
        "e4": ean(54), "e5": ean(55), "e6": ean(56), "internal": "200123456789" + check_digit("200123456789"),
    }  # fmt: skip
    (SAMPLES / "supplier").mkdir(exist_ok=True)
    (SAMPLES / "supplier" / "preisliste.csv").write_bytes(SUPPLIER.format(**codes).replace("\n", "\r\n").encode("cp1252"))


if __name__ == "__main__":
    main()
