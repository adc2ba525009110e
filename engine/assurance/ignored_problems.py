"""Leave out the problems that comments ask to ignore, and tell of comments that ignore nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from engine.assurance.lint.code_pages import codes
from engine.language.problem import Problem, errors_in
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import IgnoreComment
from engine.language.yaml.ignore_comments import FORM

Comments = Mapping[str, Sequence[IgnoreComment]]
"""The comments in files, by the names of the files."""


def without_ignored(problems: Iterable[Problem], comments: Comments, today: date) -> list[Problem]:
    """Return ``problems`` without those that a comment ignores.

    An error is never ignored: what is broken stays broken.

    Args:
        problems: The problems of any files.
        comments: The comments in these files.
        today: The day on which a comment may have run out.
    """
    return [
        problem
        for problem in problems
        if problem.severity == "error"
        or not any(
            today <= (comment.until or today) and code == problem.code
            for comment, code in _about(problem, comments)
        )
    ]


def idle_comments(
    problems: Sequence[Problem], comments: Comments, sound: Collection[str], today: date
) -> list[Problem]:
    """Return a warning for each comment that ignores none of ``problems``, or without a reason.

    Args:
        problems: All problems, those that comments ignore included.
        comments: The comments in the files that were checked themselves.
        sound: Those of the files that have no errors. Of others not everything is checked, so that
            a comment may well be right that ignores nothing now.
        today: The day on which a comment may have run out.
    """
    found: dict[tuple[IgnoreComment, str], list[Problem]] = {}
    for problem in problems:
        for comment, code in _about(problem, comments):
            if code == problem.code:
                found.setdefault((comment, code), []).append(problem)
    return [
        problem
        for file, each in comments.items()
        for comment in each
        for code in comment.codes
        for problem in _faults(comment, code, found.get((comment, code)), file in sound, today)
    ]


def _about(problem: Problem, comments: Comments) -> Iterator[tuple[IgnoreComment, str]]:
    """Yield the comments on the first or last line of ``problem``, with each of their codes."""
    lines = (problem.span.line, problem.span.end_line)
    for comment in comments.get(problem.span.file, ()):
        if comment.line in lines:
            yield from ((comment, code) for code in comment.codes)


def _faults(
    comment: IgnoreComment, code: str, found: list[Problem] | None, sound: bool, today: date
) -> Iterator[Problem]:
    if found is None:
        if sound or code not in codes():
            known = "remove the comment" if code in codes() else did_you_mean(code, codes())
            help = known or "`relight check` names the code of each problem"
            yield _idle(comment, f"there is no {quoted(code)} to ignore here", help)
    elif errors_in(found):
        message = f"{quoted(code)} is an error here, and errors are never ignored"
        yield _idle(comment, message, "remove the comment")
    elif comment.until is not None and comment.until < today:
        message = f"{quoted(code)} was to be ignored until {comment.until}"
        yield _idle(comment, message, "make the change that it waited for, or write a later date")
    elif comment.reason is None:
        help = f"add the reason: {FORM}"
        message = "this comment does not say why"
        yield Problem(comment.span, "bad-ignore", message, help, severity="warning")


def _idle(comment: IgnoreComment, message: str, help: str) -> Problem:
    return Problem(comment.span, "idle-ignore", message, help, severity="warning")
