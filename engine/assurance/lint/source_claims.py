"""Check the sources that rules name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.language.problem import Problem
from engine.language.walk import claims


def basis_without_source(target: LintTarget) -> Iterator[Problem]:
    """Report each rule that has `basis: source` but names no source."""
    for place, claim in claims(target.playbook):
        if claim.basis == "source" and claim.source is None and not target.damage.of(*place):
            yield Problem(
                target.value(*place, "basis"),
                "basis-without-source",
                f"`{claim.id}` comes from a source but does not say which",
                "add `source:` with one of the ids under `sources`, or write `basis: ours`",
                severity="warning",
            )
