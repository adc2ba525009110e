"""Keep lists of public holidays on disk from one run to the next."""

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
"""Environment variable that names another folder, or says `off`."""

_T = TypeVar("_T")


def cached(name: str, compute: Callable[[], list[_T]], read: Callable[[str], _T]) -> list[_T]:
    """Return the list kept under ``name``, or else compute and keep it.

    A list that cannot be read, because its file is missing or damaged, is computed; one that cannot
    be kept is not.

    Args:
        name: Part of a file name; the version of `holidays` is added.
        compute: Makes the list.
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
    """Return the name and version of the installed `holidays`, from the name of its metadata
    folder.

    Not by importing it, which is what the cache saves, nor by reading the metadata, which is slow.
    """
    spec = find_spec("holidays")
    assert spec is not None
    assert spec.origin is not None
    return next(
        (path.stem for path in Path(spec.origin).parents[1].glob("holidays-*.*-info")), None
    )


@cache
def _folder(chosen: str | None) -> Path | None:
    """Return the folder, made if it is missing.

    None if it is turned off, cannot be made, or others may write to it: then nobody vouches for
    what it holds.
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
