"""Relight: playbooks for prospects who have gone dark, read, evaluated and explained.

A program that embeds it begins with `load`; see docs/embedding.md. Nothing is imported until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.advice import Advice, HeldBack, NextStep
    from engine.api.facts import InvalidFacts
    from engine.api.loaded import InvalidPlaybook, LoadedPlaybook

__all__ = [
    "Advice",
    "HeldBack",
    "InvalidFacts",
    "InvalidPlaybook",
    "LoadedPlaybook",
    "NextStep",
    "load",
]

_MODULES = {
    "Advice": "advice",
    "HeldBack": "advice",
    "InvalidFacts": "facts",
    "InvalidPlaybook": "loaded",
    "LoadedPlaybook": "loaded",
    "NextStep": "advice",
}


def load(playbook: str | Path) -> LoadedPlaybook:
    """Load the playbook in the file ``playbook``, or the shipped one of that name (`gone-dark`),
    ready to be asked about any number of prospects.

    Raises:
        FileNotFoundError: there is no such playbook.
        InvalidPlaybook: it has errors, which the message tells with file, line and column.
    """
    from engine.api.loaded import open_playbook

    return open_playbook(playbook)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"engine.api.{_MODULES[name]}"), name)
