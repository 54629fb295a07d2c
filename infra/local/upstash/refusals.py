"""Knows the commands that Redis has and a REST call cannot: each call is alone, short, and shares its connection."""

from typing import Final

from infra.local.upstash.resp import Command, Error

_BLOCKING: Final = "BLPOP BRPOP BLMOVE BLMPOP BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF"
# A transaction is POST /multi-exec; there is no optimistic one.
_TRANSACTIONS: Final = "MULTI EXEC DISCARD WATCH UNWATCH"
# A subscription is GET /subscribe or /psubscribe.
_STREAMS: Final = "SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE SSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC REPLCONF"
# They would change the connection for the next one who gets it, HELLO even its protocol.
_CONNECTION: Final = "AUTH HELLO SELECT QUIT RESET ASKING READONLY READWRITE"
# The server's own affairs, which a hosted database keeps to itself.
_SERVER: Final = (
    "SHUTDOWN CONFIG DEBUG MODULE SAVE BGSAVE BGREWRITEAOF SLAVEOF REPLICAOF FAILOVER CLUSTER MIGRATE SWAPDB MOVE"
)
_REFUSED: Final = frozenset(
    name.encode() for names in (_BLOCKING, _TRANSACTIONS, _STREAMS, _CONNECTION, _SERVER) for name in names.split()
)
_CLIENT: Final = frozenset({b"ID", b"INFO", b"GETNAME", b"SETNAME", b"SETINFO", b"LIST"})
_READERS: Final = frozenset({b"XREAD", b"XREADGROUP"})


def refusal(command: Command) -> Error | None:
    """Give the error that the command gets instead of being run, None if it may run."""
    name, first = command[0].upper(), command[1].upper() if len(command) > 1 else b""
    if name in _REFUSED or (name == b"CLIENT" and first not in _CLIENT) or (name in _READERS and _blocks(command)):
        return Error(
            f"ERR Command is not available: '{command[0].decode(errors='replace')}'. "
            "See https://upstash.com/docs/redis/overall/rediscompatibility for details"
        )
    return None


def _blocks(command: Command) -> bool:
    """Whether BLOCK is among the options, which end where STREAMS begins; a stream may have that name."""
    for argument in command[1:]:
        match argument.upper():
            case b"BLOCK":
                return True
            case b"STREAMS":
                return False
    return False
