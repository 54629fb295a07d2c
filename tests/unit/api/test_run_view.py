"""What of a run is shown."""

from shared.runs.masking import mask


def test_hidden_fields_are_covered_however_deep_they_lie() -> None:
    payload = {"to": "a", "mail": {"to": ["b"], "kind": "x", "all": [{"to": {"c": 1}}, ["to", {"x": {"to": None}}]]}}
    assert mask(payload, frozenset({"to"})) == {
        "to": "***",
        "mail": {"to": "***", "kind": "x", "all": [{"to": "***"}, ["to", {"x": {"to": "***"}}]]},
    }


def test_nothing_is_covered_where_nothing_is_hidden() -> None:
    payload = {"a": [1, {"b": None}]}
    assert mask(payload, frozenset()) == payload
