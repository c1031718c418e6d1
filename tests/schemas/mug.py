"""A small definition with every keyword that real ones use, made here."""

from functools import cache
from typing import Any

from listingkit.schemas.definition.definition import Definition, compiled

US, EN = "ATVPDKIKX0DER", "en_US"
STORE = {"$ref": "#/$defs/marketplace_id"}
TAG = {"$ref": "#/$defs/language_tag"}


def _open(value: str) -> dict[str, Any]:
    return {"default": value, "type": "string", "anyOf": [{"type": "string"}, {"type": "string", "enum": [value]}]}


def _attribute(value: dict[str, Any], *, language: bool = False, most: int = 1, **more: Any) -> dict[str, Any]:
    tag = {"language_tag": TAG} if language else {}
    return {
        "title": more.pop("title", "Attribute"),
        "type": "array",
        "minItems": 1,
        "minUniqueItems": 1,
        "maxUniqueItems": most,
        "selectors": ["marketplace_id", *tag],
        "items": {
            "type": "object",
            "required": [*tag, "value"],
            "properties": {"value": value, **tag, "marketplace_id": STORE},
            "additionalProperties": False,
        },
        **more,
    }


def _has(name: str, inner: dict[str, Any]) -> dict[str, Any]:
    return {"required": [name], "properties": {name: inner}}


def _value(*values: Any) -> dict[str, Any]:
    return {"contains": {"required": ["value"], "properties": {"value": {"enum": list(values)}}}}


NO_PARENT = {"not": _has("parentage_level", _value("parent"))}
NO_ASIN = {"not": _has("merchant_suggested_asin", {"items": {"required": ["value"]}})}
NO_GTIN = {"not": _has("externally_assigned_product_identifier", {"items": {"required": ["value"]}})}
NO_EXEMPTION = {"not": _has("supplier_declared_has_product_identifier_exemption", _value(True))}
DATES = {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}


def document() -> dict[str, Any]:
    """A definition that a test may change."""
    return {
        "$schema": "https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1",
        "$id": "https://schemas.amazon.com/selling-partners/definitions/product-types/schema/v1/MUG",
        "$defs": {"marketplace_id": _open(US), "language_tag": _open(EN)},
        "type": "object",
        "required": ["item_name", "brand", "country_of_origin"],
        "additionalProperties": False,
        "properties": {
            "item_name": _attribute({"type": "string", "minLength": 1, "maxLength": 60}, language=True, title="Product Name"),
            "brand": _attribute({"type": "string", "maxLength": 50, "maxUtf8ByteLength": 40}, language=True),
            "bullet_point": _attribute({"type": "string", "maxLength": 70}, language=True, most=5),
            "country_of_origin": _attribute({"type": "string", "enum": ["CN", "DE", "PT"], "enumNames": ["China", "Germany", "Portugal"]}),
            "style": _attribute({"anyOf": [{"type": "string"}, {"type": "string", "enum": ["Modern", "Rustic"]}]}, language=True),
            "number_of_items": _attribute({"type": "integer", "minimum": 1, "maximum": 99}),
            "item_weight": _attribute({"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01}),
            "batteries_included": _attribute({"type": "boolean", "enum": [False, True], "enumNames": ["No", "Yes"]}),
            "num_batteries": _attribute({"type": "integer", "minimum": 1}),
            "parentage_level": _attribute({"type": "string", "enum": ["child", "parent"], "enumNames": ["Child", "Parent"]}),
            "merchant_suggested_asin": _attribute({"type": "string", "minLength": 10, "maxLength": 10}),
            "supplier_declared_has_product_identifier_exemption": _attribute({"type": "boolean", "enum": [False, True]}),
            "merchant_release_date": _attribute(DATES),
            "main_product_image_locator": {
                "type": "array",
                "minItems": 1,
                "maxUniqueItems": 1,
                "selectors": ["marketplace_id"],
                "items": {
                    "type": "object",
                    "required": ["media_location"],
                    "properties": {
                        "media_location": {"type": "string", "format": "uri", "pattern": "^(https?|s3)://"},
                        "marketplace_id": STORE,
                    },
                    "additionalProperties": False,
                },
            },
            "externally_assigned_product_identifier": {
                "type": "array",
                "minItems": 1,
                "maxUniqueItems": 1,
                "selectors": ["marketplace_id", "type"],
                "items": {
                    "type": "object",
                    "required": ["type", "value"],
                    "properties": {
                        "type": {"type": "string", "enum": ["ean", "gtin", "upc"], "enumNames": ["EAN", "GTIN", "UPC"]},
                        "value": {"type": "string"},
                        "marketplace_id": STORE,
                    },
                    "additionalProperties": False,
                },
            },
            "variation_theme": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {
                            "type": "string",
                            "enum": ["COLOR", "COLOR_NAME", "SIZE"],
                            "$lifecycle": {
                                "enumDeprecated": ["COLOR_NAME"],
                                "enumReplacement": [{"value": "COLOR_NAME", "replacements": ["COLOR"]}],
                            },
                        }
                    },
                },
            },
            "color": {
                "type": "array",
                "minItems": 1,
                "maxUniqueItems": 1,
                "selectors": ["marketplace_id", "language_tag"],
                "items": {
                    "type": "object",
                    "required": ["value"],
                    "additionalProperties": False,
                    "properties": {
                        "value": {"type": "string", "maxLength": 30},
                        "standardized_values": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 2,
                            "items": {"type": "string", "enum": ["Blue", "Red"]},
                        },
                        "language_tag": TAG,
                        "marketplace_id": STORE,
                    },
                },
            },
            "unit_count": {
                "type": "array",
                "minItems": 1,
                "maxUniqueItems": 1,
                "selectors": ["marketplace_id"],
                "items": {
                    "type": "object",
                    "required": ["value", "type"],
                    "additionalProperties": False,
                    "properties": {
                        "value": {"type": "number", "minimum": 0},
                        "type": {
                            "type": "object",
                            "required": ["value"],
                            "additionalProperties": False,
                            "properties": {"value": {"type": "string"}, "language_tag": TAG},
                        },
                        "marketplace_id": STORE,
                    },
                },
            },
            "purchasable_offer": {
                "type": "array",
                "minItems": 1,
                "maxUniqueItems": 1,
                "selectors": ["marketplace_id", "currency", "audience"],
                "items": {
                    "type": "object",
                    "required": ["our_price", "currency"],
                    "additionalProperties": False,
                    "properties": {
                        "currency": {"type": "string", "anyOf": [{"type": "string"}, {"type": "string", "enum": ["USD"]}]},
                        "audience": {"type": "string", "enum": ["ALL", "B2B"]},
                        "our_price": _prices({"value_with_tax": {"type": "number", "minimum": 0.01, "multipleOf": 0.01}}),
                        "discounted_price": _prices({"value_with_tax": {"type": "number"}, "start_at": DATES, "end_at": DATES}),
                        "marketplace_id": STORE,
                    },
                },
            },
        },
        "allOf": [
            {
                "if": {"allOf": [NO_ASIN, NO_PARENT, NO_EXEMPTION]},
                "then": {"required": ["externally_assigned_product_identifier"]},
            },
            {"if": {"allOf": [NO_GTIN, NO_PARENT, NO_EXEMPTION]}, "then": {"required": ["merchant_suggested_asin"]}},
            {
                "if": _has("batteries_included", _value(True)),
                "then": {"required": ["num_batteries"]},
                "else": {"not": {"required": ["num_batteries"]}},
            },
            {
                "if": _has("variation_theme", {"contains": {"properties": {"name": {"enum": ["COLOR"]}}}}),
                "then": {"required": ["color"], "properties": {"color": {"items": {"required": ["standardized_values"]}}}},
            },
        ],
    }


