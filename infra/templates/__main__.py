"""`python -m infra.templates compile | check | preview`."""

import argparse
import sys

from infra.templates import TEMPLATES, CompileError, check_hashes, compile_templates


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.templates", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("compile", help="compile the mails (needs Node)")
    commands.add_parser("check", help="say what is stale or wrong (needs no Node)")
    commands.add_parser("preview", help="say where the previews are")
    command = parser.parse_args(arguments).command
    if command == "compile":
        try:
            compile_templates()
        except CompileError as error:
            print(error, file=sys.stderr)
            return 1
    if command == "preview":
        for file in sorted((TEMPLATES / "previews").glob("*.html")):
            print(file.as_uri())
        return 0
    wrong = check_hashes()
    print("\n".join(wrong) if wrong else "the mails are fresh", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
