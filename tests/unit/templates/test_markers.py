"""A compiled template is parsed exactly, or refused."""

import pytest

from functions.send_email.markers import Block, TemplateError, Value, parse


def test_text_without_markers_is_itself() -> None:
    assert parse("a < b") == ("a < b",)
    assert parse("") == ()


def test_values_lists_and_optional_parts_nest() -> None:
    template = "a\x02?xs\x03b\x02#xs\x03\x02=xs[].n|of|run|runs\x03\x02/xs\x03\x02/xs\x03c"
    value = Value("xs[].n", "of", ("run", "runs"))
    assert parse(template) == ("a", Block("when", "xs", ("b", Block("each", "xs", (value,)))), "c")


@pytest.mark.parametrize(
    "broken",
    [
        "\x02#xs\x03never closed",
        "closed alone \x02/xs\x03",
        "\x02#xs\x03\x02?y\x03crossed\x02/xs\x03\x02/y\x03",
        "\x02=cut",
        "cut=\x03",
        "\x02=IN CAPITALS\x03",
        "\x02=\x03",
        "\x02!xs\x03",
        "\x02=a\x02=b\x03\x03",
    ],
)
def test_a_broken_marker_is_refused(broken: str) -> None:
    with pytest.raises(TemplateError):
        parse(broken)
