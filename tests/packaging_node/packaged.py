"""What osls has made of a stage: the template that CloudFormation would get, and the zips that it names."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

STAGES: Final = ("prod", "staging", "dev")


class Packaged:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / ".serverless" / "cloudformation-template-update-stack.json"

    @cached_property
    def template(self) -> Mapping[str, Any]:
        loaded: Mapping[str, Any] = json.loads(self.path.read_text("utf-8"))
        return loaded

    def of(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The properties of the resources of one type, by what CloudFormation calls them."""
        found = self.template["Resources"].items()
        return {name: one.get("Properties", {}) for name, one in found if one["Type"] == kind}

    @property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """Their properties, by the names of their folders."""
        return {one["Handler"].split(".")[1]: one for one in self.of("AWS::Lambda::Function").values()}


def texts(node: object) -> Iterator[str]:
    """Every text below a node, keys too."""
    match node:
        case str():
            yield node
        case dict():
            for key, value in node.items():
                yield from texts(key)
                yield from texts(value)
        case list():
            for value in node:
                yield from texts(value)
