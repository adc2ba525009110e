"""Exceptions for input that is missing or ambiguous, raised before anything is read."""

from __future__ import annotations


class InputNotFound(Exception):
    """A file, folder or playbook that was named does not exist; the message is one sentence."""


class UsageError(Exception):
    """There is nothing to work on, or several files could be meant; the message is one sentence."""
