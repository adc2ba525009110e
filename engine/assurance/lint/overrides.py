"""Check what a playbook changes in those it extends: whether the reasons still say why."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.language.load import LoadResult
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.yaml.document import KeyPath

_VALUES = (
    "silent_for",
    "since",
    "when",
    "while",
    "unless",
    "weight",
    "against",
    "score",
    "due",
    "default",
    "measure",
)
"""Fields whose value the reasons of an entry speak of."""

_TEXTS = ("because", "description")
_REASONS = (*_TEXTS, "basis", "source")


def stale_reason(target: LintTarget) -> Iterator[Problem]:
    """Report each override of a value that keeps the reasons of the value before."""
    changed: dict[KeyPath, list[str]] = {}
    for place in (*target.replaced, *target.removed):
        is_field = len(place) in (3, 5) and place[-1] in _VALUES
        if is_field and place[0] not in ("calendar", "cadence", "diagnosis", "tables"):
            changed.setdefault(place[:-1], []).append(str(place[-1]))
    for entry, fields in changed.items():
        for field in fields:
            kept = _kept(target, entry, field)
            if kept and not target.damage.of(*entry):
                yield _stale(target, entry, field, kept)
                break


def off_notes(loaded: LoadResult) -> Iterator[Problem]:
    """Yield for each rule that is `off` a note of those that never fire without it."""
    for root, span in loaded.removed.items():
        silenced = [
            place for place, off in loaded.silenced.items() if off == root and place[0] != "facts"
        ]
        if silenced:
            names = ", ".join(quoted(_dotted(place)) for place in silenced)
            message = f"{quoted(_dotted(root))} is off, so these never fire: {names}"
            yield Problem(span, "off-in-use", message, severity="warning")


def _dotted(place: KeyPath) -> str:
    return ".".join(map(str, place))


def _kept(target: LintTarget, entry: KeyPath, field: str) -> list[str]:
    """Return the reasons of ``entry`` that come from a file that its ``field`` overrides."""
    data = target.document.data
    for key in entry:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    here = _file(target, (*entry, field))
    if here is None or not isinstance(data, dict):
        return []
    older = [
        reason
        for reason in _REASONS
        if reason in data and _is_older(target, _file(target, (*entry, reason)), here)
    ]
    basis = data.get("basis")
    # `basis: ours` says that the value is not the source's, and a basis beside it whose it is.
    if basis != "source":
        older = [reason for reason in older if reason != "basis"]
    if basis is not None:
        older = [reason for reason in older if reason != "source"]
    return older


def _file(target: LintTarget, place: KeyPath) -> str | None:
    span = target.removed.get(place) or target.document.key_spans.get(place)
    return None if span is None else span.file


def _is_older(target: LintTarget, file: str | None, than: str) -> bool:
    order = {name: index for index, name in enumerate(target.files)}
    return file is not None and order.get(file, -1) < order.get(than, -1)


def _stale(target: LintTarget, entry: KeyPath, field: str, kept: list[str]) -> Problem:
    """Return the problem with an override.

    Args:
        target: What is checked.
        entry: The path of the entry.
        field: The field that is overridden.
        kept: The reasons that are not.
    """
    place = (*entry, field)
    span = target.removed.get(place) or target.document.key_span(place)
    names = " and ".join(map(quoted, kept))
    speak = "speaks" if len(kept) == 1 else "speak"
    instead = [f"{quoted(reason)} of your own" for reason in kept if reason in _TEXTS]
    if len(instead) < len(kept):
        instead.append("`basis: ours`, or `basis: source` if the source says so too")
    return Problem(
        span,
        "stale-reason",
        f"{quoted(field)} is changed, but the inherited {names} still {speak} of the old value",
        f"write {' and '.join(instead)}",
        severity="warning",
        also=target.document.key_span((*entry, kept[0])),
    )
