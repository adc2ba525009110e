"""Words that other languages and tools use, and what to write here instead."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    ">=": "at_least",
    "gte": "at_least",
    "ge": "at_least",
    "min": "at_least",
    "minimum": "at_least",
    "greater_than_or_equal": "at_least",
    "greater_or_equal": "at_least",
    ">": "more_than",
    "gt": "more_than",
    "above": "more_than",
    "over": "more_than",
    "greater": "more_than",
    "greater_than": "more_than",
    "bigger_than": "more_than",
    "larger_than": "more_than",
    "higher_than": "more_than",
    "<=": "at_most",
    "lte": "at_most",
    "le": "at_most",
    "max": "at_most",
    "maximum": "at_most",
    "less_than_or_equal": "at_most",
    "less_or_equal": "at_most",
    "<": "less_than",
    "lt": "less_than",
    "below": "less_than",
    "under": "less_than",
    "fewer_than": "less_than",
    "lower_than": "less_than",
    "smaller_than": "less_than",
    "=": "is",
    "==": "is",
    "eq": "is",
    "equal": "is",
    "equals": "is",
    "equal_to": "is",
    "!=": "is_not",
    "ne": "is_not",
    "neq": "is_not",
    "not": "is_not",
    "not_equal": "is_not",
    "not_equals": "is_not",
    "one_of": "in",
    "any_of": "in",
    "none_of": "not_in",
    "begins_with": "starts_with",
    "includes": "contains",
    "newer_than": "within",
    "last": "within",
    "next": "in_next",
    "exists": "known",
    "except": "unless",
    "if": "when",
    "reason": "because",
    "why": "because",
    "values": "choices",
    "options": "choices",
    "expected": "expect",
}
"""Keys of other languages."""

LISTS: Mapping[str, str] = {"or": "any", "one_of": "any", "and": "all", "all_of": "all"}
"""Keys under which other languages have a list of conditions."""

MAPS: Mapping[str, str] = dict.fromkeys(("except", "if_not", "but_not", "unles", "uness"), "unless")
"""Keys under which other languages, or a slip, have a condition."""

KINDS: Mapping[str, str] = dict.fromkeys(
    (
        "outbound",
        "call",
        "phone",
        "email",
        "mail",
        "message",
        "meeting",
        "sms",
        "contact",
        "letter",
    ),
    "outreach",
) | dict.fromkeys(("task", "todo", "note", "inbound"), "internal")
"""Kinds of actions."""

OFF = ("disabled", "disable", "enabled", "enable", "inactive", "active", "skip", "remove", "off")
"""Keys with which other tools turn a rule off."""

OFF_VALUES = ("off", "no", "none", "null", "false", "disabled", "disable", "never", "removed", "")
"""Values with which other tools turn a rule off, in lower case."""
