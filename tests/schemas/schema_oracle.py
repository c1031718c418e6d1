"""jsonschema-rs with formats asserted and Amazon's keywords in Python: the oracle for what is valid."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

jsonschema_rs = pytest.importorskip("jsonschema_rs", reason="jsonschema-rs is the oracle")


class _Keyword:
    def __init__(self, parent: Mapping[str, Any], limit: int, _: object) -> None:
        self.limit, self.selectors = limit, parent.get("selectors", [])

    def validate(self, value: Any) -> None:
        if not self.holds(value):
            raise ValueError

    def holds(self, value: Any) -> bool:
        raise NotImplementedError

    def groups(self, items: Sequence[Any]) -> list[int]:
        keys = (
            tuple(json.dumps(item.get(name)) if name in item else None for name in self.selectors) if isinstance(item, dict) else ()
            for item in items
        )
        return list(Counter(keys).values())


class _MaxBytes(_Keyword):
    def holds(self, value: Any) -> bool:
        return not isinstance(value, str) or len(value.encode()) <= self.limit


class _MinBytes(_Keyword):
    def holds(self, value: Any) -> bool:
        return not isinstance(value, str) or len(value.encode()) >= self.limit


class _MaxUnique(_Keyword):
    def holds(self, value: Any) -> bool:
        return not isinstance(value, list) or all(count <= self.limit for count in self.groups(value))


class _MinUnique(_Keyword):
    def holds(self, value: Any) -> bool:
        return not isinstance(value, list) or all(count >= self.limit for count in self.groups(value))


def oracle(document: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Tells whether a value is valid against the document to the letter."""
    plain = {key: value for key, value in document.items() if key not in ("$schema", "$id")}  # its meta-schema cannot be fetched
    keywords = {
        "maxUtf8ByteLength": _MaxBytes,
        "minUtf8ByteLength": _MinBytes,
        "maxUniqueItems": _MaxUnique,
        "minUniqueItems": _MinUnique,
    }
    valid: Callable[[Any], bool] = jsonschema_rs.Draft201909Validator(plain, validate_formats=True, keywords=keywords).is_valid
    return valid
