"""Descriptions of whole templates, one of each generation, with the columns and rules that tests ask about."""

from dataclasses import replace

from template_description import STORES, Col, Description


def offer(store: str) -> str:
    return f"purchasable_offer[marketplace_id={STORES[store]}][audience=ALL]#1"


def unified(store: str = "US", language: str = "en_US") -> Description:
    """A full unified template with rules of each kind: required, toggled, conditional, not applicable, leave empty."""
    at, tag = f"[marketplace_id={STORES[store]}]", f"[language_tag={language}]"
    german = language.startswith("de")
    parent, child = ("Eltern", "Kind") if german else ("Parent", "Child")
    kind = "product_type#1.value"
    known = f'{{{kind}}}<>""'
    level = f"parentage_level{at}#1.value"
    quantity, channel = "fulfillment_availability#1.quantity", "fulfillment_availability#1.fulfillment_channel_code"
    width, unit = f"item_dimensions{at}#1.width.value", f"item_dimensions{at}#1.width.unit"
    black = ("not_applicable", f'AND({known},NOT(OR({{{kind}}}="MUG",{{{kind}}}="PLATE")))')
    green = ("filled", "IF(LEN({.})>0,1,0)")
    red = ("required", f"AND(NOT(LEN({{.}})>0),{known})")
    yes, no = ("Ja", "Nein") if german else ("Yes", "No")
    columns = (
        Col("contribution_sku#1.value", "SKU", "Listing Identity", example="ABC123", word="Required", rules=(black, green, red)),
        Col(
            "::record_action",
            "Angebotsaktion" if german else "Listing Action",
            "Listing Identity",
            example="(Standard) Erstellen oder Ersetzen" if german else "(Default) Create or Replace",
            values={
                "": ["Erstellen oder Ersetzen (Vollständige Aktualisierung)", "Löschen"]
                if german
                else ["Create or Replace (Full Update)", "Edit (Partial Update)", "Delete"]
            },
            aliases={"Erstellen oder Ersetzen (Vollständige Aktualisierung)": "full_update", "Löschen": "delete"}
            if german
            else {"Create or Replace (Full Update)": "full_update", "Edit (Partial Update)": "partial_update", "Delete": "delete"},
            word="Optional",
        ),
        Col(kind, "Product Type", "Product Identity", example="MUG", values={"": ["MUG", "PLATE"]}, word="Required"),
        Col(
            f"item_name{at}{tag}#1.value",
            "Item Name",
            "Product Identity",
            example="Adidas Blue Sneakers",
            word="Required",
            rules=(black, green, red),
        ),
        Col(
            f"brand{at}{tag}#1.value",
            "Brand Name",
            "Product Identity",
            values={"MUG": ["Löwen", "Acme"], "PLATE": ["Acme"]},
            closed=False,
            word="Required",
            rules=(black, green, red),
        ),
        Col(
            "amzn1.volt.ca.product_id_type",
            "Product Id Type",
            "Product Identity",
            values={"MUG": ["EAN", "GTIN", "UPC"]},
            word="Required",
            rules=(("leave_empty", f'AND({known},{{{level}}}="{parent}")'), green, red),
        ),
        Col(
            "amzn1.volt.ca.product_id_value",
            "Product Id",
            "Product Identity",
            example="714532191586",
            word="Conditionally Required",
            rules=(("leave_empty", f'AND({known},OR({{{level}}}="{parent}",{{amzn1.volt.ca.product_id_type}}=""))'), green, red),
        ),
        Col(channel, "Fulfillment Channel", "Offer", values={"": ["AMAZON_NA", "DEFAULT"]}, word="Optional"),
        Col(
            quantity,
            "Quantity",
            "Offer",
            "integer",
            word="Conditionally Required",
            rules=(
                ("leave_empty", f"AND({known},IF(COUNTIF(CONDITION_LIST_0,{{{channel}}})>0,FALSE,TRUE))"),
                green,
                ("required", f"AND({known},OR(COUNTIF(CONDITION_LIST_0,{{{channel}}})>0))"),
            ),
        ),
        Col(f"{offer(store)}.our_price#1.schedule#1.value_with_tax", "Your Price", "Offer", "decimal", word="Optional"),
        Col(f"merchant_release_date{at}#1.value", "Release Date", "Offer", "date", word="Optional"),
        Col(
            level,
            "Parentage Level",
            "Variations",
            values={"": [parent, child, child]},
            aliases={parent: "parent", child: "child"},
            word="Optional",
        ),
        Col(
            f"child_parent_sku_relationship{at}#1.parent_sku",
            "Parent SKU",
            "Variations",
            word="Conditionally Required",
            rules=(("leave_empty", f'AND({known},NOT({{{level}}}="{child}"))'), green, ("required", f'{{{level}}}="{child}"')),
        ),
        Col(
            "variation_theme#1.name",
            "Variation Theme",
            "Variations",
            values={"MUG": ["COLOR/SIZE", "SIZE_NAME (Deprecated: Do Not Use)"]},
            word="Optional",
        ),
        Col(
            width,
            "Item Width",
            "Product Details",
            "decimal",
            word="Optional",
            rules=(green, ("required", f'AND({known},OR({{{unit}}}<>""))')),
        ),
        Col(
            unit,
            "Item Width Unit",
            "Product Details",
            values={"MUG": ["Centimeters", "Inches"]},
            extended=True,
            aliases={"Centimeters": "centimeters", "Inches": "inches"},
            word="Optional",
            rules=(green, ("required", f'AND({known},OR({{{width}}}<>""))')),
        ),
        Col(
            f"batteries_included{at}#1.value",
            "Batteries Included",
            "Safety & Compliance",
            values={"": [yes, no]},
            aliases={yes: "true", no: "false"},
            word="Optional",
            hidden=True,
        ),
        Col(
            f"glaze{at}{tag}#1.value",
            "Glaze",
            "Product Details",
            word="Optional",
            rules=(("not_applicable", f'AND({known},NOT({{{kind}}}="MUG"))'), green),
        ),
        Col(
            f"merchant_shipping_group{at}#1.value",
            "Shipping Template",
            "Offer",
            values={"": ["Free Shipping", "Express"]},
            closed=False,
            aliases={"Free Shipping": "legacy-template-id", "Express": "uuid-2"},
            word="Optional",
        ),
    )
    return Description("unified", columns, ("MUG", "PLATE"), store, language=language, lists={"CONDITION_LIST_0": ["DEFAULT"]})


