"""What the forward-chaining peers share: rules without `or`, told in two turns.

First the fields of the prospect: the engine fires whatever follows, conclusions included. None of
these engines can multiply confidences out of evidence, so that is done in Python between the
turns; then the confidences are told, with what only the caller knows: that nothing made them dark,
and whether a cause is known. Both halves are counted in a peer's time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bench.answers import Answer, Facts, Judge
from bench.peers.spelled import Test, Weighing, alternatives, conclusions, fields
from engine.language.conditions import Value
from engine.language.model import Playbook


@dataclass(frozen=True)
class Rule:
    """Where the prospect passes ``first``, its weighing passes ``second``, and all of ``needs``
    have been concluded, ``conclusion`` is. A conclusion may have several rules.
    """

    name: str
    conclusion: str
    first: tuple[Test, ...]
    second: tuple[Test, ...]
    needs: tuple[str, ...]


class Network(Protocol):
    """An engine with the rules in it, and one prospect at a time."""

    def tell(self, kind: str, told: Mapping[str, Value], fired: set[str]) -> None:
        """Assert a fact of ``kind`` (`prospect`, `weighed`); adds what it leads to to ``fired``."""

    def forget(self) -> None:
        """Forget the prospect."""


def rules_of(playbook: Playbook) -> Iterator[Rule]:
    """The rules of ``playbook`` for such an engine."""
    found = list(conclusions(playbook))
    own = {name for name, _ in found}
    for conclusion, tree in found:
        for number, tests in enumerate(alternatives(tree)):
            needs = tuple(test.field for test in tests if test.field in own and test.value is True)
            rest = [test for test in tests if test.field not in needs]
            second = tuple(test for test in rest if _weighed(playbook, test.field))
            first = tuple(test for test in rest if test not in second)
            yield Rule(f"{conclusion}_{number}", conclusion, first, second, needs)


def _weighed(playbook: Playbook, field: str) -> bool:
    return field in {"dark", "cause_known"} or field.removeprefix("causes_") in playbook.causes


def judge_with(playbook: Playbook, network: Network) -> Judge:
    """Judges by ``network``."""
    weighing = Weighing(playbook)
    nothing = {f"causes_{cause}": 0.0 for cause in playbook.causes}

    def judge(facts: Facts, now: int) -> Answer:
        fired: set[str] = set()
        network.tell("prospect", fields(playbook, facts, now), fired)
        causes = weighing.causes(fired)
        known = {f"causes_{cause}": value for cause, value in causes.items()}
        told = {**nothing, **known, "dark": "dark" in fired, "cause_known": weighing.known(causes)}
        network.tell("weighed", told, fired)
        network.forget()
        return weighing.answer(facts, fired, causes)

    return judge
