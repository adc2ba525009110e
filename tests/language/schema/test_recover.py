"""One run tells the errors of shape and those of meaning, and none of them twice."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from engine.language.load import load


def found(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    path = tmp_path / "mine.yaml"
    path.write_text("playbook: mine\n" + dedent(text).strip() + "\n", encoding="utf-8")
    return [(p.span.line, p.code) for p in load(path, "mine.yaml").problems]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            """
            facts: {when_at: {type: time}, note: {type: text}}
            signals:
              one:
                when:
                  when_at: {older_than: 3 months}
                  note: {older_than: 2 days}
            """,
            [(6, "bad-duration"), (7, "wrong-operator")],
        ),
        (
            """
            dark:
              quiet:
                silent_for: 3 monhts
                when: {stgae: demo}
            """,
            [(4, "bad-duration"), (5, "unknown-fact")],
        ),
        (
            """
            calendar:
              weekdays: [Mon]
              timezone: Europe/Amsterdm
            """,
            [(3, "not-allowed-value"), (4, "unknown-timezone")],
        ),
        (
            """
            cadence:
              steps: [5 dayz]
              from: amount
            facts: {amount: {type: number}}
            """,
            [(3, "bad-duration"), (4, "type-mismatch")],
        ),
        (
            """
            causes:
              busy:
                evidence:
                  one: {when: {nothing: true}, weight: 2}
                  two: {when: {nobody: true}, weight: 0.5}
            """,
            [(5, "out-of-range"), (5, "unknown-fact"), (6, "unknown-fact")],
        ),
        (
            """
            actions:
              call: {kind: outreech, when: {nothing: true}}
              mail: {kind: outreach, channel: email, when: {nothing: true}}
            """,
            [(3, "not-allowed-value"), (4, "unknown-fact")],
        ),
        (
            """
            facts: {amount: {type: numbre}}
            signals: {large: {when: {amount: {at_least: 5}}}}
            """,
            [(2, "not-allowed-value")],
        ),
        (
            """
            signals:
              one: {when: {any: [{nothing: true}, 7]}}
            """,
            [(3, "wrong-type")],
        ),
    ],
    ids=["tests", "fields", "calendar", "cadence", "evidence", "vital", "type", "lists"],
)
def test_errors_of_shape_hide_no_others(
    tmp_path: Path, text: str, problems: list[tuple[int, str]]
) -> None:
    assert sorted(found(tmp_path, text)) == problems
