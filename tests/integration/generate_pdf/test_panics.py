"""Words at which typst panics, by a fault of its own: they are refused for good, and are nobody else's trouble."""

from typing import Final

import pytest

from shared.runs.model import State
from tests.integration.generate_pdf.bench import Bench

BREAKS: Final = "\ufcf0\ufd62\ufbe1\u20b8\u2084\n\u20a9\u20a0\n\u20db\ufe07\ufb3a"
"""Letters from right to left, and marks of no font, where lines are broken (typst 0.15)."""


async def test_a_title_that_breaks_the_typesetter_fails_its_run_for_good(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = bench.desk()
    run = await bench.report(desk, title=BREAKS)
    assert (await bench.deliver(desk, run)).answer.status == 489
    ended = await desk.read(run.id)
    assert (ended.state, ended.tries) == (State.FAILED, 1)
    assert await bench.database.test_alerts.count_documents({}) == 0
    assert "panicked" not in "".join(capfd.readouterr())


async def test_the_next_report_is_made_all_the_same(bench: Bench) -> None:
    desk = bench.desk()
    for title, status in ((BREAKS, 489), ("Review of the mills", 200)):
        run = await bench.report(desk, title=title)
        assert (await bench.deliver(desk, run)).answer.status == status
