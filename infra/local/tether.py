"""Becomes another program that the kernel kills when the process that started it dies, kill -9 included.

Run as a script by `processes.start`, never imported: `python -I -S tether.py PARENT PROGRAM [ARGUMENT ...]`.
The kernel forgets the wish at a fork and keeps it through an exec, so it is made here,
after the fork and just before the exec; nothing of ours runs between fork and exec in the parent.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, argv: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before the wish was made
        sys.exit(1)
    os.execvp(argv[0], argv)  # noqa: S606 - becoming the program the parent named is the purpose


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
