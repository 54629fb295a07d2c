"""A model's answer is exactly of the shape, or it is none; and the shape is told in words that both providers take."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.local.ai.requests import REFUSED_KEYWORDS
from shared.ai.shape import MOST_TOLD, Misshapen, read, schema_of
from tests.unit.ai.shapes import Notes, Point

FITS = {"title": "a", "points": [{"word": "b", "weight": 0.5}], "kind": "letter", "pages": 3}


def test_an_answer_of_the_shape_is_read() -> None:
    assert read(Notes, json.dumps(FITS)) == Notes(
        title="a", points=(Point(word="b", weight=0.5),), kind="letter", pages=3
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (None, "no answer"),
        ("", "Invalid JSON"),
        ("Sure! " + json.dumps(FITS), "Invalid JSON"),
        (json.dumps(FITS)[:-1], "Invalid JSON"),
        ("[]", "body"),
        ("null", "body"),
        (json.dumps({**FITS, "secret words": 1}), "A field that it does not have"),
        (json.dumps({**FITS, "points": [{"word": "b", "weight": 0.5, "secret words": 1}]}), "points.0"),
        (json.dumps({**FITS, "title": 5}), "title"),
        (json.dumps({**FITS, "pages": "3"}), "pages"),
        (json.dumps({**FITS, "points": [{"word": "secret words" * 9, "weight": 0.5}]}), "points.0.word"),
        (json.dumps({**FITS, "points": [{"word": "b", "weight": 1.5}]}), "points.0.weight"),
        (json.dumps({**FITS, "points": [{"word": "b", "weight": float("nan")}]}), "points.0.weight"),
        (json.dumps({**FITS, "kind": "secret words"}), "kind"),
        (json.dumps({name: value for name, value in FITS.items() if name != "kind"}), "kind"),
        ("[" * 100_000, "Invalid JSON"),
    ],
)
def test_what_is_not_of_the_shape_is_told_by_fields_and_never_by_the_models_words(text: str | None, named: str) -> None:
    with pytest.raises(Misshapen) as caught:
        read(Notes, text)
    assert named in caught.value.faults
    assert "secret" not in caught.value.faults
    assert caught.value.__cause__ is None


def test_of_any_number_of_faults_only_some_are_told() -> None:
    """They go into the next question, which the owner pays for."""
    with pytest.raises(Misshapen) as caught:
        read(Notes, json.dumps({**FITS, **{f"field {number}": number for number in range(10_000)}}))
    assert "A field that it does not have" in caught.value.faults
    assert len(caught.value.faults) == MOST_TOLD


def nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    for one in [*inner, node["items"]] if "items" in node else inner:
        yield from nodes(one)


def test_objects_of_a_schema_are_closed_and_have_all_their_fields() -> None:
    """As OpenAI's strict mode demands, also where pydantic has a default."""
    objects = [node for node in nodes(schema_of(Notes)) if node.get("type") == "object"]
    assert len(objects) == 2
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_a_schema_refers_to_nothing_and_has_no_keyword_that_a_provider_refuses() -> None:
    assert not [node for node in nodes(schema_of(Notes)) if REFUSED_KEYWORDS & node.keys()]


def test_how_long_a_text_may_be_is_said_in_words() -> None:
    fields = schema_of(Notes)["properties"]
    assert fields["title"]["description"] == "Of the whole. 1 to 200 characters."
    assert fields["points"]["items"]["properties"]["word"]["description"] == "1 to 60 characters."
    assert fields["points"]["maxItems"] == 8
