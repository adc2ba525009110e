"""Find the playbooks that no case tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.coverage import Coverage, CoverageCounter
from engine.language.files.locate import InputFile
from engine.language.load import LoadResult
from engine.language.problem import Problem
from engine.language.yaml.reader import resolve_links


@dataclass(frozen=True, slots=True)
class UntestedPlaybook:
    """A playbook that no case tests.

    Attributes:
        file: Where it is.
        problems: Why it cannot be loaded; empty if it can.
        coverage: Its coverage, in which nothing was seen; None if it cannot be loaded.
    """

    file: InputFile
    problems: tuple[Problem, ...]
    coverage: Coverage | None


def untested_playbooks(
    files: Iterable[InputFile], tested: Collection[Path]
) -> list[UntestedPlaybook]:
    """Return the playbooks among ``files`` that no case tests and that have rules to test.

    Args:
        files: Playbook files.
        tested: Every file that a tested playbook was loaded from, without links.
    """
    found = []
    for file in files:
        if resolve_links(file.path) in tested:
            continue
        loaded = load_checked(file.path, file.name)
        if loaded.playbook is not None:
            coverage = CoverageCounter(loaded.playbook).coverage()
            # Facts alone are a vocabulary, which the playbooks that extend it test.
            if any(not item.rule.startswith("facts.") for item in coverage.items):
                found.append(UntestedPlaybook(file, (), coverage))
        elif _meant_as_playbook(loaded):
            found.append(UntestedPlaybook(file, loaded.problems, None))
    return found


def _meant_as_playbook(loaded: LoadResult) -> bool:
    """Return whether a file that cannot be loaded is one of ours, and not of some other program."""
    data = None if loaded.document is None else loaded.document.data
    return not isinstance(data, dict) or "playbook" in data
