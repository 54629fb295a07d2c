"""A language model for work that must ask none."""

from typing import NoReturn

from pydantic import BaseModel

from shared.ai import Model, Prompt


class NoModel(Model):
    """There is no provider behind it."""

    def __init__(self) -> None:
        """Nothing of a model's is built."""

    @property
    def id(self) -> str:
        return "none"

    async def fill(self, shape: type[BaseModel], prompt: Prompt, *, owner: str, token: str, within: float) -> NoReturn:
        raise AssertionError(f"a model was asked for {shape.__name__}, about {len(prompt.document)} characters")
