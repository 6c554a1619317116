"""Answers as JSON has them: the same keys on the command line and in the API."""

from typing import Any

from incidex.search.found import Found, Hit
from incidex.search.similar import Similar


def plain_found(found: Found) -> dict[str, Any]:
    """Return an answer as JSON has it."""
    return {
        "query": found.query,
        "meant": found.meant or None,
        "count": found.count,
        "hits": [_plain_hit(hit) for hit in found.hits],
        "facets": {
            name: [{"value": each.value, "label": each.label, "count": each.count} for each in held]
            for name, held in found.facets.items()
        },
        "cursor": found.cursor or None,
    }


def plain_similar(found: list[Similar]) -> list[dict[str, Any]]:
    """Return similar incidents as JSON has them."""
    return [
        {
            **_plain_hit(Hit(each.entry)),
            "points": each.points,
            "shared": [
                {"field": one.field, "value": one.value, "label": one.label, "points": one.points}
                for one in each.shared
            ],
        }
        for each in found
    ]


def _plain_hit(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "id": entry.id,
        "title": entry.title,
        "date": entry.date or None,
        "victims": entry.victims,
        "reports": entry.reports,
        "statuses": entry.statuses,
        "changed_at": entry.changed_at,
        "matches": [
            {"part": match.part, "text": match.text, "marks": [list(mark) for mark in match.marks]}
            for match in hit.matches
        ],
    }
