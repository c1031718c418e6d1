"""Validate a master with frictionless: eleven constraints on nine columns. `python check_frictionless.py MASTER`."""

import sys

from frictionless import Resource, Schema, system

CONSTRAINTS = {
    "sku": {"required": True, "unique": True, "maxLength": 40},
    "parentage_level": {"enum": ["Parent", "Child"]},
    "brand": {"required": True},
    "product_id": {"pattern": "[0-9]{13}"},
    "item_name@en_US": {"required": True, "maxLength": 200},
    "bullet_point_2@de_DE": {"maxLength": 700},
    "price@US": {"pattern": "[0-9]+([.][0-9]+)?"},
    "quantity": {"pattern": "[0-9]+"},
    "main_product_image_locator": {"pattern": "https://.*"},
}


def main(path: str) -> None:
    header = Resource(path=path).read_rows(size=1)[0].field_names
    schema = Schema.from_descriptor(
        {"fields": [{"name": name, "type": "string", "constraints": CONSTRAINTS.get(name, {})} for name in header]}
    )
    report = Resource(path=path, schema=schema).validate(limit_errors=1_000_000)
    print(f"{report.stats['errors']} errors")


if __name__ == "__main__":
    with system.use_context(trusted=True):  # the path is absolute
        main(sys.argv[1])
