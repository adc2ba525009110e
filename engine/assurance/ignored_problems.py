"""Leave out the problems that comments ask to ignore, and tell of comments that ignore nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from engine.assurance.lint.code_pages import codes
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import IgnoreComment
from engine.language.yaml.ignore_comments import FORM

Comments = Mapping[str, Sequence[IgnoreComment]]
"""The comments in files, by the names of the files."""

_Place = tuple[str, int, str]
"""A file, a line in it, and the code of a problem there."""

_MAX_SUGGESTIONS = 20
"""After so many comments none suggests a code: to compare many names takes minutes."""


def without_ignored(problems: Iterable[Problem], comments: Comments, today: date) -> list[Problem]:
    """Return ``problems`` without those that a comment ignores.

    An error is never ignored: what is broken stays broken.

    Args:
        problems: The problems of any files.
        comments: The comments in these files.
        today: The day on which a comment may have run out.
    """
    active = {
        (file, comment.line, code)
        for file, each in comments.items()
        for comment in each
        if today <= (comment.until or today)
        for code in comment.codes
    }
    return [
        problem
        for problem in problems
        if problem.severity == "error" or active.isdisjoint(_places(problem))
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
    errors: dict[_Place, bool] = {}
    for problem in problems:
        for place in _places(problem):
            errors[place] = errors.get(place, False) or problem.severity == "error"
    found: list[Problem] = []
    for file, each in comments.items():
        for comment, code in ((one, code) for one in each for code in one.codes):
            place = (file, comment.line, code)
            if place in errors:
                found += _fault(comment, code, errors[place], today)
            elif file in sound or code not in codes():
                suggests = len(found) < _MAX_SUGGESTIONS
                found.append(_idle_here(comment, code, suggests=suggests))
    return found


def _places(problem: Problem) -> set[_Place]:
    """Return where a comment on ``problem`` may be about: its first line or its last."""
    span = problem.span
    return {(span.file, line, problem.code) for line in (span.line, span.end_line)}


def _idle_here(comment: IgnoreComment, code: str, *, suggests: bool) -> Problem:
    help = "remove the comment"
    if code not in codes():
        near = did_you_mean(code, codes()) if suggests else None
        help = near or "`relight check` names the code of each problem"
    return _idle(comment, f"there is no {quoted(code)} to ignore here", help)


def _fault(comment: IgnoreComment, code: str, is_error: bool, today: date) -> Iterator[Problem]:
    """Yield what is wrong with a comment that is about a problem.

    Args:
        comment: The comment.
        code: The code of the problem.
        is_error: Whether it is an error.
        today: The day on which the comment may have run out.
    """
    if is_error:
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
