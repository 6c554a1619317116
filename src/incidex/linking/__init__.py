"""Which accounts are of one incident: keys to find them by, and scores that explain themselves."""

from incidex.linking.compare import (
    FEATURES,
    NEAR_DAYS,
    THRESHOLD,
    Facts,
    Feature,
    Score,
    facts,
    keys,
    same_incident,
)
from incidex.linking.names import fold_domain, fold_name, short_names

__all__ = [
    "FEATURES",
    "NEAR_DAYS",
    "THRESHOLD",
    "Facts",
    "Feature",
    "Score",
    "facts",
    "fold_domain",
    "fold_name",
    "keys",
    "same_incident",
    "short_names",
]
