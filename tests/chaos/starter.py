"""Starts the service again and again as a process of its own, without the second that Python takes to load it: the kills come closer together.

Reads lines from standard input: ``start`` forks a child that runs the service with the settings file given, and prints its process id.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def main() -> None:
    settings_file = Path(sys.argv[1])
    import intake.command_line
    import intake.service
    from intake.settings import load_settings

    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            log = os.open("service.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os._exit(intake.service.serve(load_settings(settings_file), once=False))
        print(pid, flush=True)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)


if __name__ == "__main__":
    main()
