"""What can be said of an incident: fields, vocabularies, allowed values, mappings, as versioned data files.

Importing this reads nothing; each file is read, checked and kept the first time that it is asked for.
"""

from incidex.codebook.edtf import Edtf, parse_edtf
from incidex.codebook.files import VERSION
from incidex.codebook.scheme import GROUPS, Field, Kind, fields, get_field, may_read_whole, policy
from incidex.codebook.terms import Term, find_terms, get_vocabulary, vocabularies
from incidex.codebook.values import check_value

__all__ = [
    "GROUPS",
    "VERSION",
    "Edtf",
    "Field",
    "Kind",
    "Term",
    "check_value",
    "fields",
    "find_terms",
    "get_field",
    "get_vocabulary",
    "may_read_whole",
    "parse_edtf",
    "policy",
    "vocabularies",
]