def _prices(leaves: dict[str, Any]) -> dict[str, Any]:
    schedule = {"type": "object", "required": ["value_with_tax"], "properties": leaves, "additionalProperties": False}
    price = {
        "type": "object",
        "required": ["schedule"],
        "properties": {"schedule": {"type": "array", "minItems": 1, "maxItems": 1, "items": schedule}},
        "additionalProperties": False,
    }
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": price}


def listing() -> dict[str, Any]:
    """Attributes that the definition takes; a test may change them."""
    here, text = {"marketplace_id": US}, {"language_tag": EN, "marketplace_id": US}
    return {
        "item_name": [{"value": "Acme Stoneware Mug", **text}],
        "brand": [{"value": "Acme", **text}],
        "bullet_point": [{"value": "Glazed by hand", **text}, {"value": "Dishwasher safe", **text}],
        "country_of_origin": [{"value": "PT", **here}],
        "externally_assigned_product_identifier": [{"type": "upc", "value": "036000291452", **here}],
        "number_of_items": [{"value": 2, **here}],
        "item_weight": [{"value": 0.35, **here}],
        "batteries_included": [{"value": False, **here}],
        "style": [{"value": "Modern", **text}],
        "color": [{"value": "Sea", "standardized_values": ["Blue", "Red"], **text}],
        "unit_count": [{"value": 1.0, "type": {"value": "Count", "language_tag": EN}, **here}],
        "main_product_image_locator": [{"media_location": "https://example.com/mug.jpg", **here}],
        "purchasable_offer": [
            {
                "currency": "USD",
                "audience": "ALL",
                "our_price": [{"schedule": [{"value_with_tax": 19.99}]}],
                "discounted_price": [{"schedule": [{"value_with_tax": 14.99, "start_at": "2026-10-01", "end_at": "2026-10-31"}]}],
                **here,
            }
        ],
    }


@cache
def mug() -> Definition:
    """The definition, compiled."""
    return compiled("MUG.json", document())
