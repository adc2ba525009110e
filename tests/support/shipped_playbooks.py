"""The shipped playbooks, read once a process; nobody changes a playbook."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from engine.language.load import load
from engine.language.model import Playbook
from engine.language.package_data import shipped

NO_PLAYBOOKS = {"traceability"}
"""Files of `rules/` that say something about playbooks and are none."""


def shipped_names() -> list[str]:
    """Return the names of all shipped playbooks, sorted."""
    names = [path.name.removesuffix(".yaml") for path in shipped("rules").glob("*.yaml")]
    return sorted(name for name in names if not name.endswith(".test") and name not in NO_PLAYBOOKS)


def all_of(names: Iterable[str]) -> list[Any]:
    """Parameters of a test for ``names`` such as `call of gone-dark`; of the other playbooks, which
    all extend that one, they are for full runs.
    """
    return [
        pytest.param(name, marks=() if name.endswith(" of gone-dark") else pytest.mark.slow)
        for name in names
    ]


@cache
def shipped_playbook(name: str) -> Playbook:
    """Load the playbook in `rules/`, which has no errors."""
    playbook = load(shipped("rules", f"{name}.yaml")).playbook
    assert playbook is not None, name
    return playbook
