"""Compose the page on a playbook: when silence counts, what it may mean, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.language.conditions import Condition
from engine.language.model import Action, Cause, Guard, Playbook, Signal, Threshold
from engine.reports.handbook.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Strong,
    TableCell,
    joined,
    table_rows,
    text_cell,
    titled,
)
from engine.reports.handbook.condition_words import ALWAYS, ConditionWords
from engine.reports.handbook.reference_sections import ReferenceSections
from engine.reports.handbook.scope import HandbookScope
from engine.reports.terminal.phrases import evidence_words, plain

OUTLOOK = {"recoverable": "can be won back", "lost": "is lost"}
_KINDS = {"internal": "ours to do", "stop": "end it"}


def handbook(scope: HandbookScope) -> list[Block]:
    """Return the blocks of the page on the part of a playbook that is in ``scope``."""
    assert scope.loaded.playbook is not None
    return list(HandbookWriter(scope.loaded.playbook, scope).blocks())


class HandbookWriter:
    """Compose the page on one playbook, section by section."""

    def __init__(self, playbook: Playbook, scope: HandbookScope) -> None:
        self._playbook = playbook
        self._scope = scope
        self._words = ConditionWords(playbook)

    def blocks(self) -> Iterator[Block]:
        """Yield the whole page."""
        playbook, setting = self._playbook, ReferenceSections(self._playbook, self._scope)
        yield Heading(1, playbook.title or playbook.id)
        yield from (Paragraph(text_cell(each)) for each in [playbook.description] if each)
        if self._scope.base_playbooks:
            others = " and ".join(self._scope.base_playbooks)
            yield Paragraph(
                text_cell(f"It builds on {others}. This page lists only what it adds or changes.")
            )
        if playbook.owner:
            yield Paragraph(text_cell(f"Ask {playbook.owner} about it."))
        for title, blocks in (
            ("When silence counts", self._thresholds()),
            ("Early warnings", self._signals()),
            ("Why they may be silent", self._causes()),
            ("What helps against what", self._answers()),
            ("What to do next", self._actions()),
            ("What must not be done", self._guards()),
            ("When to try again", setting.cadence()),
            ("When business is open", setting.hours()),
            ("What to ask them", setting.questions()),
            ("What the words mean", setting.vocabulary()),
            ("What is turned off", setting.removed()),
            ("Where it comes from", setting.sources()),
        ):
            section = list(blocks)
            if section:
                yield Heading(2, title)
                yield from section

    def _thresholds(self) -> Iterator[Block]:
        entries = self._scope.of("dark", self._playbook.thresholds)
        rows = [
            (
                (Strong(_capital(each.title), f"dark.{each.id}"),),
                text_cell(_for_whom(self._words.describe(each.when))),
                text_cell(str(each.silent_for)),
                text_cell("" if each.since == "silent_since" else plain(each.since)),
                self._why(each),
            )
            for each in entries
        ]
        yield from table_rows(("Rule", "For whom", "Silent for", "Not before", "Why"), rows)

    def _signals(self) -> Iterator[Block]:
        rows = [
            (
                (Strong(each.title, f"signals.{each.id}"),),
                text_cell(self._words.describe(each.when)),
                text_cell(
                    "; ".join(
                        dict.fromkeys(self._playbook.actions[id].title for id in each.prevent)
                    )
                ),
                self._why(each),
            )
            for each in self._scope.of("signals", self._playbook.signals)
        ]
        yield from table_rows(("Warning", "Seen when", "Then", "Why"), rows)

    def _causes(self) -> Iterator[Block]:
        causes = self._scope.of("causes", self._playbook.causes)
        if not causes:
            return
        level = f"{self._playbook.diagnosed_at:.0%}"
        yield Paragraph(
            text_cell(
                "Each reason has signs that speak for it (+) or against it (-). Together they give "
                f"how likely it is; from {level} on it counts."
            )
        )
        narrowed: dict[str, list[Cause]] = {}
        for cause in causes:
            items = [
                item
                for item in cause.evidence
                if self._scope.has("causes", cause.id, "evidence", item.id)
            ]
            if self._scope.base_playbooks and cause.when is not None and not items:
                narrowed.setdefault(self._words.describe(cause.when), []).append(cause)
                continue
            yield Heading(3, cause.title, f"causes.{cause.id}")
            yield Paragraph(self._about(cause))
            if items:
                yield Bullets(tuple(self._sign(*evidence_words(item), item.when) for item in items))
        for when, few in narrowed.items():
            titles: list[TableCell] = [(Strong(each.title, f"causes.{each.id}"),) for each in few]
            yield Paragraph((f"Looked at only when {when}: ", *joined(titles, "; "), "."))

    def _sign(self, weight: str, because: str, when: Condition) -> TableCell:
        words = self._words.describe(when)
        return (Strong(weight), f" {because}: {words}")

    def _about(self, cause: Cause) -> TableCell:
        parts = [text_cell(f"Such a deal {OUTLOOK[cause.outlook]}.")]
        if cause.ours:
            parts.append(text_cell("It is ours to fix."))
        if cause.when is not None:
            parts.append(text_cell(f"Looked at when {self._words.describe(cause.when)}."))
        return joined([*parts, self._why(cause)], " ")

    def _answers(self) -> Iterator[Block]:
        """Yield for each cause the actions that are for it, the most valuable first."""
        rows = []
        for cause in self._playbook.causes.values():
            fits = [
                (each.score * each.fits[cause.id], each)
                for each in self._playbook.actions.values()
                if cause.id in each.fits
                and (self._scope.has("actions", each.id) or self._scope.has("causes", cause.id))
            ]
            ranked = sorted(fits, key=lambda fit: -fit[0])
            if ranked:
                worths: dict[str, float] = {}
                for worth, each in ranked:
                    worths.setdefault(each.title, worth)
                steps = [text_cell(f"{title} ({worth:.2f})") for title, worth in worths.items()]
                rows.append((text_cell(cause.title), joined(steps, "; ")))
        if rows:
            yield Paragraph(("The number is what a step is worth if the reason is certain.",))
        yield from table_rows(("Reason", "What to do about it"), rows)

    def _actions(self) -> Iterator[Block]:
        """Yield a row for each action; those with the same title, kind and channel share one."""
        ways: dict[tuple[str, str, str | None], list[Action]] = {}
        for each in self._scope.of("actions", self._playbook.actions):
            ways.setdefault((each.title, each.kind, each.channel), []).append(each)
        rows = [
            (
                (Strong(few[0].title, f"actions.{few[0].id}"),),
                text_cell(_KINDS.get(few[0].kind) or plain(few[0].channel or "")),
                text_cell(self._when(few)),
                text_cell(_from_to([each.score for each in few])),
                text_cell(" or ".join(dict.fromkeys(map(self._words.due, few)))),
                self._why(few[0]),
            )
            for few in ways.values()
        ]
        yield from table_rows(("Step", "By", "When", "Worth", "Due", "Why"), rows)

    def _when(self, actions: Sequence[Action]) -> str:
        """Describe when one of ``actions`` applies; conditions they share appear once."""
        words = self._words.either([action.when for action in actions])
        causes = dict.fromkeys(cause for action in actions for cause in action.fits)
        if not all(action.fits for action in actions) or not causes:
            return words
        titles = " or ".join(f"“{self._playbook.causes[id].title}”" for id in causes)
        because = f"because of {titles}"
        return because if words == ALWAYS else f"{words}, {because}"

    def _guards(self) -> Iterator[Block]:
        rows = [
            (
                text_cell(_capital(self._words.blocked(each))),
                text_cell(self._words.held_back(each)),
                self._why(each),
            )
            for each in self._scope.of("guards", self._playbook.guards)
        ]
        yield from table_rows(("Held back", "When", "Why"), rows)

    def _why(self, rule: Threshold | Signal | Cause | Action | Guard) -> TableCell:
        """Return the reason for a rule, with its source if somebody else states it."""
        because = f"{rule.because.rstrip('.')}." if rule.because else ""
        source = self._playbook.sources.get(rule.source or "")
        if source is None or rule.basis != "source":
            return text_cell(because)
        return (f"{because} Source: ".lstrip(), *titled(source.title, source.url))


def _for_whom(words: str) -> str:
    return "everybody" if words == ALWAYS else words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _from_to(scores: Sequence[float]) -> str:
    low, high = f"{min(scores):.2f}", f"{max(scores):.2f}"
    return low if low == high else f"{low} to {high}"
