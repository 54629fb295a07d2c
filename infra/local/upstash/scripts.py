"""Lets scripts that are written for Upstash run on Valkey, which does not know one of Upstash's flags.

The rule: of a script's shebang line (`#!lua flags=allow-key-locking`) the flag `allow-key-locking` is
dropped, and the line with it when no other flag is left (an empty line stays, so that line numbers in errors hold).
Every other script is passed on as it is. A client knows a script by the SHA-1 of the text that *it* has: once
a changed script was seen in EVAL, EVAL_RO or SCRIPT LOAD, that sum stands for what Valkey was given, in EVALSHA,
EVALSHA_RO and SCRIPT EXISTS, and SCRIPT LOAD answers it. Whether the script is loaded only Valkey says (NOSCRIPT),
so flushing needs no care. The sums are forgotten when this server stops: then it is NOSCRIPT too.
"""

import hashlib
from typing import Final

from infra.local.upstash.resp import Command, Error, Reply

_FOREIGN_FLAG: Final = b"allow-key-locking"
_EVAL: Final = {b"EVAL", b"EVAL_RO"}
_EVALSHA: Final = {b"EVALSHA", b"EVALSHA_RO"}


class Scripts:
    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}  # the client's sum -> Valkey's

    def translate(self, command: Command) -> Command:
        """Give the command as Valkey is to get it."""
        head = [argument.upper() for argument in command[:2]]
        if len(head) == 2:
            if head[0] in _EVAL:
                return [command[0], self._learn(command[1]), *command[2:]]
            if head[0] in _EVALSHA:
                return [command[0], self._known_as(command[1]), *command[2:]]
        if head == [b"SCRIPT", b"LOAD"]:
            return [*command[:2], *(self._learn(script) for script in command[2:])]
        if head == [b"SCRIPT", b"EXISTS"]:
            return [*command[:2], *(self._known_as(digest) for digest in command[2:])]
        return command

    @staticmethod
    def translate_back(command: Command, reply: Reply) -> Reply:
        """Give the reply as the client expects it for the command that it sent."""
        is_load = [argument.upper() for argument in command[:2]] == [b"SCRIPT", b"LOAD"]
        return _digest(command[2]) if is_load and not isinstance(reply, Error) else reply

    def _learn(self, script: bytes) -> bytes:
        portable = without_foreign_flag(script)
        if portable != script:
            self._known[_digest(script)] = _digest(portable)
        return portable

    def _known_as(self, digest: bytes) -> bytes:
        return self._known.get(digest.lower(), digest)


def without_foreign_flag(script: bytes) -> bytes:
    """Give the script with `allow-key-locking` removed from its shebang line, if it has one."""
    first, newline, rest = script.partition(b"\n")
    engine, *options = first.split() or [b""]
    flags = [option for option in options if option.startswith(b"flags=")]
    if engine != b"#!lua" or len(flags) != 1:
        return script
    wanted = flags[0].removeprefix(b"flags=").split(b",")
    kept = [flag for flag in wanted if flag != _FOREIGN_FLAG]
    if kept == wanted:
        return script
    if not kept:
        return newline + rest
    return b" ".join([engine, *(o for o in options if o not in flags), b"flags=" + b",".join(kept)]) + newline + rest


def _digest(script: bytes) -> bytes:
    return hashlib.sha1(script, usedforsecurity=False).hexdigest().encode()
