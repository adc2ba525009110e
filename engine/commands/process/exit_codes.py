"""The exit codes of `relight`. Which error ends with which is in `errors.CODE_OF_ERROR`; the
exceptions there are costly to import, and `--help` needs only the numbers.
"""

from __future__ import annotations

FINE = 0
PROBLEMS = 1
"""Errors in a playbook or test, a failed case, a message that cannot be written."""
USAGE = 2
"""Wrong usage, nothing to do, or a result that cannot be written."""
UNREADABLE = 3
"""A file, book or prospect that does not exist or cannot be read."""
FAULT = 70
"""A bug in Relight."""
INTERRUPTED = 130
