"""Find input files: the default playbook, and all files under given paths."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.language.file_kinds import TEST_SUFFIXES, TRACEABILITY
from engine.language.files.extends_chain import extended_by
from engine.language.files.input_errors import InputNotFound, UsageError
from engine.language.files.resolve import find_playbook
from engine.language.package_data import shipped
from engine.language.schema.validate import DocumentKind
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document
from engine.language.yaml.reader import MAX_BYTES, SUFFIXES, read_source, resolve_links

_DEFAULT = "gone-dark.yaml"
_KIND_KEYS = re.compile(rb"""^["']?(playbook|prospects|cases|ideas)["']?[ ]*:""", re.MULTILINE)
_RULE_SECTIONS = ("dark", "signals", "causes", "actions", "guards")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file and the ``name`` that problems call it.

    ``explicit``: the user named the file itself, not its folder.
    """

    path: Path
    name: str
    explicit: bool


def _exists(path: Path, folder: bool = False) -> bool:
    """Return whether ``path`` exists and, with ``folder``, is a folder."""
    # ValueError and OSError: names with a NUL byte and names that are too long cannot exist.
    try:
        return path.is_dir() if folder else path.exists()
    except (OSError, ValueError):
        return False


def kind_of(path: Path) -> DocumentKind:
    """Return the kind of the file at ``path``: by its name, else by keys at the start of a line.

    A file of no other kind counts as a playbook, so that one with a misspelled key, or one that is
    not YAML at all, is not ignored.
    """
    # By a pattern and not by parsing: the kind of a file with syntax errors matters too.
    text = b""
    # Only what is a file is opened: a named pipe would wait for somebody to write into it.
    with contextlib.suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                text = file.read(MAX_BYTES)
    return kind_by(path.name, {found[1].decode() for found in _KIND_KEYS.finditer(text)})


def kind_by(name: str, keys: Collection[str]) -> DocumentKind:
    """Return the kind of the file called ``name`` whose top-level keys are ``keys``."""
    if name.endswith(TEST_SUFFIXES) or "cases" in keys:
        return "test"
    if Path(name).name in TRACEABILITY or ("ideas" in keys and "playbook" not in keys):
        return "traceability"
    return "book" if "prospects" in keys and "playbook" not in keys else "playbook"


def playbook_at(asked: str | None, here: Path = Path()) -> InputFile:
    """Return the playbook that a command uses.

    Without ``asked``: `relight.yaml`, else the only playbook in `rules/`, else the shipped default.
    If `rules/` is the folder of the shipped playbooks, the default one is taken. In a folder, a
    playbook that another one there extends does not count, nor does a file that has only facts if
    another has rules.

    Args:
        asked: A file, a folder, or the name of a shipped playbook.
        here: The folder in which `relight.yaml` and `rules/` are searched.

    Raises:
        InputNotFound: There is no such playbook.
        UsageError: Several playbooks could be meant.
    """
    if asked == "":
        raise InputNotFound("the name of the playbook is empty")
    if asked is not None:
        return _asked(Path(asked), asked)
    if (here / "relight.yaml").is_file():
        return InputFile(here / "relight.yaml", "relight.yaml", explicit=False)
    folder = here / "rules"
    ours = resolve_links(folder) == resolve_links(shipped("rules"))
    found = folder / _DEFAULT if ours else _only_playbook(folder)
    path = found or shipped("rules", _DEFAULT)
    return InputFile(path, str(path), explicit=False)


def _asked(path: Path, asked: str) -> InputFile:
    if _exists(path, folder=True):
        found = _only_playbook(path)
        if found is None:
            raise InputNotFound(f"no playbook in the folder `{asked}`")
        return InputFile(found, os.path.normpath(found), explicit=True)
    if _exists(path):
        return InputFile(path, os.path.normpath(asked), explicit=True)
    name = asked if asked.endswith(SUFFIXES) else f"{asked}.yaml"
    ours = shipped("rules", name)
    if Path(name).name == name and _exists(ours):
        return InputFile(ours, str(ours), explicit=True)
    near = did_you_mean(path.name, _beside(path))
    raise InputNotFound(f"no playbook `{asked}`" + (f": {near}" if near else ""))


def _beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir() if entry.name != path.name]
    except OSError:
        return []


def _only_playbook(folder: Path) -> Path | None:
    """Return the only playbook of ``folder`` that no other one extends; None if it has no playbook.

    Raises:
        UsageError: There are several.
    """
    files = [path for path in _yaml_in(folder) if kind_of(path) == "playbook"]
    read = {path: read_source(path, str(path))[0] for path in files}
    extended = {
        file for path, each in read.items() if each is not None for file in _extended(each, path)
    }
    # `or files`: if the files extend each other in a loop, loading any of them reports it.
    top = [path for path in files if resolve_links(path) not in extended] or files
    with_rules = [path for path in top if _has_rules(read[path])]
    left = with_rules or top
    if len(left) > 1:
        names = ", ".join(path.name for path in left)
        raise UsageError(f"several playbooks in `{folder}` ({names}): name one with --playbook")
    return left[0] if left else None


def _has_rules(document: Document | None) -> bool:
    """Return whether the file has sections other than facts; an unreadable file counts as such."""
    data = None if document is None else document.data
    return not isinstance(data, dict) or any(
        section in data for section in (*_RULE_SECTIONS, "extends")
    )


def _extended(document: Document, path: Path) -> list[Path]:
    found = [find_playbook(name, path, path.name) for name, _ in extended_by(document)]
    return [resolve_links(file[0]) for file in found if file is not None]


def _yaml_in(folder: Path) -> list[Path]:
    found = [path for suffix in SUFFIXES for path in folder.glob(f"*{suffix}") if path.is_file()]
    return sorted(path for path in found if not path.name.startswith("."))


def files_under(paths: tuple[str, ...], here: Path = Path()) -> list[InputFile]:
    """Return every file named, and every YAML file in or below a named folder, without duplicates.

    Without ``paths``: `rules/` if it exists, else the current folder. Hidden files and folders are
    left out. A file that does not exist is included, so that reading it reports the problem.

    Raises:
        UsageError: A folder has no YAML file.
        InputNotFound: A name is empty.
    """
    found: dict[Path, InputFile] = {}
    for name in _given(paths, here):
        if not name:
            raise InputNotFound("the name of a file or folder is empty")
        path = here / name
        folder = _exists(path, folder=True)
        files = _below(path, name) if folder else [InputFile(path, os.path.normpath(name), True)]
        if not files:
            raise UsageError(f"no *.yaml or *.yml file in the folder `{name}`")
        for file in files:
            found.setdefault(resolve_links(file.path), file)
    return sorted(found.values(), key=lambda file: file.name)


def _given(paths: tuple[str, ...], here: Path) -> tuple[str, ...]:
    return paths or (("rules",) if (here / "rules").is_dir() else (".",))


def _listed(paths: tuple[str, ...], here: Path) -> str:
    return ", ".join(f"`{path}`" for path in _given(paths, here))


def _below(folder: Path, name: str) -> list[InputFile]:
    found = []
    for at, folders, files in os.walk(folder):
        # In place: `os.walk` descends into what is left in its own list.
        folders[:] = sorted(sub for sub in folders if not sub.startswith("."))
        for file in files:
            if file.endswith(SUFFIXES) and not file.startswith("."):
                path = Path(at, file)
                shown = os.path.normpath(Path(name) / path.relative_to(folder))
                found.append(InputFile(path, shown, explicit=False))
    return found


def cases_under(paths: tuple[str, ...], here: Path = Path()) -> list[InputFile]:
    """Return every test file that is named, in a named folder, or next to a named playbook.

    Raises:
        InputNotFound: A file does not exist.
        UsageError: There is no test file.
    """
    found: dict[Path, InputFile] = {}
    for file in files_under(paths, here):
        if not _exists(file.path):
            raise InputNotFound(f"there is no file `{file.name}`")
        for test in [file] if kind_of(file.path) == "test" else _tests_of(file):
            found.setdefault(resolve_links(test.path), test)
    if not found:
        raise UsageError(f"no test file (NAME.test.yaml) under {_listed(paths, here)}")
    return sorted(found.values(), key=lambda file: file.name)


def _tests_of(playbook: InputFile) -> list[InputFile]:
    """Return the test files next to ``playbook`` if it is explicit; a folder lists its own."""
    if not playbook.explicit:
        return []
    beside = [playbook.path.with_suffix(suffix) for suffix in TEST_SUFFIXES]
    return [
        InputFile(path, os.path.normpath(Path(playbook.name).with_name(path.name)), explicit=False)
        for path in beside
        if path.is_file()
    ]