def legacy(generation: str = "legacy") -> Description:
    """A category file of the older generations, with its matrix of product types."""
    kinds = ("mug",)
    columns = (
        Col("feed_product_type", "Product Type", "Required", values={"": list(kinds)}, asked="required"),
        Col("item_sku", "Seller SKU", "Required", asked="required"),
        Col("brand_name", "Brand Name", "Required", asked="required"),
        Col("update_delete", "Update Delete", "Required", values={"mug": ["Update", "PartialUpdate", "Delete"]}, asked="optional"),
        Col("external_product_id", "Product ID", "Required", asked="required"),
        Col("external_product_id_type", "Product ID Type", "Required", values={"mug": ["EAN", "GTIN", "UPC"]}, asked="required"),
        Col("item_name", "Product Name", "Required", asked="required"),
        Col("standard_price", "Standard Price", "Offer", "decimal", asked="required"),
        Col("quantity", "Quantity", "Offer", "integer", asked="optional"),
        Col("parent_child", "Parentage", "Variation", values={"mug": ["Parent", "Child"]}, asked="optional"),
        Col("parent_sku", "Parent SKU", "Variation", asked="optional"),
        Col("relationship_type", "Relationship Type", "Variation", values={"mug": ["Variation", "Accessory"]}, asked="optional"),
        Col("variation_theme", "Variation Theme", "Variation", values={"mug": ["Color", "Size"]}, asked="optional"),
        Col("color_name", "Colour", "Discovery", asked="preferred"),
        Col("lamp_wattage", "Wattage", "Discovery", "decimal"),
    )
    description = Description(generation, columns, kinds, "UK", language="en_GB", version="2025.0717")
    if generation == "multistore":
        offers = tuple(
            Col(
                f"purchasable_offer[marketplace_id={STORES[code]}]#1.our_price#1.schedule#1.value_with_tax",
                f"Your Price {code}",
                "Offer",
                "decimal",
                asked="optional",
            )
            for code in ("UK", "DE", "IT")
        )
        return replace(description, columns=(*columns, *offers), stores=("DE", "IT"))
    return description


def vendor() -> Description:
    """A vendor file: formulas stand in the conditional formats themselves."""
    known = '{product_type#1.value}<>""'
    columns = (
        Col(
            "vendor_sku#1.value",
            "Vendor SKU",
            "Identity",
            example="ABC123",
            word="PFLICHTFELD",
            rules=(("filled", "IF(LEN({.})>0,1,0)"), ("required", f"AND(NOT(LEN({{.}})>0),{known})")),
        ),
        Col("product_type#1.value", "Produkttyp", "Identity", values={"": ["MUG"]}, word="PFLICHTFELD"),
        Col("item_name#1.value", "Artikelname", "Identity", word="BEDINGT ERFORDERLICH"),
        Col("color#1.value", "Farbe", "Details", word="OPTIONAL"),
    )
    return Description("vendor", columns, ("MUG",), "DE", language="de_DE")
