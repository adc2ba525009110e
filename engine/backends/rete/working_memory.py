"""The working memory of one evaluation: what the matched rules have concluded so far."""

from __future__ import annotations

from engine.backends.rete.rules_to_rete import Conclusion, IsFalse
from engine.language.conditions import Ref, Value
from engine.language.model import Cause, Evidence, Playbook
from engine.language.walk import EvidenceId, RuleId
from engine.semantics.evaluate_conditions import Kleene
from engine.semantics.evaluate_rules import ForwardChaining
from engine.semantics.firings import Context


class WorkingMemory(ForwardChaining):
    """Forward chaining in which a rule fires if its conclusion is in ``fired``.

    Conclusions are added to ``fired`` before the layer of a name is concluded. Evidence is weighed
    and causes are diagnosed by the code of the definition.
    """

    def __init__(self, playbook: Playbook, context: Context) -> None:
        super().__init__(playbook, context, {})
        self.fired: set[Conclusion] = set()

    def value_of(self, ref: Ref) -> Value | None:
        """Return the value of a fact or conclusion, None if it is unknown or not concluded yet."""
        try:
            return super().value_of(ref)
        except KeyError:
            return None

    def fires(self, name: RuleId) -> bool:
        """Return whether a rule that concludes ``name`` was matched."""
        return name in self.fired

    def speaks(self, cause: Cause, item: Evidence) -> bool:
        """Return whether a rule that concludes ``item``, evidence of ``cause``, was matched."""
        return EvidenceId(cause.id, item.id) in self.fired

    def derive(self, name: RuleId) -> Kleene:
        """Return the truth of a derived fact, None if no rule concluded it either way."""
        if name in self.fired:
            return True
        return False if IsFalse(name) in self.fired else None

    def passed(self, name: RuleId) -> bool:
        """Return whether a rule that concludes ``name`` was matched: it compares silence too."""
        return name in self.fired
