"""The search index as tables of a PostgreSQL (14 or later, with fuzzystrmatch; Supabase's has it).

    change     connecting.py   one transaction: rows over older rows (rows.py)   ──▶ marks in MongoDB (changing.py)
    search     one transaction that only reads: a tsquery (querying.py), or what mistyped words may mean (mistyped.py)
    tables     made by the first writer (schema.py); words as PostgreSQL keeps them (lexemes.py)

changing.py says why both promises of shared/search/index.py hold. LostRace and Damaged are never raised: rows are
guarded one by one, and a database that is lost is empty, which an audit finds, or a rebuild mends.

What differs from Tantivy's files (shared/search/tantivy):

                           tantivy                                 postgres
    how rare a word is     counts (BM25)                           does not count
    a document's length    counts                                  does not count
    a very long text       found to its end                        words: about 1 MB of different ones;
                                                                   phrases: the first 16,383 words of a field, and
                                                                   the first 255 places of a word
    mistyped words         all that are near                       the 50 nearest of the owner's words
    a cold start           fetches the index to the disk           opens a connection
    a query                time grows little with what is found    ranks all that was found: some 0.1 ms a document
    two writers            the second begins anew                  the second waits
    a rebuild              seen when it is done                    seen document by document
    a NUL in a text        stays                                   is a space
    is away                when the bucket is, and it is not on    when the database is
                           the disk yet
    costs                  nothing beside the bucket               a database
"""
