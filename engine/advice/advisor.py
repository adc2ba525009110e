"""Advise on prospects: measure, evaluate the rules, and recommend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from engine.advice.reasons import Explainer
from engine.backends.registry import BatchEvaluator, EvaluatorName, create_evaluator, firings_of
from engine.book.calendar.business_clock import Clock
from engine.book.calendar.calendar import Calendars
from engine.book.prospect import Prospect
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.semantics.evaluate_measures import Measures
from engine.semantics.firings import Context, Firings
from engine.semantics.recommend import Recommendation, recommend

if TYPE_CHECKING:
    from engine.backends.compiled.compile_measures import CompiledMeasures

MAX_BATCH = 2_000
"""Prospects that are evaluated in one run, if the evaluator takes batches."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One prospect at one instant: what is known, which rules fire, and what is recommended."""

    playbook: Playbook
    prospect: Prospect
    context: Context
    firings: Firings
    recommendation: Recommendation

    @property
    def explainer(self) -> Explainer:
        """What explains the firings from the facts, whichever evaluator found them."""
        return Explainer(self.playbook, self.context, self.firings)


class Advisor:
    """Advise on any number of prospects by one playbook.

    Args:
        playbook: What to evaluate.
        engine: Which evaluator to use.
        batch: Whether to expect more than a few prospects.

    Raises:
        EvaluatorUnavailable: The evaluator cannot run here.
    """

    def __init__(
        self, playbook: Playbook, engine: EvaluatorName = "auto", *, batch: bool = False
    ) -> None:
        self.playbook = playbook
        self._evaluator = create_evaluator(engine, playbook, batch=batch)
        self._calendars = Calendars(playbook.calendar)
        self._measures = _measures(playbook, self._evaluator.name)

    @property
    def engine(self) -> str:
        """The evaluator in use."""
        return self._evaluator.name

    def clock(self, facts: Mapping[str, Value]) -> Clock:
        """Return the clock of a prospect with the known given ``facts``: its region and zone."""
        return self._calendars.clock_of(facts)

    def context(self, prospect: Prospect, now: int) -> Context:
        """Return what is known of ``prospect`` at ``now`` (seconds since 1970 UTC)."""
        # The clock comes first, as measures need it; so only given facts decide it.
        given = self._measures.given(prospect)
        clock = self.clock(given)
        return Context(self._measures.facts_of(prospect, given, now, clock), now, clock)

    def firings(self, context: Context) -> Firings:
        """Return which rules fire in ``context``."""
        return self._evaluator.evaluate(context)

    def evaluate_all(self, asked: Sequence[tuple[Prospect, int]]) -> list[Evaluation]:
        """Evaluate each prospect at its instant, in seconds since 1970 UTC."""
        contexts = [self.context(prospect, now) for prospect, now in asked]
        found = firings_of(self._evaluator, contexts)
        return [
            Evaluation(
                self.playbook,
                prospect,
                context,
                firings,
                recommend(self.playbook, prospect.id, context, firings),
            )
            for (prospect, _), context, firings in zip(asked, contexts, found, strict=True)
        ]

    def evaluate(self, prospect: Prospect, now: int) -> Evaluation:
        """Evaluate ``prospect`` at ``now`` (seconds since 1970 UTC)."""
        (evaluation,) = self.evaluate_all([(prospect, now)])
        return evaluation

    def recommend(self, prospect: Prospect, now: int) -> Recommendation:
        """Return the recommendation for ``prospect`` at ``now`` (seconds since 1970 UTC)."""
        return self.evaluate(prospect, now).recommendation

    def recommend_all(self, prospects: Iterable[Prospect], now: int) -> Iterator[Recommendation]:
        """Yield the recommendation for each of ``prospects``, which are not all held in memory."""
        rest = iter(prospects)
        size = MAX_BATCH if isinstance(self._evaluator, BatchEvaluator) else 1
        while batch := [(prospect, now) for prospect in islice(rest, size)]:
            for evaluation in self.evaluate_all(batch):
                yield evaluation.recommendation


def _measures(playbook: Playbook, engine: str) -> Measures | CompiledMeasures:
    """Create what measures facts; compiled if the evaluator is: to compile pays for many only."""
    if engine == "compiled":
        from engine.backends.compiled.compile_measures import CompiledMeasures

        return CompiledMeasures(playbook)
    return Measures(playbook)
