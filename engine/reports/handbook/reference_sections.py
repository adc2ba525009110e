"""Compose the sections of a page that are not rules: dates, hours, words and sources."""

from __future__ import annotations

from collections.abc import Iterator

from engine.language.model import Fact, Playbook
from engine.reports.handbook import blocks as b
from engine.reports.handbook.calendar_words import calendar_blocks
from engine.reports.handbook.condition_words import ConditionWords
from engine.reports.handbook.scope import HandbookScope
from engine.reports.terminal.phrases import plain


class ReferenceSections:
    """Compose the sections that are not rules; a section may be empty."""

    def __init__(self, playbook: Playbook, scope: HandbookScope) -> None:
        self._playbook = playbook
        self._scope = scope
        self._words = ConditionWords(playbook)

    def cadence(self) -> Iterator[b.Block]:
        """Yield when the next touch is due."""
        if not self._scope.has("cadence") or not self._playbook.actions:
            return
        cadence = self._playbook.cadence
        start = plain(cadence.start)
        steps = tuple(
            b.text_cell(f"after {at} unanswered: {step} after {start}")
            for at, step in enumerate(cadence.steps)
        )
        yield b.Bullets(steps)
        yield b.Paragraph(
            b.text_cell(
                f"Never sooner than {cadence.gap} after {plain(cadence.gap_from)}, and only in "
                f"opening hours. After {len(cadence.steps)} there is no date."
            )
        )

    def hours(self) -> Iterator[b.Block]:
        """Yield when business is open."""
        if not self._scope.has("calendar"):
            return
        yield from calendar_blocks(self._playbook.calendar, self._words)

    def questions(self) -> Iterator[b.Block]:
        """Yield the facts that have a question."""
        facts = self._scope.of("facts", self._playbook.facts)
        rows = [(b.text_cell(plain(each.id)), b.text_cell(each.ask)) for each in facts if each.ask]
        yield from b.table_rows(("To learn", "Ask"), rows)

    def vocabulary(self) -> Iterator[b.Block]:
        """Yield every fact that has a description or is measured or derived."""
        rows = [
            (
                (b.Strong(plain(each.id), f"facts.{each.id}"),),
                b.text_cell(each.description),
                b.text_cell(self._definition(each)),
            )
            for each in self._scope.of("facts", self._playbook.facts)
            if (each.description or not each.given) and not each.hidden
        ]
        yield from b.table_rows(("Word", "Means", "Worked out from"), rows)

    def _definition(self, fact: Fact) -> str:
        if fact.when is not None:
            return self._words.describe(fact.when)
        return "" if fact.measure is None else self._words.measure(fact.measure)

    def removed(self) -> Iterator[b.Block]:
        """Yield what the file turns off."""
        items = tuple(b.text_cell(plain(" ".join(place))) for place in self._scope.removed())
        if items:
            yield b.Bullets(items)

    def sources(self) -> Iterator[b.Block]:
        """Yield the sources."""
        rows = []
        for source in self._scope.of("sources", self._playbook.sources):
            about = (source.author, source.published, source.note)
            title = b.titled(source.title, source.url)
            rows.append((*title, *b.text_cell("".join(f". {each}" for each in about if each))))
        if rows:
            yield b.Bullets(tuple(rows))
