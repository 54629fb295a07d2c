"""Compiling the mails: the same bytes anywhere, and no mail whose props are wrong."""

from pathlib import Path

import pytest

from infra.templates import TEMPLATES, CompileError, check_hashes, compile_templates, compiler
from infra.templates.schema import schema_text

OUTPUTS = ("compiled", "generated", "previews")


def _files(root: Path) -> dict[str, bytes]:
    files = [file for folder in OUTPUTS for file in sorted((root / folder).iterdir())]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def _edit(root: Path, file: str, old: str, new: str) -> None:
    before = (root / file).read_text("utf-8")
    assert old in before
    (root / file).write_text(before.replace(old, new, 1), "utf-8")


def test_compiling_elsewhere_gives_the_committed_bytes(compiled: Path) -> None:
    assert _files(compiled) == _files(TEMPLATES)
    assert check_hashes(compiled) == []


def test_compiling_again_changes_nothing(compiled: Path, sources: Path) -> None:
    compile_templates(sources)
    before = _files(sources)
    compile_templates(sources)
    assert _files(sources) == before == _files(compiled)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("mails/sign_in.tsx", "props.requested_at.full", "props.requestedAt.full", "requestedAt"),
        ("mails/sign_in.tsx", "href={props.link}", "href={props.app}", "UrlSlot"),
        ("mails/sign_in.tsx", "href={props.link} ", "", "href"),
        ("mails/sign_in.tsx", "for {props.minutes.of", "for {props.minutes} {props.minutes.of", "CountSlot"),
        ("mails/job_failed.tsx", "From {props.since.full}", "From {props.since}", "MomentSlot"),
        ("mails/report_ready.tsx", "is ready\n", "is ready {props.file}\n", "OptionalSlot"),
        ("mails/job_failed.tsx", "sample.reason", "sample.why", "why"),
        ("mails/job_failed.tsx", "of={props.samples}", "of={props.count}", "CountSlot"),
        ("index.ts", "  job_failed: jobFailed,\n", "", "job_failed"),
        ("index.ts", "sign_in: signIn,", "sign_in: reportReady,", "Slots<SignIn>"),
    ],
)
def test_a_wrong_prop_does_not_compile(
    *, file: str, old: str, new: str, said: str, sources: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _edit(sources, f"src/{file}", old, new)
    with pytest.raises(CompileError, match="do not compile"):
        compile_templates(sources)
    printed = capfd.readouterr().out
    assert f"src/{file}" in printed
    assert said in printed
    assert not (sources / "compiled").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "${props.minutes.of",
            "${props.minutes} ${props.minutes.of",
            "minutes is no text: show it by .number or .of()",
        ),
        ("on {props.requested_at.full}", "on {props.requested_at}", "Objects are not valid as a React child"),
    ],
)
def test_what_typescript_lets_through_fails_when_it_is_rendered(
    old: str, new: str, said: str, sources: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It looks into neither template strings nor fragments."""
    _edit(sources, "src/mails/sign_in.tsx", old, new)
    with pytest.raises(CompileError, match="do not compile"):
        compile_templates(sources)
    assert said in capfd.readouterr().err
    assert not (sources / "compiled" / "sign_in.html").exists()


def test_a_prop_that_python_renamed_does_not_compile(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "schema_text", lambda: schema_text().replace("requested_at", "asked_at"))
    with pytest.raises(CompileError, match="do not compile"):
        compile_templates(sources)


def test_a_prop_that_no_template_shows_is_refused(sources: Path) -> None:
    _edit(sources, "src/mails/sign_in.tsx", " on {props.requested_at.full}", "")
    with pytest.raises(CompileError, match=r"sign_in\.txt: the prop requested_at is never shown"):
        compile_templates(sources)
