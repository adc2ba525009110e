"""Read YAML and JSON files as plain data with the span of every key and value.

An unreadable file gives a problem, never an exception, and the cost of reading is bounded by the
size limit, whatever the file contains.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine.language.invisible import (
    describe_character,
    invisible_in,
    is_joiner,
    piled_marks,
    reorders,
)
from engine.language.problem import Problem, Span, file_start
from engine.language.yaml.cut_text import cut_by_comment
from engine.language.yaml.document import Document, IgnoreComment
from engine.language.yaml.events import data_in
from engine.language.yaml.ignore_comments import ignore_comments
from engine.language.yaml.scalars import TOO_MANY_MARKS

__all__ = ["Document", "read_source", "read_text"]

SUFFIXES = (".yaml", ".yml")
"""The suffixes of YAML files."""

MAX_BYTES = 1024 * 1024
"""The most bytes a file may have."""


def read_source(path: Path, name: str) -> tuple[Document | None, list[Problem]]:
    """Read the YAML or JSON file at ``path``, called ``name`` in problems.

    The document is None, with at least one error, if the file cannot be read or its meaning is in
    doubt. A document may come with errors too, such as duplicate keys.
    """
    problem = _unfit(path, name)
    if problem:
        return None, [problem]
    try:
        with path.open("rb") as file:
            # One byte too many tells that the file is larger; it may have grown since `stat`.
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [_unreadable(name, f"`{name}` cannot be read: {_reason(error)}")]
    return read_text(content, name)


def read_text(text: str | bytes, name: str) -> tuple[Document | None, list[Problem]]:
    """Parse ``text`` (bytes: UTF-8), called ``name`` in problems.

    The document is None, with at least one error, if the meaning of ``text`` is in doubt.
    """
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(content) > MAX_BYTES:
        return None, [_too_large(name)]
    if isinstance(text, bytes):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            return None, [_not_utf8(content, error.start, name)]
    # A byte order mark is no character of the text: editors do not count it in the first line.
    text = text.removeprefix("\ufeff")
    invisible = _invisible_in(text, name)
    if invisible:
        return None, invisible
    document, problems = _parsed(text, name)
    return document, list(problems)


def _parsed(text: str, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Return the document in ``text`` and its problems, from a cache.

    A run reads the same files more than once: to find the playbook, to load it, and for each
    playbook that extends them. Callers must not change a document, since it is shared.
    """
    # Small files are many, such as all files of a folder; of large ones a few fill the memory.
    return (_parse_small if len(text) <= _SMALL else _parse_large)(text, name)


def _parse(text: str, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    document, problems = data_in(text, name)
    if document is None:
        return None, tuple(problems)
    problems += cut_by_comment(text, document)
    comments = list(ignore_comments(text, document))
    problems += [each for each in comments if isinstance(each, Problem)]
    ignores = tuple(each for each in comments if isinstance(each, IgnoreComment))
    return replace(document, ignores=ignores), tuple(problems)


_SMALL = 64 * 1024
_parse_small = lru_cache(maxsize=128)(_parse)
_parse_large = lru_cache(maxsize=8)(_parse)


def resolve_links(path: Path) -> Path:
    """Return ``path`` as an absolute path without links."""
    # Not `Path.resolve`, which raises if links form a loop; that is reported when the file is read.
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Return whether there is a file at ``path``."""
    # Unlike `Path.is_file`, it does not raise if the name is too long to exist.
    try:
        return path.is_file()
    except OSError:
        return False


def _unfit(path: Path, name: str) -> Problem | None:
    """Return the problem because of which ``path`` must not be opened, if there is one."""
    # Checked before opening: to open a pipe would wait for somebody to write to it.
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        advice = "check the spelling, and the folder that the path starts from"
        return Problem(file_start(name), "no-such-file", f"there is no file `{name}`", advice)
    except OSError as error:
        return _unreadable(name, f"`{name}` cannot be read: {_reason(error)}")
    if stat.S_ISDIR(status.st_mode):
        return _unreadable(name, f"`{name}` is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        return _unreadable(name, f"`{name}` is not a regular file")
    return _too_large(name) if status.st_size > MAX_BYTES else None


def _invisible_in(text: str, name: str) -> list[Problem]:
    """Return a problem for the first occurrence of each invisible character, and of piled marks."""
    # A carriage return is allowed before a line feed only. The length must not change.
    text = text.replace("\r\n", " \n")
    first: dict[str, int] = {}
    for at in invisible_in(text):
        first.setdefault(text[at], at)
    problems = [_invisible(character, _place(text, at, name)) for character, at in first.items()]
    piled = piled_marks(text)
    if piled is not None:
        advice = "delete them: they cover the text around them"
        span = _place(text, piled, name)
        problems.append(Problem(span, "control-character", TOO_MANY_MARKS, advice))
    return problems


def _invisible(character: str, span: Span) -> Problem:
    if is_joiner(character):
        advice = "delete it: it belongs inside words of scripts that need it, and inside emoji"
    elif reorders(character):
        advice = "delete it: it changes the order in which text is shown and can hide what it says"
    else:
        advice = "delete it: it cannot be seen on the screen"
    message = f"{describe_character(character)} is not allowed"
    return Problem(span, "control-character", message, advice)


def _not_utf8(content: bytes, at: int, name: str) -> Problem:
    before = content[:at].decode("utf-8")
    advice = "save the file as UTF-8"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message = "this file is UTF-16 text, not UTF-8"
    elif b"\0" in content:
        message, advice = "this is a binary file, not text", "name a YAML or JSON file"
    else:
        message = f"byte 0x{content[at]:02X} is not UTF-8 text"
    return Problem(_place(before, len(before), name), "not-utf8", message, advice)


def _place(text: str, at: int, name: str) -> Span:
    """Return the span of the character at index ``at`` of ``text``."""
    lines = text[:at].split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    return Span(name, line, column, line, column + 1)


def _too_large(name: str) -> Problem:
    advice = "split it into several files and combine them with `extends`"
    return Problem(file_start(name), "too-large", f"`{name}` is larger than 1 MiB", advice)


def _unreadable(name: str, message: str) -> Problem:
    advice = "name a text file that you are allowed to read"
    return Problem(file_start(name), "unreadable-file", message, advice)


def _reason(error: OSError) -> str:
    return (error.strerror or "it failed").lower()
