"""Tell whether a playbook has test cases of its own."""

from __future__ import annotations

from pathlib import Path

from engine.language.file_kinds import TEST_SUFFIXES
from engine.language.files.resolve import find_playbook
from engine.language.yaml.reader import is_file, read_source, resolve_links


def tested_beside(path: Path) -> bool:
    """Return whether the playbook at ``path`` has a test file of its name beside it."""
    return any(
        resolve_links(tested) == resolve_links(path)
        for suffix in TEST_SUFFIXES
        if (tested := _playbook_of(path.with_suffix(suffix))) is not None
    )


def _playbook_of(test: Path) -> Path | None:
    """Return the playbook that the test file names; None if there is no such test or playbook."""
    # Not by its name alone: a file of this name that tests another playbook tests nothing here.
    document = read_source(test, str(test))[0] if is_file(test) else None
    data = None if document is None else document.data
    wanted = data.get("playbook") if isinstance(data, dict) else None
    found = find_playbook(wanted, test, str(test)) if isinstance(wanted, str) else None
    return None if found is None else found[0]
