from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.small_books import Shelf

# The first question to a clock works out years of windows: time limits of examples would mislead.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)
