"""Texts of an author that would do something else than be read, if they could."""

from __future__ import annotations

import json
from pathlib import Path

from engine.language.load import load
from engine.language.model import Playbook

HOSTILE = [
    "it's",
    'a "quoted" word',
    "back\\slash",
    "ends in a backslash\\",
    "\\' OR 1 = 1 --",
    "'; DROP TABLE prospects; --",
    "*/ DROP TABLE prospects; /*",
    "${spark.app.id} ${env:HOME} $${now}",
    "100% of :now, $now, $1, @now, ? and %(now)s",
    "{{ now }} {% if now %}",
    "two\nlines\tand a tab",
    "`back` [ticks]",
    "E'\\x41' $$dollar$$ U&'\\0041'",
    "Ünïcödé 漢字 🙂",
    "--",
    "",
]
NAMED = [each for each in HOSTILE if each]


def in_yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def hostile_playbook(folder: Path) -> Playbook:
    """Every text of an author that the statement holds is one of `HOSTILE`."""
    path = folder / "hostile.yaml"
    quoted = [in_yaml(each) for each in HOSTILE]
    actions = "\n".join(
        f"  a{n}: {{kind: outreach, title: {in_yaml(each)}, because: {quoted[n]}, score: 0.5,"
        f" channel: email, when: {{word: {quoted[n]}}}, basis: ours}}"
        for n, each in enumerate(NAMED)
    )
    path.write_text(
        "playbook: hostile\n"
        "facts:\n"
        "  word: {type: text}\n"
        f"  choice: {{type: choice, choices: [{', '.join(in_yaml(each) for each in NAMED)}]}}\n"
        f"actions:\n{actions}\n",
        encoding="utf-8",
    )
    reading = load(path)
    assert reading.playbook is not None, [each.message for each in reading.problems]
    return reading.playbook
