"""What an open index answers. Plain functions over a searcher, which is one state of the index for good."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from tantivy import DocAddress, Document, Occur, Order, Query, Searcher

from shared.search.model import SHOWN, Facet, Found, Hit, Match, Request, Sort, Sum, Texts
from shared.search.tantivy.querying import owned_by, query_of
from shared.search.tantivy.schema import ID_COLUMNS, SCHEMA, STORED, facet_field, id_of, stored_field

VALUES: Final = 50
"""Of a facet, that are told."""
COUNTED: Final = 1_000
"""Of a facet, that each segment counts: what is frequent in all of them is found among these."""
PARTS: Final = 60_000
"""There are some 4,096 and whatever strays; Tantivy refuses more than 65,000 buckets."""


def found(searcher: Searcher, request: Request, how: Match, *, state: str) -> Found:
    languages = [language for language, _ in searcher.terms_with_prefix(facet_field(Facet.LANGUAGE), "")]
    try:
        return _found(searcher, query_of(request, how, languages), request, state)
    except ValueError:
        return _found(searcher, query_of(request, how, languages, beside=False), request, state)


def _found(searcher: Searcher, query: Query, request: Request, state: str) -> Found:
    total, ranked = _page(searcher, query, request)
    ids = _ids(searcher, [address for _, address in ranked])
    scored = _by_relevance(request)
    hits = tuple(Hit(name, key if scored else 0.0) for name, (key, _) in zip(ids, ranked, strict=True))
    return Found(hits, total, _facets(searcher, query) if request.facets else {}, state)


def _page(searcher: Searcher, query: Query, request: Request) -> tuple[int, Sequence[tuple[Any, DocAddress]]]:
    """Tantivy keeps room for limit and offset together in each segment, and takes no limit of 0."""
    limit = min(request.limit, max(searcher.num_docs - request.offset, 0))
    ordered: dict[str, Any] = {}
    if not _by_relevance(request):
        order = Order.Asc if request.sort is Sort.OLDEST else Order.Desc
        ordered = {"order_by_field": "created", "order": order}
    result: Any = searcher.search(query, max(limit, 1), offset=request.offset if limit else 0, **ordered)
    return result.count, result.hits[:limit]


def _by_relevance(request: Request) -> bool:
    """Where no word is asked for, nothing is more relevant than another: the newest first."""
    return request.sort is Sort.RELEVANCE and bool(request.query.positive)


def _ids(searcher: Searcher, addresses: Sequence[DocAddress]) -> Sequence[str]:
    """A stored document is read as a whole, which takes a millisecond where its text is of a million characters."""
    columns = [searcher.fast_field_values(column, list(addresses)) for column in ID_COLUMNS]
    return [
        id_of(int(number or 0) for number in numbers) or str(searcher.doc(address).get_first("id"))
        for address, *numbers in zip(addresses, *columns, strict=True)
    ]


def _facets(searcher: Searcher, query: Query) -> Mapping[Facet, Mapping[str, int]]:
    counted = {"size": COUNTED, "segment_size": COUNTED}
    answer = searcher.aggregate(query, {facet: {"terms": {"field": facet_field(facet), **counted}} for facet in Facet})
    return {facet: _most_frequent(answer[facet]["buckets"]) for facet in Facet}


def _most_frequent(buckets: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    counts = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    return dict(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:VALUES])


def texts(searcher: Searcher, ids: Collection[str], owner: str) -> Mapping[str, Texts]:
    if not ids:
        return {}
    named = Query.term_set_query(SCHEMA, "id", list(ids))
    query = Query.boolean_query([(Occur.Must, owned_by(owner)), (Occur.Must, named)])
    return dict(_texts(searcher.doc(address)) for _, address in searcher.search(query, len(ids), count=False).hits)


def _texts(record: Document) -> tuple[str, Texts]:
    """One record at a time: fifty long texts are more than a Lambda's memory."""
    shown = (bytes(record.get_first(stored_field(name)) or b"")[: 4 * SHOWN] for name in STORED)
    return str(record.get_first("id")), Texts(*(text.decode(errors="ignore")[:SHOWN] for text in shown))


def sums(searcher: Searcher) -> Mapping[str, Sum]:
    """Tantivy adds doubles, which is exact up to 2**53: some two million stamps of 32 bits in one part, or eight
    thousand million documents in all.
    """
    parts = {"field": "part", "size": PARTS, "segment_size": PARTS}
    asked = {"parts": {"terms": parts, "aggs": {"stamps": {"sum": {"field": "stamp"}}}}}
    buckets = searcher.aggregate(Query.all_query(), asked)["parts"]["buckets"]
    return {bucket["key"]: Sum(bucket["doc_count"], int(bucket["stamps"]["value"])) for bucket in buckets}


def versions(searcher: Searcher, part: str) -> Mapping[str, int]:
    query = Query.term_query(SCHEMA, "part", part, "basic")
    counted: Any = searcher.search(query, 1)
    addresses = [address for _, address in searcher.search(query, max(counted.count, 1), count=False).hits]
    numbers = searcher.fast_field_values("version", addresses)
    return {name: int(number or 0) for name, number in zip(_ids(searcher, addresses), numbers, strict=True)}
