"""`python -m infra.local.upstash --redis HOST:PORT --token T`: prints `ready PORT`, then serves until it is stopped."""

import argparse

from infra.local.serve import serve
from infra.local.upstash.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.upstash", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--redis", required=True, metavar="HOST:PORT", help="the Valkey behind it")
    parser.add_argument("--token", required=True, help="the one that is accepted")
    options = parser.parse_args()
    host, _, port = options.redis.rpartition(":")
    if not options.token:
        parser.error("an empty token would let everybody in")
    serve(create_app(host=host, port=int(port), token=options.token), port=options.port)


if __name__ == "__main__":
    main()
