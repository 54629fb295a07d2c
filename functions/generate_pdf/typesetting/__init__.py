"""The child process that typesets: `python -m functions.generate_pdf.typesetting`, asked by shared.worker.

    {"template": "report" | "table", "data": {..}} -> {"pages": 12, "unprintable": 0} and the PDF

It declines what would be `too_long` (pages) or `too_large` (bytes), and words that can't be set at all (`unprintable`).
"""
