"""Which stage a command works on, and where that stage's variables come from.

    --stage, else STAGE, else local
                                      ┌ the environment
    a variable is the first found of: ┤ .local/dev/stage.env, while `make dev` runs       (local)
                                      │ .env.STAGE in the project's root, if there is one (every other stage)
                                      └ what infra/stages/STAGE.yml says in plain         (every other stage)

So for a deployed stage only secrets and addresses have to be given: what is a reference in its file stays out. An empty
variable counts as none, as in `.env.example`. Two mixtures are refused, for a command would act on one stage with
what belongs to another: an environment whose STAGE is not the one that was asked for, and a file's.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import typer
from dotenv import dotenv_values

from infra.commands.stage_file import STACK, STACK_FILE
from shared.config import Stage
from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from infra.local.serverless import Service

ROOT: Final = Path(__file__).parents[2]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
ONE_STAGES: Final = (
    *STACK,
    "MONGODB_DATABASE",
    "UPSTASH_REDIS_REST_TOKEN",
    "QSTASH_TOKEN",
    "STORAGE_BUCKET",
    "STORAGE_ACCESS_KEY_ID",
    "SEARCH_DATABASE_URL",
    "FAILURE_CALLBACK_URL",
)
"""What names a service, an account or a part of one: QStash has one address for all stages, and a token for each."""
REFERENCE: Final = "{{resolve:"
"""What begins a CloudFormation dynamic reference: the value is known at the deploy, and not here."""


def stage_first(words: Sequence[str]) -> list[str]:
    """The words of a command, with `--stage NAME` before all others: it may be said after the command too."""
    end = words.index("--") if "--" in words else len(words)
    for index, word in enumerate(words[:end]):
        if word == "--stage" or word.startswith("--stage="):
            after = index + (2 if word == "--stage" else 1)
            return [*words[index:after], *words[:index], *words[after:]]
    return list(words)


def chosen(context: typer.Context) -> Stage:
    """What `--stage` or STAGE said."""
    stage: Stage = context.find_root().obj or "local"
    return stage


@contextmanager
def entered(stage: Stage, *, root: Path = ROOT) -> Iterator[None]:
    """Inside, the environment is the stage's: everything reads it there. Raises ConfigurationError."""
    before = dict(os.environ)
    os.environ.update(variables(stage, before, root=root))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def variables(stage: Stage, environ: Mapping[str, str], *, root: Path = ROOT) -> Mapping[str, str]:
    """Everything that is known of the stage. Raises ConfigurationError for a mixture of two."""
    given = {name: value for name, value in environ.items() if value}
    if given.get("STAGE", stage) != stage and any(name in given for name in ONE_STAGES):
        raise ConfigurationError(
            f"the environment is of the stage {given['STAGE']} (STAGE), and {stage} was asked for: "
            "start from an environment without the variables of another stage"
        )
    found = _of_the_stack(given, root) if stage == "local" else {**_plain(stage, given, root), **_file(stage, root)}
    return {**found, **given, "STAGE": stage}


def service(stage: str, environ: Mapping[str, str] = os.environ, *, root: Path = ROOT) -> "Service":
    """What serverless.yml declares for the stage whose environment this is. Raises ConfigurationError."""
    from infra.local.serverless import ServerlessError, read_service

    try:
        return read_service(root / "serverless.yml", stage=stage, env=environ)
    except ServerlessError as error:  # the local stage's file takes what is not there from the environment
        raise ConfigurationError(str(error)) from error


def missing(stage: Stage) -> str:
    """Where a variable that is missing could have come from, for whoever has to mend it."""
    if stage == "local":
        return "no `make dev` is running here, and the environment does not name the services"
    return f"looked for in the environment, .env.{stage} and infra/stages/{stage}.yml"


def _of_the_stack(given: Mapping[str, str], root: Path) -> Mapping[str, str]:
    """Of the stack that runs: all of it, or nothing where the environment names a service of another one."""
    stack = _read(root / STACK_FILE)
    return {} if any(given.get(name, stack.get(name)) != stack.get(name) for name in STACK) else stack


def _file(stage: Stage, root: Path) -> Mapping[str, str]:
    found = _read(root / f".env.{stage}")
    if found.get("STAGE", stage) != stage:
        raise ConfigurationError(f".env.{stage} is of the stage {found['STAGE']}: it says STAGE={found['STAGE']}")
    return found


def _plain(stage: Stage, given: Mapping[str, str], root: Path) -> Mapping[str, str]:
    environments = service(stage, given, root=root).environments.values()
    every = {name: value for environment in environments for name, value in environment.items()}
    return {name: value for name, value in every.items() if isinstance(value, str) and value and REFERENCE not in value}


def _read(path: Path) -> Mapping[str, str]:
    """A file of variables, as shells and dotenv write them; nothing in it is expanded."""
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
