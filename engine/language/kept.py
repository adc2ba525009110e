"""Answers that are dear to work out, kept on disk from one run to the next.

An answer is found again only by a key that names everything it follows from, so it cannot be stale.
What others could have written is not believed: the folder must belong to the user alone. Nothing
depends on it: where it cannot be read or written, the answer is worked out again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

VARIABLE = "RELIGHT_CACHE"
"""Names another folder, or says `off`."""

OURS = re.compile(r"[0-9a-f]{64}|\.new-\w+")
"""Names of answers, and of one that is being written."""

MOST = 500
"""Answers that are kept; those longest out of use go first."""


def key_of(*parts: str | bytes) -> str:
    """A key for what follows from ``parts`` and nothing else."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def library(name: str) -> str:
    """What stands for the version of a library in a key: size and time of what its package holds.

    That neither imports it, which is what keeping an answer saves, nor reads its metadata, which
    takes longer than everything else here.
    """
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    held = sorted(Path(spec.origin).parent.iterdir())
    statuses = [(path, path.stat()) for path in held if path.name != "__pycache__"]
    return "\n".join(f"{path} {found.st_size} {found.st_mtime_ns}" for path, found in statuses)


def recall(key: str) -> str | None:
    """The answer kept under ``key``, or None."""
    folder = _folder(os.environ.get(VARIABLE))
    if folder is None:
        return None
    try:
        check, _, answer = (folder / key).read_text(encoding="utf-8").partition("\n")
        (folder / key).touch()
    except (OSError, UnicodeDecodeError):
        return None
    return answer if check == key_of(key, answer) else None


def keep(key: str, answer: str) -> None:
    """Keep ``answer`` under ``key``, whole or not at all."""
    folder = _folder(os.environ.get(VARIABLE))
    if folder is None:
        return
    with contextlib.suppress(OSError):
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=folder, prefix=".new-", delete=False
        ) as file:
            file.write(f"{key_of(key, answer)}\n{answer}")
        Path(file.name).replace(folder / key)
        _tidy(folder)


@cache
def _folder(wanted: str | None) -> Path | None:
    """The folder, made where it is missing; None where there is none to be trusted."""
    if wanted == "off":
        return None
    folder = Path(wanted) if wanted else user_cache_path("relight", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    if os.name == "posix":
        shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if found.st_uid != os.getuid() or shared:
            return None
    return folder


def _tidy(folder: Path) -> None:
    """Let those go that have been out of use for longest; what is not ours is left alone."""
    ours = [file for file in folder.iterdir() if OURS.fullmatch(file.name)]
    files = sorted(ours, key=lambda file: file.stat().st_mtime)
    for file in files[:-MOST]:
        file.unlink(missing_ok=True)
