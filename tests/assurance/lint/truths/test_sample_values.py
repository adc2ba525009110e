"""Sample values: where comparisons do not say where they are true, any known value may be."""

from __future__ import annotations

import pytest

from engine.assurance.lint.truths.sample_values import SOME, samples
from engine.language import conditions as c
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.package_data import shipped
from engine.language.problem import Span

HERE = Span("f.yaml", 1, 1, 1, 1)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    loaded = load(shipped("rules", "gone-dark.yaml")).playbook
    assert loaded is not None
    return loaded


def test_a_range_is_sampled_at_its_ends_and_beside_them(playbook: Playbook) -> None:
    n = c.Ref("fact", "amount", "number")
    low, high = c.AtLeast(n, 5.0, span=HERE), c.LessThan(n, 9.0, span=HERE)
    found = samples(playbook, n, [low, high], {})
    assert {5.0, 9.0, 7.0, None} <= set(found)
    assert any(value < 5 for value in found if isinstance(value, float))
    assert any(value > 9 for value in found if isinstance(value, float))


@pytest.mark.parametrize("kind", ["fact", "cause"])
def test_a_comparison_of_numbers_that_is_no_range_may_be_true_of_any(
    kind: c.RefKind, playbook: Playbook
) -> None:
    """Such as "a multiple of 5": the numbers beside its bounds would never be one."""
    n = c.Ref(kind, "amount" if kind == "fact" else "busy", "number")
    no_range = c.Contains(n, "5", span=HERE)  # stands for an operator that is added later
    assert samples(playbook, n, [no_range, c.AtLeast(n, 10.0, span=HERE)], {}) == (SOME, None)
