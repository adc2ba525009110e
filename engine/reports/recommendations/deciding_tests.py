"""Format the comparisons behind a conclusion as items with a tick, cross or question mark."""

from __future__ import annotations

from engine.advice.advisor import Evaluation
from engine.advice.reasons import Reason, deciding_comparisons
from engine.language.conditions import All, AnyOf, Condition, Known, Not, Unless
from engine.reports.terminal.page import Page

MAX_DEPTH = 6
"""Levels of derived facts that are followed; a deeper page would not be read."""


class DecidingComparisons:
    """Write reasons on a page, on which the definition of each derived fact appears once."""

    def __init__(self, evaluation: Evaluation, page: Page) -> None:
        self._evaluation = evaluation
        self._explainer = evaluation.explainer
        self._page = page
        self._followed: set[tuple[str, bool]] = set()

    def true_ones(self, condition: Condition, indent: int, depth: int = 0) -> None:
        """Write the comparisons that make a condition true; nothing if it is not true.

        Args:
            condition: The condition.
            indent: In columns.
            depth: Levels of derived facts above it.
        """
        for reason in deciding_comparisons(self._explainer.condition(condition)):
            self._page.item(self._page.style.tick(True), reason.found, indent=indent)
            below = self._derivation(reason)
            if below is not None and reason.truth is True and depth < MAX_DEPTH:
                self.true_ones(below, indent + 2, depth + 1)

    def all_tests(self, condition: Condition, indent: int, depth: int = 0) -> None:
        """Write every comparison of a condition: what was found, and what was needed.

        Args:
            condition: The condition.
            indent: In columns.
            depth: Levels of derived facts and combinations above it.
        """
        self._write(self._explainer.condition(condition), indent, depth)

    def _write(self, reason: Reason, indent: int, depth: int) -> None:
        page, mark = self._page, self._page.style.tick(reason.truth)
        if not reason.parts:
            words = f"{reason.found}; needed: {reason.needed}" if reason.found else reason.needed
            page.item(mark, words, indent=indent)
            below = self._derivation(reason)
            if below is not None and depth < MAX_DEPTH:
                self.all_tests(below, indent + 2, depth + 1)
            return
        if not isinstance(reason.condition, All) or depth:
            page.item(mark, f"{reason.needed}:", indent=indent)
            indent += 2
        for part in reason.parts:
            self._write(part, indent, depth + 1)

    def _derivation(self, reason: Reason) -> Condition | None:
        """Return the definition of the derived fact that ``reason`` tests.

        None if it is on the page already, or if the fact was given instead of derived.
        """
        whole = reason.condition
        test = whole.part if isinstance(whole, Not | Unless) else whole
        if isinstance(test, All | AnyOf | Not | Unless | Known) or test.subject.kind != "fact":
            return None
        if test.subject.id in self._evaluation.context.facts:
            return None
        fact = self._evaluation.playbook.facts.get(test.subject.id)
        seen = test.subject.id, reason.truth is True
        if fact is None or seen in self._followed:
            return None
        self._followed.add(seen)
        return fact.when
