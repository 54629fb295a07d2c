"""The child process that reads strangers' files: text in, out of PDF, DOCX, HTML, Markdown and plain text.

    python -m functions.analyze_document.extraction        asked by shared/worker, never imported by the job

It is bounded from outside: memory, seconds, the size of what it writes. Inside it spends little where a file asks for
much (a bomb, a million pages, endless nesting) and declines with a word of `declines.Reason`. It opens nothing but the
file that it is given and the one that it writes, and no parser in it fetches what a document refers to.

    extract.py      which format, and the answer
    writer.py       the text on its way out: cleaned, counted, cut
    pdf.py  word.py (package.py)  hypertext.py  markdown.py  plain.py      a format each
    charset.py      which encoding a text is in
"""
