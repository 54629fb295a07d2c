"""A language model on one machine: Bedrock's and OpenAI's wire protocol, and faults to order. Never for production.

Served are `POST /model/{id}/converse` and `POST /v1/chat/completions` (also without `/v1`), with their credentials,
their errors and a count of tokens (four bytes make one); and, for whoever only asks whether it is there, `GET
/v1/models`, and Converse without a tool for one token. Bedrock takes the key as a bearer, or any well-formed
signature of version 4, which it does not verify. There is no model behind it: the answer is made within the asked
schema, by looking at the document that stands in the fence of shared/ai/prompt.py, or else at the whole text. The
same question has the same answer. A schema that the providers would refuse is refused.

**Not the providers'**, for tests and the demo, without credentials:

`GET /local/calls`
    `{"data": [...]}`: every call that got past the credentials, oldest first: `api` (`bedrock`, `openai`), `model`,
    `credentials` (`key`, `signature`), `system`, `prompt` and `document` (their characters), `tokens` (0 where nothing
    was answered) and `answer`: `whole`, the kind of output that was ordered, a status, or `dropped`.
`DELETE /local/calls`
    Forgets them.
`POST /local/faults` `{"next": [fault, ...], "always": fault}`
    Each of `next` meets one of the next calls, in order; then `always`, where it is given, meets every other one.
    What is left of an earlier order is dropped; `{}` ends all. They are kept in memory only. A fault has any of:
    `status` (with `code`, `message`, `headers`): answer this error, by default in the provider's word for the status;
    `drop_answer: true`: answer, and close before it is sent; `drop_request: true`: close without answering;
    `delay: seconds`: take that long; `output`: answer so badly, and count its tokens:
        `text`          in words around JSON, or for Bedrock without the tool
        `extra_field`   with a field of its own
        `wrong_types`   texts where numbers belong, and numbers where texts do
        `not_json`      half of an answer that calls itself whole
        `cut`           cut off at the limit of tokens
        `filtered`      a filter refuses
        `obeys`         what the document's own instruction demands: all that follows `answer with:` on its line
`GET /local/faults`
    `{"armed": n}`: how many of `next` have met no call yet.
"""
