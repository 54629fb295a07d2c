"""The setting of the cases: a story on a fresh store."""

import pytest

from shared.database import Database
from tests.support.story import Story


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)
