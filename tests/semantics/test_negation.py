"""Negation normal form: true in the same places, with `not` before single comparisons only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.problem import Span
from engine.language.walk import comparisons_in
from engine.semantics.evaluate_conditions import Kleene, all_of, any_of, negate, not_true
from engine.semantics.negation import literals, negate_inward

HERE = Span("negation.yaml", 1, 1, 1, 2)
NAMES = ("a", "b", "c", "d")


def fact(name: str) -> Condition:
    return c.Equals(c.Ref("fact", name, "boolean"), True, span=HERE)


def truth(condition: Condition, values: dict[str, Kleene]) -> Kleene:
    match condition:
        case c.All(parts):
            return all_of(truth(part, values) for part in parts)
        case c.AnyOf(parts):
            return any_of(truth(part, values) for part in parts)
        case c.Not(part):
            return negate(truth(part, values))
        case c.Unless(part):
            return not_true(truth(part, values))
        case comparison:
            return values[comparison.subject.id]


def _conditions(*negations: type[c.Not | c.Unless]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        st.sampled_from(NAMES).map(fact),
        lambda parts: (
            st.lists(parts, min_size=1, max_size=3).map(lambda f: c.All(tuple(f), span=HERE))
            | st.lists(parts, min_size=1, max_size=3).map(lambda f: c.AnyOf(tuple(f), span=HERE))
            | st.builds(lambda of, part: of(part, span=HERE), st.sampled_from(negations), parts)
        ),
        max_leaves=12,
    )


CONDITIONS = _conditions(c.Not, c.Unless)
VALUES = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def negated_parts(condition: Condition) -> list[Condition]:
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            return [each for part in parts for each in negated_parts(part)]
        case c.Unless(c.Not(part)):  # that it is not certainly false
            return [part, *negated_parts(part)]
        case c.Not(part) | c.Unless(part):
            return [part, *negated_parts(part)]
        case _:
            return []


@given(CONDITIONS, VALUES)
def test_it_is_true_where_the_condition_is_certainly_true_or_certainly_false(
    condition: Condition, values: dict[str, Kleene]
) -> None:
    whole = truth(condition, values)
    assert (truth(negate_inward(condition), values) is True) == (whole is True)
    assert (truth(negate_inward(condition, holds=False), values) is True) == (whole is False)


@given(_conditions(c.Not), VALUES)
def test_without_unless_it_is_true_false_or_unknown_where_the_condition_is(
    condition: Condition, values: dict[str, Kleene]
) -> None:
    assert truth(negate_inward(condition), values) == truth(condition, values)
    assert truth(negate_inward(condition, holds=False), values) == negate(truth(condition, values))


@given(CONDITIONS)
def test_only_comparisons_are_negated(condition: Condition) -> None:
    negated = negated_parts(negate_inward(condition))
    assert not any(isinstance(part, c.All | c.AnyOf | c.Not | c.Unless) for part in negated)


def test_unless_reaches_comparisons_and_their_negations() -> None:
    a, b = fact("a"), fact("b")
    no = c.Not(b, span=HERE)
    whole = c.Unless(c.All((a, no), span=HERE), span=HERE)
    parts = (c.Unless(a, span=HERE), c.Unless(no, span=HERE))
    assert negate_inward(whole) == c.AnyOf(parts, span=HERE)
    assert negate_inward(whole, holds=False) == c.All((a, no), span=HERE)
    assert negate_inward(c.Unless(whole, span=HERE)) == c.All((a, no), span=HERE)


@given(CONDITIONS)
def test_literals_are_the_comparisons_of_the_normal_form(condition: Condition) -> None:
    inward, opposite = negate_inward(condition), negate_inward(condition, holds=False)
    assert [test for test, _ in literals(condition)] == list(comparisons_in(inward))
    assert list(literals(condition)) == list(literals(inward))
    assert list(literals(condition, holds=False)) == list(literals(opposite))
