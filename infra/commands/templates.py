"""`templates compile | check | preview`: the mails, from React Email sources to what Python fills."""

import typer

from infra.templates import TEMPLATES, CompileError, check_hashes, compile_templates

app = typer.Typer(
    no_args_is_help=True, help="The mails: compile their sources, check that they are fresh, look at them."
)


@app.command("compile")
def compile_() -> None:
    """Compile the mails; needs Node."""
    try:
        compile_templates()
    except CompileError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error
    check()


@app.command()
def check() -> None:
    """Say what is stale or wrong; needs no Node."""
    wrong = check_hashes()
    typer.echo("\n".join(wrong) if wrong else "the mails are fresh", err=bool(wrong))
    raise typer.Exit(1 if wrong else 0)


@app.command()
def preview() -> None:
    """Say where the mails filled with examples are, to open in a browser."""
    for file in sorted((TEMPLATES / "previews").glob("*.html")):
        typer.echo(file.as_uri())
