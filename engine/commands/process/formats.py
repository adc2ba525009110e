"""The output formats of every command: the choices of `--format`, and the function behind each.

Functions are named as text and imported when they are used, so that `--help` and shell completion
import no report.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

_CHECK = "engine.reports.problems.check_page"
_CASES = "engine.reports.test_results.case_results"
_SHOW = "engine.reports.playbook.show_page"
_NEXT = "engine.reports.recommendations.next_page"
_WHY = "engine.reports.recommendations.why_page"
_DRAFT = "engine.reports.recommendations.draft_page"
_SCORE = "engine.commands.score.score_writers"


class Format(NamedTuple):
    """One output format of one command.

    Attributes:
        function: `module:name` of a function from the value that the command prints to text.
        terminal: The text is laid out for a terminal and goes out in its encoding. The function
            then also takes the `Style` of the terminal and whether `--verbose` was given. Other
            formats are always UTF-8.
        complete: The text includes counts and problems, so they are not repeated on standard error.
        suffixes: Ends of file names that select the format if `--format` is not given.
    """

    function: str
    terminal: bool = False
    complete: bool = False
    suffixes: tuple[str, ...] = ()

    def load(self) -> Any:
        """Import the function."""
        module, _, name = self.function.partition(":")
        return getattr(import_module(module), name)


FORMATS: Mapping[str, Mapping[str, Format]] = {
    "check": {  # CheckReport
        "text": Format(f"{_CHECK}:check_text", terminal=True),
        "json": Format(f"{_CHECK}:check_json", complete=True),
    },
    "test": {  # CaseReport
        "text": Format(f"{_CASES}:cases_text", terminal=True),
        "json": Format(f"{_CASES}:cases_json", complete=True),
    },
    "show": {  # PageContent
        "text": Format(f"{_SHOW}:show_text", terminal=True),
        "json": Format(f"{_SHOW}:show_json", complete=True),
    },
    "doc": {  # HandbookScope
        "markdown": Format("engine.reports.handbook.markdown:markdown_page"),
        "html": Format("engine.reports.handbook.html:html_page", suffixes=(".html", ".htm")),
    },
    "next": {  # WorkList
        "text": Format(f"{_NEXT}:next_text", terminal=True),
        "json": Format(f"{_NEXT}:next_json", complete=True),
        "csv": Format(f"{_NEXT}:next_csv"),
    },
    "why": {  # WhyReport
        "text": Format(f"{_WHY}:why_text", terminal=True),
        "json": Format(f"{_WHY}:why_json"),
    },
    "draft": {  # DraftReport
        "text": Format(f"{_DRAFT}:draft_text", terminal=True),
        "json": Format(f"{_DRAFT}:draft_json"),
    },
    "score": {  # ScoreWriter: files that text would be too slow for
        "parquet": Format(f"{_SCORE}:PARQUET", suffixes=(".parquet",)),
        "csv": Format(f"{_SCORE}:CSV", suffixes=(".csv",)),
        "duckdb": Format(f"{_SCORE}:DUCKDB", suffixes=(".duckdb", ".ddb")),
    },
}
"""The formats by command and name; the default is first. A comment names the value that all
functions of a command take.
"""


def select_format(command: str, given: str | None, target: Path | None) -> str | None:
    """Select the format of a run: the given one, else by the name of the file, else the first.

    Args:
        command: The command, such as `next`.
        given: The value of `--format`, None if it was not given.
        target: The file for the result, None for standard output.

    Returns:
        The name of the format; None if the first, too, is one that only the name of a file selects.
    """
    if given is not None:
        return given
    formats = FORMATS[command]
    if target is not None:
        for name, format in formats.items():
            if target.suffix.lower() in format.suffixes:
                return name
    first = next(iter(formats))
    return None if formats[first].suffixes else first
