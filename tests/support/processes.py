"""A function's Process on a test's own database, signing keys and log, with nothing read from the environment."""

import logging
from typing import Any

from pydantic import SecretStr

from shared.clock import World
from shared.config import Part, VerifySettings
from shared.database import Database
from shared.process import Process
from shared.signature import Verifier
from tests.support.desk import KEY, NEXT_KEY


def process_on(database: Database, *, log: Any = None, world: World | None = None) -> Process:
    """In a stage that is not local, as a deployed function is."""
    process = Process("test", world=world, environ={})
    process.database = database
    process.log = log or logging.getLogger("process")
    process.stage = Part(stage="prod")
    process.verify_settings = VerifySettings(
        stage="prod", qstash_current_signing_key=SecretStr(KEY), qstash_next_signing_key=SecretStr(NEXT_KEY)
    )
    process.verifier = Verifier(current_key=KEY, next_key=NEXT_KEY, stage="prod", now=process.world.now)
    return process
