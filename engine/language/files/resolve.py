"""Resolve the file a playbook names: next to it, or shipped, and within the same repository.

Links that lead out of a repository are found here, too.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.language.file_kinds import TEST_SUFFIXES, TRACEABILITY
from engine.language.package_data import shipped
from engine.language.problem import Problem, file_start
from engine.language.yaml.reader import SUFFIXES, is_file, resolve_links

_STANDARD = "standard.yaml"
"""The standard facts: part of every playbook, so that it is not suggested."""


def find_playbook(wanted: str, path: Path, name: str) -> tuple[Path, str] | None:
    """Return the file that a playbook names, and what problems call it; None if there is none.

    It is next to the naming file, else a shipped playbook. A file outside the git repository of
    the naming file is not found: a playbook may come from a stranger, and what is read can be
    printed.

    Args:
        wanted: The name as written; the suffix may be left out.
        path: The file that names it.
        name: What problems call that file.
    """
    asked = with_suffix(wanted)
    if asked.is_absolute() or "\0" in wanted:
        return None
    beside = path.parent / asked
    if is_file(beside) and not outside(beside, path):
        return beside, _name_beside(name, asked, beside)
    ours = shipped("rules") / asked.name
    return (ours, str(ours)) if str(asked) == asked.name and is_file(ours) else None


def with_suffix(wanted: str) -> Path:
    """Return ``wanted`` as a path, with `.yaml` added if it has no suffix of a YAML file."""
    return Path(wanted if wanted.endswith(SUFFIXES) else f"{wanted}.yaml")


def outside(found: Path, path: Path) -> bool:
    """Return whether ``found`` is outside the git repository that ``path`` is in, if any."""
    # Links are resolved first: one inside the repository may lead out of it.
    repository = next(
        (each for each in resolve_links(path).parents if (each / ".git").exists()), None
    )
    return repository is not None and not resolve_links(found).is_relative_to(repository)


def leads_out(path: Path) -> bool:
    """Return whether ``path`` is in a git repository and leads out of it by a link.

    Whoever sends a pull request chooses the links in it, but must not choose which other files of
    the machine are printed or overwritten.
    """
    written = path.absolute()
    real = resolve_links(written)
    if real == written:
        return False
    repository = next((each for each in written.parents if (each / ".git").exists()), None)
    return repository is not None and not real.is_relative_to(resolve_links(repository))


def link_problem(path: Path, name: str) -> Problem | None:
    """Return the problem of a file that must not be read because it `leads_out`, if it does."""
    if not leads_out(path):
        return None
    message = f"`{name}` is a link that leads out of the git repository"
    return Problem(
        file_start(name), "unreadable-file", message, "copy the file into the repository"
    )


def _name_beside(name: str, asked: Path, beside: Path) -> str:
    """Return what problems call the file at ``beside``: its path from the author's own folder.

    The path is normalized only if it then still leads to the same file. It does not if `..` follows
    a link to a folder.
    """
    way = str(Path(name).parent / asked)
    same = resolve_links(Path(os.path.normpath(beside))) == resolve_links(beside)
    return os.path.normpath(way) if same else way


def playbooks_near(path: Path) -> list[str]:
    """Return the playbooks that the file ``path`` can extend: files next to it and shipped ones."""
    try:
        near = [file.name for file in path.parent.iterdir() if file.name.endswith(SUFFIXES)]
    except OSError:
        near = []
    ours = {file.name for file in shipped("rules").glob("*.yaml")} - {_STANDARD}
    others = {path.name, *TRACEABILITY}
    names = sorted({*near, *ours} - others)
    return [name for name in names if not name.endswith(TEST_SUFFIXES)]
