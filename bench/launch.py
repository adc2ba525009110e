"""Runs a command; writes its times, peak memory and exit code: `launch.py FILE COMMAND...`.

The kernel counts the memory of whoever starts a process as that process's own peak. So it is
started from here, where next to nothing is loaded.
"""

import os
import sys
import time

if __name__ == "__main__":
    target, command = sys.argv[1], sys.argv[2:]
    begun = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begun
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(target, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib costs memory
        used = usage.ru_utime + usage.ru_stime
        file.write(f"{seconds} {used} {peak} {os.waitstatus_to_exitcode(status)}")
