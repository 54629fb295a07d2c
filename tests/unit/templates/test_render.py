"""What a mail says, given its props."""

import locale
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from functions.send_email.formats import MONTHS, shown
from functions.send_email.mails import FailedRun, JobFailed, Mail
from functions.send_email.markers import TemplateError
from functions.send_email.render import render
from infra.templates.examples import EXAMPLES, NOON
from infra.templates.schema import leaves

With = Callable[[str, str, object], Mail]

FULL = ("sign_in", "report_ready", "job_failed")


@pytest.mark.parametrize("name", FULL)
def test_every_value_is_in_the_html_and_in_its_plain_text_twin(name: str, with_value: With) -> None:
    """Each prop gets a value of its own, which must come out of both."""
    values: dict[str, object] = {"uri": "https://here.example.org/7919", "date-time": datetime(2031, 7, 9, tzinfo=UTC)}
    words = {"uri": "https://here.example.org/7919", "date-time": "9 July 2031, 00:00 UTC", "integer": "777"}
    for leaf in leaves(name).values():
        if leaf.kind in {"list", "optional"} or leaf.path == "since":
            continue
        value = {**values, "integer": 777}.get(leaf.kind, "wombat")
        rendered = render(with_value(name, leaf.path, value))
        expected = words.get(leaf.kind, "wombat")
        assert expected in rendered.html, leaf.path
        assert expected in rendered.text, leaf.path


@pytest.mark.parametrize("name", EXAMPLES)
def test_equal_props_give_equal_bytes(name: str) -> None:
    again = type(EXAMPLES[name]).model_validate_json(EXAMPLES[name].model_dump_json())
    assert render(again) == render(EXAMPLES[name])


def test_what_is_rendered_knows_no_machine() -> None:
    """Another process, hash seed, time zone and locale give the same bytes."""
    code = (
        "from hashlib import sha256; from functions.send_email.render import render;"
        "from infra.templates.examples import EXAMPLES;"
        "print(sha256(repr([render(mail) for mail in EXAMPLES.values()]).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": language},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone, seed, language in (("UTC", "1", "C.UTF-8"), ("Asia/Kathmandu", "2", "C"))
    }
    assert len(said) == 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_of_the_template_language_is_left(name: str) -> None:
    rendered = render(EXAMPLES[name])
    for whole in (rendered.subject, rendered.html, rendered.text):
        assert not {"\x02", "\x03", "[object Object]", "undefined"} & {*whole, whole}
        assert "[object" not in whole
        assert "undefined" not in whole


def test_absent_optional_parts_leave_no_trace_and_no_gap() -> None:
    full, bare = render(EXAMPLES["report_ready"]), render(EXAMPLES["report_ready.bare"])
    for part in ("Summary", "Highlights", "PDF"):
        assert part in full.text
        assert part in full.html
        assert part not in bare.text
        assert part not in bare.html
    assert "Your report is ready. You can" in bare.text
    assert "\n\n\n" not in bare.text + render(EXAMPLES["job_failed.bare"]).text


def test_an_empty_list_shows_nothing_of_its_part() -> None:
    bare = render(EXAMPLES["job_failed.bare"])
    assert "Samples" not in bare.text + bare.html
    assert "None" not in bare.text + bare.html


def test_a_long_list_shows_every_element_in_order_and_stays_below_what_inboxes_clip() -> None:
    """Gmail cuts a message beyond 102 KB."""
    samples = tuple(FailedRun(run=f"run-{n:02}", reason="&" * 500, at=NOON) for n in range(20))
    rendered = render(JobFailed(**{**EXAMPLES["job_failed"].model_dump(), "samples": samples}))
    for whole in (rendered.html, rendered.text):
        places = [whole.index(f"run-{n:02}") for n in range(20)]
        assert places == sorted(places)
    assert len(rendered.html.encode()) < 102 * 1024


def test_list_items_of_the_text_stand_on_lines_of_their_own() -> None:
    lines = render(EXAMPLES["report_ready"]).text.splitlines()
    assert [line[:8] for line in lines if line.startswith("- ")] == ["- Renewa", "- Suppor", "- Three "]


def test_times_are_shown_in_utc_and_say_so(with_value: With) -> None:
    at = datetime(2026, 12, 31, 20, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert "1 January 2027, 01:30 UTC" in render(with_value("report_ready", "expires_at", at)).text


def test_forms_of_values() -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    assert shown(at, "day", ()) == "4 March 2026"
    assert shown(at, "time", ()) == "05:06 UTC"
    assert shown(1, "of", ("run", "runs")) == "1 run"
    assert shown(0, "of", ("run", "runs")) == "0 runs"
    assert shown(5_000, "of", ("run", "runs")) == "5,000 runs"
    assert shown(1_234_567, "number", ()) == "1,234,567"
    assert shown((1, 2), "length", ()) == "2"


@pytest.mark.parametrize(
    ("value", "form", "arguments"),
    [("x", "number", ()), (None, "text", ()), (1, "of", ("one",)), (datetime(2026, 1, 1), "full", ()), ("x", "?", ())],  # noqa: DTZ001 the missing zone is the point
)
def test_a_form_that_does_not_fit_its_value_is_an_error(value: object, form: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(TemplateError):
        shown(value, form, arguments)


def test_months_are_the_english_ones() -> None:
    before = locale.setlocale(locale.LC_TIME)
    locale.setlocale(locale.LC_TIME, "C")
    try:
        assert [f"{datetime(2026, month, 1, tzinfo=UTC):%B}" for month in range(1, 13)] == list(MONTHS)
    finally:
        locale.setlocale(locale.LC_TIME, before)


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "title" and not self.title:
            self.title = data


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_screen_reader_finds_language_title_and_one_heading(name: str) -> None:
    rendered = render(EXAMPLES[name])
    page = _Page(rendered.html)
    assert dict(page.tags)["html"]["lang"] == "en"
    assert page.title == rendered.subject
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    assert all(attributes.get("role") == "presentation" for tag, attributes in page.tags if tag == "table")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mail_loads_nothing_from_the_network(name: str) -> None:
    """No tracking, and nothing that a mail client would block."""
    html = render(EXAMPLES[name]).html
    assert not [tag for tag, _ in _Page(html).tags if tag in {"img", "link", "script", "iframe", "form"}]
    assert "url(" not in html
    assert "@import" not in html


def test_rendering_needs_nothing_but_the_standard_library() -> None:
    code = "import sys, functions.send_email.render; sys.exit('pydantic' in sys.modules or 'infra' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
