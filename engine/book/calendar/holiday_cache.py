"""Cache lists of public holidays on disk between runs."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path

from engine.language.files.atomic_write import Unwritable, atomic_write

_VARIABLE = "RELIGHT_CACHE"
"""The environment variable with another folder for the cache, or `off`."""

_T = TypeVar("_T")


def cached(name: str, compute: Callable[[], list[_T]], read: Callable[[str], _T]) -> list[_T]:
    """Return the list cached under ``name``; compute and cache it if it cannot be read.

    Errors of the cache are ignored: a missing or damaged file is written again, and a list that
    cannot be written is returned all the same.

    Args:
        name: Part of a file name; the version of `holidays` is added.
        compute: Computes the list.
        read: The inverse of `str` for its items; raises ValueError.
    """
    folder, version = _folder(os.environ.get(_VARIABLE)), _version()
    if folder is None or version is None:
        return compute()
    file = folder / f"{version}-{name}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        return [read(item) for item in json.loads(file.read_bytes())]
    found = compute()
    with contextlib.suppress(Unwritable), atomic_write(file) as made:
        made.write_text(json.dumps([str(item) for item in found]), encoding="utf-8")
    return found


@cache
def _version() -> str | None:
    """Return the name and version of the installed `holidays`, such as `holidays-0.70`."""
    # From the name of its metadata folder: not by importing it, which is what the cache avoids, nor
    # by `importlib.metadata`, which is slow.
    spec = find_spec("holidays")
    assert spec is not None
    assert spec.origin is not None
    return next(
        (path.stem for path in Path(spec.origin).parents[1].glob("holidays-*.*-info")), None
    )


@cache
def _folder(chosen: str | None) -> Path | None:
    """Return the folder of the cache, which is created if it is missing.

    None if the cache is off, if the folder cannot be created, or if other users may write to it, so
    that its content is not trusted.
    """
    if chosen == "off":
        return None
    folder = Path(chosen) if chosen else user_cache_path("relight", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return None if os.name == "posix" and (shared or found.st_uid != os.getuid()) else folder
