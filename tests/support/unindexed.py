"""Stands in for the run that indexes a change, where a test's subject is the change."""

from shared.database import Session


async def unindexed(_: Session) -> None:
    """Accepts nothing."""
