from __future__ import annotations

import pytest

from engine.reports.terminal.percent import format_confidence, format_level


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.0, "0%"), (0.247, "24%"), (0.29, "29%"), (0.1 + 0.2, "30%"), (0.999, "99%"), (1.0, "100%")],
)
def test_a_confidence_is_rounded_down(confidence: float, words: str) -> None:
    assert format_confidence(confidence) == words


@pytest.mark.parametrize(
    ("level", "words"), [(0.25, "25%"), (0.29, "29%"), (0.125, "12.5%"), (1.0, "100%")]
)
def test_a_level_is_told_as_it_is(level: float, words: str) -> None:
    assert format_level(level) == words
