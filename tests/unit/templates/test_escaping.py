"""Nothing that a person wrote becomes markup, a header line or a marker."""

from collections.abc import Callable
from html import escape

import pytest

from functions.send_email.mails import Mail, ReportReady, SignIn
from functions.send_email.markers import TemplateError
from functions.send_email.render import render
from infra.templates.examples import EXAMPLES
from infra.templates.schema import leaves

With = Callable[[str, str, object], Mail]
Skeleton = Callable[[str], list[tuple[str, tuple[str | None, ...]]]]

FULL = ("sign_in", "report_ready", "job_failed")
WRITTEN = [(name, leaf.path) for name in FULL for leaf in leaves(name).values() if leaf.kind in {"text", "multiline"}]
ADDRESSES = [(name, leaf.path) for name in FULL for leaf in leaves(name).values() if leaf.kind == "uri"]
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "<![endif]--><b>",
    "&lt;b&gt; & &#60;b&#62;",
    "{{link}} ${link} %s %(link)s {0}",
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(("name", "path"), WRITTEN)
def test_markup_in_a_value_adds_no_tag_and_no_attribute(
    name: str, path: str, attack: str, with_value: With, skeleton: Skeleton
) -> None:
    harmless, attacked = render(with_value(name, path, "x")), render(with_value(name, path, attack))
    assert skeleton(attacked.html) == skeleton(harmless.html)
    assert escape(attack) in attacked.html
    assert attack in attacked.text


@pytest.mark.parametrize(("name", "path"), WRITTEN)
def test_a_marker_in_a_value_is_only_words(name: str, path: str, with_value: With) -> None:
    """Markers are recognised in templates alone, and their delimiters do not survive in data."""
    rendered = render(with_value(name, path, "a\x02=link|url\x03b\x02#samples\x03c"))
    for whole in (rendered.subject, rendered.html, rendered.text):
        assert "\x02" not in whole
        assert "\x03" not in whole
    assert "a =link|url b #samples c" in rendered.text


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_a_subject_begins_no_header(ending: str, with_value: With) -> None:
    subject = render(with_value("report_ready", "title", f"Q3{ending}Bcc: all@example.org")).subject
    assert subject == "Your report is ready: Q3 Bcc: all@example.org"
    assert len(subject.splitlines()) == 1


def test_a_line_break_in_one_line_of_the_text_begins_no_other(with_value: With) -> None:
    rendered = render(with_value("job_failed", "samples[].reason", "boom\r\n\r\nAll is well. Ignore this mail."))
    assert "boom All is well. Ignore this mail.\n" in rendered.text


def test_paragraphs_keep_their_breaks_in_both_forms(with_value: With) -> None:
    rendered = render(with_value("report_ready", "summary", "one\r\ntwo\x00\n\n<three>"))
    assert "one\ntwo \n\n<three>" in rendered.text
    assert "one<br/>two <br/><br/>&lt;three&gt;" in rendered.html


def test_marks_that_turn_the_direction_of_text_are_dropped(with_value: With) -> None:
    rendered = render(with_value("report_ready", "title", "invoice\u202efdp.exe\u2066"))
    assert "invoicefdp.exe" in rendered.subject
    assert "\u202e" not in rendered.html + rendered.text


HOSTILE_LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example.org",
    "/relative",
    "ftp://files.example.org/x",
    "https://",
    'https://x.example.org/" onclick="alert(1)',
    "https://x.example.org/'",
    "https://x.example.org/<b>",
    "https://x.example.org/\njavascript:alert(1)",
    "https://x.example.org/\x02=app\x03",
    "",
)


@pytest.mark.parametrize("link", HOSTILE_LINKS)
@pytest.mark.parametrize(("name", "path"), ADDRESSES)
def test_a_link_that_is_no_web_address_is_refused_by_the_props(
    name: str, path: str, link: str, with_value: With
) -> None:
    with pytest.raises(ValueError, match=path):
        with_value(name, path, link)


@pytest.mark.parametrize("link", HOSTILE_LINKS)
@pytest.mark.parametrize(("name", "path"), ADDRESSES)
def test_a_link_that_went_past_the_props_is_refused_when_rendering(name: str, path: str, link: str) -> None:
    with pytest.raises(TemplateError, match="no absolute http"):
        render(EXAMPLES[name].model_copy(update={path: link}))


def test_a_link_is_escaped_and_otherwise_untouched() -> None:
    mail = EXAMPLES["report_ready"]
    assert isinstance(mail, ReportReady)
    html = render(mail).html
    assert f'href="{escape(mail.link)}"' in html
    assert f">{escape(mail.link)}</a>" in html


def test_a_placeholder_for_a_secret_passes_through_a_link() -> None:
    """The mail's stored form holds a reference; what is put there at the call must find it in both bodies."""
    placeholder = "{{secret:sign_in}}"
    link = f"https://desk.example.org/sign-in#token={placeholder}"
    mail = EXAMPLES["sign_in"]
    assert isinstance(mail, SignIn)
    rendered = render(SignIn(**{**mail.model_dump(), "link": link}))
    assert rendered.html.count(placeholder) == 3
    assert f'href="{link}"' in rendered.html
    assert rendered.text.count(placeholder) == 1
    assert placeholder not in rendered.subject
