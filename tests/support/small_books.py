"""A small playbook and ways to write books for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.book.book import Book, open_book
from engine.language.load import load
from engine.language.model import Playbook

PLAYBOOK = """\
playbook: small
calendar: {timezone: America/New_York}
facts:
  stage: {type: choice, choices: [discovery, demo, proposal]}
  amount: {type: number}
  opted_out: {type: boolean, default: false}
  next_step_at: {type: time}
  notice: {type: duration}
  country: {type: text}
  emails: {type: number, measure: {count: touches, where: {channel: email}}}
  big: {type: boolean, when: {amount: {at_least: 50000}}}
tables:
  touches:
    minutes: {type: number}
"""

TOUCHES = "prospect_id,at,direction,channel"


def small_playbook(folder: Path, text: str = PLAYBOOK) -> Playbook:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    reading = load(path)
    assert reading.playbook is not None, reading.problems
    return reading.playbook


NO_TOUCHES = "prospect_id,at,direction,channel\n"
"""A table of touches without rows."""


class Shelf:
    """Writes books into a folder of its own and opens them with one playbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "book"
        self.folder.mkdir()
        self.playbook = small_playbook(folder)

    def csv(self, tables: Mapping[str, str | bytes], strict: bool = False) -> Book:
        # A book without touches is refused; most tests are about something else.
        for table, content in {"touches": NO_TOUCHES, **tables}.items():
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / f"{table}.csv").write_bytes(data)
        return open_book(self.folder, self.playbook, strict)

    def file(self, name: str, content: str | bytes) -> Book:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_book(path, self.playbook)


def found(book: Book) -> list[tuple[str, int | None, str | None, str]]:
    """File, row, column and code of every problem once the whole book is read."""
    list(book.prospects())
    return [(problem.file, problem.row, problem.column, problem.code) for problem in book.problems]
