"""Language models: a document goes in, a pydantic model comes out, or an error that says what to do about it.

    prompt = Prompt(system, instructions, document)
    answer = await process.ai.fill(Analysis, prompt, owner=user_id, token=run_key, within=60)
    answer.value.summary

    prompt.py     the document fenced as data               budget.py         an owner's tokens of a day
    shape.py      what is asked for, and what fits          answer_cache.py   answers that need not be paid for twice
    provider.py   what Bedrock and OpenAI have in common    calls.py          the calls that one question takes
    errors.py     what may come of it                       model.py          all of it, as jobs see it

Importing this package imports none of boto3, httpx and Redis' client: `Process.ai` does, when it is first asked for.
"""

from shared.ai.errors import CallRefused, OverQuota, RefusedByModel, TooLong, Unfit
from shared.ai.model import Answer, Model
from shared.ai.prompt import Prompt

__all__ = ["Answer", "CallRefused", "Model", "OverQuota", "Prompt", "RefusedByModel", "TooLong", "Unfit"]
