"""The shipped file of traceability: every idea of the articles is carried out, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs.make_playbooks import playbooks
from engine.assurance.lint.load_runnable import load_runnable
from engine.assurance.traceability import Tracing, beside, read_traceability
from engine.language.load import LoadResult
from engine.language.model import Cause
from engine.language.package_data import shipped
from engine.language.walk import rules_by_section

TEXT_ONLY = 12
"""At most so many ideas may be beyond what rules can carry out."""


@cache
def traced() -> Tracing:
    path = beside(shipped("rules", "gone-dark.yaml"))
    assert path is not None
    return read_traceability(path, str(path))


def test_every_rule_and_every_source_it_names_is_there() -> None:
    assert traced().problems == ()
    assert len(traced().ideas) >= 150


def test_few_ideas_are_text_alone_and_all_others_are_carried_out() -> None:
    alone = [idea.id for idea in traced().ideas.values() if idea.text_only]
    assert len(alone) <= TEXT_ONLY
    carried = [idea for idea in traced().ideas.values() if idea.id not in alone]
    assert all(idea.rules for idea in carried)


def test_every_article_has_ideas() -> None:
    cited = {source.id for idea in traced().ideas.values() for source in idea.sources}
    articles = ("glossary", "follow-up-research", "signs-and-revival", "what-is-going-dark")
    assert cited >= {*articles, "ghosting-letter"}


def said_by_a_source(reading: LoadResult) -> Iterator[str]:
    """The rules of the file itself that say a source says so, and their evidence."""
    playbook, document = reading.playbook, reading.document
    assert playbook is not None
    assert document is not None
    for section, rules in rules_by_section(playbook).items():
        for id, rule in rules.items():
            if document.key_span((section, id)).file != reading.files[-1]:
                continue
            if getattr(rule, "basis", None) == "source":
                yield f"{section}.{id}"
            for item in rule.evidence if isinstance(rule, Cause) else ():
                if item.basis == "source":
                    yield f"{section}.{id}.{item.id}"


@pytest.mark.parametrize("path", playbooks(), ids=lambda path: path.stem)
@pytest.mark.slow
def test_what_a_rule_says_a_source_says_is_an_idea_of_it(path: Path) -> None:
    named = {(rule.playbook, rule.rule) for idea in traced().ideas.values() for rule in idea.rules}
    claimed = list(said_by_a_source(load_runnable(path, str(path))))
    assert [rule for rule in claimed if not carried(path.stem, rule) & named] == []
    assert claimed or path.stem != "gone-dark"


def carried(playbook: str, rule: str) -> set[tuple[str, str]]:
    """What an idea may name for the rule to be traced: the rule under its own playbook or, for a
    piece of evidence, its cause, as an idea about a cause is about all that speaks for it.
    """
    section, id, *_ = rule.split(".")
    return {(playbook, rule)} | ({(playbook, f"causes.{id}")} if section == "causes" else set())


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        ("rules: [base#causes.busy]", []),
        ("rules: [bsae#causes.busy]", ["missing-playbook"]),
        ("text_only: so", []),
    ],
)
def test_of_a_playbook_that_cannot_be_read_no_source_is_unknown(
    tmp_path: Path, rules: str, codes: list[str]
) -> None:
    (tmp_path / "base.yaml").write_text("playbook: base\ntitle: a: b\n", encoding="utf-8")
    path = tmp_path / "traceability.yaml"
    path.write_text(
        f"version: 1\nideas:\n  late: {{claim: They are late, sources: [glossary], {rules}}}\n",
        encoding="utf-8",
    )
    assert [problem.code for problem in read_traceability(path, path.name).problems] == codes
