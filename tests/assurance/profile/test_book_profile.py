"""The profile of a book says what is read of it, and what is not, counted by hand here."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.profile.book_profile import BookProfile, ProfiledColumn, profile_book
from engine.book.book import open_book
from engine.language.load import load

NOW = 1_772_636_400  # 2026-03-04T15:00:00Z
PLAYBOOK = """\
playbook: small
calendar: {timezone: UTC}
facts:
  stage: {type: choice, choices: {demo: {also: [Demo Done]}, offer: {}}}
  amount: {type: number}
  asked: {type: boolean}
  visits: {measure: {count: events}}
dark:
  late: {when: {stage: offer}, silent_for: 3 days}
signals:
  big: {when: {amount: {at_least: 10}, asked: true}, prevent: [write]}
  seen: {when: {visits: {at_least: 1}}, prevent: [write]}
actions:
  write: {kind: outreach, channel: email, when: {dark: true}}
"""
PROSPECTS = """\
id,Stage,amount,Mood
a,demo done,10,good
b,offer,n/a,
c,Demo-Done,,bad
d,lead,n/a,
d,offer,1,
"""
TOUCHES = """\
prospect_id,at,direction,channel,message_id,subject
a,2026-03-01T09:00:00Z,out,email,m1,Hello
a,2026-03-01T09:00:00Z,out,email,m1,Hello
a,2026-03-10T09:00:00Z,outbound,meeting,,
b,2026-02-28,inbound,email,,
b,soon,inbound,email,,
z,2026-02-27T09:00:00Z,outbound,fax,,
"""


CHANGES = """\
prospect_id,at,fact,value,old_value,user
a,2026-02-01T10:00:00Z,Stage,demo,offer,ann
a,2026-03-05,stage,offer,,ann
b,2026-02-03T10:00:00Z,Owner Name,ann,,bob
b,soon,stage,demo,,bob
"""


@pytest.fixture
def found(tmp_path: Path) -> BookProfile:
    return profiled(tmp_path)


def profiled(tmp_path: Path, **more: str) -> BookProfile:
    (tmp_path / "small.yaml").write_text(PLAYBOOK, encoding="utf-8")
    book = tmp_path / "book"
    book.mkdir()
    (book / "prospects.csv").write_text(PROSPECTS, encoding="utf-8")
    (book / "touches.csv").write_text(TOUCHES, encoding="utf-8")
    for name, text in more.items():
        (book / f"{name}.csv").write_text(text, encoding="utf-8")
    reading = load(tmp_path / "small.yaml")
    assert reading.playbook is not None, reading.problems
    opened = open_book(book, reading.playbook, now=NOW)
    return profile_book(opened, reading.playbook, NOW, "book")


def column(found: BookProfile, table: int, name: str) -> ProfiledColumn:
    (column,) = [each for each in found.tables[table].columns if each.name == name]
    return column


def test_rows_and_instants_are_counted_for_each_table(found: BookProfile) -> None:
    prospects, touches = found.tables
    assert (prospects.file, prospects.rows, prospects.left_out) == ("prospects.csv", 5, 1)
    assert (prospects.oldest, prospects.newest, prospects.ignored) == (None, None, ("Mood",))
    assert (touches.rows, touches.left_out, touches.ahead, touches.copies) == (6, 2, 1, 1)
    # The touch of the 28th has no time: their message counts from the beginning of that day.
    assert (touches.oldest, touches.newest) == (1_772_236_800, 1_773_133_200)
    assert found.missing == ("contacts", "events")


def test_a_column_says_how_much_is_filled_and_what_cannot_be_read(found: BookProfile) -> None:
    amount = column(found, 0, "amount")
    assert (amount.source, amount.type, amount.filled) == ("amount", "number", 3)
    ((first, second),) = amount.unreadable
    assert (first.row, second.row) == (3, 5)
    assert "`n/a` is not a number" in first.message


def test_a_column_says_which_spellings_are_mapped(found: BookProfile) -> None:
    stage = column(found, 0, "stage")
    assert (stage.source, stage.filled) == ("Stage", 4)
    assert stage.mapped == {"demo done": "demo", "Demo-Done": "demo"}
    assert [len(group) for group in stage.unreadable] == [1]
    assert column(found, 1, "direction").mapped == {"out": "outbound"}


def test_dates_without_a_time_are_counted(found: BookProfile) -> None:
    assert column(found, 1, "at").dates_alone == 1


def test_facts_without_a_column_and_the_rules_that_wait_for_them(found: BookProfile) -> None:
    assert sorted(found.unfed) == ["asked", "closed_at", "outcome"]
    # Without a table of events there are no visits; `late` and `write` need neither.
    assert found.idle == ("signals.big", "signals.seen")


def test_changes_are_profiled_whatever_fact_they_are_about(tmp_path: Path) -> None:
    found = profiled(tmp_path, changes=CHANGES)
    changes = found.tables[2]
    assert (changes.table, changes.file, changes.ignored) == ("changes", "changes.csv", ("user",))
    assert (changes.rows, changes.left_out, changes.ahead) == (4, 1, 1)
    assert (changes.oldest, changes.newest) == (1_769_940_000, 1_772_668_800)
    filled = {each.name: each.filled for each in changes.columns}
    # The row whose instant cannot be read is left out: of it, only that cell is counted.
    assert filled == {"at": 4, "fact": 3, "value": 3, "old_value": 1}
    assert column(found, 2, "at").dates_alone == 1
    assert found.missing == ("contacts", "events")
