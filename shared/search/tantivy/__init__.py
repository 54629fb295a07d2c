"""The search index as Tantivy's files in the bucket: any process writes it, any process reads it, none keeps it.

    MongoDB   search_generation     one record: segments, the packs that hold their files, a token   generations.py
    bucket    search/{random}.tar   packs: the new files of one commit, written once                 packs.py
    disk      packs and links       each process's own copy, fetched pack by pack                    disk.py, copies.py

A commit makes a new generation (committing.py), which shares all packs with the one before but the new one:

    generation 7    a b c           document d changes: it is dead in b, and alive in e
    generation 8    a b' c e        b' is b and a file of who is dead in it; 8's pack has that, and e
    generation 9    f c             a, b' and e were merged: small segments only (merging.py)

Two promises (shared/search/index.py), and what keeps them:

    no older state replaces a newer one     generation read, then documents, then compare-and-set (committing.py)
    marked only when it is in the index     one transaction swaps the generation and marks the documents

What may fail, and what is done then:

    a writer dies, an answer is lost        nothing has happened, or all of it; the record tells (generations.py)
    two writers at once                     one of them begins anew
    a pack is lost                          readers use what is left; the next writer drops it: Damaged, then an audit
    the record is lost, or of other code    the same, with nothing left (schema.FINGERPRINT)
    the disk is emptied or full             fetched again; RetryableError
    the bucket or MongoDB is away           searches use the copy that is open

    engine.py       the index, as shared/search/index.py wants it
    changing.py     a batch becomes segments, by writers that see only the segments they touch (writing.py, segments.py)
    rebuilding.py   all of it anew
    tidying.py      packs that nobody needs any more are deleted, a day later
    documents.py, querying.py, answering.py   what is in it, and what it is asked
"""
