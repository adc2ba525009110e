"""Local variables of compiled code are for names that a playbook has, and for no others."""

from __future__ import annotations

import pytest

from engine.backends.compiled.compile_conditions import ConditionCompiler
from engine.language.walk import DARK, RuleId

STAGE = RuleId("facts", "stage")


def test_each_name_has_a_local_variable_of_its_own() -> None:
    compiler = ConditionCompiler(28_800, [STAGE, DARK])
    assert compiler.local(STAGE) == compiler.local(STAGE)
    assert len({compiler.local(STAGE), compiler.local(DARK), compiler.declare(DARK, "when")}) == 3
    assert compiler.local(DARK, "when") == compiler.declare(DARK, "when")


def test_a_name_that_the_playbook_does_not_have_is_an_error() -> None:
    compiler = ConditionCompiler(28_800, [STAGE])
    unknown = RuleId("facts", "no_such")
    with pytest.raises(KeyError):
        compiler.local(unknown)
    with pytest.raises(KeyError):
        compiler.declare(unknown, "when")
    with pytest.raises(KeyError):
        compiler.local(STAGE, "when")
    assert not compiler.declared(STAGE, "when")
