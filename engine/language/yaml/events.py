"""Build plain data with spans from YAML text, one parser event at a time.

Events rather than nodes: nothing here or in the parser recurses, so depth costs no stack; and an
alias is seen before anything is copied, so a small file cannot grow into a large one.
"""

from __future__ import annotations

from typing import Any

import yaml

from engine.language.file_kinds import first_line
from engine.language.problem import Problem, Span, file_start
from engine.language.quoting import quoted
from engine.language.yaml.document import Document, KeyPath
from engine.language.yaml.scalars import Refused, Scalar, plain_value, text_value
from engine.language.yaml.syntax_errors import syntax_problem

_MAX_DEPTH = 50
"""How deep maps and lists may be nested."""
_MAX_PROBLEMS = 100
"""Reading stops after so many problems."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser: the one in C if PyYAML was built with it. Only its events are used."""
_INSTEAD = (
    "write the value out, or move what is shared to a file of its own and name it in `extends`"
)


class _UnreadableError(Exception):
    """The rest of the file cannot be read; the problem is in ``args``."""


class _Frame:
    """A map or list whose end has not been read. ``key`` is set while its value is awaited."""

    __slots__ = ("end", "flow", "key", "path", "start", "value")

    def __init__(self, value: dict[str, Any] | list[Any], path: KeyPath, event: Any) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.start = event.start_mark
        self.end = event.end_mark
        self.flow = event.flow_style


def data_in(text: str, name: str) -> tuple[Document | None, list[Problem]]:
    """Parse ``text``; the document is None, with at least one error, if its meaning is in doubt."""
    reader = _Reader(name)
    try:
        parser = LOADER(text)
        try:
            reader.read(parser)
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as error:
        reader.fail(_syntax(text, name, error))
    except yaml.YAMLError:
        # The reader refuses all characters that today's parsers do; a new one may refuse more.
        reader.fail(Problem(file_start(name), "yaml-syntax", "this is not valid YAML"))
    except _UnreadableError as stop:
        reader.fail(stop.args[0])
    problems = reader.problems[:_MAX_PROBLEMS]
    return (reader.document() if reader.sound else None), problems


def _syntax(text: str, name: str, error: yaml.MarkedYAMLError) -> Problem:
    mark: Any = error.problem_mark or error.context_mark
    context: Any = error.context_mark or mark
    return syntax_problem(
        text,
        name,
        said=f"{error.context or ''} {error.problem or ''}",
        at=(mark.line, mark.column),
        since=(context.line, context.column),
    )


