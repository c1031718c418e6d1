"""The keywords of JSON Schema 2019-09 and of Amazon, by what becomes of them here."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# they tell, and ask nothing
TELLING = _words(
    """
    $schema $id $comment $defs $anchor definitions title description examples default editable hidden enumNames selectors
    $lifecycle readOnly writeOnly deprecated $vocabulary contentMediaType contentEncoding contentSchema
    """
)
# they would ask something that no definition has asked so far
REFUSED = _words(
    """
    patternProperties propertyNames dependentSchemas dependentRequired dependencies additionalItems unevaluatedItems
    unevaluatedProperties minContains maxContains prefixItems minProperties maxProperties $recursiveRef $recursiveAnchor
    $dynamicRef $dynamicAnchor
    """
)
# they are compiled, beside those in `keywords`
KNOWN = _words(
    """
    type enum const required properties additionalProperties items contains minUniqueItems maxUniqueItems allOf anyOf oneOf
    not if then else $ref
    """
)
