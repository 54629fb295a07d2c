"""The props refuse what a template could not show well."""

from collections.abc import Callable
from datetime import datetime

import pytest
from pydantic import ValidationError

from functions.send_email.mails import ADAPTER, MAILS, FailedRun, JobFailed, Mail
from infra.templates.examples import EXAMPLES, NOON
from infra.templates.schema import schema, template_name

With = Callable[[str, str, object], Mail]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mail_is_told_by_its_template_and_survives_json(name: str) -> None:
    mail = EXAMPLES[name]
    assert ADAPTER.validate_json(mail.model_dump_json()) == mail


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_misspelt_prop_is_refused(name: str) -> None:
    props = EXAMPLES[name].model_dump()
    with pytest.raises(ValidationError, match="appp"):
        type(EXAMPLES[name]).model_validate({**props, "appp": props["app"]})


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_missing_prop_is_refused(name: str) -> None:
    props = EXAMPLES[name].model_dump(exclude={"app"})
    with pytest.raises(ValidationError, match="app"):
        type(EXAMPLES[name]).model_validate(props)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(ValidationError, match="welcome"):
        ADAPTER.validate_python({"template": "welcome"})


def test_an_error_does_not_repeat_the_link(with_value: With) -> None:
    with pytest.raises(ValidationError) as caught:
        with_value("sign_in", "link", "javascript:the-secret-token")
    assert "the-secret-token" not in str(caught.value)


def test_a_time_without_a_zone_is_refused(with_value: With) -> None:
    with pytest.raises(ValidationError, match="timezone"):
        with_value("sign_in", "requested_at", datetime(2026, 1, 1))  # noqa: DTZ001 the missing zone is the point


def test_a_long_reason_is_cut_so_that_the_alert_is_not_lost() -> None:
    reason = FailedRun(run="r", reason="x" * 100_000, at=NOON).reason
    assert len(reason) == 500
    assert reason.endswith("…")


@pytest.mark.parametrize(
    ("change", "said"),
    [({"since": NOON, "until": NOON.replace(hour=1)}, "until"), ({"count": 1}, "count"), ({"count": 0}, "count")],
)
def test_a_digest_that_contradicts_itself_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        JobFailed.model_validate({**EXAMPLES["job_failed"].model_dump(), **change})


def test_every_mail_has_an_example_and_a_name_of_its_own() -> None:
    names = [template_name(model) for model in MAILS]
    assert len(set(names)) == len(names)
    assert set(schema()["properties"]) == set(names) == {mail.template for mail in EXAMPLES.values()}
    assert {type(mail) for mail in EXAMPLES.values()} == set(MAILS)