class _Reader:
    """A document built from events. ``sound`` is false once its meaning is in doubt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data: Any = None
        self.spans: dict[KeyPath, Span] = {}
        self.key_spans: dict[KeyPath, Span] = {}
        self.problems: list[Problem] = []
        self.sound = True
        self.frames: list[_Frame] = []
        self.documents = 0

    def document(self) -> Document:
        return Document(self.name, self.data, self.spans, self.key_spans)

    def read(self, parser: Any) -> None:
        """Handle every event of ``parser``."""
        handlers = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self.start_map,
            yaml.SequenceStartEvent: self.start_list,
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.start_document,
        }
        while (event := parser.get_event()) is not None:
            handle = handlers.get(type(event))
            if handle:
                handle(event)
            if len(self.problems) >= _MAX_PROBLEMS:
                self.sound = False
                return
        if self.data is None and not self.problems:
            message = f"`{self.name}` is empty"
            advice = f"begin it with `{first_line(self.name)}`"
            self.fail(Problem(file_start(self.name), "empty-file", message, advice))

    def span(self, start: Any, end: Any) -> Span:
        return Span(self.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def fail(self, problem: Problem) -> None:
        """Add an error because of which no document is returned."""
        self.problems.append(problem)
        self.sound = False

    def doubt(self, event: Any, code: str, message: str, advice: str) -> None:
        """Add an error, and read on only to find more errors.

        Args:
            event: The parser's event, for its span.
            code: The code of the problem.
            message: The message of the problem.
            advice: The help of the problem.
        """
        span = self.span(event.start_mark, event.end_mark)
        self.fail(Problem(span, code, message, advice))

    def stop(self, event: Any, code: str, message: str, advice: str) -> _UnreadableError:
        """Return the exception that ends the reading at ``event``.

        Args:
            event: The parser's event, for its span.
            code: The code of the problem.
            message: The message of the problem.
            advice: The help of the problem.
        """
        span = self.span(event.start_mark, event.end_mark)
        return _UnreadableError(Problem(span, code, message, advice))

    def start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.stop(
                event,
                "several-documents",
                "a second document begins here",
                "one file holds one document: move what follows the `---` to a file of its own",
            )

    def alias(self, event: Any) -> None:
        self.doubt(
            event, "yaml-anchor", f"the alias {quoted('*' + event.anchor)} is not allowed", _INSTEAD
        )
        # The alias must still count as a key or value, or else what follows would be misplaced.
        if self.awaits_key():
            self.frames[-1].key = f"*{event.anchor}"
        else:
            self.put(None, event.start_mark, event.end_mark)

    def vet(self, event: Any) -> None:
        """Report an anchor or a tag in front of a value."""
        if event.anchor is not None:
            self.doubt(
                event,
                "yaml-anchor",
                f"the anchor {quoted('&' + event.anchor)} is not allowed",
                _INSTEAD,
            )
        if event.tag is not None:
            self.doubt(
                event,
                "yaml-tag",
                f"the tag {quoted(event.tag)} is not allowed",
                "remove it: the type of a value follows from its place; "
                "to include another file, use `extends`",
            )

    def awaits_key(self) -> bool:
        frames = self.frames
        return bool(frames) and frames[-1].key is None and isinstance(frames[-1].value, dict)

    def put(self, value: Any, start: Any, end: Any) -> KeyPath:
        """Add a value to the innermost open map or list, and return its path.

        Args:
            value: The value; a map or list is added empty and filled later.
            start: The parser's mark where it begins.
            end: The parser's mark where it ends.
        """
        path: KeyPath = ()
        if self.frames:
            frame = self.frames[-1]
            frame.end = end
            holder = frame.value
            if isinstance(holder, dict):
                assert frame.key is not None
                holder[frame.key] = value
                path = (*frame.path, frame.key)
                frame.key = None
            else:
                path = (*frame.path, len(holder))
                holder.append(value)
        else:
            self.data = value
        self.spans[path] = self.span(start, end)
        return path

    def start_map(self, event: Any) -> None:
        self.begin({}, event)

    def start_list(self, event: Any) -> None:
        self.begin([], event)

    def begin(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        if self.awaits_key():
            raise self.stop(
                event,
                "bad-key",
                "a key must be a word, not a map or a list",
                "text that begins with `{` or `[` goes in quotes",
            )
        self.vet(event)
        if len(self.frames) >= _MAX_DEPTH:
            raise self.stop(
                event,
                "too-deep",
                f"maps and lists are nested more than {_MAX_DEPTH} deep here",
                "move a part of it into a fact of its own",
            )
        path = self.put(value, event.start_mark, event.end_mark)
        self.frames.append(_Frame(value, path, event))

    def end(self, event: Any) -> None:
        frame = self.frames.pop()
        # The parser ends an indented map where the next thing begins, perhaps lines further down.
        end = event.end_mark if frame.flow else frame.end
        self.spans[frame.path] = self.span(frame.start, end)
        if self.frames:
            self.frames[-1].end = end

    def scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self.vet(event)
        if self.awaits_key():
            self.key(event)
        else:
            self.put(self.value(event), event.start_mark, event.end_mark)

    def value(self, event: Any) -> Scalar:
        plain = event.implicit[0] and not event.style
        found = plain_value(event.value) if plain else text_value(event.value)
        return self.allowed(event, found)

    def allowed(self, event: Any, found: Scalar | Refused) -> Scalar:
        if not isinstance(found, Refused):
            return found
        self.doubt(event, found.code, found.message, found.advice)
        return None

    def key(self, event: Any) -> None:
        key = str(self.allowed(event, text_value(event.value)))
        frame = self.frames[-1]
        frame.key = key
        frame.end = event.end_mark
        path = (*frame.path, key)
        span = self.span(event.start_mark, event.end_mark)
        plain = not event.style
        if plain and key == "<<":
            self.doubt(event, "yaml-merge-key", "the merge key `<<` is not allowed", _INSTEAD)
        elif key in ("", "~") or (plain and key == "null"):
            self.doubt(event, "bad-key", "a key is missing here", "write a word before the `:`")
        elif key in frame.value:
            self.twice(key, span, self.key_spans[path])
        self.key_spans.setdefault(path, span)

    def twice(self, key: str, span: Span, first: Span) -> None:
        """Report a duplicate key.

        Args:
            key: The key.
            span: Where it is repeated.
            first: Where it is written first.
        """
        message = f"duplicate key {quoted(key)}, first on line {first.line}"
        help = "rename or remove one of them"
        self.problems.append(Problem(span, "duplicate-key", message, help, also=first))
