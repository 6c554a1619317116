"""Reports in other languages than English: what can be read without knowing the language."""

from collections.abc import Iterator, Mapping

from incidex.coding.base import Coder, Prepared, Reading
from incidex.model import Document, Stance
from incidex.text import is_english, language_of

#: Coders, without their versions, of what is written alike in every language: identifiers and proper names.
_IN_ANY = frozenset({"actor-names", "indicators", "malware", "techniques", "tools", "vulnerabilities"})

#: What is made of a name is told by words that are not read here, so nothing is surer than this.
_SUREST = 0.6

NOTE = "only identifiers and names that are the same in every language were read; a person should look"


def is_foreign(document: Document) -> bool:
    """Say whether rules for English must not read a document: most of it is in another language."""
    return not is_english(document.text, document.language)


def language_note(document: Document) -> str:
    """Return what a person should know of the language of a document; "" of one in English."""
    if not is_foreign(document):
        return ""
    code = document.language or language_of(document.text)
    return f"not in English{f' ({code})' if code else ''}: {NOTE}"


def in_any_language(coders: Mapping[str, Coder], ours: Mapping[str, Coder]) -> Mapping[str, Coder]:
    """Return the coders that can read any language: of `ours` the few that do, and all that were added.

    "no" denies in English and is "in the" in Portuguese: so no stance is read from the words around.
    """
    able = {name for name in ours if name.rpartition("@")[0] in _IN_ANY}
    return {name: _as_it_stands(coder) for name, coder in coders.items() if name in able or name not in ours}


def _as_it_stands(coder: Coder) -> Coder:
    def read(prepared: Prepared) -> Iterator[Reading]:
        for reading in coder(prepared):
            yield reading._replace(
                stance=reading.stance or Stance.ASSERTS,
                confidence=min(reading.confidence, _SUREST),
            )

    return read
