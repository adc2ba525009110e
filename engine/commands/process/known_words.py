"""Refuse words of options that nothing has: an owner of nobody, a state or a zone that is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.language.files.input_errors import UsageError
from engine.language.instants import place_zones, zone_known
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.value_rules import fold_word
from engine.semantics.prospect_filter import fold_name

MAX_NAMED = 10
"""The most known words that a message lists."""


def find_state(word: str, states: Collection[str]) -> str:
    """Return the state that ``word`` names, whatever its case, spaces and hyphens.

    Raises:
        UsageError: It is no state.
    """
    found = {fold_word(state): state for state in states}.get(fold_word(word))
    if found is None:
        raise UsageError(f"no state {quoted(word)}: {_hint(word, states, 'states')}")
    return found


def find_zone(name: str | None) -> str | None:
    """Return the IANA time zone ``name``, or None if no zone was given.

    Raises:
        UsageError: It is no time zone.
    """
    if name is None or zone_known(name):
        return name
    hint = did_you_mean(name, place_zones()) or "write an IANA name: `America/Chicago`"
    raise UsageError(f"no time zone {quoted(name)}: {hint}")


def check_owners(given: Iterable[str], owners: Iterable[str], book: str) -> None:
    """Refuse an owner whom no prospect has.

    Args:
        given: The owners asked for.
        owners: The owners of all prospects.
        book: The book, as the command line names it.

    Raises:
        UsageError: No prospect has one of them.
    """
    # Of two that differ only in case, the one that sorts first is named.
    known = {fold_name(owner): owner for owner in sorted(owners, reverse=True)}
    for word in given:
        if fold_name(word) in known:
            continue
        if not known:
            raise UsageError(f"no prospect in {quoted(book)} has an owner: leave out --owner")
        hint = _hint(word, sorted(known.values(), key=fold_name), "owners")
        raise UsageError(f"no prospect in {quoted(book)} has the owner {quoted(word)}: {hint}")


def _hint(word: str, known: Collection[str], what: str) -> str:
    """Return the known word that is meant; without one, the known words."""
    near = did_you_mean(word, known)
    if near is not None:
        return near
    named = ", ".join(map(quoted, list(known)[:MAX_NAMED]))
    more = len(known) - MAX_NAMED
    return f"the {what} are {named}" + (f" and {more:,} more" if more > 0 else "")
