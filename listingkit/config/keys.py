"""Every key of `listingkit.toml`, declared once: what it takes, what it is for, and what holds without it."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

Kind = Literal["text", "texts", "text or texts", "number", "flag", "day", "table", "tables"]
SEVERITIES = ("error", "warning", "info", "off")


class Key(Struct, frozen=True):
    """One key. A table has known keys `inside`, or free names for each of which `each` holds; `tables` is a list of tables."""

    doc: str  # one sentence, for people and editors
    kind: Kind
    inside: Mapping[str, "Key"] = field(default_factory=dict)
    each: "Key | None" = None
    needs: tuple[str, ...] = ()  # keys of the table that must be there
    values: tuple[str, ...] = ()  # the only texts that it takes
    names: Literal["", "marketplace", "file", "rule"] = ""  # what its texts (or, of a table, its free names) are names of
    words: tuple[str, ...] = ()  # of a file: words that are no file's name
    default: Any = None


_CODES = "codes or prefixes of codes"

RULES = {
    "select": Key(f"Only these rules: {_CODES}. In an inner layer it replaces what the layers around it chose.", "texts", names="rule"),
    "ignore": Key(f"Not these rules: {_CODES}.", "texts", names="rule"),
    "severity": Key(
        "How bad a rule's findings are, by code or prefix; the longest one that fits holds, and off silences.",
        "table",
        each=Key("error holds the row back, warning and info do not, off silences the rule.", "text", values=SEVERITIES),
        names="rule",
    ),
}

DIFF = {
    "max_deletes": Key("Rows that may delete a listing before it counts as dangerous.", "number", default=0),
    "max_wipes": Key("Cells that may erase a live value before it counts as dangerous.", "number", default=0),
    "max_price_change": Key("Per cent that a price may go up or down unasked.", "number", default=25.0),
    "price_tolerance": Key("Prices this near to each other are the same, in units of the currency.", "number", default=0.0),
    "number_tolerance": Key("Other numbers this near to each other are the same, as a share of the larger one.", "number", default=0.0),
    "unit_tolerance": Key("Measures in different units this near to each other are the same, as a share.", "number", default=0.001),
    "ignore": Key("Fields or attribute paths whose changes do not count.", "texts"),
    "dangerous": Key(
        "Whether a risk is dangerous, by its code.", "table", each=Key("true: it must be confirmed; false: it goes through.", "flag")
    ),
}

_EXEMPTION = {
    "brand": Key("The brand exactly as approved: case and spaces count. Without it, every brand.", "text"),
    "product_type": Key("The product type. Without it, every one.", "text"),
    "marketplace": Key("The marketplace. Without it, every one.", "text", names="marketplace"),
    "asin": Key("The ASIN that the exemption is bound to.", "text"),
    "case": Key("The number of the support case that granted it.", "text"),
    "date": Key("Since when it holds.", "day"),
}

_EXCEPTION = {
    "sku": Key("The SKU, or a pattern such as AB-*; * is every SKU and what has none.", "text"),
    "rule": Key("The code of the rule, or a prefix of codes.", "text", names="rule"),
    "marketplace": Key("Only in this marketplace.", "text", names="marketplace"),
    "reason": Key("Why it is right as it is.", "text"),
    "expires": Key("The last day on which it holds.", "day"),
}

_DOCUMENT = {
    "document": Key("What it is: CPC, test report, SDS ...", "text"),
    "sku": Key("The SKU or SKUs that it is for.", "text or texts"),
    "product_type": Key("The product type or types that it is for.", "text or texts"),
    "marketplace": Key("Valid only in this marketplace.", "text", names="marketplace"),
    "file": Key("Where it is.", "text", names="file"),
    "reference": Key("Its number or name, where there is no file.", "text"),
    "issuer": Key("Who issued it.", "text"),
    "valid_until": Key("The last day on which it is valid. Without it, it does not expire.", "day"),
}

_RULES = Key("Which rules, and how bad.", "table", inside=RULES)
_DIFF = Key("When a change counts, and when it is dangerous.", "table", inside=DIFF)

KEYS = {
    "marketplaces": Key("The marketplaces of commands without -m.", "texts", names="marketplace"),
    "profile": Key("The profile of commands without --profile.", "text", names="file"),
    "schemas": Key("Amazon's product type definitions (files or folders) of commands without --schema.", "texts", names="file"),
    "rules": _RULES,
    "gs1": Key(
        "What is known of the client's numbers.",
        "table",
        inside={
            "gcp": Key('The list of licensed blocks: "biip", or a file of GS1\'s.', "text", names="file", words=("biip",)),
            "prefix_table": Key("A prefix table in place of the built-in one.", "text", names="file"),
            "brands": Key(
                "What each brand owns.",
                "table",
                each=Key(
                    "One brand.",
                    "table",
                    inside={
                        "prefixes": Key("Its company prefixes, as in a 13-digit number.", "texts"),
                        "exports": Key("Files with the numbers licensed to it.", "texts", names="file"),
                    },
                ),
            ),
        },
    ),
    "exemptions": Key("GTIN exemptions that Amazon granted.", "tables", inside=_EXEMPTION),
    "documents": Key("Certificates, test reports and data sheets that the client has.", "tables", inside=_DOCUMENT, needs=("document",)),
    "exceptions": Key(
        "Findings that somebody has looked at and accepted.", "tables", inside=_EXCEPTION, needs=("sku", "rule", "reason", "expires")
    ),
    "diff": _DIFF,
    "product_type": Key(
        "What differs for rows of one product type.", "table", each=Key("One product type.", "table", inside={"rules": _RULES})
    ),
    "brand": Key("What differs for rows of one brand.", "table", each=Key("One brand.", "table", inside={"rules": _RULES})),
    "marketplace": Key(
        "What differs in one marketplace.",
        "table",
        each=Key("One marketplace.", "table", inside={"rules": _RULES, "diff": _DIFF}),
        names="marketplace",
    ),
}
