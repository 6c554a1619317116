"""Which accounts are of one incident: keys to find them by, and scores that explain themselves."""

from incidex.linking.account import Account, Facts, facts, make_account, name_keys
from incidex.linking.campaigns import related, related_pairs
from incidex.linking.compare import Measures, Score, Table, get_table, measures, same_incident
from incidex.linking.copies import NEAR_COPY, find_agency, likeness_of_texts, near_copies
from incidex.linking.grouping import Group, Pair, group_pairs
from incidex.linking.keys import candidate_pairs, frequencies, keys, rank
from incidex.linking.mentions import common, mention_key, mentions
from incidex.linking.names import fold_domain, fold_name, initials, likeness, short_names

__all__ = [
    "NEAR_COPY",
    "Account",
    "Facts",
    "Group",
    "Measures",
    "Pair",
    "Score",
    "Table",
    "candidate_pairs",
    "common",
    "facts",
    "find_agency",
    "fold_domain",
    "fold_name",
    "frequencies",
    "get_table",
    "group_pairs",
    "initials",
    "keys",
    "likeness",
    "likeness_of_texts",
    "make_account",
    "measures",
    "mention_key",
    "mentions",
    "name_keys",
    "near_copies",
    "rank",
    "related",
    "related_pairs",
    "same_incident",
    "short_names",
]
