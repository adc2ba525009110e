"""Compose the page on a playbook: when silence counts, what it may mean, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.language.conditions import Condition
from engine.language.model import Action, Cause, Guard, Playbook, Signal, Threshold
from engine.reports.handbook import blocks as b
from engine.reports.handbook.condition_words import ALWAYS, ConditionWords
from engine.reports.handbook.reference_sections import ReferenceSections
from engine.reports.handbook.scope import HandbookScope
from engine.reports.terminal.phrases import evidence_words, plain

OUTLOOK = {"recoverable": "can be won back", "lost": "is lost"}
_KINDS = {"internal": "ours to do", "stop": "end it"}


def handbook(scope: HandbookScope) -> list[b.Block]:
    """Return the blocks of the page on the part of a playbook that is in ``scope``."""
    assert scope.loaded.playbook is not None
    return list(HandbookWriter(scope.loaded.playbook, scope).blocks())


class HandbookWriter:
    """Compose the page on one playbook, section by section."""

    def __init__(self, playbook: Playbook, scope: HandbookScope) -> None:
        self._playbook = playbook
        self._scope = scope
        self._words = ConditionWords(playbook)

    def blocks(self) -> Iterator[b.Block]:
        """Yield the whole page."""
        playbook, setting = self._playbook, ReferenceSections(self._playbook, self._scope)
        yield b.Heading(1, playbook.title or playbook.id)
        yield from (b.Paragraph(b.text_cell(each)) for each in [playbook.description] if each)
        if self._scope.base_playbooks:
            others = " and ".join(self._scope.base_playbooks)
            yield b.Paragraph(
                b.text_cell(f"It builds on {others}. This page lists only what it adds or changes.")
            )
        if playbook.owner:
            yield b.Paragraph(b.text_cell(f"Ask {playbook.owner} about it."))
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
                yield b.Heading(2, title)
                yield from section

    def _thresholds(self) -> Iterator[b.Block]:
        entries = self._scope.of("dark", self._playbook.thresholds)
        rows = [
            (
                (b.Strong(_capital(each.title), f"dark.{each.id}"),),
                b.text_cell(_for_whom(self._words.describe(each.shown))),
                b.text_cell(str(each.silent_for)),
                b.text_cell("" if each.since == "silent_since" else plain(each.since)),
                self._why(each),
            )
            for each in entries
        ]
        yield from b.table_rows(("Rule", "For whom", "Silent for", "Not before", "Why"), rows)

    def _signals(self) -> Iterator[b.Block]:
        rows = [
            (
                (b.Strong(each.title, f"signals.{each.id}"),),
                b.text_cell(self._words.describe(each.when)),
                b.text_cell(
                    "; ".join(
                        dict.fromkeys(self._playbook.actions[id].title for id in each.prevent)
                    )
                ),
                self._why(each),
            )
            for each in self._scope.of("signals", self._playbook.signals)
        ]
        yield from b.table_rows(("Warning", "Seen when", "Then", "Why"), rows)

    def _causes(self) -> Iterator[b.Block]:
        causes = self._scope.of("causes", self._playbook.causes)
        if not causes:
            return
        level = f"{self._playbook.diagnosed_at:.0%}"
        yield b.Paragraph(
            b.text_cell(
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
            yield b.Heading(3, cause.title, f"causes.{cause.id}")
            yield b.Paragraph(self._about(cause))
            if items:
                yield b.Bullets(
                    tuple(self._sign(*evidence_words(item), item.when) for item in items)
                )
        for when, few in narrowed.items():
            titles: list[b.TableCell] = [
                (b.Strong(each.title, f"causes.{each.id}"),) for each in few
            ]
            yield b.Paragraph((f"Looked at only when {when}: ", *b.joined(titles, "; "), "."))

    def _sign(self, weight: str, because: str, when: Condition) -> b.TableCell:
        words = self._words.describe(when)
        return (b.Strong(weight), f" {because}: {words}")

    def _about(self, cause: Cause) -> b.TableCell:
        parts = [b.text_cell(f"Such a deal {OUTLOOK[cause.outlook]}.")]
        if cause.ours:
            parts.append(b.text_cell("It is ours to fix."))
        if cause.when is not None:
            parts.append(b.text_cell(f"Looked at when {self._words.describe(cause.when)}."))
        return b.joined([*parts, self._why(cause)], " ")

    def _answers(self) -> Iterator[b.Block]:
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
                steps = [b.text_cell(f"{title} ({worth:.2f})") for title, worth in worths.items()]
                rows.append((b.text_cell(cause.title), b.joined(steps, "; ")))
        if rows:
            yield b.Paragraph(("The number is what a step is worth if the reason is certain.",))
        yield from b.table_rows(("Reason", "What to do about it"), rows)

    def _actions(self) -> Iterator[b.Block]:
        """Yield a row for each action; those with the same title, kind and channel share one."""
        ways: dict[tuple[str, str, str | None], list[Action]] = {}
        for each in self._scope.of("actions", self._playbook.actions):
            ways.setdefault((each.title, each.kind, each.channel), []).append(each)
        rows = [
            (
                (b.Strong(few[0].title, f"actions.{few[0].id}"),),
                b.text_cell(_KINDS.get(few[0].kind) or plain(few[0].channel or "")),
                b.text_cell(self._when(few)),
                b.text_cell(_from_to([each.score for each in few])),
                b.text_cell(" or ".join(dict.fromkeys(map(self._words.due, few)))),
                self._why(few[0]),
            )
            for few in ways.values()
        ]
        yield from b.table_rows(("Step", "By", "When", "Worth", "Due", "Why"), rows)

    def _when(self, actions: Sequence[Action]) -> str:
        """Describe when one of ``actions`` applies; conditions they share appear once."""
        words = self._words.either([action.when for action in actions])
        causes = dict.fromkeys(cause for action in actions for cause in action.fits)
        if not all(action.fits for action in actions) or not causes:
            return words
        titles = " or ".join(f"“{self._playbook.causes[id].title}”" for id in causes)
        because = f"because of {titles}"
        return because if words == ALWAYS else f"{words}, {because}"

    def _guards(self) -> Iterator[b.Block]:
        rows = [
            (
                b.text_cell(_capital(self._words.blocked(each))),
                b.text_cell(self._words.held_back(each)),
                self._why(each),
            )
            for each in self._scope.of("guards", self._playbook.guards)
        ]
        yield from b.table_rows(("Held back", "When", "Why"), rows)

    def _why(self, rule: Threshold | Signal | Cause | Action | Guard) -> b.TableCell:
        """Return the reason for a rule, with its source if somebody else states it."""
        because = f"{rule.because.rstrip('.')}." if rule.because else ""
        source = self._playbook.sources.get(rule.source or "")
        if source is None or rule.basis != "source":
            return b.text_cell(because)
        return (f"{because} Source: ".lstrip(), *b.titled(source.title, source.url))


def _for_whom(words: str) -> str:
    return "everybody" if words == ALWAYS else words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _from_to(scores: Sequence[float]) -> str:
    low, high = f"{min(scores):.2f}", f"{max(scores):.2f}"
    return low if low == high else f"{low} to {high}"
