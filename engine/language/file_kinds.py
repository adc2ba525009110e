"""Name the files beside a playbook, and say how each kind of them begins."""

from __future__ import annotations

from pathlib import PurePath

TRACEABILITY = ("traceability.yaml", "traceability.yml")
TEST_SUFFIXES = (".test.yaml", ".test.yml")


def first_line(name: str) -> str:
    """Return what a file called ``name`` may begin with."""
    own = PurePath(name).name
    if own in TRACEABILITY:
        return "version: 1"
    return "playbook: my-playbook.yaml" if own.endswith(TEST_SUFFIXES) else "playbook: my-playbook"
