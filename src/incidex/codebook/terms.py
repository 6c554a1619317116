"""The allowed values, one tab-separated file a vocabulary, read when first asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from incidex.codebook.files import find_vocabularies, read_data, suggest
from incidex.model import CodebookError

#: Between the members of a list that stands in one cell of a file.
_LIST = "|"

#: Columns of further codes: taken as input, but never words to look for in a text.
_CODES = ("alpha3",)


@dataclass(frozen=True, slots=True)
class Term:
    """One allowed value: the id is what a claim holds, the label what a person reads."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()  # other names for the same thing, as they stand in texts
    parent: str = ""  # the id of the wider term in the same vocabulary
    extra: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # the vocabulary's own columns, if filled

    @property
    def names(self) -> tuple[str, ...]:
        """The label and the aliases."""
        return (self.label, *self.aliases)

    def each(self, column: str) -> tuple[str, ...]:
        """Return the members of a column that holds a list, as `cues` or `demonyms`; none if empty."""
        cell = self.extra.get(column, "")
        return tuple(cell.split(_LIST)) if cell else ()


@cache
def vocabularies() -> tuple[str, ...]:
    """Return the names of all vocabularies, in alphabetical order."""
    return tuple(find_vocabularies())


@cache
def get_vocabulary(name: str) -> Mapping[str, Term]:
    """Return a vocabulary's terms by id, in the order of its file.

    Raises `CodebookError` when there is no such vocabulary, or when its file is damaged.
    """
    if name not in vocabularies():
        raise CodebookError(f"there is no vocabulary {name[:80]!r}{suggest(name, vocabularies())}")
    terms: dict[str, Term] = {}
    for term in _read(name):
        if term.id in terms:
            raise CodebookError(f"the vocabulary {name} has {term.id!r} twice; install Incidex again")
        terms[term.id] = term
    if orphans := sorted(term.id for term in terms.values() if term.parent and term.parent not in terms):
        raise CodebookError(f"the vocabulary {name} lacks the parents of {', '.join(orphans[:5])}")
    return MappingProxyType(terms)


def find_terms(vocabulary: str, words: str) -> tuple[Term, ...]:
    """Return the terms that `words` names, whatever their case: by id, else by label, else by alias.

    More than one when the words are ambiguous, as "Phishing" is in ATT&CK; none when nothing is so named.
    """
    terms = get_vocabulary(vocabulary)
    key = " ".join(words.split()).casefold()
    for level in _index(vocabulary):
        if key in level:
            return tuple(terms[each] for each in level[key])
    return ()


@cache
def _index(vocabulary: str) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Ids by what names them, exact names before loose ones, so that an id can never be shadowed."""
    by_id: dict[str, tuple[str, ...]] = {}
    by_label: dict[str, tuple[str, ...]] = {}
    by_alias: dict[str, tuple[str, ...]] = {}
    for term in get_vocabulary(vocabulary).values():
        _file(by_id, term.id, term.id)
        _file(by_label, term.label, term.id)
        for alias in (*term.aliases, *(term.extra[code] for code in _CODES if code in term.extra)):
            _file(by_alias, alias, term.id)
    return (by_id, by_label, by_alias)


def _file(level: dict[str, tuple[str, ...]], name: str, term: str) -> None:
    key = name.casefold()
    if term not in level.get(key, ()):
        level[key] = (*level.get(key, ()), term)


def _read(name: str) -> Iterator[Term]:
    header, *rows = read_data(f"vocabularies/{name}.tsv").rstrip("\n").split("\n")
    columns = header.split("\t")
    if columns[:4] != ["id", "label", "aliases", "parent"]:
        raise CodebookError(f"the vocabulary {name} has the columns {columns}; install Incidex again")
    for number, row in enumerate(rows, start=2):
        cells = row.split("\t")
        if len(cells) != len(columns) or not cells[0] or not cells[1]:
            raise CodebookError(f"the vocabulary {name} is damaged at line {number}; install Incidex again")
        yield _make_term(cells, columns)


def _make_term(cells: list[str], columns: list[str]) -> Term:
    extra = {column: cell for column, cell in zip(columns[4:], cells[4:], strict=True) if cell}
    return Term(
        id=cells[0],
        label=cells[1],
        aliases=tuple(cells[2].split(_LIST)) if cells[2] else (),
        parent=cells[3],
        extra=MappingProxyType(extra),
    )
