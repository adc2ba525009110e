"""Check what a case expects: whether it could fail at all, and whether it could hold at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.language.intervals import ABOVE, BELOW, Breakpoint, Range
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import Document, KeyPath

_WHOLE: tuple[Breakpoint, Breakpoint] = ((0.0, BELOW), (1.0, ABOVE))
"""Every confidence there can be."""

_RANGES: Mapping[str, Callable[[Any], Range]] = {
    "at_least": lambda bound: ((bound, BELOW), None),
    "more_than": lambda bound: ((bound, ABOVE), None),
    "at_most": lambda bound: (None, (bound, ABOVE)),
    "less_than": lambda bound: (None, (bound, BELOW)),
    "between": lambda bound: ((bound[0], BELOW), (bound[1], ABOVE)),
}

_Clash = tuple[KeyPath, KeyPath, str]
"""Two places below `expect` that contradict each other, the later one first, and why."""


def pointless(expect: Mapping[str, Any], place: KeyPath, document: Document) -> Iterator[Problem]:
    """Report expectations that hold whatever the answer is, and those that no answer meets.

    Args:
        expect: The expectations as written, valid according to the schema.
        place: Where they are in ``document``.
        document: The test file.
    """
    for cause, bounds in expect.get("causes", {}).items():
        if isinstance(bounds, Mapping):
            span = document.key_span((*place, "causes", cause))
            yield from _of_confidence(cause, bounds, span)
    for here, there, why in _clashes(expect):
        yield Problem(
            document.value_span((*place, *here)),
            "contradictory-expectations",
            why,
            "no answer can meet both: remove one of them",
            also=document.value_span((*place, *there)),
        )


def _of_confidence(cause: str, bounds: Mapping[str, Any], span: Span) -> Iterator[Problem]:
    ranges = [_RANGES[test](bound) for test, bound in bounds.items()]
    low = max([_WHOLE[0], *(low for low, _ in ranges if low is not None)])
    high = min([_WHOLE[1], *(high for _, high in ranges if high is not None)])
    if (low, high) == _WHOLE:
        message = f"this holds for every confidence in {quoted(cause)}, which is from 0 to 1"
        help = "write the least or the most confidence that you expect, such as `at_least: 0.3`"
        yield Problem(span, "always-holds", message, help)
    elif low >= high:
        message = f"no confidence in {quoted(cause)} can meet these limits"
        yield Problem(span, "contradictory-expectations", message, "check the limits")


def _clashes(expect: Mapping[str, Any]) -> Iterator[_Clash]:
    yield from _clashes_of_state(expect)
    yield from _clashes_of_steps(expect)


def _clashes_of_state(expect: Mapping[str, Any]) -> Iterator[_Clash]:
    state, dark = expect.get("state"), expect.get("dark")
    if state is not None and dark is not None and (state == "dark") != bool(dark):
        passed = "a threshold has passed" if dark else "no threshold has passed"
        yield ("dark",), ("state",), f"{passed}, but the state is `{state}`"
    if expect.get("goes_dark_at") is None:
        return
    if state not in (None, "waiting"):
        yield ("goes_dark_at",), ("state",), f"nobody in the state `{state}` goes dark later"
    elif dark:
        yield ("goes_dark_at",), ("dark",), "a threshold has passed, so it is dark already"


def _clashes_of_steps(expect: Mapping[str, Any]) -> Iterator[_Clash]:
    actions = expect.get("actions", {})
    include, exclude = actions.get("include", ()), actions.get("exclude", ())
    recommended: dict[str, KeyPath] = {
        id: ("actions", "include", index) for index, id in enumerate(include)
    }
    if expect.get("next") is not None:
        recommended.setdefault(expect["next"], ("next",))
    elif "next" in expect:
        none = "there is no step at all"
        if include:
            yield ("actions", "include"), ("next",), f"{none}, so none is recommended"
        if "due" in expect:
            yield ("due",), ("next",), f"{none}, so none is due"
    for index, id in enumerate(exclude):
        if id in recommended:
            why = f"{quoted(id)} cannot be both recommended and excluded"
            yield ("actions", "exclude", index), recommended[id], why
    for id, guards in expect.get("held_back", {}).items():
        if guards and id in recommended:
            why = f"{quoted(id)} cannot be recommended and held back"
            yield ("held_back", id), recommended[id], why
