"""Packages that are also the function of their name: `listingkit.diff` holds the modules, `listingkit.diff(old, new)` compares.

Python binds a subpackage to its parent under its name, so a public function of the same name needs the package to be callable.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CallablePackage(ModuleType):
    """A package that calls the function of its own name in `listingkit.api`."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return getattr(import_module("listingkit.api"), self.__name__.rpartition(".")[2])(*args, **options)


def make_callable(package: str) -> None:
    """Let this package be called."""
    sys.modules[package].__class__ = CallablePackage
