"""Read the expectations of a case, and compare them with its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.assurance.testing.expectation_checks import pointless
from engine.language.instants import iso
from engine.language.model import Playbook
from engine.language.parse.literals import Expected, read_literal
from engine.language.parse.symbols import unknown_name_help
from engine.language.problem import Problem, Span
from engine.language.yaml.document import Document, KeyPath
from engine.semantics.firings import Firings
from engine.semantics.recommend import Recommendation

NEAR = 1e-6
"""Numbers that differ by no more are equal."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met: what it is about, and both sides in words."""

    what: str
    expected: str
    found: str
    span: Span


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The outcome of one case."""

    recommendation: Recommendation
    firings: Firings


Mismatch = tuple[KeyPath, str, str]
"""The key path below `expect`, what was expected, and what was found."""


def read_expectations(
    expect: Mapping[str, Any], place: KeyPath, document: Document, playbook: Playbook
) -> tuple[dict[str, Any], list[Problem]]:
    """Read the expectations of a case.

    Args:
        expect: As written.
        place: Where they are in ``document``.
        document: The test file.
        playbook: Has the rules that they may name.

    Returns:
        The expectations with instants in seconds since 1970 UTC, and the problems.
    """
    problems = list(_unknown_rules(expect, place, document, playbook))
    problems += pointless(expect, place, document)
    read = dict(expect)
    for key in ("due", "goes_dark_at"):
        if expect.get(key) is not None:
            span = document.value_span((*place, key))
            zone = playbook.calendar.timezone
            found = read_literal(expect[key], Expected(key, "time"), zone, span)
            read[key] = None if isinstance(found, Problem) else int(found)
            problems += [found] if isinstance(found, Problem) else []
    return read, problems


def _unknown_rules(
    expect: Mapping[str, Any], place: KeyPath, document: Document, playbook: Playbook
) -> Iterator[Problem]:
    rules: dict[str, Mapping[str, object]] = {
        "threshold": playbook.thresholds,
        "signal": playbook.signals,
        "cause": playbook.causes,
        "action": playbook.actions,
        "guard": playbook.guards,
    }
    for kind, id, at in _named(expect):
        if id not in rules[kind]:
            yield unknown_name_help(kind, id, rules[kind], _span(document, (*place, *at)))


def _span(document: Document, place: KeyPath) -> Span:
    """Return the span of a name: of the key if the name is a key, else of the value."""
    named = place[-1] != "next" and isinstance(place[-1], str)
    return document.key_span(place) if named else document.value_span(place)


def _named(expect: Mapping[str, Any]) -> Iterator[tuple[str, str, KeyPath]]:
    """Yield each rule that is named: its kind, its id, and the key path below `expect`."""
    for kind, key in (("threshold", "dark"), ("signal", "signals"), ("cause", "causes")):
        yield from ((kind, id, at) for id, at in _ids(expect.get(key, ()), (key,)))
    if expect.get("next") is not None:
        yield "action", expect["next"], ("next",)
    for key, ids in expect.get("actions", {}).items():
        yield from (("action", id, at) for id, at in _ids(ids, ("actions", key)))
    for action, guards in expect.get("held_back", {}).items():
        yield "action", action, ("held_back", action)
        yield from (("guard", id, at) for id, at in _ids(guards, ("held_back", action)))


def _ids(ids: Iterable[str], place: KeyPath) -> Iterator[tuple[str, KeyPath]]:
    if isinstance(ids, Mapping):
        yield from ((id, (*place, id)) for id in ids)
    else:
        yield from ((id, (*place, index)) for index, id in enumerate(ids))


def mismatches(expect: Mapping[str, Any], outcome: CaseOutcome) -> Iterator[Mismatch]:
    """Yield every expectation that ``outcome`` does not meet."""
    for key, wanted in expect.items():
        yield from COMPARISONS[key](wanted, outcome)


def _state(wanted: str, outcome: CaseOutcome) -> Iterator[Mismatch]:
    found = outcome.recommendation.state
    if found != wanted:
        yield ("state",), wanted, found


def _dark(wanted: list[str], outcome: CaseOutcome) -> Iterator[Mismatch]:
    found = outcome.firings.thresholds
    if set(found) != set(wanted):
        yield ("dark",), _listed(wanted), _listed(found)


def _signals(wanted: Mapping[str, bool], outcome: CaseOutcome) -> Iterator[Mismatch]:
    for id, fires in wanted.items():
        if (id in outcome.firings.signals) != fires:
            words = {True: "fires", False: "does not fire"}
            yield ("signals", id), words[fires], words[not fires]


def _causes(wanted: Mapping[str, Any], outcome: CaseOutcome) -> Iterator[Mismatch]:
    for id, bounds in wanted.items():
        found = outcome.firings.confidence[id]
        tests = bounds if isinstance(bounds, dict) else {"is": bounds}
        for test, bound in tests.items():
            if not _meets(found, test, bound):
                place: KeyPath = ("causes", id) if test == "is" else ("causes", id, test)
                yield place, _bound_words(test, bound), _number(found)


def _meets(found: float, test: str, bound: Any) -> bool:
    match test:
        case "at_least":
            return bool(found >= bound - NEAR)
        case "more_than":
            return bool(found > bound + NEAR)
        case "at_most":
            return bool(found <= bound + NEAR)
        case "less_than":
            return bool(found < bound - NEAR)
        case "between":
            return bool(bound[0] - NEAR <= found <= bound[1] + NEAR)
        case _:
            return abs(found - float(bound)) <= NEAR


def _bound_words(test: str, bound: Any) -> str:
    if test == "between":
        return f"between {_number(bound[0])} and {_number(bound[1])}"
    return _number(bound) if test == "is" else f"{test.replace('_', ' ')} {_number(bound)}"


def _next(wanted: str | None, outcome: CaseOutcome) -> Iterator[Mismatch]:
    steps = outcome.recommendation.steps
    found = steps[0].action.id if steps else None
    if found != wanted:
        yield ("next",), wanted or "no step", found or "no step"


def _actions(wanted: Mapping[str, list[str]], outcome: CaseOutcome) -> Iterator[Mismatch]:
    steps = [step.action.id for step in outcome.recommendation.steps]
    for key, ids in wanted.items():
        for index, id in enumerate(ids):
            if (id in steps) != (key == "include"):
                words = f"`{id}` is recommended" if key == "include" else f"`{id}` is not"
                yield ("actions", key, index), words, _listed(steps)


def _held_back(wanted: Mapping[str, list[str]], outcome: CaseOutcome) -> Iterator[Mismatch]:
    held = {item.step.action.id: item.guards for item in outcome.recommendation.held_back}
    for id, guards in wanted.items():
        found = [guard.id for guard in held.get(id, ())]
        if set(found) != set(guards):
            yield ("held_back", id), _listed(guards), _listed(found)


def _due(wanted: int | None, outcome: CaseOutcome) -> Iterator[Mismatch]:
    steps = outcome.recommendation.steps
    if not steps or steps[0].due_at != wanted:
        found = _instant(steps[0].due_at) if steps else "no step"
        yield ("due",), _instant(wanted), found


def _goes_dark_at(wanted: int | None, outcome: CaseOutcome) -> Iterator[Mismatch]:
    found = outcome.recommendation.goes_dark_at
    if found != wanted:
        yield ("goes_dark_at",), _instant(wanted), _instant(found)


COMPARISONS: dict[str, Callable[[Any, CaseOutcome], Iterator[Mismatch]]] = {
    "state": _state,
    "dark": _dark,
    "signals": _signals,
    "causes": _causes,
    "next": _next,
    "actions": _actions,
    "held_back": _held_back,
    "due": _due,
    "goes_dark_at": _goes_dark_at,
}
"""What compares each key of `expect`."""


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(ids) or "none"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _instant(value: int | None) -> str:
    return "no date" if value is None else iso(value)
