"""Run the cases of a test file and compare the outcomes with what they expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.advice.advisor import Advisor, Evaluation
from engine.assurance.lint.run_checks import explain_off, load_checked
from engine.assurance.testing.cases import Case, CaseReader
from engine.assurance.testing.coverage import Coverage, CoverageCounter
from engine.assurance.testing.expectations import CaseOutcome, Failure, mismatches
from engine.backends.registry import EvaluatorName
from engine.language.files.resolve import find_playbook, link_problem, playbooks_near
from engine.language.load import LoadResult
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.quoting import quoted
from engine.language.schema.recover import invalid_entries
from engine.language.schema.validate import TOO_MANY_PROBLEMS, problems_in
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document, KeyPath
from engine.language.yaml.reader import read_source, resolve_links

__all__ = ["CaseResult", "Coverage", "Failure", "FileResult", "problems_of", "run_file"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one case; it passed if there are no ``failures``."""

    name: str
    span: Span
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one test file.

    Attributes:
        file: The name of the file.
        problems: What is wrong with it.
        cases: The result of each case; one with a problem was not run and has a failure.
        playbook: The file under test, None if it was not found.
        coverage: None if it was not asked for, or no case could be run.
        tested: All files that the playbook was loaded from, without links.
    """

    file: str
    problems: tuple[Problem, ...]
    cases: tuple[CaseResult, ...]
    playbook: Path | None = None
    coverage: Coverage | None = None
    tested: frozenset[Path] = frozenset()

    @property
    def passed(self) -> bool:
        """Whether there are cases, all of them passed, and there are no errors."""
        failed = any(case.failures for case in self.cases)
        return bool(self.cases) and not failed and not errors_in(self.problems)


class TestFile:
    """A test file with the playbook that it tests.

    Attributes:
        path: The path of the playbook, None if it was not found.
        loaded: The result of loading the playbook, None if it was not found.
        document: The test file, None if it cannot be read.
        problems: What is wrong with the file; grows as cases are read.
    """

    __test__ = False  # pytest would collect the class because of its name

    def __init__(self, path: Path, name: str) -> None:
        self.path: Path | None = None
        self.loaded: LoadResult | None = None
        link = link_problem(path, name)
        self.document, self.problems = (None, [link]) if link else read_source(path, name)
        if self.document is not None:
            self.problems += problems_in(self.document, "test")
            self._broken = invalid_entries(self.document, self.problems)
            self._find_playbook(self.document, path)

    def _find_playbook(self, document: Document, path: Path) -> None:
        wanted = document.data.get("playbook") if isinstance(document.data, dict) else None
        if not isinstance(wanted, str):
            return
        span = document.value_span(("playbook",))
        found = find_playbook(wanted, path, document.name)
        if found is None:
            help = did_you_mean(wanted, playbooks_near(path)) or "name a playbook next to this file"
            message = f"no playbook {quoted(wanted)} next to this file or shipped with Relight"
            self.problems.append(Problem(span, "missing-playbook", message, help))
            return
        self.path, shown = found
        self.loaded = load_checked(*found)
        errors = [problem for problem in self.loaded.problems if problem.severity == "error"]
        if errors:
            count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
            help = f"`relight check {shown}` lists them"
            self.problems.append(
                Problem(span, "broken-playbook", f"{quoted(wanted)} has {count}", help)
            )

    @property
    def tested(self) -> frozenset[Path]:
        """All files that the playbook was loaded from, without links."""
        names = self.loaded.files if self.loaded else ()
        return frozenset(resolve_links(Path(name)) for name in names)

    def cases(self, reader: CaseReader) -> Iterator[tuple[str, Case | None]]:
        """Yield the name of each case and the case, None if it has an error."""
        assert self.document is not None
        given_up = any(problem.code == TOO_MANY_PROBLEMS for problem in self.problems)
        shapeless = not isinstance(self.document.data, dict)
        if given_up or shapeless or {("cases",), ("now",)} & self._broken:
            return
        for name in self.document.data.get("cases", ()):
            if ("cases", name) in self._broken:
                yield name, None
                continue
            yield name, reader.read(name)

    def keep(self, problems: list[Problem]) -> tuple[Problem, ...]:
        """Return the problems of the file together with ``problems``, those of its cases."""
        removed = self.loaded.removed if self.loaded else {}
        named = explain_off(problems, removed)
        return ordered(self.problems + named)


def problems_of(path: Path, name: str | None = None) -> tuple[Problem, ...]:
    """Return the problems of the test file at ``path``, without running its cases."""
    file = TestFile(path, name or str(path))
    if file.document is None or file.loaded is None or file.loaded.playbook is None:
        return file.keep([])
    playbook = file.loaded.playbook
    reader = CaseReader(file.document, playbook, Advisor(playbook, "meaning").clock)
    for _ in file.cases(reader):
        pass
    return file.keep(reader.problems)


def run_file(
    path: Path, name: str | None = None, engine: EvaluatorName = "auto", *, coverage: bool = False
) -> FileResult:
    """Run every case of a test file.

    Args:
        path: The file.
        name: What problems call it; None is the path.
        engine: Which evaluator to use.
        coverage: Whether to count coverage.

    Raises:
        EvaluatorUnavailable: The evaluator cannot run here.
    """
    shown = name or str(path)
    file = TestFile(path, shown)
    if file.document is None or file.loaded is None or file.loaded.playbook is None:
        return FileResult(shown, file.keep([]), (), file.path, tested=file.tested)
    advisor = Advisor(file.loaded.playbook, engine, batch=True)
    reader = CaseReader(file.document, file.loaded.playbook, advisor.clock)
    watch = CoverageCounter(file.loaded.playbook) if coverage else None
    cases = list(file.cases(reader))
    run = [case for _, case in cases if case is not None]
    evaluations = iter(advisor.evaluate_all([(case.prospect, case.now) for case in run]))
    results = []
    for case_name, case in cases:
        span = file.document.key_span(("cases", case_name))
        failures = (
            (_not_run(span),)
            if case is None
            else _compare(case, next(evaluations), file.document, watch)
        )
        results.append(CaseResult(case_name, span, failures))
    problems = file.keep(reader.problems)
    seen = watch.coverage() if watch else None
    return FileResult(shown, problems, tuple(results), file.path, seen, file.tested)


def _not_run(span: Span) -> Failure:
    return Failure("case", "a case that can be run", "problems, listed with the file", span)


def _compare(
    case: Case, evaluation: Evaluation, document: Document, watch: CoverageCounter | None
) -> tuple[Failure, ...]:
    if watch is not None:
        watch.add(evaluation)
    found = CaseOutcome(evaluation.recommendation, evaluation.firings)
    return tuple(
        Failure(
            _words(at), expected, actual, document.value_span(("cases", case.name, "expect", *at))
        )
        for at, expected, actual in mismatches(case.expect, found)
    )


def _words(at: KeyPath) -> str:
    """Write the path of the expectation: `causes.busy`, `actions.include`."""
    return ".".join(step for step in at if isinstance(step, str))
