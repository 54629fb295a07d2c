"""Sends one mail for QStash, as a team would write it today, on the libraries that are made for it.

The delivery is verified by qstash's Receiver, its body parsed by pydantic, repeats are answered from Redis by
Powertools' idempotency, the mail goes to Resend under the run's key, with a link to its file where it has one, and one
line and one set of metrics are said of it. Its clients are made when it is imported, as AWS advises.
"""

import os
from html import escape
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
import resend
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError
from aws_lambda_powertools.utilities.idempotency.persistence.cache import CachePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer
from aws_lambda_powertools.utilities.parser import BaseModel, parse
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import Field, ValidationError
from qstash import Receiver
from qstash.errors import SignatureError
from redis import Redis

logger = Logger(service="send_email")
metrics = Metrics(namespace="Usual", service="send_email")
app = LambdaFunctionUrlResolver()
receiver = Receiver(os.environ["QSTASH_CURRENT_SIGNING_KEY"], os.environ["QSTASH_NEXT_SIGNING_KEY"])
cache: Any = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
layer = CachePersistenceLayer(client=cache)
config = IdempotencyConfig(event_key_jmespath="run", expires_after_seconds=86_400)
s3 = boto3.client("s3", endpoint_url=os.environ.get("STORAGE_ENDPOINT"))
resend.api_key = os.environ["RESEND_API_KEY"]
resend.api_url = os.environ.get("RESEND_API_URL", "https://api.resend.com")


class Mail(BaseModel):
    run: str
    to: str = Field(pattern=r"^[^\s@]+@[^\s@]+$")
    subject: str
    text: str
    file: str | None = None
    """A key in the bucket."""


class Sent(BaseModel):
    id: str


@idempotent_function(  # type: ignore[untyped-decorator]  # Powertools types it so
    data_keyword_argument="mail",
    persistence_store=layer,
    config=config,
    output_serializer=PydanticSerializer(model=Sent),
)
def send(*, mail: Mail) -> Sent:
    html = f"<p>{escape(mail.text)}</p>"
    if mail.file:
        of = {"Bucket": os.environ["STORAGE_BUCKET"], "Key": mail.file}
        html += f'<p><a href="{escape(s3.generate_presigned_url("get_object", Params=of))}">Open it</a></p>'
    answer = resend.Emails.send(
        {
            "from": os.environ["MAIL_FROM"],
            "to": [mail.to],
            "subject": mail.subject,
            "html": html,
            "text": mail.text,
            "tags": [{"name": "run", "value": mail.run}],
        },
        {"idempotency_key": mail.run},
    )
    return Sent(id=answer["id"])


@app.post("/")
def deliver() -> Response[str]:
    event = app.current_event
    body = event.decoded_body or ""
    url = f"{os.environ.get('SCHEME', 'https')}://{event.request_context.domain_name}{event.path}"
    try:
        receiver.verify(signature=event.headers["upstash-signature"], body=body, url=url)
        mail = parse(event=event.json_body, model=Mail)
        sent = send(mail=mail)
    except (SignatureError, KeyError):
        return Response(401, "text/plain", "not signed by QStash")
    except ValidationError:
        return Response(489, "text/plain", "no mail", headers={"Upstash-NonRetryable-Error": "true"})
    except IdempotencyAlreadyInProgressError:
        return Response(409, "text/plain", "another delivery has it", headers={"Retry-After": "30"})
    metrics.add_metric("Succeeded", MetricUnit.Count, 1)
    logger.info("delivery", extra={"run": mail.run, "id": sent.id})
    return Response(200, "application/json", sent.model_dump_json())


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    config.register_lambda_context(context)
    return app.resolve(event, context)
