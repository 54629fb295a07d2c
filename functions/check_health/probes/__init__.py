"""One cheap call a dependency, which proves that it can be used as the others use it, with the credentials they have.

    mongodb     a majority write and a majority read of one record
    redis       SET with a time to live, and GET
    qstash      a list that any token may read
    resend      a list that no sending key may read: the refusal says that the key is known. No mail is sent
    storage     one small object: deleted, written, read
    ai          the list of models, or at Bedrock, where that takes a right more, one token, once an hour
    search      what the index is made of is there (shared/search/choosing.py)
    relay       its last turn that ended well is not too long ago

Each goes through the client that everybody uses, and around its breaker and retries: a breaker would hide that a
service is back, retries that it fails. Nobody's quota is counted, because nobody's work is done.
"""
