"""A breaker in this process's memory alone: for Redis, whose own state can't be kept in Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random, SystemRandom
from typing import Final

from shared.breakers.breaker import BreakerOpen, Change, Changed, Sign, nobody, told_by
from shared.breakers.circuit import FAILURES, REST, Circuit, Policy

ASK_AGAIN: Final = 1.0
"""Seconds that a caller waits at least: while another one's probe is under way, its end is not known."""


class LocalBreaker:
    """Opens after `failures` in a row, for `rest` seconds; then one call at a time tries whether it is mended."""

    def __init__(
        self,
        service: str,
        monotonic: Callable[[], float],
        *,
        failures: int = FAILURES,
        rest: float = REST,
        longest: float = REST,
        random: Random | None = None,
        changed: Changed = nobody,
    ) -> None:
        self._service = service
        self._circuit = Circuit(
            Policy(failures=failures, rest=rest, longest=longest, jitter=0.0), monotonic, random or SystemRandom()
        )
        self._changed = changed

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        circuit = self._circuit
        probe = circuit.is_open
        if probe:
            if circuit.rest > 0 or circuit.probing:
                raise BreakerOpen(self._service, retry_after=max(circuit.rest, ASK_AGAIN))
            circuit.probing = True
        try:
            yield
        except Exception as error:
            self._heard(told_by(error, self._service), probe=probe)
            raise
        else:
            self._heard(Sign.ANSWERED, probe=probe)
        finally:
            if probe:
                circuit.probing = False

    def _heard(self, sign: Sign, *, probe: bool) -> None:
        circuit = self._circuit
        if sign is Sign.FAILED and (probe or circuit.failed()):
            rest = circuit.next_rest()
            circuit.open(rest, circuit.openings + 1)
            self._changed(Change(self._service, opened=True, rest=rest, openings=circuit.openings))
        elif sign is Sign.ANSWERED and probe:
            circuit.close()
            self._changed(Change(self._service, opened=False))
        elif sign is Sign.ANSWERED and not circuit.is_open:
            circuit.answered()
