"""The code on docs/search.md does what the page says, on the real servers."""

import ast
import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from functions.sync_search.contract import CONTRACT
from shared.clock import World
from shared.search.model import Match
from tests.integration.sync_search.bench import Bench

PAGE: Final = Path(__file__).parents[3] / "docs" / "search.md"


async def run(code: str, seen: dict[str, Any]) -> None:
    running = eval(compile(code, str(PAGE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), seen)
    if inspect.iscoroutine(running):
        await running


async def test_a_job_changes_documents_and_searches_them_as_the_page_shows(bench: Bench) -> None:
    await bench.document("one", text="A water mill.")
    context = SimpleNamespace(services=bench.services, world=World(), accepted=[])
    seen: dict[str, Any] = {"context": context, "database": bench.database, "index": bench.index}
    seen |= {"document": "one", "title": "Another title", "owner": "ada"}
    changing, searching = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    await run(changing, seen)
    assert [accepted.job for accepted in context.accepted] == [CONTRACT.name]
    await bench.turn()
    await run(searching, seen)
    assert seen["match"] is Match.EXACT
    assert [document.title for document in seen["documents"].values()] == ["Another title"]
