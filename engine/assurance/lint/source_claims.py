"""Checks of where rules say they come from."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.target import LintTarget
from engine.language.model import Action, Cause, Evidence, Guard, Playbook, Signal, Threshold
from engine.language.problem import Problem
from engine.language.yaml.document import KeyPath

Claim = Threshold | Signal | Cause | Evidence | Action | Guard


def basis_without_source(effective: LintTarget) -> Iterator[Problem]:
    """A rule that is said to come from a source and names none."""
    for place, claim in _claims(effective.playbook):
        if claim.basis == "source" and claim.source is None:
            yield Problem(
                effective.value(*place, "basis"),
                "basis-without-source",
                f"`{claim.id}` comes from a source but does not say which",
                "add `source:` with one of the ids under `sources`, or write `basis: ours`",
                severity="warning",
            )


def _claims(playbook: Playbook) -> Iterator[tuple[KeyPath, Claim]]:
    yield from ((("dark", id), rule) for id, rule in playbook.thresholds.items())
    yield from ((("signals", id), rule) for id, rule in playbook.signals.items())
    for id, cause in playbook.causes.items():
        yield ("causes", id), cause
        yield from ((("causes", id, "evidence", item.id), item) for item in cause.evidence)
    yield from ((("actions", id), rule) for id, rule in playbook.actions.items())
    yield from ((("guards", id), rule) for id, rule in playbook.guards.items())
