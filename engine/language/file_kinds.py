"""The names of the files beside a playbook, and how a file of each kind begins."""

from __future__ import annotations

from pathlib import PurePath

TRACEABILITY = ("traceability.yaml", "traceability.yml")
TEST_SUFFIXES = (".test.yaml", ".test.yml")


def first_line(name: str) -> str:
    """Return a first line for an empty file called ``name``, by its kind."""
    own = PurePath(name).name
    if own in TRACEABILITY:
        return "version: 1"
    return "playbook: my-playbook.yaml" if own.endswith(TEST_SUFFIXES) else "playbook: my-playbook"
