"""Playbooks and evaluators that the conformance cases run through, made once each."""

from __future__ import annotations

import json
from pathlib import Path

from engine.advice.advisor import Advisor
from engine.api.loaded import LoadedPlaybook
from engine.backends.compiled.compile_measures import CompiledMeasures
from engine.language.load import load
from engine.language.model import Playbook
from engine.semantics.firings import Firings
from engine.semantics.recommend import Recommendation, recommend
from tests.support.compared_evaluators import EVALUATORS, Evaluate
from tests.support.conformance_cases import Case, prospect_of


class Bench:
    """Playbooks read by the engine's own loader, and evaluators built for them, once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._advisers: dict[str, Advisor] = {}
        self._evaluators: dict[tuple[str, str], Evaluate] = {}
        self._loaded: dict[int, LoadedPlaybook] = {}
        self._measures: dict[int, CompiledMeasures] = {}

    def loaded(self, playbook: Playbook) -> LoadedPlaybook:
        """``playbook`` (one of an adviser here) as a program has it."""
        if id(playbook) not in self._loaded:
            self._loaded[id(playbook)] = LoadedPlaybook(playbook)
        return self._loaded[id(playbook)]

    def measures(self, playbook: Playbook) -> CompiledMeasures:
        """Return the compiled measures of ``playbook`` (one of an advisor here)."""
        if id(playbook) not in self._measures:
            self._measures[id(playbook)] = CompiledMeasures(playbook)
        return self._measures[id(playbook)]

    def advisor(self, text: str) -> Advisor:
        """Return an advisor on the playbook that ``text`` is; it must have no errors."""
        if text not in self._advisers:
            path = self._folder / f"{len(self._advisers)}.yaml"
            path.write_text(text, encoding="utf-8")
            reading = load(path)
            assert reading.playbook is not None, [
                (problem.message, problem.help) for problem in reading.problems
            ]
            self._advisers[text] = Advisor(reading.playbook, "meaning")
        return self._advisers[text]

    def recommend(self, case: Case, evaluator: str) -> tuple[Playbook, Firings, Recommendation]:
        """Return what ``evaluator`` makes of ``case``."""
        text = json.dumps({"playbook": "conformance", **case.playbook}, ensure_ascii=False)
        advisor = self.advisor(text)
        playbook = advisor.playbook
        if (text, evaluator) not in self._evaluators:
            self._evaluators[text, evaluator] = EVALUATORS[evaluator](playbook)
        context = advisor.context(prospect_of(case, playbook), case.now)
        firings = self._evaluators[text, evaluator](context)
        return playbook, firings, recommend(playbook, "p1", context, firings)
