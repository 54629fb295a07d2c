"""What the compiler of the templates can not see: markers in the wrong place, and props that are never shown.

TypeScript has refused a prop that does not exist; this also holds for markers that were written by hand, for a
value in a place where escaping does not help, and for an optional prop outside its own `When`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from functions.send_email.markers import MARKER, Block, Node, TemplateError, Value, parse
from infra.templates.schema import Kind, Leaf, leaves

FORMS: Final[dict[Kind, frozenset[str]]] = {
    "text": frozenset({"text"}),
    "multiline": frozenset({"lines"}),
    "uri": frozenset({"url"}),
    "date-time": frozenset({"full", "day", "time"}),
    "integer": frozenset({"number", "of"}),
    "list": frozenset({"length"}),
    "optional": frozenset(),
}
_ATTRIBUTE: Final = re.compile(r"\s([a-zA-Z-]+)=\"([^\"]*)$")
_LINKING: Final = frozenset({"href", "src", "action", "background", "cite", "poster", "srcset", "formaction"})
_SAFE: Final = frozenset({"alt", "title", "aria-label", "content"})
_RAW: Final = re.compile(r"<!--.*?-->|<(style|script)\b.*?</\1>", re.DOTALL)


def problems(name: str, compiled: Path) -> list[str]:
    """What is wrong with the compiled template `name`, as sentences; empty if nothing is."""
    known = leaves(name)
    found: list[str] = []
    for kind in ("subject.txt", "html", "txt"):
        file = f"{name}.{kind}"
        try:
            raw = (compiled / file).read_text("utf-8")
            nodes = parse(raw)
        except (FileNotFoundError, TemplateError) as error:
            found.append(f"{file}: {error}")
            continue
        shown: set[str] = set()
        found += [f"{file}: {said}" for said in _named(nodes, known, (), shown)]
        if kind == "html":
            found += [f"{file}: {said}" for said in _placed(raw)]
        if kind != "subject.txt":
            unused = [path for path, leaf in known.items() if leaf.kind != "optional" and path not in shown]
            found += [f"{file}: the prop {path} is never shown" for path in unused]
    return found


def _named(nodes: tuple[Node, ...], known: dict[str, Leaf], within: tuple[str, ...], shown: set[str]) -> Iterator[str]:
    """Markers that name no prop, take it for something that it is not, or stand outside its part."""
    for node in nodes:
        if isinstance(node, Value):
            if said := _misused(node, known, within):
                yield said
            elif known[node.path].kind != "list":
                shown.add(node.path)
        elif isinstance(node, Block):
            is_list = node.path in known and known[node.path].kind == "list"
            if not is_list and (node.kind == "each" or f"{node.path}?" not in known):
                yield f"{node.path} is no list{'' if node.kind == 'each' else ' or optional prop'}"
                continue
            if is_list and node.kind == "each":
                shown.add(node.path)
            inside = within if is_list and node.kind == "when" else (*within, node.path)
            yield from _named(node.body, known, inside, shown)


def _misused(value: Value, known: dict[str, Leaf], within: tuple[str, ...]) -> str | None:
    leaf = known.get(value.path)
    if leaf is None:
        return f"{value.path} names no prop"
    if value.format not in FORMS[leaf.kind]:
        return f"{value.path} can not be shown as {value.format!r}"
    outside = [part for part in leaf.within if part not in within]
    return f"{value.path} stands outside the part of {outside[0]}" if outside else None


def _placed(html: str) -> Iterator[str]:
    """Values in a place where escaping is not enough."""
    for raw in _RAW.finditer(html):
        if MARKER.search(raw[0]):
            yield "a marker stands in a comment, a style or a script"
    html = _RAW.sub(lambda raw: " " * len(raw[0]), html)
    for match in MARKER.finditer(html):
        before = html[: match.start()]
        tag = before[before.rfind("<") :]
        if ">" in tag:
            continue
        attribute = _ATTRIBUTE.search(tag)
        said = match["path"]
        if attribute is None:
            yield f"{said} stands inside a tag, outside a quoted attribute"
        elif match["sign"] != "=":
            yield f"the part {said} begins or ends inside an attribute"
        elif attribute[1] in _LINKING:
            if match["rest"] != "|url" or attribute[2] or html[match.end()] != '"':
                yield f"{said} stands in {attribute[1]}, which takes one address and nothing else"
        elif attribute[1] not in _SAFE or match["rest"] == "|lines":
            yield f"{said} stands in the attribute {attribute[1]}"
