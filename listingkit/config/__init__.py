"""What a client's `listingkit.toml` says, as one immutable value. Empty sections mean the built-in behaviour.

    marketplaces = ["US", "DE"]       # for commands without -m
    profile = "supplier.toml"         # for commands without --profile
    schemas = ["definitions"]         # Amazon's product type definitions, for commands without --schema

    [rules]
    select = ["GTN", "SKU"]           # only these codes or prefixes
    ignore = ["TTL002"]
    severity = { BUL = "warning", VAR011 = "off" }

    [gs1.brands."Example Brand"]      # who owns which numbers: see listingkit.gtin.licences
    [[exemptions]]                    # GTIN exemptions: see listingkit.gtin.exemptions
    [[documents]]                     # certificates and test reports: see listingkit.rules.document_register
    [[exceptions]]                    # findings that were looked at and accepted: see listingkit.rules.exceptions
    [diff]                            # thresholds and tolerances: see listingkit.diff.settings

    [product_type.HOME.rules]         # the keys of [rules] again, for rows of this product type,
    [brand."Example Brand".rules]     # of this brand,
    [marketplace.DE.rules]            # for the uploads of this marketplace;
    [marketplace.DE.diff]             # and the keys of [diff]

The layers, each over those before it: built-in, client (the sections above), product type, brand, marketplace, command line.
Everything that is not said again in a layer stays. `listingkit config` prints the result and where each value came from.
Paths are taken from the file's own folder. Every key is declared once, in `keys`.
"""

from listingkit.config.layers import Layer
from listingkit.config.load import NAME, load
from listingkit.config.merged import DEFAULT, Config
from listingkit.config.places import Source

__all__ = ["DEFAULT", "NAME", "Config", "Layer", "Source", "load"]
