"""How many examples a property is tried with."""

from __future__ import annotations

from hypothesis import settings


def examples(times: float) -> int:
    """Return ``times`` as many as the profile of the run draws, 100 or, by `make test-fast`, 8."""
    profile = settings.default
    assert profile is not None
    return max(1, round(profile.max_examples * times))
