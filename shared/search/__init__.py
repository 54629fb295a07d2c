"""Search: an index beside MongoDB that follows it, and two engines that hold one. The promises are in docs/search.md.

    index = process.search                                             # the engine that SEARCH_ENGINE names
    request = Request(owner, parse("water mill"), Filters({}), Sort.NEWEST, limit=20)
    found, match = await find(index, request)                          # ids, and how the words were understood

What all of it is made of:

    model.py      what goes in (Entry, Gone), what is asked (Request), what is answered (Found, Texts)
    index.py      SearchIndex: what an engine must promise
    choosing.py   which engine it is
    fields.py     where in a document a word may stand

Of words, the same for both engines:

    analyzer.py   a text as terms                      scripts.py    which letters belong to which script, and together
    stems.py      a word's forms, by its language      typos.py      how wrong a word may be typed
    query.py      what a person typed, as clauses

Around the index:

    source.py     documents and texts as an index takes them, and which of them wait
    searching.py  exact, else corrected, else any: until something is found
    cached.py     what was found, kept for some seconds
    snippets.py   fragments that show why, cut around the places that marking.py finds

    tantivy/      files in the bucket, and a copy on each Lambda's disk
    postgres/     tables of a PostgreSQL

Who writes it is functions/sync_search; what waits for it is said by shared/documents/backlog.py. Nothing is imported
here: an engine's libraries are heavy, and the API pays for them at its first search.
"""
