"""The commands: `python -m infra dev | demo | keys | search | templates`, each with --help."""

import typer

from infra.commands import keys, local, search, templates

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_show_locals=False)
app.command("dev")(local.dev)
app.command("demo")(local.demo)
app.add_typer(keys.app, name="keys")
app.add_typer(search.app, name="search")
app.add_typer(templates.app, name="templates")

if __name__ == "__main__":
    app(prog_name="python -m infra")
