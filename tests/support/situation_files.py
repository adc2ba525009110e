"""Situations: tables as CRMs write them, and what must hold of the people in them.

A file of `tests/situations` is about one theme. It has `situations` by name, and may have `as_of`,
the instant they are judged at. What a situation may hold is in `KEYS`; what it may expect of the
run in `OF_THE_RUN`, and of each prospect in `OF_A_PROSPECT`. Only what is named is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SITUATIONS = Path(__file__).parents[1] / "situations"
NOW = "2026-03-04T15:00:00Z"
"""Wednesday, 10:00 in New York."""

TABLES = ("prospects", "touches", "contacts", "events", "changes")
KEYS = {"because", "as_of", "playbook", "book", "encoding", "ask", "expect", "each"}
OF_THE_RUN = {"exit", "says", "says_not"}
OF_A_PROSPECT = {
    "state", "since", "facts", "outreach", "reaches", "not_channel", "first", "not_first", "dark",
    "held_back", "listed",
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """A book and what must come of it.

    ``tables`` are CSV texts by name, ``book`` is one YAML text instead. ``ask`` is the command,
    ``run`` what is expected of it, and ``each`` of each prospect by id; None is the first one.
    """

    theme: str
    name: str
    tables: Mapping[str, str]
    book: str | None
    encoding: str
    playbook: str
    ask: str
    as_of: str
    run: Mapping[str, Any]
    each: Mapping[str | None, Mapping[str, Any]]

    def __str__(self) -> str:
        return f"{self.theme}: {self.name}"


class _Plain(yaml.CSafeLoader):
    """YAML in which only true, false, null and numbers are not text: dates and `no` are."""


_Plain.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in [
    ("bool", r"^(true|false)$", "tf"),
    ("null", r"^(null|)$", ["n", ""]),
    ("int", r"^-?(0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
]:
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@cache
def all_situations() -> tuple[Situation, ...]:
    """Every situation of every file of `tests/situations`, in the order they are written."""
    return tuple(each for path in sorted(SITUATIONS.glob("*.yaml")) for each in _situations(path))


def write_book(situation: Situation, folder: Path) -> Path:
    """Write the book of ``situation`` into ``folder``, and return its path."""
    if situation.book is not None:
        path = folder / "book.yaml"
        path.write_bytes(situation.book.encode(situation.encoding))
        return path
    book = folder / "book"
    book.mkdir()
    for table, text in situation.tables.items():
        name = table if "." in table else f"{table}.csv"
        (book / name).write_bytes(text.encode(situation.encoding))
    return book


def _situations(path: Path) -> Iterator[Situation]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Plain)
    assert set(document) <= {"as_of", "situations"}, path
    names = re.findall(r"^  (\w+):$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(document["situations"]), f"{path}: a name is given twice"
    for name, each in document["situations"].items():
        tables = {key: each[key] for key in each if key.partition(".")[0] in TABLES}
        assert set(each) - set(tables) <= KEYS, (path, name)
        assert each["because"], (path, name)
        expect = each.get("expect", {})
        found = each.get("each", {})
        run = {key: value for key, value in expect.items() if key in OF_THE_RUN}
        of_one = {key: value for key, value in expect.items() if key not in OF_THE_RUN}
        if of_one:
            assert not found, (path, name)
            found = {None: of_one}
        assert run or found, (path, name)
        assert all(set(one) <= OF_A_PROSPECT and one for one in found.values()), (path, name)
        yield Situation(
            theme=path.stem,
            name=name,
            tables=tables,
            book=each.get("book"),
            encoding=each.get("encoding", "utf-8"),
            playbook=each.get("playbook", "gone-dark"),
            ask=each.get("ask", "next --all"),
            as_of=each.get("as_of", document.get("as_of", NOW)),
            run=run,
            each=found,
        )
