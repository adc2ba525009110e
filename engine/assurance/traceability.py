"""Read `traceability.yaml`: which rules carry out which ideas of the sources.

Every rule and every source that it names must exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.language.file_kinds import TRACEABILITY
from engine.language.files.locate import kind_of
from engine.language.files.resolve import find_playbook, playbooks_near
from engine.language.load import load
from engine.language.model import Citation, Playbook
from engine.language.parse.symbols import suggestion_candidates
from engine.language.problem import Problem, Span, ordered
from engine.language.quoting import quoted
from engine.language.schema.recover import SETTINGS, invalid_entries
from engine.language.schema.validate import problems_in
from engine.language.suggest import did_you_mean
from engine.language.walk import rules
from engine.language.yaml.document import Document, KeyPath
from engine.language.yaml.reader import SUFFIXES, read_source


@dataclass(frozen=True, slots=True)
class Carrier:
    """A rule that carries out an idea.

    Attributes:
        playbook: The playbook, as the file names it.
        rule: Such as `causes.busy`, `causes.busy.said_so` for a piece of evidence, or `cadence`.
        title: Its title, None if it has no title.
    """

    playbook: str
    rule: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea of the sources, and the rules that carry it out.

    Attributes:
        id: The id of the idea.
        claim: What the sources say.
        sources: The sources that exist; the others are problems.
        rules: The rules that exist; the others are problems.
        text_only: Why no rule carries it out, None if one does.
    """

    id: str
    claim: str
    sources: tuple[Citation, ...]
    rules: tuple[Carrier, ...]
    text_only: str | None


@dataclass(frozen=True, slots=True)
class Tracing:
    """The valid ideas of a traceability file, by id, and its problems."""

    ideas: Mapping[str, Idea]
    problems: tuple[Problem, ...]


def beside(playbook: Path) -> Path | None:
    """Return the path of the traceability file in the folder of ``playbook``, if there is one."""
    found = (playbook.parent / name for name in TRACEABILITY)
    return next((path for path in found if path.is_file()), None)


def read_traceability(path: Path, name: str) -> Tracing:
    """Read the file at ``path``, which problems call ``name``."""
    document, problems = read_source(path, name)
    if document is None:
        return Tracing({}, ordered(problems))
    problems += problems_in(document, "traceability")
    data = document.data.get("ideas") if isinstance(document.data, dict) else None
    broken = invalid_entries(document, problems)
    if not isinstance(data, dict) or broken & {("ideas",), ()}:
        return Tracing({}, ordered(problems))
    reader = _Reader(path, document, problems)
    sound = [id for id in data if ("ideas", id) not in broken]
    return Tracing(reader.ideas(sound), ordered(reader.problems))


@dataclass(frozen=True, slots=True)
class _Named:
    """A playbook that the file names.

    Attributes:
        playbook: What can be read of it.
        at: The name by which `--playbook` finds it.
        rules: The title of each rule, None if it has no title.
    """

    playbook: Playbook | None
    at: str
    rules: Mapping[str, str | None]


def _named(path: Path, name: str) -> _Named:
    parts = load(path, name).partial
    return _Named(parts, name, {} if parts is None else rules_of(parts))


class _Reader:
    """Read the ideas of one file that matches the schema, and add to ``problems``."""

    def __init__(self, path: Path, document: Document, problems: list[Problem]) -> None:
        self.problems = problems
        self._path = path
        self._document = document
        self._playbooks: dict[str, _Named | None] = {}

    def ideas(self, ids: Iterable[str]) -> dict[str, Idea]:
        """Read the ideas ``ids``."""
        data = self._document.data["ideas"]
        # All rules first: they name the playbooks in which sources are looked up.
        carriers = {id: tuple(self._carriers(data[id], ("ideas", id))) for id in ids}
        sources = self._sources()
        return {
            id: Idea(
                id,
                data[id]["claim"],
                tuple(self._cited(data[id]["sources"], ("ideas", id, "sources"), sources)),
                rules,
                data[id].get("text_only"),
            )
            for id, rules in carriers.items()
        }

    def _carriers(self, idea: Mapping[str, Any], place: KeyPath) -> Iterator[Carrier]:
        for index, written in enumerate(idea.get("rules", ())):
            name, _, rule = written.partition("#")
            span = self._document.value_span((*place, "rules", index))
            playbook = self._playbook(name, span)
            if playbook is None or playbook.playbook is None:
                continue
            if rule in playbook.rules:
                yield Carrier(name, rule, playbook.rules[rule])
                continue
            few = suggestion_candidates(playbook.rules, self.problems)
            help = did_you_mean(rule, few) or f"`relight show -p {playbook.at}` lists its rules"
            message = f"unknown rule {quoted(rule)} in the playbook {quoted(name)}"
            self.problems.append(Problem(span, "unknown-rule", message, help))

    def _playbook(self, name: str, span: Span) -> _Named | None:
        """Return the playbook ``name``, and report once if it is missing.

        One with errors counts as far as it can be read; they are reported when it is checked.
        """
        if name not in self._playbooks:
            found = find_playbook(name, self._path, self._document.name)
            if found is not None and kind_of(found[0]) != "playbook":
                found = None
            self._playbooks[name] = None if found is None else _named(*found)
            if found is None:
                help = did_you_mean(name, playbooks_near(self._path))
                message = f"no playbook {quoted(name)} next to this file or shipped with Relight"
                help = help or "name a playbook next to this file"
                self.problems.append(Problem(span, "missing-playbook", message, help))
        return self._playbooks[name]

    def _sources(self) -> dict[str, Citation] | None:
        """Return the sources of all named playbooks; if none is named, of those beside the file.

        None if one of them is missing or cannot be read, since any source may be in it.
        """
        named = self._playbooks.values()
        read = [None if each is None else each.playbook for each in named]
        if not self._playbooks:
            files = sorted(each for end in SUFFIXES for each in self._path.parent.glob(f"*{end}"))
            read = [load(each).partial for each in files if kind_of(each) == "playbook"]
        sound = [playbook for playbook in read if playbook is not None]
        if len(sound) < len(read):
            return None
        return {id: source for playbook in sound for id, source in playbook.sources.items()}

    def _cited(
        self, ids: Iterable[str], place: KeyPath, known: Mapping[str, Citation] | None
    ) -> Iterator[Citation]:
        if known is None:
            return
        for index, id in enumerate(ids):
            if id in known:
                yield known[id]
                continue
            span = self._document.value_span((*place, index))
            near = did_you_mean(id, suggestion_candidates(known, self.problems))
            help = near or "name a source that a playbook named in this file has under `sources`"
            message = f"unknown source {quoted(id)} in the playbooks of this file"
            self.problems.append(Problem(span, "unknown-source", message, help))


def rules_of(playbook: Playbook) -> dict[str, str | None]:
    """Map everything that can carry out an idea, by its name in such a file, to its title."""
    found: dict[str, str | None] = {}
    for name, rule in rules(playbook):
        found[str(name)] = getattr(rule, "title", None)
    for cause in playbook.causes.values():
        for item in cause.evidence:
            found[f"causes.{cause.id}.{item.id}"] = item.because
    return found | dict.fromkeys(SETTINGS)
