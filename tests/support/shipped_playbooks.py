"""The shipped playbooks, read once a process; nobody changes a playbook."""

from __future__ import annotations

from functools import cache

from engine.language.load import load
from engine.language.model import Playbook
from engine.language.shipped import shipped

NO_PLAYBOOKS = {"traceability"}
"""Files of `rules/` that say something about playbooks and are none."""


def shipped_names() -> list[str]:
    """The names of all shipped playbooks, sorted."""
    names = [path.name.removesuffix(".yaml") for path in shipped("rules").glob("*.yaml")]
    return sorted(name for name in names if not name.endswith(".test") and name not in NO_PLAYBOOKS)


@cache
def shipped_playbook(name: str) -> Playbook:
    """The playbook in `rules/`, which has no errors."""
    playbook = load(shipped("rules", f"{name}.yaml")).playbook
    assert playbook is not None, name
    return playbook
