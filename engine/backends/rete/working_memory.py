"""What one situation comes to, concluded layer by layer from the rules that fired."""

from __future__ import annotations

from collections.abc import Iterable

from engine.backends.rete.rules_to_rete import Conclusion
from engine.language.conditions import Ref, Value
from engine.language.model import Cause, Playbook
from engine.semantics.firings import Context, Firings


class WorkingMemory:
    """What is concluded of ``context`` so far; whoever runs the rules adds to ``fired``."""

    def __init__(self, playbook: Playbook, context: Context) -> None:
        self._playbook = playbook
        self.context = context
        self.fired: set[Conclusion] = set()
        self._concluded: dict[str, Value] = {}

    def value_of(self, subject: Ref) -> Value | None:
        """The value of a fact or conclusion, None where it is unknown or not concluded yet."""
        if subject.kind != "fact":
            return self._concluded.get(str(subject))
        known = self.context.facts.get(subject.id)
        return self._concluded.get(f"facts.{subject.id}") if known is None else known

    def conclude(self, name: str) -> None:
        """Draw the conclusion called ``name``, once all rules that lead to it have been met."""
        section, _, rule = name.partition(".")
        match section:
            case "facts":
                self._derive(rule)
            case "causes":
                self._concluded[name] = self._confidence(self._playbook.causes[rule])
            case "dark" if not rule:
                self._concluded[name] = bool(self._ids("dark", self._playbook.thresholds))
            case "cause_known":
                self._concluded[name] = bool(self._diagnosed())
            case _:
                self._concluded[name] = name in self.fired

    def _derive(self, fact: str) -> None:
        name = f"facts.{fact}"
        if fact not in self.context.facts and {name, f"not {name}"} & self.fired:
            self._concluded[name] = name in self.fired

    def _confidence(self, cause: Cause) -> float:
        """(1 − ∏ (1 − weight)) × ∏ (1 − against) over the evidence that fired, as written."""
        doubt, trust = 1.0, 1.0
        for item in cause.evidence:
            if f"causes.{cause.id}.{item.id}" in self.fired:
                doubt *= 1.0 - (item.weight or 0.0)
                trust *= 1.0 - (item.against or 0.0)
        return (1.0 - doubt) * trust

    def _considered(self) -> tuple[str, ...]:
        return self._ids("causes", self._playbook.causes)

    def _diagnosed(self) -> tuple[str, ...]:
        level = self._playbook.diagnosed_at
        return tuple(
            id for id in self._considered() if float(self._concluded[f"causes.{id}"]) >= level
        )

    def firings(self) -> Firings:
        """All conclusions, once every one is drawn."""
        playbook, concluded = self._playbook, self._concluded
        names = {id: f"facts.{id}" for id in playbook.facts}
        return Firings(
            derived={id: bool(concluded[name]) for id, name in names.items() if name in concluded},
            thresholds=self._ids("dark", playbook.thresholds),
            signals=self._ids("signals", playbook.signals),
            evidence={
                id: self._ids(f"causes.{id}", [item.id for item in playbook.causes[id].evidence])
                for id in self._considered()
            },
            confidence={id: float(concluded[f"causes.{id}"]) for id in playbook.causes},
            diagnosed=self._diagnosed(),
            wanted=self._ids("actions", playbook.actions),
            guards=tuple(
                guard.id
                for guard in playbook.guards.values()
                if (f"guards.{guard.id}" in self.fired) != guard.unless
            ),
        )

    def _ids(self, section: str, rules: Iterable[str]) -> tuple[str, ...]:
        return tuple(id for id in rules if f"{section}.{id}" in self.fired)
