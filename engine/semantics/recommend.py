"""One prospect's recommendation: state, diagnosis and next steps, derived from the firings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Playbook, Signal, Threshold
from engine.semantics.evaluate_conditions import evaluate
from engine.semantics.firings import Context, Firings, value_in
from engine.semantics.ranking import BlockedAction, Step, rank
from engine.semantics.schedule import threshold_passes_at

State = Literal["dark", "closed", "unclear", "waiting", "our_turn", "untouched"]


_STANDING: tuple[Literal["closed", "unclear"], ...] = ("closed", "unclear")
"""States that are facts: the first that is true is the state of a prospect who is not dark."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause with a confidence above 0 (up to 1), and its evidence that fired.

    The confidence may be below the level from which a cause counts as diagnosed.
    """

    cause: Cause
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SilenceSoFar:
    """How long the prospect has been silent.

    ``since`` is an instant in seconds since 1970 UTC, ``elapsed`` and ``open`` are lengths in
    seconds, ``open`` of business time.
    """

    since: int
    elapsed: int
    open: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The result for one prospect at the instant ``now`` (seconds since 1970 UTC).

    ``prospect`` is its id and ``zone`` the IANA zone of its opening hours. ``causes`` are those
    with a confidence above 0, likeliest first. ``facts`` maps the id of every known fact, derived
    ones included, to its value. ``goes_dark_at`` is set only in the state `waiting`.
    """

    prospect: str
    now: int
    zone: str
    state: State
    silence: SilenceSoFar | None
    goes_dark_at: int | None
    thresholds: tuple[Threshold, ...]
    signals: tuple[Signal, ...]
    causes: tuple[Diagnosis, ...]
    cause_known: bool
    steps: tuple[Step, ...]
    held_back: tuple[BlockedAction, ...]
    facts: Mapping[str, Value]


def recommend(
    playbook: Playbook, prospect: str, context: Context, firings: Firings
) -> Recommendation:
    """Return the recommendation that follows from the firings of one prospect.

    Args:
        playbook: The playbook that was evaluated.
        prospect: The id of the prospect.
        context: What is known of the prospect.
        firings: The result of an evaluator for ``context``.
    """
    steps, held_back = rank(playbook, context, firings)
    state = state_of(context, firings)
    return Recommendation(
        prospect=prospect,
        now=context.now,
        zone=context.clock.zone,
        state=state,
        silence=_silence(context),
        goes_dark_at=goes_dark_at(playbook, context, firings) if state == "waiting" else None,
        thresholds=tuple(playbook.thresholds[name] for name in firings.thresholds),
        signals=tuple(playbook.signals[name] for name in firings.signals),
        causes=_diagnoses(playbook, firings),
        cause_known=bool(firings.diagnosed),
        steps=steps,
        held_back=held_back,
        facts=dict(context.facts) | dict(firings.derived),
    )


def state_of(context: Context, firings: Firings) -> State:
    """Return whose turn it is, and whether the prospect has been silent for too long.

    Of a closed deal that is not dark, and of one whose touches do not tell who spoke last, it is
    nobody's turn.
    """
    if firings.dark:
        return "dark"
    for state in _STANDING:
        if context.facts.get(state, firings.derived.get(state)) is True:
            return state
    if "silent_since" in context.facts:
        return "waiting"
    return "our_turn" if "last_reply_at" in context.facts else "untouched"


def _silence(context: Context) -> SilenceSoFar | None:
    since = context.facts.get("silent_since")
    if since is None:
        return None
    start, now = int(since), context.now
    return SilenceSoFar(start, now - start, context.clock.open_between(start, now))


def _diagnoses(playbook: Playbook, firings: Firings) -> tuple[Diagnosis, ...]:
    found = []
    for name, fired in firings.evidence.items():
        cause, confidence = playbook.causes[name], firings.confidence[name]
        if confidence > 0:
            evidence = tuple(item for item in cause.evidence if item.id in fired)
            found.append(Diagnosis(cause, confidence, evidence))
    return tuple(sorted(found, key=lambda item: (-item.confidence, item.cause.id)))


def goes_dark_at(playbook: Playbook, context: Context, firings: Firings) -> int | None:
    """Return the earliest instant at which a threshold would pass if nothing else changes.

    It is in seconds since 1970 UTC; None if no threshold would pass. Only thresholds whose `when`
    holds now are considered.

    Args:
        playbook: The playbook that was evaluated.
        context: What is known of the prospect.
        firings: The conclusions at this instant, which a `when` may read.
    """
    known = partial(value_in, context, firings)
    instants = [
        threshold_passes_at(threshold, context)
        for threshold in playbook.thresholds.values()
        if evaluate(threshold.when, known, context.now, context.clock) is True
    ]
    return min((instant for instant in instants if instant is not None), default=None)
