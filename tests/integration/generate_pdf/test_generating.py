"""From a request to a PDF in the store, a record of it, and a mail with a link."""

import hashlib
import json
from decimal import Decimal
from urllib.parse import quote

from functions.api.run_view import view
from functions.generate_pdf.contract import CONTRACT, Item
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.mails import ADAPTER
from shared.runs.model import RETENTION, State, read
from tests.integration.generate_pdf.bench import Bench, fetched
from tests.unit.generate_pdf.inspected import opened, words_in
from tests.unit.generate_pdf.samples import analysis


async def test_a_report_is_kept_recorded_and_mailed(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk, title="Ποίηση 2026")
    assert (await bench.deliver(desk, run)).answer.status == 200
    pdf, record = await bench.pdf(run), await bench.record(run)
    assert "Output rose by 12%." in words_in(pdf)
    assert (record["owner"], record["kind"], record["title"]) == (run.owner, "report", "Ποίηση 2026")
    assert (record["key"], record["name"]) == (f"reports/{run.id}.pdf", "Ποίηση 2026.pdf")
    assert (record["size"], record["sha256"]) == (len(pdf), hashlib.sha256(pdf).hexdigest())
    assert record["pages"] == len(opened(pdf).pages)
    assert 0 <= record["expires_at"] - record["created_at"] - RETENTION.total_seconds() * 1000 < 120_000
    [mail] = await bench.mails(run)
    assert (mail.title, mail.summary) == ("Ποίηση 2026", analysis()["summary"])
    assert mail.highlights == tuple(analysis()["key_points"])
    assert mail.file == f"PDF, 2 pages, {round(len(pdf) / 1000, 1):g} kB"
    result = await bench.result(run)
    assert result == {"report": run.id, "pages": 2, "size": len(pdf), "mail": result["mail"]}
    assert await bench.database.runs.find_one({"_id": result["mail"], "job": "send_email"})


async def test_the_mails_link_gives_the_pdf_under_a_good_name(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk, title='Ποίηση: "2026"')
    await bench.deliver(desk, run)
    [mail] = await bench.mails(run)
    answer = await fetched(mail.link)
    assert (answer.status_code, answer.content) == (200, await bench.pdf(run))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert quote("Ποίηση") in answer.headers["content-disposition"]


async def test_a_table_is_made_of_what_was_sent(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.table(desk, Item(what="Oak board", quantity=Decimal(3), price=Decimal("0.335")), currency="KWD")
    assert (await bench.deliver(desk, run)).answer.status == 200
    text = words_in(await bench.pdf(run))
    assert "1.005" in text
    assert "1.196 KWD" in text
    [mail] = await bench.mails(run)
    assert (mail.title, mail.summary, mail.highlights) == ("Invoice 2026-0117", None, ())
    assert (await bench.record(run))["name"] == "Invoice 2026-0117.pdf"


async def test_a_caller_without_a_mailbox_is_sent_no_mail_and_told_so(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk, owner="key:server")
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert (await bench.result(run))["mail"] is None
    assert await bench.mails(run) == []
    assert await bench.pdf(run)


async def test_whatever_the_document_holds_fits_the_mail(bench: Bench) -> None:
    long = "\U0001f3a1 words\u2028and\x00more " * 400
    told = analysis(summary=long, key_points=[long, "\u202e", "x" * 900, *["point"] * 20])
    desk = bench.desk()
    run = await bench.report(desk, title=("\U0001f3a1" * 255), analysis=told)
    assert (await bench.deliver(desk, run)).answer.status == 200
    [mail] = await bench.mails(run)
    shown = ADAPTER.validate_python(
        {"template": "report_ready", "app": "Mill", **mail.model_dump(exclude={"kind", "to"})}
    )
    assert len(mail.link) < 4096
    assert shown.template == "report_ready"
    assert len(shown.highlights) == 10
    assert all("\u200b" not in line for line in shown.highlights)


async def test_a_title_that_nobody_can_see_fits_the_mail(bench: Bench) -> None:
    desk = bench.desk()
    for run in (await bench.report(desk, title="\u200b"), await bench.table(desk, title="\u200b", number="\u200b")):
        assert (await bench.deliver(desk, run)).answer.status == 200
        [mail] = await bench.mails(run)
        shown = ADAPTER.validate_python(
            {"template": "report_ready", "app": "Mill", **mail.model_dump(exclude={"kind", "to"})}
        )
        assert shown.template == "report_ready"


async def test_the_link_is_in_the_mails_payload_alone(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    await bench.deliver(desk, run)
    [mail] = await bench.mails(run)
    signature = mail.link.partition("X-Amz-Signature=")[2][:64]
    assert len(signature) == 64
    assert not any(signature in message.encode().decode() for message in desk.publisher.published)
    own = await bench.database.runs.find_one({"_id": run.id})
    assert signature not in json.dumps(own, default=str)
    assert signature not in json.dumps(await bench.record(run), default=str)
    of_mail = await bench.database.runs.find_one({"_id": (await bench.result(run))["mail"]})
    assert of_mail is not None
    assert signature not in view(read(of_mail), SEND_EMAIL).model_dump_json()


async def test_dates_are_the_runs_and_not_the_clocks(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    await desk.change(run.id, created=1_000_000_000_000)
    await bench.deliver(desk, run)
    assert "2001-09-09" in words_in(await bench.pdf(run))
    assert (await desk.read(run.id)).state is State.SUCCEEDED
    assert CONTRACT.tries > 1
