"""AWS on one machine, as far as it is asked where a stage is: before its deploy, and after it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

NONE = """<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>Stack with id millrace-dev does not exist</Message></Error></ErrorResponse>"""
STACK = """<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
<Stacks><member><StackName>millrace-dev</StackName><CreationTime>2026-11-30T00:00:00Z</CreationTime>
<StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>HttpApiUrl</OutputKey>
<OutputValue>{api}</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""


@dataclass(slots=True)
class Aws:
    api: str
    """The address that the deploy gives the HTTP API."""
    url: str = ""
    deployed: bool = False

    @contextmanager
    def listening(self) -> Iterator["Aws"]:
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # Lambda
                if aws.deployed:
                    name = self.path.split("/functions/")[1].partition("/")[0]
                    self._say(200, json.dumps({"FunctionUrl": f"https://{name}.example/"}))
                else:
                    self._say(404, "{}", kind="ResourceNotFoundException")

            def do_POST(self) -> None:  # CloudFormation
                self.rfile.read(int(self.headers["content-length"]))
                self._say(*((200, STACK.format(api=aws.api)) if aws.deployed else (400, NONE)))

            def _say(self, status: int, body: str, *, kind: str = "") -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.send_header("x-amzn-errortype", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = Thread(target=server.serve_forever)
            thread.start()
            yield self
            server.shutdown()
            thread.join()
