"""Compiled mails that no longer belong to their sources are noticed without Node."""

import shutil
from pathlib import Path

import pytest

from functions.send_email.mails import ReportReady
from infra.templates import TEMPLATES, CompileError, check_hashes, compile_templates, manifest
from infra.templates.examples import EXAMPLES

COMMITTED = manifest.hashes(TEMPLATES)


def test_the_committed_mails_are_fresh() -> None:
    assert check_hashes() == []


@pytest.mark.parametrize("path", [*COMMITTED["sources"], *COMMITTED["outputs"]])
def test_one_changed_byte_in_a_file_is_named_with_the_command_to_run(path: str, tree: Path) -> None:
    content = bytearray((tree / path).read_bytes())
    content[len(content) // 2] ^= 1
    (tree / path).write_bytes(content)
    said = check_hashes(tree)
    assert said == [f"{path} has changed since the mails were compiled", f"run `{manifest.COMMAND}`"]


def test_a_new_source_is_named(tree: Path) -> None:
    (tree / "src" / "mails" / "welcome.tsx").write_text("export {};\n", "utf-8")
    assert "src/mails/welcome.tsx is new since the mails were compiled" in check_hashes(tree)


def test_a_lost_output_is_named(tree: Path) -> None:
    (tree / "compiled" / "sign_in.html").unlink()
    assert "compiled/sign_in.html is gone since the mails were compiled" in check_hashes(tree)


def test_a_lost_manifest_is_named(tree: Path) -> None:
    (tree / manifest.MANIFEST).unlink()
    assert check_hashes(tree)[0] == "compiled/manifest.json is missing"


def test_a_prop_that_python_changed_alone_is_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "schema_text", lambda: "{}")
    assert "functions/send_email/mails.py has changed since the mails were compiled" in check_hashes(tree)


def test_an_example_that_changed_alone_is_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = EXAMPLES["report_ready"]
    assert isinstance(mail, ReportReady)
    monkeypatch.setitem(EXAMPLES, "report_ready", mail.model_copy(update={"title": "Another"}))
    assert "previews/report_ready.html is not what its example renders to" in check_hashes(tree)


def test_the_hashes_do_not_depend_on_what_lies_in_node_modules(tree: Path) -> None:
    (tree / "node_modules").mkdir()
    (tree / "node_modules" / "x.js").write_text("", "utf-8")
    assert check_hashes(tree) == []


def test_lock_file_and_settings_name_no_registry() -> None:
    for name in ("package-lock.json", ".npmrc"):
        content = (TEMPLATES / name).read_text("utf-8")
        assert '"resolved"' not in content
        assert "registry=" not in content
        assert "registry." not in content


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_compiling_without_node_says_what_is_needed(missing: str, tree: Path) -> None:
    def which(name: str) -> str | None:
        return None if name == missing else name

    with pytest.raises(CompileError, match=rf"Node\.js 20\.19 or newer.*`{missing}` was not found"):
        compile_templates(tree, which=which)


def test_compiling_with_an_old_node_says_what_is_needed(tree: Path, tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.4.0\n", "utf-8")
    old.chmod(0o755)
    before = shutil.which("sh")
    with pytest.raises(CompileError, match=r"20\.19 or newer.*v18\.4\.0"):
        compile_templates(tree, which=lambda name: str(old) if name == "node" else before)
