"""The SQL statement gives what the language means, case by case, from the rows on."""

from __future__ import annotations

import json

import pytest

from tests.support.conformance_cases import Case, all_cases, prospect_of
from tests.support.loaded_cases import Bench
from tests.support.statement_tables import Tables, differences


@pytest.mark.slow
@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_statement_gives_what_the_language_means(case: Case, bench: Bench) -> None:
    text = json.dumps({"playbook": "conformance", **case.playbook}, ensure_ascii=False)
    advisor = bench.advisor(text)
    prospect = prospect_of(case, advisor.playbook)
    meant = advisor.evaluate(prospect, case.now)
    tables = Tables(advisor.playbook, [prospect], case.now)
    row = tables.judged()["p1"]
    assert differences(tables.statement, row, meant.firings, meant.recommendation) == {}
