"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing on a machine that others use as well. A gate asks the same
# questions every time; new ones are for the people who can mend what they find.
settings.register_profile(
    "suite", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout that is being tested."""
    return Path(__file__).parent.parent
