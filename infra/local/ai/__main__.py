"""`python -m infra.local.ai --key KEY`: prints `ready PORT`, then serves until it is stopped."""

import argparse

from infra.local.ai.app import create_app
from infra.local.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.ai", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--key", required=True, help="the one key that is accepted")
    given = parser.parse_args()
    serve(create_app(given.key), port=given.port)


if __name__ == "__main__":
    main()
