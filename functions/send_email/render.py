"""Fills a compiled template with a mail's props: what goes to Resend as subject, HTML and text.

Equal props give equal bytes, on every machine: nothing here reads a clock, a locale or a time zone. Everything
that a person wrote is escaped for the place where it lands, and the HTML, the text and the subject are each
filled by their own rule, so that no value can become a tag, an attribute, a header line or a marker.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from functions.send_email.formats import clean, shown
from functions.send_email.markers import Block, Node, TemplateError, Value, parse

if TYPE_CHECKING:
    from functions.send_email.mails import Mail

COMPILED: Final = Path(__file__).parent / "templates" / "compiled"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail, ready to send."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """One mail's three parsed templates."""

    subject: tuple[Node, ...]
    html: tuple[Node, ...]
    text: tuple[Node, ...]


def render(mail: "Mail", compiled: Path = COMPILED) -> Rendered:
    """`mail` as subject, HTML and text; the values are taken as validated, but links are checked once more."""
    template = load(mail.template, compiled)
    return Rendered(
        subject=clean(_fill(template.subject, mail, _plain)),
        html=_fill(template.html, mail, _html),
        text=_fill(template.text, mail, _plain),
    )


@lru_cache(maxsize=32)
def load(name: str, folder: Path) -> Template:
    """The parsed template `name`, read once a process."""
    subject, html, text = (
        parse((folder / f"{name}.{kind}").read_text("utf-8")) for kind in ("subject.txt", "html", "txt")
    )
    return Template(subject, html, text)


Escape = Callable[[str], str]


def _html(value: str) -> str:
    return "<br/>".join(escape(line) for line in value.split("\n"))


def _plain(value: str) -> str:
    return value


def _fill(nodes: tuple[Node, ...], mail: object, escaped: Escape) -> str:
    return "".join(_written(nodes, {"": mail}, escaped))


def _written(nodes: tuple[Node, ...], scope: Mapping[str, object], escaped: Escape) -> Iterator[str]:
    for node in nodes:
        match node:
            case str():
                yield node
            case Value(path, form, arguments):
                yield escaped(shown(_found(path, scope), form, arguments))
            case Block("each", path, body):
                for element in _elements(path, scope):
                    yield from _written(body, {**scope, f"{path}[]": element}, escaped)
            case Block(_, path, body):
                if _found(path, scope) not in (None, ()):
                    yield from _written(body, scope, escaped)


def _found(path: str, scope: Mapping[str, object]) -> object:
    """The value at `path`: what follows the last `[]` is read from that list's current element."""
    head, bracket, tail = path.rpartition("[]")
    value = scope[head + bracket]
    for name in filter(None, tail.split(".")):
        value = getattr(value, name)
    return value


def _elements(path: str, scope: Mapping[str, object]) -> tuple[object, ...]:
    elements = _found(path, scope)
    if not isinstance(elements, tuple):
        raise TemplateError(f"{path} is no list")
    return elements
