"""Amazon's product type definitions (JSON Schema 2019-09 with eight keywords of their own), compiled to checks.

`load.read(path)` -> `Definition`; `Definition.flaws(attributes)` judges one listing, `frame.flaws(...)` a whole frame of flat listings.
"""
