"""Format the effective playbook as YAML, with the file and line of each field."""

from __future__ import annotations

from pathlib import Path

from engine.language.load import LoadResult
from engine.language.package_data import shipped
from engine.language.problem import Span
from engine.language.yaml.document import Document, KeyPath
from engine.reports.escape import printable
from engine.reports.playbook.yaml_writer import Line, yaml_lines

COMMENTS_AT = 72
"""The column where comments begin, or two spaces after a longer line."""


def effective_yaml(loaded: LoadResult) -> str:
    """Format a playbook with the same meaning but without `extends`, in YAML.

    A comment after each field has its file and line; comments at the end list what is turned off.
    """
    assert loaded.document is not None
    lines = ["# The effective playbook, merged from:"]
    lines += [f"#   {_legend(file)}" for file in loaded.files]
    lines += [_commented(line, loaded.document) for line in yaml_lines(loaded.document.data)]
    if loaded.removed:
        lines += ["# Turned off:"]
        lines += [
            f"#   {_dotted(place)}  # {format_location(span)}" for place, span in _removed(loaded)
        ]
    return "\n".join(lines) + "\n"


def _removed(loaded: LoadResult) -> list[tuple[KeyPath, Span]]:
    return sorted(loaded.removed.items(), key=lambda item: item[1])


def _commented(line: Line, document: Document) -> str:
    gap = " " * max(COMMENTS_AT - len(line.text), 2)
    return f"{line.text}{gap}# {format_location(document.key_span(line.place))}"


def format_location(span: Span) -> str:
    """Format file and line, such as `shipped/base.yaml:12`."""
    return printable(f"{format_file(span.file)}:{span.line}")


def format_file(file: str) -> str:
    """Return the name of a file, such as `shipped/base.yaml` for one that comes with Relight."""
    path = Path(file)
    ours = path.is_absolute() and path.parent == shipped("rules", path.name).parent
    return f"shipped/{path.name}" if ours else file


def _legend(file: str) -> str:
    shown = format_file(file)
    return printable(shown if shown == file else f"{shown} ({file})")


def _dotted(place: KeyPath) -> str:
    return printable(".".join(map(str, place)))
