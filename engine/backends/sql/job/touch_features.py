"""Find what the touches of a staged book have that must be normalized: most books have nothing."""

from __future__ import annotations

from sqlglot import exp

from engine.backends.sql.rules.normalize_touches import TouchFeatures, all_features
from engine.book import sql_nodes as q
from engine.book.staging.stage import Staged
from engine.book.staging.staged_sql import in_word_map, rows
from engine.language.model import Playbook

_ALIKE = ("prospect_id", "at", "direction", "channel", "subject")


def touch_features(staged: Staged, playbook: Playbook) -> TouchFeatures:
    """Return the features of the touches of ``staged``: meanings that occur, and copies."""
    meanings = all_features(playbook).outcomes
    outcome = q.column("outcome")
    found = exp.select(outcome).distinct().from_(q.table("touches"))
    found = found.where(in_word_map(outcome.copy(), list(meanings)))
    occurring = {str(id): meanings[str(id)] for (id,) in rows(staged.connection, found)}
    return TouchFeatures(occurring, copies=_has_copies(staged))


def _has_copies(staged: Staged) -> bool:
    """Return whether one message may be in several rows."""
    # By a hash: two rows with the same one are looked at as copies, and found to be different.
    keys = [q.call("hash", *(q.column(name) for name in _ALIKE))]
    keys.append(q.call("hash", q.column("prospect_id"), q.column("message_id")))
    identified = q.is_not_null(q.column("message_id"))
    for key, among in zip(keys, (exp.true(), identified), strict=True):
        counted = [exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))]
        query = exp.select(*counted).from_(q.table("touches")).where(among)
        ((every, distinct),) = rows(staged.connection, query)
        if every != distinct:
            return True
    return False
