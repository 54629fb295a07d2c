"""infra/resources as CloudFormation would get it, and what the code emits."""

import pytest

from tests.unit.resources.emitted import Metric, metrics, say_everything


@pytest.fixture
def emitted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> frozenset[Metric]:
    monkeypatch.setenv("STAGE", "staging")
    say_everything()
    return frozenset(metrics(capsys.readouterr().out))
