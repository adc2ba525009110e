"""Parse vocabularies: the words of `channels`, `outcomes` and choices, with their other
spellings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from engine.language.parse.parse_context import ParseContext
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.value_rules import Meaning, Word, Words, fold_word
from engine.language.yaml.document import KeyPath

_MEANINGS: tuple[Meaning, ...] = get_args(Meaning)


def parse_vocabulary(context: ParseContext, section: str) -> dict[str, Word]:
    """Parse the words of the section `channels` or `outcomes`, by id."""
    found = words_of(context.declared(section))
    report_ambiguous(context, (section,), found)
    return {word.id: word for word in found}


def words_of(choices: Any) -> Words:
    """Return the words of ``choices``, a list of ids or a map of words; no words for other values.

    ``[demo, proposal]`` and ``{demo: {}, proposal: {also: [Proposal Sent]}}`` have the same ids.
    """
    if isinstance(choices, list):
        return Words(Word(str(choice)) for choice in choices)
    if not isinstance(choices, dict):
        return Words()
    return Words(_word(id, entry) for id, entry in choices.items() if entry != "off")


def _word(id: str, entry: Any) -> Word:
    data: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    also, title, means = data.get("also", []), data.get("title"), data.get("means")
    listed = also if isinstance(also, list) else [also]
    return Word(
        id,
        title=None if title is None else str(title),
        also=tuple(map(str, listed)),
        means=next((each for each in _MEANINGS if each == means), None),
    )


def report_ambiguous(context: ParseContext, place: KeyPath, words: Words | None) -> None:
    """Report each spelling that two words have, as an error that shows both places.

    Args:
        context: Has the document, and gets the problems.
        place: The path of the list or map of words.
        words: The words that are written there.
    """
    first: dict[str, tuple[Word, Span]] = {}
    data = _at(context.document.data, place)
    for at, word in enumerate(words or ()):
        for spelling, span in _spellings(context, (*place, word.id), word, at, data):
            folded = fold_word(spelling)
            if not folded and spelling == word.id:
                continue
            if not folded:
                message = f"{quoted(spelling)} has no letters, so it cannot stand for `{word.id}`"
                help = "write the word as your CRM does"
                context.problems.append(Problem(span, "ambiguous-word", message, help))
                continue
            other, also = first.setdefault(folded, (word, span))
            if other.id != word.id:
                message = f"{quoted(spelling)} stands for both `{other.id}` and `{word.id}`"
                help = "keep it under one of them; case, spaces and hyphens make no difference"
                problem = Problem(span, "ambiguous-word", message, help, also=also)
                context.problems.append(problem)


def _spellings(
    context: ParseContext, place: KeyPath, word: Word, index: int, data: Any
) -> list[tuple[str, Span]]:
    """Return the spellings of ``word``, its id first, each with its span."""
    document = context.document
    if isinstance(data, list):
        return [(word.id, document.value_span((*place[:-1], index)))]
    found = [(word.id, document.key_span(place))]
    also = data[word.id].get("also", []) if isinstance(data[word.id], dict) else []
    if isinstance(also, list):
        at = [(*place, "also", each) for each in range(len(also))]
        return found + [
            (str(text), document.value_span(where)) for text, where in zip(also, at, strict=True)
        ]
    return [*found, (str(also), document.value_span((*place, "also")))]


def _at(data: Any, place: KeyPath) -> Any:
    for key in place:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    return data
