from __future__ import annotations

from pathlib import Path

import pytest

from engine.language.load import load
from engine.language.model import Playbook
from engine.reports.terminal.phrases import counted, evidence_words, origin, plain
from tests.support.small_playbook import PLAYBOOK


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    bare = PLAYBOOK.replace(", because: Nobody is too busy for that", "")
    (tmp_path / "small.yaml").write_text(bare, encoding="utf-8")
    found = load(tmp_path / "small.yaml").playbook
    assert found is not None
    return found


def test_evidence_has_a_sign_and_its_id_where_it_says_nothing(playbook: Playbook) -> None:
    speaks_for, speaks_against = playbook.causes["busy"].evidence
    assert evidence_words(speaks_for) == ("+0.50", "It has been days")
    assert evidence_words(speaks_against) == ("-0.20", "big")


def test_a_fact_is_given_measured_or_derived(playbook: Playbook) -> None:
    found = {id: origin(playbook.facts[id]) for id in ("amount", "emails", "big_deal")}
    assert found == {"amount": "given", "emails": "measured", "big_deal": "derived"}


def test_a_number_has_its_noun_in_the_right_form() -> None:
    assert [counted(number, "case") for number in (0, 1, 2, 1200)] == [
        "0 cases",
        "1 case",
        "2 cases",
        "1,200 cases",
    ]


def test_an_id_is_written_as_words() -> None:
    assert plain("time_to_dark") == "time to dark"
