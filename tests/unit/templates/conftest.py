"""Mails in every form that the tests need, made from the examples."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from functions.send_email.mails import ADAPTER, Mail
from infra.templates import TEMPLATES
from infra.templates.examples import EXAMPLES

With = Callable[[str, str, object], Mail]
Skeleton = Callable[[str], list[tuple[str, tuple[str | None, ...]]]]


@pytest.fixture
def with_value() -> With:
    """`with_value(name, path, value)`: the example `name` with `value` at `path`, in every element of a list."""

    def changed(name: str, path: str, value: object) -> Mail:
        props: dict[str, Any] = EXAMPLES[name].model_dump()
        head, _, tail = path.partition("[]")
        if tail:
            props[head] = [{**element, tail.lstrip("."): value} for element in props[head]]
        else:
            props[head] = [value] * len(props[head]) if path.endswith("[]") else value
        return ADAPTER.validate_python(props)

    return changed


class _Skeleton(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str | None, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


@pytest.fixture
def skeleton() -> Skeleton:
    """The tags of an HTML text with the names of their attributes, as a browser reads them."""

    def read(html: str) -> list[tuple[str, tuple[str | None, ...]]]:
        parser = _Skeleton()
        parser.feed(html)
        parser.close()
        return parser.tags

    return read


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the templates' folder that a test may break."""
    return copytree(TEMPLATES, tmp_path / "templates", ignore=ignore_patterns("node_modules"))
