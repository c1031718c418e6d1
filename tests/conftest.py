"""What tests of several pieces share."""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def templates() -> ModuleType:
    """The builder of synthetic inventory templates: `templates.build(templates.unified("DE", "de_DE"), path)`."""
    path = Path(__file__).parent / "inventory" / "build_templates.py"
    spec = spec_from_file_location("build_templates", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault("build_templates", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files; tests that need it are skipped where there is none."""
    folder = os.environ.get("LISTINGKIT_REAL_FILES")
    if not folder:
        pytest.skip("LISTINGKIT_REAL_FILES names no folder of real files")
    return Path(folder)
