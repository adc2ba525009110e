"""What the exit code of a run says."""

from __future__ import annotations

FINE = 0
PROBLEMS = 1
"""Errors in a playbook or test, a case that failed, a message that cannot be written."""
USAGE = 2
"""Called in a way that cannot be meant, nothing to do, or no place to write the answer."""
UNREADABLE = 3
"""A file, a book or a prospect that is not there or cannot be read."""
FAULT = 70
"""Relight's own."""
INTERRUPTED = 130
