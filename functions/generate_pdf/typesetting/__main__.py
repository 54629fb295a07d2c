"""Typesets one PDF after another for whoever holds the pipe."""

import os
from typing import Any, Final, Literal

from pydantic import BaseModel

from functions.generate_pdf.typesetting.budget import BYTES, PAGES, THREADS
from functions.generate_pdf.typesetting.pages import pages_of
from functions.generate_pdf.typesetting.press import Press, Unprintable
from shared.worker.child import Decline, serve


class Request(BaseModel):
    template: Literal["report", "table"]
    data: dict[str, Any]


os.environ["RAYON_NUM_THREADS"] = str(THREADS)  # read by typst when it first computes
PRESS: Final = Press()


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    asked = Request.model_validate(request)
    try:
        pdf, unprintable = PRESS.typeset(asked.template, asked.data)
    except Unprintable:
        raise Decline("unprintable") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3's: it is no Exception, and can't be imported
            raise
        os.abort()  # what a panic leaves is in nobody's way, and by a signal it is told from a broken deployment
    pages = pages_of(pdf)
    if pages > PAGES:
        raise Decline("too_long", pages=pages, most=PAGES)
    if len(pdf) > BYTES:
        raise Decline("too_large", bytes=len(pdf), most=BYTES)
    return {"pages": pages, "unprintable": unprintable}, pdf


if __name__ == "__main__":
    serve(answer)
