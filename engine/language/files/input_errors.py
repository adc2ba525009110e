"""What ends a command before it has read anything: input that is missing, or not clear."""

from __future__ import annotations


class InputNotFound(Exception):
    """What was named does not exist; the message is one sentence."""


class UsageError(Exception):
    """There is nothing to work on, or several files could be meant; the message is one sentence."""
