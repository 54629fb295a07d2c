"""Ids as Resend makes them."""

from uuid import UUID

from shared.clock import World


def new_id(world: World) -> str:
    return str(UUID(int=world.random.getrandbits(128), version=4))
