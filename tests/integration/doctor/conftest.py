"""One whole stack, which is well; what is to be wrong is wrong in the environment of who examines it."""

from collections.abc import Iterator

import pytest
from qstash import QStash

from infra.commands.stage_file import of_stack
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.stack import Options, Stack
from tests.integration.doctor.ward import Ward
from tests.integration.qstash.destination import Destination


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Its crons are paused: what a turn of theirs leaves behind is not the doctor's."""
    with Stack.start(tmp_path_factory.mktemp("stack"), Options(throw_away=True)) as made:
        account = QStash(DEVELOPMENT_TOKEN, base_url=made.urls.qstash, retry=False)
        for schedule in account.schedule.list():
            account.schedule.pause(schedule.schedule_id)
        account.http._client.close()
        yield made


@pytest.fixture
def ward(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Ward:
    for name, value in of_stack(stack).items():
        monkeypatch.setenv(name, value)
    return Ward(monkeypatch)


@pytest.fixture
def destination() -> Iterator[Destination]:
    """In the place of functions that are not as they should be."""
    with Destination().listening() as made:
        yield made
