"""`relight check`: report every problem of playbooks, tests and files beside them, or of a book."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.assurance.check_file import check_files
from engine.assurance.profile.book_profile import BookProfile, profile_book
from engine.book.book import open_book
from engine.book.book_problem import BookError
from engine.book.readers.open_tables import is_book
from engine.commands.process.errors import FileFaults, exit_code
from engine.commands.process.exit_codes import FINE, PROBLEMS
from engine.commands.process.inputs import instant_or_now
from engine.commands.process.known_words import find_zone
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_playbook
from engine.commands.process.write import spare_book, spare_inputs
from engine.language.files.input_errors import UsageError
from engine.language.files.locate import InputFile, files_under, kind_of
from engine.language.problem import Problem, errors_in
from engine.reports.problems.check_page import CheckReport, check_summary
from engine.reports.problems.problem_report import notes_text
from engine.reports.problems.profile_page import profile_summary


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The options of `check`; without ``paths`` it is `rules/`, else the current folder.

    ``playbook``, ``as_of`` and ``book_zone`` are for a book, and None if they were not given.
    """

    paths: tuple[str, ...]
    strict: bool
    playbook: str | None
    as_of: str | None
    book_zone: str | None


def run_check(options: CheckOptions, output: Output) -> int:
    """Check every file, or profile a book; print the result, and return the exit code."""
    books = [path for path in options.paths if _is_book(Path(path))]
    if books:
        return _check_book(books, options, output)
    if options.playbook is not None or options.as_of is not None:
        raise UsageError("`--playbook` and `--as-of` are for a book: name its folder or file")
    files = files_to_check(options.paths)
    spare_inputs(output.target, (file.path for file in files))
    faults = FileFaults()
    checked = check_files(files, faults.kept)
    problems = checked.problems
    output.render(CheckReport(len(files), problems))
    if not output.complete:
        output.note(notes_text(checked.notes))
        output.note(check_summary(len(files), problems, checked.ignored))
    code = exit_code(problems, {file.name for file in files if file.explicit}, options.strict)
    return faults.code(code, output)


def files_to_check(paths: tuple[str, ...]) -> list[InputFile]:
    """Return the files that ``paths`` name, and those in the folders that they name, except books.

    A book in a folder may be one of many, and large.

    Raises:
        UsageError: There is no file to check.
    """
    found = files_under(paths)
    files = [file for file in found if file.explicit or kind_of(file.path) != "book"]
    if not files:
        raise UsageError("there are only books here, no playbooks and no tests")
    return files


def _is_book(path: Path) -> bool:
    try:
        return is_book(path) or (path.is_file() and kind_of(path) == "book")
    except (OSError, ValueError):  # names that no file can have
        return False


def _check_book(books: list[str], options: CheckOptions, output: Output) -> int:
    """Profile the one book of ``books``, and return the exit code.

    Raises:
        UsageError: There are other paths too.
        BookError: It cannot be read, or most of it.
    """
    if len(options.paths) > 1:
        raise UsageError(f"check a book by itself: `relight check {books[0]}`")
    path = Path(books[0])
    spare_book(output.target, path)
    problems: tuple[Problem, ...] = ()
    if path.is_file() and kind_of(path) == "book":
        # What is wrong in the text has a line and a column there.
        problems = check_files([InputFile(path, books[0], explicit=True)]).problems
        if errors_in(problems):
            output.render(CheckReport(1, problems))
            output.note("" if output.complete else check_summary(1, problems))
            return exit_code(problems, {books[0]}, options.strict)
    playbook = load_playbook(options.playbook, output)
    now = instant_or_now(options.as_of, playbook)
    book = open_book(path, playbook, zone=find_zone(options.book_zone), now=now)
    profile = profile_book(book, playbook, now, books[0])
    output.render(CheckReport(1, problems, profile))
    if not output.complete:
        output.note(profile_summary(profile))
    try:
        book.refuse_poor()
    except BookError as error:
        help = "`next`, `why`, `draft` and `score` refuse this book unless `--lenient` is given"
        raise BookError(error.message, help) from error
    return _code(profile, options.strict)


def _code(profile: BookProfile, strict: bool) -> int:
    severities = {problem.severity for problem in profile.problems} - {"note"}
    return PROBLEMS if "error" in severities or (strict and severities) else FINE
