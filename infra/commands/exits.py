"""The exit codes of every command, for scripts: what they mean is here and nowhere else.

| code | meaning |
|---|---|
| 0 | done, and all is well; an empty list is well too |
| 1 | not done: a service is away, a variable is missing, what was asked is refused. One line on stderr says why |
| 2 | asked wrongly: an option that there is not, or a question to confirm and nobody there to answer it |
| 3 | not as hoped: no such run, key, address or user; unhealthy; something differs; the audit found drift |
| 130 | interrupted (Ctrl-C); what was done until then is done |
"""

from typing import Final

import typer

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_SO: Final = 3
INTERRUPTED: Final = 130


class Interrupted(typer.Exit):
    """Ctrl-C, after everything that was open has been closed."""

    def __init__(self) -> None:
        super().__init__(INTERRUPTED)
