"""What tests of several pieces share."""

import os
from pathlib import Path
from types import ModuleType

import build_templates
import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # how long one example takes says how busy the machine is
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def templates() -> ModuleType:
    """The builder of synthetic inventory templates: `templates.build(templates.unified("DE", "de_DE"), path)`."""
    return build_templates


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files; tests that need it are skipped where there is none."""
    folder = os.environ.get("LISTINGKIT_REAL_FILES")
    if not folder:
        pytest.skip("LISTINGKIT_REAL_FILES names no folder of real files")
    return Path(folder)
