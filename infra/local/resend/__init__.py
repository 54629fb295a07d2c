"""Resend on one machine: its wire protocol, a mailbox to look at, and faults to order. Never for production.

Served as Resend does: `POST /emails`, `GET /emails`, `GET /emails/{id}`, `PATCH /emails/{id}`,
`POST /emails/{id}/cancel`, `POST /emails/batch`, with idempotency keys, rate limit headers, its errors,
and Svix-signed webhooks; `POST` and `GET /webhooks`, `GET`, `PATCH` and `DELETE /webhooks/{id}`. Every other call is
answered 501. What differs from the hosted service:

- any API key is accepted unless `--api-key` names the one; no domain needs to be verified;
- mails to `example.com` are taken, which Resend refuses, so that tests need no real domain;
- a mail is sent and delivered (or bounced, ...) at the moment it is accepted or due;
- `scheduled_at` is ISO 8601 only, and hosted templates are not served.

**Not Resend's**, for tests and the demo, without a key and outside the rate limit:

`GET /local/emails?to=a@b.c`
    `{"data": [...]}`: every mail that left, oldest first, in full: `id`, `from`, `to`, `cc`, `bcc`,
    `reply_to`, `subject`, `html`, `text`, `headers`, `attachments`, `tags`, `created_at`, `sent_at`, `last_event`,
    `idempotency_key`, and `calls`: how many calls named that key while it lived (1 without a key).
`DELETE /local/emails`
    Empties the mailbox and forgets idempotency keys and webhooks that were not delivered yet.
`POST /local/faults` `{"next": [fault, ...]}`
    Each fault meets one of the next calls of `POST /emails` or `/emails/batch`, in order; faults left from
    an earlier order are dropped. They are kept in memory only. A fault has any of:
    `status` (with `name`, `message`, `headers`): answer this error, and accept no mail;
    `accept: true`: accept the mail first; `drop_answer: true`: accept it, then close without an answer;
    `drop_request: true`: close without accepting; `delay: seconds`: take that long, the key being in flight.
`GET /local/faults`
    `{"armed": n}`: how many have met no call yet.
`PUT /local/webhook` `{"url": .., "secret": "whsec_..", "events": ["email.sent", ..]}`
    Who is told of mails from now on, and of which (of all, without `events`), as `--webhook` and `--webhook-secret` say
    at the start: for an application whose address is known only once it runs. It is one of the account's webhooks.
`GET /`, `GET /mail/{id}`
    The mailbox, as pages.
"""
