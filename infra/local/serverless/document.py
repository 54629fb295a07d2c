"""Loads YAML with CloudFormation's short tags in the long form: `!GetAtt A.B` is `{"Fn::GetAtt": [A, B]}`."""

from pathlib import Path
from typing import Any

import yaml


class ServerlessError(Exception):
    """Something in `serverless.yml`, or a file that it names, that the local stack cannot follow."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class _Loader(yaml.CSafeLoader):
    """A safe loader that knows CloudFormation's tags; the one in C, as each start of a function reads this."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = str(loader.construct_scalar(node))
        return {name: text.split(".", 1) if name == "Fn::GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)} if isinstance(node, yaml.MappingNode) else {}


_Loader.add_multi_constructor("!", _intrinsic)


def load_document(path: Path) -> Any:
    """The content of a YAML file; raises ServerlessError where it is missing or malformed."""
    try:
        with path.open(encoding="utf-8") as file:
            return yaml.load(file, _Loader)  # noqa: S506 - _Loader is a SafeLoader
    except FileNotFoundError:
        raise ServerlessError(str(path), "there is no such file") from None
    except yaml.YAMLError as error:
        raise ServerlessError(str(path), " ".join(str(error).split())) from error
